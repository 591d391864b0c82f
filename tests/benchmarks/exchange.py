"""Two sessions over a pipe in memory, with real sketches: what they say, byte for byte, and what it costs them.

Records are made up, since a session does not look into them; items and lengths are like those of real ones.
"""

import gc
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256, shake_128
from typing import TypeVar

from support.keys import NETWORK
from support.world import NOW_MS

from folkmoot.bundle import pack_wires, unpack
from folkmoot.canonical import decode
from folkmoot.kinds import EDITION
from folkmoot.limits import ITEM_BYTES, SYNC_FRAME_BYTES_MAX
from folkmoot.reconcile import Sketch
from folkmoot.reconcile.lanes import lanes_of
from folkmoot.reconcile.sketch import expansion_of
from folkmoot.rules import COMMONS
from folkmoot.session import (
    Declined,
    Effect,
    Finished,
    Greeted,
    Hello,
    ListItems,
    Offer,
    Receive,
    Send,
    Session,
    Settle,
    Summarise,
    bundle_frame,
)

RECORD_BYTES = 500
LENGTH_BYTES = 4
_IN_BUNDLE = 90
_PREFIX_BYTES = 8

_T = TypeVar("_T")
Held = Callable[[], Iterable[bytes]]
"""Gives the items of a side, for the codings that need all of them."""


def item_of(number: int) -> bytes:
    """Return the item of a made-up record."""
    return sha256(b"benchmark item %d" % number).digest()[:ITEM_BYTES]


def wire_of(item: bytes) -> bytes:
    """Return a made-up record: its item, and noise."""
    return item + shake_128(item).digest(RECORD_BYTES - ITEM_BYTES)


@dataclass
class Side:
    """One side: its sketch, and in what it differs from the other.

    Attributes:
        sketch: Of all that it holds.
        held: Gives all items.
        peculiar: Those of its items that the other lacks.
        lacks: What the other has and it has not.
        got: What of that has come.
        needless: How much has come that it had: a list takes some items for others.
        cpu_s: What comparing has cost it, without reading and writing records.
        heavy: How often it had to go through all items.
    """

    sketch: Sketch
    held: Held
    peculiar: Sequence[bytes]
    lacks: frozenset[bytes]
    needless: int = 0
    got: set[bytes] = field(default_factory=set)
    cpu_s: float = 0.0
    heavy: int = 0

    def counted(self, work: Callable[[], _T]) -> _T:
        """Do something on this side's account."""
        began = time.process_time()
        try:
            return work()
        finally:
            self.cpu_s += time.process_time() - began


@dataclass
class Talk:
    """What went over the pipe.

    Attributes:
        sides: The opener and the answerer.
        frames: How many of each name.
        size_bytes: All of it, with the lengths of frames.
        bundles_bytes: The frames in which records travel.
        records_bytes: The records themselves.
        crossings: How often one side had to wait for the other before it could say something of weight; two are a
            round trip. That nothing is left to say is of no weight.
        rounds: How many rounds it took.
    """

    sides: tuple[Side, Side]
    frames: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0
    bundles_bytes: int = 0
    records_bytes: int = 0
    crossings: int = 0
    rounds: int = 0

    @property
    def compared_bytes(self) -> int:
        """What was said to find out what differs: all but the frames with records."""
        return self.size_bytes - self.bundles_bytes

    @property
    def envelopes_bytes(self) -> int:
        """What stands around records in the frames in which they travel."""
        return self.bundles_bytes - self.records_bytes

    @property
    def round_trips(self) -> float:
        """Round trips until both sides had everything."""
        return self.crossings / 2


class _End:
    """A side with its session."""

    def __init__(self, side: Side, *, opens: bool) -> None:
        self.side = side
        self.depth = 0
        hello = Hello(NETWORK, EDITION, (COMMONS,), NOW_MS, 0)
        self.session = Session(hello, opens, bytes([opens]) * 16)

    def replies(self, effects: Sequence[Effect]) -> Iterator[bytes]:
        """Yield what this side says when it carries out effects."""
        for effect in effects:
            match effect:
                case Send(frame):
                    yield frame
                case Offer(items):
                    yield from self._offered(items)
                case Receive(bundle):
                    self._receive(bundle)
                case Greeted() | Declined() | Finished():
                    pass
                case _:
                    yield from self.replies(self.side.counted(partial(self._answered, effect)))

    def _answered(self, effect: Summarise | ListItems | Settle) -> Sequence[Effect]:
        side = self.side
        match effect:
            case Summarise():
                # As a store does: the session has a copy, which nobody changes.
                return self.session.summarise(_copied(side.sketch, side.got))
            case ListItems():
                side.heavy += 1
                return self.session.list_items(_copied(side.sketch, side.got), [*side.held(), *sorted(side.got)])
            case Settle():
                return self.session.settle([], [])

    def _receive(self, bundle: bytes) -> None:
        side = self.side
        for wire in unpack(bundle, network=NETWORK).records:
            if wire[:ITEM_BYTES] in side.lacks:
                side.got.add(wire[:ITEM_BYTES])
            else:
                side.needless += 1

    def _offered(self, items: Sequence[bytes]) -> Iterator[bytes]:
        by_prefix = {item[:_PREFIX_BYTES]: item for item in self.side.peculiar}
        if not all(item[:_PREFIX_BYTES] in by_prefix for item in items):
            by_prefix = {item[:_PREFIX_BYTES]: item for item in self.side.held()}
        found = [by_prefix[item[:_PREFIX_BYTES]] for item in items]
        for start in range(0, len(found), _IN_BUNDLE):
            wires = [wire_of(item) for item in found[start : start + _IN_BUNDLE]]
            yield bundle_frame(pack_wires((), wires, network=NETWORK))
        yield self.session.sent(len(found))


def talked(opener: Side, answerer: Side) -> Talk:
    """Hold a session to its end."""
    # What one side has worked out must not be remembered for the other, nor from the making of the sets.
    lanes_of.cache_clear()
    expansion_of.cache_clear()
    gc.collect()
    talk = Talk((opener, answerer))
    ends = _End(opener, opens=True), _End(answerer, opens=False)
    under_way: tuple[deque[tuple[int, bytes]], deque[tuple[int, bytes]]] = deque(), deque()
    for place, end in enumerate(ends):
        _say(talk, end, end.side.counted(end.session.start), under_way[1 - place])
    while any(under_way):
        place = 0 if under_way[0] else 1
        end = ends[place]
        depth, frame = under_way[place].popleft()
        end.depth = max(end.depth, depth)
        _say(talk, end, end.side.counted(partial(end.session.receive, frame)), under_way[1 - place])
    talk.rounds = max(end.session.rounds for end in ends)
    return talk


def _say(talk: Talk, end: _End, effects: Sequence[Effect], way: deque[tuple[int, bytes]]) -> None:
    for frame in end.replies(effects):
        match decode(frame, bytes_max=SYNC_FRAME_BYTES_MAX):
            case [str() as name, *_]:
                pass
            case _:
                raise AssertionError("a frame begins with its name")
        talk.frames[name] += 1
        talk.size_bytes += LENGTH_BYTES + len(frame)
        if name == "bundle":
            talk.bundles_bytes += LENGTH_BYTES + len(frame)
            talk.records_bytes += _records_bytes(frame)
        if name != "done":
            talk.crossings = max(talk.crossings, end.depth + 1)
        way.append((end.depth + 1, frame))


def _records_bytes(frame: bytes) -> int:
    match decode(frame, bytes_max=SYNC_FRAME_BYTES_MAX):
        case [_, bytes() as bundle]:
            return sum(map(len, unpack(bundle, network=NETWORK).records))
        case _:
            raise AssertionError("a bundle frame carries a bundle")


def _copied(sketch: Sketch, added: Iterable[bytes]) -> Sketch:
    copied = sketch.copy()
    for item in added:
        copied.add(item)
    return copied

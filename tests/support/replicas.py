"""Two replicas of bare names in memory, and sessions between them over real frames.

A name is 32 bytes: the first says of which identity it is, the second on which day it expires. In bundles, names
stand where records do.
"""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from support.keys import NETWORK

from folkmoot.bundle import pack_wires, unpack
from folkmoot.limits import DAY_MS
from folkmoot.reconcile import ITEM_BYTES, Sketch
from folkmoot.session import (
    Declined,
    Effect,
    Finished,
    Greeted,
    Hello,
    ListItems,
    Offer,
    Receive,
    Scope,
    Send,
    Session,
    Settle,
    Summarise,
    bundle_frame,
)

NOON_MS = 20_000 * DAY_MS + DAY_MS // 2
BUNDLE_NAMES = 100


@dataclass
class Replica:
    """What one side holds, and what it knows of the other.

    Attributes:
        held: The names it holds.
        now_ms: Its clock.
        hosting: The number of its choice of whom to host.
        not_hosted: Identities of which it takes nothing in.
        refused: Names that it does not take for another reason.
        declined_identities: Those that the other side does not host, when its hosting was `known_hosting`.
        declined_items: Items that the other side does not hold.
    """

    held: set[bytes]
    now_ms: int = NOON_MS
    spaces: tuple[str, ...] = ("commons",)
    hosting: int = 0
    not_hosted: set[int] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)
    known_hosting: int = 0
    declined_identities: set[bytes] = field(default_factory=set)
    declined_items: set[bytes] = field(default_factory=set)

    def live(self, day: int) -> set[bytes]:
        """Return the names that have not expired by a day."""
        return {name for name in self.held if expires(name) > day}

    def compared(self, scope: Scope) -> list[bytes]:
        """Return the names that are compared with the other side."""
        return sorted(
            name
            for name in self.live(scope.day)
            if identity_of(name) not in self.declined_identities and name[:ITEM_BYTES] not in self.declined_items
        )

    def take(self, name: bytes) -> None:
        """Take a name in that came from the other side, and keep it or not."""
        self.declined_items.discard(name[:ITEM_BYTES])
        self.declined_identities.discard(identity_of(name))
        if name[0] not in self.not_hosted and name not in self.refused:
            self.held.add(name)

    def greeted(self, hello: Hello) -> None:
        """Forget what a peer declined when it hosts others than it did."""
        if hello.hosting != self.known_hosting:
            self.known_hosting = hello.hosting
            self.declined_identities.clear()


def identity_of(name: bytes) -> bytes:
    """Return the identity whose name it is."""
    return name[:1] * 32


def expires(name: bytes) -> int:
    """Return the day on which a name expires: from two days ago on."""
    return NOON_MS // DAY_MS - 2 + name[1]


def names(count: int, seed: object, *, days: range = range(100, 200)) -> set[bytes]:
    """Make names.

    Args:
        count: How many.
        seed: Of the dice.
        days: The days on which they expire, counted from two days ago.
    """
    dice = random.Random(f"{seed}")
    return {bytes([dice.randrange(256), dice.choice(days)]) + dice.randbytes(30) for _ in range(count)}


class Side:
    """One side of a session: carries out what the session says.

    Attributes:
        sent: The frames it sent, in order.
        offered: The names it sent in bundles.
        finished: How the session ended, if it did.
    """

    def __init__(self, replica: Replica, *, opens: bool, seed: int = 0) -> None:
        self.replica = replica
        own = Hello(NETWORK, 1, replica.spaces, replica.now_ms, replica.hosting)
        self.session = Session(own, opens, random.Random(f"{seed} {opens}").randbytes(16))
        self.sent: list[bytes] = []
        self.offered: list[bytes] = []
        self.heavy = 0
        self.finished: Finished | None = None
        self._scope = Scope((), 0)
        self._came: list[bytes] = []

    def start(self) -> list[bytes]:
        """Return the first frames."""
        return self._carry_out(self.session.start())

    def receive(self, frame: bytes) -> list[bytes]:
        """Take a frame and return what is to be sent."""
        return self._carry_out(self.session.receive(frame))

    def _carry_out(self, effects: Iterable[Effect]) -> list[bytes]:
        frames = list(self._frames(effects))
        self.sent += frames
        return frames

    def _frames(self, effects: Iterable[Effect]) -> Iterator[bytes]:
        for effect in effects:
            match effect:
                case Send(frame):
                    yield frame
                case Summarise(scope):
                    self._scope = scope
                    yield from self._frames(self.session.summarise(Sketch(self._items())))
                case ListItems():
                    self.heavy += 1
                    items = self._items()
                    yield from self._frames(self.session.list_items(Sketch(items), items))
                case Offer(items):
                    yield from self._bundles(items)
                case Settle():
                    yield from self._frames(self._settled())
                case _:
                    self._note(effect)

    def _note(self, effect: Greeted | Receive | Declined | Finished) -> None:
        match effect:
            case Greeted(hello):
                self.replica.greeted(hello)
            case Receive(bundle):
                for name in unpack(bundle, network=NETWORK).records:
                    self._came.append(name)
                    self.replica.take(name)
            case Declined(identities, items):
                self.replica.declined_identities.update(identities)
                self.replica.declined_items.update(items)
            case Finished():
                self.finished = effect

    def _items(self) -> list[bytes]:
        return [name[:ITEM_BYTES] for name in self.replica.compared(self._scope)]

    def _bundles(self, prefixes: tuple[bytes, ...]) -> Iterator[bytes]:
        known = {name[:length]: name for name in self.replica.compared(self._scope) for length in (8, ITEM_BYTES)}
        found = [known[prefix] for prefix in prefixes if prefix in known]
        self.offered += found
        for start in range(0, len(found), BUNDLE_NAMES):
            yield bundle_frame(pack_wires([], found[start : start + BUNDLE_NAMES], network=NETWORK))
        yield self.session.sent(len(found))

    def _settled(self) -> list[Effect]:
        came, self._came = self._came, []
        lacking = [name for name in came if name not in self.replica.held]
        aside = {identity_of(name) for name in lacking if name[0] in self.replica.not_hosted}
        rest = [name[:ITEM_BYTES] for name in lacking if identity_of(name) not in aside]
        return self.session.settle(sorted(aside), rest)


@dataclass
class Talk:
    """How a session went.

    Attributes:
        opener: The side that opened it.
        answerer: The other.
        frames: Every frame in the order of arrival, with whether the opener sent it.
        crossings: How many frames travelled, each in answer to another, before the last came.
    """

    opener: Side
    answerer: Side
    frames: list[tuple[bool, bytes]] = field(default_factory=list)
    crossings: int = 0

    @property
    def sides(self) -> tuple[Side, Side]:
        """The opener and the answerer."""
        return self.opener, self.answerer

    @property
    def size_bytes(self) -> int:
        """Bytes of all frames with their lengths."""
        return sum(4 + len(frame) for _by_opener, frame in self.frames)

    @property
    def overhead_bytes(self) -> int:
        """Bytes of all frames that are no bundles, with their lengths."""
        return sum(4 + len(frame) for _by_opener, frame in self.frames if not frame[2:].startswith(b"bundle"))


Change = Callable[[bytes], Sequence[bytes]]
"""Makes other frames of one that is on its way."""


def _unchanged(frame: bytes) -> Sequence[bytes]:
    return [frame]


def talked(
    one: Replica,
    other: Replica,
    *,
    seed: int = 0,
    frames_max: int = 10_000,
    change_opener: Change = _unchanged,
    change_answerer: Change = _unchanged,
) -> Talk:
    """Run a session until nobody has anything to say, or so many frames came, whereupon both sides are gone.

    Raises:
        DecodeError: A side refuses what came.
    """
    talk = Talk(Side(one, opens=True, seed=seed), Side(other, opens=False, seed=seed))
    changes = change_opener, change_answerer
    pipe = deque((by, frame, 1) for by, side in enumerate(talk.sides) for frame in side.start())
    while pipe and len(talk.frames) < frames_max:
        by, frame, crossings = pipe.popleft()
        talk.crossings = max(talk.crossings, crossings)
        for changed in changes[by](frame):
            talk.frames.append((by == 0, changed))
            pipe.extend((1 - by, answer, crossings + 1) for answer in talk.sides[1 - by].receive(changed))
    return talk

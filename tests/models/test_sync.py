"""Invariant 13: sync.

A session between any two replicas ends; then both keep the same operations and hold the same winners, and a second
session finds them equal. No verdict but that of the replicated set enters. Two exceptions, asserted exactly:

- What waited for operations on one side, and was released by those that the session brought, was not compared yet:
  at the addresses of what waited the second session offers more, and the third nothing.
- Where the clocks are a day apart, what the receiver's clock refuses (CLK-1, CLK-2) is offered once and declined,
  and both hold the same of the rest.

Known limit: replicas list winners. A version that is shown until a winner dated ahead is due does not travel.

Bounds: every pair of replicas that any 3 of 8 items leave (a rotation that adds a device, a revocation that keeps
one record, a thief's rival; records by both devices in one slot and a tombstone there, the one that is kept, an
unknown kind), or that hold nothing at all; with the second clock a day ahead, every pair of replicas that any 2 of
5 items leave, of which one expires tomorrow and one is due in two days. The frames are the real ones.

Cases: 2,278 pairs of replicas at one time, 144 with clocks a day apart.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, combinations_with_replacement, product
from typing import NamedTuple

import pytest
from models.arrivals import Held, held_by
from models.test_order import ALICE, HONEST, JOINED, KEPT, REVOKED, RIVAL
from support.keys import NETWORK
from support.lineage import key
from support.memory_view import MemoryReplica
from support.statements import NOW, Place, said_by

from folkmoot import replica as replica_rules
from folkmoot import session
from folkmoot.bundle import pack_wires, unpack
from folkmoot.identity import Operation
from folkmoot.limits import DAY_MS, ITEM_BYTES
from folkmoot.reconcile import Sketch
from folkmoot.record import Address, Record, day_of
from folkmoot.replica import winner
from folkmoot.rules import Ignore, judge
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
    asker,
)

OPERATIONS = (ALICE, JOINED, REVOKED, RIVAL)
WAYS = {JOINED: (JOINED,), REVOKED: (JOINED, REVOKED), RIVAL: (RIVAL,)}
"""Operations with those they follow, but for the genesis."""


def _says(text: str, place: Place, *, device: str = "phone", kind: str = "post") -> Record:
    return said_by(ALICE.identity, key(device), kind, {"text": text} if text else {}, place)


THEFT = _says("theft", Place(rev=NOW + 2), device="laptop")
ENDING = _says("for others gone tomorrow", Place(slot=2, days=1))
ITEMS: tuple[Operation | Record, ...] = (
    *OPERATIONS[1:],
    HONEST,
    THEFT,
    KEPT,
    _says("", Place(rev=NOW + 1, days=199)),
    _says("letter", Place(slot=3), kind="letter"),
)
DATED: tuple[Operation | Record, ...] = (
    JOINED,
    HONEST,
    KEPT,
    ENDING,
    _says("due the day after tomorrow", Place(slot=4, rev=NOW + 2 * DAY_MS)),
)
BY_ID: dict[bytes, Record] = {item.id: item for item in (*ITEMS, *DATED) if isinstance(item, Record)}
SPACES = ("commons",)
SYMBOLS = 64
"""More than enough for a handful of items."""

WIRES: dict[bytes, Operation | Record] = {item.wire: item for item in (*OPERATIONS, *ITEMS, *DATED)}
"""Items by their bytes, as they come out of a bundle: each was verified when it was made."""


class Tally(NamedTuple):
    """What sessions did.

    Attributes:
        pairs: Pairs of replicas.
        offered: Items offered in first sessions.
        released: Items offered in second sessions that the first had released from waiting.
    """

    pairs: int
    offered: int
    released: int


class Side:
    """A replica in a session, its clock, and what it knows that the other side has declined.

    It always answers in cells: that a list finds the same is a law of its own.
    """

    def __init__(self, held: Held, now_ms: int, declined: Collection[bytes], *, opens: bool) -> None:
        self.replica = held.replica()
        self.now_ms = now_ms
        self.declined = set(declined)
        self.offered: list[bytes] = []
        self.is_finished = False
        self._came: set[bytes] = set()
        self._scope = Scope((), 0)
        seed = bytes([opens] * 16)
        self._session = Session(Hello(NETWORK, 1, SPACES, now_ms), opens, seed, lambda _sketch, _summary: SYMBOLS)

    def start(self) -> list[bytes]:
        return list(self._carried_out(self._session.start()))

    def receive(self, frame: bytes) -> list[bytes]:
        return list(self._carried_out(self._session.receive(frame)))

    def winners(self, day: int) -> dict[bytes, Record]:
        """Return the winners that are live on a day."""
        places = {record.address for record in self.replica.records.values()}
        found = [winner(self.replica.records_at(place)) for place in places]
        return {record.id: record for record in found if record.expires > day}

    @property
    def operations(self) -> dict[bytes, Operation]:
        return {item.id: item for kept in self.replica.operations.values() for item in kept.values()}

    def _compared(self) -> dict[bytes, bytes]:
        """Return the ids of what is compared by their items."""
        held = {key[:ITEM_BYTES]: key for key in (*self.operations, *self.winners(self._scope.day))}
        return {item: key for item, key in held.items() if item not in self.declined}

    def _carried_out(self, effects: Sequence[Effect]) -> Iterator[bytes]:
        for effect in effects:
            match effect:
                case Send(frame):
                    yield frame
                case Summarise(scope):
                    self._scope = scope
                    yield from self._carried_out(self._session.summarise(Sketch(self._compared())))
                case ListItems():
                    items = list(self._compared())
                    yield from self._carried_out(self._session.list_items(Sketch(items), items))
                case Offer(items):
                    yield from self._bundles(items)
                case Settle():
                    held = {key[:ITEM_BYTES] for key in (*self.operations, *self.winners(self._scope.day))}
                    yield from self._carried_out(self._session.settle([], sorted(self._came - held)))
                case _:
                    self._note(effect)

    def _note(self, effect: Greeted | Receive | Declined | Finished) -> None:
        match effect:
            case Receive(bundle):
                self._take(bundle)
            case Declined(items=items):
                self.declined.update(items)
            case Finished():
                self.is_finished = True
            case Greeted():
                pass

    def _bundles(self, prefixes: Collection[bytes]) -> Iterator[bytes]:
        found = [key for item, key in self._compared().items() if item.startswith(tuple(prefixes))]
        self.offered += found if prefixes else []
        lacked = set(self.offered)
        operations = sorted(self.operations.values(), key=OPERATIONS.index) if lacked & set(self.operations) else []
        held: dict[bytes, Record] = {record.id: record for record in self.replica.records.values()}
        records = [held[key] for key in found if prefixes and key in held]
        if operations:
            yield session.bundle_frame(pack_wires([item.wire for item in operations], [], network=NETWORK))
        for record in records:
            yield session.bundle_frame(pack_wires([], [record.wire], network=NETWORK))
        yield self._session.sent(len(operations) + len(records))

    def _take(self, data: bytes) -> None:
        bundle = unpack(data, network=NETWORK)
        operations = [item for wire in bundle.operations if isinstance(item := WIRES[wire], Operation)]
        records = [item for wire in bundle.records if isinstance(item := WIRES[wire], Record)]
        came = {key[:ITEM_BYTES] for key in (*(item.id for item in operations), *(item.id for item in records))}
        self._came |= came
        self.declined -= came
        self.replica.take(operations, records, now_ms=self.now_ms)


def _synced(one: Held, other: Held, ahead_ms: int, before: Collection["Side"] = ()) -> tuple[Side, Side]:
    """Run a session until neither side has anything to say; the sides before it tell what was declined."""
    known = [side.declined for side in before] or [set[bytes](), set[bytes]()]
    sides = Side(one, NOW, known[0], opens=True), Side(other, NOW + ahead_ms, known[1], opens=False)
    frames = [(1 - place, frame) for place, side in enumerate(sides) for frame in side.start()]
    while frames:
        place, frame = frames.pop(0)
        frames += [(1 - place, answer) for answer in sides[place].receive(frame)]
    assert all(side.is_finished for side in sides), "the session ended"
    return sides


def _again(left: Side, right: Side, ahead_ms: int) -> tuple[Side, Side]:
    """Run another session between the two."""
    return _synced(held_by(left.replica), held_by(right.replica), ahead_ms, (left, right))


def check_sync(couples: Iterable[tuple[Held, Held]], ahead_ms: int) -> Tally:
    """Sync every two replicas until a session offers nothing."""
    pairs = offered = released = 0
    for one, other in couples:
        waited = {record.address for record in one.waiting | other.waiting}
        left, right = _synced(one, other, ahead_ms)
        offered += len(left.offered) + len(right.offered)
        _check_equal(left, right, but=waited)
        left, right = _again(left, right, ahead_ms)
        more = left.offered + right.offered
        assert all(item in BY_ID for item in more), "operations travelled the first time"
        assert {BY_ID[item].address for item in more} <= waited, "new is only what the first session released"
        released += len(more)
        _check_equal(left, right, but=set())
        if more:
            left, right = _again(left, right, ahead_ms)
        assert not left.offered + right.offered
        pairs += 1
    return Tally(pairs, offered, released)


def _check_equal(left: Side, right: Side, *, but: Collection[Address]) -> None:
    assert left.operations.keys() == right.operations.keys()
    day = day_of(max(left.now_ms, right.now_ms))
    for record_id in left.winners(day).keys() ^ right.winners(day).keys():
        assert BY_ID[record_id].address in but or any(_refusal(record_id, side) for side in (left, right))


def _refusal(record_id: bytes, side: Side) -> bool:
    """Tell whether a side's clock refuses a record."""
    record = BY_ID[record_id]
    verdict = judge(record, side.replica.chain(record.author), now_ms=side.now_ms, network=NETWORK)
    return isinstance(verdict, Ignore) and verdict.rule in ("CLK-1", "CLK-2")


def replicas_of(items: Sequence[Operation | Record], size_max: int, *, now_ms: int = NOW) -> list[Held]:
    """Return what every few of the items leave in a replica that knows the genesis, and the empty replica."""
    found = {Held()}
    for size in range(size_max + 1):
        for some in combinations(items, size):
            replica = MemoryReplica()
            operations = [ALICE, *(step for item in some if isinstance(item, Operation) for step in WAYS[item])]
            replica.take(operations, [item for item in some if isinstance(item, Record)], now_ms=now_ms)
            found.add(held_by(replica))
    return sorted(found, key=lambda held: sorted(item.id for part in held for item in part))


def test_two_replicas_are_equal_after_a_session_and_the_next_offers_nothing() -> None:
    replicas = replicas_of(ITEMS, 3)
    every_pair = combinations_with_replacement(replicas, 2)
    assert check_sync(every_pair, 0) == Tally(pairs=2278, offered=6232, released=291)


def test_with_clocks_a_day_apart_what_the_other_clock_refuses_is_offered_once() -> None:
    behind, ahead = replicas_of(DATED, 2), replicas_of(DATED, 2, now_ms=NOW + DAY_MS)
    assert check_sync(product(behind, ahead), DAY_MS) == Tally(pairs=144, offered=220, released=18)


def test_what_is_shown_until_a_winner_is_due_is_the_limit() -> None:
    ahead = _says("tomorrow", Place(rev=NOW + DAY_MS))
    WIRES[ahead.wire] = ahead
    full = MemoryReplica()
    full.take([ALICE], [HONEST, ahead], now_ms=NOW)
    left, right = _synced(held_by(full), Held(), 0)
    assert set(left.replica.records) == {HONEST.id, ahead.id}
    assert set(right.replica.records) == {ahead.id}


def test_the_model_finds_an_offer_that_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: of what only the asker has, the first is left out."""
    agreed = asker.Asker._agreed
    monkeypatch.setattr(asker.Asker, "_agreed", lambda role, asked, ours: agreed(role, asked, sorted(ours)[1:]))
    few = replicas_of(ITEMS, 1)
    with pytest.raises(AssertionError):
        check_sync(product(few, few), 0)


def test_the_model_finds_a_winner_that_each_side_sees_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: at an address, the record that came first stays."""
    monkeypatch.setattr(
        replica_rules, "_staying", lambda records, _now_ms: {record.id: record for record in [next(iter(records))]}
    )
    few = replicas_of(ITEMS, 2)
    with pytest.raises(AssertionError):
        check_sync(product(few, few), 0)

"""The law of the replica: the same set, in any order and any batches, leaves the same replica."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keys import NETWORK, person
from support.lineage import Plan, key, revocation, root, step
from support.memory_view import MemoryReplica
from support.statements import NOW, Place, said, said_by

from folkmoot.canonical import Value
from folkmoot.chain import read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS
from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS, UNKNOWN_KIND_SLOTS
from folkmoot.record import Record
from folkmoot.replica import shown, winner
from folkmoot.rules import Accept, judge

ALL, READ = Scope.ALL, Scope.READ
BOB = person("bob")
TEXT: dict[str, Value] = {"text": "Hello"}

# Alice has a phone; a laptop joins, and something that only reads; the phone's key is later promised away.
PLAN = Plan(next_key="a1")
ALICE = root(PLAN)
JOINED = step(
    ALICE,
    Plan(devices=(("phone", ALL), ("laptop", ALL), ("reader", READ)), next_key="a2"),
    signers=("a1", "laptop", "reader"),
)
ROTATED = step(JOINED, Plan(devices=(("phone", ALL), ("laptop", ALL)), next_key="a3"), signers=("a2",))


def alice_says(kind: str = "post", device: str = "phone", *, slot: int = 0, rev: int = 0, days: int = 30) -> Record:
    body: dict[str, Value] = {} if days == 0 else {**TEXT, "about": hashlib.sha256(f"{rev}".encode()).digest()}
    return said_by(ALICE.identity, key(device), kind, body, Place(slot, NOW + rev, days or 30))


HOUR = 3_600_000
RECORDS: tuple[Record, ...] = (
    # Five versions in one slot: older, longer-lived, a tombstone, due only later, and due only tomorrow.
    alice_says(rev=0),
    alice_says(rev=1),
    alice_says(rev=-5, days=31),
    alice_says(rev=2, days=0),
    alice_says(rev=CLOCK_SKEW_MS_MAX, days=31),
    alice_says(rev=CLOCK_SKEW_MS_MAX + 1, days=31),
    alice_says(rev=20 * HOUR, days=31),
    # A device that joins later, one that may only read, and one that never joined.
    alice_says(device="laptop", slot=1),
    alice_says(device="laptop", slot=0, rev=3),
    alice_says(device="reader", slot=2),
    alice_says(device="stranger", slot=0, rev=9),
    # Not for us now, or never.
    alice_says(rev=-40 * DAY_MS, days=40),
    alice_says(rev=2 * DAY_MS, slot=3),
    alice_says(kind="letter", slot=UNKNOWN_KIND_SLOTS),
    said_by(ALICE.identity, key("phone"), "post", {"text": 1}, Place(4)),
    said_by(ALICE.identity, key("phone"), "profile", {"name": "A"}, Place(space="design.fr")),
    # Somebody else, also at the same kind, space and slot.
    said(BOB, "post", TEXT),
    said(BOB, "post", {"text": "Hello again"}, Place(rev=NOW + 1)),
    said(BOB, "profile", {"name": "Bob"}),
    said(BOB, "post", TEXT, Place(space="design.fr")),
    # More unknown kinds than there is room for, some in two versions and some twice.
    *(alice_says(kind=f"kind{number}", slot=number % 3, rev=number) for number in range(11)),
    *(alice_says(kind=f"kind{number}", slot=number % 3, rev=50) for number in range(0, 11, 4)),
    said_by(ALICE.identity, key("phone"), "kind0", TEXT, Place(space="design.fr")),
    said(BOB, "kind3", TEXT),
)
OPERATIONS: tuple[tuple[Operation, ...], ...] = (
    (ALICE,),
    (ALICE, JOINED),
    (ALICE, JOINED, ROTATED),
    (BOB.genesis,),
)
"""Operations as they travel: each with those it follows."""

Item: TypeAlias = Record | tuple[Operation, ...]
ITEMS: tuple[Item, ...] = (*OPERATIONS, *RECORDS)


UNKNOWN_RECORDS = 8
"""The bound on records of unknown kinds in these tests: small, so that few items meet it."""


@pytest.fixture(autouse=True, scope="module")
def _little_room() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("folkmoot.replica.UNKNOWN_KIND_RECORDS_MAX", UNKNOWN_RECORDS)
        yield


def deliver(replica: MemoryReplica, batch: Iterable[Item], *, now_ms: int = NOW) -> None:
    """Let items land together."""
    records = [item for item in batch if isinstance(item, Record)]
    operations = [operation for item in batch if isinstance(item, tuple) for operation in item]
    replica.take(operations, records, now_ms=now_ms)


def after(batches: Iterable[Sequence[Item]]) -> MemoryReplica:
    replica = MemoryReplica()
    for batch in batches:
        deliver(replica, batch)
    return replica


def expected(items: Iterable[Item], now_ms: int = NOW) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Say what a set of items leaves, by looking at all of it at once."""
    together = list(items)
    operations: dict[IdentityId, set[Operation]] = defaultdict(set)
    for item in together:
        if not isinstance(item, Record):
            for operation in item:
                operations[operation.identity].add(operation)
    chains = {identity: read_chain(some, network=NETWORK) for identity, some in operations.items()}
    places: dict[object, dict[bytes, Record]] = defaultdict(dict)
    for item in together:
        if isinstance(item, Record):
            verdict = judge(item, chains.get(item.author), now_ms=now_ms, network=NETWORK)
            if isinstance(verdict, Accept):
                places[item.address][item.id] = item
    held = [record for here in places.values() for record in (winner(here.values()), shown(here.values(), now_ms))]
    crowds: dict[object, list[Record]] = defaultdict(list)
    for here in places.values():
        first = winner(here.values())
        if first.kind not in KINDS:
            crowds[first.author, first.space].append(first)
    roomy = {
        record.address
        for crowd in crowds.values()
        for record in sorted(crowd, key=lambda record: record.order)[-UNKNOWN_RECORDS:]
    }
    kept = frozenset(item.id for chain in chains.values() if chain for item in chain.kept)
    return kept, frozenset(
        record.id for record in held if record is not None and (record.kind in KINDS or record.address in roomy)
    )


def split(items: Sequence[Item], cuts: int) -> list[list[Item]]:
    """Cut a sequence into batches wherever a bit of a number is set."""
    batches: list[list[Item]] = [[]]
    for place, item in enumerate(items):
        if cuts >> place & 1:
            batches.append([])
        batches[-1].append(item)
    return batches


@given(st.lists(st.sampled_from(ITEMS), max_size=40), st.integers(0, 2**40 - 1))
def test_what_is_held_is_what_the_whole_set_says(items: list[Item], cuts: int) -> None:
    assert after(split(items, cuts)).content == expected(items)


@given(st.permutations(ITEMS), st.lists(st.sampled_from(ITEMS), max_size=10), st.integers(0, 2**60 - 1))
def test_everything_at_once_or_piecemeal_and_twice_is_the_same(
    order: list[Item], again: list[Item], cuts: int
) -> None:
    assert after(split(order + again, cuts)).content == expected(ITEMS)


SMALL: tuple[tuple[Item, ...], ...] = (
    ((ALICE,), RECORDS[0], RECORDS[1], RECORDS[6], RECORDS[3]),
    ((ALICE, JOINED), RECORDS[8], RECORDS[7], RECORDS[0], RECORDS[10]),
    ((ALICE, JOINED), (ALICE, JOINED, ROTATED), RECORDS[8], RECORDS[9], RECORDS[4]),
)


def test_every_order_of_a_few_items_in_every_batching_is_the_same() -> None:
    for items in SMALL:
        content = expected(items)
        for order in permutations(items):
            for cuts in range(0, 2 ** len(items), 2):
                assert after(split(order, cuts)).content == content


def test_ten_records_of_unknown_kinds_in_any_batches_leave_the_same_eight() -> None:
    letters: list[Item] = [alice_says(kind=f"kind{number}") for number in range(10)]
    content = expected([(ALICE,), *letters])
    assert len(content[1]) == UNKNOWN_RECORDS
    for turn in range(10):
        order = letters[turn:] + letters[:turn]
        for cuts in (0, 2**11 - 2, 0b10101010100, 0b00100000010):
            assert after(split([(ALICE,), *order], cuts)).content == content
            assert after(split([*order, (ALICE,)], cuts)).content == content


@given(st.lists(st.sampled_from(RECORDS), max_size=30), st.integers(0, 2**34 - 1))
def test_records_before_operations_end_like_operations_before_records(records: list[Record], cuts: int) -> None:
    early = after([*split(records, cuts), [*OPERATIONS]])
    late = after([[*OPERATIONS], *split(records, cuts)])
    assert early.content == late.content
    assert early.waiting.keys() == late.waiting.keys()


@given(st.lists(st.sampled_from(ITEMS), max_size=40), st.integers(0, 2**40 - 1))
def test_landing_a_second_time_changes_nothing(items: list[Item], cuts: int) -> None:
    replica = after([items])
    before = replica.content, set(replica.waiting)
    for batch in split(items, cuts):
        deliver(replica, batch)
    assert (replica.content, set(replica.waiting)) == before


@given(
    st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 2)), max_size=40),
    st.lists(st.sampled_from(ITEMS), max_size=40),
)
def test_nothing_beaten_ever_comes_back_as_days_pass(landings: list[tuple[Item, int]], later: list[Item]) -> None:
    replica = MemoryReplica()
    now_ms, beaten = NOW, set[bytes]()
    for item, days in landings:
        now_ms += days * DAY_MS
        deliver(replica, [item], now_ms=now_ms)
        beaten |= {r.id for r in RECORDS if r.kind in KINDS and _is_beaten(r, replica, now_ms)}
        replica.sweep(now_ms // DAY_MS)
        assert not beaten & _winners(replica)
    for days in range(0, 40, 3):
        for item in later:
            deliver(replica, [item], now_ms=now_ms + days * DAY_MS)
        replica.sweep(now_ms // DAY_MS + days)
        assert not beaten & _winners(replica)


def _is_beaten(record: Record, replica: MemoryReplica, now_ms: int) -> bool:
    held = replica.records_at(record.address)
    return any(other.order > record.order for other in held)


def _winners(replica: MemoryReplica) -> set[bytes]:
    addresses = {record.address for record in replica.records.values()}
    return {winner(replica.records_at(address)).id for address in addresses}


@given(st.lists(st.tuples(st.sampled_from(("post", "profile", "letter", "note")), st.integers(0, 40)), max_size=60))
def test_an_author_takes_up_a_constant_room(said_where: list[tuple[str, int]]) -> None:
    replica = MemoryReplica()
    replica.take([ALICE], now_ms=NOW)
    for number, (kind, hours) in enumerate(said_where):
        replica.take(records=[alice_says(kind=kind, rev=hours * HOUR + number)], now_ms=NOW)
        assert all(len(replica.records_at(record.address)) <= 2 for record in replica.records.values())


# A thief's device beats an honest record; then the owner revokes it and keeps what was honest.
HONEST = alice_says(rev=0)
THEFT = alice_says(device="laptop", rev=5)
KEPT = alice_says(device="laptop", slot=1)
REVOKED = step(
    JOINED,
    Plan(next_key="a9", revoke=(revocation("laptop", keep=[KEPT.id]),)),
    signers=("a2",),
)
STORY: tuple[Item, ...] = ((ALICE, JOINED), (ALICE, JOINED, REVOKED), HONEST, THEFT, KEPT)


def test_after_a_revocation_the_kept_records_travel_again_and_every_order_ends_the_same() -> None:
    """Whoever let the thief's record beat the honest one has dropped that; so it is delivered once more."""
    content = expected(STORY)
    assert content[1] == {HONEST.id, KEPT.id}
    incomplete = 0
    for order in permutations(STORY):
        for cuts in (0, 0b11110, 0b00100):
            replica = after(split(order, cuts))
            assert replica.content[0] == content[0]
            assert replica.content[1] <= content[1]
            incomplete += replica.content != content
            deliver(replica, [HONEST, KEPT])
            assert replica.content == content
    assert incomplete, "the order that needs the second delivery was tried"


# A thief with a used rotation key makes a rival branch, and the owner recovers.
RIVAL = step(
    ALICE,
    Plan(devices=(("thief", ALL),), next_key="t", revoke=(revocation("phone"),)),
    signers=("a1", "thief"),
)
HEALED = step(JOINED, Plan(devices=(("laptop", ALL),), next_key="h"), rank=1, signers=("paper",))
BY_THIEF = alice_says(device="thief", slot=7)


def test_a_dispute_makes_records_wait_and_loses_none() -> None:
    replica = after([[(ALICE, JOINED), HONEST, KEPT]])
    before = replica.content[1]
    deliver(replica, [(ALICE, RIVAL), BY_THIEF])
    assert replica.content[1] == frozenset()
    assert set(replica.waiting) == before | {BY_THIEF.id}
    deliver(replica, [(ALICE, JOINED, HEALED)])
    assert replica.content[1] == before
    assert set(replica.waiting) == {BY_THIEF.id}


def test_a_dispute_and_its_end_in_every_order_are_the_same() -> None:
    quiet = step(ALICE, Plan(devices=(("thief", ALL),), next_key="t"), signers=("a1", "thief"))
    items: tuple[Item, ...] = ((ALICE, JOINED), (ALICE, quiet), (ALICE, JOINED, HEALED), KEPT, HONEST, BY_THIEF)
    content = expected(items)
    assert content[1] == {KEPT.id, HONEST.id}
    for order in permutations(items):
        assert after(split(order, 0b111110)).content == content
        assert after(split(order, 0b001000)).content == content


def test_what_a_rival_revoked_before_the_dispute_was_known_travels_again_once_it_is_healed() -> None:
    items: tuple[Item, ...] = ((ALICE, JOINED), (ALICE, RIVAL), (ALICE, JOINED, HEALED), KEPT, HONEST, BY_THIEF)
    content = expected(items)
    for order in permutations(items):
        replica = after(split(order, 0b111110))
        assert replica.content[0] == content[0]
        assert replica.content[1] <= content[1]
        deliver(replica, [HONEST, KEPT])
        assert replica.content == content


@given(st.integers(0, 2**20))
def test_an_owner_who_closes_leaves_nothing_behind(cuts: int) -> None:
    end = step(JOINED, Plan(next_key="e", close=True), rank=1, signers=("paper",))
    items: list[Item] = [(ALICE, JOINED), *RECORDS[:10], (ALICE, JOINED, end)]
    replica = after(split(items, cuts))
    assert replica.content[1] == frozenset()
    deliver(replica, RECORDS[:10])
    assert replica.content[1] == frozenset()

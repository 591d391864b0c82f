"""Invariant 1: order.

State(sigma(S), now) = State(S, now) for every order sigma of a set S, with any batching, any repetition and a
restart between any two batches. The replica's part: what is held is what the whole set says at once. One exception,
as the rules say it: where a record was dropped because another beat it, and an operation that lands later makes the
other one unauthorised (a revocation, or a dispute that loses), the record is missing until it is heard again; then
what is held is a part of what the whole set says, and all of it once the set lands a second time. The state's part:
what is derived from the records held does not depend on the order in which they are looked at.

Bounds: every set of up to 4 of 10 items around a theft (an identity with a second device, a revocation that keeps
one record, a thief's rival branch; records in one slot of one `rev`, of a longer life, deleted, dated ahead, by the
stolen device), and of 8 items of two authors with four records of unknown kinds where there is room for two, in
every order and every batching, with every item landing once more; every set of up to 3 of 10 records of a story
with a team and two awards, and every set of its opportunity, bids and awards, in every order.

Cases: 58,294 runs of replicas, 144 of which need a second delivery; 1,130 derivations of state.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, permutations
from typing import NamedTuple

import pytest
from models.arrivals import Arrivals, Item, orders_in_batches
from support.keys import NETWORK, person
from support.lineage import Plan, key, revocation, root, step
from support.scene import Scene, chains
from support.statements import NOW, Place, said, said_by

from folkmoot import replica
from folkmoot.chain import read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.rules import Accept, is_due, judge
from folkmoot.state import evidence, opportunity
from folkmoot.state.snapshot import state_hash

UNKNOWN_ROOM = 2
STATES = 810
AWARD_STATES = 320

ALICE = root(Plan(next_key="a1"))
BOTH = (("phone", Scope.ALL), ("laptop", Scope.ALL))
JOINED = step(ALICE, Plan(devices=BOTH, next_key="a2"), signers=("a1", "laptop"))


def _alice(device: str, text: str, place: Place, kind: str = "post") -> Record:
    return said_by(ALICE.identity, key(device), kind, {"text": text} if text else {}, place)


HONEST = _alice("phone", "one", Place())
KEPT = _alice("laptop", "kept", Place(slot=1))
REVOKED = step(JOINED, Plan(next_key="a3", revoke=(revocation("laptop", keep=[KEPT.id]),)), signers=("a2",))
RIVAL = step(ALICE, Plan(devices=(("thief", Scope.ALL),), next_key="t"), signers=("a1", "thief"))
TROUBLE: tuple[Item, ...] = ((ALICE, JOINED, REVOKED), (ALICE, RIVAL))
"""What makes records unauthorised that were authorised before."""
THEFT: tuple[Item, ...] = (
    (ALICE, JOINED),
    *TROUBLE,
    HONEST,
    _alice("phone", "another of the same rev", Place()),
    _alice("phone", "older and longer-lived", Place(rev=NOW - DAY_MS, days=202)),
    _alice("phone", "", Place(rev=NOW + 1)),
    _alice("phone", "tomorrow", Place(rev=NOW + DAY_MS, days=201)),
    _alice("laptop", "theft", Place(rev=NOW + 2)),
    KEPT,
)
CROWD: tuple[Item, ...] = (
    (ALICE,),
    *(_alice("phone", "letter", Place(slot=number, rev=NOW + number), "letter") for number in range(3)),
    _alice("phone", "note", Place(rev=NOW + 1), "note"),
    (person("bob").genesis,),
    said(person("bob"), "letter", {"text": "one"}),
    said(person("bob"), "post", {"text": "one"}),
)


class Tally(NamedTuple):
    """How many runs there were, and after how many something was missing until it landed again."""

    runs: int
    missing: int


def check_replicas(pool: Sequence[Item], size_max: int) -> Tally:
    """Let every set land in every way."""
    arrivals = Arrivals(pool)
    runs = missing = 0
    for size in range(1, size_max + 1):
        for numbers in combinations(range(len(pool)), size):
            items = [pool[number] for number in numbers]
            content = expected(items)
            ends: Counter[int] = Counter()
            for batches in orders_in_batches(numbers):
                state = arrivals.nothing
                for batch in batches:
                    state = arrivals.land(state, batch, now_ms=NOW)
                ends[state] += 1
            runs += ends.total()
            for end, times in ends.items():
                held = arrivals.states[end]
                complete = end
                if held.content != content:
                    assert any(item in TROUBLE for item in items), "only where authority was taken away"
                    assert held.operations == content[0]
                    assert held.records < content[1]
                    missing += times
                    complete = arrivals.land(end, numbers, now_ms=NOW)
                for again in numbers:
                    assert arrivals.states[arrivals.land(complete, (again,), now_ms=NOW)].content == content
    return Tally(runs, missing)


def expected(items: Iterable[Item]) -> tuple[frozenset[Operation], frozenset[Record]]:
    """Say what a set of items leaves, by looking at all of it at once."""
    operations: dict[IdentityId, set[Operation]] = defaultdict(set)
    for item in items:
        for operation in () if isinstance(item, Record) else item:
            operations[operation.identity].add(operation)
    read = {identity: read_chain(some, network=NETWORK) for identity, some in operations.items()}
    places: dict[object, list[Record]] = defaultdict(list)
    for item in items:
        if isinstance(item, Record):
            verdict = judge(item, read.get(item.author), now_ms=NOW, network=NETWORK)
            if isinstance(verdict, Accept):
                places[item.address].append(item)
    unknown = sorted((max(map(_order, here)), here) for here in places.values() if here[0].kind not in KINDS)
    for _order_there, here in unknown[:-UNKNOWN_ROOM]:
        here.clear()
    held = [record for here in places.values() if here for record in _winner_and_shown(here)]
    return frozenset(item for chain in read.values() if chain for item in chain.kept), frozenset(held)


def _order(record: Record) -> tuple[int, int, bytes]:
    return record.expires, record.rev, record.id


def _winner_and_shown(here: Sequence[Record]) -> list[Record]:
    due = [record for record in here if is_due(record, NOW)]
    return [max(here, key=_order), *([max(due, key=_order)] if due else [])]


def _story() -> Scene:
    scene = Scene()
    call = scene.opportunity()
    team = scene.offer("dana", ["dana", "eli"])
    scene.accept("eli", team)
    scene.agree("dana", team, ["dana", "eli"])
    first = scene.bid("dana", call, team=team.id)
    second = scene.bid("gus", call)
    scene.award("carl", call, first)
    scene.award("carl", call, second)
    scene.publish("carl", "decline", {"bid": second.id, "reason": "other-bid"})
    scene.publish("carl", "decline", {"bid": second.id, "reason": "fit"})
    return scene


STORY = _story()
AWARDS = [record for record in STORY.records if record.kind in ("opportunity", "bid", "award")]


def check_states(story: Sequence[Record], size_max: int) -> int:
    """Derive the state of every set of records in every order; return how often."""
    read = chains()
    derived = 0
    for size in range(2, size_max + 1):
        for records in combinations(story, size):
            states = set()
            for order in permutations(records):
                states.add(state_hash(evidence.gather(order, read, now_ms=STORY.now_ms, network=NETWORK)))
                derived += 1
            assert len(states) == 1
    return derived


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "UNKNOWN_KIND_RECORDS_MAX", UNKNOWN_ROOM)


def test_every_order_batching_and_repetition_leaves_what_the_whole_set_says() -> None:
    assert check_replicas(THEFT, 4) == Tally(runs=43_390, missing=144)
    assert check_replicas(CROWD, 4) == Tally(runs=14_904, missing=0)


def test_no_state_depends_on_the_order_in_which_records_are_looked_at() -> None:
    assert check_states(STORY.records, 3) == STATES
    assert check_states(AWARDS, 5) == AWARD_STATES


def test_the_model_finds_a_winner_by_rev_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: the greatest `rev` wins; of two equal ones, the one that came first."""
    monkeypatch.setattr(replica, "winner", lambda records: max(records, key=lambda record: record.rev))
    with pytest.raises(AssertionError):
        check_replicas(THEFT, 4)


def test_the_model_finds_room_for_whoever_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: where there are enough records of unknown kinds already, the next one is refused."""

    def is_full(run: replica._Absorption, record: Record) -> bool:
        beside = [
            at for at, here in run._held.items() if here and at.kind not in KINDS and at.author == record.author
        ]
        if len(beside) > UNKNOWN_ROOM:
            run._held[record.address].clear()
        return len(beside) > UNKNOWN_ROOM

    monkeypatch.setattr(replica._Absorption, "_is_crowded_out", is_full)
    with pytest.raises(AssertionError):
        check_replicas(CROWD, 4)


def test_the_model_finds_records_that_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: a record whose author is unknown is dropped and not kept aside."""
    absorb = replica.absorb

    def impatient(*args: object, **settings: object) -> replica.Changes:
        changes = absorb(*args, **settings)  # type: ignore[arg-type]
        changes.park.clear()
        return changes

    monkeypatch.setattr("support.memory_view.absorb", impatient)
    with pytest.raises(AssertionError):
        check_replicas(THEFT, 4)


def test_the_model_finds_the_award_that_was_seen_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: of two awards the one counts of which the reader heard first."""
    awards = opportunity._awards

    def first_heard(known: evidence.Evidence, versions: list[Record]) -> list[Record]:
        found = {award.id for award in awards(known, versions)}
        return [record for record in known.counted.values() if record.id in found][:1]

    monkeypatch.setattr(opportunity, "_awards", first_heard)
    with pytest.raises(AssertionError):
        check_states(AWARDS, 5)

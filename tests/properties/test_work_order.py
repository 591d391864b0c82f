"""Whatever happens around work: one state for the same records, and nothing undone that others rely on."""

import copy
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.happenings import ACTS, World, happen, story_of_work
from support.keys import NETWORK, person
from support.memory_view import MemoryReplica
from support.scene import PEOPLE, chains

from folkmoot.canonical import Value
from folkmoot.identity import Operation
from folkmoot.ids import DocumentId, RecordId
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.opportunity import derive_opportunity
from folkmoot.state.person import derive_person
from folkmoot.state.recursion import derive_link
from folkmoot.state.reviews import derive_reviews
from folkmoot.state.snapshot import state_hash

TOLD = story_of_work()
PARTIES, OUTSIDERS = ("carl", "dana", "eli"), ("mallory", "fay")
numbers = st.integers(0, 11)
days_back = st.sampled_from([0, 0, DAY_MS, 3 * DAY_MS, 5 * DAY_MS])
hours_on = st.sampled_from([0, 1, 24, 24 * 7, 24 * 40])
some = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def acts_by(*people: str) -> st.SearchStrategy[list[tuple[str, int, int, int, int]]]:
    act = st.tuples(st.sampled_from(people), st.integers(0, len(ACTS) - 1), numbers, numbers, days_back)
    return st.lists(act, max_size=14)


def after(acts: list[tuple[str, int, int, int, int]]) -> World:
    world = copy.deepcopy(TOLD)
    for who, act, a, b, back_ms in acts:
        happen(world, who, act, a, b, back_ms=back_ms)
    return world


def hash_of(batches: list[list[Operation | Record]], now_ms: int) -> bytes:
    replica = MemoryReplica()
    for batch in batches:
        operations = [item for item in batch if isinstance(item, Operation)]
        replica.take(operations, [item for item in batch if isinstance(item, Record)], now_ms=now_ms)
    known = {name: replica.chain(name) for name in chains()}
    read = {name: chain for name, chain in known.items() if chain is not None}
    return state_hash(gather(replica.records.values(), read, now_ms=now_ms, network=NETWORK))


@some
@given(acts_by(*PEOPLE), st.randoms(use_true_random=False), st.lists(st.integers(1, 40), min_size=1), hours_on)
def test_any_order_any_batches_and_any_duplicates_give_one_state(
    acts: list[tuple[str, int, int, int, int]], dice: object, sizes: list[int], hours: int
) -> None:
    world = after(acts)
    now_ms = world.scene.now_ms + hours * 3_600_000
    items: list[Operation | Record] = [*(person(name).genesis for name in PEOPLE), *world.scene.records]
    turned = [*items, *items[:: len(sizes) + 1]]
    dice.shuffle(turned)  # type: ignore[attr-defined]
    ahead, batches = iter(turned), []
    for size in itertools.cycle(sizes):
        batch = list(itertools.islice(ahead, size))
        if not batch:
            break
        batches.append(batch)
    assert hash_of(batches, now_ms) == hash_of([items], now_ms)


def relied_on(evidence: Evidence) -> list[object]:
    """Return what was accepted, received, ended, won and promised in the story."""
    document, closing = (paper.id for paper in TOLD.papers[:2])
    engagement = derive_engagement(evidence, document)
    assert engagement is not None
    assert engagement.ending is not None
    found: list[object] = [engagement.status, engagement.ending.proof == closing, engagement.is_over_for_cause]
    for milestone in engagement.milestones:
        found += [milestone.status, milestone.accepted_at, milestone.is_first_time]
        found += [(payment.status, payment.received_at, payment.due_day) for payment in milestone.payments]
    for call in _ids("opportunity")[:2]:
        state = derive_opportunity(evidence, call)
        assert state is not None
        found += [state.status, state.award, derive_link(evidence, evidence.counted[call]).status]
    return found


def _ids(kind: str) -> list[RecordId]:
    return [record.id for record in TOLD.scene.records if record.kind == kind]


def word_for_word(evidence: Evidence) -> list[object]:
    """Return what was said of people in the story, and what it is worth."""
    reviews = derive_reviews(evidence, DocumentId(TOLD.papers[0].id))
    found: list[object] = [(one.author, one.status, one.commit, one.review) for one in reviews]
    for call in _ids("opportunity")[:2]:
        state = derive_opportunity(evidence, call)
        assert state is not None
        found += [(bid.status, bid.rule) for bid in state.bids if bid.id in _ids("bid")]
    dana = derive_person(evidence, person("dana").id)
    assert dana is not None
    known = _ids("endorsement")
    return [*found, *((one.id, one.grade) for one in dana.endorsements if one.id in known)]


def evidence_of(world: World, now_ms: int) -> Evidence:
    return gather(world.scene.records, chains(), now_ms=now_ms, network=NETWORK)


@some
@given(acts_by(*OUTSIDERS), hours_on)
def test_strangers_undo_nothing(acts: list[tuple[str, int, int, int, int]], hours: int) -> None:
    world = after(acts)
    now_ms = world.scene.now_ms + hours * 3_600_000
    told, now = evidence_of(TOLD, now_ms), evidence_of(world, now_ms)
    assert relied_on(now) == relied_on(told)
    assert word_for_word(now) == word_for_word(told)


KEPT = [
    record
    for record in TOLD.scene.records
    if record.author in {person(name).id for name in PARTIES} and record.kind not in ("accept", "review", "draft")
]
AUTHORS = {person(name).id: name for name in PARTIES}


@some
@given(st.lists(st.tuples(st.sampled_from(KEPT), st.booleans(), days_back), max_size=10), hours_on)
def test_parties_undo_nothing_by_overwriting_what_somebody_keeps(
    overwritten: list[tuple[Record, bool, int]], hours: int
) -> None:
    world = copy.deepcopy(TOLD)
    for record, deletes, back_ms in overwritten:
        world.scene.now_ms -= back_ms
        body: dict[str, Value] = {} if deletes else otherwise(record)
        world.scene.publish(AUTHORS[record.author], record.kind, body, over=record)
        world.scene.now_ms += back_ms
    now_ms = world.scene.now_ms + hours * 3_600_000
    assert relied_on(evidence_of(world, now_ms)) == relied_on(evidence_of(TOLD, now_ms))


def otherwise(record: Record) -> dict[str, Value]:
    """Return what a party would rather have said."""
    body = dict(record.body)
    match record.kind:
        case "review-of-delivery":
            return {**body, "verdict": "reject", "failed": [0]}
        case "payment":
            return {**body, "amount_minor": 1}
        case "delivery":
            return {**body, "milestone": 2}
        case "bid-list":
            return {**body, "commits": []}
        case "opportunity":
            return {**body, "title": "Something else"}
        case _:
            return body

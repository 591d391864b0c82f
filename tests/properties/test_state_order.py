"""The same records give the same state, whatever the order in which anybody hears of them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from support.keys import person
from support.memory_view import MemoryReplica
from support.scene import PEOPLE, Scene, chains

from folkmoot.identity import Operation
from folkmoot.record import Record
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash


def whole_story() -> Scene:
    """A call, an offer, a stale acceptance, a better offer, a bid, an award, an endorsement, deletions."""
    scene = Scene()
    call = scene.opportunity()
    old = scene.offer("dana", ["dana", "eli", "fay"], opportunity=call.id)
    scene.accept("fay", old)
    new = scene.offer("dana", ["dana", "eli", "fay"], prev=old.id, opportunity=call.id)
    for member in ("dana", "eli", "fay"):
        scene.accept(member, new)
    scene.agree("eli", new, ["dana", "eli", "fay"])
    bid = scene.bid("dana", call, team=new.id)
    rival = scene.bid("gus", call)
    award = scene.award("carl", call, bid)
    scene.publish("carl", "decline", {"bid": rival.id, "reason": "other-bid"})
    scene.exhibit("dana", award)
    scene.exhibit("dana", call)
    scene.delete(award, "carl")
    given = scene.publish("dana", "endorsement", {"subject": person("eli").id, "text": "Good.", "basis": new.id})
    scene.publish("eli", "profile", {"name": "Eli"})
    scene.publish("eli", "profile", {"name": "Eli", "shown": [given.id]})
    scene.delete(rival, "gus")
    return scene


STORY = whole_story()
OPERATIONS = [person(name).genesis for name in PEOPLE]
ITEMS: list[Operation | Record] = [*OPERATIONS, *STORY.records]


def hash_after(batches: list[list[Operation | Record]]) -> bytes:
    replica = MemoryReplica()
    for batch in batches:
        operations = [item for item in batch if isinstance(item, Operation)]
        records = [item for item in batch if isinstance(item, Record)]
        replica.take(operations, records, now_ms=STORY.now_ms)
    known = {name: replica.chain(name) for name in chains()}
    read = {name: chain for name, chain in known.items() if chain is not None}
    evidence = gather(replica.records.values(), read, now_ms=STORY.now_ms, network=replica.network)
    return state_hash(evidence)


EXPECTED = hash_after([ITEMS])


@given(
    st.permutations(ITEMS), st.lists(st.integers(1, 6), min_size=1), st.lists(st.sampled_from(ITEMS), max_size=8)
)
def test_any_order_any_batches_and_any_duplicates_give_one_state(
    order: list[Operation | Record], sizes: list[int], again: list[Operation | Record]
) -> None:
    ahead = iter([*order, *again])
    batches = []
    for size in itertools.cycle(sizes):
        batch = list(itertools.islice(ahead, size))
        if not batch:
            break
        batches.append(batch)
    assert hash_after(batches) == EXPECTED


@given(st.integers(0, len(ITEMS) - 1))
def test_leaving_anything_out_that_is_not_superseded_gives_another_state(left_out: int) -> None:
    item = ITEMS[left_out]
    winners = {r.address: r for r in sorted(STORY.records, key=lambda r: r.order)}
    is_beaten = isinstance(item, Record) and winners[item.address].id != item.id
    rest = [other for position, other in enumerate(ITEMS) if position != left_out]
    assert (hash_after([rest]) == EXPECTED) == is_beaten

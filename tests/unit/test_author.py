"""Publishing in one's own name: no slot is taken twice, nothing is announced before it is kept."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import trio
from support.keys import NETWORK, person, secret_key
from support.node_parts import NodeParts, node_parts
from support.world import StoppedClock, opportunity, profile, team

from folkmoot.agreement import Party, Proposal
from folkmoot.canonical import Value
from folkmoot.kinds import KINDS
from folkmoot.record import Record
from folkmoot_node.errors import RefusedError, StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.store import Store

CALL: dict[str, Value] = {
    "title": "Help",
    "need": "Much",
    "roles": [{"title": "Cook", "seats": 1}],
    "bids_close": 2,
    "decide_by": 3,
}


@pytest.fixture
async def dana(tmp_path: Path) -> AsyncIterator[NodeParts]:
    async with node_parts("dana", StoppedClock(), tmp_path) as parts:
        yield parts


async def test_requests_at_the_same_time_take_different_slots(dana: NodeParts) -> None:
    slots: list[int] = []

    async def publish(number: int) -> None:
        record = await dana.author.publish("post", {"text": f"number {number}"})
        slots.append(record.slot)

    async with trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(publish, number)
    assert len(set(slots)) == 10


async def test_a_record_is_on_the_disk_before_anybody_hears_of_it(dana: NodeParts) -> None:
    held_when_announced: list[bool] = []

    async def announce(records: Sequence[Record]) -> None:
        held_when_announced.extend([await dana.store.record(record.id) is not None for record in records])

    await replace(dana.author, announce=announce).publish("post", {"text": "Hello"})
    assert held_when_announced == [True]


async def test_a_newer_record_wins_its_slot_though_the_clock_stands_still(dana: NodeParts) -> None:
    first = await dana.author.publish("profile", {"name": "Dana"}, slot=0)
    second = await dana.author.publish("profile", {"name": "Dana D."}, slot=0)
    assert second.order > first.order
    assert await dana.store.record(first.id) is None
    assert await dana.store.record(second.id) == second


async def test_when_every_slot_is_used_the_owner_is_told_what_to_do(dana: NodeParts) -> None:
    for _ in range(KINDS["opportunity"].slots):
        await dana.author.publish("opportunity", CALL)
    with pytest.raises(RefusedError, match="all 32 slots") as caught:
        await dana.author.publish("opportunity", CALL)
    assert "delete" in caught.value.advice


async def test_a_withdrawn_record_leaves_its_slot_free(dana: NodeParts) -> None:
    record = await dana.author.publish("opportunity", CALL)
    gone = await dana.author.withdraw(record)
    assert gone.is_tombstone
    assert await dana.store.record(record.id) is None
    assert (await dana.author.publish("opportunity", CALL)).slot == record.slot


async def test_what_binds_cannot_be_withdrawn(dana: NodeParts) -> None:
    document = team(person("dana"), person("eli"))
    cosignature = await dana.author.cosign(document, 0)
    accepted = await dana.author.publish("accept", {"document": document.id, "cosignature": [*cosignature]})
    with pytest.raises(RefusedError, match="an accept cannot be taken back"):
        await dana.author.withdraw(accepted)


async def test_nobody_withdraws_what_others_said(dana: NodeParts) -> None:
    with pytest.raises(RefusedError, match="only its author"):
        await dana.author.withdraw(opportunity(person("carl")))


async def test_nobody_signs_in_the_place_of_others(dana: NodeParts) -> None:
    with pytest.raises(RefusedError, match="somebody else's") as caught:
        await dana.author.cosign(team(person("dana"), person("eli")), 1)
    assert caught.value.rule == "COS-4"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"name": "D" * 129}, "KND-4"),
        ({"headline": "no name"}, "KND-4"),
        ({"name": "Dana", "unheard-of": "x" * 16_384}, "ENC-1"),
    ],
)
async def test_what_readers_would_refuse_is_never_published(
    dana: NodeParts, body: dict[str, str], rule: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        await dana.author.publish("profile", dict(body), slot=0)
    assert caught.value.rule == rule
    assert dana.announced == []
    assert (await dana.store.everything()).records == ()


async def test_a_device_that_is_not_the_owners_publishes_nothing(dana: NodeParts) -> None:
    stranger = replace(dana.author, key=secret_key("somebody's telephone"))
    with pytest.raises(RefusedError, match="its device is unknown") as caught:
        await stranger.publish("post", {"text": "I am Dana"})
    assert caught.value.rule == "AUT-1"
    assert dana.announced == []


async def test_a_record_is_exhibited_once_however_many_ask(dana: NodeParts) -> None:
    call = opportunity(person("carl"))
    made: list[Record | None] = []

    async def exhibit() -> None:
        made.append(await dana.author.exhibit(call))

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(exhibit)
    assert len([record for record in made if record is not None]) == 1


async def test_ones_own_record_needs_no_exhibit(dana: NodeParts) -> None:
    assert await dana.author.exhibit(opportunity(person("dana"))) is None


async def test_what_is_no_evidence_is_not_exhibited(dana: NodeParts) -> None:
    with pytest.raises(RefusedError) as caught:
        await dana.author.exhibit(profile(person("carl")))
    assert caught.value.rule == "KND-7"


async def test_a_document_that_nobody_could_read_is_not_drafted(dana: NodeParts) -> None:
    party = Party("lead", dana.who.id)
    proposal = Proposal(
        type="team", drafter=dana.who.id, drafted=2, accept_by=1, parties=(party,), terms={"name": "Late"}
    )
    with pytest.raises(RefusedError) as caught:
        dana.author.draft(proposal)
    assert caught.value.rule == "DOC-5"


async def test_without_its_identity_in_the_store_an_author_signs_nothing(dana: NodeParts) -> None:
    async with await Store.in_memory(network=NETWORK, clock=dana.clock) as empty:
        lost = replace(dana.author, store=empty, ingest=Ingest(empty, dana.clock))
        with pytest.raises(StoreError, match="own identity is missing"):
            await lost.publish("post", {"text": "Hello"})

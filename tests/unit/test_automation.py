"""What a node does by itself: agreements and exhibits, once each, whatever came first and whenever it crashed."""

import itertools
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import trio
import trio.testing
from support.keys import NETWORK, person
from support.node_parts import NodeParts, node_parts, share
from support.world import (
    NOW_MS,
    Place,
    StoppedClock,
    acceptance,
    agreement,
    award,
    bid,
    draft_of,
    opportunity,
    rotated,
    sealed,
    team,
)

from folkmoot.agreement import cosign, cosignature_value
from folkmoot.kinds import KINDS
from folkmoot.record import Record
from folkmoot_node.automation import RETRY_S, Automation
from folkmoot_node.notices import Notice, entry
from folkmoot_node.store.finding import LIMIT_MAX

CARL, DANA, ELI, FAY = (person(name) for name in ("carl", "dana", "eli", "fay"))
CALL = opportunity(CARL)
TEAM = team(DANA, ELI)
DRAFT = draft_of(DANA, TEAM)
YES = (acceptance(DANA, TEAM), acceptance(ELI, TEAM))
OPERATIONS = [who.genesis.wire for who in (CARL, DANA, ELI, FAY)]


class Pair(NamedTuple):
    """Dana and Eli, each with a node."""

    dana: NodeParts
    eli: NodeParts


@pytest.fixture
async def eli() -> AsyncIterator[NodeParts]:
    async with node_parts("eli", StoppedClock()) as parts:
        await parts.ingest.take(OPERATIONS, [], source="peer")
        yield parts


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    clock = StoppedClock()
    async with node_parts("dana", clock) as dana, node_parts("eli", clock) as eli:
        for parts in (dana, eli):
            await hear(parts, DRAFT, *YES)
        yield Pair(dana, eli)


async def hear(parts: NodeParts, *records: Record) -> None:
    taken = await parts.ingest.take(OPERATIONS, [record.wire for record in records], source="peer")
    assert not taken.rejected
    assert not taken.deferred


async def own(parts: NodeParts, kind: str) -> list[Record]:
    return await parts.store.by_author(parts.who.id, kind)


async def test_when_all_have_signed_the_agreement_is_published_once(eli: NodeParts) -> None:
    await hear(eli, DRAFT, *YES)
    for _ in range(3):
        await eli.settle()
    [copy] = await own(eli, "agreement")
    assert copy.targets("document") == (TEAM.id,)
    assert eli.announced == [copy]


async def test_while_a_signature_is_missing_nothing_is_published(eli: NodeParts) -> None:
    await hear(eli, DRAFT, YES[0])
    await eli.settle()
    assert eli.announced == []


async def test_nothing_is_ever_signed_unasked(eli: NodeParts) -> None:
    await hear(eli, DRAFT, YES[0], CALL, bid(DANA, CALL, team=TEAM.id))
    await eli.settle()
    assert await own(eli, "accept") == []


async def test_each_party_adds_a_copy_until_there_are_three(pair: Pair) -> None:
    await pair.dana.settle()
    await share(*pair)
    await pair.eli.settle()
    assert len(await own(pair.dana, "agreement")) == 1
    assert len(await own(pair.eli, "agreement")) == 1


async def test_three_copies_are_enough(eli: NodeParts) -> None:
    copies = [agreement(who, TEAM, DANA, ELI) for who in (CARL, DANA, FAY)]
    await hear(eli, DRAFT, *YES, *copies)
    await eli.settle()
    assert await own(eli, "agreement") == []


async def test_copies_that_prove_nothing_do_not_count(eli: NodeParts) -> None:
    hollow = [agreement(who, TEAM, DANA) for who in (CARL, DANA, FAY)]
    await hear(eli, DRAFT, *YES, *hollow)
    await eli.settle()
    assert len(await own(eli, "agreement")) == 1


async def test_other_peoples_agreements_are_left_to_them(eli: NodeParts) -> None:
    theirs = team(DANA, FAY)
    await hear(eli, draft_of(DANA, theirs), acceptance(DANA, theirs), acceptance(FAY, theirs))
    await eli.settle()
    assert eli.announced == []


async def test_an_award_for_ones_own_bid_is_exhibited_once(eli: NodeParts) -> None:
    placed = bid(ELI, CALL)
    won = award(CARL, placed)
    await hear(eli, CALL, placed, won)
    for _ in range(2):
        await eli.settle()
    assert await exhibited(eli) == {CALL.id, won.id}
    assert len(eli.announced) == 2


async def test_an_award_for_a_bid_of_ones_team_is_exhibited(eli: NodeParts) -> None:
    placed = bid(DANA, CALL, team=TEAM.id)
    won = award(CARL, placed)
    await hear(eli, DRAFT, *YES, CALL, placed, won)
    await eli.settle()
    assert await exhibited(eli) == {won.id}


async def test_an_award_by_somebody_who_is_not_the_client_is_no_award(eli: NodeParts) -> None:
    placed = bid(ELI, CALL)
    await hear(eli, CALL, placed, award(FAY, placed))
    await eli.settle()
    assert await exhibited(eli) == {CALL.id}


async def test_awards_to_others_are_theirs_to_keep(eli: NodeParts) -> None:
    placed = bid(DANA, CALL)
    await hear(eli, CALL, placed, award(CARL, placed))
    await eli.settle()
    assert await exhibited(eli) == set()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_whatever_order_things_come_in_the_award_is_kept(eli: NodeParts, order: tuple[int, ...]) -> None:
    placed = bid(DANA, CALL, team=TEAM.id)
    won = award(CARL, placed)
    automation = Automation(eli.author)
    await automation.look_at_everything()
    for record in (((won, placed, CALL, DRAFT)[place]) for place in order):
        await hear(eli, record)
        await automation.look_at(Notice(put=(entry(record),)))
    assert await exhibited(eli) == {won.id}


async def test_a_signature_by_an_identity_that_moved_on_completes_when_its_operation_comes(eli: NodeParts) -> None:
    moved = rotated(DANA)
    signed = cosign(TEAM, 0, head=moved.id, at=NOW_MS, key=DANA.key, network=NETWORK)
    yes = sealed(DANA, "accept", {"document": TEAM.id, "cosignature": cosignature_value(signed)})
    await hear(eli, DRAFT, yes, YES[1])
    automation = Automation(eli.author)
    await automation.look_at_everything()
    assert await own(eli, "agreement") == []
    await eli.ingest.take([moved.wire], [], source="peer")
    await automation.look_at(Notice(identities=frozenset({DANA.id})))
    assert len(await own(eli, "agreement")) == 1


async def test_after_lost_notices_everything_is_looked_at(eli: NodeParts) -> None:
    automation = Automation(eli.author)
    await automation.look_at_everything()
    await hear(eli, DRAFT, *YES)
    await automation.look_at(Notice(missed=True))
    assert len(await own(eli, "agreement")) == 1


async def test_it_acts_as_things_come_and_stops_when_told(eli: NodeParts) -> None:
    news = eli.ingest.subscribe()
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(Automation(eli.author).serve)
            await hear(eli, DRAFT, *YES)
            while all(item.kind != "agreement" for item in (await news.next()).put):
                pass
            nursery.cancel_scope.cancel()
    news.close()
    await hear(eli, CALL, bid(ELI, CALL))
    assert await exhibited(eli) == set()


async def test_what_was_refused_is_tried_again_until_it_is_done(
    eli: NodeParts, autojump_clock: trio.testing.MockClock
) -> None:
    placed = bid(ELI, CALL)
    await hear(eli, DRAFT, *YES, CALL, placed, award(CARL, placed))
    eli.author.readiness.syncs_missing = 2  # restored from a backup, and nobody has been met yet
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Automation(eli.author).serve)
        await trio.sleep(3 * RETRY_S)
        assert eli.announced == []
        eli.author.readiness.syncs_missing = 0
        await trio.sleep(RETRY_S + 1)
        nursery.cancel_scope.cancel()
    assert sorted(record.kind for record in eli.announced) == ["agreement", "exhibit", "exhibit"]


async def test_a_refused_agreement_is_published_when_an_operation_of_a_party_comes(eli: NodeParts) -> None:
    await hear(eli, DRAFT, *YES)
    automation = Automation(eli.author)
    eli.author.readiness.syncs_missing = 2
    await automation.look_at_everything()
    assert eli.announced == []
    eli.author.readiness.syncs_missing = 0
    await automation.look_at(Notice(identities=frozenset({DANA.id})))
    assert len(await own(eli, "agreement")) == 1


async def test_awards_by_strangers_do_not_hide_the_client_s(eli: NodeParts) -> None:
    placed = bid(ELI, CALL)
    won = award(CARL, placed)
    forged = [
        sealed(FAY, "award", won.body, Place(slot=slot, rev=NOW_MS + 1, space=f"s{number}"))
        for number in range(LIMIT_MAX // KINDS["award"].slots + 1)
        for slot in range(KINDS["award"].slots)
    ]
    await hear(eli, CALL, placed, won, *forged)
    await eli.settle()
    assert await exhibited(eli) == {CALL.id, won.id}


async def exhibited(parts: NodeParts) -> set[bytes]:
    return {record.targets("exhibits")[0] for record in await own(parts, "exhibit")}


async def test_when_no_slot_is_left_it_goes_on_with_the_rest(eli: NodeParts) -> None:
    for slot in range(KINDS["agreement"].slots):
        other = team(ELI, FAY)
        body = agreement(ELI, other, ELI).body
        await eli.author.publish("agreement", body, slot=slot)
    placed = bid(ELI, CALL)
    won = award(CARL, placed)
    await hear(eli, DRAFT, *YES, CALL, placed, won)
    await eli.settle()
    assert await exhibited(eli) == {CALL.id, won.id}
    assert len(await own(eli, "agreement")) == KINDS["agreement"].slots

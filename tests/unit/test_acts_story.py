"""From an offer to an endorsement, each act on real stores: what a team on two machines goes through."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from support.node_parts import NodeParts, node_parts, share
from support.world import StoppedClock

from folkmoot.ids import DocumentId, RecordId
from folkmoot.limits import DAY_MS
from folkmoot_node.acts.award import publish_award
from folkmoot_node.acts.bid import Offer, publish_bid
from folkmoot_node.acts.endorsement import endorse, show_endorsement
from folkmoot_node.acts.opportunity import publish_opportunity
from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.acts.seat import accept_seat
from folkmoot_node.acts.team import SeatOffer, TeamOffer, offer_team
from folkmoot_node.errors import RefusedError
from folkmoot_node.views.naming import document_text, identity_text, record_text
from folkmoot_node.views.opportunities import opportunity
from folkmoot_node.views.people import person
from folkmoot_node.views.standing import state
from folkmoot_node.views.teams import team, teams

CALL = {"title": "A guide for a museum", "need": "An app with sound.", "roles": [{"title": "Sound", "seats": 1}]}
PRICE = {"amount_minor": 900_00, "currency": "EUR", "unit": "fixed"}


class People(NamedTuple):
    """Carl, a client; Dana, who leads; Eli, who joins."""

    carl: NodeParts
    dana: NodeParts
    eli: NodeParts


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    clock = StoppedClock()
    async with (
        node_parts("carl", clock, tmp_path) as carl,
        node_parts("dana", clock, tmp_path) as dana,
        node_parts("eli", clock, tmp_path) as eli,
    ):
        for node in (carl, dana, eli):
            await publish_profile(node.author, {"name": node.who.name.title()})
        await share(carl, dana, eli)
        yield People(carl, dana, eli)


async def test_everybody_sees_that_a_yes_to_the_old_offer_is_none_to_the_new(people: People) -> None:
    call = await _called(people)
    old, early, new = await _crossing_offers(people, call)
    for node in people:
        shown = await team(node.view, new)
        assert shown["status"] == "offered"
        assert [(item["record"], item["rule"]) for item in shown["refused"]] == [(record_text(early), "TEA-3")]
        assert [seat["status"] for seat in shown["seats"]] == ["signed", "waiting"]
        assert (await team(node.view, old))["superseded_by"] == document_text(new)
    with pytest.raises(RefusedError) as caught:
        await accept_seat(people.eli.author, document_text(old))
    assert caught.value.rule == "TEA-3"
    with pytest.raises(RefusedError, match="not signed by Eli") as unformed:
        await publish_bid(people.dana.author, _bid(call, new))
    assert unformed.value.rule == "BID-3"


async def test_a_team_forms_bids_wins_and_is_endorsed(people: People) -> None:
    carl, dana, _eli = people
    call = await _called(people)
    _old, _early, team_id = await _crossing_offers(people, call)
    await _formed(people, team_id)
    placed = await publish_bid(dana.author, _bid(call, team_id))
    await share(*people)
    won = await publish_award(carl.author, record_text(placed.record.id))
    await _settled(people)
    for node in people:
        shown = await opportunity(node.view, call)
        assert shown["status"] == "awarded"
        assert shown["award"] == record_text(placed.record.id)
        assert shown["awards"] == [record_text(won.record.id)]
        assert [bid["team_name"] for bid in shown["bids_list"]] == ["Sound and Vision"]
    await _endorsed(people, team_id)
    now_ms = carl.clock.now_ms()
    assert len({(await state(node.view, as_of_ms=now_ms))["state_hash"] for node in people}) == 1


async def test_what_binds_the_members_cannot_be_made_to_vanish(people: People) -> None:
    carl, dana, _eli = people
    call = await _called(people)
    _old, _early, team_id = await _crossing_offers(people, call)
    await _formed(people, team_id)
    await publish_bid(dana.author, _bid(call, team_id))
    await share(*people)
    [bid] = await carl.store.by_kind("bid")
    await publish_award(carl.author, record_text(bid.id))
    await _settled(people)
    await dana.author.withdraw(bid)
    [award] = await carl.store.by_kind("award")
    await carl.author.publish("award", {}, slot=award.slot)
    [held] = await carl.store.by_author(carl.who.id, "opportunity")
    await carl.author.withdraw(held)
    await share(*people)
    for node in people:
        shown = await opportunity(node.view, call)
        assert shown["status"] == "awarded"
        assert shown["award"] == record_text(bid.id)


async def _called(people: People) -> RecordId:
    fields = {**CALL, "bids_close": people.carl.clock.now_ms() + 7 * DAY_MS}
    published = await publish_opportunity(people.carl.author, fields)
    await share(*people)
    return published.record.id


async def _crossing_offers(people: People, call: RecordId) -> tuple[DocumentId, RecordId, DocumentId]:
    """Let Eli accept an offer while Dana makes a new one; return the old, his acceptance, and the new."""
    old = await offer_team(people.dana.author, _offer(people, call))
    assert old.document is not None
    await people.eli.hear(people.dana)
    early = await accept_seat(people.eli.author, document_text(old.document))
    people.dana.clock.at_ms += 1000
    new = await offer_team(people.dana.author, _offer(people, call, replaces=document_text(old.document)))
    assert new.document is not None
    await share(*people)
    return old.document, early.record.id, new.document


async def _formed(people: People, team_id: DocumentId) -> None:
    await accept_seat(people.eli.author, document_text(team_id))
    await people.eli.settle()
    await share(*people)
    assert (await team(people.carl.view, team_id))["status"] == "formed"
    assert [item["name"] for item in (await teams(people.eli.view, mine=True))["items"]] == ["Sound and Vision"] * 2
    assert (await teams(people.carl.view, mine=True))["items"] == []


async def _settled(people: People) -> None:
    """Let everybody hear of everything, act on it by themselves, and hear of that."""
    await share(*people)
    for node in people:
        await node.settle()
    await share(*people)


async def _endorsed(people: People, team_id: DocumentId) -> None:
    """Let Carl and Dana endorse Eli on the ground of the team, of which Carl is not; Eli shows what Dana said."""
    carl, dana, eli = people
    subject, basis = identity_text(eli.who.id), document_text(team_id)
    word = await endorse(carl.author, subject, "Good ears", basis=basis)
    praise = await endorse(dana.author, subject, "Calm", basis=basis)
    await share(*people)
    await show_endorsement(eli.author, record_text(praise.record.id))
    await share(*people)
    seen_by_carl = await person(carl.view, eli.who.id)
    assert [(item["author_name"], item["class"]) for item in seen_by_carl["endorsements"]] == [("Dana", "E2")]
    seen_by_eli = await person(eli.view, eli.who.id)
    assert {(item["id"], item["class"]) for item in seen_by_eli["endorsements"]} == {
        (record_text(praise.record.id), "E2"),
        (record_text(word.record.id), "E1"),
    }
    assert seen_by_carl["teams"] == [{"id": basis, "name": "Sound and Vision"}]


def _offer(people: People, call: RecordId, *, replaces: str | None = None) -> TeamOffer:
    seats = [
        SeatOffer(role="lead", identity=identity_text(people.dana.who.id), share=6000),
        SeatOffer(role="sound", identity=identity_text(people.eli.who.id), share=4000),
    ]
    return TeamOffer(
        name="Sound and Vision",
        purpose="To win this one",
        seats=seats,
        opportunity=record_text(call),
        replaces=replaces,
    )


def _bid(call: RecordId, team_id: DocumentId) -> Offer:
    return Offer(opportunity=record_text(call), price=PRICE, plan="First listen.", team=document_text(team_id))

"""What a node shows: names, reasons, an order that can be checked, and only what counts."""

from collections.abc import AsyncIterator

import pytest
from support.keys import NETWORK, person
from support.node_parts import NodeParts, node_parts
from support.world import (
    NOW_MS,
    TODAY,
    Place,
    StoppedClock,
    acceptance,
    agreement,
    availability,
    bid,
    deleted,
    draft_of,
    endorsement,
    exhibit,
    opportunity,
    post,
    profile,
    sealed,
    team,
)

from folkmoot.ids import IdPrefix, id_to_text, short
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.verification import Verification, verify_bundle
from folkmoot_node.acts.award import publish_award
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.views import viewpoint
from folkmoot_node.views.exporting import export
from folkmoot_node.views.finding import Wanted, find
from folkmoot_node.views.naming import document_text, identity_text, record_text
from folkmoot_node.views.opportunities import opportunities
from folkmoot_node.views.opportunities import opportunity as show_opportunity
from folkmoot_node.views.people import person as show_person
from folkmoot_node.views.posts import posts
from folkmoot_node.views.records import record as show_record
from folkmoot_node.views.standing import state
from folkmoot_node.views.status import holdings
from folkmoot_node.views.teams import team as show_team
from folkmoot_node.views.teams import teams

CARL, DANA, ELI, FAY = (person(name) for name in ("carl", "dana", "eli", "fay"))
EVERYBODY = (CARL, DANA, ELI, FAY)


@pytest.fixture
async def carl() -> AsyncIterator[NodeParts]:
    async with node_parts("carl", StoppedClock()) as parts:
        yield parts


async def hear(parts: NodeParts, *records: Record) -> None:
    operations = [who.genesis.wire for who in EVERYBODY]
    taken = await parts.ingest.take(operations, [record.wire for record in records], source="peer")
    assert not taken.rejected


async def test_people_are_called_by_the_name_in_their_profile(carl: NodeParts) -> None:
    await hear(carl, profile(DANA), draft_of(DANA, team(DANA, ELI)))
    shown = await show_team(carl.view, team(DANA, ELI).id)
    assert [seat["name"] for seat in shown["seats"]] == ["Dana", short(IdPrefix.IDENTITY, ELI.id)]
    assert shown["drafter_name"] == "Dana"


async def test_ids_in_a_body_are_text_and_other_bytes_hex(carl: NodeParts) -> None:
    call = opportunity(CARL)
    placed = bid(DANA, call)
    shown_call = exhibit(DANA, call)
    await hear(carl, call, placed, shown_call)
    assert (await show_record(carl.view, placed.id))["body"]["opportunity"] == record_text(call.id)
    shown = await show_record(carl.view, shown_call.id)
    assert shown["body"] == {"record": call.wire.hex()}
    assert ["exhibits", record_text(call.id)] in shown["refs"]


async def test_a_record_that_only_an_exhibit_carries_is_shown_as_not_live(carl: NodeParts) -> None:
    call = opportunity(DANA)
    await hear(carl, exhibit(ELI, call))
    shown = await show_record(carl.view, call.id)
    assert (shown["is_live"], shown["received_ms"]) == (False, None)
    held = await show_record(carl.view, (await carl.store.by_kind("exhibit"))[0].id)
    assert (held["is_live"], held["received_ms"]) == (True, carl.clock.now_ms())


async def test_an_opportunity_that_its_client_deleted_is_withdrawn_while_copies_exist(carl: NodeParts) -> None:
    call = opportunity(DANA)
    await hear(carl, call, exhibit(ELI, call), bid(ELI, call))
    await hear(carl, deleted(DANA, call))
    shown = await show_opportunity(carl.view, call.id)
    assert (shown["status"], shown["reason"], shown["bids"]) == ("withdrawn", "deleted", 1)


def junk_bids(call: Record, count: int) -> list[Record]:
    """Return newer bids of one person, in many spaces."""
    body = bid(ELI, call).body
    return [sealed(ELI, "bid", body, Place(rev=NOW_MS + 1000, space=f"space{number}")) for number in range(count)]


async def test_nobody_crowds_the_bids_of_others_out_of_sight(
    carl: NodeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewpoint, "RECORDS_MAX", 40)
    monkeypatch.setattr(viewpoint, "AUTHOR_RECORDS_MAX", 10)
    call = opportunity(CARL)
    placed = bid(DANA, call)
    await hear(carl, call, placed, *junk_bids(call, 50))
    shown = await show_opportunity(carl.view, call.id)
    standing = [item["bidder_name"] for item in shown["bids_list"] if item["status"] == "standing"]
    assert standing == [short(IdPrefix.IDENTITY, DANA.id)]
    assert {item["rule"] for item in shown["bids_list"] if item["status"] == "void"} == {"BID-4"}
    assert len(shown["bids_list"]) == 11
    assert not shown["is_whole"]


async def test_what_the_owner_said_is_all_in_sight(carl: NodeParts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewpoint, "AUTHOR_RECORDS_MAX", 2)
    call = opportunity(CARL)
    answers = [bid(who, call) for who in (DANA, ELI)]
    declines = [
        sealed(CARL, "decline", {"bid": answer.id, "reason": "other"}, Place(slot=slot))
        for slot, answer in enumerate(answers)
    ]
    await hear(carl, call, *answers, *declines, exhibit(CARL, answers[0]))
    shown = await show_opportunity(carl.view, call.id)
    assert [item["status"] for item in shown["bids_list"]] == ["declined", "declined"]
    assert shown["is_whole"]


async def test_a_bid_is_awarded_however_many_others_there_are(
    carl: NodeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewpoint, "RECORDS_MAX", 20)
    call = opportunity(CARL)
    placed = bid(DANA, call)
    await hear(carl, call, placed, *junk_bids(call, 50))
    done = await publish_award(carl.author, record_text(placed.id))
    assert done.record.targets("bid") == (placed.id,)


async def test_a_closed_opportunity_is_found_by_its_old_id(carl: NodeParts) -> None:
    call = opportunity(DANA)
    closing = sealed(
        DANA,
        "opportunity",
        {**call.body, "revises": call.id, "closed": {"reason": "cancelled"}},
        Place(rev=call.rev + 1),
    )
    await hear(carl, call, closing)
    shown = await show_opportunity(carl.view, call.id)
    assert (shown["status"], shown["reason"], shown["latest"]) == (
        "withdrawn",
        "cancelled",
        record_text(closing.id),
    )


async def test_open_opportunities_stand_by_the_moment_bids_close(carl: NodeParts) -> None:
    now_ms = carl.clock.now_ms()
    late, soon = (
        opportunity(DANA, title, Place(slot=slot), bids_close=now_ms + days * DAY_MS)
        for slot, (title, days) in enumerate([("late", 5), ("soon", 2)])
    )
    over = opportunity(DANA, "over", Place(slot=2), bids_close=now_ms - DAY_MS)
    mine = opportunity(CARL, "mine", bids_close=now_ms + 3 * DAY_MS)
    await hear(carl, late, soon, over, mine)
    listed = await opportunities(carl.view, status="open", mine=False, limit=10)
    assert [item["title"] for item in listed["items"]] == ["soon", "mine", "late"]
    assert len((await opportunities(carl.view, status="all", mine=False, limit=10))["items"]) == 4
    assert [
        item["title"] for item in (await opportunities(carl.view, status="all", mine=True, limit=10))["items"]
    ] == ["mine"]
    assert len((await opportunities(carl.view, status="open", mine=False, limit=1))["items"]) == 1


async def test_my_teams_are_those_i_drafted_or_have_a_seat_in(carl: NodeParts) -> None:
    with_me, by_me, without_me = team(DANA, CARL), team(CARL, FAY), team(DANA, ELI)
    await hear(
        carl,
        draft_of(DANA, with_me),
        draft_of(CARL, by_me),
        draft_of(DANA, without_me, Place(slot=1)),
    )
    mine = {item["id"] for item in (await teams(carl.view, mine=True))["items"]}
    assert mine == {document_text(with_me.id), document_text(by_me.id)}
    assert len((await teams(carl.view, mine=False))["items"]) == 3


async def test_endorsements_that_somebody_does_not_show_are_seen_by_themselves_only(carl: NodeParts) -> None:
    of_carl, of_dana = endorsement(ELI, CARL), endorsement(ELI, DANA, place=Place(slot=1))
    await hear(carl, of_carl, of_dana, profile(DANA))
    assert [item["id"] for item in (await show_person(carl.view, CARL.id))["endorsements"]] == [
        record_text(of_carl.id)
    ]
    assert (await show_person(carl.view, DANA.id))["endorsements"] == []


async def test_a_team_of_somebody_is_named_beside_their_profile(carl: NodeParts) -> None:
    formed = team(DANA, ELI)
    await hear(carl, agreement(DANA, formed, DANA, ELI))
    assert (await show_person(carl.view, ELI.id))["teams"] == [{"id": document_text(formed.id), "name": "The team"}]


async def test_nobody_is_known_of_whom_nothing_is_held(carl: NodeParts) -> None:
    with pytest.raises(UnknownIdError, match="nobody with the id"):
        await show_person(carl.view, person("a stranger").id)


async def found(parts: NodeParts, wanted: Wanted, limit: int = 10) -> list[str]:
    return [item["name"] for item in (await find(parts.view, wanted, limit=limit))["people"]]


async def skilled(parts: NodeParts) -> None:
    stale = sealed(FAY, "availability", {"hours_per_week": 40, "from": TODAY - 9, "until": TODAY - 1})
    await hear(
        parts,
        profile(DANA, "Sound", "Light"),
        profile(ELI, "sound"),
        profile(FAY, "Sound"),
        profile(CARL, "Light"),
        availability(ELI, 16),
        stale,
    )


async def test_people_with_fresh_availability_stand_first_then_by_id(carl: NodeParts) -> None:
    await skilled(carl)
    by_id = sorted((DANA, FAY), key=lambda who: identity_text(who.id))
    assert await found(carl, Wanted(skills=["SOUND"])) == ["Eli", *(who.name.title() for who in by_id)]


async def test_all_skills_asked_for_have_to_match(carl: NodeParts) -> None:
    await skilled(carl)
    assert await found(carl, Wanted(skills=["sound", "light"])) == ["Dana"]


@pytest.mark.parametrize(("hours", "names"), [(16, ["Eli"]), (17, []), (0, ["Eli"])])
async def test_hours_are_at_least_what_was_asked_and_never_stale(
    carl: NodeParts, hours: int, names: list[str]
) -> None:
    await skilled(carl)
    assert await found(carl, Wanted(skills=["sound"], hours=hours)) == names


async def test_each_find_says_why(carl: NodeParts) -> None:
    await skilled(carl)
    findings = await find(carl.view, Wanted(skills=["sound"], hours=10, text="eli"), limit=10)
    [eli] = findings["people"]
    assert eli["why"] == ["skill sound", "16 hours a week", "says 'eli'"]
    assert (eli["hours_per_week"], eli["is_stale"]) == (16, False)


async def test_open_opportunities_are_found_by_the_skills_of_their_roles(carl: NodeParts) -> None:
    roles: list[dict[str, object]] = [{"title": "Ears", "seats": 1, "skills": ["Sound"]}]
    await hear(carl, opportunity(DANA, "fitting", roles=roles), opportunity(DANA, "other", Place(slot=1)))  # type: ignore[arg-type]
    findings = await find(carl.view, Wanted(skills=["sound"]), limit=10)
    assert [item["title"] for item in findings["opportunities"]] == ["fitting"]


async def test_posts_about_something_include_those_that_reply_to_it(carl: NodeParts) -> None:
    call = opportunity(CARL)
    about = post(DANA, "A question", about=call.id)
    reply = post(ELI, "An answer", Place(rev=about.rev + 1), replies=about.id)
    at_large = post(FAY, "Hello", Place(rev=about.rev + 2))
    person_post = post(FAY, "On Dana", Place(slot=1), about=DANA.id)
    await hear(carl, call, about, reply, at_large, person_post, profile(DANA))
    of_call = await posts(carl.view, about=call.id, limit=10)
    assert [(item["author_name"], item["about"]) for item in of_call["items"]] == [("Dana", record_text(call.id))]
    assert [item["text"] for item in (await posts(carl.view, about=about.id, limit=10))["items"]] == ["An answer"]
    assert [item["text"] for item in (await posts(carl.view, about=None, limit=2))["items"]] == [
        "Hello",
        "An answer",
    ]
    [on_dana] = (await posts(carl.view, about=DANA.id, limit=10))["items"]
    assert on_dana["about"] == identity_text(DANA.id)


async def test_a_post_about_a_document_says_so(carl: NodeParts) -> None:
    offered = team(DANA, ELI)
    await hear(carl, draft_of(DANA, offered), post(FAY, "On the team", about=offered.id))
    [item] = (await posts(carl.view, about=offered.id, limit=10))["items"]
    assert item["about"] == document_text(offered.id)


async def test_what_is_held_is_counted(carl: NodeParts) -> None:
    await hear(carl, profile(CARL), profile(DANA), opportunity(DANA))
    shown = await holdings(carl.view)
    assert (shown["name"], shown["identity"]) == ("Carl", identity_text(CARL.id))
    assert shown["records"] == {"opportunity": 1, "profile": 2}
    assert shown["identities"] == len(EVERYBODY)


async def test_the_state_differs_when_any_record_does(carl: NodeParts) -> None:
    now_ms = carl.clock.now_ms()
    await hear(carl, profile(CARL))
    before = await state(carl.view, as_of_ms=now_ms)
    assert before == await state(carl.view, as_of_ms=now_ms)
    await hear(carl, post(DANA))
    after = await state(carl.view, as_of_ms=now_ms)
    assert after["state_hash"] != before["state_hash"]
    assert after["records"] == before["records"] + 1


async def test_expired_records_are_no_part_of_the_state_though_still_held(carl: NodeParts) -> None:
    short_lived = post(DANA, "For a day", Place(expires=TODAY + 1))
    await hear(carl, short_lived)
    tomorrow_ms = carl.clock.now_ms() + DAY_MS
    with_it = await state(carl.view, as_of_ms=tomorrow_ms)
    carl.clock.advance_days(5)
    await carl.ingest.sweep(confirmed_day=TODAY + 5)
    assert await carl.store.record(short_lived.id) is None
    assert (await state(carl.view, as_of_ms=tomorrow_ms))["state_hash"] == with_it["state_hash"]


class TestExports:
    async def test_a_formed_team_is_proved_by_its_bundle_alone(self, carl: NodeParts) -> None:
        formed = team(DANA, ELI)
        await hear(
            carl,
            profile(DANA),
            draft_of(DANA, formed),
            acceptance(DANA, formed),
            acceptance(ELI, formed),
            agreement(DANA, formed, DANA, ELI),
            post(FAY, "Something else"),
        )
        verified = await self.verified(carl, document_text(formed.id))
        assert [team.status.value for team in verified.teams] == ["formed"]
        assert {record.kind for record, _verdict in verified.records} == {"profile", "draft", "accept", "agreement"}

    async def test_an_award_comes_with_what_it_answers(self, carl: NodeParts) -> None:
        call = opportunity(CARL)
        placed = bid(DANA, call)
        won = sealed(CARL, "award", {"opportunity": call.id, "bid": placed.id})
        await hear(carl, call, placed, won)
        verified = await self.verified(carl, record_text(won.id))
        assert {record.kind for record, _verdict in verified.records} == {"opportunity", "bid", "award"}

    async def test_a_person_comes_with_what_is_said_of_them(self, carl: NodeParts) -> None:
        await hear(
            carl,
            profile(DANA),
            availability(DANA),
            endorsement(ELI, DANA),
            endorsement(ELI, FAY, place=Place(slot=1)),
        )
        verified = await self.verified(carl, identity_text(DANA.id))
        kinds = sorted(record.kind for record, _verdict in verified.records)
        assert kinds == ["availability", "endorsement", "profile"]

    async def test_without_an_id_everything_of_the_owners_is_taken(self, carl: NodeParts) -> None:
        await hear(carl, *(post(CARL, f"number {slot}", Place(slot=slot)) for slot in range(5)), post(DANA, "Hers"))
        verified = await self.verified(carl)
        assert {record.author for record, _verdict in verified.records} == {CARL.id}
        assert len(verified.records) == 5

    async def test_what_is_not_held_is_not_exported(self, carl: NodeParts) -> None:
        with pytest.raises(UnknownIdError, match="nothing is held under"):
            await export(carl.view, [document_text(bytes(32))])
        with pytest.raises(ConfigError):
            await export(carl.view, [id_to_text(IdPrefix.OPERATION, CARL.genesis.id)])

    @staticmethod
    async def verified(parts: NodeParts, *ids: str) -> Verification:
        found = verify_bundle(await export(parts.view, ids), now_ms=parts.clock.now_ms(), network=NETWORK)
        assert found.is_sound
        return found

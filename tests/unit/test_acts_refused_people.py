"""What acts refuse about people and ids: one clear sentence, and nothing has changed."""

from collections.abc import AsyncIterator, Awaitable

import pytest
from support.keys import person
from support.node_parts import node_parts, share
from support.three_nodes import (
    UNKNOWN_RECORD,
    UNKNOWN_TEAM,
    Three,
    bid_on,
    call_of,
    called,
    formed,
    offer_of,
    offered,
    placed,
    refused,
    three_nodes,
)
from support.world import Place, StoppedClock, bid, decline, opportunity, sealed

from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS
from folkmoot_node.acts.award import publish_award
from folkmoot_node.acts.bid import publish_bid, withdraw_bid
from folkmoot_node.acts.endorsement import endorse, hide_endorsement, show_endorsement
from folkmoot_node.acts.opportunity import close_opportunity, publish_opportunity
from folkmoot_node.acts.post import Words, publish_post
from folkmoot_node.acts.profile import import_resume, publish_availability, publish_profile
from folkmoot_node.acts.published import Published
from folkmoot_node.acts.seat import accept_seat, decline_seat
from folkmoot_node.acts.team import offer_team
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.views.naming import document_text, identity_text, record_id, record_text


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


class TestIds:
    async def test_a_mistyped_id_is_found_out(self, three: Three) -> None:
        wrong = UNKNOWN_TEAM[:-1] + ("q" if UNKNOWN_TEAM[-1] != "q" else "p")
        error = await refused(three.eli, accept_seat(three.eli.author, wrong))
        assert (type(error), error.rule) == (UnknownIdError, "IDS-2")

    async def test_an_id_of_another_sort_is_named(self, three: Three) -> None:
        error = await refused(three.eli, accept_seat(three.eli.author, UNKNOWN_RECORD))
        assert (type(error), error.rule) == (ConfigError, "IDS-4")
        assert error.message == "this names a record, not document"

    async def test_what_is_no_id_is_said_to_be_none(self, three: Three) -> None:
        error = await refused(three.eli, publish_bid(three.eli.author, bid_on("the first one")))
        assert (type(error), error.rule) == (ConfigError, "IDS-1")

    @pytest.mark.parametrize("act", ["accept", "decline", "bid", "award", "close", "show", "reply"])
    async def test_an_id_that_nobody_has_heard_of_is_unknown(self, three: Three, act: str) -> None:
        author = three.eli.author
        acts: dict[str, Awaitable[Published]] = {
            "accept": accept_seat(author, UNKNOWN_TEAM),
            "decline": decline_seat(author, UNKNOWN_TEAM, reason="timing"),
            "bid": publish_bid(author, bid_on(UNKNOWN_RECORD)),
            "award": publish_award(author, UNKNOWN_RECORD),
            "close": close_opportunity(author, UNKNOWN_RECORD, reason="other"),
            "show": show_endorsement(author, UNKNOWN_RECORD),
            "reply": publish_post(author, Words(text="Yes", replies=UNKNOWN_RECORD)),
        }
        for name, other in acts.items():
            if name != act:
                other.close()  # type: ignore[attr-defined]
        error = await refused(three.eli, acts[act])
        assert type(error) is UnknownIdError
        assert "known here" in error.message


class TestPeople:
    @pytest.mark.parametrize(
        "fields",
        [
            {"name": "Eli", "summary": "Write to eli@example.org"},
            {"name": "Eli", "headline": "call +353 1 555 0100 now"},
            {"name": "Eli", "skills": [{"label": "telegram: @eli_sound"}]},
        ],
    )
    async def test_contact_data_is_kept_out_of_a_profile(self, three: Three, fields: dict[str, object]) -> None:
        error = await refused(three.eli, publish_profile(three.eli.author, fields))
        assert "contact data" in error.message
        assert "eli@" not in error.message
        published = await publish_profile(three.eli.author, fields, allow_contacts=True)
        assert published.record.kind == "profile"

    async def test_a_window_that_is_over_is_no_availability(self, three: Three) -> None:
        yesterday = three.eli.clock.now_ms() // DAY_MS - 1
        act = publish_availability(three.eli.author, hours_per_week=20, until_day=yesterday)
        assert "over already" in (await refused(three.eli, act)).message

    async def test_a_window_longer_than_a_year_is_refused(self, three: Three) -> None:
        today = three.eli.clock.now_ms() // DAY_MS
        act = publish_availability(three.eli.author, hours_per_week=20, until_day=today + 400)
        assert (await refused(three.eli, act)).rule == "AVL-1"

    async def test_nobody_endorses_themselves(self, three: Three) -> None:
        me = identity_text(three.eli.who.id)
        assert (await refused(three.eli, endorse(three.eli.author, me, "Great"))).rule == "END-1"

    async def test_nobody_unheard_of_is_endorsed(self, three: Three) -> None:
        stranger = identity_text(person("a stranger").id)
        assert type(await refused(three.eli, endorse(three.eli.author, stranger, "Great"))) is UnknownIdError

    async def test_only_the_subject_shows_an_endorsement(self, three: Three) -> None:
        word = record_text((await endorse(three.dana.author, identity_text(three.eli.who.id), "Calm")).record.id)
        await share(*three)
        error = await refused(three.carl, show_endorsement(three.carl.author, word))
        assert "of somebody else" in error.message

    async def test_an_endorsement_is_shown_once_and_hidden_once(self, three: Three) -> None:
        word = record_text((await endorse(three.dana.author, identity_text(three.eli.who.id), "Calm")).record.id)
        await share(*three)
        await refused(three.eli, hide_endorsement(three.eli.author, word))
        await show_endorsement(three.eli.author, word)
        await refused(three.eli, show_endorsement(three.eli.author, word))
        await hide_endorsement(three.eli.author, word)
        await refused(three.eli, hide_endorsement(three.eli.author, word))

    async def test_an_endorsement_needs_a_profile_to_stand_beside(self, three: Three) -> None:
        async with node_parts("fay", StoppedClock()) as fay:
            word = sealed(three.dana.who, "endorsement", {"subject": fay.who.id, "text": "Fine"})
            await fay.ingest.take([three.dana.who.genesis.wire], [word.wire], source="peer")
            error = await refused(fay, show_endorsement(fay.author, record_text(word.id)))
            assert error.message == "there is no profile for it to stand beside"

    async def test_only_posts_are_replied_to(self, three: Three) -> None:
        call = await called(three)
        error = await refused(three.dana, publish_post(three.dana.author, Words(text="Yes", replies=call)))
        assert "only posts are replied to" in error.message


class TestRareCases:
    async def test_a_bid_is_withdrawn_once_though_copies_of_it_exist(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        record = await three.eli.view.record(record_id(bid_id))
        assert record is not None
        await three.eli.author.exhibit(record)
        await withdraw_bid(three.dana.author, bid_id)
        await share(*three)
        error = await refused(three.dana, withdraw_bid(three.dana.author, bid_id))
        assert error.message == "the bid was withdrawn before"

    async def test_a_team_that_a_newer_offer_replaced_does_not_bid(self, three: Three) -> None:
        call, team = await called(three), await offered(three)
        three.dana.clock.at_ms += 1
        newer = await offered(three, replaces=team)
        error = await refused(three.dana, publish_bid(three.dana.author, bid_on(call, team=team)))
        assert newer in error.message

    async def test_what_nobody_could_keep_a_copy_of_is_not_published(self, three: Three) -> None:
        criteria = [{"name": "ж" * 80, "weight": 1} for _ in range(16)]
        roles = [{"title": "ж" * 80, "seats": 1, "skills": ["ж" * 60] * 2} for _ in range(10)]
        fields = call_of(three.carl, need="ж" * 4000, criteria=criteria, roles=roles)
        assert (await refused(three.carl, publish_opportunity(three.carl.author, fields))).rule == "KND-8"

    async def test_a_bid_of_whose_call_no_copy_can_be_kept_is_made_with_a_warning(self, three: Three) -> None:
        call = await called(three)
        copied = opportunity(three.eli.who)
        for slot in range(KINDS["bid"].slots):
            await three.dana.author.exhibit(bid(three.eli.who, copied, Place(slot=slot)))
            await three.dana.author.exhibit(decline(three.eli.who, copied, Place(slot=slot)))
        published = await publish_bid(three.dana.author, bid_on(call))
        [note] = published.notes
        assert note.startswith("no copy of the opportunity could be kept")

    async def test_a_resume_that_names_nobody_is_no_first_profile(self) -> None:
        async with node_parts("fay", StoppedClock()) as fay:
            act = import_resume(fay.author, b'{"skills": [{"name": "Sound"}]}')
            assert (await refused(fay, act)).message == "the résumé names nobody"

    async def test_only_endorsements_are_shown(self, three: Three) -> None:
        call = await called(three)
        error = await refused(three.carl, show_endorsement(three.carl.author, call))
        assert "a record of kind opportunity, not an endorsement" in error.message

    async def test_an_endorsement_says_what_it_is_worth(self, three: Three) -> None:
        subject = identity_text(three.eli.who.id)
        team = await offered(three)
        unformed = await endorse(three.dana.author, subject, "Calm", basis=team)
        assert "offered" in unformed.notes[0]
        outside = await endorse(three.carl.author, subject, "Calm", basis=await formed(three))
        assert "not both of you" in outside.notes[0]
        bare = await endorse(three.carl.author, subject, "Calm")
        assert "never counted" in bare.notes[0]

    async def test_all_of_ones_seats_are_signed_at_once(self, three: Three) -> None:
        offer = offer_of(three.dana, three.eli, three.eli)
        published = await offer_team(three.dana.author, offer)
        assert published.document is not None
        await share(*three)
        accepted = await accept_seat(three.eli.author, document_text(published.document))
        assert accepted.notes == ("seat 2 (role 2) is signed as well",)
        await three.eli.settle()
        await share(*three)
        assert (
            await refused(three.eli, accept_seat(three.eli.author, document_text(published.document)))
        ).message == ("you have signed your seats already")

    async def test_a_field_given_empty_is_taken_out_of_the_profile(self, three: Three) -> None:
        await publish_profile(three.eli.author, {"name": "Eli", "headline": "Sound"})
        published = await publish_profile(three.eli.author, {"name": "Eli", "headline": ""})
        assert published.record.body == {"name": "Eli"}

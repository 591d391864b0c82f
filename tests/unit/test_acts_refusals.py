"""What an act refuses: one clear sentence, the rule where there is one, and nothing has changed."""

from collections.abc import AsyncIterator, Awaitable
from typing import NamedTuple

import pytest
from support.keys import NETWORK, person
from support.node_parts import NodeParts, node_parts, share
from support.world import Place, StoppedClock, bid, draft_of, sealed

from folkmoot.agreement import Document, open_document
from folkmoot.canonical import Value, decode, encode
from folkmoot.limits import DAY_MS, DOCUMENT_BYTES_MAX
from folkmoot_node.acts.award import publish_award, publish_decline
from folkmoot_node.acts.bid import Offer, publish_bid, withdraw_bid
from folkmoot_node.acts.endorsement import endorse, hide_endorsement, show_endorsement
from folkmoot_node.acts.opportunity import close_opportunity, import_posting, publish_opportunity
from folkmoot_node.acts.post import Words, publish_post
from folkmoot_node.acts.profile import import_resume, publish_availability, publish_profile
from folkmoot_node.acts.published import Published
from folkmoot_node.acts.seat import accept_seat, decline_seat
from folkmoot_node.acts.team import SeatOffer, TeamOffer, offer_team
from folkmoot_node.errors import ConfigError, NodeError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import document_text, identity_text, record_id, record_text

PRICE = {"amount_minor": 900_00, "currency": "EUR", "unit": "fixed"}
UNKNOWN_RECORD = record_text(bytes(32))
UNKNOWN_TEAM = document_text(bytes(32))


class Three(NamedTuple):
    """Carl, a client; Dana, who leads; Eli, who joins."""

    carl: NodeParts
    dana: NodeParts
    eli: NodeParts


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    clock = StoppedClock()
    async with (
        node_parts("carl", clock) as carl,
        node_parts("dana", clock) as dana,
        node_parts("eli", clock) as eli,
    ):
        for node in (carl, dana, eli):
            await publish_profile(node.author, {"name": node.who.name.title()})
        await share(carl, dana, eli)
        yield Three(carl, dana, eli)


async def refused(node: NodeParts, act: Awaitable[object]) -> NodeError:
    """Return the error of an act that must leave no trace."""
    before = {record.id for record in (await node.store.everything()).records}
    announced = len(node.announced)
    with pytest.raises((RefusedError, UnknownIdError, ConfigError)) as caught:
        await act
    assert {record.id for record in (await node.store.everything()).records} == before
    assert len(node.announced) == announced
    message = caught.value.message
    assert message
    assert "\n" not in message
    assert not message.endswith(".")
    return caught.value


def call_of(node: NodeParts, **fields: object) -> dict[str, object]:
    roles = [{"title": "Sound", "seats": 1}]
    closes = node.clock.now_ms() + 7 * DAY_MS
    return {"title": "A guide", "need": "Sound", "roles": roles, "bids_close": closes, **fields}


async def called(three: Three) -> str:
    """Let Carl call for proposals; everybody knows."""
    published = await publish_opportunity(three.carl.author, call_of(three.carl))
    await share(*three)
    return record_text(published.record.id)


def offer_of(*nodes: NodeParts, **fields: object) -> TeamOffer:
    seats = [
        SeatOffer(role=f"role {place}", identity=identity_text(node.who.id)) for place, node in enumerate(nodes)
    ]
    return TeamOffer(**{"name": "The team", "purpose": "Work", "seats": seats, **fields})  # type: ignore[arg-type]


async def offered(three: Three, **fields: object) -> str:
    """Let Dana offer a team to Eli; everybody knows."""
    published = await offer_team(three.dana.author, offer_of(three.dana, three.eli, **fields))
    await share(*three)
    assert published.document is not None
    return document_text(published.document)


async def formed(three: Three) -> str:
    """Let Dana and Eli form a team; everybody knows."""
    team = await offered(three)
    await accept_seat(three.eli.author, team)
    await three.eli.settle()
    await share(*three)
    return team


async def placed(three: Three, call: str, **fields: object) -> str:
    """Let Dana bid; everybody knows."""
    published = await publish_bid(three.dana.author, bid_on(call, **fields))
    await share(*three)
    return record_text(published.record.id)


def bid_on(call: str, **fields: object) -> Offer:
    return Offer(**{"opportunity": call, "price": PRICE, "plan": "Listen.", **fields})  # type: ignore[arg-type]


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


class TestOpportunities:
    async def test_bids_cannot_close_in_the_past(self, three: Three) -> None:
        fields = call_of(three.carl, bids_close=three.carl.clock.now_ms() - 3 * DAY_MS)
        error = await refused(three.carl, publish_opportunity(three.carl.author, fields))
        assert error.message == "the moment when bids close passed 3 days ago"

    async def test_the_client_decides_after_bids_close(self, three: Three) -> None:
        fields = call_of(three.carl, decide_by=three.carl.clock.now_ms() + DAY_MS)
        error = await refused(three.carl, publish_opportunity(three.carl.author, fields))
        assert error.rule == "OPP-1"

    async def test_a_deadline_too_far_for_any_record_is_refused(self, three: Three) -> None:
        fields = call_of(three.carl, decide_by=three.carl.clock.now_ms() + 700 * DAY_MS)
        error = await refused(three.carl, publish_opportunity(three.carl.author, fields))
        assert "at most 642 days ahead" in error.message

    async def test_a_posting_without_an_end_needs_one(self, three: Three) -> None:
        posting = b'{"@type": "JobPosting", "title": "Sound", "description": "Sound for a museum"}'
        error = await refused(three.carl, import_posting(three.carl.author, posting))
        assert "when it closes" in error.message

    async def test_a_role_that_cannot_be_read_is_shown(self, three: Three) -> None:
        posting = b'{"@type": "JobPosting", "title": "Sound", "description": "Sound for a museum"}'
        act = import_posting(
            three.carl.author, posting, closes_ms=three.carl.clock.now_ms() + 1, roles=["a:many:b"]
        )
        assert "'a:many:b' is no role" in (await refused(three.carl, act)).message

    async def test_only_the_client_closes(self, three: Three) -> None:
        call = await called(three)
        error = await refused(three.dana, close_opportunity(three.dana.author, call, reason="other"))
        assert (error.message, error.rule) == ("that opportunity is Carl's", "STA-1")

    async def test_what_is_closed_stays_closed(self, three: Three) -> None:
        call = await called(three)
        await close_opportunity(three.carl.author, call, reason="cancelled")
        error = await refused(three.carl, close_opportunity(three.carl.author, call, reason="cancelled"))
        assert error.message == "the opportunity is closed already"

    async def test_what_is_awarded_is_not_closed(self, three: Three) -> None:
        call = await called(three)
        await publish_award(three.carl.author, await placed(three, call))
        error = await refused(three.carl, close_opportunity(three.carl.author, call, reason="cancelled"))
        assert error.rule == "STA-2"


class TestTeamOffers:
    async def test_a_seat_for_somebody_unheard_of_is_refused(self, three: Three) -> None:
        seats = [SeatOffer(role="lead", identity=identity_text(bytes(32)))]
        error = await refused(three.dana, offer_team(three.dana.author, offer_of(seats=seats)))
        assert type(error) is UnknownIdError

    async def test_shares_make_a_whole(self, three: Three) -> None:
        seats = [SeatOffer(role="a", share=5000), SeatOffer(role="b", share=4900)]
        error = await refused(three.dana, offer_team(three.dana.author, offer_of(seats=seats)))
        assert (error.message, error.rule) == ("the shares add up to 99 %, not to 100 %", "TEA-2")

    async def test_either_all_have_a_share_or_none(self, three: Three) -> None:
        seats = [SeatOffer(role="a", share=10_000), SeatOffer(role="b")]
        error = await refused(three.dana, offer_team(three.dana.author, offer_of(seats=seats)))
        assert error.rule == "TEA-2"

    async def test_the_lead_is_a_seat(self, three: Three) -> None:
        error = await refused(three.dana, offer_team(three.dana.author, offer_of(three.dana, lead=1)))
        assert error.rule == "TEA-2"

    @pytest.mark.parametrize("days", [-1, 0, 31])
    async def test_the_time_to_accept_is_ahead_and_within_thirty_days(self, three: Three, days: int) -> None:
        accept_by = three.dana.clock.now_ms() + days * DAY_MS
        error = await refused(three.dana, offer_team(three.dana.author, offer_of(three.dana, accept_by=accept_by)))
        assert error.rule == "DOC-5"

    async def test_an_offer_that_signatures_would_overfill_is_refused(self, three: Three) -> None:
        seats = [SeatOffer(role="r" * 80, identity=identity_text(three.eli.who.id))] * 64
        act = offer_team(three.dana.author, offer_of(seats=seats, purpose="p" * 2000))
        assert "would not fit" in (await refused(three.dana, act)).message

    async def test_only_its_drafter_replaces_an_unformed_offer(self, three: Three) -> None:
        team = await offered(three)
        error = await refused(three.eli, offer_team(three.eli.author, offer_of(three.eli, replaces=team)))
        assert "Dana's" in error.message

    async def test_an_offer_is_replaced_once(self, three: Three) -> None:
        team = await offered(three)
        three.dana.clock.at_ms += 1
        newer = await offered(three, replaces=team)
        act = offer_team(three.dana.author, offer_of(three.dana, replaces=team))
        assert newer in (await refused(three.dana, act)).advice


class TestSeats:
    async def test_nobody_without_a_seat_accepts(self, three: Three) -> None:
        team = await offered(three)
        error = await refused(three.carl, accept_seat(three.carl.author, team))
        assert error.message == "no seat of that offer is yours"

    async def test_the_holder_of_another_seat_is_named(self, three: Three) -> None:
        team = await offered(three)
        error = await refused(three.carl, accept_seat(three.carl.author, team, seat=1))
        assert (error.message, error.rule) == ("that seat is Eli's", "COS-4")

    async def test_there_are_only_the_seats_there_are(self, three: Three) -> None:
        team = await offered(three)
        error = await refused(three.eli, accept_seat(three.eli.author, team, seat=2))
        assert type(error) is ConfigError

    async def test_an_open_seat_waits_for_its_name(self, three: Three) -> None:
        seats = [SeatOffer(role="lead", identity=identity_text(three.dana.who.id)), SeatOffer(role="sound")]
        team = await offered(three, seats=seats)
        error = await refused(three.eli, accept_seat(three.eli.author, team, seat=1))
        assert error.rule == "COS-2"

    async def test_one_signature_is_enough(self, three: Three) -> None:
        team = await offered(three)
        await accept_seat(three.eli.author, team)
        error = await refused(three.eli, accept_seat(three.eli.author, team))
        assert error.message == "you have signed that seat already"

    async def test_after_its_time_an_offer_is_not_accepted(self, three: Three) -> None:
        team = await offered(three)
        three.eli.clock.advance_days(8)
        error = await refused(three.eli, accept_seat(three.eli.author, team))
        assert error.rule == "COS-3"

    async def test_a_replaced_offer_leads_to_the_newer(self, three: Three) -> None:
        team = await offered(three)
        three.dana.clock.at_ms += 1
        newer = await offered(three, replaces=team)
        error = await refused(three.eli, accept_seat(three.eli.author, team))
        assert error.rule == "TEA-3"
        assert newer in error.advice

    async def test_an_offer_that_another_declined_is_not_accepted(self, three: Three) -> None:
        published = await offer_team(three.dana.author, offer_of(three.dana, three.eli, three.carl))
        assert published.document is not None
        await share(*three)
        await decline_seat(three.carl.author, document_text(published.document), reason="timing")
        await share(*three)
        error = await refused(three.eli, accept_seat(three.eli.author, document_text(published.document)))
        assert "Carl has declined" in error.message

    async def test_whoever_declined_may_think_again(self, three: Three) -> None:
        team = await offered(three)
        await decline_seat(three.eli.author, team, reason="timing")
        assert (await accept_seat(three.eli.author, team)).record.kind == "accept"

    async def test_terms_that_cannot_be_shown_are_not_signed(self, three: Three) -> None:
        document = await _with_a_field_from_the_future(three)
        error = await refused(three.eli, accept_seat(three.eli.author, document_text(document.id)))
        assert "terms that this version cannot show you: penalty" in error.message

    async def test_declining_takes_no_signature_back(self, three: Three) -> None:
        team = await offered(three)
        await accept_seat(three.eli.author, team)
        error = await refused(three.eli, decline_seat(three.eli.author, team, reason="timing"))
        assert "signature is not taken back" in error.message

    async def test_one_no_is_enough(self, three: Three) -> None:
        team = await offered(three)
        await decline_seat(three.eli.author, team, reason="timing")
        error = await refused(three.eli, decline_seat(three.eli.author, team, reason="timing"))
        assert "declined that offer before" in error.message

    async def test_nobody_without_a_seat_declines(self, three: Three) -> None:
        team = await offered(three)
        assert "no seat" in (await refused(three.carl, decline_seat(three.carl.author, team, reason="fit"))).message


async def _with_a_field_from_the_future(three: Three) -> Document:
    """Let Dana offer a document with a field that this edition does not know; Eli hears of it."""
    offer = await offer_team(three.dana.author, offer_of(three.dana, three.eli))
    fields = decode(offer.record.body["document"], bytes_max=DOCUMENT_BYTES_MAX)  # type: ignore[arg-type]
    assert isinstance(fields, dict)
    later: dict[str, Value] = {**fields, "penalty": 100}
    document = open_document(encode(later), network=NETWORK)
    record = draft_of(three.dana.who, document, Place(slot=9))
    await three.eli.ingest.take([], [record.wire], source="peer")
    return document


class TestBids:
    async def test_nobody_bids_on_their_own(self, three: Three) -> None:
        error = await refused(three.carl, publish_bid(three.carl.author, bid_on(await called(three))))
        assert error.rule == "BID-1"

    async def test_after_closing_no_bid_is_made(self, three: Three) -> None:
        call = await called(three)
        three.dana.clock.advance_days(8)
        error = await refused(three.dana, publish_bid(three.dana.author, bid_on(call)))
        assert error.rule == "BID-2"

    async def test_on_what_is_withdrawn_no_bid_is_made(self, three: Three) -> None:
        call = await called(three)
        await close_opportunity(three.carl.author, call, reason="cancelled")
        await share(*three)
        assert "withdrawn" in (await refused(three.dana, publish_bid(three.dana.author, bid_on(call)))).message

    async def test_a_team_that_has_not_formed_does_not_bid(self, three: Three) -> None:
        call, team = await called(three), await offered(three)
        error = await refused(three.dana, publish_bid(three.dana.author, bid_on(call, team=team)))
        assert error.rule == "BID-3"
        assert error.message == "the team has not formed: offered, not signed by Eli"

    async def test_only_the_lead_bids_for_a_team(self, three: Three) -> None:
        call, team = await called(three), await formed(three)
        error = await refused(three.eli, publish_bid(three.eli.author, bid_on(call, team=team)))
        assert error.message == "only the team's lead bids for it, and that is Dana"

    async def test_a_bid_stands_for_a_while(self, three: Three) -> None:
        offer = bid_on(await called(three), valid_until=three.dana.clock.now_ms())
        assert "over before" in (await refused(three.dana, publish_bid(three.dana.author, offer))).message

    async def test_one_person_divides_nothing(self, three: Three) -> None:
        offer = bid_on(await called(three), allocations=[{"party": 0, "amount_minor": 1}])
        assert "only a team's bid" in (await refused(three.dana, publish_bid(three.dana.author, offer))).message

    async def test_a_price_is_divided_among_seats_that_exist(self, three: Three) -> None:
        call, team = await called(three), await formed(three)
        offer = bid_on(call, team=team, allocations=[{"party": 2, "amount_minor": 1}])
        assert "seats 0 to 1" in (await refused(three.dana, publish_bid(three.dana.author, offer))).message

    async def test_a_request_sent_twice_makes_one_bid(self, three: Three) -> None:
        call = await called(three)
        first = await placed(three, call)
        error = await refused(three.dana, publish_bid(three.dana.author, bid_on(call)))
        assert first in error.message

    async def test_only_the_bidder_withdraws(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        assert (await refused(three.eli, withdraw_bid(three.eli.author, bid_id))).message == "that bid is Dana's"

    async def test_an_awarded_bid_binds(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        await publish_award(three.carl.author, bid_id)
        await share(*three)
        assert "awarded by Carl" in (await refused(three.dana, withdraw_bid(three.dana.author, bid_id))).message

    async def test_what_is_no_bid_is_not_withdrawn(self, three: Three) -> None:
        call = await called(three)
        error = await refused(three.carl, withdraw_bid(three.carl.author, call))
        assert "a record of kind opportunity, not a bid" in error.message


class TestAwards:
    async def test_only_the_client_awards(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        error = await refused(three.eli, publish_award(three.eli.author, bid_id))
        assert error.rule == "STA-1"

    async def test_an_award_is_made_once(self, three: Three) -> None:
        call = await called(three)
        first = await placed(three, call)
        second = await publish_bid(three.eli.author, bid_on(call))
        await share(*three)
        await publish_award(three.carl.author, first)
        error = await refused(three.carl, publish_award(three.carl.author, record_text(second.record.id)))
        assert error.rule == "STA-2"
        assert first in error.message

    async def test_a_withdrawn_bid_is_not_awarded(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        await withdraw_bid(three.dana.author, bid_id)
        await share(*three)
        error = await refused(three.carl, publish_award(three.carl.author, bid_id))
        assert type(error) is UnknownIdError

    async def test_a_withdrawn_bid_of_which_copies_exist_is_not_awarded(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        record = await three.eli.view.record(record_id(bid_id))
        assert record is not None
        await three.eli.author.exhibit(record)
        await withdraw_bid(three.dana.author, bid_id)
        await share(*three)
        error = await refused(three.carl, publish_award(three.carl.author, bid_id))
        assert error.message == "the bid was withdrawn by its bidder"

    async def test_a_void_bid_is_not_awarded(self, three: Three) -> None:
        call = await called(three)
        team = await offered(three)
        opportunity = await three.carl.view.record(record_id(call))
        assert opportunity is not None
        [draft] = await three.dana.store.by_author(three.dana.who.id, "draft")
        assert document_text(draft.targets("document")[0]) == team
        void = bid(three.dana.who, opportunity, team=draft.targets("document")[0])
        await three.carl.ingest.take([], [void.wire], source="peer")
        error = await refused(three.carl, publish_award(three.carl.author, record_text(void.id)))
        assert error.rule == "BID-3"

    async def test_a_bid_that_stands_no_longer_is_not_awarded(self, three: Three) -> None:
        call = await called(three)
        bid_id = await placed(three, call, valid_until=three.dana.clock.now_ms() + DAY_MS)
        three.carl.clock.advance_days(2)
        assert "stands no longer" in (await refused(three.carl, publish_award(three.carl.author, bid_id))).message

    async def test_for_what_was_withdrawn_nothing_is_awarded(self, three: Three) -> None:
        call = await called(three)
        bid_id = await placed(three, call)
        await close_opportunity(three.carl.author, call, reason="budget")
        assert "withdrawn" in (await refused(three.carl, publish_award(three.carl.author, bid_id))).message

    async def test_an_awarded_bid_is_not_declined(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        await publish_award(three.carl.author, bid_id)
        error = await refused(three.carl, publish_decline(three.carl.author, bid_id, reason="fit"))
        assert error.rule == "STA-2"

    async def test_a_bid_is_declined_once_and_by_its_client(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        assert (await refused(three.eli, publish_decline(three.eli.author, bid_id, reason="fit"))).rule == "STA-1"
        await publish_decline(three.carl.author, bid_id, reason="fit")
        error = await refused(three.carl, publish_decline(three.carl.author, bid_id, reason="fit"))
        assert error.message == "the bid was declined before"


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

    async def test_what_is_too_large_to_copy_is_bid_on_with_a_warning(self, three: Three) -> None:
        need = "ж" * 4000
        criteria = [{"name": "ж" * 80, "weight": 1} for _ in range(16)]
        roles = [{"title": "ж" * 80, "seats": 1, "skills": ["ж" * 60] * 2} for _ in range(10)]
        fields = call_of(three.carl, need=need, criteria=criteria, roles=roles)
        call = await publish_opportunity(three.carl.author, fields)
        await share(*three)
        published = await publish_bid(three.dana.author, bid_on(record_text(call.record.id)))
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

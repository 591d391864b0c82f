"""What offering and signing a team refuses: one clear sentence, and nothing has changed."""

from collections.abc import AsyncIterator

import pytest
from support.keys import NETWORK, secret_key
from support.node_parts import share
from support.three_nodes import Three, offer_of, offered, refused, three_nodes
from support.world import Place, draft_of, rotated

from folkmoot.agreement import Document, open_document
from folkmoot.canonical import Value, decode, encode
from folkmoot.limits import DAY_MS, DOCUMENT_BYTES_MAX
from folkmoot_node.acts.seat import accept_seat, decline_seat
from folkmoot_node.acts.team import SeatOffer, offer_team
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.views.naming import document_text, identity_text


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


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

    async def test_an_offer_that_its_drafter_cannot_sign_is_not_published(self, three: Three) -> None:
        rivals = [rotated(three.eli.who, secret_key(device)).wire for device in ("tablet", "thief")]
        await three.dana.ingest.take([three.eli.who.genesis.wire, *rivals], [], source="peer")
        error = await refused(three.dana, offer_team(three.dana.author, offer_of(three.dana, three.eli)))
        assert error.rule == "disputed"

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

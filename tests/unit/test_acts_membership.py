"""Coming into a team and going out of it: applying, taking a yes back, leaving, and who comes after."""

from collections.abc import AsyncIterator

import pytest
from support.node_parts import NodeParts, node_parts, share
from support.three_nodes import Three, bid_on, called, formed, offer_of, offered, refused, three_nodes

from folkmoot.limits import DAY_MS
from folkmoot_node.acts.bid import publish_bid
from folkmoot_node.acts.membership import apply_for_seat, leave_team
from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.acts.seat import accept_seat, decline_seat, withdraw_seat
from folkmoot_node.acts.team import SeatOffer, offer_team
from folkmoot_node.errors import ConfigError
from folkmoot_node.views.naming import document_id, document_text, identity_text, record_text
from folkmoot_node.views.teams import team


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def with_open_seat(three: Three, **fields: object) -> str:
    """Let Dana offer a team with a seat for herself and an open one; everybody knows."""
    seats = [SeatOffer(role="lead", identity=identity_text(three.dana.who.id)), SeatOffer(role="captions")]
    published = await offer_team(three.dana.author, offer_of(seats=seats, **fields))
    await share(*three)
    assert published.document is not None
    return document_text(published.document)


async def seats_of(node: NodeParts, offer: str) -> list[str]:
    return [seat["status"] for seat in (await team(node.view, document_id(offer)))["seats"]]


class TestApplying:
    async def test_an_application_stands_beside_the_open_seat(self, three: Three) -> None:
        offer = await with_open_seat(three)
        applied = await apply_for_seat(three.eli.author, offer, seat=1, text="I caption.", share=2000)
        await share(*three)
        [shown] = (await team(three.dana.view, document_id(offer)))["applications"]
        assert (shown["id"], shown["applicant_name"]) == (record_text(applied.record.id), "Eli")
        assert (shown["place"], shown["text"], shown["share"]) == (1, "I caption.", 2000)

    async def test_only_an_open_seat_of_somebody_else_s_offer_can_be_applied_for_and_once(
        self, three: Three
    ) -> None:
        _carl, dana, eli = three
        offer = await with_open_seat(three)
        error = await refused(dana, apply_for_seat(dana.author, offer, seat=1, text="Me."))
        assert (error.message, error.rule) == ("that offer is yours", "APP-1")
        error = await refused(eli, apply_for_seat(eli.author, offer, seat=0, text="Me."))
        assert (error.message, error.rule) == ("that seat is Dana's, not open", "APP-1")
        assert type(await refused(eli, apply_for_seat(eli.author, offer, seat=2, text="Me."))) is ConfigError
        act = apply_for_seat(eli.author, offer, seat=1, text="Me.", share=10_001)
        assert type(await refused(eli, act)) is ConfigError
        await apply_for_seat(eli.author, offer, seat=1, text="Me.")
        assert "before" in (await refused(eli, apply_for_seat(eli.author, offer, seat=1, text="Me!"))).message

    async def test_nobody_applies_for_a_seat_of_an_offer_that_is_over(self, three: Three) -> None:
        eli = three.eli
        offer = await with_open_seat(three)
        newer = await with_open_seat(three, replaces=offer, purpose="More")
        assert newer in (await refused(eli, apply_for_seat(eli.author, offer, seat=1, text="Me."))).advice
        eli.clock.at_ms += 8 * DAY_MS
        assert "lapsed" in (await refused(eli, apply_for_seat(eli.author, newer, seat=1, text="Me."))).message


class TestTakingBack:
    async def test_a_yes_is_taken_back_while_others_are_waited_for_and_given_again(self, three: Three) -> None:
        carl, dana, eli = three
        published = await offer_team(dana.author, offer_of(dana, eli, carl))
        await share(*three)
        assert published.document is not None
        offer = document_text(published.document)
        await accept_seat(eli.author, offer)
        eli.clock.at_ms += 1
        taken = await withdraw_seat(eli.author, offer, reason="timing", note="Ill.")
        assert "could still complete" in taken.notes[0]
        await share(*three)
        assert await seats_of(carl, offer) == ["signed", "withdrawn", "waiting"]
        assert (await team(carl.view, document_id(offer)))["status"] == "declined"
        error = await refused(carl, accept_seat(carl.author, offer))
        assert "Eli has declined" in error.message
        assert "before" in (await refused(eli, withdraw_seat(eli.author, offer, reason="timing"))).message
        eli.clock.at_ms += 1
        await accept_seat(eli.author, offer)
        await share(*three)
        await accept_seat(carl.author, offer)
        await carl.settle()
        assert (await team(carl.view, document_id(offer)))["status"] == "formed"

    async def test_no_node_completes_what_somebody_has_withdrawn_from(self, three: Three) -> None:
        _carl, dana, eli = three
        offer = await offered(three)
        await accept_seat(eli.author, offer)
        eli.clock.at_ms += 1
        await withdraw_seat(eli.author, offer, reason="capacity")
        await share(*three)
        for node in (dana, eli):
            await node.settle()
        assert (await team(dana.view, document_id(offer)))["agreement"] is None
        assert await seats_of(dana, offer) == ["signed", "withdrawn"]

    async def test_declining_after_signing_takes_the_yes_back_too(self, three: Three) -> None:
        offer = await offered(three)
        await accept_seat(three.eli.author, offer)
        three.eli.clock.at_ms += 1
        await decline_seat(three.eli.author, offer, reason="fit")
        assert await seats_of(three.eli, offer) == ["signed", "withdrawn"]

    async def test_a_yes_that_was_never_given_is_not_taken_back(self, three: Three) -> None:
        offer = await offered(three)
        error = await refused(three.eli, withdraw_seat(three.eli.author, offer, reason="fit"))
        assert error.advice == "Say no to it with `folkmoot team decline`."
        assert (
            "no seat" in (await refused(three.carl, withdraw_seat(three.carl.author, offer, reason="fit"))).message
        )

    async def test_once_all_have_signed_a_yes_is_final(self, three: Three) -> None:
        offer = await formed(three)
        for act in (withdraw_seat, decline_seat):
            error = await refused(three.eli, act(three.eli.author, offer, reason="fit"))
            assert "final" in error.message
            assert "team leave" in error.advice


class TestLeaving:
    async def test_whoever_leaves_is_replaced_by_the_others_and_the_team_goes_on(self, three: Three) -> None:
        carl, dana, eli = three
        async with node_parts("fay", carl.clock) as fay:
            await publish_profile(fay.author, {"name": "Fay"})
            everybody = (*three, fay)
            await share(*everybody)
            first = await formed(three)
            await leave_team(eli.author, first, reason="health", note="A broken wrist.")
            await share(*everybody)
            assert await seats_of(carl, first) == ["signed", "left"]
            dana.clock.at_ms += 1
            offer = await offer_team(dana.author, offer_of(dana, fay, replaces=first))
            assert offer.document is not None
            second = document_text(offer.document)
            await share(*everybody)
            await accept_seat(fay.author, second)
            await fay.settle()
            await share(*everybody)
            for node in everybody:
                assert (await team(node.view, document_id(first)))["superseded_by"] == second
                assert (await team(node.view, document_id(second)))["status"] == "formed"
            call = await called(three)
            await share(*everybody)
            await publish_bid(dana.author, bid_on(call, team=second))

    async def test_nobody_who_has_not_left_is_left_out(self, three: Three) -> None:
        carl, dana, _eli = three
        first = await formed(three)
        error = await refused(dana, offer_team(dana.author, offer_of(dana, carl, replaces=first)))
        assert "Eli is a member" in error.message

    async def test_only_a_member_of_a_formed_team_leaves_it_and_once(self, three: Three) -> None:
        carl, _dana, eli = three
        offer = await offered(three)
        error = await refused(eli, leave_team(eli.author, offer, reason="terms"))
        assert "has not formed" in error.message
        team_id = await formed(three)
        assert (await refused(carl, leave_team(carl.author, team_id, reason="terms"))).rule == "STA-4"
        await leave_team(eli.author, team_id, reason="terms")
        assert "before" in (await refused(eli, leave_team(eli.author, team_id, reason="terms"))).message


async def test_credit_for_scoping_is_in_the_terms(three: Three) -> None:
    offer = await offered(three, scoping={1: 500, 0: 250})
    shown = await team(three.eli.view, document_id(offer))
    assert shown["scoping"] == [{"place": 0, "share": 250}, {"place": 1, "share": 500}]
    act = offer_team(three.dana.author, offer_of(three.dana, three.eli, scoping={2: 500}))
    assert (await refused(three.dana, act)).rule == "TEA-4"

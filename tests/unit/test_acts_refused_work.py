"""What calling, bidding and awarding refuse: one clear sentence, and nothing has changed."""

from collections.abc import AsyncIterator, Sequence

import pytest
import trio
from support.node_parts import NodeParts, share
from support.three_nodes import Three, bid_on, call_of, called, formed, offered, placed, refused, three_nodes
from support.world import bid

from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot_node.acts.award import publish_award, publish_decline
from folkmoot_node.acts.bid import publish_bid, withdraw_bid
from folkmoot_node.acts.opportunity import close_opportunity, import_posting, publish_opportunity
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import document_text, record_id, record_text


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


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

    async def test_a_bid_that_is_out_is_not_called_a_failure_when_the_disk_then_fails(self, three: Three) -> None:
        call = await called(three)

        async def and_then_the_disk_fails(_records: Sequence[Record]) -> None:
            three.dana.store._writing._connection.execute("PRAGMA query_only = ON")

        three.dana.author.announce = and_then_the_disk_fails
        done = await publish_bid(three.dana.author, bid_on(call))
        assert await three.dana.store.record(done.record.id) == done.record
        [note] = done.notes
        assert note.startswith("no copy of the opportunity could be kept")


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
        called_for = await three.carl.view.record(record_id(call))
        assert called_for is not None
        [draft] = await three.dana.store.by_author(three.dana.who.id, "draft")
        assert document_text(draft.targets("document")[0]) == team
        void = bid(three.dana.who, called_for, team=draft.targets("document")[0])
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


class TestWhatActsLeaveBehind:
    async def test_whoever_bids_keeps_a_copy_of_the_call(self, three: Three) -> None:
        call = await called(three)
        await placed(three, call)
        assert await copies(three.dana) == {call}

    async def test_whoever_awards_keeps_a_copy_of_the_bid(self, three: Three) -> None:
        bid_id = await placed(three, await called(three))
        await publish_award(three.carl.author, bid_id)
        assert await copies(three.carl) == {bid_id}

    async def test_of_two_awards_at_once_one_is_refused(self, three: Three) -> None:
        call = await called(three)
        bids = [await placed(three, call)]
        bids.append(record_text((await publish_bid(three.eli.author, bid_on(call))).record.id))
        await share(*three)
        refusals: list[str] = []

        async def attempt(bid_id: str) -> None:
            try:
                await publish_award(three.carl.author, bid_id)
            except RefusedError as error:
                refusals.append(error.rule)

        async with trio.open_nursery() as nursery:
            for bid_id in bids:
                nursery.start_soon(attempt, bid_id)
        assert refusals == ["STA-2"]
        assert len(await three.carl.store.by_kind("award")) == 1


async def copies(node: NodeParts) -> set[str]:
    """Return what a node's owner exhibits."""
    exhibits = await node.store.by_author(node.who.id, "exhibit")
    return {record_text(exhibit.targets("exhibits")[0]) for exhibit in exhibits}

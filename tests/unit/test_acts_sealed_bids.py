"""Sealed bids on real nodes: promised, listed, opened by their own node, and what does not come to count."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio
from support.keys import NETWORK
from support.node_parts import NodeParts, node_parts, share
from support.three_nodes import Three, bid_on, call_of, formed, offer_of, refused, three_nodes
from support.world import NOW_MS, StoppedClock

from folkmoot.canonical import Value
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.sealed import commitment
from folkmoot_node.acts.award import publish_award
from folkmoot_node.acts.bid import publish_bid, withdraw_bid
from folkmoot_node.acts.opportunity import close_opportunity, publish_opportunity, revise_opportunity
from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.acts.sealed_bid import list_bids
from folkmoot_node.acts.seat import accept_seat
from folkmoot_node.acts.team import offer_team
from folkmoot_node.automation import RETRY_S, Automation
from folkmoot_node.unopened import UNOPENED_FILE
from folkmoot_node.views.exporting import export
from folkmoot_node.views.naming import document_text, record_id, record_text
from folkmoot_node.views.opportunities import opportunity
from folkmoot_node.views.work_shapes import OpportunityShape

SALT = bytes(16)
VALID_UNTIL_MS = NOW_MS + 60 * DAY_MS
AMOUNT = 900_00
PRICE: dict[str, Value] = {"amount_minor": AMOUNT, "currency": "EUR", "unit": "fixed"}


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def sealed_call(client: NodeParts, *others: NodeParts, **fields: object) -> str:
    """Let somebody call for sealed bids; all know."""
    published = await publish_opportunity(client.author, call_of(client, mode="sealed", **fields))
    await share(client, *others)
    return record_text(published.record.id)


async def closed(call: str, client: NodeParts, *others: NodeParts) -> None:
    """Let bids close, and the client list them; all know."""
    client.clock.at_ms += 7 * DAY_MS + 1
    await share(client, *others)
    await list_bids(client.author, call)
    await share(client, *others)


async def opened(node: NodeParts) -> list[Record]:
    return await node.store.by_author(node.who.id, "bid")


async def statuses(node: NodeParts, call: str) -> dict[str, tuple[str, str]]:
    """Return status and rule of every bid, by who made it."""
    shown = await opportunity(node.view, record_id(call))
    return {bid["bidder_name"]: (bid["status"], bid["rule"]) for bid in shown["bids_list"]}


async def commit_statuses(node: NodeParts, call: str) -> dict[str, str]:
    shown = await opportunity(node.view, record_id(call))
    return {commit["bidder_name"]: commit["status"] for commit in shown["commits"]}


async def test_a_sealed_bid_is_a_promise_that_says_nothing(three: Three) -> None:
    carl, dana, _eli = three
    call = await sealed_call(*three)
    promised = await publish_bid(dana.author, bid_on(call, plan="Listen to the old recordings."))
    assert promised.record.kind == "bid-commit"
    everything = (await dana.store.everything()).records
    assert not any(b"recordings" in record.wire for record in everything)
    assert b"recordings" not in await export(dana.view, [])
    await share(*three)
    shown = await opportunity(carl.view, record_id(call))
    assert (shown["is_sealed"], shown["is_listed"], shown["bids_list"]) == (True, False, [])
    assert await commit_statuses(carl, call) == {"Dana": "committed"}


async def test_its_own_node_opens_it_once_it_is_listed_and_never_before(three: Three) -> None:
    carl, dana, _eli = three
    call = await sealed_call(*three)
    await publish_bid(dana.author, bid_on(call))
    await dana.settle()
    dana.clock.at_ms += 7 * DAY_MS + 1
    await dana.settle()
    assert await opened(dana) == []
    await share(*three)
    listed = await list_bids(carl.author, call)
    assert listed.notes[0] == "1 sealed bid listed; their bidders' nodes open them now"
    await share(*three)
    await dana.settle()
    await dana.settle()
    [bid] = await opened(dana)
    assert dana.author.unopened.of_kind("bid") == {}
    kept = [item.targets("exhibits")[0] for item in await dana.store.by_author(dana.who.id, "exhibit")]
    assert listed.record.id in kept
    await share(*three)
    for node in three:
        assert await statuses(node, call) == {"Dana": ("standing", "")}
        assert await commit_statuses(node, call) == {"Dana": "opened"}
    await publish_award(carl.author, record_text(bid.id))


async def test_a_node_that_was_down_opens_it_after_a_restart(tmp_path: Path) -> None:
    clock = StoppedClock()
    async with node_parts("carl", clock, tmp_path) as carl:
        async with node_parts("dana", clock, tmp_path) as dana:
            call = await sealed_call(carl, dana)
            await publish_bid(dana.author, bid_on(call))
            await carl.hear(dana)
        assert (tmp_path / "dana" / UNOPENED_FILE).exists()
        clock.at_ms += 7 * DAY_MS + 1
        await list_bids(carl.author, call)
        async with node_parts("dana", clock, tmp_path) as dana:
            await dana.hear(carl)
            await dana.settle()
            assert [record.body["plan"] for record in await opened(dana)] == ["Listen."]
        async with node_parts("dana", clock, tmp_path) as dana:
            await dana.settle()
            assert len(await opened(dana)) == 1
            assert dana.author.unopened.of_kind("bid") == {}


async def test_a_crash_between_opening_and_forgetting_opens_nothing_twice(three: Three) -> None:
    carl, dana, eli = three
    call = await sealed_call(*three)
    await publish_bid(dana.author, bid_on(call))
    [(digest, sealed)] = dana.author.unopened.of_kind("bid").items()
    await closed(call, carl, dana, eli)
    await dana.settle()
    dana.author.unopened.keep(digest, sealed)  # as after a crash right after the bid was published
    await dana.settle()
    assert len(await opened(dana)) == 1
    assert dana.author.unopened.get(digest) is None


async def test_a_bid_that_says_something_else_than_was_promised_costs_nobody_the_promised_one(three: Three) -> None:
    carl, dana, eli = three
    call = await sealed_call(*three)
    await publish_bid(dana.author, bid_on(call))
    [commit] = await dana.store.by_author(dana.who.id, "bid-commit")
    await closed(call, carl, dana, eli)
    body: dict[str, Value] = {"opportunity": record_id(call), "price": PRICE, "plan": "Something else."}
    opening: dict[str, Value] = {"valid_until": VALID_UNTIL_MS, "commit": commit.id, "salt": SALT}
    await dana.author.publish("bid", {**body, **opening})
    await dana.settle()
    assert sorted(str(bid.body["plan"]) for bid in await opened(dana)) == ["Listen.", "Something else."]


async def test_it_opens_as_the_list_comes_and_tries_again_what_was_refused(
    three: Three, autojump_clock: trio.testing.MockClock
) -> None:
    carl, dana, eli = three
    call = await sealed_call(*three)
    await publish_bid(dana.author, bid_on(call))
    await carl.hear(dana)
    carl.clock.at_ms += 7 * DAY_MS + 1
    await list_bids(carl.author, call)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Automation(dana.author).serve)
        await trio.sleep(1)
        dana.author.readiness.syncs_missing = 2
        await dana.hear(carl, eli)
        await trio.sleep(1)
        assert await opened(dana) == []
        dana.author.readiness.syncs_missing = 0
        await trio.sleep(RETRY_S + 1)
        assert len(await opened(dana)) == 1
        nursery.cancel_scope.cancel()


async def test_a_list_before_bids_close_opens_nothing_until_they_do(three: Three) -> None:
    carl, dana, _eli = three
    call = await sealed_call(*three)
    promised = await publish_bid(dana.author, bid_on(call))
    await share(*three)
    hasty: dict[str, Value] = {"opportunity": record_id(call), "commits": [promised.record.id]}
    await carl.author.publish("bid-list", hasty)
    await share(*three)
    await dana.settle()
    assert await opened(dana) == []
    dana.clock.at_ms += 7 * DAY_MS + 1
    await dana.settle()
    assert len(await opened(dana)) == 1


async def test_on_an_opportunity_that_was_withdrawn_nothing_is_opened(three: Three) -> None:
    carl, dana, _eli = three
    call = await sealed_call(*three)
    await publish_bid(dana.author, bid_on(call))
    await share(*three)
    await closed(call, *three)
    await close_opportunity(carl.author, call, reason="cancelled")
    await share(*three)
    await dana.settle()
    assert await opened(dana) == []


class TestRefusals:
    async def test_only_the_client_lists_sealed_bids_once_when_they_are_closed(self, three: Three) -> None:
        carl, dana, _eli = three
        call = await sealed_call(*three)
        assert "not closed yet" in (await refused(carl, list_bids(carl.author, call))).message
        assert (await refused(dana, list_bids(dana.author, call))).rule == "BID-7"
        await closed(call, *three)
        error = await refused(carl, list_bids(carl.author, call))
        assert (error.rule, "a second list adds nothing" in error.message) == ("BID-7", True)
        assert (
            "listed already" in (await refused(carl, revise_opportunity(carl.author, call, {"need": "x"}))).message
        )

    async def test_open_bids_are_not_listed(self, three: Three) -> None:
        call = record_text((await publish_opportunity(three.carl.author, call_of(three.carl))).record.id)
        assert "takes open bids" in (await refused(three.carl, list_bids(three.carl.author, call))).message

    async def test_an_opportunity_that_is_over_is_not_listed(self, three: Three) -> None:
        call = await sealed_call(*three)
        await close_opportunity(three.carl.author, call, reason="budget")
        assert "is over: withdrawn" in (await refused(three.carl, list_bids(three.carl.author, call))).message

    async def test_of_one_bidder_there_is_one_or_as_many_as_allowed(self, three: Three) -> None:
        _carl, dana, eli = three
        call = await sealed_call(*three)
        await publish_bid(dana.author, bid_on(call))
        assert "standing bid" in (await refused(dana, publish_bid(dana.author, bid_on(call)))).message
        several = await sealed_call(*three, bids_max=2)
        for plan in ("One way.", "Another."):
            await publish_bid(eli.author, bid_on(several, plan=plan))
        error = await refused(eli, publish_bid(eli.author, bid_on(several)))
        assert (error.rule, "at most 2 bids" in error.message) == ("BID-8", True)

    async def test_a_bid_that_nobody_would_take_is_not_promised(self, three: Three) -> None:
        dana = three.dana
        call = await sealed_call(*three)
        await refused(dana, publish_bid(dana.author, bid_on(call, price={**PRICE, "currency": "Euros"})))
        assert dana.author.unopened.of_kind("bid") == {}

    async def test_a_promise_that_could_not_be_published_is_not_kept(self, three: Three) -> None:
        dana = three.dana
        call = await sealed_call(*three)
        dana.author.readiness.syncs_missing = 2
        await refused(dana, publish_bid(dana.author, bid_on(call)))
        assert dana.author.unopened.of_kind("bid") == {}

    async def test_whoever_gives_a_sealed_bid_up_never_opens_it_and_is_seen(self, three: Three) -> None:
        carl, dana, eli = three
        call = await sealed_call(*three)
        promised = record_text((await publish_bid(dana.author, bid_on(call))).record.id)
        await share(*three)
        assert "no sealed bid waits here" in (await refused(eli, withdraw_bid(eli.author, promised))).message
        given_up = await withdraw_bid(dana.author, promised)
        assert "will not be opened" in given_up.notes[0]
        await refused(dana, withdraw_bid(dana.author, promised))
        await closed(call, *three)
        await dana.settle()
        await share(*three)
        assert await commit_statuses(carl, call) == {"Dana": "unopened"}


async def test_a_commission_by_sealed_bids_with_rivals_of_every_sort(three: Three) -> None:
    """Dana's team and Fay bid as they should; Gus is late, Mallory opens something else, Hal has no team."""
    carl, dana, eli = three
    async with (
        node_parts("fay", carl.clock) as fay,
        node_parts("gus", carl.clock) as gus,
        node_parts("mallory", carl.clock) as mallory,
        node_parts("hal", carl.clock) as hal,
    ):
        everybody = (*three, fay, gus, mallory, hal)
        for node in everybody[3:]:
            await publish_profile(node.author, {"name": node.who.name.title()})
        call = await sealed_call(*everybody)
        team = await formed(three)
        await share(*everybody)
        await publish_bid(dana.author, bid_on(call, team=team))
        await publish_bid(fay.author, bid_on(call))
        await _promised(mallory, call)
        unformed = await _half_formed(hal, fay, everybody)
        await _promised(hal, call, team=unformed)
        await share(*everybody)
        await closed(call, *everybody)
        late = await _promised(gus, call, rev=carl.clock.at_ms - 2 * DAY_MS)  # dated back to before bids closed
        await _opened_by_hand(gus, call, late)
        for node in everybody:
            await node.settle()
        await _opened_by_hand(
            mallory, call, (await mallory.store.by_author(mallory.who.id, "bid-commit"))[0], cut=1
        )
        hals = (await hal.store.by_author(hal.who.id, "bid-commit"))[0]
        await _opened_by_hand(hal, call, hals, team=unformed)
        await share(*everybody)
        for node in everybody:
            assert await statuses(node, call) == {
                "Dana": ("standing", ""),
                "Fay": ("standing", ""),
                "Gus": ("void", "BID-7"),
                "Mallory": ("void", "BID-2"),  # it opens no commit, so it was made when bids were closed
                "Hal": ("void", "BID-3"),
            }
            commits = await commit_statuses(node, call)
            assert (commits["Gus"], commits["Mallory"]) == ("not-listed", "unopened")
        shown = await opportunity(carl.view, record_id(call))
        error = await refused(carl, publish_award(carl.author, _bid_of(shown, "Gus")))
        assert error.rule == "BID-7"
        await publish_award(carl.author, _bid_of(shown, "Dana"))
        await share(*everybody)
        assert (await statuses(eli, call))["Dana"] == ("awarded", "")


async def _half_formed(hal: NodeParts, fay: NodeParts, everybody: tuple[NodeParts, ...]) -> bytes:
    """Let Hal offer Fay a team, and again in other words after she has signed the first ones."""
    first = await offer_team(hal.author, offer_of(hal, fay))
    await share(*everybody)
    assert first.document is not None
    await accept_seat(fay.author, document_text(first.document))
    hal.clock.at_ms += 1
    second = await offer_team(
        hal.author, offer_of(hal, fay, purpose="More.", replaces=document_text(first.document))
    )
    assert second.document is not None
    await share(*everybody)
    return second.document


def _body(call: str, **fields: Value) -> dict[str, Value]:
    said: dict[str, Value] = {"opportunity": record_id(call), "price": PRICE, "plan": "Trust me."}
    return {**said, "valid_until": VALID_UNTIL_MS, **fields}


async def _promised(node: NodeParts, call: str, *, rev: int | None = None, **fields: Value) -> Record:
    """Commit by hand, as a client that plays by no rules could, and note nothing."""
    now_ms = node.clock.at_ms
    node.clock.at_ms = rev or now_ms
    body = _body(call, **fields)
    digest = commitment(body, author=node.who.id, salt=SALT, network=NETWORK)
    record = await node.author.publish("bid-commit", {"opportunity": record_id(call), "digest": digest})
    node.clock.at_ms = now_ms
    return record


async def _opened_by_hand(node: NodeParts, call: str, commit: Record, *, cut: int = 0, **fields: Value) -> None:
    price: dict[str, Value] = {**PRICE, "amount_minor": AMOUNT - cut}
    body = {**_body(call, **fields), "price": price, "commit": commit.id, "salt": SALT}
    await node.author.publish("bid", body)


def _bid_of(shown: OpportunityShape, name: str) -> str:
    return next(bid["id"] for bid in shown["bids_list"] if bid["bidder_name"] == name)

"""Opportunities within opportunities on real nodes: what comes down, what is refused, and three levels of work."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest
from support.node_parts import NodeParts, node_parts, share
from support.three_nodes import Three, bid_on, call_of, called, offer_of, refused, three_nodes
from support.world import StoppedClock

from folkmoot.limits import DAY_MS
from folkmoot_node.acts.award import publish_award
from folkmoot_node.acts.bid import publish_bid
from folkmoot_node.acts.membership import leave_team
from folkmoot_node.acts.opportunity import close_opportunity, publish_opportunity, revise_opportunity
from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.acts.seat import accept_seat
from folkmoot_node.acts.team import offer_team
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import document_text, identity_text, record_id, record_text
from folkmoot_node.views.opportunities import opportunity
from folkmoot_node.views.standing import state
from folkmoot_node.views.trees import tree
from folkmoot_node.views.work_shapes import BranchShape

GDPR = {"name": "GDPR", "text": "Personal data stays in the EU."}


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def under(node: NodeParts, parent: str, seat: str = "sound", **fields: object) -> str:
    """Let somebody call for others below an opportunity; nobody else knows yet."""
    call = call_of(node, parent={"opportunity": parent, "seat": seat}, **fields)
    return record_text((await publish_opportunity(node.author, call)).record.id)


class TestWhatComesDown:
    async def test_clauses_and_moments_come_down_by_themselves(self, three: Three) -> None:
        carl, dana, _eli = three
        now_ms = carl.clock.now_ms()
        fields = {"flow_down": [GDPR], "deliver_by": now_ms + 40 * DAY_MS, "decide_by": now_ms + 10 * DAY_MS}
        call = record_text((await publish_opportunity(carl.author, call_of(carl, **fields))).record.id)
        await share(*three)
        own = {"name": "Hours", "text": "In daylight."}
        sub = await under(dana, call, flow_down=[own, GDPR])
        shown = await opportunity(dana.view, record_id(sub))
        assert shown["body"]["flow_down"] == [GDPR, own]
        assert shown["body"]["deliver_by"] == now_ms + 40 * DAY_MS
        assert shown["decide_by"] == now_ms + 10 * DAY_MS
        assert shown["link"] == {"status": "conditional", "rule": "", "parent": call, "seat": "sound"}
        kept = [item.targets("exhibits") for item in await dana.store.by_author(dana.who.id, "exhibit")]
        assert (record_id(call),) in kept

    async def test_it_lives_where_what_it_hangs_on_lives(self, three: Three) -> None:
        carl, dana, _eli = three
        call = await publish_opportunity(carl.author, call_of(carl), space="museums")
        await share(*three)
        sub = await under(dana, record_text(call.record.id))
        record = await dana.store.record(record_id(sub))
        assert record is not None
        assert record.space == "museums"


class TestRefusals:
    async def test_what_is_decided_or_delivered_later_is_no_part_of_it(self, three: Three) -> None:
        carl, dana, _eli = three
        now_ms = carl.clock.now_ms()
        fields = {"deliver_by": now_ms + 40 * DAY_MS, "decide_by": now_ms + 8 * DAY_MS}
        call = record_text((await publish_opportunity(carl.author, call_of(carl, **fields))).record.id)
        await share(*three)
        lates: list[tuple[dict[str, Any], str]] = [
            ({"decide_by": now_ms + 9 * DAY_MS}, "decided later"),
            ({"bids_close": now_ms + 9 * DAY_MS}, "decided later"),
            ({"deliver_by": now_ms + 41 * DAY_MS}, "delivered later"),
        ]
        for late, word in lates:
            error = await refused(dana, under(dana, call, **late))
            assert (error.rule, word in error.message) == ("SUB-2", True)

    async def test_a_clause_comes_down_word_for_word(self, three: Three) -> None:
        carl, dana, _eli = three
        call = record_text((await publish_opportunity(carl.author, call_of(carl, flow_down=[GDPR]))).record.id)
        await share(*three)
        error = await refused(dana, under(dana, call, flow_down=[{**GDPR, "text": "Or elsewhere."}]))
        assert error.rule == "SUB-3"
        sub = await under(dana, call)
        only_hours = {"flow_down": [{"name": "Hours", "text": "In daylight."}]}
        assert (await refused(dana, revise_opportunity(dana.author, sub, only_hours))).rule == "SUB-3"

    async def test_there_are_at_most_eight_levels(self, three: Three) -> None:
        carl = three.carl
        at = await called(three)
        for _level in range(7):
            at = await under(carl, at)
        error = await refused(carl, under(carl, at))
        assert (error.message, error.rule) == ("a chain of opportunities has at most 8 levels", "SUB-4")

    async def test_nothing_hangs_on_what_is_over_or_unheard_of(self, three: Three) -> None:
        carl, dana, _eli = three
        call = await called(three)
        await close_opportunity(carl.author, call, reason="budget")
        await share(*three)
        assert "was withdrawn" in (await refused(dana, under(dana, call))).message
        assert type(await refused(dana, under(dana, record_text(bytes(32))))) is UnknownIdError

    async def test_nothing_hangs_on_what_is_no_part_of_its_own_parent(self, three: Three) -> None:
        carl, dana, _eli = three
        call = record_text((await publish_opportunity(carl.author, call_of(carl, flow_down=[GDPR]))).record.id)
        await share(*three)
        body = {**call_of(dana), "parent": {"opportunity": record_id(call), "seat": "sound"}}
        body["decide_by"] = body["bids_close"]
        void = await dana.author.publish("opportunity", body)  # type: ignore[arg-type]
        error = await refused(dana, under(dana, record_text(void.id)))
        assert (error.rule, "itself no part" in error.message) == ("SUB-3", True)

    async def test_a_seat_is_filled_by_a_member_s_call_below(self, three: Three) -> None:
        carl, dana, eli = three
        call = await called(three)
        sub = await under(eli, call)
        await share(*three)
        alone = offer_team(dana.author, offer_of(dana, opportunity=call, filled_by=[("sound", sub)]))
        assert (await refused(dana, alone)).rule == "SUB-5"
        root = offer_team(dana.author, offer_of(dana, carl, opportunity=call, filled_by=[("sound", call)]))
        assert (await refused(dana, root)).rule == "SUB-1"


class Crew(NamedTuple):
    """Carl commissions, Dana leads, Eli calls for sound, Fay below him for captions; Gus, Hal and Ivy do them."""

    carl: NodeParts
    dana: NodeParts
    eli: NodeParts
    fay: NodeParts
    gus: NodeParts
    hal: NodeParts
    ivy: NodeParts


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    clock = StoppedClock()
    async with AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(node_parts(name, clock)) for name in Crew._fields]
        for node in nodes:
            await publish_profile(node.author, {"name": node.who.name.title()})
        crew = Crew(*nodes)
        await share(*crew)
        yield crew


class Chain(NamedTuple):
    """The three opportunities, and the documents of the teams that won them, the top one not yet awarded."""

    top: str
    sound: str
    captions: str
    team: str
    captioners: str
    bid: str


async def together(crew: Crew, *members: NodeParts, **fields: object) -> str:
    """Let some people form a team."""
    published = await offer_team(members[0].author, offer_of(*members, **fields))
    assert published.document is not None
    team = document_text(published.document)
    await share(*crew)
    for member in members[1:]:
        await accept_seat(member.author, team)
    await share(*members)
    await members[0].settle()
    await share(*crew)
    return team


async def won(crew: Crew, client: NodeParts, bidder: NodeParts, call: str, **fields: object) -> None:
    """Let somebody bid, and the client take it."""
    bid = await publish_bid(bidder.author, bid_on(call, **fields))
    await client.hear(bidder)
    await publish_award(client.author, record_text(bid.record.id))
    await share(*crew)


async def chained(crew: Crew) -> Chain:
    """Build a chain of three levels, from the top down, and award it from the bottom up, but for the top."""
    carl, dana, eli, fay, gus, hal, _ivy = crew
    top = record_text((await publish_opportunity(carl.author, call_of(carl, flow_down=[GDPR]))).record.id)
    await share(*crew)
    sound = await under(eli, top, "sound")
    await share(*crew)
    captions = await under(fay, sound, "captions")
    await share(*crew)
    captioners = await together(crew, gus, hal)
    await won(crew, fay, gus, captions, team=captioners)
    sounders = await together(crew, fay, gus, opportunity=sound, filled_by=[("captions", captions)])
    await won(crew, eli, fay, sound, team=sounders)
    team = await together(crew, dana, eli, opportunity=top, filled_by=[("sound", sound)])
    bid = await publish_bid(dana.author, bid_on(top, team=team))
    await share(*crew)
    return Chain(top, sound, captions, team, captioners, record_text(bid.record.id))


async def links(node: NodeParts, asked: str) -> list[tuple[str, str]]:
    """Return seat and link of every level, from the top."""
    return [(branch["seat"], branch["link"]) for branch in await levels(node, asked)]


async def levels(node: NodeParts, asked: str) -> Sequence[BranchShape]:
    at = (await tree(node.view, asked))["top"]
    found = [at]
    while at["branches"]:
        [at] = at["branches"]
        found.append(at)
    return found


async def test_awards_below_hold_once_all_above_are_made_also_when_somebody_is_replaced(crew: Crew) -> None:
    carl, _dana, _eli, _fay, gus, hal, ivy = crew
    chain = await chained(crew)
    waiting = [("", "root"), ("sound", "conditional"), ("captions", "conditional")]
    for asked in (chain.top, chain.captions, chain.bid, chain.team):
        assert await links(hal, asked) == waiting
    await publish_award(carl.author, chain.bid)
    await share(*crew)
    firm = [("", "root"), ("sound", "firm"), ("captions", "firm")]
    for node in crew:
        assert await links(node, chain.captions) == firm
        assert [branch["clauses"] for branch in await levels(node, chain.top)] == [[], ["GDPR"], ["GDPR"]]
    # Who won is for everybody to see; for how much is for those whom it concerns.
    seen = {
        node.who.name: [branch["price"] is not None for branch in await levels(node, chain.top)] for node in crew
    }
    assert seen["carl"] == [True, False, False]
    assert seen["eli"] == [True, True, False]
    assert seen["gus"] == [False, True, True]
    assert seen["ivy"] == [False, False, False]
    # At the third level Hal leaves, and Ivy comes in his place: nothing above changes.
    await leave_team(hal.author, chain.captioners, reason="health")
    await share(*crew)
    gus.clock.at_ms += 1
    await together(crew, gus, ivy, replaces=chain.captioners)
    for node in crew:
        assert await links(node, chain.top) == firm
        bottom = (await levels(node, chain.top))[-1]
        assert (bottom["status"], bottom["awarded_name"]) == ("awarded", "Gus")
    await share(*crew)
    assert len({(await state(node.view, as_of_ms=carl.clock.at_ms))["state_hash"] for node in crew}) == 1


async def test_awards_below_lapse_when_the_top_is_never_awarded(crew: Crew) -> None:
    chain = await chained(crew)
    crew.carl.clock.at_ms += 60 * DAY_MS
    for node in (crew.carl, crew.gus):
        assert await links(node, chain.top) == [("", "root"), ("sound", "lapsed"), ("captions", "lapsed")]
        top, middle, bottom = await levels(node, chain.captions)
        assert (top["status"], middle["status"], bottom["status"]) == ("lapsed", "awarded", "awarded")


async def test_awards_below_lapse_when_others_win_above(crew: Crew) -> None:
    carl, _dana, _eli, _fay, _gus, _hal, ivy = crew
    chain = await chained(crew)
    await won(crew, carl, ivy, chain.top)
    assert await links(carl, chain.top) == [("", "root"), ("sound", "lapsed"), ("captions", "lapsed")]


async def test_a_tree_is_of_what_has_to_do_with_an_opportunity(three: Three) -> None:
    carl, dana, _eli = three
    team = await offer_team(dana.author, offer_of(dana))
    assert team.document is not None
    assert "for no opportunity" in (await refused(dana, tree(dana.view, document_text(team.document)))).message
    profile = record_text((await carl.store.by_author(carl.who.id, "profile"))[0].id)
    assert "kind profile" in (await refused(carl, tree(carl.view, profile))).message
    assert type(await refused(carl, tree(carl.view, identity_text(carl.who.id)))) is UnknownIdError
    assert type(await refused(carl, tree(carl.view, record_text(bytes(32))))) is UnknownIdError

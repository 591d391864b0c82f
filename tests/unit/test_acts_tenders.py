"""What is said around bids: questions and answers, versions, counters and the bids that adopt them."""

from collections.abc import AsyncIterator

import pytest
from support.node_parts import share
from support.three_nodes import (
    PRICE,
    UNKNOWN_RECORD,
    Three,
    bid_on,
    call_of,
    called,
    offer_of,
    offered,
    placed,
    refused,
    three_nodes,
)

from folkmoot.canonical import Value
from folkmoot.limits import DAY_MS
from folkmoot_node.acts.award import publish_award
from folkmoot_node.acts.bid import publish_bid, withdraw_bid
from folkmoot_node.acts.counter import counter_bid, counter_document
from folkmoot_node.acts.opportunity import close_opportunity, publish_opportunity, revise_opportunity
from folkmoot_node.acts.question import ask, clarify
from folkmoot_node.acts.team import offer_team
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.views.naming import document_id, record_id, record_text
from folkmoot_node.views.opportunities import opportunity
from folkmoot_node.views.teams import team

CHEAPER = {**PRICE, "amount_minor": 800_00}


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


class TestQuestions:
    async def test_everybody_reads_the_question_and_its_answer(self, three: Three) -> None:
        carl, dana, eli = three
        call = await called(three)
        question = record_text((await ask(dana.author, call, "Is there a recording?")).record.id)
        await share(*three)
        answer = await clarify(carl.author, call, "There is.", question=question)
        await ask(eli.author, call, "In stereo?")
        await share(*three)
        for node in three:
            shown = await opportunity(node.view, record_id(call))
            assert {item["text"] for item in shown["questions"]} == {"Is there a recording?", "In stereo?"}
            [said] = shown["clarifications"]
            assert (said["text"], said["question"], said["author_name"]) == ("There is.", question, "Carl")
        kept = [item.targets("exhibits") for item in await carl.store.by_author(carl.who.id, "exhibit")]
        assert (record_id(question),) in kept
        await placed(three, call)
        kept = [item.targets("exhibits") for item in await dana.store.by_author(dana.who.id, "exhibit")]
        assert (answer.record.id,) in kept

    async def test_what_others_clarify_is_not_shown(self, three: Three) -> None:
        call = await called(three)
        await three.eli.author.publish(
            "clarification", {"opportunity": record_id(call), "text": "It is cancelled."}
        )
        await share(*three)
        assert (await opportunity(three.dana.view, record_id(call)))["clarifications"] == []

    async def test_nobody_asks_themselves_and_only_the_client_answers(self, three: Three) -> None:
        call = await called(three)
        assert "is yours" in (await refused(three.carl, ask(three.carl.author, call, "Why?"))).message
        error = await refused(three.dana, clarify(three.dana.author, call, "Because."))
        assert (error.rule, "Carl's" in error.message) == ("STA-5", True)

    async def test_an_answer_is_to_a_question_about_this_opportunity(self, three: Three) -> None:
        call, other = await called(three), await called(three)
        question = record_text((await ask(three.dana.author, other, "Why?")).record.id)
        await share(*three)
        error = await refused(three.carl, clarify(three.carl.author, call, "So.", question=question))
        assert "asks nothing about that" in error.message
        unknown = await refused(three.carl, clarify(three.carl.author, call, "So.", question=UNKNOWN_RECORD))
        assert type(unknown) is UnknownIdError

    async def test_what_is_over_is_not_asked_about(self, three: Three) -> None:
        call = await called(three)
        await close_opportunity(three.carl.author, call, reason="budget")
        await share(*three)
        assert "is over: withdrawn" in (await refused(three.dana, ask(three.dana.author, call, "Why?"))).message
        assert "is over" in (await refused(three.carl, clarify(three.carl.author, call, "So."))).message


class TestVersions:
    async def test_a_new_version_says_what_changed_and_keeps_the_rest(self, three: Three) -> None:
        carl, dana, _eli = three
        call = await called(three)
        bid = await placed(three, call)
        revised = await revise_opportunity(carl.author, call, {"need": "Sound and light", "bids_max": 2})
        assert revised.notes == ("1 standing bid names a version before, and stands",)
        await share(*three)
        for named in (call, record_text(revised.record.id)):
            shown = await opportunity(dana.view, record_id(named))
            assert (shown["need"], shown["title"]) == ("Sound and light", "A guide")
            assert shown["latest"] == record_text(revised.record.id)
        assert revised.record.slot == 0
        await publish_award(carl.author, bid)

    async def test_a_version_can_let_bids_close_later(self, three: Three) -> None:
        carl, dana, _eli = three
        call = await called(three)
        carl.clock.at_ms += 8 * DAY_MS
        await refused(dana, publish_bid(dana.author, bid_on(call)))
        later = {"bids_close": carl.clock.at_ms + DAY_MS}
        await revise_opportunity(carl.author, call, later)
        await share(*three)
        await placed(three, call)

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({}, "nothing about the opportunity would change"),
            ({"bids_close": 5}, "the moment when bids close passed"),
        ],
    )
    async def test_a_version_changes_something_and_closes_later(
        self, three: Three, fields: dict[str, object], why: str
    ) -> None:
        call = await called(three)
        error = await refused(three.carl, revise_opportunity(three.carl.author, call, fields))
        assert type(error) is ConfigError
        assert why in error.message

    async def test_only_the_client_makes_a_version_while_it_is_not_over(self, three: Three) -> None:
        call = await called(three)
        error = await refused(three.dana, revise_opportunity(three.dana.author, call, {"need": "Mine"}))
        assert "Carl's" in error.message
        three.carl.clock.at_ms += 60 * DAY_MS
        error = await refused(three.carl, revise_opportunity(three.carl.author, call, {"need": "More"}))
        assert "is over: lapsed" in error.message


class TestCounters:
    async def test_a_bid_that_adopts_a_counter_takes_the_place_of_the_one_before(self, three: Three) -> None:
        carl, dana, _eli = three
        call = await called(three)
        bid = await placed(three, call)
        countered = await counter_bid(carl.author, bid, text="Without the shop.", price=CHEAPER)
        counter = record_text(countered.record.id)
        await share(*three)
        [shown] = (await opportunity(dana.view, record_id(call)))["bids_list"]
        [said] = shown["counters"]
        assert (said["id"], said["text"], said["price"]) == (counter, "Without the shop.", CHEAPER)
        dana.clock.at_ms += 1
        adopting = await publish_bid(dana.author, bid_on(call, price=CHEAPER, adopts=counter))
        assert adopting.notes[0] == f"your bid before it, {bid}, is withdrawn"
        await share(*three)
        bids = {item["id"]: item for item in (await opportunity(carl.view, record_id(call)))["bids_list"]}
        assert bids[bid]["status"] == "withdrawn"
        assert bids[record_text(adopting.record.id)]["adopts"] == counter
        assert bids[record_text(adopting.record.id)]["status"] == "standing"

    async def test_even_where_one_bid_is_allowed_it_counts(self, three: Three) -> None:
        carl, dana, _eli = three
        call = record_text((await publish_opportunity(carl.author, call_of(carl, bids_max=1))).record.id)
        await share(*three)
        bid = await placed(three, call)
        assert (await refused(dana, publish_bid(dana.author, bid_on(call)))).rule == "BID-8"
        counter = record_text((await counter_bid(carl.author, bid, text="Less.")).record.id)
        await share(*three)
        dana.clock.at_ms += 1
        adopting = await publish_bid(dana.author, bid_on(call, adopts=counter))
        await share(*three)
        bids = {item["id"]: item["status"] for item in (await opportunity(carl.view, record_id(call)))["bids_list"]}
        assert bids[record_text(adopting.record.id)] == "standing"

    async def test_an_adopted_counter_is_the_client_s_to_a_bid_of_one_s_own_at_its_price(
        self, three: Three
    ) -> None:
        carl, dana, eli = three
        call = await called(three)
        bid = await placed(three, call)
        counter = record_text((await counter_bid(carl.author, bid, text="Less.", price=CHEAPER)).record.id)
        await share(*three)
        error = await refused(dana, publish_bid(dana.author, bid_on(call, adopts=counter)))
        assert "another price" in error.message
        act = publish_bid(eli.author, bid_on(call, price=CHEAPER, adopts=counter))
        assert "no counter by the client to a bid of yours" in (await refused(eli, act)).message
        unknown = await refused(dana, publish_bid(dana.author, bid_on(call, adopts=UNKNOWN_RECORD)))
        assert type(unknown) is UnknownIdError
        forged = await eli.author.publish("counter", {"bid": record_id(bid), "text": "For nothing."})
        await share(*three)
        act = publish_bid(dana.author, bid_on(call, adopts=record_text(forged.id)))
        assert "no counter by the client" in (await refused(dana, act)).message
        [shown] = (await opportunity(carl.view, record_id(call)))["bids_list"]
        assert len(shown["counters"]) == 1

    async def test_only_the_client_counters_a_bid_that_stands_while_bids_are_open(self, three: Three) -> None:
        carl, dana, eli = three
        call = await called(three)
        bid = await placed(three, call)
        assert "Carl's" in (await refused(eli, counter_bid(eli.author, bid, text="Less."))).message
        await counter_bid(carl.author, bid, text="Less.")  # it keeps a copy of the bid
        other = await placed(three, await called(three))
        await withdraw_bid(dana.author, bid)
        await share(*three)
        assert "was withdrawn" in (await refused(carl, counter_bid(carl.author, bid, text="Less."))).message
        carl.clock.at_ms += 8 * DAY_MS
        error = await refused(carl, counter_bid(carl.author, other, text="Less."))
        assert (error.rule, "bids are closed" in error.message) == ("BID-2", True)

    async def test_a_party_counters_a_team_offer_and_the_drafter_says_the_same_anew(self, three: Three) -> None:
        carl, dana, eli = three
        offer = await offered(three)
        await counter_document(eli.author, offer, text="Half of it is mine.", seat=1, share=5000)
        await share(*three)
        [said] = (await team(dana.view, document_id(offer)))["counters"]
        assert (said["author_name"], said["place"], said["share"]) == ("Eli", 1, 5000)
        assert "no seat" in (await refused(carl, counter_document(carl.author, offer, text="Mine."))).message
        error = await refused(eli, counter_document(eli.author, offer, text="Mine.", seat=7))
        assert type(error) is ConfigError
        newer = await offered(three, replaces=offer, purpose="Other words")
        error = await refused(eli, counter_document(eli.author, offer, text="Mine."))
        assert newer in error.advice


async def test_a_chosen_pattern_is_named_and_kept(three: Three) -> None:
    _carl, dana, eli = three
    steps: list[Value] = ["One writes.", "One reads."]
    pattern = await eli.author.publish("pattern", {"name": "Two eyes", "intent": "No haste.", "steps": steps})
    await share(*three)
    offer = await offered(three, pattern=record_text(pattern.id))
    shown = await team(dana.view, document_id(offer))
    assert shown["pattern"] == record_text(pattern.id)
    call = await called(three)
    act = offer_team(dana.author, offer_of(dana, eli, pattern=call))
    assert "not a pattern" in (await refused(dana, act)).message
    act = offer_team(dana.author, offer_of(dana, eli, pattern=UNKNOWN_RECORD))
    assert type(await refused(dana, act)) is UnknownIdError

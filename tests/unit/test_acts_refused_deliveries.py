"""What working under an engagement refuses, and what a party's node keeps of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from support.engaged import (
    AMOUNT_MINOR,
    concluded,
    delivered,
    drafted,
    engaged,
    kept,
    milestone_of,
    settled,
    shown,
    terms_of,
)
from support.node_parts import NodeParts, share
from support.three_nodes import UNKNOWN_RECORD, Three, called, placed, refused, three_nodes

from folkmoot_node.acts.delivery import answer_delivery, confirm_seen, deliver
from folkmoot_node.acts.dispute import open_dispute, settle_dispute, take_step
from folkmoot_node.acts.endorsement import endorse
from folkmoot_node.acts.engagement import EngagementOffer, offer_engagement
from folkmoot_node.acts.payment import Money, claim_sent, confirm_received
from folkmoot_node.acts.signing import sign_document
from folkmoot_node.automation import Automation
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.keepsakes import KEPT_MAX
from folkmoot_node.notices import Notice, entry
from folkmoot_node.views.disputes import dispute
from folkmoot_node.views.naming import document_text, identity_text, record_id, record_text


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


class TestDeliveries:
    async def test_before_all_have_signed_nothing_is_delivered(self, three: Three) -> None:
        document = await drafted(three)
        error = await refused(three.dana, deliver(three.dana.author, document, 0, []))
        assert error.message == "the engagement is not in force: it is offered"

    async def test_the_client_does_not_deliver_and_no_stranger_does(self, three: Three) -> None:
        document = await engaged(three)
        assert (await refused(three.carl, deliver(three.carl.author, document, 0, []))).rule == "DLV-1"
        assert "no party" in (await refused(three.eli, deliver(three.eli.author, document, 0, []))).message

    async def test_there_are_only_the_milestones_there_are(self, three: Three) -> None:
        document = await engaged(three)
        error = await refused(three.dana, deliver(three.dana.author, document, 2, []))
        assert error.message == "there is no milestone 2: they are 0 to 1"

    @pytest.mark.parametrize("digest", ["ab", "ab" * 33, "xy" * 32])
    async def test_a_file_is_named_by_its_digest(self, three: Three, digest: str) -> None:
        document = await engaged(three)
        act = deliver(three.dana.author, document, 0, [{"sha256": digest}])
        assert type(await refused(three.dana, act)) is ConfigError

    async def test_work_that_leaves_no_file_is_delivered_too(self, three: Three) -> None:
        document = await engaged(three)
        published = await deliver(three.dana.author, document, 0, [], note="Held.")
        assert published.record.body["evidence"] == []
        assert "silence counts as accepted" in published.notes[0]

    async def test_what_is_accepted_is_not_delivered_again(self, three: Three) -> None:
        document = await engaged(three)
        await answer_delivery(three.carl.author, await delivered(three, document))
        await share(*three)
        assert (
            "accepted already" in (await refused(three.dana, deliver(three.dana.author, document, 0, []))).message
        )


class TestAnswers:
    async def test_only_the_client_answers(self, three: Three) -> None:
        delivery = await delivered(three, await engaged(three))
        assert (await refused(three.dana, answer_delivery(three.dana.author, delivery))).rule == "DLV-2"

    async def test_only_criteria_that_exist_are_failed(self, three: Three) -> None:
        delivery = await delivered(three, await engaged(three))
        error = await refused(three.carl, answer_delivery(three.carl.author, delivery, failed=[2]))
        assert error.message == "there is no criterion 2: they are 0 to 1"

    async def test_a_delivery_is_rejected_once_and_may_be_accepted_still(self, three: Three) -> None:
        document = await engaged(three)
        delivery = await delivered(three, document)
        await answer_delivery(three.carl.author, delivery, failed=[1])
        assert (
            "before"
            in (await refused(three.carl, answer_delivery(three.carl.author, delivery, failed=[0]))).message
        )
        await answer_delivery(three.carl.author, delivery)
        await share(*three)
        assert (await shown(three, document))["milestones"][0]["status"] == "accepted"

    async def test_something_else_is_not_answered(self, three: Three) -> None:
        bid = await placed(three, await called(three))
        assert "not a delivery" in (await refused(three.carl, answer_delivery(three.carl.author, bid))).message
        error = await refused(three.carl, answer_delivery(three.carl.author, UNKNOWN_RECORD))
        assert type(error) is UnknownIdError

    async def test_after_a_change_order_its_terms_decide(self, three: Three) -> None:
        document = await engaged(three)
        delivery = await delivered(three, document)
        terms = {"milestones": [milestone_of(three, criteria=["It runs.", "Tested.", "Translated."])]}
        change = await offer_engagement(three.carl.author, EngagementOffer(changes=document, terms=terms))
        assert change.document is not None
        await share(*three)
        await concluded(three, document_text(change.document))
        answered = await answer_delivery(three.carl.author, delivery, failed=[2])
        assert answered.document == change.document

    async def test_a_milestone_that_was_changed_away_is_not_answered(self, three: Three) -> None:
        document = await engaged(three)
        delivery = await delivered(three, document)
        terms = terms_of(three, milestones=[milestone_of(three, name="All of it")])
        change = await offer_engagement(three.carl.author, EngagementOffer(changes=document, terms=terms))
        assert change.document is not None
        await share(*three)
        await concluded(three, document_text(change.document))
        assert (await refused(three.carl, answer_delivery(three.carl.author, delivery))).rule == "DLV-1"

    async def test_a_receipt_from_which_nothing_follows_is_said_to_be_one(self, three: Three) -> None:
        delivery = await delivered(three, await engaged(three))
        useless = await confirm_seen(three.dana.author, [delivery])
        assert any("neither as its client" in note for note in useless.notes)
        useful = await confirm_seen(three.eli.author, [delivery])
        assert useful.notes == ()
        assert record_id(delivery) in await kept(three, "eli")


class TestMoney:
    async def test_only_the_client_says_sent_and_only_a_payee_received(self, three: Three) -> None:
        document = await engaged(three)
        assert (await refused(three.dana, claim_sent(three.dana.author, document, 0))).rule == "PMT-1"
        assert (await refused(three.carl, confirm_received(three.carl.author, document, 0))).rule == "PMT-1"

    async def test_the_currency_is_that_of_the_engagement(self, three: Three) -> None:
        document = await engaged(three)
        act = confirm_received(three.dana.author, document, 0, money=Money(100, "USD"))
        assert (await refused(three.dana, act)).message == "the engagement is in EUR, not in USD"

    async def test_there_is_only_the_payee_there_is(self, three: Three) -> None:
        document = await engaged(three)
        error = await refused(three.carl, claim_sent(three.carl.author, document, 0, payee=0))
        assert error.advice == "Payees of that milestone: 1 (Dana)."

    async def test_what_is_left_is_confirmed_unless_an_amount_is_said(self, three: Three) -> None:
        document = await engaged(three)
        await claim_sent(three.carl.author, document, 0)
        await confirm_received(three.dana.author, document, 0, money=Money(1000_00, "EUR"))
        await confirm_received(three.dana.author, document, 0)
        assert "all of it" in (await refused(three.dana, confirm_received(three.dana.author, document, 0))).message
        error = await refused(three.carl, claim_sent(three.carl.author, document, 1, money=None, payee=7))
        assert "party 7" in error.message
        await share(*three)
        [payment] = (await shown(three, document))["milestones"][0]["payments"]
        assert (payment["status"], payment["received_minor"], payment["sent_minor"]) == (
            "received",
            AMOUNT_MINOR,
            AMOUNT_MINOR,
        )


class TestDisputes:
    async def test_only_a_party_disputes_and_only_what_binds(self, three: Three) -> None:
        document = await drafted(three)
        unsigned = await refused(three.carl, open_dispute(three.carl.author, document, "Late."))
        assert (unsigned.rule, "not all have signed" in unsigned.message) == ("DSP-1", True)
        await concluded(three, document)
        assert (await refused(three.eli, open_dispute(three.eli.author, document, "Late."))).rule == "DSP-1"
        error = await refused(three.carl, open_dispute(three.carl.author, document, "Late.", milestone=9))
        assert type(error) is ConfigError

    async def test_a_person_and_a_bid_are_not_disputed(self, three: Three) -> None:
        carl = three.carl.author
        person = await refused(three.carl, open_dispute(carl, identity_text(three.dana.who.id), "Late."))
        assert type(person) is ConfigError
        bid = await placed(three, await called(three))
        assert (await refused(three.carl, open_dispute(carl, bid, "Dear."))).rule == "DSP-1"
        assert type(await refused(three.carl, open_dispute(carl, UNKNOWN_RECORD, "What?"))) is UnknownIdError

    async def test_each_step_is_for_whom_it_is(self, three: Three) -> None:
        opened = await self._opened(three)
        wrong = [
            (three.carl, "reply"),
            (three.eli, "reply"),
            (three.dana, "withdraw"),
            (three.dana, "take"),
            (three.carl, "finding"),
            (three.eli, "finding"),
        ]
        for node, word in wrong:
            assert (await refused(node, take_step(node.author, opened, word=word))).rule == "DSP-2"
        assert (await refused(three.eli, settle_dispute(three.eli.author, opened, "Half."))).rule == "DSP-3"
        await take_step(three.eli.author, opened, word="take")
        assert "before" in (await refused(three.eli, take_step(three.eli.author, opened, word="take"))).message

    async def test_what_is_withdrawn_is_over(self, three: Three) -> None:
        opened = await self._opened(three)
        await take_step(three.carl.author, opened, word="withdraw")
        await share(*three)
        error = await refused(three.dana, take_step(three.dana.author, opened, word="reply", text="No."))
        assert error.message == "the dispute is withdrawn"

    async def test_whom_an_endorsement_speaks_of_disputes_it(self, three: Three) -> None:
        word = await endorse(three.carl.author, identity_text(three.dana.who.id), "Slow.")
        await share(*three)
        text = record_text(word.record.id)
        assert (await refused(three.eli, open_dispute(three.eli.author, text, "Not so."))).rule == "DSP-1"
        opened = await open_dispute(three.dana.author, text, "Not so.")
        await share(*three)
        await take_step(three.carl.author, record_text(opened.record.id), word="reply", text="It was.")
        await share(*three)
        found = await dispute(three.eli.view, opened.record.id)
        assert (found["status"], found["about"], found["engagement"], found["resolver"]) == (
            "replied",
            text,
            None,
            None,
        )
        assert word.record.id in await kept(three, "dana")

    async def _opened(self, three: Three) -> str:
        published = await open_dispute(three.carl.author, await engaged(three), "Late.")
        await share(*three)
        return record_text(published.record.id)


@dataclass(frozen=True)
class Said:
    """What was said under an engagement that was worked through."""

    document: str
    by_dana: set[bytes]
    by_carl: set[bytes]
    by_eli: set[bytes]


async def _worked(three: Three) -> Said:
    """Let a milestone be accepted by word and another by silence, money come, and one side dispute and close."""
    document = await engaged(three)
    first = record_id(await delivered(three, document))
    review = (await answer_delivery(three.carl.author, record_text(first))).record.id
    second = record_id(await delivered(three, document, milestone=1))
    receipt = (await confirm_seen(three.eli.author, [record_text(second)])).record.id
    money = (await confirm_received(three.dana.author, document, 0)).record.id
    opened = (await open_dispute(three.carl.author, document, "Late.")).record.id
    three.carl.clock.advance_days(6)
    return Said(document, {first, second, money}, {review, opened}, {receipt})


class TestKeeping:
    async def test_a_party_keeps_what_acceptance_and_payment_rest_on(self, three: Three) -> None:
        said = await _worked(three)
        await settled(three)
        assert said.by_dana | said.by_eli <= await kept(three, "carl")
        assert said.by_carl | said.by_eli <= await kept(three, "dana")
        assert not said.by_carl & await kept(three, "eli")

    async def test_what_comes_is_kept_as_it_comes_and_once(self, three: Three) -> None:
        document = await engaged(three)
        automation = Automation(three.carl.author)
        await automation.look_at_everything()
        delivery = await delivered(three, document)
        for _ in range(2):
            await _notice(automation, three.carl, delivery)
        assert record_id(delivery) in await kept(three, "carl")
        exhibits = await three.carl.store.by_author(three.carl.who.id, "exhibit")
        assert len(exhibits) == len(await kept(three, "carl"))

    async def test_deliveries_that_were_rejected_before_are_not_kept(self, three: Three) -> None:
        document = await engaged(three)
        first = await delivered(three, document)
        await answer_delivery(three.carl.author, first, failed=[0])
        three.carl.clock.at_ms += 1000
        latest = await delivered(three, document)
        for exhibit in await three.carl.store.by_author(three.carl.who.id, "exhibit"):
            await three.carl.author.withdraw(exhibit)
        await settled(three)
        assert record_id(first) not in await kept(three, "carl")
        assert record_id(latest) in await kept(three, "carl")

    async def test_no_more_than_so_many_are_kept_for_one_engagement(self, three: Three) -> None:
        document = await engaged(three)
        for _ in range(KEPT_MAX + 2):
            await open_dispute(three.carl.author, document, "Late.")
        await settled(three)
        assert len(await kept(three, "dana")) <= KEPT_MAX

    async def test_a_settled_dispute_is_shown_as_such_once_both_have_signed(self, three: Three) -> None:
        document = await engaged(three)
        opened = record_text((await open_dispute(three.carl.author, document, "Late.")).record.id)
        await share(*three)
        settlement = await settle_dispute(three.dana.author, opened, "Half.")
        assert settlement.document is not None
        await share(*three)
        await sign_document(three.carl.author, document_text(settlement.document))
        await settled(three)
        [found] = (await shown(three, document))["disputes"]
        assert (found["status"], found["settlement"]) == ("settled", document_text(settlement.document))
        with pytest.raises(RefusedError, match="settled"):
            await settle_dispute(three.carl.author, opened, "More.")


async def _notice(automation: Automation, node: NodeParts, record: str) -> None:
    held = await node.store.record(record_id(record))
    assert held is not None
    await automation.look_at(Notice(put=(entry(held),)))

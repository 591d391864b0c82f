"""What agreeing on work refuses: one clear sentence, and nothing has changed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.engaged import (
    concluded,
    drafted,
    engaged,
    later,
    milestone_of,
    offer_of_work,
    settled,
    shown,
    terms_of,
)
from support.node_parts import share
from support.three_nodes import UNKNOWN_TEAM, Three, called, offered, placed, refused, three_nodes

from folkmoot.agreement import Party, Proposal
from folkmoot_node.acts.award import publish_award
from folkmoot_node.acts.closing import close_engagement
from folkmoot_node.acts.engagement import EngagementOffer, offer_engagement
from folkmoot_node.acts.signing import decline_document, sign_document
from folkmoot_node.errors import ConfigError, UnknownIdError
from folkmoot_node.views.naming import document_text, identity_text

STRANGER = identity_text(bytes(32))


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


class TestDrafts:
    @pytest.mark.parametrize(
        ("terms", "rule"),
        [
            ({"milestones": None}, "ENG-1"),
            ({"shares": [5000, 5000]}, "ENG-3"),
            ({"flow_down": [{"name": "a", "text": "x"}, {"name": "a", "text": "y"}]}, "ENG-5"),
        ],
    )
    async def test_terms_that_break_a_rule_are_not_published(
        self, three: Three, terms: dict[str, Any], rule: str
    ) -> None:
        offer = offer_of_work(three, terms=terms_of(three, **terms))
        assert (await refused(three.carl, offer_engagement(three.carl.author, offer))).rule == rule

    async def test_no_party_is_its_own_witness(self, three: Three) -> None:
        offer = offer_of_work(three, terms=terms_of(three, witnesses=[identity_text(three.dana.who.id)]))
        assert (await refused(three.carl, offer_engagement(three.carl.author, offer))).rule == "ENG-4"

    async def test_only_a_party_drafts(self, three: Three) -> None:
        error = await refused(three.eli, offer_engagement(three.eli.author, offer_of_work(three)))
        assert error.message == "you have no place in it"

    async def test_somebody_has_to_be_engaged(self, three: Three) -> None:
        offer = EngagementOffer(terms=terms_of(three))
        assert type(await refused(three.carl, offer_engagement(three.carl.author, offer))) is ConfigError

    @pytest.mark.parametrize(("where", "named"), [("witnesses", [STRANGER]), ("resolver", STRANGER)])
    async def test_nobody_unheard_of_is_named(self, three: Three, where: str, named: object) -> None:
        offer = offer_of_work(three, terms=terms_of(three, **{where: named}))
        error = await refused(three.carl, offer_engagement(three.carl.author, offer))
        assert (type(error), STRANGER in error.message) == (UnknownIdError, True)

    async def test_a_party_unheard_of_is_refused(self, three: Three) -> None:
        parties = [("client", identity_text(three.carl.who.id)), ("maker", STRANGER)]
        error = await refused(
            three.carl, offer_engagement(three.carl.author, offer_of_work(three, parties=parties))
        )
        assert type(error) is UnknownIdError

    @pytest.mark.parametrize("days", [-1, 0, 31])
    async def test_the_time_to_sign_is_ahead_and_within_thirty_days(self, three: Three, days: int) -> None:
        offer = offer_of_work(three, accept_by=later(three, days=days))
        assert (await refused(three.carl, offer_engagement(three.carl.author, offer))).rule == "DOC-5"

    async def test_terms_that_signatures_would_overfill_are_refused(self, three: Three) -> None:
        parties = [("client", identity_text(three.carl.who.id)), *[("m", identity_text(three.dana.who.id))] * 63]
        texts = dict.fromkeys(("change", "rights", "confidentiality"), "x" * 1000)
        offer = offer_of_work(three, parties=parties, terms=terms_of(three, **texts))
        assert "would not fit" in (await refused(three.carl, offer_engagement(three.carl.author, offer))).message

    async def test_a_bid_that_is_not_awarded_engages_nobody(self, three: Three) -> None:
        bid = await placed(three, await called(three))
        error = await refused(three.carl, offer_engagement(three.carl.author, EngagementOffer(award=bid)))
        assert error.message == "the bid is standing, not awarded"

    async def test_a_change_order_is_made_from_the_engagement_alone(self, three: Three) -> None:
        offer = EngagementOffer(award=UNKNOWN_TEAM, changes=UNKNOWN_TEAM)
        assert type(await refused(three.carl, offer_engagement(three.carl.author, offer))) is ConfigError


class TestAwards:
    async def test_what_an_award_suggests_holds_unless_something_else_is_said(self, three: Three) -> None:
        bid = await placed(three, await called(three))
        await publish_award(three.carl.author, bid)
        await share(*three)
        terms = {"pay_days": 7, "opportunity": None}
        published = await offer_engagement(three.dana.author, EngagementOffer(award=bid, terms=terms))
        await share(*three)
        assert published.document is not None
        found = await shown(three, document_text(published.document))
        assert found["title"] == "A guide"
        assert [(party["capacity"], party["name"]) for party in found["parties"]] == [
            ("client", "Carl"),
            ("maker", "Dana"),
        ]
        assert [item["amount_minor"] for item in found["milestones"]] == [900_00]
        assert (found["terms"]["pay_days"], found["terms"]["bid"]) == (7, bid)
        assert "opportunity" not in found["terms"]

    async def test_a_price_by_the_day_suggests_no_total(self, three: Three) -> None:
        call = await called(three)
        bid = await placed(three, call, price={"amount_minor": 650_00, "currency": "EUR", "unit": "day"})
        await publish_award(three.carl.author, bid)
        published = await offer_engagement(three.carl.author, EngagementOffer(award=bid))
        assert any("No milestone is worth anything" in note for note in published.notes)


class TestSignatures:
    async def test_only_parties_sign_and_once(self, three: Three) -> None:
        document = await drafted(three)
        assert (await refused(three.eli, sign_document(three.eli.author, document))).rule == "COS-4"
        assert "already" in (await refused(three.carl, sign_document(three.carl.author, document))).message

    async def test_after_its_time_it_is_not_signed(self, three: Three) -> None:
        document = await drafted(three)
        three.carl.clock.advance_days(8)
        assert (await refused(three.dana, sign_document(three.dana.author, document))).rule == "COS-3"

    async def test_what_somebody_declined_is_not_signed(self, three: Three) -> None:
        parties = [
            (name, identity_text(getattr(three, who).who.id))
            for name, who in (("client", "carl"), ("a", "dana"), ("b", "eli"))
        ]
        offer = offer_of_work(three, parties=parties, terms=terms_of(three, witnesses=None, resolver=None))
        published = await offer_engagement(three.carl.author, offer)
        assert published.document is not None
        document = document_text(published.document)
        await share(*three)
        await decline_document(three.eli.author, document, reason="timing")
        await share(*three)
        assert "Eli has declined" in (await refused(three.dana, sign_document(three.dana.author, document))).message
        assert (
            "before"
            in (await refused(three.eli, decline_document(three.eli.author, document, reason="fit"))).message
        )

    async def test_a_signature_is_taken_back_until_all_have_signed(self, three: Three) -> None:
        document = await drafted(three)
        three.carl.clock.at_ms += 1000
        taken_back = await decline_document(three.carl.author, document, reason="terms")
        assert "taken back" in taken_back.notes[0]
        await settled(three)
        assert (await shown(three, document))["status"] == "declined"

    async def test_what_all_have_signed_is_not_declined(self, three: Three) -> None:
        document = await engaged(three)
        error = await refused(three.dana, decline_document(three.dana.author, document, reason="terms"))
        assert "binds" in error.message

    async def test_a_team_offer_is_no_engagement(self, three: Three) -> None:
        team = await offered(three)
        assert type(await refused(three.eli, sign_document(three.eli.author, team))) is ConfigError

    async def test_an_unknown_document_is_not_signed(self, three: Three) -> None:
        assert type(await refused(three.eli, sign_document(three.eli.author, UNKNOWN_TEAM))) is UnknownIdError

    async def test_terms_that_cannot_be_shown_are_not_signed(self, three: Three) -> None:
        carl, dana = three.carl, three.dana
        proposal = Proposal(
            type="barter",
            drafter=carl.who.id,
            drafted=carl.clock.now_ms(),
            accept_by=later(three, days=1),
            parties=(Party("client", carl.who.id), Party("maker", dana.who.id)),
            terms={"goods": "Apples."},
        )
        document = carl.author.draft(proposal)
        await carl.author.publish("draft", {"document": document.data})
        await share(*three)
        error = await refused(dana, sign_document(dana.author, document_text(document.id)))
        assert "cannot show you: type" in error.message


class TestChanges:
    async def test_the_replaced_wording_is_not_signed(self, three: Three) -> None:
        document = await drafted(three)
        three.carl.clock.at_ms += 1000
        newer = await offer_engagement(three.carl.author, EngagementOffer(changes=document, terms={"pay_days": 14}))
        await share(*three)
        assert newer.document is not None
        error = await refused(three.dana, sign_document(three.dana.author, document))
        assert (error.rule, document_text(newer.document) in error.advice) == ("TEA-3", True)

    async def test_of_two_changes_only_one_is_signed(self, three: Three) -> None:
        document = await engaged(three)
        rivals = []
        for node, days in ((three.carl, 14), (three.dana, 60)):
            made = await offer_engagement(node.author, EngagementOffer(changes=document, terms={"pay_days": days}))
            assert made.document is not None
            rivals.append(document_text(made.document))
        await share(*three)
        await concluded(three, rivals[0])
        error = await refused(three.carl, sign_document(three.carl.author, rivals[1]))
        assert "all have signed another change" in error.message
        again = await refused(
            three.carl,
            offer_engagement(three.carl.author, EngagementOffer(changes=document, terms={"pay_days": 7})),
        )
        assert rivals[0] in again.advice

    async def test_only_a_party_proposes_a_change(self, three: Three) -> None:
        document = await engaged(three)
        act = offer_engagement(three.eli.author, EngagementOffer(changes=document))
        assert "you are no party" in (await refused(three.eli, act)).message


class TestClosings:
    async def test_only_what_is_in_force_is_closed_and_by_a_party(self, three: Three) -> None:
        document = await drafted(three)
        error = await refused(three.carl, close_engagement(three.carl.author, document, way="completed"))
        assert "offered" in error.message
        await concluded(three, document)
        assert (
            "no party"
            in (await refused(three.eli, close_engagement(three.eli.author, document, way="cause"))).message
        )

    async def test_nobody_alone_says_that_all_agree(self, three: Three) -> None:
        document = await engaged(three)
        act = close_engagement(three.carl.author, document, way="mutual", alone=True)
        assert type(await refused(three.carl, act)) is ConfigError

    async def test_what_one_side_says_alone_is_shown_as_such_and_said_once(self, three: Three) -> None:
        document = await engaged(three)
        await close_engagement(three.carl.author, document, way="completed", alone=True)
        await settled(three)
        found = await shown(three, document)
        assert found["status"] == "closed"
        assert [(item["way"], item["by_names"], item["is_one_sided"]) for item in found["endings"]] == [
            ("completed", ["Carl"], True)
        ]
        error = await refused(
            three.carl, close_engagement(three.carl.author, document, way="completed", alone=True)
        )
        assert "said so before" in error.message

    async def test_what_all_agree_on_goes_before_what_one_side_says(self, three: Three) -> None:
        document = await engaged(three, milestones=[milestone_of(three)])
        await close_engagement(three.carl.author, document, way="cause")
        await share(*three)
        closing = await close_engagement(three.dana.author, document, way="mutual")
        assert closing.document is not None
        await share(*three)
        await sign_document(three.carl.author, document_text(closing.document))
        await settled(three)
        found = await shown(three, document)
        assert [(item["way"], item["is_one_sided"]) for item in found["endings"]] == [
            ("mutual", False),
            ("cause", True),
        ]
        change = EngagementOffer(changes=document, terms={"pay_days": 7})
        assert "over" in (await refused(three.carl, offer_engagement(three.carl.author, change))).message

"""Routes about engagements: agreed on, worked under, paid, closed and disputed."""

from typing import Annotated

from fastapi import APIRouter, Query

from folkmoot_node.acts import closing, delivery, dispute, engagement, payment, signing
from folkmoot_node.api import engagement_models as models
from folkmoot_node.api.answers import PublishedShape, published_json
from folkmoot_node.api.parts import IdText, Parts
from folkmoot_node.views import disputes, documents, engagements
from folkmoot_node.views.engagement_shapes import (
    DisputeShape,
    DocumentShape,
    EngagementList,
    EngagementShape,
    SuggestionShape,
)
from folkmoot_node.views.naming import document_id, record_id

router = APIRouter(tags=["engagements"])

Wanted = Annotated[str | None, Query(max_length=100)]


@router.post("/engagements")
async def offer_engagement(parts: Parts, fields: models.Engagement) -> PublishedShape:
    """Draft an engagement or a change order; the owner's own places are signed at once."""
    offer = engagement.EngagementOffer(
        award=fields.award,
        changes=fields.changes,
        parties=[(party.capacity, party.identity) for party in fields.parties],
        terms=fields.terms.model_dump(exclude_unset=True) if fields.terms is not None else {},
        accept_by=fields.accept_by,
    )
    return published_json(await engagement.offer_engagement(parts.author, offer))


@router.get("/engagements")
async def list_engagements(parts: Parts, *, mine: bool = False) -> EngagementList:
    """List engagements, newest first."""
    return await engagements.engagements(parts.view, mine=mine)


@router.get("/engagements/suggested")
async def suggested_engagement(parts: Parts, *, award: Wanted = None, changes: Wanted = None) -> SuggestionShape:
    """Tell with which parties and terms an engagement or a change order could begin; nothing is published."""
    suggestion = await engagement.suggested(parts.author, award, changes)
    return engagements.suggestion_json(suggestion.engaging)


@router.get("/engagements/{document}")
async def show_engagement(parts: Parts, document: IdText) -> EngagementShape:
    """Tell where an engagement stands, with its milestones, payments, endings and disputes."""
    return await engagements.engagement(parts.view, document_id(document))


@router.post("/engagements/{document}/deliveries")
async def deliver(parts: Parts, document: IdText, fields: models.Delivery) -> PublishedShape:
    """Deliver a milestone by the digests of its files."""
    files = [item.model_dump() for item in fields.files]
    return published_json(await delivery.deliver(parts.author, document, fields.milestone, files, note=fields.note))


@router.post("/engagements/{document}/payments/sent")
async def claim_sent(parts: Parts, document: IdText, fields: models.SentPayment) -> PublishedShape:
    """Say as the client that money was sent."""
    published = await payment.claim_sent(
        parts.author, document, fields.milestone, money=_money(fields), payee=fields.payee, note=fields.note
    )
    return published_json(published)


@router.post("/engagements/{document}/payments/received")
async def confirm_received(parts: Parts, document: IdText, fields: models.Payment) -> PublishedShape:
    """Confirm as a payee that money came."""
    published = await payment.confirm_received(
        parts.author, document, fields.milestone, money=_money(fields), note=fields.note
    )
    return published_json(published)


def _money(fields: models.Payment) -> payment.Money | None:
    if fields.amount_minor is None or fields.currency is None:
        return None
    return payment.Money(fields.amount_minor, fields.currency)


@router.post("/engagements/{document}/close")
async def close_engagement(parts: Parts, document: IdText, fields: models.Ending) -> PublishedShape:
    """End an engagement, together or alone."""
    published = await closing.close_engagement(
        parts.author, document, way=fields.way, alone=fields.alone, note=fields.note
    )
    return published_json(published)


@router.get("/documents/{document}")
async def show_document(parts: Parts, document: IdText) -> DocumentShape:
    """Tell what a document of any type says, and who has signed it."""
    return await documents.document(parts.view, document_id(document))


@router.post("/documents/{document}/sign")
async def sign_document(parts: Parts, document: IdText) -> PublishedShape:
    """Sign an engagement, a change order, a closing or a settlement in every place of the owner's."""
    return published_json(await signing.sign_document(parts.author, document))


@router.post("/documents/{document}/decline")
async def decline_document(parts: Parts, document: IdText, fields: models.Refusal) -> PublishedShape:
    """Say no to such a document, or take the owner's signature back while not everybody has signed."""
    published = await signing.decline_document(parts.author, document, reason=fields.reason, note=fields.note)
    return published_json(published)


@router.post("/deliveries/{record}/answer")
async def answer_delivery(parts: Parts, record: IdText, fields: models.Answer) -> PublishedShape:
    """Accept a delivery as the client, or reject it for the criteria that it failed."""
    published = await delivery.answer_delivery(parts.author, record, failed=fields.failed, note=fields.note)
    return published_json(published)


@router.post("/receipts")
async def confirm_seen(parts: Parts, fields: models.Receipt) -> PublishedShape:
    """Confirm that the owner has seen records."""
    return published_json(await delivery.confirm_seen(parts.author, fields.of))


@router.post("/disputes")
async def open_dispute(parts: Parts, fields: models.Dispute) -> PublishedShape:
    """Dispute what is under an engagement of the owner's, or what somebody says of them."""
    published = await dispute.open_dispute(
        parts.author, fields.about, fields.text, milestone=fields.milestone, asks=fields.asks
    )
    return published_json(published)


@router.get("/disputes/{record}")
async def show_dispute(parts: Parts, record: IdText) -> DisputeShape:
    """Tell how far a dispute has come."""
    return await disputes.dispute(parts.view, record_id(record))


@router.post("/disputes/{record}/steps")
async def take_step(parts: Parts, record: IdText, fields: models.Step) -> PublishedShape:
    """Reply to a dispute, withdraw it, or take it as its resolver."""
    return published_json(await dispute.take_step(parts.author, record, word=fields.step, text=fields.text))


@router.post("/disputes/{record}/finding")
async def find_on_dispute(parts: Parts, record: IdText, fields: models.Finding) -> PublishedShape:
    """Say as its resolver what one finds on a dispute."""
    published = await dispute.take_step(
        parts.author, record, word="finding", text=fields.text, reason=fields.reason
    )
    return published_json(published)


@router.post("/disputes/{record}/settlement")
async def settle_dispute(parts: Parts, record: IdText, fields: models.Settlement) -> PublishedShape:
    """Draft a settlement for every side to sign; the owner's own place is signed at once."""
    return published_json(await dispute.settle_dispute(parts.author, record, fields.text))

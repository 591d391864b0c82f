"""Routes about what is said around bids, about coming into teams and out of them, and about chains of work."""

from fastapi import APIRouter

from folkmoot_node.acts import counter, membership, opportunity, question, sealed_bid, seat
from folkmoot_node.api import models, tender_models
from folkmoot_node.api.answers import PublishedShape, published_json
from folkmoot_node.api.parts import IdText, Parts
from folkmoot_node.views import trees
from folkmoot_node.views.work_shapes import TreeShape

router = APIRouter(tags=["work"])


@router.post("/opportunities/{record}/revise")
async def revise_opportunity(parts: Parts, record: IdText, fields: tender_models.Revision) -> PublishedShape:
    """Publish a new version of one of the owner's calls for proposals."""
    given = fields.model_dump(exclude_none=True)
    return published_json(await opportunity.revise_opportunity(parts.author, record, given))


@router.post("/opportunities/{record}/questions")
async def ask(parts: Parts, record: IdText, fields: tender_models.Question) -> PublishedShape:
    """Ask the client of an opportunity something, in public."""
    return published_json(await question.ask(parts.author, record, fields.text))


@router.post("/opportunities/{record}/clarifications")
async def clarify(parts: Parts, record: IdText, fields: tender_models.Clarification) -> PublishedShape:
    """Say more about one of the owner's opportunities, to all bidders."""
    published = await question.clarify(parts.author, record, fields.text, question=fields.question)
    return published_json(published)


@router.post("/opportunities/{record}/bid-list")
async def list_bids(parts: Parts, record: IdText) -> PublishedShape:
    """List the sealed bids on one of the owner's opportunities, so that their bidders open them."""
    return published_json(await sealed_bid.list_bids(parts.author, record))


@router.post("/bids/{record}/counter")
async def counter_bid(parts: Parts, record: IdText, fields: tender_models.BidCounter) -> PublishedShape:
    """Tell a bidder what the owner would rather have."""
    price = fields.price.model_dump() if fields.price else None
    return published_json(await counter.counter_bid(parts.author, record, text=fields.text, price=price))


@router.post("/teams/{document}/counter")
async def counter_team(parts: Parts, document: IdText, fields: tender_models.TeamCounter) -> PublishedShape:
    """Tell the parties of a team offer what the owner would rather have."""
    published = await counter.counter_document(
        parts.author, document, text=fields.text, seat=fields.seat, share=fields.share
    )
    return published_json(published)


@router.post("/teams/{document}/applications")
async def apply_for_seat(parts: Parts, document: IdText, fields: tender_models.Application) -> PublishedShape:
    """Apply for an open seat of a team offer."""
    published = await membership.apply_for_seat(
        parts.author, document, seat=fields.seat, text=fields.text, share=fields.share
    )
    return published_json(published)


@router.post("/teams/{document}/withdraw")
async def withdraw_seat(parts: Parts, document: IdText, fields: models.Declining) -> PublishedShape:
    """Take back the owner's yes to a team offer, before everybody has signed."""
    return published_json(await seat.withdraw_seat(parts.author, document, reason=fields.reason, note=fields.note))


@router.post("/teams/{document}/leave")
async def leave_team(parts: Parts, document: IdText, fields: tender_models.Leaving) -> PublishedShape:
    """Leave a team that has formed."""
    published = await membership.leave_team(parts.author, document, reason=fields.reason, note=fields.note)
    return published_json(published)


@router.get("/trees/{asked}")
async def show_tree(parts: Parts, asked: IdText) -> TreeShape:
    """Show the chain of opportunities that an opportunity, a bid or a team is part of."""
    return await trees.tree(parts.view, asked)

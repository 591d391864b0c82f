"""Routes about work and who does it together: opportunities, teams, bids, awards."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from folkmoot.limits import INTEGER_MAX
from folkmoot_node.acts import award, bid, opportunity, seat, team
from folkmoot_node.api import models
from folkmoot_node.api.answers import ImportedShape, PublishedShape, imported_json, published_json
from folkmoot_node.api.parts import DryRun, IdText, Limit, Parts
from folkmoot_node.views import opportunities, teams
from folkmoot_node.views.naming import document_id, record_id
from folkmoot_node.views.shapes import OpportunityList, TeamList
from folkmoot_node.views.work_shapes import OpportunityShape, TeamShape

router = APIRouter(tags=["work"])


@router.post("/opportunities")
async def publish_opportunity(parts: Parts, fields: models.Opportunity) -> PublishedShape:
    """Call for proposals."""
    given = fields.model_dump(exclude={"space"}, exclude_none=True)
    return published_json(await opportunity.publish_opportunity(parts.author, given, space=fields.space))


@router.post("/opportunities/import")
async def import_opportunity(
    parts: Parts,
    request: Request,
    *,
    closes_ms: Annotated[int | None, Query(ge=0, le=INTEGER_MAX, description="When bids close.")] = None,
    roles: Annotated[list[str] | None, Query(max_length=16, description="`title:seats:skill,skill`")] = None,
    dry_run: DryRun = False,
) -> ImportedShape:
    """Call for proposals with a schema.org JobPosting, which is the body of the request."""
    imported = await opportunity.import_posting(
        parts.author, await request.body(), closes_ms=closes_ms, roles=roles or (), dry_run=dry_run
    )
    return imported_json(imported)


@router.get("/opportunities")
async def list_opportunities(
    parts: Parts, *, status: Literal["open", "all"] = "open", mine: bool = False, limit: Limit = 50
) -> OpportunityList:
    """List opportunities: open ones by the moment bids close, or all newest first."""
    return await opportunities.opportunities(parts.view, status=status, mine=mine, limit=limit)


@router.get("/opportunities/{record}")
async def show_opportunity(parts: Parts, record: IdText) -> OpportunityShape:
    """Tell where an opportunity stands, with every bid on it."""
    return await opportunities.opportunity(parts.view, record_id(record))


@router.post("/opportunities/{record}/close")
async def close_opportunity(parts: Parts, record: IdText, fields: models.Closing) -> PublishedShape:
    """Withdraw one of the owner's calls for proposals."""
    published = await opportunity.close_opportunity(parts.author, record, reason=fields.reason, note=fields.note)
    return published_json(published)


@router.post("/teams")
async def offer_team(parts: Parts, fields: models.Team) -> PublishedShape:
    """Offer a team; the owner's own seats are signed at once."""
    seats = [team.SeatOffer(**item.model_dump()) for item in fields.seats]
    offer = team.TeamOffer(
        **fields.model_dump(exclude={"seats", "scoping", "filled_by"}),
        seats=seats,
        scoping={item.place: item.share for item in fields.scoping},
        filled_by=[(item.seat, item.opportunity) for item in fields.filled_by],
    )
    return published_json(await team.offer_team(parts.author, offer))


@router.get("/teams")
async def list_teams(parts: Parts, *, mine: bool = False) -> TeamList:
    """List team offers, newest first."""
    return await teams.teams(parts.view, mine=mine)


@router.get("/teams/{document}")
async def show_team(parts: Parts, document: IdText) -> TeamShape:
    """Tell where a team offer stands."""
    return await teams.team(parts.view, document_id(document))


@router.post("/teams/{document}/accept")
async def accept_seat(parts: Parts, document: IdText, fields: models.Acceptance | None = None) -> PublishedShape:
    """Sign the owner's seat of a team offer."""
    place = fields.seat if fields is not None else None
    return published_json(await seat.accept_seat(parts.author, document, seat=place))


@router.post("/teams/{document}/decline")
async def decline_seat(parts: Parts, document: IdText, fields: models.Declining) -> PublishedShape:
    """Say no to a team offer."""
    return published_json(await seat.decline_seat(parts.author, document, reason=fields.reason, note=fields.note))


@router.post("/bids")
async def publish_bid(parts: Parts, fields: models.Bid) -> PublishedShape:
    """Bid on an opportunity, alone or for a team."""
    return published_json(await bid.publish_bid(parts.author, bid.Offer(**fields.model_dump())))


@router.delete("/bids/{record}")
async def withdraw_bid(parts: Parts, record: IdText) -> PublishedShape:
    """Take back one of the owner's bids."""
    return published_json(await bid.withdraw_bid(parts.author, record))


@router.post("/awards")
async def publish_award(parts: Parts, fields: models.Award) -> PublishedShape:
    """Award one of the owner's opportunities to a bid."""
    return published_json(await award.publish_award(parts.author, fields.bid, note=fields.note))


@router.post("/declines")
async def publish_decline(parts: Parts, fields: models.BidDecline) -> PublishedShape:
    """Tell a bidder that their bid is not taken."""
    published = await award.publish_decline(parts.author, fields.bid, reason=fields.reason, note=fields.note)
    return published_json(published)

"""Offering a team: a document with a seat for everybody, which forms the team once all have signed it."""

from collections.abc import Sequence
from dataclasses import dataclass

from folkmoot.agreement import Party, Proposal
from folkmoot.documents import TEAM
from folkmoot.limits import SHARES_TOTAL
from folkmoot.record import Record
from folkmoot.rules import COMMONS
from folkmoot.state.team import Team, TeamStatus
from folkmoot_node.acts.drafts import last_moment, publish_draft
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, document_text, identity_id, record_id
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Viewpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatOffer:
    """One seat: its role, for whom it is (in text; nobody yet when left out), its share in basis points."""

    role: str
    identity: str | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamOffer:
    """What a team is to agree on; ids in text.

    Attributes:
        name: What the team calls itself.
        purpose: What it is for.
        seats: Who does what.
        lead: The seat of who bids for the team; the drafter's own when left out.
        opportunity: What the team forms for, if it is one opportunity.
        accept_by: The last moment in ms to sign; seven days from now when left out.
        replaces: The offer that this one is to replace.
        decide: How the team decides.
        exit: What happens when somebody leaves.
        replace: How somebody who left is replaced.
    """

    name: str
    purpose: str
    seats: Sequence[SeatOffer]
    lead: int | None = None
    opportunity: str | None = None
    accept_by: int | None = None
    replaces: str | None = None
    decide: str = ""
    exit: str = ""
    replace: str = ""


@in_turn
async def offer_team(author: Author, offer: TeamOffer) -> Published:
    """Draft a team offer, publish it, and sign the drafter's own seats.

    Raises:
        UnknownIdError: An id is mistyped, or what it names is not known here.
        ConfigError: An id names the wrong sort of thing, the lead is no seat, or the moment to accept is past.
        RefusedError: The moment to accept is too far, or the terms break a rule.
    """
    view = Viewpoint.of(author)
    replaced = await _replaced(author, view, offer.replaces) if offer.replaces else None
    opportunity: Record | None = None
    if offer.opportunity:
        _scene, state = await standing_opportunity(view, record_id(offer.opportunity))
        opportunity = state.latest
    await _refuse_strangers(author, offer.seats)
    document = author.draft(_proposal(author, offer, replaced, opportunity))
    record = await publish_draft(author, document, opportunity.space if opportunity else COMMONS)
    notes = await exhibited(author, opportunity) if opportunity else ()
    if document.is_open:
        notes += ("a seat is open, so nothing can form yet: offer the team again once you know who takes it",)
    return Published(record, document.id, notes)


async def _refuse_strangers(author: Author, seats: Sequence[SeatOffer]) -> None:
    for seat in seats:
        if seat.identity and not await author.store.operations_of(identity_id(seat.identity)):
            raise UnknownIdError(
                f"nobody with the id {seat.identity} is known here, for the seat {seat.role}", advice=SYNC_ADVICE
            )


def _proposal(author: Author, offer: TeamOffer, replaced: Team | None, opportunity: Record | None) -> Proposal:
    parties = tuple(
        Party(seat.role.strip(), identity_id(seat.identity) if seat.identity else None) for seat in offer.seats
    )
    own = [place for place, party in enumerate(parties) if party.identity == author.identity]
    lead = offer.lead if offer.lead is not None else next(iter(own), 0)
    if not 0 <= lead < len(parties):
        raise ConfigError(f"the lead is no seat: there are seats 0 to {len(parties) - 1}", rule="TEA-2")
    terms = filled(
        name=offer.name,
        purpose=offer.purpose,
        opportunity=opportunity.id if opportunity else None,
        shares=_shares(offer.seats),
        decide=offer.decide,
        exit=offer.exit,
        replace=offer.replace,
    )
    return Proposal(
        type=TEAM,
        drafter=author.identity,
        drafted=author.clock.now_ms(),
        accept_by=last_moment(author, offer.accept_by),
        parties=parties,
        terms={**terms, "lead": lead},
        prev=replaced.id if replaced else None,
    )


def _shares(seats: Sequence[SeatOffer]) -> list[int]:
    shares = [seat.share for seat in seats if seat.share is not None]
    if shares and len(shares) != len(seats):
        raise RefusedError("either every seat has a share or none has", rule="TEA-2")
    if shares and sum(shares) != SHARES_TOTAL:
        raise RefusedError(
            f"the shares add up to {sum(shares) / 100:g} %, not to 100 %",
            advice="Give shares in hundredths of a per cent that add up to 10000.",
            rule="TEA-2",
        )
    return shares


async def _replaced(author: Author, view: Viewpoint, replaces: str) -> Team:
    """Find the offer that a new one is to replace."""
    scene = await view.around(document_id(replaces))
    team = found_team(scene, document_id(replaces))
    if team.superseded_by is not None:
        raise RefusedError(
            "that offer was replaced already", advice=f"Replace {document_text(team.superseded_by)} instead."
        )
    is_member = team.status is TeamStatus.FORMED and author.identity in team.members
    if team.document.drafter != author.identity and not is_member:
        raise RefusedError(
            f"that offer is {scene.name(team.document.drafter)}'s to replace, until it has formed with you in it"
        )
    return team

"""Offering a team: a document with a seat for everybody, which forms the team once all have signed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from folkmoot.agreement import Party, Proposal
from folkmoot.canonical import Value
from folkmoot.documents import TEAM
from folkmoot.kinds.work import read_opportunity
from folkmoot.limits import SHARES_TOTAL
from folkmoot.record import Record
from folkmoot.rules import COMMONS
from folkmoot.state.recursion import broken_rule
from folkmoot.state.team import SeatStatus, Team, TeamStatus
from folkmoot_node.acts.drafts import last_moment, publish_draft
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, document_text, identity_id, record_id
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Scene, Viewpoint


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
        scoping: Credit in basis points for those who scoped the work, by seat.
        filled_by: The opportunities by which seats are filled, each with the name of its seat.
        pattern: The way of working that the team chooses.
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
    scoping: Mapping[int, int] = field(default_factory=dict)
    filled_by: Sequence[tuple[str, str]] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What the terms name beside people, found."""

    opportunity: Record | None
    filled_by: Sequence[tuple[str, Record]]
    pattern: Record | None

    @property
    def records(self) -> list[Record]:
        found = [self.opportunity, self.pattern, *(record for _seat, record in self.filled_by)]
        return [record for record in found if record is not None]


@in_turn
async def offer_team(author: Author, offer: TeamOffer) -> Published:
    """Draft a team offer, publish it, and sign the drafter's own seats.

    Raises:
        UnknownIdError: An id is mistyped, or what it names is not known here.
        ConfigError: An id names the wrong sort of thing, the lead is no seat, or the moment to accept is past.
        RefusedError: The moment to accept is too far, or the terms break a rule.
    """
    view = Viewpoint.of(author)
    replaced = await _replaced(author, view, offer) if offer.replaces else None
    opportunity: Record | None = None
    if offer.opportunity:
        _scene, state = await standing_opportunity(view, record_id(offer.opportunity))
        opportunity = state.latest
    named = _Named(
        opportunity=opportunity,
        filled_by=[(seat, await _filling(view, offer, sub)) for seat, sub in offer.filled_by],
        pattern=await _found_pattern(view, offer.pattern) if offer.pattern else None,
    )
    await _refuse_strangers(author, offer.seats)
    document = author.draft(_proposal(author, offer, replaced, named))
    record = await publish_draft(author, document, opportunity.space if opportunity else COMMONS)
    notes: tuple[str, ...] = ()
    for item in named.records:
        notes += await exhibited(author, item)
    if document.is_open:
        notes += ("a seat is open, so nothing can form yet: offer the team again once you know who takes it",)
    return Published(record, document.id, notes)


async def _filling(view: Viewpoint, offer: TeamOffer, sub: str) -> Record:
    """Find an opportunity of a member's by which a seat is to be filled."""
    scene, state = await standing_opportunity(view, record_id(sub))
    rule = broken_rule(scene.evidence, state.latest)
    if read_opportunity(state.latest).parent is None or rule:
        raise RefusedError(f"{sub} hangs on no opportunity as it should", rule=rule or "SUB-1")
    members = {identity_id(seat.identity) for seat in offer.seats if seat.identity}
    if state.client not in members:
        raise RefusedError(
            f"{sub} is {scene.name(state.client)}'s, who has no seat in this offer",
            advice="Whoever calls for others below has to be a member of the team.",
            rule="SUB-5",
        )
    return state.latest


async def _found_pattern(view: Viewpoint, pattern: str) -> Record:
    found = await view.record(record_id(pattern))
    if found is None or found.is_tombstone:
        raise UnknownIdError(f"no pattern {pattern} is known here", advice=SYNC_ADVICE)
    if found.kind != "pattern":
        raise RefusedError(f"{pattern} is a record of kind {found.kind}, not a pattern")
    return found


async def _refuse_strangers(author: Author, seats: Sequence[SeatOffer]) -> None:
    for seat in seats:
        if seat.identity and not await author.store.operations_of(identity_id(seat.identity)):
            raise UnknownIdError(
                f"nobody with the id {seat.identity} is known here, for the seat {seat.role}", advice=SYNC_ADVICE
            )


def _proposal(author: Author, offer: TeamOffer, replaced: Team | None, named: _Named) -> Proposal:
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
        opportunity=named.opportunity.id if named.opportunity else None,
        pattern=named.pattern.id if named.pattern else None,
        filled_by=[{"seat": seat, "opportunity": record.id} for seat, record in named.filled_by],
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
        terms={**terms, **_credit(offer), "lead": lead},
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


def _credit(offer: TeamOffer) -> dict[str, Value]:
    credit: list[Value] = [{"party": place, "share": share} for place, share in sorted(offer.scoping.items())]
    return {"scoping": credit} if credit else {}


async def _replaced(author: Author, view: Viewpoint, offer: TeamOffer) -> Team:
    """Find the document that a new one is to replace."""
    wanted = document_id(offer.replaces or "")
    scene = await view.around(wanted)
    team = found_team(scene, wanted)
    if team.superseded_by is not None:
        raise RefusedError(
            "that offer was replaced already", advice=f"Replace {document_text(team.superseded_by)} instead."
        )
    is_member = team.status is TeamStatus.FORMED and author.identity in team.members
    if team.document.drafter != author.identity and not is_member:
        raise RefusedError(
            f"that offer is {scene.name(team.document.drafter)}'s to replace, until it has formed with you in it"
        )
    if team.is_complete:
        _refuse_left_out(scene, team, offer)
    return team


def _refuse_left_out(scene: Scene, team: Team, offer: TeamOffer) -> None:
    """Refuse what could never take a formed team's place: only who has left it can be left out."""
    named = {identity_id(seat.identity) for seat in offer.seats if seat.identity}
    for seat in team.seats:
        if seat.identity is not None and seat.status is not SeatStatus.LEFT and seat.identity not in named:
            raise RefusedError(
                f"{scene.name(seat.identity)} is a member of the team that has formed and has not left it",
                advice="Name them too, or wait until they leave with `folkmoot team leave`.",
            )

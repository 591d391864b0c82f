"""Answering a call for proposals, alone or as a team, and taking the answer back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from folkmoot.ids import DocumentId, RecordId
from folkmoot.kinds.work import read_opportunity
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.state.opportunity import (
    Bidding,
    BidStatus,
    OpportunityState,
    OpportunityStatus,
    broken_rule,
)
from folkmoot.state.team import Team
from folkmoot_node.acts.counter import adopted
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.sealed_bid import commit_to, give_up
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.views.naming import document_id, document_text, record_id, record_text
from folkmoot_node.views.opportunities import standing_bid, standing_opportunity
from folkmoot_node.views.teams import found_team, waiting_names
from folkmoot_node.views.tenders import commits, is_sealed
from folkmoot_node.views.viewpoint import Scene, Viewpoint

VALID_DAYS = 30
"""Days for which a bid stands, unless another moment is given."""

CLARIFICATIONS_KEPT_MAX = 8
"""Clarifications of one opportunity, the first by id, of which a bidder keeps copies."""

_WHY_NOT_OPEN = {
    OpportunityStatus.CLOSED_TO_BIDS: ("bids on this opportunity are closed", "BID-2"),
    OpportunityStatus.LAPSED: ("this opportunity has lapsed: its client let the moment to decide pass", "BID-2"),
    OpportunityStatus.AWARDED: ("this opportunity has been awarded", ""),
    OpportunityStatus.CONTESTED: ("this opportunity has been awarded twice, and neither counts", "STA-2"),
    OpportunityStatus.WITHDRAWN: ("this opportunity was withdrawn by its client", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a bid offers; ids in text.

    Attributes:
        opportunity: What it answers.
        price: Amount in minor units, currency and unit.
        plan: How the work is to be done.
        valid_until: In ms; 30 days from now when left out.
        team: The team that bids, if it is not the author alone.
        allocations: How the price is divided among the team's seats.
        assumptions: What the price rests on.
        adopts: The client's counter to an earlier bid, which this one takes the place of.
    """

    opportunity: str
    price: Mapping[str, object]
    plan: str
    valid_until: int | None = None
    team: str | None = None
    allocations: Sequence[Mapping[str, int]] = ()
    assumptions: str = ""
    adopts: str | None = None


@in_turn
async def publish_bid(author: Author, offer: Offer) -> Published:
    """Bid on an opportunity, in the open or under seal as it asks, and keep a copy of what is bid on.

    Raises:
        UnknownIdError: The opportunity or the team is not known here, or an id is mistyped.
        ConfigError: An id names something else, or the bid would be over before it is made.
        RefusedError: The opportunity takes no bid of the author's, or the team has not formed.
    """
    view = Viewpoint.of(author)
    now_ms = author.clock.now_ms()
    opportunity_id = record_id(offer.opportunity)
    team_id = document_id(offer.team) if offer.team else None
    scene, state = await standing_opportunity(view, opportunity_id, *([team_id] if team_id else []))
    bidding = Bidding(author.identity, now_ms, state.latest.space, team_id)
    rule = broken_rule(scene.evidence, bidding, state.latest)
    counter = await adopted(author, view, state, offer.adopts, offer.price) if offer.adopts else None
    _refuse_unwanted(state, rule)
    _refuse_repeated(author, scene, state, bidding, counter)
    if team_id is not None:
        _refuse_unfit_team(scene, found_team(scene, team_id), offer, rule)
    elif offer.allocations:
        raise RefusedError("only a team's bid can be divided among seats", advice="Name the team, or leave it out.")
    valid_until = offer.valid_until if offer.valid_until is not None else now_ms + VALID_DAYS * DAY_MS
    if valid_until <= now_ms:
        raise ConfigError("the bid would be over before it is made", advice="Let it stand until a later moment.")
    body = filled(
        opportunity=state.latest.id,
        price=offer.price,
        plan=offer.plan,
        valid_until=valid_until,
        team=team_id,
        allocations=list(offer.allocations),
        assumptions=offer.assumptions,
        counter=counter.id if counter else None,
    )
    if is_sealed(scene.evidence, state):
        return replace(await commit_to(author, body, state.latest), document=team_id)
    record = await author.publish("bid", body, space=bidding.space)
    notes = await _taken_back(author, scene, counter) if counter else ()
    for clarification in state.clarifications[:CLARIFICATIONS_KEPT_MAX]:
        notes += await exhibited(author, scene.evidence.counted[clarification])
    return Published(record, team_id, notes + await exhibited(author, state.latest))


@in_turn
async def withdraw_bid(author: Author, bid: str) -> Published:
    """Take back one's own bid, or never open one that is sealed.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is somebody else's, has been awarded, or was withdrawn before.
    """
    view = Viewpoint.of(author)
    record = await view.record(record_id(bid))
    if record is not None and record.kind == "bid-commit":
        return give_up(author, record)
    scene, state, found = await standing_bid(view, bid)
    if found.bidder != author.identity:
        raise RefusedError(f"that bid is {scene.name(found.bidder)}'s")
    if found.status is BidStatus.AWARDED:
        raise RefusedError(
            f"the bid has been awarded by {scene.name(state.client)}, so it binds",
            advice="Agree with the client on what is to happen.",
        )
    if found.status is BidStatus.WITHDRAWN:
        raise RefusedError("the bid was withdrawn before")
    return Published(await author.withdraw(found.record))


async def _taken_back(author: Author, scene: Scene, counter: Record) -> tuple[str, ...]:
    """Withdraw the bid that a counter answered, once the one that adopts it is published."""
    countered = scene.evidence.counted.get(RecordId(counter.targets("bid")[0]))
    if countered is None or countered.author != author.identity or not scene.evidence.is_live(countered):
        return ()
    await author.withdraw(countered)
    return (f"your bid before it, {record_text(countered.id)}, is withdrawn",)


def _refuse_unwanted(state: OpportunityState, rule: str) -> None:
    if rule == "BID-1":
        raise RefusedError("nobody bids on an opportunity of their own", rule=rule)
    if state.status is not OpportunityStatus.OPEN:
        why, named = _WHY_NOT_OPEN[state.status]
        raise RefusedError(why, advice="List the open ones with `folkmoot opportunity list`.", rule=named)


def _refuse_repeated(
    author: Author, scene: Scene, state: OpportunityState, bidding: Bidding, counter: Record | None
) -> None:
    """Refuse one bid more than the opportunity allows; where it says nothing, one for the author and each team."""
    bids_max = read_opportunity(state.latest).bids_max
    if is_sealed(scene.evidence, state):
        made = [commit for commit in commits(scene.evidence, state) if commit.author == bidding.bidder]
        alike = [commit for commit in made if _waits_for(author, commit, bidding.team)]
    else:
        answered = counter.targets("bid") if counter else ()
        own = [bid for bid in state.bids if bid.bidder == bidding.bidder and bid.status is BidStatus.STANDING]
        made = [bid.record for bid in own if bid.id not in answered]
        alike = [bid.record for bid in own if bid.team == bidding.team and bid.id not in answered]
    if bids_max is not None and len(made) >= bids_max:
        raise RefusedError(
            f"this opportunity takes at most {bids_max} bid{'' if bids_max == 1 else 's'} from anybody",
            advice="Withdraw one first." if not is_sealed(scene.evidence, state) else "",
            rule="BID-8",
        )
    if bids_max is None and alike:
        raise RefusedError(
            f"you have a standing bid on it already: {record_text(alike[0].id)}",
            advice=f"Withdraw that one first; {scene.name(state.client)} then sees only the new one.",
        )


def _waits_for(author: Author, commit: Record, team: DocumentId | None) -> bool:
    """Tell whether a sealed bid for a team, or for the author alone, waits here to be opened."""
    sealed = author.unopened.get(cast("bytes", commit.body["digest"]))
    return sealed is not None and sealed.body.get("team") == team


def _refuse_unfit_team(scene: Scene, team: Team, offer: Offer, rule: str) -> None:
    # A team that formed anew keeps the bids it has made, and makes new ones under its new document.
    if not team.is_formed:
        raise RefusedError(f"the team has not formed: {_why_unformed(scene, team)}", rule="BID-3")
    if rule == "BID-3":
        lead = scene.name(team.lead) if team.lead else "nobody"
        raise RefusedError(f"only the team's lead bids for it, and that is {lead}", rule=rule)
    seats = len(team.seats)
    if any(not 0 <= allocation["party"] < seats for allocation in offer.allocations):
        raise RefusedError(f"the price is divided among seats 0 to {seats - 1} of this team")


def _why_unformed(scene: Scene, team: Team) -> str:
    if team.superseded_by is not None:
        return f"a newer offer took its place, {document_text(team.superseded_by)}"
    return f"{team.status.value}, not signed by {waiting_names(scene, team) or 'an agreement yet'}"

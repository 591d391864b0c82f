"""Opportunities within opportunities: who fills a seat of a bid by a call of their own, and what becomes of it.

Theory of operation: a sub-opportunity names a version of the opportunity that it hangs on, and the document of the
team that bids there, made later, names the sub-opportunity for one of its seats; so ids cannot form a cycle. Nobody
writes that an award below holds: it is firm exactly while the award above is for that very team, and lapses when it
is not. What it was opened for is the version named, so nothing that is revised above later undoes it.

Spec: work.md#recursion
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import cast

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.work import Opportunity, read_bid, read_opportunity
from folkmoot.limits import RECURSION_DEPTH_MAX
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence, remembered
from folkmoot.state.opportunity import BidState, OpportunityState, OpportunityStatus, derive_opportunity
from folkmoot.state.team import Team, TeamStatus, derive_team

TREE_NODES_MAX = 512
"""Opportunities that one tree shows."""

_OVER = frozenset({OpportunityStatus.LAPSED, OpportunityStatus.WITHDRAWN})


class LinkStatus(Enum):
    """How an opportunity hangs on the one above."""

    ROOT = "root"
    """It names none."""
    CONDITIONAL = "conditional"
    """Nothing is decided above."""
    FIRM = "firm"
    """What is above, up to the top, was awarded to the team that fills this seat by it."""
    LAPSED = "lapsed"
    """What is above was never awarded, or went to others."""
    VOID = "void"
    """It breaks a rule of what it hangs on."""


_GRAVEST = (LinkStatus.VOID, LinkStatus.LAPSED, LinkStatus.CONDITIONAL)
_SHOWN_FIRST = (LinkStatus.FIRM, LinkStatus.CONDITIONAL, LinkStatus.LAPSED, LinkStatus.VOID, LinkStatus.ROOT)


@dataclass(frozen=True, slots=True)
class Link:
    """How an opportunity hangs on the one above, and the rule by which it does not."""

    status: LinkStatus
    rule: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One opportunity in a tree.

    Attributes:
        state: What became of it.
        depth: Levels below the top, which has 0.
        seat: Which seat of the level above it is to fill; empty at the top.
        link: How it hangs on that.
        clauses: Names of the clauses that it passes on as they came from above.
        awarded_to: Who won it; the lead, of a team.
        team: The winning team's document.
        price: The winning price as its body has it, if the viewer is a party to it.
        branches: What hangs on it.
    """

    state: OpportunityState
    depth: int
    seat: str
    link: Link
    clauses: tuple[str, ...]
    awarded_to: IdentityId | None
    team: DocumentId | None
    price: dict[str, int | str] | None
    branches: tuple["Branch", ...]


@remembered
def derive_link(evidence: Evidence, opportunity: Record) -> Link:
    """Derive how an opportunity hangs on the one that it names as its parent.

    Spec: work.md#recursion
    """
    if read_opportunity(opportunity).parent is None:
        return Link(LinkStatus.ROOT, "")
    rule = broken_rule(evidence, opportunity)
    if rule:
        return Link(LinkStatus.VOID, rule)
    steps = [_step(evidence, lower, upper) for lower, upper in _steps(evidence, opportunity)]
    # What has no future somewhere above has none here, however open the steps between are.
    return next((link for status in _GRAVEST for link in steps if link.status is status), Link(LinkStatus.FIRM, ""))


def _step(evidence: Evidence, lower: Record, upper: Record) -> Link:
    """Derive how an opportunity hangs on the one above, that one taken by itself."""
    state = derive_opportunity(evidence, upper.id)
    assert state is not None, "a parent that is held"
    if state.status in _OVER:
        return Link(LinkStatus.LAPSED, "")
    if state.award is None:
        return Link(LinkStatus.CONDITIONAL, "")
    winner = _winner(state)
    # What was won is the version that the winner bid on; who fills a seat of it keeps the rules of that one too.
    won = evidence.counted[read_bid(winner.record).opportunity]
    rule = _broken_between(read_opportunity(lower), read_opportunity(won))
    if rule:
        return Link(LinkStatus.VOID, rule)
    team = _team_now(evidence, winner)
    if team is not None and team.status is TeamStatus.CONTESTED:
        return Link(LinkStatus.CONDITIONAL, "")
    return Link(LinkStatus.FIRM if _fills(evidence, lower, winner, team) else LinkStatus.LAPSED, "")


def broken_rule(evidence: Evidence, opportunity: Record) -> str:
    """Return the rule that keeps an opportunity from being part of the one it names; empty when none does.

    Spec: work.md#recursion
    """
    return foreseen_rule(evidence, read_opportunity(opportunity))


def foreseen_rule(evidence: Evidence, call: Opportunity) -> str:
    """Return the rule that would keep an opportunity from being part of the one it names, once it is published.

    Spec: work.md#recursion
    """
    steps = 0
    at = call
    while (parent_id := at.parent) is not None:
        # SUB-1: What it hangs on is an opportunity that is held.
        parent = evidence.counted.get(parent_id)
        if parent is None or parent.kind != "opportunity":
            return "SUB-1"
        # SUB-4: A chain has at most eight levels.
        steps += 1
        if steps >= RECURSION_DEPTH_MAX:
            return "SUB-4"
        upper = read_opportunity(parent)
        rule = _broken_between(at, upper)
        if rule:
            return rule
        at = upper
    return ""


def _broken_between(low: Opportunity, high: Opportunity) -> str:
    # SUB-2: It is decided and delivered no later than what it hangs on.
    delivers_late = high.deliver_by is not None and (low.deliver_by is None or low.deliver_by > high.deliver_by)
    if low.decide_by > high.decide_by or delivers_late:
        return "SUB-2"
    # SUB-3: It passes on every clause that flows down, word for word.
    return "" if high.flow_down.items() <= low.flow_down.items() else "SUB-3"


def derive_tree(evidence: Evidence, opportunity_id: RecordId, viewer: IdentityId | None) -> Branch | None:
    """Derive the whole chain that an opportunity is part of, from the top; `None` when it is not held.

    Spec: work.md#recursion

    Args:
        evidence: What counts.
        opportunity_id: Any opportunity of the chain.
        viewer: Whose view it is: prices are shown to the client, the bidder and the team that they concern.
    """
    top = derive_opportunity(evidence, opportunity_id)
    if top is None:
        return None
    for _level in range(RECURSION_DEPTH_MAX):
        parent_id = read_opportunity(top.latest).parent
        above = derive_opportunity(evidence, parent_id) if parent_id else None
        if above is None:
            break
        top = above
    return _Tree(evidence, viewer).branch(top, 0)


class _Tree:
    """One walk from the top of a chain down, that ends whatever was published."""

    def __init__(self, evidence: Evidence, viewer: IdentityId | None) -> None:
        self._evidence = evidence
        self._viewer = viewer
        self._shown: set[RecordId] = set()
        self._room = TREE_NODES_MAX

    def branch(self, state: OpportunityState, depth: int) -> Branch:
        self._room -= 1
        self._shown |= set(state.versions)
        winner = _winner(state) if state.award is not None else None
        team = derive_team(self._evidence, winner.team) if winner and winner.team else None
        parent = cast("dict[str, str]", state.latest.body.get("parent", {}))
        upper = self._evidence.counted.get(read_opportunity(state.latest).parent or state.latest.id)
        passed_on = read_opportunity(upper).flow_down if upper is not None and parent else {}
        own = read_opportunity(state.latest).flow_down
        return Branch(
            state=state,
            depth=depth,
            seat=parent.get("seat", ""),
            link=derive_link(self._evidence, state.latest),
            clauses=tuple(sorted(name for name, text in passed_on.items() if own.get(name) == text)),
            awarded_to=winner.bidder if winner else None,
            team=winner.team if winner else None,
            price=self._price(state, winner, team),
            branches=tuple(self._below(state, depth)),
        )

    def _below(self, state: OpportunityState, depth: int) -> Iterator[Branch]:
        # A link that names the same parent from deeper down than allowed is void; it is shown, and not followed.
        if depth >= RECURSION_DEPTH_MAX:
            return
        below: dict[RecordId, OpportunityState] = {}
        for version in state.versions:
            for record in self._evidence.referring("opportunity", "parent", version):
                found = derive_opportunity(self._evidence, record.id)
                assert found is not None, "the record is counted"
                # One that was revised to hang elsewhere is shown there.
                if read_opportunity(found.latest).parent in state.versions:
                    below[found.latest.id] = found
        # Anybody can hang an opportunity on another: those that hold come first, so that the others leave room.
        for found in sorted(below.values(), key=lambda one: (self._rank(one), one.latest.id)):
            if self._room > 0 and found.latest.id not in self._shown:
                yield self.branch(found, depth + 1)

    def _rank(self, state: OpportunityState) -> int:
        return _SHOWN_FIRST.index(derive_link(self._evidence, state.latest).status)

    def _price(
        self, state: OpportunityState, winner: BidState | None, team: Team | None
    ) -> dict[str, int | str] | None:
        if winner is None:
            return None
        now = _team_now(self._evidence, winner)
        members = {member for formed in (team, now) if formed is not None for member in formed.members}
        insiders = {state.client, winner.bidder} | members
        return cast("dict[str, int | str]", winner.record.body["price"]) if self._viewer in insiders else None


def _steps(evidence: Evidence, opportunity: Record) -> Iterator[tuple[Record, Record]]:
    """Yield each opportunity of a chain that keeps the rules with the one above it, from the bottom up."""
    at = opportunity
    while (parent_id := read_opportunity(at).parent) is not None:
        parent = evidence.counted[parent_id]
        yield at, parent
        at = parent


def _winner(state: OpportunityState) -> BidState:
    return next(bid for bid in state.bids if bid.id == state.award)


def _team_now(evidence: Evidence, winner: BidState) -> Team | None:
    """Return what has become of the team that won; `None` if nobody but the bidder did."""
    team = derive_team(evidence, winner.team) if winner.team is not None else None
    while team is not None and team.superseded_by is not None and team.is_complete:
        team = derive_team(evidence, team.superseded_by)
    return team


def _fills(evidence: Evidence, lower: Record, winner: BidState, team: Team | None) -> bool:
    """Tell whether the winner of the level above fills a seat by this opportunity."""
    # SUB-5: It is its client's who won above: alone, or in a team whose document names it for a seat.
    if winner.team is None:
        return winner.bidder == lower.author
    if team is None or not team.is_complete or lower.author not in team.members:
        return False
    state = derive_opportunity(evidence, lower.id)
    assert state is not None, "the record is counted"
    return any(opportunity in state.versions for _seat, opportunity in team.terms.filled_by)

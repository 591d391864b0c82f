"""What the views of opportunities, bids, teams and chains give back, field by field.

As in `folkmoot_node.views.shapes`: ids are text, moments are ms since 1970, amounts are in minor units.
"""

from typing_extensions import TypedDict  # pydantic reads these, and wants this one before Python 3.12

from folkmoot_node.views.shapes import Json, OpportunitySummary, RefusedShape, TeamSummary


class RemarkShape(TypedDict):
    """A question about an opportunity, or a clarification by its client; `question` is what it answers."""

    id: str
    author: str
    author_name: str
    text: str
    question: str | None
    rev: int


class CommitShape(TypedDict):
    """A sealed bid: `committed`, then `opened` by `bid`, `unopened` although listed, or `not-listed`."""

    id: str
    bidder: str
    bidder_name: str
    made_ms: int
    status: str
    bid: str | None


class CounterShape(TypedDict):
    """What somebody would rather have; `place` and `share` are about a seat of a team offer."""

    id: str
    author: str
    author_name: str
    text: str
    price: Json | None
    place: int | None
    share: int | None


class BidShape(TypedDict):
    """One bid and what became of it; `rule` says why a void one does not count, `adopts` names a counter."""

    id: str
    bidder: str
    bidder_name: str
    team: str | None
    team_name: str | None
    price: Json
    plan: str
    valid_until: int
    allocations: list[Json]
    assumptions: str
    status: str
    rule: str
    reason: str
    commit: str | None
    adopts: str | None
    counters: list[CounterShape]


class LinkShape(TypedDict):
    """How an opportunity hangs on the one above, `root` where it hangs on none, and the rule that voids it."""

    status: str
    rule: str
    parent: str | None
    seat: str


class ClientFactsShape(TypedDict):
    """What a client did with those who bid and worked before; `payment_days` are from acceptance to payment."""

    bids_received: int
    bids_answered: int
    lapsed: int
    payment_days: list[int]
    payments_overdue: int


class OpportunityShape(OpportunitySummary):
    """An opportunity and what became of it; `is_whole` is false when there were too many records to look at."""

    need: str
    latest: str
    reason: str
    award: str | None
    awards: list[str]
    is_whole: bool
    is_sealed: bool
    is_listed: bool
    bids_list: list[BidShape]
    commits: list[CommitShape]
    questions: list[RemarkShape]
    clarifications: list[RemarkShape]
    link: LinkShape
    client_facts: ClientFactsShape
    body: Json


class ApplicationShape(TypedDict):
    """Somebody who applies for an open seat."""

    id: str
    applicant: str
    applicant_name: str
    place: int
    text: str
    share: int | None


class FilledShape(TypedDict):
    """A seat that is filled by an opportunity of its own."""

    seat: str
    opportunity: str


class CreditShape(TypedDict):
    """Credit of a seat for having scoped the work; `share` in hundredths of a per cent."""

    place: int
    share: int


class TeamShape(TeamSummary):
    """A team offer and what became of it; `agreement` is a live record of it, the owner's own if there is one."""

    refused: list[RefusedShape]
    members: list[str]
    agreement: str | None
    applications: list[ApplicationShape]
    counters: list[CounterShape]
    filled_by: list[FilledShape]
    scoping: list[CreditShape]
    pattern: str | None
    terms: Json


class BranchShape(TypedDict):
    """One opportunity in a chain; `clauses` came down from above, `price` is null for whom it does not concern."""

    id: str
    title: str
    client: str
    client_name: str
    status: str
    seat: str
    link: str
    rule: str
    clauses: list[str]
    bids: int
    decide_by: int
    deliver_by: int | None
    awarded_to: str | None
    awarded_name: str | None
    team: str | None
    team_name: str | None
    price: Json | None
    branches: list["BranchShape"]


class TreeShape(TypedDict):
    """A chain of opportunities from the top; `asked` is the one that was asked about."""

    asked: str
    is_whole: bool
    top: BranchShape

"""What has become of an opportunity: open, closed to bids, awarded, withdrawn or lapsed, as anybody derives it.

Spec: state.md#opportunity
"""

from dataclasses import dataclass
from enum import Enum

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence, remembered
from folkmoot.state.sealing import Sealing
from folkmoot.state.team import TeamStatus, derive_team


class OpportunityStatus(Enum):
    """Where an opportunity stands."""

    OPEN = "open"
    CLOSED_TO_BIDS = "closed-to-bids"
    AWARDED = "awarded"
    CONTESTED = "contested"
    """Its client awarded it twice; neither award counts until one is settled on."""
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """The moment to decide passed in silence."""


class BidStatus(Enum):
    """Where a bid stands."""

    STANDING = "standing"
    AWARDED = "awarded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"
    """A rule does not let it count; `rule` names it."""


@dataclass(frozen=True, slots=True)
class Bidding:
    """What decides whether a bid counts, known before it is signed; `made_ms` is its rev, or its commit's."""

    bidder: IdentityId
    made_ms: int
    space: str
    team: DocumentId | None


@dataclass(frozen=True, slots=True)
class BidState:
    """One bid and what became of it."""

    id: RecordId
    record: Record
    bidder: IdentityId
    team: DocumentId | None
    status: BidStatus
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpportunityState:
    """An opportunity and what became of it.

    Attributes:
        id: The id asked for.
        latest: The record that stands now: the last revision, or the record asked for when it is gone.
        versions: All its versions that count, by id.
        client: Whose opportunity it is; only theirs is an award or a closing.
        bids: All bids on any of its versions, by id.
        unrevealed: Listed commits of a sealed opportunity that nothing has opened.
        questions: What was asked about it.
        clarifications: What its client answered, for all to see.
        award: The one awarded bid, if there is exactly one.
        awards: The award records, more than one when the client spoke double.
        reason: Why it was withdrawn, as its client says.
    """

    id: RecordId
    latest: Record
    versions: tuple[RecordId, ...]
    client: IdentityId
    status: OpportunityStatus
    bids: tuple[BidState, ...]
    unrevealed: tuple[RecordId, ...]
    questions: tuple[RecordId, ...]
    clarifications: tuple[RecordId, ...]
    award: RecordId | None
    awards: tuple[RecordId, ...]
    reason: str


@remembered
def derive_opportunity(evidence: Evidence, opportunity_id: RecordId) -> OpportunityState | None:
    """Derive where an opportunity stands; `None` when it is not held.

    Spec: state.md#opportunity
    """
    record = evidence.counted.get(opportunity_id)
    if record is None or record.kind != "opportunity":
        return None
    versions = _versions(evidence, record)
    latest = max(versions, key=lambda version: version.order)
    awards = _awards(evidence, versions)
    awarded = {award.targets("bid")[0] for award in awards}
    sealing = Sealing(evidence, versions)
    bids = tuple(
        _bid_state(evidence, bid, sealing, awarded)
        for version in sorted(versions, key=lambda v: v.id)
        for bid in evidence.referring("bid", "opportunity", version.id)
    )
    status, reason = _status(evidence, latest, len(awarded))
    return OpportunityState(
        id=opportunity_id,
        latest=latest,
        versions=tuple(sorted(version.id for version in versions)),
        client=record.author,
        status=status,
        bids=tuple(sorted(bids, key=lambda bid: bid.id)),
        unrevealed=sealing.unopened(bid.record for bid in bids),
        questions=_about(evidence, "question", versions),
        clarifications=_about(evidence, "clarification", versions),
        award=RecordId(next(iter(awarded))) if len(awarded) == 1 else None,
        awards=tuple(award.id for award in awards),
        reason=reason,
    )


def _about(evidence: Evidence, kind: str, versions: list[Record]) -> tuple[RecordId, ...]:
    """Return the ids of the questions about any version, or of what was made clear."""
    found = [record for version in versions for record in evidence.referring(kind, "opportunity", version.id)]
    if kind == "clarification":
        # STA-5: A clarification counts only from the opportunity's client, who does not take it back.
        return tuple(sorted(record.id for record in found if record.author == versions[0].author))
    return tuple(sorted(record.id for record in found if evidence.successor(record) is None))


def _versions(evidence: Evidence, record: Record) -> list[Record]:
    """Return all counted versions of an opportunity: what it revises and what revises it, by the same client."""
    found: dict[RecordId, Record] = {}
    ahead = [record]
    while ahead:
        at = ahead.pop()
        if at.id in found:
            continue
        found[at.id] = at
        revises = read_opportunity(at).revises
        earlier = evidence.counted.get(revises) if revises else None
        linked = [*evidence.referring("opportunity", "revises", at.id), *([earlier] if earlier else [])]
        ahead += [other for other in linked if other.address == at.address]
    return list(found.values())


def _awards(evidence: Evidence, versions: list[Record]) -> list[Record]:
    # STA-1: An award counts only from the opportunity's client, for a bid on that opportunity that is held.
    ids = {version.id for version in versions}
    return [
        award
        for version in sorted(versions, key=lambda v: v.id)
        for award in evidence.referring("award", "opportunity", version.id)
        if award.author == version.author and _bids_on(evidence, RecordId(award.targets("bid")[0]), ids)
    ]


def _bids_on(evidence: Evidence, bid_id: RecordId, opportunity_ids: set[RecordId]) -> bool:
    bid = evidence.counted.get(bid_id)
    return bid is not None and bid.kind == "bid" and read_bid(bid).opportunity in opportunity_ids


def _status(evidence: Evidence, latest: Record, awarded: int) -> tuple[OpportunityStatus, str]:
    # STA-2: Awards of two different bids by one client cancel each other; both stay in sight.
    if awarded:
        return (OpportunityStatus.AWARDED if awarded == 1 else OpportunityStatus.CONTESTED), ""
    read = read_opportunity(latest)
    if read.closed is not None:
        return OpportunityStatus.WITHDRAWN, read.closed
    if evidence.successor(latest) is not None:
        return OpportunityStatus.WITHDRAWN, "deleted"
    if evidence.now_ms > read.decide_by:
        return OpportunityStatus.LAPSED, ""
    return (OpportunityStatus.CLOSED_TO_BIDS if evidence.now_ms > read.bids_close else OpportunityStatus.OPEN), ""


def _bid_state(evidence: Evidence, bid: Record, sealing: Sealing, awarded: set[bytes]) -> BidState:
    read = read_bid(bid)
    opportunity = evidence.counted[read.opportunity]
    made_ms, seal_rule = sealing.judge(bid)
    bidding = Bidding(bid.author, made_ms, bid.space, read.team)
    rule = broken_rule(evidence, bidding, opportunity) or seal_rule
    status, reason = BidStatus.STANDING, ""
    declines = [
        decline for decline in evidence.referring("decline", "bid", bid.id) if decline.author == opportunity.author
    ]
    if rule:
        status = BidStatus.VOID
    elif bid.id in awarded:
        status = BidStatus.AWARDED if len(awarded) == 1 else BidStatus.STANDING
    elif evidence.successor(bid) is not None:
        status = BidStatus.WITHDRAWN
    elif declines:
        status, reason = BidStatus.DECLINED, str(declines[0].body["reason"])
    elif evidence.now_ms > read.valid_until:
        status = BidStatus.EXPIRED
    return BidState(bid.id, bid, bid.author, read.team, status, rule, reason)


def broken_rule(evidence: Evidence, bidding: Bidding, opportunity: Record) -> str:
    """Return the rule that keeps a bid from counting for a version of an opportunity; empty when none does.

    Spec: state.md#bids
    """
    # BID-1: Nobody bids on an opportunity of their own.
    if bidding.bidder == opportunity.author:
        return "BID-1"
    # BID-2: It, or the commit it opens, was made before the bids on the version it names closed, as claimed.
    if bidding.made_ms > read_opportunity(opportunity).bids_close:
        return "BID-2"
    # BID-3: A team's bid names a team that everybody signed and that is not contested, and is its lead's.
    if bidding.team is not None:
        team = derive_team(evidence, bidding.team)
        stands = team is not None and team.is_complete and team.status is not TeamStatus.CONTESTED
        if team is None or not stands or team.lead != bidding.bidder:
            return "BID-3"
    # BID-4: It lives where the opportunity lives, so an author has room for a bounded number of bids on one.
    return "" if bidding.space == opportunity.space else "BID-4"

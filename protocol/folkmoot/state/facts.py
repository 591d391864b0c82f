"""What a person has done, counted from acts and each with the records that prove it; no opinion is among them.

Spec: work.md#facts
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from folkmoot.documents import ENGAGEMENT, TEAM
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import day_of
from folkmoot.state.engagement import Engagement, derive_engagement
from folkmoot.state.evidence import Evidence
from folkmoot.state.lineage import formation, leavers
from folkmoot.state.opportunity import (
    BidState,
    BidStatus,
    OpportunityState,
    OpportunityStatus,
    derive_opportunity,
)
from folkmoot.state.reviews import ReviewStatus, derive_reviews

_ANSWERED = frozenset({BidStatus.AWARDED, BidStatus.DECLINED})
_NOT_OWED = frozenset({BidStatus.VOID, BidStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened so often, and the ids of what shows it."""

    proofs: tuple[bytes, ...] = ()

    @property
    def count(self) -> int:
        """How often."""
        return len(self.proofs)


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody with whom a person has worked, and the teams and engagements that show it."""

    identity: IdentityId
    proofs: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a person has done.

    Attributes:
        engagements: Complete engagements that nothing superseded, by what became of them: `in-force`, `contested`,
            `completed`, `mutual`, `convenience`, `cause` or `lapsed`; those that ended by one side's word alone are
            also in `one_sided`.
        one_sided: Engagements that ended by one side's word.
        milestones: Milestones that the person took part in delivering and that were delivered.
        accepted_first_time: Those of them accepted as first delivered.
        accepted: Those of them accepted at all.
        late: Those of them delivered after the day agreed.
        payment_days: As a client, the days from each acceptance until the payee had confirmed all of it, ascending.
        payments: What shows them.
        payments_overdue: As a client, payments that are overdue now, by the milestone's delivery or document.
        bids_received: Bids on the person's opportunities that stood when the time to decide was over.
        bids_answered: Those of them that were awarded or declined, or whose opportunity was closed with a reason.
        lapsed: Opportunities whose moment to decide passed in silence.
        unrevealed: Reviews promised and not shown.
        left: Teams that the person left once they were complete, each by one of its records.
        companions: With whom the person worked, by identity.
    """

    engagements: Mapping[str, Fact]
    one_sided: Fact
    milestones: Fact
    accepted_first_time: Fact
    accepted: Fact
    late: Fact
    payment_days: tuple[int, ...]
    payments: Fact
    payments_overdue: Fact
    bids_received: Fact
    bids_answered: Fact
    lapsed: Fact
    unrevealed: Fact
    left: Fact
    companions: tuple[Companion, ...]


def derive_facts(evidence: Evidence, identity: IdentityId) -> Facts:
    """Derive what a person has done.

    Spec: work.md#facts
    """
    work = [engagement for engagement in _engagements(evidence) if identity in engagement.parties]
    done = [
        (engagement, milestone)
        for engagement in work
        if engagement.client != identity
        for milestone in engagement.milestones
        if any(evidence.counted[one].author == identity for one in milestone.deliveries)
    ]
    paid, overdue = _payments(work, identity)
    asked, answered, lapsed = _bids(evidence, identity)
    return Facts(
        engagements=_by_ending(work),
        one_sided=_fact(e.id for e in work if e.ending is not None and e.ending.is_one_sided),
        milestones=_fact(milestone.deliveries[0] for _engagement, milestone in done),
        accepted_first_time=_fact(milestone.deliveries[0] for _e, milestone in done if milestone.is_first_time),
        accepted=_fact(milestone.deliveries[0] for _e, milestone in done if milestone.is_accepted),
        late=_fact(milestone.deliveries[0] for _e, milestone in done if milestone.is_late),
        payment_days=tuple(sorted(days for days, _proof in paid)),
        payments=_fact(proof for _days, proof in paid),
        payments_overdue=_fact(iter(overdue)),
        bids_received=asked,
        bids_answered=answered,
        lapsed=lapsed,
        unrevealed=_fact(_unrevealed(evidence, work, identity)),
        left=_fact(_left(evidence, identity)),
        companions=_companions(evidence, work, identity),
    )


def _fact(proofs: Iterator[bytes]) -> Fact:
    return Fact(tuple(sorted(set(proofs))))


def _engagements(evidence: Evidence) -> Iterator[Engagement]:
    for document_id, document in sorted(evidence.documents.items()):
        if document.type == ENGAGEMENT:
            engagement = derive_engagement(evidence, document_id)
            if engagement is not None and _is_countable(engagement):
                yield engagement


def _is_countable(engagement: Engagement) -> bool:
    """Tell whether all signed it and nothing superseded it; who signs against it does not make it vanish."""
    return engagement.is_complete and engagement.superseded_by is None


def _by_ending(work: list[Engagement]) -> dict[str, Fact]:
    found: dict[str, list[bytes]] = {}
    for engagement in work:
        way = engagement.ending.way if engagement.ending else engagement.status.value
        found.setdefault(way, []).append(engagement.id)
    return {way: Fact(tuple(sorted(ids))) for way, ids in sorted(found.items())}


def _payments(work: list[Engagement], identity: IdentityId) -> tuple[list[tuple[int, bytes]], list[bytes]]:
    """Return what this person as a client has paid, in days with its proof, and what is overdue."""
    paid: list[tuple[int, bytes]] = []
    overdue: list[bytes] = []
    for engagement in work:
        if engagement.client != identity:
            continue
        for milestone in engagement.milestones:
            for payment in milestone.payments:
                if payment.overdue_days:
                    overdue.append(milestone.proofs[0])
                if payment.received_at is not None and milestone.accepted_at is not None:
                    days = max(0, day_of(payment.received_at) - day_of(milestone.accepted_at))
                    paid.append((days, payment.proofs[-1]))
    return paid, overdue


def _bids(evidence: Evidence, identity: IdentityId) -> tuple[Fact, Fact, Fact]:
    """Return the bids that a client could have answered, those answered, and the opportunities that lapsed."""
    asked: list[bytes] = []
    answered: list[bytes] = []
    lapsed: list[bytes] = []
    for state in _opportunities(evidence, identity):
        if state.status is OpportunityStatus.LAPSED:
            lapsed.append(state.id)
        is_closed_with_reason = read_opportunity(state.latest).closed is not None
        for bid in state.bids:
            if _is_owed_an_answer(evidence, bid):
                asked.append(bid.id)
                if bid.status in _ANSWERED or is_closed_with_reason:
                    answered.append(bid.id)
    return _fact(iter(asked)), _fact(iter(answered)), _fact(iter(lapsed))


def _is_owed_an_answer(evidence: Evidence, bid: BidState) -> bool:
    """Tell whether a bid stood until the version that it names was to be decided on, and that moment has passed."""
    read = read_bid(bid.record)
    decide_by = read_opportunity(evidence.counted[read.opportunity]).decide_by
    lasted = bid.status in _ANSWERED or read.valid_until >= decide_by
    return bid.status not in _NOT_OWED and lasted and evidence.now_ms > decide_by


def _opportunities(evidence: Evidence, identity: IdentityId) -> Iterator[OpportunityState]:
    """Yield what became of each opportunity of a client, once for all its versions."""
    seen: set[bytes] = set()
    for record in evidence.of_kind("opportunity"):
        if record.author == identity and record.id not in seen:
            state = derive_opportunity(evidence, record.id)
            assert state is not None, "the record is counted"
            seen |= set(state.versions)
            yield state


def _unrevealed(evidence: Evidence, work: list[Engagement], identity: IdentityId) -> Iterator[bytes]:
    for engagement in work:
        for review in derive_reviews(evidence, engagement.id):
            if review.author == identity and review.status is ReviewStatus.UNREVEALED and review.commit is not None:
                yield review.commit


def _left(evidence: Evidence, identity: IdentityId) -> Iterator[bytes]:
    """Yield one proof for each team that a person left once it was complete."""
    first: dict[bytes, bytes] = {}
    for record in evidence.of_kind("leave"):
        document = evidence.documents.get(DocumentId(record.targets("document")[0]))
        if record.author != identity or document is None or document.type != TEAM:
            continue
        if identity in leavers(evidence, document) and formation(evidence, document).is_complete:
            first.setdefault(document.id, record.id)
    yield from first.values()


def _companions(evidence: Evidence, work: list[Engagement], identity: IdentityId) -> tuple[Companion, ...]:
    found: dict[IdentityId, set[bytes]] = {}
    for engagement in work:
        for other in engagement.parties - {identity}:
            found.setdefault(other, set()).add(engagement.id)
    for document_id, document in evidence.documents.items():
        if document.type == TEAM and document.indices_of(identity) and formation(evidence, document).is_complete:
            for party in document.parties:
                if party.identity is not None and party.identity != identity:
                    found.setdefault(party.identity, set()).add(document_id)
    return tuple(Companion(other, tuple(sorted(found[other]))) for other in sorted(found))

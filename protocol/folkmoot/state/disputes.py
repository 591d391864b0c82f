"""Disagreements under an engagement, or about an endorsement, and how far each has come.

Spec: work.md#disputes
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum

from folkmoot.documents import SETTLEMENT
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.record import Record
from folkmoot.state.engagement import SIGNED_BY_ALL, Engagement, engagement_of
from folkmoot.state.evidence import Evidence, remembered
from folkmoot.state.lineage import locate


class DisputeStatus(Enum):
    """How far a dispute has come."""

    OPEN = "open"
    REPLIED = "replied"
    TAKEN = "taken"
    """Whom the engagement names as resolver has taken it."""
    FOUND = "found"
    """The resolver has said what they find."""
    SETTLED = "settled"
    """Both sides have signed how it ends."""
    WITHDRAWN = "withdrawn"
    VOID = "void"
    """Nobody entitled to it has said it."""


_BY_STEP = (
    ("finding", DisputeStatus.FOUND),
    ("withdraw", DisputeStatus.WITHDRAWN),
    ("take", DisputeStatus.TAKEN),
    ("reply", DisputeStatus.REPLIED),
)


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute and how far it has come.

    Attributes:
        id: Of the record that opened it.
        by: Who opened it.
        about: What it is about.
        status: How far it has come.
        steps: The counted steps, oldest first.
        reason: The reason code of the finding, or empty.
        settlement: The document that ended it.
    """

    id: RecordId
    by: IdentityId
    about: bytes
    status: DisputeStatus
    steps: tuple[RecordId, ...]
    reason: str
    settlement: DocumentId | None


def disputes_about(evidence: Evidence, target: bytes) -> tuple[DisputeState, ...]:
    """Return every dispute about an id, as far as each has come; void ones are left out."""
    states = (derive_dispute(evidence, record.id) for record in evidence.referring("dispute", "about", target))
    return tuple(state for state in states if state is not None and state.status is not DisputeStatus.VOID)


@remembered
def derive_dispute(evidence: Evidence, dispute_id: RecordId) -> DisputeState | None:
    """Derive how far a dispute has come; `None` when it is not held.

    Spec: work.md#disputes
    """
    record = evidence.counted.get(dispute_id)
    if record is None or record.kind != "dispute":
        return None
    about = record.targets("about")[0]
    engagement = engagement_of(evidence, about)
    others = _others(evidence, record, engagement)
    if others is None:
        return DisputeState(record.id, record.author, about, DisputeStatus.VOID, (), "", None)
    resolver = engagement.terms.resolver if engagement else None
    steps = _steps(evidence, record, others, resolver)
    settlement = _settlement(evidence, record, others)
    findings = [step for step in steps if step.body["step"] == "finding"]
    return DisputeState(
        id=record.id,
        by=record.author,
        about=about,
        status=_status(steps, settlement),
        steps=tuple(step.id for step in steps),
        reason=str(findings[-1].body["reason"]) if findings else "",
        settlement=settlement,
    )


def _others(evidence: Evidence, dispute: Record, engagement: Engagement | None) -> frozenset[IdentityId] | None:
    """Return whom a dispute is with, or `None` if its author is not entitled to it."""
    # DSP-1: A party disputes what is under a complete engagement; an endorsement or a review, its subject.
    if engagement is not None:
        is_party = engagement.is_complete and dispute.author in engagement.parties
        return engagement.parties - {dispute.author} if is_party else None
    claim = evidence.counted.get(RecordId(dispute.targets("about")[0]))
    is_claim = claim is not None and claim.kind in ("endorsement", "review")
    if claim is None or not is_claim or claim.body["subject"] != dispute.author:
        return None
    return frozenset({claim.author})


def _steps(
    evidence: Evidence, dispute: Record, others: frozenset[IdentityId], resolver: IdentityId | None
) -> list[Record]:
    # DSP-2: The other side replies, its author withdraws it, and only the resolver that the engagement names takes
    # it and finds, the latter once taken.
    found = evidence.referring("dispute-step", "dispute", dispute.id)
    is_taken = any(step.author == resolver and step.body["step"] == "take" for step in found)
    resolvers = {resolver} if resolver is not None else set()
    entitled: Mapping[str, AbstractSet[IdentityId]] = {
        "reply": others,
        "withdraw": {dispute.author},
        "take": resolvers,
        "finding": resolvers if is_taken else set(),
    }
    counted = [step for step in found if step.author in entitled[str(step.body["step"])]]
    return sorted(counted, key=lambda step: (step.rev, step.id))


def _settlement(evidence: Evidence, dispute: Record, others: frozenset[IdentityId]) -> DocumentId | None:
    # DSP-3: A settlement is a complete document that both sides have signed.
    found = []
    for record in evidence.referring("agreement", "dispute", dispute.id):
        position = locate(evidence, DocumentId(record.targets("document")[0]), SETTLEMENT)
        if position is None or position.standing not in SIGNED_BY_ALL:
            continue
        document = position.document
        if {party.identity for party in document.parties} >= others | {dispute.author}:
            found.append((document.drafted, document.id))
    return min(found)[1] if found else None


def _status(steps: list[Record], settlement: DocumentId | None) -> DisputeStatus:
    words = {str(step.body["step"]) for step in steps}
    if settlement is not None:
        return DisputeStatus.SETTLED
    # Who has been found against does not withdraw what was found.
    return next((status for word, status in _BY_STEP if word in words), DisputeStatus.OPEN)

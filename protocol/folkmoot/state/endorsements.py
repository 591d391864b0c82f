"""What stands behind an endorsement: accepted work, shared work, or nothing but the word.

Spec: state.md#endorsements
"""

from dataclasses import dataclass
from enum import Enum
from typing import cast

from folkmoot.documents import ENGAGEMENT
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.record import Record
from folkmoot.state.disputes import DisputeState, disputes_about
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.evidence import Evidence, remembered
from folkmoot.state.team import SeatStatus, derive_team


class EndorsementClass(Enum):
    """What stands behind an endorsement."""

    E3 = "E3"
    """Author and subject signed an engagement, and a milestone of it was accepted."""
    E2 = "E2"
    """Author and subject signed the same agreement, which stands."""
    E1 = "E1"
    """Bare: shown, never counted."""


class Basis(Enum):
    """Why an endorsement is not of a higher class."""

    SOUND = "sound"
    NONE_NAMED = "none-named"
    NOT_HELD = "not-held"
    NOT_SHARED = "not-shared"
    NOT_IN_FORCE = "not-in-force"
    NOTHING_ACCEPTED = "nothing-accepted"
    REPUDIATED = "repudiated"
    CLOSED_FOR_CAUSE = "closed-for-cause"


@dataclass(frozen=True, slots=True)
class EndorsementState:
    """One endorsement of a person.

    Attributes:
        id: Of the record.
        record: What was said.
        author: Who said it.
        grade: What stands behind it.
        basis: Why it is of no higher class.
        is_shown: Whether its subject shows it.
        disputes: What its subject says against it, beside it for ever.
    """

    id: RecordId
    record: Record
    author: IdentityId
    grade: EndorsementClass
    basis: Basis
    is_shown: bool
    disputes: tuple[DisputeState, ...]


def derive_endorsement(evidence: Evidence, record: Record, *, is_shown: bool) -> EndorsementState:
    """Derive what stands behind an endorsement that counts.

    Spec: state.md#endorsements
    """
    grade, basis = _grade(evidence, record)
    return EndorsementState(
        id=record.id,
        record=record,
        author=record.author,
        grade=grade,
        basis=basis,
        is_shown=is_shown,
        disputes=disputes_about(evidence, record.id),
    )


@remembered
def _grade(evidence: Evidence, record: Record) -> tuple[EndorsementClass, Basis]:
    named = record.body.get("basis")
    if not isinstance(named, bytes):
        return EndorsementClass.E1, Basis.NONE_NAMED
    document = evidence.documents.get(DocumentId(named))
    if document is None:
        return EndorsementClass.E1, Basis.NOT_HELD
    pair = {record.author, cast("IdentityId", record.body["subject"])}
    if not all(document.indices_of(one) for one in pair):
        return EndorsementClass.E1, Basis.NOT_SHARED
    if document.type == ENGAGEMENT:
        return _grade_of_engagement(evidence, document.id, pair, record)
    return _grade_of_team(evidence, document.id, pair)


def _grade_of_team(
    evidence: Evidence, team_id: DocumentId, pair: set[IdentityId]
) -> tuple[EndorsementClass, Basis]:
    # STA-3: An endorsement is E2 while its basis, or what took its place, is a formed team with seats of both.
    team = derive_team(evidence, team_id)
    while team is not None and team.is_complete and team.superseded_by is not None:
        team = derive_team(evidence, team.superseded_by)
    if team is None or not team.is_formed or not pair <= set(team.members):
        return EndorsementClass.E1, Basis.NOT_IN_FORCE
    if any(seat.identity in pair and seat.status is SeatStatus.REPUDIATED for seat in team.seats):
        return EndorsementClass.E1, Basis.REPUDIATED
    return EndorsementClass.E2, Basis.SOUND


def _grade_of_engagement(
    evidence: Evidence, engagement_id: DocumentId, pair: set[IdentityId], record: Record
) -> tuple[EndorsementClass, Basis]:
    # STA-6: An endorsement under an engagement that both signed is E3 once the milestone it names, or any, was
    # accepted; E2 until then; E1 when the engagement, or what took its place, does not stand or is over for cause.
    basis = latest = derive_engagement(evidence, engagement_id)
    while latest is not None and latest.is_complete and latest.superseded_by is not None:
        latest = derive_engagement(evidence, latest.superseded_by)
    if basis is None or latest is None or not latest.stands or not pair <= latest.parties:
        return EndorsementClass.E1, Basis.NOT_IN_FORCE
    if pair & (basis.repudiated | latest.repudiated):
        return EndorsementClass.E1, Basis.REPUDIATED
    if latest.is_over_for_cause:
        return EndorsementClass.E1, Basis.CLOSED_FOR_CAUSE
    number = record.body.get("milestone")
    accepted = [place for place, milestone in enumerate(basis.milestones) if milestone.is_accepted]
    is_proven = number in accepted if number is not None else bool(accepted)
    return (EndorsementClass.E3, Basis.SOUND) if is_proven else (EndorsementClass.E2, Basis.NOTHING_ACCEPTED)

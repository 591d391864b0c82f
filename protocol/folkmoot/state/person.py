"""What is known of a person: the profile, when they have time, and the endorsements they show.

Spec: state.md#person
"""

from dataclasses import dataclass
from enum import Enum
from typing import cast

from folkmoot.documents import TEAM
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.people import shown_endorsements
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import COMMONS
from folkmoot.state.evidence import Evidence
from folkmoot.state.team import derive_team


class EndorsementClass(Enum):
    """What stands behind an endorsement: shared work, or nothing but the word."""

    E2 = "E2"
    """Author and subject signed the same agreement, which stands."""
    E1 = "E1"
    """Bare: shown, never counted."""


@dataclass(frozen=True, slots=True)
class EndorsementState:
    """One endorsement of a person."""

    id: RecordId
    record: Record
    author: IdentityId
    grade: EndorsementClass
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of an identity.

    Attributes:
        identity: Who.
        profile: The live profile, or `None` if there is none or it was deleted.
        availability: The live availability, stale or not.
        is_stale: Whether the availability's window is over.
        endorsements: Those that the person shows, and for the person's own eyes the others.
        teams: Formed teams with this person in a seat.
        is_disputed: Whether two branches of the identity's operations are in dispute.
    """

    identity: IdentityId
    profile: Record | None
    availability: Record | None
    is_stale: bool
    endorsements: tuple[EndorsementState, ...]
    teams: tuple[DocumentId, ...]
    is_disputed: bool


def derive_person(evidence: Evidence, identity: IdentityId) -> Person | None:
    """Derive what is known of a person; `None` when nothing of the identity is held.

    Spec: state.md#person
    """
    chain = evidence.chains.get(identity)
    if chain is None:
        return None
    profile = _live(evidence, identity, "profile")
    availability = _live(evidence, identity, "availability")
    last_day = cast("int", availability.body["until"]) if availability else 0
    shown = set(shown_endorsements(profile.body)) if profile else set()
    endorsements = tuple(
        EndorsementState(record.id, record, record.author, _grade(evidence, record), record.id in shown)
        for record in evidence.referring("endorsement", "subject", identity)
        if evidence.successor(record) is None
    )
    return Person(
        identity=identity,
        profile=profile,
        availability=availability,
        is_stale=availability is not None and last_day < day_of(evidence.now_ms),
        endorsements=endorsements,
        teams=_teams(evidence, identity),
        is_disputed=chain.is_disputed,
    )


def _live(evidence: Evidence, identity: IdentityId, kind: str) -> Record | None:
    record = evidence.live.get(Address(identity, COMMONS, kind, 0))
    return record if record is not None and not record.is_tombstone else None


def _grade(evidence: Evidence, endorsement: Record) -> EndorsementClass:
    # STA-3: An endorsement is E2 while its basis is a formed team in which both hold a seat, else E1.
    basis = endorsement.body.get("basis")
    team = derive_team(evidence, DocumentId(basis)) if isinstance(basis, bytes) else None
    if team is None or not team.is_formed:
        return EndorsementClass.E1
    pair = {endorsement.author, endorsement.body["subject"]}
    return EndorsementClass.E2 if pair <= set(team.members) else EndorsementClass.E1


def _teams(evidence: Evidence, identity: IdentityId) -> tuple[DocumentId, ...]:
    carried = [item.id for item in evidence.documents.values() if item.type == TEAM and item.indices_of(identity)]
    formed = (derive_team(evidence, team_id) for team_id in sorted(carried))
    return tuple(team.id for team in formed if team is not None and team.is_formed)

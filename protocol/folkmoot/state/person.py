"""What is known of a person: the profile, when they have time, and the endorsements they show.

Spec: state.md#person
"""

from dataclasses import dataclass
from typing import cast

from folkmoot.documents import TEAM
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.kinds.people import shown_endorsements
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import COMMONS
from folkmoot.state.endorsements import EndorsementState, derive_endorsement
from folkmoot.state.evidence import Evidence
from folkmoot.state.team import derive_team


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
        derive_endorsement(evidence, record, is_shown=record.id in shown)
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


def _teams(evidence: Evidence, identity: IdentityId) -> tuple[DocumentId, ...]:
    carried = [item.id for item in evidence.documents.values() if item.type == TEAM and item.indices_of(identity)]
    formed = (derive_team(evidence, team_id) for team_id in sorted(carried))
    return tuple(team.id for team in formed if team is not None and team.is_formed)

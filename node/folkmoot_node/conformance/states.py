"""What is derived from records and operations, as an answer says it.

Spec: conformance.md#sets
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.state.evidence import Evidence
from folkmoot.state.opportunity import derive_opportunity
from folkmoot.state.person import derive_person
from folkmoot.state.snapshot import state_hash
from folkmoot.state.team import derive_team
from folkmoot_node.conformance import worked

Answer = dict[str, Any]


def state_asked(evidence: Evidence, fields: Mapping[str, Any]) -> Answer:
    """Return the state hash and, under its name, the state that a request asks for."""
    asked = {
        name: derive(evidence, bytes.fromhex(fields[name])) for name, derive in _STATES.items() if name in fields
    }
    return {**asked, "state_hash": state_hash(evidence).hex()}


def _opportunity(evidence: Evidence, asked: bytes) -> Answer | None:
    state = derive_opportunity(evidence, RecordId(asked))
    if state is None:
        return None
    return {
        "id": state.id.hex(),
        "latest": state.latest.id.hex(),
        "status": state.status.value,
        "reason": state.reason,
        "bids": [[bid.id.hex(), bid.status.value, bid.rule] for bid in state.bids],
        "awards": sorted(_hexed(state.awards)),
    }


def _team(evidence: Evidence, asked: bytes) -> Answer | None:
    team = derive_team(evidence, DocumentId(asked))
    if team is None:
        return None
    return {
        "id": team.id.hex(),
        "status": team.status.value,
        "seats": [seat.status.value for seat in team.seats],
        "refused": [[item.record.hex(), item.rule] for item in team.refused],
        "superseded_by": team.superseded_by.hex() if team.superseded_by else "",
    }


def _person(evidence: Evidence, asked: bytes) -> Answer | None:
    person = derive_person(evidence, IdentityId(asked))
    if person is None:
        return None
    return {
        "identity": person.identity.hex(),
        "stale": person.is_stale,
        "endorsements": [[item.id.hex(), item.grade.value, item.is_shown] for item in person.endorsements],
        "teams": _hexed(person.teams),
    }


_STATES: Mapping[str, Callable[[Evidence, bytes], Answer | None]] = {
    "opportunity": _opportunity,
    "team": _team,
    "person": _person,
    **worked.STATES,
}


def _hexed(ids: Iterable[bytes]) -> list[str]:
    return [item.hex() for item in ids]

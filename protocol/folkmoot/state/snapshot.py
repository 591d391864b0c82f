"""The state hash: one number that is equal on two nodes exactly when they derive the same state.

Spec: state.md#state-hash
"""

import hashlib
from collections.abc import Iterator

from folkmoot.canonical import Value, encode
from folkmoot.ids import IdentityId
from folkmoot.state.evidence import Evidence
from folkmoot.state.opportunity import derive_opportunity
from folkmoot.state.person import derive_person
from folkmoot.state.team import derive_team


def state_hash(evidence: Evidence) -> bytes:
    """Hash everything that is derived from the evidence, and the records and operations it is derived from.

    Spec: state.md#state-hash

    Returns:
        32 bytes.
    """
    hashed = hashlib.sha256()
    for line in _lines(evidence):
        hashed.update(encode(line))
    return hashed.digest()


def _lines(evidence: Evidence) -> Iterator[Value]:
    """Yield one value for each thing that is known, in an order that depends only on what is known."""
    for identity in sorted(evidence.chains):
        chain = evidence.chains[identity]
        yield ["operations", identity, list[Value](sorted(item.id for item in chain.kept)), chain.is_disputed]
    for record_id in sorted(record.id for record in evidence.live.values()):
        yield ["record", record_id]
    yield from _opportunity_lines(evidence)
    yield from _team_lines(evidence)
    for identity in sorted(evidence.chains):
        yield from _person_lines(evidence, identity)


def _opportunity_lines(evidence: Evidence) -> Iterator[Value]:
    for record in evidence.of_kind("opportunity"):
        state = derive_opportunity(evidence, record.id)
        assert state is not None, "the record is counted"
        bids: list[Value] = [[bid.id, bid.status.value, bid.rule] for bid in state.bids]
        yield ["opportunity", state.id, state.latest.id, state.status.value, bids, list[Value](state.awards)]


def _team_lines(evidence: Evidence) -> Iterator[Value]:
    for document_id in sorted(evidence.documents):
        team = derive_team(evidence, document_id)
        if team is not None:
            seats: list[Value] = [seat.status.value for seat in team.seats]
            refused: list[Value] = [[item.record, item.rule] for item in team.refused]
            yield ["team", team.id, team.status.value, seats, refused]


def _person_lines(evidence: Evidence, identity: IdentityId) -> Iterator[Value]:
    person = derive_person(evidence, identity)
    assert person is not None, "the chain is held"
    endorsements: list[Value] = [[item.id, item.grade.value, item.is_shown] for item in person.endorsements]
    yield ["person", identity, person.is_stale, endorsements, list[Value](person.teams)]

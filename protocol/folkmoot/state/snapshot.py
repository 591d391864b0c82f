"""The state hash: one number that is equal on two nodes exactly when they derive the same state.

Spec: state.md#state-hash
"""

import hashlib
from collections.abc import Iterator

from folkmoot.canonical import Value, encode
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.state.disputes import derive_dispute
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.evidence import Evidence
from folkmoot.state.opportunity import derive_opportunity
from folkmoot.state.patterns import derive_pattern
from folkmoot.state.person import derive_person
from folkmoot.state.recursion import LinkStatus, derive_link
from folkmoot.state.reviews import derive_reviews
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
    for document_id in sorted(evidence.documents):
        yield from _document_lines(evidence, document_id)
    yield from _word_lines(evidence)
    for identity in sorted(evidence.chains):
        yield from _person_lines(evidence, identity)


def _opportunity_lines(evidence: Evidence) -> Iterator[Value]:
    for record in evidence.of_kind("opportunity"):
        state = derive_opportunity(evidence, record.id)
        assert state is not None, "the record is counted"
        bids: list[Value] = [[bid.id, bid.status.value, bid.rule] for bid in state.bids]
        yield ["opportunity", state.id, state.latest.id, state.status.value, bids, list[Value](state.awards)]
        if state.unrevealed or state.clarifications:
            yield ["around", state.id, list[Value](state.unrevealed), list[Value](state.clarifications)]
        link = derive_link(evidence, record)
        if link.status is not LinkStatus.ROOT:
            yield ["link", state.id, link.status.value, link.rule]


def _document_lines(evidence: Evidence, document_id: DocumentId) -> Iterator[Value]:
    team = derive_team(evidence, document_id)
    if team is not None:
        seats: list[Value] = [seat.status.value for seat in team.seats]
        refused: list[Value] = [[item.record, item.rule] for item in team.refused]
        yield ["team", team.id, team.status.value, seats, refused]
    engagement = derive_engagement(evidence, document_id)
    if engagement is not None:
        milestones: list[Value] = [
            [item.status.value, [[payment.place, payment.status.value] for payment in item.payments]]
            for item in engagement.milestones
        ]
        endings: list[Value] = [[ending.way, ending.is_one_sided, ending.proof] for ending in engagement.endings]
        yield ["engagement", engagement.id, engagement.status.value, milestones, endings]
        reviews: list[Value] = [
            [review.author, review.status.value, review.commit or b"", review.review or b""]
            for review in derive_reviews(evidence, document_id)
        ]
        if reviews:
            yield ["reviews", engagement.id, reviews]


def _word_lines(evidence: Evidence) -> Iterator[Value]:
    for record in evidence.of_kind("dispute"):
        dispute = derive_dispute(evidence, record.id)
        assert dispute is not None, "the record is counted"
        yield ["dispute", dispute.id, dispute.status.value, list[Value](dispute.steps), dispute.reason]
    for record in evidence.of_kind("pattern"):
        pattern = derive_pattern(evidence, record.id)
        assert pattern is not None, "the record is counted"
        yield ["pattern", pattern.id, list[Value](pattern.used_by), list[Value](pattern.outcomes)]


def _person_lines(evidence: Evidence, identity: IdentityId) -> Iterator[Value]:
    person = derive_person(evidence, identity)
    assert person is not None, "the chain is held"
    endorsements: list[Value] = [[item.id, item.grade.value, item.is_shown] for item in person.endorsements]
    yield ["person", identity, person.is_stale, endorsements, list[Value](person.teams)]

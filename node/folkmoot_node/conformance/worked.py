"""Answers about work and trust: calls, seats, engagements, disputes, reviews, patterns, facts, ties.

Spec: conformance.md#sets
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.state.disputes import derive_dispute
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.evidence import Evidence
from folkmoot.state.facts import derive_facts
from folkmoot.state.milestones import MilestoneState
from folkmoot.state.opportunity import derive_opportunity
from folkmoot.state.patterns import derive_pattern
from folkmoot.state.recursion import derive_link
from folkmoot.state.reviews import derive_reviews
from folkmoot.state.team import derive_team
from folkmoot.trust import Tie, TieKind, ties, trust_in, trust_in_all
from folkmoot_node.conformance.inputs import Request

Answer = dict[str, Any]

_COUNTED = (
    *("milestones", "accepted", "accepted_first_time", "late", "payments_overdue"),
    *("bids_received", "bids_answered", "lapsed", "unrevealed", "left"),
)


def _call(evidence: Evidence, asked: bytes) -> Answer | None:
    state = derive_opportunity(evidence, RecordId(asked))
    if state is None:
        return None
    link = derive_link(evidence, evidence.counted[state.id])
    return {
        "id": state.id.hex(),
        "bids": [[bid.id.hex(), bid.status.value, bid.rule] for bid in state.bids],
        "unrevealed": _hexed(state.unrevealed),
        "clarifications": _hexed(state.clarifications),
        "link": [link.status.value, link.rule],
    }


def _seats(evidence: Evidence, asked: bytes) -> Answer | None:
    team = derive_team(evidence, DocumentId(asked))
    if team is None:
        return None
    seats = [[seat.status.value, sorted(_hexed(seat.applications))] for seat in team.seats]
    return {"id": team.id.hex(), "seats": seats}


def _engagement(evidence: Evidence, asked: bytes) -> Answer | None:
    state = derive_engagement(evidence, DocumentId(asked))
    if state is None:
        return None
    return {
        "id": state.id.hex(),
        "status": state.status.value,
        "milestones": [_milestone(one) for one in state.milestones],
        "endings": [[one.way, one.is_one_sided, one.proof.hex()] for one in state.endings],
    }


def _milestone(state: MilestoneState) -> list[object]:
    at = "" if state.accepted_at is None else str(state.accepted_at)
    return [state.status.value, at, [[payment.place, payment.status.value] for payment in state.payments]]


def _dispute(evidence: Evidence, asked: bytes) -> Answer | None:
    state = derive_dispute(evidence, RecordId(asked))
    if state is None:
        return None
    return {
        "id": state.id.hex(),
        "status": state.status.value,
        "steps": _hexed(state.steps),
        "reason": state.reason,
        "settlement": state.settlement.hex() if state.settlement else "",
    }


def _reviews(evidence: Evidence, asked: bytes) -> Answer | None:
    if derive_engagement(evidence, DocumentId(asked)) is None:
        return None
    states = derive_reviews(evidence, DocumentId(asked))
    rows = [
        [one.author.hex(), one.status.value, (one.commit or b"").hex(), (one.review or b"").hex()] for one in states
    ]
    return {"id": asked.hex(), "reviews": rows}


def _pattern(evidence: Evidence, asked: bytes) -> Answer | None:
    state = derive_pattern(evidence, RecordId(asked))
    if state is None:
        return None
    return {
        "id": state.id.hex(),
        "used_by": _hexed(state.used_by),
        "outcomes": _hexed(state.outcomes),
        "measures": {name: list(measured.values) for name, measured in state.measures.items()},
    }


def _facts(evidence: Evidence, asked: bytes) -> Answer | None:
    if IdentityId(asked) not in evidence.chains:
        return None
    facts = derive_facts(evidence, IdentityId(asked))
    return {
        "identity": asked.hex(),
        "engagements": {way: fact.count for way, fact in facts.engagements.items()},
        **{name: getattr(facts, name).count for name in _COUNTED},
        "payment_days": list(facts.payment_days),
        "companions": _hexed(one.identity for one in facts.companions),
    }


def ties_shown(evidence: Evidence) -> Answer:
    """Answer which ties the evidence shows."""
    return {"shown": [[tie.giver.hex(), tie.receiver.hex(), tie.kind.value] for tie in ties(evidence)]}


def trust(request: Request) -> Answer:
    """Answer what ties carry to somebody, or to a group."""
    known = [
        Tie(IdentityId(bytes.fromhex(giver)), IdentityId(bytes.fromhex(receiver)), TieKind(kind), b"")
        for giver, receiver, kind in request["ties"]
    ]
    viewer = IdentityId(request.data("viewer"))
    if "group" in request.fields:
        group = [IdentityId(member) for member in request.several("group")]
        return {"amount": trust_in_all(known, viewer, group)}
    found = trust_in(known, viewer, IdentityId(request.data("who")))
    return {"amount": found.amount, "distance": found.distance}


def _hexed(ids: Iterable[bytes]) -> list[str]:
    return [item.hex() for item in ids]


STATES: Mapping[str, Callable[[Evidence, bytes], Answer | None]] = {
    "call": _call,
    "seats": _seats,
    "engagement": _engagement,
    "dispute": _dispute,
    "reviews": _reviews,
    "pattern": _pattern,
    "facts": _facts,
}

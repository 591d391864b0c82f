"""Engagements and what became of them, as anybody derives them from who signed what."""

from collections.abc import Sequence
from functools import partial

from folkmoot.documents import ENGAGEMENT
from folkmoot.ids import DocumentId
from folkmoot.lint import remarks
from folkmoot.state.disputes import DisputeState, disputes_about
from folkmoot.state.engagement import Ending, Engagement, derive_engagement
from folkmoot.state.milestones import MilestoneState, PaymentState
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.shapes import (
    DisputeShape,
    EndingShape,
    EngagementList,
    EngagementShape,
    EngagementSummary,
    MilestoneShape,
    PaymentShape,
)
from folkmoot_node.views.viewpoint import Scene, Viewpoint

ENGAGEMENTS_MAX = 200


async def engagement(view: Viewpoint, engagement_id: DocumentId) -> EngagementShape:
    """Return where one engagement stands.

    Raises:
        UnknownIdError: No such document is held.
    """
    scene = await view.around(engagement_id)
    return await view.work(lambda: engagement_json(scene, found_engagement(scene, engagement_id)))


async def engagements(view: Viewpoint, *, mine: bool) -> EngagementList:
    """List engagements, newest first: those with a place for the owner, or all."""
    known = (await view.document_ids(view.identity if mine else None))[:ENGAGEMENTS_MAX]
    scene = await view.around(*known)
    return {"items": await view.work(partial(_summaries, scene, known))}


def _summaries(scene: Scene, known: Sequence[DocumentId]) -> list[EngagementSummary]:
    derived = (derive_engagement(scene.evidence, document_id) for document_id in known)
    items = sorted((item for item in derived if item), key=lambda item: (-item.document.drafted, item.id))
    return [engagement_summary(scene, item) for item in items]


def found_engagement(scene: Scene, engagement_id: DocumentId) -> Engagement:
    """Derive an engagement that is held.

    Raises:
        UnknownIdError: It is not held, or the document is of another type.
    """
    document = scene.evidence.documents.get(engagement_id)
    if document is not None and document.type != ENGAGEMENT:
        raise UnknownIdError(f"{document_text(engagement_id)} is a {document.type}, not an engagement")
    derived = derive_engagement(scene.evidence, engagement_id)
    if derived is None:
        raise UnknownIdError(f"no engagement {document_text(engagement_id)} is known here", advice=SYNC_ADVICE)
    return derived


def engagement_summary(scene: Scene, derived: Engagement) -> EngagementSummary:
    """Return the line about an engagement in a list."""
    return {
        "id": document_text(derived.id),
        "title": derived.terms.title,
        "status": derived.status.value,
        "currency": derived.terms.currency,
        "accept_by": derived.document.accept_by,
        "prev": document_text(derived.document.prev) if derived.document.prev else None,
        "superseded_by": document_text(derived.superseded_by) if derived.superseded_by else None,
        "parties": [
            {
                "place": place,
                "capacity": party.capacity,
                "identity": identity_text(party.identity) if party.identity else None,
                "name": scene.name(party.identity) if party.identity else None,
                "share": derived.terms.shares[place],
                "signed": derived.signed[place],
            }
            for place, party in enumerate(derived.document.parties)
        ],
        "milestones": [_milestone_json(scene, place, item) for place, item in enumerate(derived.milestones)],
    }


def engagement_json(scene: Scene, derived: Engagement) -> EngagementShape:
    """Return everything about an engagement."""
    return {
        **engagement_summary(scene, derived),
        "endings": [_ending_json(scene, ending) for ending in derived.endings],
        "disputes": [
            dispute_json(scene, item)
            for target in _targets(derived)
            for item in disputes_about(scene.evidence, target)
        ],
        "remarks": [remark.text for remark in remarks(derived.document)],
        "refused": [
            {
                "record": record_text(item.record),
                "author": identity_text(item.author),
                "author_name": scene.name(item.author),
                "document": document_text(item.document),
                "rule": item.rule,
            }
            for item in derived.refused
        ],
        "terms": body_json(dict(derived.document.terms)),
        "is_whole": scene.is_whole,
    }


def dispute_json(scene: Scene, state: DisputeState) -> DisputeShape:
    """Return how far a dispute has come."""
    record = scene.evidence.counted[state.id]
    return {
        "id": record_text(state.id),
        "by": identity_text(state.by),
        "by_name": scene.name(state.by),
        "status": state.status.value,
        "reason": state.reason,
        "text": str(record.body["text"]),
        "settlement": document_text(state.settlement) if state.settlement else None,
        "steps": [
            {
                "id": record_text(step),
                "by_name": scene.name(scene.evidence.counted[step].author),
                "step": str(scene.evidence.counted[step].body["step"]),
                "text": str(scene.evidence.counted[step].body.get("text", "")),
            }
            for step in state.steps
        ],
    }


def _targets(derived: Engagement) -> list[bytes]:
    deliveries = [delivery for milestone in derived.milestones for delivery in milestone.deliveries]
    return [derived.id, *deliveries]


def _milestone_json(scene: Scene, place: int, state: MilestoneState) -> MilestoneShape:
    return {
        "place": place,
        "name": state.terms.name,
        "amount_minor": state.terms.amount_minor,
        "due_day": state.terms.due_day,
        "criteria": list(state.terms.criteria),
        "status": state.status.value,
        "deliveries": [record_text(delivery) for delivery in state.deliveries],
        "failed": list(state.failed),
        "accepted_at": state.accepted_at,
        "is_late": state.is_late,
        "payments": [_payment_json(scene, payment) for payment in state.payments],
        "proofs": [record_text(proof) for proof in state.proofs],
    }


def _payment_json(scene: Scene, state: PaymentState) -> PaymentShape:
    return {
        "payee": identity_text(state.payee),
        "payee_name": scene.name(state.payee),
        "place": state.place,
        "amount_minor": state.amount_minor,
        "received_minor": state.received_minor,
        "sent_minor": state.sent_minor,
        "due_day": state.due_day,
        "overdue_days": state.overdue_days,
        "status": state.status.value,
    }


def _ending_json(scene: Scene, ending: Ending) -> EndingShape:
    return {
        "way": ending.way,
        "by": [identity_text(one) for one in ending.by],
        "by_names": [scene.name(one) for one in ending.by],
        "is_one_sided": ending.is_one_sided,
        "at": ending.at,
    }

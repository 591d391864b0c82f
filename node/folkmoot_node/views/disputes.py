"""Disputes, as anybody derives how far each has come."""

from typing import cast

from folkmoot.ids import DocumentId, RecordId
from folkmoot.record import Record
from folkmoot.state.disputes import DisputeState, DisputeStatus, derive_dispute
from folkmoot.state.engagement import Engagement, engagement_of
from folkmoot.state.lineage import lineage_of
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.documents import offers_about
from folkmoot_node.views.engagement_shapes import DisputeShape, StepShape
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.viewpoint import Scene, Viewpoint


async def dispute(view: Viewpoint, dispute_id: RecordId) -> DisputeShape:
    """Return how far a dispute has come.

    Raises:
        UnknownIdError: No such dispute is held.
    """
    scene, state = await standing_dispute(view, dispute_id)
    return await view.work(lambda: dispute_json(scene, state))


async def standing_dispute(view: Viewpoint, dispute_id: RecordId) -> tuple[Scene, DisputeState]:
    """Find a dispute that is held, and what bears on it.

    Raises:
        UnknownIdError: It is not held, or what the id names is something else.
    """
    record = await view.record(dispute_id)
    if record is None or record.kind != "dispute" or record.is_tombstone:
        raise UnknownIdError(f"no dispute {record_text(dispute_id)} is known here", advice=SYNC_ADVICE)
    scene = await view.around(dispute_id, record.targets("about")[0])
    state = derive_dispute(scene.evidence, dispute_id)
    if state is None:
        raise UnknownIdError(f"no dispute {record_text(dispute_id)} is known here", advice=SYNC_ADVICE)
    return scene, state


def disputes_under(scene: Scene, engagement_id: DocumentId) -> list[DisputeState]:
    """Return the disputes about any document of an engagement's lineage or what is under it, oldest first."""
    lineage = lineage_of(scene.evidence, engagement_id)
    found: list[DisputeState] = []
    for record in sorted(scene.evidence.of_kind("dispute"), key=lambda item: (item.rev, item.id)):
        under = engagement_of(scene.evidence, record.targets("about")[0])
        state = derive_dispute(scene.evidence, record.id) if under is not None and under.id in lineage else None
        if state is not None and state.status is not DisputeStatus.VOID:
            found.append(state)
    return found


def dispute_json(scene: Scene, state: DisputeState) -> DisputeShape:
    """Return everything about a dispute."""
    record = scene.evidence.counted[state.id]
    under = engagement_of(scene.evidence, state.about)
    resolver = under.terms.resolver if under is not None else None
    return {
        "id": record_text(state.id),
        "by": identity_text(state.by),
        "by_name": scene.name(state.by),
        "at": record.rev,
        "about": _about_text(scene, state),
        "engagement": document_text(under.id) if under is not None else None,
        "milestone": _milestone(scene, record, under),
        "status": state.status.value,
        "reason": state.reason,
        "text": str(record.body["text"]),
        "asks": str(record.body.get("asks", "")),
        "resolver": identity_text(resolver) if resolver else None,
        "resolver_name": scene.name(resolver) if resolver else None,
        "settlement": document_text(state.settlement) if state.settlement else None,
        "settlements": offers_about(scene, "dispute", state.id),
        "steps": [_step_json(scene, scene.evidence.counted[step]) for step in state.steps],
    }


def _about_text(scene: Scene, state: DisputeState) -> str:
    return document_text(state.about) if state.about in scene.evidence.documents else record_text(state.about)


def _milestone(scene: Scene, record: Record, under: Engagement | None) -> int | None:
    """Return the milestone that a dispute names, or that the delivery or payment which it is about is of."""
    if under is None:
        return None
    about = scene.evidence.counted.get(RecordId(record.targets("about")[0]))
    said = about.body.get("milestone") if about is not None else None
    return cast("int | None", record.body.get("milestone", said))


def _step_json(scene: Scene, step: Record) -> StepShape:
    return {
        "id": record_text(step.id),
        "by": identity_text(step.author),
        "by_name": scene.name(step.author),
        "step": str(step.body["step"]),
        "text": str(step.body.get("text", "")),
        "reason": str(step.body.get("reason", "")),
        "at": step.rev,
    }

"""Blind reviews of an engagement: who has promised one, who has shown theirs, and what those say."""

from folkmoot.documents import ENGAGEMENT
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.state.disputes import DisputeState, disputes_about
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.reviews import ReviewState, ReviewStatus, derive_reviews
from folkmoot_node.unopened import Sealed, Unopened
from folkmoot_node.views.engagements import found_engagement
from folkmoot_node.views.naming import document_text, identity_text, record_text
from folkmoot_node.views.person_shapes import ObjectionShape, ReviewList, ReviewShape
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_SHOWN = frozenset({ReviewStatus.REVEALED, ReviewStatus.LATE})


async def reviews(view: Viewpoint, document_id: DocumentId, unopened: Unopened) -> ReviewList:
    """Return the reviews of an engagement; of one's own that nobody can read yet, the words are shown as well.

    Raises:
        UnknownIdError: No such engagement is held.
    """
    scene = await view.around(document_id)
    found_engagement(scene, document_id)
    states = await view.work(lambda: derive_reviews(scene.evidence, document_id))
    return {"items": [review_json(scene, state, unopened) for state in states]}


def reviews_of(scene: Scene, identity: IdentityId) -> list[ReviewShape]:
    """Return what others show of what they say of somebody, of each engagement once."""
    found: dict[RecordId, ReviewState] = {}
    for document_id, document in sorted(scene.evidence.documents.items()):
        if document.type != ENGAGEMENT or not document.indices_of(identity):
            continue
        engagement = derive_engagement(scene.evidence, document_id)
        if engagement is None or engagement.superseded_by is not None:
            continue
        for state in derive_reviews(scene.evidence, document_id):
            if state.subject == identity and state.status in _SHOWN and state.review is not None:
                found[state.review] = state
    return [review_json(scene, state) for _review, state in sorted(found.items())]


def review_json(scene: Scene, state: ReviewState, unopened: Unopened | None = None) -> ReviewShape:
    """Return one review, as far as it can be read."""
    record = scene.evidence.counted[state.review] if state.review is not None else None
    kept = _kept(scene, state, unopened) if unopened is not None else None
    body = record.body if record is not None else kept.body if kept is not None else {}
    subject = state.subject or body.get("subject")
    subject_id = IdentityId(subject) if isinstance(subject, bytes) else None
    return {
        "author": identity_text(state.author),
        "author_name": scene.name(state.author),
        "subject": identity_text(subject_id) if subject_id is not None else None,
        "subject_name": scene.name(subject_id) if subject_id is not None else None,
        "document": document_text(state.engagement),
        "status": state.status.value,
        "text": str(body.get("text", "")),
        "again": str(body.get("again", "")),
        "commit": record_text(state.commit) if state.commit else None,
        "review": record_text(state.review) if state.review else None,
        "is_kept": kept is not None,
        "disputes": objections(scene, disputes_about(scene.evidence, state.review)) if state.review else [],
    }


def objections(scene: Scene, disputes: tuple[DisputeState, ...]) -> list[ObjectionShape]:
    """Return the disputes that stand beside what somebody said."""
    return [
        {
            "id": record_text(dispute.id),
            "by_name": scene.name(dispute.by),
            "status": dispute.status.value,
            "text": str(scene.evidence.counted[dispute.id].body["text"]),
            "reason": dispute.reason,
        }
        for dispute in disputes
    ]


def _kept(scene: Scene, state: ReviewState, unopened: Unopened) -> Sealed | None:
    if state.author != scene.viewer or state.commit is None or state.review is not None:
        return None
    digest = scene.evidence.counted[state.commit].body["digest"]
    return unopened.get(digest) if isinstance(digest, bytes) else None

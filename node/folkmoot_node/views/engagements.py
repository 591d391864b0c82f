"""Engagements and what became of them, as anybody derives them from who signed what."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from folkmoot.documents import ENGAGEMENT, Milestone
from folkmoot.drafting import Engaging
from folkmoot.ids import DocumentId, RecordId
from folkmoot.lint import remarks
from folkmoot.state.engagement import Ending, Engagement, derive_engagement
from folkmoot.state.lineage import lineage_of
from folkmoot.state.milestones import MilestoneState, PaymentState
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.disputes import dispute_json, disputes_under
from folkmoot_node.views.documents import offers_about, offers_json
from folkmoot_node.views.engagement_shapes import (
    DeliveryShape,
    EndingShape,
    EngagementList,
    EngagementShape,
    EngagementSummary,
    FileShape,
    MilestoneShape,
    OfferShape,
    OutsiderShape,
    PartyShape,
    PaymentShape,
    SuggestionShape,
)
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.viewpoint import Scene, Viewpoint

ENGAGEMENTS_MAX = 200


async def engagement(view: Viewpoint, engagement_id: DocumentId) -> EngagementShape:
    """Return where one engagement stands.

    Raises:
        UnknownIdError: No such document is held, or it is of another type.
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
        "drafter": identity_text(derived.document.drafter),
        "drafter_name": scene.name(derived.document.drafter),
        "accept_by": derived.document.accept_by,
        "prev": document_text(derived.document.prev) if derived.document.prev else None,
        "superseded_by": document_text(derived.superseded_by) if derived.superseded_by else None,
        "parties": _parties_json(scene, derived),
        "milestones": _milestones_json(scene, derived),
    }


def engagement_json(scene: Scene, derived: Engagement) -> EngagementShape:
    """Return everything about an engagement."""
    return {
        **engagement_summary(scene, derived),
        "outsiders": _outsiders_json(scene, derived),
        "endings": [_ending_json(scene, ending) for ending in derived.endings],
        "disputes": [dispute_json(scene, item) for item in disputes_under(scene, derived.id)],
        "offers": _offers(scene, derived),
        "remarks": [remark.text for remark in remarks(derived.document)],
        "changed": _changed(scene, derived),
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


def suggestion_json(engaging: Engaging) -> SuggestionShape:
    """Return what an engagement could begin with."""
    return {
        "parties": [
            {"capacity": party.capacity, "identity": identity_text(party.identity)}
            for party in engaging.parties
            if party.identity is not None
        ],
        "terms": body_json(engaging.terms),
    }


def _parties_json(scene: Scene, derived: Engagement) -> list[PartyShape]:
    return [
        {
            "place": place,
            "capacity": party.capacity,
            "identity": identity_text(party.identity) if party.identity else None,
            "name": scene.name(party.identity) if party.identity else None,
            "share": derived.terms.shares[place],
            "signed": derived.signed[place],
        }
        for place, party in enumerate(derived.document.parties)
    ]


def _outsiders_json(scene: Scene, derived: Engagement) -> list[OutsiderShape]:
    named = [("witness", witness) for witness in derived.terms.witnesses]
    named += [("resolver", derived.terms.resolver)] if derived.terms.resolver else []
    return [
        {"part": part, "identity": identity_text(identity), "name": scene.name(identity)}
        for part, identity in named
    ]


def _offers(scene: Scene, derived: Engagement) -> list[OfferShape]:
    """Return the other documents of the lineage, and the closings of any."""
    lineage = lineage_of(scene.evidence, derived.id)
    closings = [item for name in sorted(lineage) for item in offers_about(scene, "engagement", name)]
    return [*offers_json(scene, (name for name in lineage if name != derived.id)), *closings]


def _changed(scene: Scene, derived: Engagement) -> list[str]:
    """Return the names of the terms that are not those of the document before."""
    before = scene.evidence.documents.get(derived.document.prev) if derived.document.prev else None
    if before is None:
        return []
    old, new = before.terms, derived.document.terms
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return [*(["parties"] if before.parties != derived.document.parties else []), *names]


def _milestones_json(scene: Scene, derived: Engagement) -> list[MilestoneShape]:
    if not derived.milestones:
        # Nothing becomes of a milestone before all have signed; its terms are what they are asked to sign.
        status = derived.status.value
        return [_terms_json(place, item, status) for place, item in enumerate(derived.terms.milestones)]
    return [_milestone_json(scene, derived, place, item) for place, item in enumerate(derived.milestones)]


def _terms_json(place: int, terms: Milestone, status: str) -> MilestoneShape:
    return {
        "place": place,
        "name": terms.name,
        "amount_minor": terms.amount_minor,
        "due_day": terms.due_day,
        "criteria": list(terms.criteria),
        "accept_days": terms.accept_days,
        "on_silence": terms.on_silence,
        "status": status,
        "deliveries": [],
        "failed": [],
        "answer": "",
        "answer_by": None,
        "accepted_at": None,
        "is_late": False,
        "payments": [],
        "proofs": [],
    }


def _milestone_json(scene: Scene, derived: Engagement, place: int, state: MilestoneState) -> MilestoneShape:
    review = scene.evidence.counted[state.review] if state.review else None
    return {
        **_terms_json(place, state.terms, state.status.value),
        "deliveries": [_delivery_json(scene, derived, delivery) for delivery in state.deliveries],
        "failed": list(state.failed),
        "answer": str(review.body.get("note", "")) if review is not None else "",
        "answer_by": state.answer_by,
        "accepted_at": state.accepted_at,
        "is_late": state.is_late,
        "payments": [_payment_json(scene, payment) for payment in state.payments],
        "proofs": [record_text(proof) for proof in state.proofs],
    }


def _delivery_json(scene: Scene, derived: Engagement, delivery: RecordId) -> DeliveryShape:
    record = scene.evidence.counted[delivery]
    receipts = scene.evidence.referring("seen", "of", delivery)
    entitled = {derived.client, *derived.terms.witnesses}
    return {
        "id": record_text(delivery),
        "by": identity_text(record.author),
        "by_name": scene.name(record.author),
        "at": record.rev,
        "files": [_file_json(item) for item in cast("list[dict[str, object]]", record.body["evidence"])],
        "note": str(record.body.get("note", "")),
        "seen_by": sorted({scene.name(receipt.author) for receipt in receipts if receipt.author in entitled}),
    }


def _file_json(item: dict[str, object]) -> FileShape:
    return {
        "sha256": cast("bytes", item["sha256"]).hex(),
        "name": str(item.get("name", "")),
        "uri": str(item.get("uri", "")),
        "length": cast("int | None", item.get("length")),
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
        "proof": record_text(ending.proof) if ending.is_one_sided else document_text(ending.proof),
    }

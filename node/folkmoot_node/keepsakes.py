"""What others have said under an engagement that its parties must not lose: what its state rests on, and no more.

A delivery, the answer to it, a receipt, a closing or a dispute lives as long as its author keeps publishing it. A
party's node holds its own copy of those on which acceptance, payment and ending rest, so that none can be made to
vanish. It is one delivery a milestone, the latest or the one that was accepted, not all that were rejected before.
"""

from collections.abc import Iterator

from folkmoot.ids import DocumentId, RecordId
from folkmoot.record import Record
from folkmoot.state.engagement import Engagement, derive_engagement
from folkmoot.state.evidence import Evidence
from folkmoot.state.milestones import MilestoneState
from folkmoot_node.views.disputes import disputes_under
from folkmoot_node.views.viewpoint import Scene, Viewpoint

KEPT_MAX = 48
"""Records of others that are exhibited for one engagement; slots for exhibits are few."""

RECEIPTS_OF_PAYEE_MAX = 4
"""Receipts of one payee for one milestone that are exhibited."""

WORK_KINDS = frozenset({"closing", "delivery", "dispute", "dispute-step", "payment", "review-of-delivery", "seen"})
"""Kinds of what is said under an engagement."""

_LEADS_TO = ("document", "delivery", "of", "about", "dispute")
_STEPS_MAX = 3


def keepsakes(scene: Scene, document_id: DocumentId) -> list[Record]:
    """Return the records of others on which the state of an engagement rests, at most so many."""
    found = derive_engagement(scene.evidence, document_id)
    if found is None or not found.is_complete:
        return []
    evidence = scene.evidence
    wanted = [
        record_id for milestone in found.milestones for record_id in _of_milestone(evidence, found, milestone)
    ]
    wanted += [RecordId(ending.proof) for ending in found.endings if ending.is_one_sided]
    for dispute in disputes_under(scene, document_id):
        wanted += [dispute.id, *dispute.steps]
    records = (evidence.counted[record_id] for record_id in dict.fromkeys(wanted))
    return [record for record in records if record.author != scene.viewer][:KEPT_MAX]


def _of_milestone(evidence: Evidence, found: Engagement, milestone: MilestoneState) -> Iterator[RecordId]:
    yield from milestone.proofs
    if not milestone.is_accepted and milestone.deliveries:
        latest = milestone.deliveries[-1]
        yield latest
        if milestone.review is not None:
            yield milestone.review
        receipts = [
            receipt
            for receipt in evidence.referring("seen", "of", latest)
            if receipt.author in (found.client, *found.terms.witnesses)
        ]
        if receipts:
            yield min(receipts, key=lambda receipt: (receipt.rev, receipt.id)).id
    for payment in milestone.payments:
        yield from payment.proofs[:RECEIPTS_OF_PAYEE_MAX]


async def documents_of(view: Viewpoint, record: Record) -> set[DocumentId]:
    """Return the documents under which a record says something, as far as what it names is held.

    A receipt names deliveries, a step a dispute, and that a delivery or a document.
    """
    found: set[DocumentId] = set()
    ahead = [record]
    for _step in range(_STEPS_MAX):
        named = [ref for item in ahead for ref in item.refs if ref.relation in _LEADS_TO]
        # What a dispute is about may be a document or a record; an id that is none of ours leads nowhere.
        found |= {DocumentId(ref.target) for ref in named if ref.relation in ("document", "about")}
        onward = [await view.store.record(RecordId(ref.target)) for ref in named if ref.relation != "document"]
        ahead = [item for item in onward if item is not None and item.kind in WORK_KINDS]
    return found

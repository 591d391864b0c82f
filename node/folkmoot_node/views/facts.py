"""What a person has done, counted from acts, each with the ids that prove it; no opinion is among it."""

from collections.abc import Iterable

from folkmoot.ids import IdentityId
from folkmoot.state.facts import Fact, derive_facts
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.bearing import scene_of
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.person_shapes import FactShape, FactsShape
from folkmoot_node.views.viewpoint import Scene, Viewpoint


async def facts(view: Viewpoint, identity: IdentityId) -> FactsShape:
    """Return what a person has done.

    Raises:
        UnknownIdError: Nothing of this identity is held.
    """
    scene = await scene_of(view, identity)
    if identity not in scene.evidence.chains:
        raise UnknownIdError(f"nobody with the id {identity_text(identity)} is known here", advice=SYNC_ADVICE)
    return await view.work(lambda: facts_json(scene, identity))


def facts_json(scene: Scene, identity: IdentityId) -> FactsShape:
    """Return what a person has done, as far as a scene shows it."""
    derived = derive_facts(scene.evidence, identity)
    return {
        "identity": identity_text(identity),
        "name": scene.name(identity),
        "engagements": {way: _fact_json(scene, fact) for way, fact in derived.engagements.items()},
        "one_sided": _fact_json(scene, derived.one_sided),
        "milestones": _fact_json(scene, derived.milestones),
        "accepted_first_time": _fact_json(scene, derived.accepted_first_time),
        "accepted": _fact_json(scene, derived.accepted),
        "late": _fact_json(scene, derived.late),
        "payment_days": list(derived.payment_days),
        "payments": _fact_json(scene, derived.payments),
        "payments_overdue": _fact_json(scene, derived.payments_overdue),
        "bids_received": _fact_json(scene, derived.bids_received),
        "bids_answered": _fact_json(scene, derived.bids_answered),
        "lapsed": _fact_json(scene, derived.lapsed),
        "unrevealed": _fact_json(scene, derived.unrevealed),
        "left": _fact_json(scene, derived.left),
        "companions": [
            {
                "identity": identity_text(companion.identity),
                "name": scene.name(companion.identity),
                "proofs": _proofs(scene, companion.proofs),
            }
            for companion in derived.companions
        ],
        "is_whole": scene.is_whole,
    }


def _fact_json(scene: Scene, fact: Fact) -> FactShape:
    return {"count": fact.count, "proofs": _proofs(scene, fact.proofs)}


def _proofs(scene: Scene, proofs: Iterable[bytes]) -> list[str]:
    documents = scene.evidence.documents
    return [document_text(proof) if proof in documents else record_text(proof) for proof in proofs]

"""Documents of any type as whoever is asked to sign them needs to see them, and those that hang on another."""

from collections.abc import Iterable

from folkmoot.agreement import Document
from folkmoot.documents import unknown_to_us
from folkmoot.ids import DocumentId
from folkmoot.kinds.consent import AGREEMENT, DRAFT, named_document
from folkmoot.state.lineage import Position, locate
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.engagement_shapes import DocumentShape, OfferShape
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.viewpoint import Scene, Viewpoint


async def document(view: Viewpoint, document_id: DocumentId) -> DocumentShape:
    """Return what a document says, who has signed it and who has not.

    Raises:
        UnknownIdError: No such document is held.
    """
    scene = await view.around(document_id)
    return await view.work(lambda: document_json(scene, found_document(scene, document_id)))


def found_document(scene: Scene, document_id: DocumentId) -> Position:
    """Find where a document that is held stands.

    Raises:
        UnknownIdError: It is not held.
    """
    held = scene.evidence.documents.get(document_id)
    position = locate(scene.evidence, document_id, held.type) if held is not None else None
    if position is None:
        raise UnknownIdError(f"no document {document_text(document_id)} is known here", advice=SYNC_ADVICE)
    return position


def document_json(scene: Scene, position: Position) -> DocumentShape:
    """Return a document and who has signed it."""
    held = position.document
    return {
        "id": document_text(held.id),
        "type": held.type,
        "status": position.standing.value,
        "drafter": identity_text(held.drafter),
        "drafter_name": scene.name(held.drafter),
        "accept_by": held.accept_by,
        "signed": _names(scene, held, position.signed),
        "waiting": _names(scene, held, set(range(len(held.parties))) - position.signed),
        "unknown": sorted(unknown_to_us(held)),
        "terms": body_json(dict(held.terms)),
    }


def offers_about(scene: Scene, relation: str, target: bytes) -> list[OfferShape]:
    """Return the documents whose terms name something by a relation, oldest first."""
    carriers = [
        record
        for kind in (DRAFT.name, AGREEMENT.name)
        for record in scene.evidence.referring(kind, relation, target)
    ]
    found = dict.fromkeys(named_document(record) for record in carriers)
    return offers_json(scene, found)


def offers_json(scene: Scene, documents: Iterable[DocumentId]) -> list[OfferShape]:
    """Return documents that wait for signatures or had them all, oldest first."""
    positions = [found_document(scene, item) for item in documents]
    return [
        {
            "id": document_text(position.document.id),
            "type": position.document.type,
            "way": str(position.document.terms.get("way", "")),
            "text": str(position.document.terms.get("text", "")),
            "status": position.standing.value,
            "drafter_name": scene.name(position.document.drafter),
            "accept_by": position.document.accept_by,
            "signed": _names(scene, position.document, position.signed),
            "waiting": _names(
                scene, position.document, set(range(len(position.document.parties))) - position.signed
            ),
        }
        for position in sorted(positions, key=lambda item: (item.document.drafted, item.document.id))
    ]


def _names(scene: Scene, held: Document, places: Iterable[int]) -> list[str]:
    parties = [held.parties[place] for place in sorted(places)]
    names = [
        scene.name(party.identity) if party.identity else f"nobody yet as {party.capacity}" for party in parties
    ]
    return list(dict.fromkeys(names))

"""Saying yes or no to an engagement, a change order, a closing or a settlement that somebody drafted."""

from typing import cast

from folkmoot.documents import CLOSING, SETTLEMENT, TEAM
from folkmoot.ids import DocumentId, RecordId
from folkmoot.state.disputes import DisputeStatus, derive_dispute
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.lineage import Position, Standing, descends, formation
from folkmoot_node.acts.drafts import refuse_unreadable, signed_seats
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.documents import found_document
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, document_text
from folkmoot_node.views.viewpoint import Scene, Viewpoint


@in_turn
async def sign_document(author: Author, document: str) -> Published:
    """Sign a document in every place that is the owner's.

    Raises:
        UnknownIdError: The document is not known here, or the id is mistyped.
        ConfigError: It is a team offer, which is accepted by seats.
        RefusedError: No place is the owner's, it is signed already, or it cannot come into force any more.
    """
    scene, position = await _offered(author, document)
    found = position.document
    refuse_unreadable(found)
    waiting = [place for place in found.indices_of(author.identity) if place not in position.signed]
    if not waiting:
        raise RefusedError("you have signed it already")
    _refuse_over(author, scene, position)
    _refuse_moot(scene, position)
    space = scene.space_of(found.id)
    acceptances = await signed_seats(author, found, waiting)
    records = [await author.publish("accept", acceptance, space=space) for acceptance in acceptances]
    return Published(records[0], found.id)


@in_turn
async def decline_document(author: Author, document: str, *, reason: str, note: str = "") -> Published:
    """Say no to a document, or take one's signature back while not everybody has signed.

    Raises:
        UnknownIdError: The document is not known here, or the id is mistyped.
        ConfigError: It is a team offer, which is declined by seats.
        RefusedError: No place is the owner's, all have signed it, or it was declined before.
    """
    scene, position = await _offered(author, document)
    if position.formal.is_complete:
        raise RefusedError(
            "all have signed it, so it binds",
            advice="An engagement is changed by a change order that all sign, and ended by closing it.",
        )
    if author.identity in position.declined:
        raise RefusedError("you have declined it before")
    found = position.document
    body = filled(document=found.id, reason=reason, note=note)
    record = await author.publish("decline", body, space=scene.space_of(found.id))
    has_signed = any(place in position.signed for place in found.indices_of(author.identity))
    taken_back = "your signature is taken back for whoever hears of this before the agreement is complete"
    return Published(record, found.id, (taken_back,) if has_signed else ())


async def _offered(author: Author, document: str) -> tuple[Scene, Position]:
    """Find a document in which the owner has a place."""
    wanted = document_id(document)
    scene = await Viewpoint.of(author).around(wanted)
    position = found_document(scene, wanted)
    if position.document.type == TEAM:
        raise ConfigError(
            "that is a team offer", advice="Use `folkmoot team accept` or `folkmoot team decline` for it."
        )
    if not position.document.indices_of(author.identity):
        raise RefusedError("no place in that document is yours", rule="COS-4")
    return scene, position


def _refuse_over(author: Author, scene: Scene, position: Position) -> None:
    """Refuse to sign what cannot come into force any more."""
    if position.standing is Standing.SUPERSEDED and position.superseded_by is not None:
        raise RefusedError(
            "that document was replaced by a newer one, and a signature on the old counts for nothing there",
            advice=f"Look at {document_text(position.superseded_by)} and sign that one.",
            rule="TEA-3",
        )
    if position.document.accept_by < author.clock.now_ms():
        raise RefusedError("the moment to sign it has passed", advice="Ask for a new one.", rule="COS-3")
    others = sorted(position.declined - {author.identity})
    if others:
        raise RefusedError(f"{scene.name(others[0])} has declined it", advice="Wait for a new one.")
    for other in position.lineage.values():
        is_rival = other.id != position.document.id and other.type == position.document.type
        is_before = descends(position.document, other, position.lineage)
        if is_rival and not is_before and formation(scene.evidence, other).is_complete:
            raise RefusedError(
                "all have signed another change meanwhile, and with this one both would be contested",
                advice=f"Look at {document_text(other.id)}, and ask for a change of that one.",
            )


def _refuse_moot(scene: Scene, position: Position) -> None:
    """Refuse to sign the end of what is unknown here, or ended already."""
    terms = position.document.terms
    if position.document.type == CLOSING:
        engagement = derive_engagement(scene.evidence, cast("DocumentId", terms["engagement"]))
        if engagement is None:
            raise UnknownIdError("the engagement that it would close is not known here", advice=SYNC_ADVICE)
        if engagement.ending is not None and not engagement.ending.is_one_sided:
            raise RefusedError("all have signed the end of that engagement already")
    if position.document.type == SETTLEMENT:
        dispute = derive_dispute(scene.evidence, cast("RecordId", terms["dispute"]))
        if dispute is None:
            raise UnknownIdError("the dispute that it would settle is not known here", advice=SYNC_ADVICE)
        if dispute.status is DisputeStatus.SETTLED:
            raise RefusedError("all have signed another settlement of that dispute already")

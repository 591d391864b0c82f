"""Single records, as they were said."""

from folkmoot.ids import RecordId
from folkmoot.record import Record
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, identity_text, record_text
from folkmoot_node.views.rendering import body_json, refs_json
from folkmoot_node.views.shapes import RecordShape
from folkmoot_node.views.viewpoint import Viewpoint


async def record(view: Viewpoint, record_id: RecordId) -> RecordShape:
    """Return what one record says, since when it is held, and whether it is what stands at its address.

    Raises:
        UnknownIdError: It is neither held nor exhibited.
    """
    found = await held_record(view, record_id)
    place = await view.store.placement(record_id)
    return {
        "id": record_text(found.id),
        "kind": found.kind,
        "author": identity_text(found.author),
        "space": found.space,
        "slot": found.slot,
        "rev": found.rev,
        "expires_day": found.expires,
        "refs": refs_json(found.refs),
        "body": body_json(found.body),
        "received_ms": place.received_ms if place else None,
        "is_live": place.is_live if place else False,
    }


async def held_record(view: Viewpoint, record_id: RecordId) -> Record:
    """Return a record that is held or exhibited.

    Raises:
        UnknownIdError: It is neither.
    """
    found = await view.store.record(record_id) or await view.record(record_id)
    if found is None:
        raise UnknownIdError(f"no record {record_text(record_id)} is held here", advice=SYNC_ADVICE)
    return found

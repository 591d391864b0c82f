"""Bundles for people to take away: what they ask for, with everything that a stranger needs to verify it."""

from collections.abc import Container, Mapping, Sequence
from functools import partial

from folkmoot.bundle import pack
from folkmoot.ids import IdPrefix
from folkmoot.limits import BUNDLE_BYTES_MAX
from folkmoot.record import Record
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.store import Cursor
from folkmoot_node.views.naming import SYNC_ADVICE, any_id
from folkmoot_node.views.viewpoint import RECORDS_MAX, Scene, Viewpoint

_PAGE = 500


async def export(view: Viewpoint, ids: Sequence[str]) -> bytes:
    """Pack records, documents and identities with what bears on them; without ids, everything of the owner's.

    Raises:
        UnknownIdError: Nothing is held under an id, or it is mistyped.
        ConfigError: An id names the wrong sort of thing.
        RefusedError: It would be more than a bundle holds.
    """
    if ids:
        asked = [any_id(text) for text in ids]
        scene = await view.around(*(value for _prefix, value in asked))
        for text, (prefix, value) in zip(ids, asked, strict=True):
            _require(scene, text, prefix, value)
        records: Sequence[Record] = []
    else:
        records = await _own(view)
        scene = await view.around(view.identity, *(record.id for record in records[:RECORDS_MAX]))
    held = {record.id: record for record in (*records, *scene.evidence.live.values())}
    operations = [item for chain in scene.evidence.chains.values() for item in chain.kept]
    data = await view.work(partial(pack, operations, list(held.values()), network=view.network))
    if len(data) > BUNDLE_BYTES_MAX:
        raise RefusedError(
            f"that is more than one bundle holds: {len(data)} bytes", advice="Export fewer things at a time."
        )
    return data


def _require(scene: Scene, text: str, prefix: IdPrefix, value: bytes) -> None:
    held: Mapping[IdPrefix, Container[bytes]] = {
        IdPrefix.IDENTITY: scene.evidence.chains,
        IdPrefix.RECORD: scene.evidence.counted,
        IdPrefix.DOCUMENT: scene.evidence.documents,
    }
    if value not in held[prefix]:
        raise UnknownIdError(f"nothing is held under {text}", advice=SYNC_ADVICE)


async def _own(view: Viewpoint) -> list[Record]:
    """Return every record of the owner's that is shown."""
    found: list[Record] = []
    before: Cursor | None = None
    while True:
        page = await view.store.by_author(view.identity, limit=_PAGE, before=before)
        found += page
        if len(page) < _PAGE:
            return found
        before = Cursor(page[-1].rev, page[-1].id)

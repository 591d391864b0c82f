"""What bears on a person: what they signed and called for, and what is said of them that is to be shown.

What somebody took part in comes before what only names them: others can draft and say as much as they like about
anybody, and must not crowd that out.
"""

from dataclasses import replace

from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.consent import named_document
from folkmoot.kinds.people import shown_endorsements
from folkmoot.record import Address
from folkmoot.rules import COMMONS
from folkmoot_node.store import PARTY
from folkmoot_node.views.viewpoint import Scene, Viewpoint

DOCUMENTS_MAX = 200
"""Documents of one person in a view, those that they signed or drafted themselves before the others."""

OPPORTUNITIES_MAX = 200
"""Opportunities of one client in a view, the newest."""

ENDORSEMENTS_MAX = 100
"""Endorsements that the owner does not show and still sees, the newest."""

_OWN_WORD = ("accept", "draft", "agreement")


async def documents_of(view: Viewpoint, identity: IdentityId, *, limit: int) -> tuple[list[DocumentId], bool]:
    """Return the documents that somebody signed, drafted or is named in, and whether that is all of them.

    Raises:
        StoreError: The store cannot be read.
    """
    own = [await view.store.by_author(identity, kind, limit=limit + 1) for kind in _OWN_WORD]
    named = await view.store.referring(identity, PARTY, limit=limit + 1)
    said = sorted((record for records in own for record in records), key=lambda record: (-record.rev, record.id))
    found = list(dict.fromkeys(named_document(record) for record in (*said, *named)))
    return found[:limit], len(found) <= limit and all(len(records) <= limit for records in (*own, named))


async def scene_of(view: Viewpoint, identity: IdentityId) -> Scene:
    """Load what a person did, and what they show of what others say; to the owner also the newest of the rest.

    Raises:
        StoreError: The store cannot be read.
    """
    documents, has_all = await documents_of(view, identity, limit=DOCUMENTS_MAX)
    calls = await view.store.by_author(identity, "opportunity", limit=OPPORTUNITIES_MAX + 1)
    starts = [*(call.id for call in calls[:OPPORTUNITIES_MAX]), *documents, *await _endorsements(view, identity)]
    scene = await view.around_person(identity, *starts)
    return replace(scene, is_whole=scene.is_whole and has_all and len(calls) <= OPPORTUNITIES_MAX)


async def _endorsements(view: Viewpoint, identity: IdentityId) -> list[RecordId]:
    profile = await view.store.at(Address(identity, COMMONS, "profile", 0))
    shown = list(shown_endorsements(profile.body)) if profile is not None else []
    if identity != view.identity:
        return shown
    newest = await view.store.referring(identity, "subject", kind="endorsement", limit=ENDORSEMENTS_MAX)
    return list(dict.fromkeys([*shown, *(record.id for record in newest)]))

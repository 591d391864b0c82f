"""Posts, newest first, about something or at large."""

from typing import cast

from folkmoot.ids import IdentityId, IdPrefix, id_to_text
from folkmoot.record import Record
from folkmoot_node.views.naming import identity_text, record_text
from folkmoot_node.views.shapes import PostList, PostShape
from folkmoot_node.views.viewpoint import Viewpoint


async def posts(view: Viewpoint, *, about: bytes | None, limit: int) -> PostList:
    """List posts; those about something include the replies to it."""
    if about is None:
        records = await view.store.by_kind("post", limit=limit)
    else:
        referring = await view.store.referring(about, "about", "replies", limit=limit)
        records = [record for record in referring if record.kind == "post"]
    names = await view.names(record.author for record in records)
    return {"items": [await _post_json(view, record, names[record.author]) for record in records]}


async def _post_json(view: Viewpoint, record: Record, author_name: str) -> PostShape:
    about = record.targets("about")
    replies = record.targets("replies")
    return {
        "id": record_text(record.id),
        "author": identity_text(record.author),
        "author_name": author_name,
        "text": cast("str", record.body["text"]),
        "title": cast("str", record.body.get("title", "")),
        "topic": cast("str", record.body.get("topic", "")),
        "tags": cast("list[str]", record.body.get("tags", [])),
        "about": await _about_text(view, about[0]) if about else None,
        "replies": record_text(replies[0]) if replies else None,
        "rev": record.rev,
    }


async def _about_text(view: Viewpoint, target: bytes) -> str:
    """Write an id whose sort the post does not say: as what is held under it, or as a record's."""
    if await view.store.operations_of(IdentityId(target)):
        return identity_text(target)
    if await view.store.referring(target, "document", limit=1):
        return id_to_text(IdPrefix.DOCUMENT, target)
    return record_text(target)

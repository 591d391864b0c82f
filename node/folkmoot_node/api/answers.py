"""What acts and the daemon give back, as JSON; what views give back is in `folkmoot_node.views.shapes`."""

from typing import NotRequired

from typing_extensions import TypedDict

from folkmoot_node.acts.profile import Imported
from folkmoot_node.acts.published import Published
from folkmoot_node.api.daemon import PeerFacts
from folkmoot_node.views.naming import document_text, identity_text, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.shapes import Holdings, Json


class PublishedShape(TypedDict):
    """One record that an act published; `document` where it drafts or signs one."""

    id: str
    kind: str
    author: str
    space: str
    expires_day: int
    document: NotRequired[str]
    notes: list[str]


class LeftOutShape(TypedDict):
    """Something in a file that was not taken over, and why."""

    what: str
    why: str


class ImportedShape(TypedDict):
    """What came of an import; `published` is null after a dry run."""

    published: PublishedShape | None
    left_out: list[LeftOutShape]
    notes: list[str]
    body: Json


class PeerShape(TypedDict):
    """One peer."""

    peer: str
    address: str
    connected: bool
    dialled: bool
    failures: int
    last_sync_ms: int | None


class PeerList(TypedDict):
    """The peers that are connected or remembered."""

    items: list[PeerShape]


class NamedPeerShape(TypedDict):
    """The peer that something was done about."""

    peer: str


class ClockShape(TypedDict):
    """What time it is for the daemon."""

    now_ms: int


class DialledShape(TypedDict):
    """A peer that was reached."""

    peer: str
    address: str


class SyncShape(TypedDict):
    """With how many peers a sync began."""

    peers: int


class StatusShape(Holdings):
    """How a node is; `verdicts` counts decisions against items by rule, `contained` what peers were kept from.

    `notes` are sentences that its owner should read.
    """

    version: str
    peer_id: str
    addresses: list[str]
    api_url: str
    data_dir: str
    started_ms: int
    peers: list[PeerShape]
    verdicts: dict[str, int]
    contained: dict[str, int]
    notes: list[str]


def published_json(published: Published) -> PublishedShape:
    """Return what an act published."""
    record = published.record
    answer: PublishedShape = {
        "id": record_text(record.id),
        "kind": record.kind,
        "author": identity_text(record.author),
        "space": record.space,
        "expires_day": record.expires,
        "notes": list(published.notes),
    }
    if published.document is not None:
        answer["document"] = document_text(published.document)
    return answer


def imported_json(imported: Imported) -> ImportedShape:
    """Return what came of an import."""
    return {
        "published": published_json(imported.published) if imported.published else None,
        "left_out": [{"what": item.what, "why": item.why} for item in imported.left_out],
        "notes": list(imported.notes),
        "body": body_json(imported.body),
    }


def peer_json(peer: PeerFacts) -> PeerShape:
    """Return what is known of a peer."""
    return {
        "peer": peer.peer,
        "address": peer.address,
        "connected": peer.connected,
        "dialled": peer.dialled,
        "failures": peer.failures,
        "last_sync_ms": peer.last_sync_ms,
    }

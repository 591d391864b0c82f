"""Routes about the node itself: how it is, what it holds, whom it talks to."""

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from folkmoot.limits import INTEGER_MAX
from folkmoot_node.api import models
from folkmoot_node.api.answers import (
    ClockShape,
    DialledShape,
    NamedPeerShape,
    PeerList,
    StatusShape,
    SyncShape,
    peer_json,
)
from folkmoot_node.api.parts import IdText, Parts
from folkmoot_node.views import exporting, records, standing, status
from folkmoot_node.views.naming import record_id
from folkmoot_node.views.shapes import RecordShape, StateShape

BUNDLE_TYPE = "application/octet-stream"
_EXPORTED_IDS_MAX = 100

router = APIRouter(tags=["node"])


@router.get("/status")
async def show_status(parts: Parts) -> StatusShape:
    """Tell how the node is."""
    facts = parts.surroundings.facts()
    return {
        "version": version("folkmoot"),
        **await status.holdings(parts.view),
        "peer_id": facts.peer_id,
        "addresses": list(facts.addresses),
        "api_url": facts.api_url,
        "data_dir": facts.data_dir,
        "started_ms": facts.started_ms,
        "peers": [peer_json(peer) for peer in facts.peers],
        "verdicts": dict(parts.author.ingest.counts),
        "contained": dict(facts.contained),
        "notes": list(parts.author.readiness.notes(parts.view.now_ms())),
    }


@router.get("/state")
async def show_state(
    parts: Parts,
    *,
    as_of_ms: Annotated[int | None, Query(ge=0, le=INTEGER_MAX, description="Now when left out.")] = None,
) -> StateShape:
    """Hash everything that this node derives; equal on two nodes that hold the same records."""
    return await standing.state(parts.view, as_of_ms=parts.view.now_ms() if as_of_ms is None else as_of_ms)


@router.get("/records/{record}")
async def show_record(parts: Parts, record: IdText) -> RecordShape:
    """Tell what one record says."""
    return await records.record(parts.view, record_id(record))


@router.get("/records/{record}/wire", response_class=Response)
async def show_wire(parts: Parts, record: IdText) -> Response:
    """Return the bytes of one record as its author signed them."""
    found = await records.held_record(parts.view, record_id(record))
    return Response(found.wire, media_type=BUNDLE_TYPE)


@router.get("/export", response_class=Response)
async def export(
    parts: Parts,
    *,
    id: Annotated[  # noqa: A002 - the contract's name
        list[str] | None,
        Query(max_length=_EXPORTED_IDS_MAX, description="Everything of the owner's when left out."),
    ] = None,
) -> Response:
    """Return a bundle that verifies anywhere: what is asked for, and whatever is needed to verify it."""
    return Response(await exporting.export(parts.view, id or ()), media_type=BUNDLE_TYPE)


@router.post("/sync")
async def sync(parts: Parts) -> SyncShape:
    """Compare with every connected peer now."""
    return {"peers": await parts.surroundings.sync()}


@router.get("/peers")
async def list_peers(parts: Parts) -> PeerList:
    """List the peers that are connected or remembered."""
    return {"items": [peer_json(peer) for peer in parts.surroundings.facts().peers]}


@router.post("/peers")
async def dial(parts: Parts, fields: models.PeerAddress) -> DialledShape:
    """Connect to an address now, and remember it."""
    return {"peer": await parts.surroundings.dial(fields.address), "address": fields.address}


@router.delete("/peers/{peer}")
async def forget_peer(parts: Parts, peer: IdText) -> NamedPeerShape:
    """Keep a peer connected no longer, after a restart neither."""
    await parts.surroundings.forget(peer)
    return {"peer": peer}


@router.post("/peers/{peer}/block")
async def block_peer(parts: Parts, peer: IdText) -> NamedPeerShape:
    """Have nothing to do with a peer until it is unblocked or the node restarts."""
    await parts.surroundings.block(peer)
    return {"peer": peer}


@router.post("/peers/{peer}/unblock")
async def unblock_peer(parts: Parts, peer: IdText) -> NamedPeerShape:
    """Have to do with a peer again."""
    await parts.surroundings.unblock(peer)
    return {"peer": peer}


@router.put("/clock")
async def move_clock(parts: Parts, fields: models.ClockOffset) -> ClockShape:
    """Move the clock of a node of a test network."""
    await parts.surroundings.move_clock(fields.offset_ms)
    return {"now_ms": parts.view.now_ms()}

"""The whole state in one number, for comparing nodes."""

from collections import defaultdict
from functools import partial

from folkmoot.identity import Operation
from folkmoot.ids import IdentityId
from folkmoot.record import day_of
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash
from folkmoot_node.store import Everything
from folkmoot_node.views.shapes import StateShape
from folkmoot_node.views.viewpoint import Viewpoint, read_chains


async def state(view: Viewpoint, *, as_of_ms: int) -> StateShape:
    """Hash everything that is derived from what is held, as of a moment; equal on nodes that hold the same.

    It is worked out away from the event loop; while that lasts, every record is in memory.

    Raises:
        StoreError: The store cannot be read.
    """
    held = await view.store.everything()
    hashed = await view.work(partial(_hash, held, as_of_ms, view.network))
    return {
        "state_hash": hashed.hex(),
        "as_of_ms": as_of_ms,
        "records": len(held.records),
        "operations": len(held.operations),
    }


def _hash(held: Everything, now_ms: int, network: str) -> bytes:
    by_identity: dict[IdentityId, list[Operation]] = defaultdict(list)
    for item in held.operations:
        by_identity[item.identity].append(item)
    # What has expired is dropped by each node in its own time, so it must not count.
    live = (record for record in held.records if record.expires > day_of(now_ms))
    return state_hash(gather(live, read_chains(by_identity, network), now_ms=now_ms, network=network))

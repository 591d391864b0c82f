"""How a node is: what it holds and what it decided."""

from typing import cast

from folkmoot import SPEC_VERSION
from folkmoot.record import Address
from folkmoot.rules import COMMONS
from folkmoot_node.views.naming import identity_text
from folkmoot_node.views.shapes import Holdings
from folkmoot_node.views.viewpoint import Viewpoint


async def holdings(view: Viewpoint) -> Holdings:
    """Return who the owner is and how much is held."""
    counts = await view.store.counts()
    profile = await view.store.at(Address(view.identity, COMMONS, "profile", 0))
    return {
        "spec": SPEC_VERSION,
        "network": view.network,
        "identity": identity_text(view.identity),
        "name": cast("str", profile.body["name"]) if profile else "",
        "now_ms": view.now_ms(),
        "records": dict(counts.records),
        "identities": counts.identities,
        "waiting": counts.waiting,
        "database_bytes": counts.database_bytes,
    }

"""The transport over libp2p; no other package imports it."""

from folkmoot_node.network.libp2p_transport import SYNC_ID, Libp2pTransport
from folkmoot_node.network.limits import Limits

__all__ = ["SYNC_ID", "Libp2pTransport", "Limits"]

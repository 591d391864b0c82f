"""Tells the owner who is connected, in order, without ever making the network wait for the owner.

The library reports connections; the owner wants peers. Several connections to one peer are one link, and a link
that broke and came back is reported as both, for the streams on it are gone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import trio
from libp2p.abc import INetConn, INetStream, INetwork, INotifee
from libp2p.network.connection.swarm_connection import SwarmConn
from libp2p.peer.id import ID
from libp2p.rcmgr import Direction

from folkmoot_node.network.addresses import Multiaddr
from folkmoot_node.transport import PeerConnected, PeerDisconnected, PeerId

Announce = Callable[[PeerConnected | PeerDisconnected], Awaitable[None]]


@dataclass(slots=True)
class _Link:
    connections: set[INetConn] = field(default_factory=set)
    generation: int = 0
    announced: int = 0
    """The generation the owner knows as connected; 0 if it knows the peer as gone."""
    address: str = ""
    dialled: bool = False
    is_announced: trio.Event = field(default_factory=trio.Event)


class Links(INotifee):
    """Every peer there is a connection to, and what the owner knows of it."""

    def __init__(self) -> None:
        self._links: dict[ID, _Link] = {}
        self._stale: dict[ID, None] = {}
        self._changed = trio.Event()

    async def serve(self, announce: Announce) -> None:
        """Announce every change, for ever."""
        while True:
            while self._stale:
                peer_id = next(iter(self._stale))
                del self._stale[peer_id]
                link = self._links.get(peer_id)
                if link is not None:
                    await self._announce(peer_id, link, announce)
            await self._changed.wait()

    async def _announce(self, peer_id: ID, link: _Link, announce: Announce) -> None:
        peer = PeerId(str(peer_id))
        if link.announced and (not link.connections or link.announced != link.generation):
            link.announced = 0
            link.is_announced = trio.Event()
            await announce(PeerDisconnected(peer))
        if link.connections and not link.announced:
            link.announced = link.generation
            await announce(PeerConnected(peer, link.address, link.dialled))
            link.is_announced.set()
        if not link.connections and not link.announced:
            del self._links[peer_id]
            link.is_announced.set()  # nobody waits for the dead

    async def wait_announced(self, peer_id: ID) -> None:
        """Wait until the owner knows of a peer, so that what the peer does comes after."""
        link = self._links.get(peer_id)
        if link is not None:
            await link.is_announced.wait()

    def _touch(self, peer_id: ID) -> None:
        self._stale[peer_id] = None
        self._changed.set()
        self._changed = trio.Event()

    async def connected(self, network: INetwork, conn: INetConn) -> None:  # noqa: ARG002
        """Learn of a connection."""
        peer_id = conn.muxed_conn.peer_id
        link = self._links.setdefault(peer_id, _Link())
        if not link.connections:
            link.generation += 1
            link.address = _address(conn)
            link.dialled = isinstance(conn, SwarmConn) and conn.direction is Direction.OUTBOUND
        link.connections.add(conn)
        self._touch(peer_id)

    async def disconnected(self, network: INetwork, conn: INetConn) -> None:  # noqa: ARG002
        """Learn of the end of a connection."""
        peer_id = conn.muxed_conn.peer_id
        link = self._links.get(peer_id)
        if link is not None and conn in link.connections:
            link.connections.discard(conn)
            if not link.connections:
                self._touch(peer_id)

    async def opened_stream(self, network: INetwork, stream: INetStream) -> None:
        """Do nothing: streams announce themselves."""

    async def closed_stream(self, network: INetwork, stream: INetStream) -> None:
        """Do nothing."""

    async def listen(self, network: INetwork, multiaddr: Multiaddr) -> None:
        """Do nothing."""

    async def listen_close(self, network: INetwork, multiaddr: Multiaddr) -> None:
        """Do nothing."""


def _address(conn: INetConn) -> str:
    addresses = conn.get_transport_addresses()
    return f"{addresses[0]}/p2p/{conn.muxed_conn.peer_id}" if addresses else ""

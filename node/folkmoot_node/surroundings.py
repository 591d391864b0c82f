"""What the API asks of the daemon around it: facts for people, a sync now, one more peer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import trio

from folkmoot_node.api.daemon import Facts, PeerFacts
from folkmoot_node.clock import MovableClock
from folkmoot_node.errors import ConfigError, PeerError
from folkmoot_node.node import Node
from folkmoot_node.peers import DIAL_S_MAX, PEERS_CONFIGURED_MAX
from folkmoot_node.store import Store
from folkmoot_node.transport import PeerId, Transport

REMEMBERED_MAX = PEERS_CONFIGURED_MAX // 2
"""Peers that were added by hand and are dialled again at a start; there is as much room for the settings'."""


class GuardedTransport(Transport, Protocol):
    """A transport that counts what it kept from doing harm."""

    def contained(self) -> Mapping[str, int]:
        """Return how often which fault or breach of a limit was contained."""
        ...


class NodeSurroundings:
    """Answers for a running node."""

    def __init__(
        self, node: Node, store: Store, transport: GuardedTransport, *, data_dir: Path, started_ms: int
    ) -> None:
        self._node = node
        self._store = store
        self._transport = transport
        self._data_dir = data_dir
        self._started_ms = started_ms
        self.api_url = ""

    def facts(self) -> Facts:
        """Tell how the node is."""
        return Facts(
            peer_id=self._transport.peer_id,
            addresses=self._transport.addresses,
            api_url=self.api_url,
            data_dir=str(self._data_dir),
            started_ms=self._started_ms,
            peers=self._peers(),
            contained=self._transport.contained(),
        )

    async def sync(self) -> int:
        """Ask for a sync with every connected peer, and return their number."""
        for peer in self._node.peers.connected:
            self._node.sync.request(peer)
        await trio.lowlevel.checkpoint()
        return len(self._node.peers.connected)

    async def dial(self, address: str) -> str:
        """Connect to an address, and keep it connected from now on, after a restart too.

        Raises:
            PeerError: Nobody answers there, or somebody else; it is not kept.
            StoreError: It is connected and cannot be remembered.
        """
        try:
            with trio.fail_after(DIAL_S_MAX):
                peer = await self._transport.dial(address)
        except trio.TooSlowError as error:
            raise PeerError(address, f"no answer in {DIAL_S_MAX:.0f} s") from error
        self._node.peers.keep(address)
        await self._store.peer_seen(peer, address)
        return peer

    async def block(self, peer: str) -> None:
        """Have nothing to do with a peer until it is unblocked or this node restarts.

        Raises:
            PeerError: Too many are blocked already.
        """
        await self._node.peers.block(PeerId(peer))

    async def unblock(self, peer: str) -> None:
        """Have to do with a peer again."""
        await self._node.peers.unblock(PeerId(peer))

    async def forget(self, peer: str) -> None:
        """Keep a peer connected no longer, after a restart neither.

        Raises:
            StoreError: It cannot be taken out of the address book.
        """
        await self._node.peers.forget(PeerId(peer))
        await self._store.forget_peer(peer)

    async def move_clock(self, offset_ms: int) -> None:
        """Let this node's clock run so many ms ahead of the machine's, and meet everybody by it.

        Raises:
            ConfigError: The node was not started for that.
        """
        clock = self._node.peers.clock
        if not isinstance(clock, MovableClock):
            raise ConfigError(
                "this node's clock cannot be moved", advice="Start a node of a test network with --movable-clock."
            )
        clock.offset_ms = offset_ms
        await self.sync()

    async def redial(self) -> None:
        """Keep connected whom the operator added before this start.

        Raises:
            StoreError: The address book cannot be read.
        """
        for entry in await self._store.peers(limit=REMEMBERED_MAX):
            self._node.peers.keep(entry.address)

    def _peers(self) -> list[PeerFacts]:
        connected = self._node.peers.connected
        facts = [
            PeerFacts(
                peer=link.peer,
                address=link.address,
                connected=True,
                dialled=link.dialled,
                failures=0,
                last_sync_ms=link.last_sync_ms,
            )
            for link in connected.values()
        ]
        missing = [target for target in self._node.peers.targets if target.peer not in connected]
        return facts + [
            PeerFacts(
                peer=target.peer or PeerId(""),
                address=target.address,
                connected=False,
                dialled=True,
                failures=target.failures,
            )
            for target in missing
        ]

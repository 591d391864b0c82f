"""Who is connected, and the dialling of those who should be.

A configured peer is dialled until it answers, at growing intervals with some chance in them so that a network that
comes back does not knock all at once; a peer that was lost is dialled again soon.
"""

from dataclasses import dataclass

import structlog
import trio

from folkmoot_node.context import Context
from folkmoot_node.errors import PeerError
from folkmoot_node.transport import PeerConnected, PeerDisconnected, PeerId, Transport

DIAL_S_MAX = 20.0
BACKOFF_FIRST_S = 0.5
BACKOFF_S_MAX = 120.0
PEERS_CONFIGURED_MAX = 256
PEERS_BLOCKED_MAX = 1024

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Connection:
    """What is known of one connected peer; times in ms."""

    peer: PeerId
    address: str
    dialled: bool
    since_ms: int
    last_sync_ms: int | None = None


@dataclass(slots=True)
class Target:
    """An address that this node keeps dialling."""

    address: str
    peer: PeerId | None = None
    failures: int = 0
    last_error: str = ""


class Peers:
    """The connected peers, and the addresses to keep connected."""

    def __init__(self, transport: Transport, context: Context) -> None:
        self._transport = transport
        self.clock = context.clock
        self._entropy = context.entropy
        self._changed = trio.Condition()
        self._new_targets_in, self._new_targets_out = trio.open_memory_channel[Target](PEERS_CONFIGURED_MAX)
        self.connected: dict[PeerId, Connection] = {}
        self.targets: list[Target] = []
        self._blocked: set[PeerId] = set()

    def keep(self, address: str) -> None:
        """Dial an address from now on until it answers, and again whenever its peer is lost.

        Raises:
            PeerError: So many are kept already that one more would not be served.
        """
        if any(target.address == address for target in self.targets):
            return
        if len(self.targets) >= PEERS_CONFIGURED_MAX:
            raise PeerError(address, f"this node keeps no more than {PEERS_CONFIGURED_MAX} peers")
        target = Target(address)
        self.targets.append(target)
        self._new_targets_in.send_nowait(target)

    async def block(self, peer: PeerId) -> None:
        """Have nothing to do with a peer from now on, whoever dials.

        Raises:
            PeerError: So many are blocked already that one more would not be remembered.
        """
        if peer not in self._blocked and len(self._blocked) >= PEERS_BLOCKED_MAX:
            raise PeerError(peer, f"this node blocks no more than {PEERS_BLOCKED_MAX} peers")
        self._blocked.add(peer)
        await self._transport.disconnect(peer)

    async def unblock(self, peer: PeerId) -> None:
        """Have to do with a peer again."""
        self._blocked.discard(peer)
        await self._notify()

    async def forget(self, peer: PeerId) -> None:
        """Keep a peer connected no longer, and let go of it."""
        self.targets = [target for target in self.targets if target.peer != peer]
        await self._transport.disconnect(peer)

    async def on_connected(self, event: PeerConnected) -> None:
        """Note a new connection; one of a blocked peer is closed."""
        if event.peer in self._blocked:
            _log.info("blocked peer turned away", peer=event.peer)
            await self._transport.disconnect(event.peer)
            return
        self.connected[event.peer] = Connection(event.peer, event.address, event.dialled, self.clock.now_ms())
        _log.info("peer connected", peer=event.peer, dialled=event.dialled)
        await self._notify()

    async def on_disconnected(self, event: PeerDisconnected) -> None:
        """Note a lost connection."""
        self.connected.pop(event.peer, None)
        _log.info("peer disconnected", peer=event.peer)
        await self._notify()

    async def serve(self) -> None:
        """Dial every target for as long as the node runs."""
        async with trio.open_nursery() as nursery:
            async for target in self._new_targets_out:
                nursery.start_soon(self._tend, target)

    async def _tend(self, target: Target) -> None:
        """Keep one target connected."""
        while target in self.targets:
            await self._wait_unblocked(target)
            if await self._dial(target):
                await self._wait_lost(target)
                await trio.sleep(BACKOFF_FIRST_S * (0.5 + self._entropy.random()))
            else:
                longest = min(BACKOFF_S_MAX, BACKOFF_FIRST_S * 2 ** min(target.failures, 16))
                await trio.sleep(longest * (0.5 + self._entropy.random() / 2))

    async def _dial(self, target: Target) -> bool:
        try:
            with trio.fail_after(DIAL_S_MAX):
                target.peer = await self._transport.dial(target.address)
        except (PeerError, trio.TooSlowError) as error:
            target.failures += 1
            target.last_error = error.reason if isinstance(error, PeerError) else f"no answer in {DIAL_S_MAX:.0f} s"
            if target.failures == 1:
                _log.warning("peer does not answer", address=target.address, reason=target.last_error)
            return False
        target.failures, target.last_error = 0, ""
        return True

    async def _wait_lost(self, target: Target) -> None:
        """Wait until a peer that answered is gone; its connection may be announced a moment after the dial."""
        with trio.move_on_after(DIAL_S_MAX):
            async with self._changed:
                while target.peer not in self.connected:
                    await self._changed.wait()
        async with self._changed:
            while target.peer in self.connected:
                await self._changed.wait()

    async def _wait_unblocked(self, target: Target) -> None:
        async with self._changed:
            while target.peer in self._blocked:
                await self._changed.wait()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

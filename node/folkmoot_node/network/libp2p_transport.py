"""The transport over libp2p: TCP or WebSocket, Noise, yamux, GossipSub, and one protocol for sync streams.

Theory of operation: `serve` keeps the library's services in a shielded task, because they cannot be cancelled
without leaving sockets behind; when `serve` is cancelled it closes listeners and connections in that task, in
the one order that works, within a few seconds. Everything the owner hears comes through one bounded channel.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import trio
from libp2p.abc import INetStream
from libp2p.custom_types import TProtocol
from libp2p.host.exceptions import HostException
from libp2p.io.exceptions import IOException
from libp2p.network.exceptions import SwarmException
from libp2p.peer.id import ID
from libp2p.stream_muxer.exceptions import MuxedConnError, MuxedStreamError
from libp2p.transport.exceptions import OpenConnectionError

from folkmoot_node.clock import Clock
from folkmoot_node.errors import ConfigError, PeerError
from folkmoot_node.network.addresses import Multiaddr, dialling_address, listening_address, peer_id_of
from folkmoot_node.network.contained import Contained
from folkmoot_node.network.frames import Libp2pFrameStream
from folkmoot_node.network.host import build_host
from folkmoot_node.network.limits import Limits
from folkmoot_node.network.links import Links
from folkmoot_node.network.relay import Relay
from folkmoot_node.network.router import Router
from folkmoot_node.network.services import ContainingManager
from folkmoot_node.network.tcp import Listener
from folkmoot_node.network.yamux_stream import YamuxStream
from folkmoot_node.transport import (
    GOSSIP_BYTES_MAX,
    Delivered,
    FrameStream,
    GossipVerdict,
    PeerId,
    StreamOpened,
    TransportEvent,
)

SYNC_ID = TProtocol("/folkmoot/sync/1")
KEY_SEED_BYTES = 32

_SHUTDOWN_S = 5.0
_FAILURES = (SwarmException, HostException, IOException, MuxedConnError, MuxedStreamError, OSError)


class Libp2pTransport:
    """A `Transport` over libp2p."""

    def __init__(
        self, key_seed: bytes, listen: Sequence[str], clock: Clock, *, limits: Limits | None = None
    ) -> None:
        """Prepare a transport; nothing is opened before `serve`.

        Args:
            key_seed: 32 bytes that make the Ed25519 key of this transport, and with it its peer id.
            listen: Multiaddrs of TCP ports, such as `/ip4/127.0.0.1/tcp/0`, or with `/ws` at the end of
                WebSockets; none for a node that only dials.
            clock: Numbers gossip so that a restarted node is not taken for its own echo.
            limits: How much strangers may use.

        Raises:
            ConfigError: The seed or an address is malformed, or libp2p is of another version.
        """
        if len(key_seed) != KEY_SEED_BYTES:
            raise ConfigError(f"the transport key must have {KEY_SEED_BYTES} bytes")
        self._limits = limits or Limits()
        self._listen = [listening_address(address) for address in listen]
        self._contained = Contained()
        self._host = build_host(key_seed, self._limits, self._contained)
        self._relay = Relay(
            self._host, Router(self._contained), clock.now_ms() * 1_000_000, self._limits, self._contained
        )
        self._links = Links()
        self._events_in, self._events_out = trio.open_memory_channel[TransportEvent](self._limits.events_max)
        self._dialling: dict[ID, trio.Lock] = {}
        self._running = False

    @property
    def peer_id(self) -> PeerId:
        """Our own name in the transport."""
        return PeerId(str(self._host.get_id()))

    @property
    def addresses(self) -> Sequence[str]:
        """Where others can dial us, once `serve` has started."""
        return [str(address) for address in self._host.get_addrs()]

    @property
    def events(self) -> trio.MemoryReceiveChannel[TransportEvent]:
        """What happens, in order per peer. One reader."""
        return self._events_out

    def contained(self) -> Mapping[str, int]:
        """Return how often which fault or breach of a limit was kept from doing harm."""
        return self._contained.counts()

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run until cancelled; on the way out close the listener and every connection. Once only.

        Raises:
            ConfigError: A listening address cannot be used.
        """
        listeners = await self._bind()
        stop = trio.Event()
        try:
            async with trio.open_nursery() as nursery:
                await nursery.start(self._run, listeners, stop)
                self._running = True
                task_status.started()
                try:
                    await trio.sleep_forever()
                finally:
                    stop.set()
        finally:
            self._running = False
            self._events_in.close()

    async def _bind(self) -> list[Listener]:
        listeners: list[Listener] = []
        try:
            for address in self._listen:
                listeners.append(await Listener.bind(address))  # noqa: PERF401 - those bound must be closed again
        except OpenConnectionError as error:
            for listener in listeners:
                await listener.close()
            raise ConfigError(str(error), advice="Choose another address or stop whoever uses it.") from error
        self._host.swarm.listeners.update({str(index): listener for index, listener in enumerate(listeners)})
        return listeners

    async def _run(
        self, listeners: Sequence[Listener], stop: trio.Event, *, task_status: trio.TaskStatus[None]
    ) -> None:
        with trio.CancelScope(shield=True):
            try:
                async with trio.open_nursery() as services:
                    await self._start(services)
                    async with trio.open_nursery() as callers:
                        async with trio.open_nursery() as doors:
                            for listener in listeners:
                                accept = partial(self._host.swarm.accept, welcome=listener.welcome)
                                serve = partial(trio.serve_listeners, handler_nursery=callers)
                                doors.start_soon(serve, accept, listener.sockets)
                            task_status.started()
                            await stop.wait()
                            doors.cancel_scope.cancel()
                        self._events_in.close()  # nothing may wait any longer for someone to read events
                        with trio.move_on_after(_SHUTDOWN_S):
                            await self._host.swarm.close_all()
                        callers.cancel_scope.cancel()
                    services.cancel_scope.cancel()
            finally:
                for listener in listeners:
                    await listener.close()

    async def _start(self, services: trio.Nursery) -> None:
        self._host.swarm.register_notifee(self._links)
        self._host.set_stream_handler(SYNC_ID, self._take_stream)
        self._host.set_stream_handler(self._relay.protocols[0], self._take_gossip)
        self._relay.deliver = self._deliver
        for service in (self._host.swarm, self._relay.router, self._relay):
            await services.start(ContainingManager(service, self._contained).serve)
        await self._relay.wait_until_ready()
        services.start_soon(self._relay.docket.serve)
        services.start_soon(self._links.serve, self._emit)

    async def _take_gossip(self, stream: INetStream) -> None:
        await self._links.wait_announced(stream.muxed_conn.peer_id)
        await self._relay.stream_handler(stream)

    async def _take_stream(self, stream: INetStream) -> None:
        await self._links.wait_announced(stream.muxed_conn.peer_id)
        frames = Libp2pFrameStream(stream, self._limits.write_stall_s)
        await self._emit(StreamOpened(frames.peer, frames))
        # As long as this handler runs, the library counts the stream as the peer's.
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_when_gone, stream, nursery.cancel_scope)
            await frames.over.wait()
            nursery.cancel_scope.cancel()

    async def _deliver(self, forwarder: ID, topic: str, data: bytes, ticket: int) -> None:
        await self._emit(Delivered(PeerId(str(forwarder)), topic, data, ticket))

    async def _emit(self, event: TransportEvent) -> None:
        try:
            await self._events_in.send(event)
        except trio.ClosedResourceError:
            await trio.lowlevel.checkpoint()  # shutting down: the owner has stopped listening

    async def subscribe(self, topic: str) -> None:
        """Take part in the gossip of one topic."""
        await self._relay.subscribe(topic)

    async def publish(self, topic: str, data: bytes) -> None:
        """Hand one message to the gossip, waiting for room in the queue; best effort from there on.

        Raises:
            ValueError: The message is over `GOSSIP_BYTES_MAX`.
        """
        if len(data) > GOSSIP_BYTES_MAX:
            raise ValueError(f"a message of {len(data)} bytes is over {GOSSIP_BYTES_MAX}")
        await self._relay.publish(topic, data)

    async def judge(self, ticket: int, verdict: GossipVerdict) -> None:
        """Say what becomes of a delivered message; a ticket that has run out is ignored."""
        await self._relay.judge(ticket, verdict)

    async def dial(self, address: str) -> PeerId:
        """Connect to an address, at most once: an existing connection to that peer is kept.

        Raises:
            PeerError: Nobody answers, it is not the peer that the address names, or it names none.
        """
        maddr, peer_id = dialling_address(address)
        if peer_id == self._host.get_id():
            raise PeerError(address, "is this node itself")
        lock = self._dialling.setdefault(peer_id, trio.Lock())
        try:
            async with lock:
                if not self._is_connected(peer_id):
                    await self._connect(maddr, peer_id)
        finally:
            if not lock.locked():
                self._dialling.pop(peer_id, None)
        return PeerId(str(peer_id))

    async def _connect(self, maddr: Multiaddr, peer_id: ID) -> None:
        if not self._running:
            raise PeerError(str(peer_id), "the transport does not run")
        try:
            with trio.fail_after(self._limits.dial_s):
                await self._host.swarm.dial_addr(maddr, peer_id)
        except trio.TooSlowError as error:
            raise PeerError(str(maddr), "does not answer in time") from error
        except _FAILURES as error:
            raise PeerError(str(maddr), f"cannot be reached ({_reason(error)})") from error

    async def disconnect(self, peer: PeerId) -> None:
        """Close every connection to a peer, if there is one."""
        await self._host.disconnect(peer_id_of(peer))

    async def open_stream(self, peer: PeerId) -> FrameStream:
        """Open a sync stream.

        Raises:
            PeerError: The peer is not connected or does not speak the protocol.
        """
        peer_id = peer_id_of(peer)
        if not self._is_connected(peer_id):
            raise PeerError(peer, "is not connected")
        try:
            with trio.fail_after(self._limits.negotiation_s):
                stream = await self._host.new_stream(peer_id, [SYNC_ID])
        except trio.TooSlowError as error:
            raise PeerError(peer, "does not answer in time") from error
        except _FAILURES as error:
            raise PeerError(peer, f"opens no stream ({_reason(error)})") from error
        return Libp2pFrameStream(stream, self._limits.write_stall_s)

    def _is_connected(self, peer_id: ID) -> bool:
        return any(not conn.is_closed for conn in self._host.swarm.get_connections(peer_id))


async def _when_gone(stream: INetStream, scope: trio.CancelScope) -> None:
    muxed = getattr(stream, "muxed_stream", None)
    assert isinstance(muxed, YamuxStream)
    await muxed.gone.wait()
    scope.cancel()


def _reason(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return type(error).__name__

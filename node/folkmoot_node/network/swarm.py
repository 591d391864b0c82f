"""The library's swarm with limits that hold, for inbound connections above all.

As shipped, an inbound connection keeps its slot until the swarm ends, so the three hundredth caller ever is the
last; nothing is limited by network address; and the swarm dials whoever it has heard of. All that is replaced.
"""

from collections import Counter

import trio
from libp2p.abc import IMuxedConn, INetConn, ISecureConn
from libp2p.custom_types import TProtocol
from libp2p.network.config import ConnectionConfig, RetryConfig
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.network.exceptions import SwarmException
from libp2p.network.swarm import Swarm
from libp2p.peer.id import ID
from libp2p.peer.peerstore import PeerStore
from libp2p.protocol_muxer.exceptions import MultiselectClientError, MultiselectError
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE_ID
from libp2p.security.noise.transport import Transport as NoiseTransport
from libp2p.transport.exceptions import MuxerUpgradeFailure
from libp2p.transport.upgrader import TransportUpgrader

from folkmoot_node.network.addresses import Multiaddr
from folkmoot_node.network.contained import Contained
from folkmoot_node.network.limits import Limits
from folkmoot_node.network.tcp import ExactStream, Tcp, Welcome, remote_of
from folkmoot_node.network.yamux import YAMUX_ID, Yamux


class Upgrader(TransportUpgrader):
    """Turns a raw connection into a Noise one into a yamux one; offers nothing else.

    The library offers plaintext by default, over which anyone can claim to be anyone.
    """

    def __init__(self, noise: NoiseTransport, limits: Limits, contained: Contained) -> None:
        super().__init__(
            secure_transports_by_protocol={TProtocol(NOISE_ID): noise},
            muxer_transports_by_protocol={TProtocol(YAMUX_ID): Yamux},
            negotiate_timeout=round(limits.negotiation_s) or 1,
        )
        self._limits = limits
        self._contained = contained

    async def upgrade_connection(self, conn: ISecureConn, peer_id: ID) -> IMuxedConn:
        """Agree on yamux; our own, for the library's would be taken whatever class is registered.

        Raises:
            MuxerUpgradeFailure: The peer does not speak it.
        """
        try:
            await self.muxer_multistream.select_transport(conn)
        except (MultiselectError, MultiselectClientError) as error:
            raise MuxerUpgradeFailure("the peer does not speak yamux") from error
        return Yamux(conn, peer_id, self._limits, self._contained)


class LimitedSwarm(Swarm):
    """A swarm that accepts within limits and dials only when told to."""

    def __init__(
        self, peer_id: ID, peerstore: PeerStore, noise: NoiseTransport, limits: Limits, contained: Contained
    ) -> None:
        super().__init__(
            peer_id,
            peerstore,
            Upgrader(noise, limits, contained),
            transports=[Tcp()],
            retry_config=RetryConfig(max_retries=0),
            connection_config=ConnectionConfig(
                max_connections=limits.connections_max,
                min_connections=0,
                low_watermark=0,
                high_watermark=limits.connections_max,
                max_connections_per_peer=limits.connections_per_peer_max,
                inbound_upgrade_timeout=limits.handshake_s,
                outbound_upgrade_timeout=limits.handshake_s,
                inbound_stream_protocol_negotiation_timeout=limits.negotiation_s,
                outbound_stream_protocol_negotiation_timeout=limits.negotiation_s,
            ),
        )
        self._limits = limits
        self._contained = contained
        self._by_address: Counter[str] = Counter()
        self._handshakes_by_address: Counter[str] = Counter()

    async def run(self) -> None:
        """Carry connections until stopped. There is no automatic dialling and no pruning."""
        await self.manager.wait_finished()

    def _schedule_auto_connect(self) -> None:
        pass

    def _schedule_prune(self) -> None:
        pass

    async def accept(self, socket: trio.SocketStream, welcome: Welcome) -> None:
        """Carry one inbound connection from its first byte to its last."""
        remote = remote_of(socket)
        address = remote[0] if remote is not None else ""
        if not self._admits(address):
            self._contained.note("swarm: caller refused")
            await trio.aclose_forcefully(socket)
            return
        self._by_address[address] += 1
        try:
            conn = await self._shake_hands(socket, welcome, address)
            if conn is not None:
                await conn.event_closed.wait()
        finally:
            _decrement(self._by_address, address)

    def _admits(self, address: str) -> bool:
        return (
            self._by_address.total() < self._limits.connections_max
            and self._by_address[address] < self._limits.connections_per_address_max
            and self._handshakes_by_address[address] < self._limits.handshakes_per_address_max
        )

    async def _shake_hands(self, socket: trio.SocketStream, welcome: Welcome, address: str) -> Yamux | None:
        self._handshakes_by_address[address] += 1
        try:
            with trio.fail_after(2 * self._limits.handshake_s):
                stream = ExactStream(await welcome(socket), remote_of(socket))
                conn = await self.upgrade_inbound_raw_conn(RawConnection(stream, False), Multiaddr("/ip4/0.0.0.0"))
        except Exception as error:
            self._contained.record("handshake", error)
            await trio.aclose_forcefully(socket)
            return None
        finally:
            _decrement(self._handshakes_by_address, address)
        assert isinstance(conn, Yamux)
        return conn

    async def add_conn(self, muxed_conn: IMuxedConn, direction: str = "unknown") -> INetConn:  # type: ignore[override]
        """Register a connection, unless its peer has enough of them.

        Raises:
            SwarmException: It has, or the connection ended meanwhile.
        """
        if len(self.get_connections(muxed_conn.peer_id)) >= self._limits.connections_per_peer_max:
            self._contained.note("swarm: too many connections of one peer")
            await muxed_conn.close()
            raise SwarmException("too many connections of one peer")
        return await super().add_conn(muxed_conn, direction)

    async def close_all(self) -> None:
        """Close every connection at the same time."""
        async with trio.open_nursery() as nursery:
            for conns in list(self.connections.values()):
                for conn in list(conns):
                    nursery.start_soon(conn.close)


def _decrement(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]

"""The transport against a host made of nothing but the library: our muxer, gossip and frames are really libp2p's.

The host on the other side has the library's own yamux and GossipSub, with the settings it is usable with.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from libp2p import new_host
from libp2p.abc import INetStream, ISubscriptionAPI
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.custom_types import TProtocol
from libp2p.host.basic_host import BasicHost
from libp2p.host.ping import ID as PING_ID
from libp2p.identity.identify.identify import ID as IDENTIFY_ID
from libp2p.identity.identify.pb.identify_pb2 import Identify as IdentifyMessage
from libp2p.io.utils import read_exactly
from libp2p.network.config import ConnectionConfig
from libp2p.network.stream.exceptions import StreamEOF
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub
from libp2p.tools.anyio_service import background_trio_service
from libp2p.utils.varint import read_length_prefixed_protobuf
from multiaddr import Multiaddr  # type: ignore[import-untyped]
from support import hostile
from support.owner import Owner

from folkmoot_node.clock import SystemClock
from folkmoot_node.network import Libp2pTransport
from folkmoot_node.transport import FRAME_BYTES_MAX, PeerConnected, PeerDisconnected, StreamOpened

pytestmark = pytest.mark.network

TOPIC = "offers"
TEST_S = 20


class Plain:
    """A host of the library."""

    def __init__(self) -> None:
        keys = create_new_key_pair(hashlib.sha256(b"plain").digest())
        config = ConnectionConfig(min_connections=0, low_watermark=0, high_watermark=200)
        host = new_host(key_pair=keys, connection_config=config)
        assert isinstance(host, BasicHost)
        self.host = host
        self.router = GossipSub(
            [TProtocol(protocol) for protocol in ("/meshsub/1.2.0", "/meshsub/1.1.0")],
            6,
            4,
            12,
            heartbeat_interval=1,
            adaptive_gossip_enabled=False,
            spam_protection_enabled=False,
            eclipse_protection_enabled=False,
        )
        self.pubsub = Pubsub(host, self.router, strict_signing=True, msg_id_constructor=_message_id)
        self.streams_in, self.streams = trio.open_memory_channel[INetStream](8)
        host.set_stream_handler(TProtocol(hostile.SYNC), self._take)

    async def _take(self, stream: INetStream) -> None:
        await self.streams_in.send(stream)
        await trio.sleep_forever()

    async def connect(self, address: str) -> None:
        await self.host.connect(info_from_p2p_addr(Multiaddr(address)))


def _message_id(message: rpc_pb2.Message) -> bytes:
    return hashlib.sha256(message.data).digest()


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Owner, Plain, ISubscriptionAPI]]:
    plain = Plain()
    ours = Owner(Libp2pTransport(hashlib.sha256(b"ours").digest(), ["/ip4/127.0.0.1/tcp/0"], SystemClock()))
    with trio.fail_after(TEST_S):
        async with trio.open_nursery() as nursery, plain.host.run([Multiaddr("/ip4/127.0.0.1/tcp/0")]):
            async with background_trio_service(plain.router), background_trio_service(plain.pubsub):
                await plain.pubsub.wait_until_ready()
                subscription = await plain.pubsub.subscribe(TOPIC)
                await nursery.start(ours.serve)
                await ours.transport.subscribe(TOPIC)
                yield ours, plain, subscription
                await ours.stop()
                await plain.host.close()
            nursery.cancel_scope.cancel()


@pytest.mark.parametrize("who_dials", ["ours", "plain"])
async def test_gossip_goes_both_ways(who_dials: str) -> None:
    async with pair() as (ours, plain, subscription):
        if who_dials == "ours":
            await ours.transport.dial(str(plain.host.get_addrs()[0]))
        else:
            await plain.connect(ours.address)
        connected = await ours.wait_for(PeerConnected)
        assert connected.dialled is (who_dials == "ours")
        sent = [b"from ours %d" % number for number in range(20)]
        for data in sent:
            await ours.transport.publish(TOPIC, data)
        received = [(await subscription.get()).data for _ in sent]
        assert sorted(received) == sorted(sent)
        for number in range(20):
            await plain.pubsub.publish(TOPIC, b"from plain %d" % number)
        for number in range(20):
            await ours.wait_for_message(b"from plain %d" % number)
        assert len(ours.messages()) == 20
        assert not ours.transport.contained()  # type: ignore[attr-defined]


async def test_streams_carry_megabytes_both_ways() -> None:
    async with pair() as (ours, plain, _):
        await ours.transport.dial(str(plain.host.get_addrs()[0]))
        frame = bytes(range(256)) * (FRAME_BYTES_MAX // 256)
        wire = FRAME_BYTES_MAX.to_bytes(4, "big") + frame
        near = await ours.transport.open_stream((await ours.wait_for(PeerConnected)).peer)
        far = await plain.streams.receive()

        async def send_far() -> None:
            for _ in range(32):
                await far.write(wire)

        async def send_near() -> None:
            for _ in range(32):
                await near.send(frame)

        async def read_far() -> None:
            for _ in range(32):
                assert await read_exactly(far, len(wire), retry_count=1000) == wire

        async with trio.open_nursery() as nursery:
            for task in (send_far, send_near, read_far):
                nursery.start_soon(task)
            for _ in range(32):
                assert await near.receive() == frame
        await near.aclose()
        with pytest.raises(StreamEOF):
            await far.read(1)
        await far.close()


async def test_a_stream_the_library_opens_is_one_of_ours() -> None:
    async with pair() as (ours, plain, _):
        await plain.connect(ours.address)
        _, _, peer_id = hostile.place(ours.address)
        far = await plain.host.new_stream(peer_id, [TProtocol(hostile.SYNC)])
        await far.write(b"\x00\x00\x00\x05hello")
        opened = await ours.wait_for(StreamOpened)
        assert await opened.stream.receive() == b"hello"
        await opened.stream.send(b"good day")
        assert await read_exactly(far, 12) == b"\x00\x00\x00\x08good day"
        await far.close()
        assert await opened.stream.receive() is None
        await opened.stream.aclose()


async def test_ping_and_identify_are_answered_and_the_end_is_noticed() -> None:
    async with pair() as (ours, plain, _):
        await plain.connect(ours.address)
        _, _, peer_id = hostile.place(ours.address)
        ping = await plain.host.new_stream(peer_id, [PING_ID])
        await ping.write(bytes(range(32)))
        assert await read_exactly(ping, 32) == bytes(range(32))
        await ping.close()
        identify = await plain.host.new_stream(peer_id, [IDENTIFY_ID])
        told = IdentifyMessage()
        told.ParseFromString(await read_length_prefixed_protobuf(identify))
        assert hostile.SYNC in told.protocols
        assert "/meshsub/1.1.0" in told.protocols
        assert f"{Multiaddr(told.listen_addrs[0])}/p2p/{ours.peer_id}" == ours.address
        await plain.host.disconnect(peer_id)
        await ours.wait_for(PeerDisconnected)

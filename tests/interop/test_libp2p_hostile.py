"""Hostile peers against the transport over libp2p: whatever they send, the victim goes on serving honest ones.

Most of these inputs end a process that uses libp2p 0.8.1 as it is, or fill its memory, or stop its event loop.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest
import trio
from libp2p.io.exceptions import IOException
from libp2p.protocol_muxer.exceptions import MultiselectClientError
from libp2p.pubsub.pb import rpc_pb2
from support import hostile
from support.owner import Owner

from folkmoot_node.clock import SystemClock
from folkmoot_node.errors import PeerError
from folkmoot_node.network import Libp2pTransport, Limits
from folkmoot_node.transport import (
    FRAME_BYTES_MAX,
    GOSSIP_BYTES_MAX,
    Delivered,
    GossipVerdict,
    PeerConnected,
    PeerDisconnected,
    StreamOpened,
)

pytestmark = pytest.mark.network

TOPIC = "offers"
TEST_S = 30


def transport(name: str, limits: Limits | None = None) -> Libp2pTransport:
    seed = hashlib.sha256(name.encode()).digest()
    return Libp2pTransport(seed, ["/ip4/127.0.0.1/tcp/0"], SystemClock(), limits=limits)


class Victim(Owner):
    """A node under attack, which also counts what it contained."""

    def __init__(
        self, limits: Limits | None = None, verdict: Callable[[Delivered], GossipVerdict | None] | None = None
    ) -> None:
        self.libp2p = transport("victim", limits)
        super().__init__(self.libp2p, verdict)

    def contained(self, part: str) -> int:
        return sum(count for signature, count in self.libp2p.contained().items() if part in signature)


@asynccontextmanager
async def under_attack(
    limits: Limits | None = None, verdict: Callable[[Delivered], GossipVerdict | None] | None = None
) -> AsyncIterator[Victim]:
    """A victim that must be in good health when the attack is over."""
    with trio.fail_after(TEST_S):
        async with trio.open_nursery() as nursery:
            victim = Victim(limits, verdict)
            await nursery.start(victim.serve)
            await victim.transport.subscribe(TOPIC)
            yield victim
            await check_health(victim)
            nursery.cancel_scope.cancel()


async def check_health(victim: Victim) -> None:
    """A new honest peer connects, opens a stream, and gossips."""
    honest = Owner(transport("honest"))
    async with trio.open_nursery() as nursery:
        await nursery.start(honest.serve)
        await honest.transport.subscribe(TOPIC)
        await honest.transport.dial(victim.address)
        stream = await honest.transport.open_stream(victim.peer_id)
        await stream.send(b"how do you do")
        while True:
            opened = victim.seen(StreamOpened)
            if opened and opened[-1].peer == honest.peer_id:
                break
            await victim.wait_for(StreamOpened, len(opened) + 1)
        assert await opened[-1].stream.receive() == b"how do you do"
        await opened[-1].stream.send(b"well, thank you")
        assert await stream.receive() == b"well, thank you"
        await honest.transport.publish(TOPIC, b"all is well")
        await victim.wait_for_message(b"all is well")
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("attack", "contained"),
    [
        (hostile.send_random_bytes_as_gossip, "gossip: unreadable message"),
        (partial(hostile.send_gossip_with_a_garbage_key, topic=TOPIC), "gossip: badly signed"),
        (hostile.name_a_protocol_that_is_not_utf8, None),
        (hostile.name_a_protocol_without_end, None),
        (hostile.graft_sixty_thousand_topics, "gossip: too many control messages"),
        (hostile.prune_a_quarter_of_a_million_topics, "gossip: too many control messages"),
        (partial(hostile.have_a_hundred_thousand_messages, topic=TOPIC), "gossip: too many message ids"),
        (hostile.subscribe_to_everything, "gossip: too many entries"),
        (hostile.announce_an_endless_gossip_message, "gossip: message too large"),
        (hostile.ignore_the_window, "yamux: window exceeded"),
        (hostile.go_on_after_the_end, "yamux: data for no stream"),
        (hostile.open_twenty_thousand_streams, "yamux: flood of new streams"),
        (hostile.ping_without_listening, "yamux: answers pile up unread"),
        (hostile.send_impossible_frames, "yamux: stream id not the peer's to open"),
        (hostile.break_the_encryption, "yamux:"),
        (hostile.show_an_rsa_key, "handshake"),
        (hostile.send_garbage_to_the_port, "handshake"),
    ],
)
async def test_the_victim_outlives(attack: Callable[[str], Awaitable[None]], contained: str | None) -> None:
    async with under_attack() as victim:
        await attack(victim.address)
        assert contained is None or victim.contained(contained)


async def test_nobody_can_connect_without_proving_who_they_are() -> None:
    async with under_attack() as victim:
        assert not await hostile.claim_another_key_in_plaintext(victim.address)


async def test_a_handler_of_ours_that_fails_ends_its_stream_only() -> None:
    async def fail(_stream: object) -> None:
        raise RuntimeError("a bug of ours")

    async with under_attack() as victim:
        victim.libp2p._host.set_stream_handler("/buggy", fail)  # type: ignore[arg-type]
        async with hostile.hostile(victim.address) as peer:
            stream = await peer.open("/buggy")
            with pytest.raises(hostile.ThrownOutError):
                await peer.wait_for(stream, b"never")
            await peer.ping()
        assert victim.contained("stream: RuntimeError in fail") == 1


async def test_a_bad_signature_around_honest_data_does_not_keep_the_data_out() -> None:
    async with under_attack() as victim:
        async with hostile.hostile(victim.address) as peer:
            stream = await peer.open(hostile.MESHSUB)
            await peer.rpc(stream, rpc_pb2.RPC(publish=[hostile.forged(TOPIC, b"all is well")]))
            await peer.ping()
        assert victim.contained("badly signed") == 1
        assert not victim.messages()


async def test_a_message_over_the_limit_is_not_delivered() -> None:
    async with under_attack() as victim, hostile.hostile(victim.address) as peer:
        stream = await peer.open(hostile.MESHSUB)
        too_large = hostile.signed("mallory", TOPIC, bytes(GOSSIP_BYTES_MAX + 1))
        await peer.rpc(stream, rpc_pb2.RPC(publish=[too_large, hostile.signed("mallory", TOPIC, b"small")]))
        await victim.wait_for_message(b"small")
        assert victim.contained("gossip: too large") == 1


async def test_a_peer_whose_messages_are_always_rejected_is_thrown_out() -> None:
    def reject(delivered: Delivered) -> GossipVerdict:
        return GossipVerdict.REJECT if delivered.data.startswith(b"junk") else GossipVerdict.ACCEPT

    async with under_attack(verdict=reject) as victim, hostile.hostile(victim.address) as peer:
        stream = await peer.open(hostile.MESHSUB)
        for number in range(40):
            message = hostile.signed("mallory", TOPIC, b"junk %d" % number)
            try:
                await peer.rpc(stream, rpc_pb2.RPC(publish=[message]))
            except hostile.ThrownOutError:
                break
        await peer.thrown_out.wait()


async def test_a_message_is_sent_again_only_so_often() -> None:
    """The library sends a message as often as one request names it: 14 kB ask for 270 MB."""
    async with under_attack() as victim, hostile.hostile(victim.address) as peer:
        stream = await peer.open(hostile.MESHSUB)
        await peer.rpc(stream, rpc_pb2.RPC(subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=True, topicid=TOPIC)]))
        data = bytes(GOSSIP_BYTES_MAX)
        await victim.transport.publish(TOPIC, data)
        wanted = rpc_pb2.ControlIWant(messageIDs=[hashlib.sha256(data).digest()] * 300)
        await peer.rpc(stream, rpc_pb2.RPC(control=rpc_pb2.ControlMessage(iwant=[wanted])))
        await peer.rpc(stream, rpc_pb2.RPC(control=rpc_pb2.ControlMessage(iwant=[wanted] * 16)))
        await peer.ping()
        await trio.sleep(0.3)
        assert sum(len(received) for received in peer.received.values()) < 20 * GOSSIP_BYTES_MAX
        assert victim.contained("gossip: asked for too much")


async def test_streams_that_are_never_closed_are_bounded() -> None:
    async with under_attack() as victim, hostile.hostile(victim.address) as peer:
        for _ in range(Limits().streams_max):
            await peer.open(hostile.SYNC)
        with pytest.raises(hostile.ThrownOutError):
            await peer.open(hostile.SYNC)
        assert victim.contained("yamux: stream refused")


async def test_a_frame_over_the_limit_ends_the_stream() -> None:
    async with under_attack() as victim, hostile.hostile(victim.address) as peer:
        stream = await peer.open(hostile.SYNC)
        opened = await victim.wait_for(StreamOpened)
        await peer.write(stream, (FRAME_BYTES_MAX + 1).to_bytes(4, "big") + b"and so on")
        with pytest.raises(PeerError, match="over"):
            await opened.stream.receive()
        with pytest.raises(PeerError):
            await opened.stream.send(b"hello?")


async def test_half_a_frame_is_not_a_frame() -> None:
    async with under_attack() as victim, hostile.hostile(victim.address) as peer:
        stream = await peer.open(hostile.SYNC)
        opened = await victim.wait_for(StreamOpened)
        await peer.write(stream, b"\x00\x00\x00\x05abc")
        await peer.frame(hostile.WINDOW, hostile.FIN, stream, 0)
        with pytest.raises(PeerError, match="within a frame"):
            await opened.stream.receive()


async def test_a_peer_that_takes_nothing_makes_the_sender_give_up() -> None:
    limits = Limits(write_stall_s=0.5)
    async with under_attack(limits) as victim, hostile.hostile(victim.address) as peer:
        await peer.open(hostile.SYNC)
        opened = await victim.wait_for(StreamOpened)
        peer.reading = trio.Event()

        async def send_for_ever() -> None:
            while True:
                await opened.stream.send(bytes(FRAME_BYTES_MAX))

        with pytest.raises(PeerError):
            await send_for_ever()


async def test_a_peer_that_falls_silent_is_given_up() -> None:
    """A machine that sleeps closes no connection."""
    limits = Limits(keep_alive_s=0.2, keep_alive_answer_s=0.2)
    async with under_attack(limits) as victim, hostile.hostile(victim.address) as peer:
        await victim.wait_for(PeerConnected)
        await trio.sleep(0.6)
        assert not victim.seen(PeerDisconnected)  # it answers
        peer.answers_pings = False
        await victim.wait_for(PeerDisconnected)
        assert victim.contained("yamux: silent peer") == 1


async def test_a_handshake_that_does_not_end_is_ended() -> None:
    async with under_attack(Limits(handshake_s=0.3)) as victim:
        host, port, _ = hostile.place(victim.address)
        async with await trio.open_tcp_stream(host, port) as caller:
            greeting = await caller.receive_some()
            while greeting:
                greeting = await caller.receive_some()


async def test_callers_from_one_address_cannot_keep_others_out() -> None:
    limits = Limits(handshakes_per_address_max=4)
    async with under_attack(limits) as victim, AsyncExitStack() as callers:
        host, port, _ = hostile.place(victim.address)
        for _ in range(20):
            caller = await trio.open_tcp_stream(host, port, local_address="127.0.0.2")
            await callers.enter_async_context(caller)
        await check_health(victim)
        assert victim.contained("swarm: caller refused") == 16


async def test_one_peer_and_one_address_get_so_many_connections_and_no_more() -> None:
    limits = Limits(connections_per_peer_max=2, connections_per_address_max=4)
    async with under_attack(limits) as victim, AsyncExitStack() as peers:
        for _ in range(2):
            await peers.enter_async_context(hostile.hostile(victim.address))
        third = await peers.enter_async_context(hostile.hostile(victim.address))
        await third.thrown_out.wait()
        assert victim.contained("swarm: too many connections of one peer") == 1
        for name in ("another", "and another"):
            await peers.enter_async_context(hostile.hostile(victim.address, name))
        with pytest.raises((IOException, MultiselectClientError)):
            await peers.enter_async_context(hostile.hostile(victim.address, "one too many"))
        assert victim.contained("swarm: caller refused") == 1


async def test_a_connection_that_ended_makes_room_for_the_next() -> None:
    """With the library as it is, the slot of an inbound connection is never given back."""
    async with under_attack(Limits(connections_max=2)) as victim:
        for number in range(1, 6):
            async with hostile.hostile(victim.address, f"caller {number}") as peer:
                await peer.ping()
            await victim.wait_for(PeerDisconnected, number)

"""What every transport promises, tried on the one over libp2p and on its twin in memory alike."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import pytest
import trio
from support.owner import Owner

from folkmoot_node.clock import SystemClock
from folkmoot_node.errors import ConfigError, PeerError
from folkmoot_node.memory import MemoryHub, MemoryTransport
from folkmoot_node.network import Libp2pTransport
from folkmoot_node.transport import (
    FRAME_BYTES_MAX,
    GOSSIP_BYTES_MAX,
    Delivered,
    FrameStream,
    GossipVerdict,
    PeerConnected,
    PeerDisconnected,
    StreamOpened,
    Transport,
)

pytestmark = pytest.mark.network

TOPIC = "offers"
TEST_S = 15


def undecided(_delivered: Delivered) -> None:
    """A verdict that does not come by itself."""


class Kit(Protocol):
    """How a test gets transports of one kind."""

    dead_address: str

    def make(self, name: str, address: str | None = None) -> Transport: ...


class Libp2pKit:
    suffix = ""

    def __init__(self) -> None:
        dead = hashlib.sha256(b"dead").digest()
        peer = Libp2pTransport(dead, [], SystemClock()).peer_id
        self.dead_address = f"/ip4/127.0.0.1/tcp/1{self.suffix}/p2p/{peer}"

    def make(self, name: str, address: str | None = None) -> Transport:
        listen = f"/ip4/127.0.0.1/tcp/0{self.suffix}" if address is None else address.partition("/p2p/")[0]
        return Libp2pTransport(hashlib.sha256(name.encode()).digest(), [listen], SystemClock())


class WebSocketKit(Libp2pKit):
    suffix = "/ws"


class MemoryKit:
    dead_address = "/memory/dead"

    def __init__(self) -> None:
        self.hub = MemoryHub()

    def make(self, name: str, address: str | None = None) -> Transport:
        return MemoryTransport(self.hub, name if address is None else address.removeprefix("/memory/"))


@pytest.fixture(params=[Libp2pKit, WebSocketKit, MemoryKit], ids=["libp2p", "websocket", "memory"])
def kit(request: pytest.FixtureRequest) -> Kit:
    made: Kit = request.param()
    return made


@asynccontextmanager
async def running(*owners: Owner) -> AsyncIterator[None]:
    with trio.fail_after(TEST_S):
        async with trio.open_nursery() as nursery:
            for owner in owners:
                await nursery.start(owner.serve)
            yield
            nursery.cancel_scope.cancel()


async def connect(dialler: Owner, *others: Owner) -> None:
    for other in others:
        await dialler.transport.dial(other.address)
        await dialler.wait_for(PeerConnected)
        await other.wait_for(PeerConnected)


async def subscribe(*owners: Owner) -> None:
    for owner in owners:
        await owner.transport.subscribe(TOPIC)


@asynccontextmanager
async def line(
    kit: Kit, verdict: Callable[[Delivered], GossipVerdict | None] | None = None
) -> AsyncIterator[tuple[Owner, Owner, Owner]]:
    """Three peers in a row, the middle one judging as it is told."""
    left, middle, right = Owner(kit.make("left")), Owner(kit.make("middle"), verdict), Owner(kit.make("right"))
    async with running(left, middle, right):
        await connect(left, middle)
        await connect(right, middle)
        await subscribe(left, middle, right)
        yield left, middle, right


@asynccontextmanager
async def conversation(kit: Kit) -> AsyncIterator[tuple[FrameStream, FrameStream]]:
    """Two ends of one stream."""
    alice, bob = Owner(kit.make("alice")), Owner(kit.make("bob"))
    async with running(alice, bob):
        await connect(alice, bob)
        near = await alice.transport.open_stream(bob.peer_id)
        far = (await bob.wait_for(StreamOpened)).stream
        assert (near.peer, far.peer) == (bob.peer_id, alice.peer_id)
        yield near, far


async def test_an_accepted_message_travels_on_and_comes_once(kit: Kit) -> None:
    async with line(kit) as (left, middle, right):
        await left.transport.publish(TOPIC, b"one")
        await right.wait_for_message(b"one")
        await right.transport.publish(TOPIC, b"two")
        await left.wait_for_message(b"two")
        assert middle.messages() == [b"one", b"two"]
        assert right.messages() == [b"one"]
        [delivered] = right.seen(Delivered)
        assert (delivered.peer, delivered.topic) == (middle.peer_id, TOPIC)


async def test_a_message_waits_for_its_verdict_before_it_travels_on(kit: Kit) -> None:
    async with line(kit, undecided) as (left, middle, right):
        await left.transport.publish(TOPIC, b"later")
        held = await middle.wait_for(Delivered)
        await left.transport.publish(TOPIC, b"sooner")
        sooner = await middle.wait_for(Delivered, 2)
        await middle.transport.judge(sooner.ticket, GossipVerdict.ACCEPT)
        await right.wait_for_message(b"sooner")
        assert right.messages() == [b"sooner"]
        await middle.transport.judge(held.ticket, GossipVerdict.ACCEPT)
        await right.wait_for_message(b"later")


@pytest.mark.parametrize("verdict", [GossipVerdict.REJECT, GossipVerdict.IGNORE])
async def test_a_message_that_was_not_accepted_goes_no_further(kit: Kit, verdict: GossipVerdict) -> None:
    def judge(delivered: Delivered) -> GossipVerdict:
        return verdict if delivered.data == b"bad" else GossipVerdict.ACCEPT

    async with line(kit, judge) as (left, middle, right):
        await left.transport.publish(TOPIC, b"bad")
        await middle.wait_for_message(b"bad")
        await left.transport.publish(TOPIC, b"good")
        await right.wait_for_message(b"good")
        assert right.messages() == [b"good"]


async def test_a_second_verdict_and_an_unknown_ticket_change_nothing(kit: Kit) -> None:
    async with line(kit, undecided) as (left, middle, right):
        await left.transport.publish(TOPIC, b"once")
        ticket = (await middle.wait_for(Delivered)).ticket
        await middle.transport.judge(ticket + 1000, GossipVerdict.ACCEPT)
        await middle.transport.judge(ticket, GossipVerdict.IGNORE)
        await middle.transport.judge(ticket, GossipVerdict.ACCEPT)
        await left.transport.publish(TOPIC, b"marker")
        marker = await middle.wait_for(Delivered, 2)
        await middle.transport.judge(marker.ticket, GossipVerdict.ACCEPT)
        await right.wait_for_message(b"marker")
        assert right.messages() == [b"marker"]


async def test_the_same_data_is_delivered_once_whoever_publishes_it(kit: Kit) -> None:
    async with line(kit) as (left, middle, right):
        await left.transport.publish(TOPIC, b"same")
        await right.wait_for_message(b"same")
        await left.transport.publish(TOPIC, b"same")
        await right.transport.publish(TOPIC, b"same")
        await right.transport.publish(TOPIC, b"marker")
        await left.wait_for_message(b"marker")
        assert left.messages() == [b"marker"]
        assert middle.messages() == [b"same", b"marker"]


async def test_a_topic_nobody_subscribed_to_is_not_delivered(kit: Kit) -> None:
    async with line(kit) as (left, middle, _right):
        await left.transport.publish("another topic", b"unheard")
        await left.transport.publish(TOPIC, b"heard")
        await middle.wait_for_message(b"heard")
        assert middle.messages() == [b"heard"]


async def test_the_greatest_message_passes_and_a_greater_one_is_refused(kit: Kit) -> None:
    async with line(kit) as (left, _middle, right):
        with pytest.raises(ValueError, match="over"):
            await left.transport.publish(TOPIC, bytes(GOSSIP_BYTES_MAX + 1))
        await left.transport.publish(TOPIC, bytes(GOSSIP_BYTES_MAX))
        await right.wait_for_message(bytes(GOSSIP_BYTES_MAX))


async def test_a_slow_owner_loses_no_message(kit: Kit) -> None:
    alice, bob = Owner(kit.make("alice")), Owner(kit.make("bob"))
    bob.reading = trio.Event()
    async with running(alice, bob):
        await alice.transport.dial(bob.address)
        await subscribe(alice, bob)
        sent = [b"%d" % number for number in range(300)]
        for message in sent:
            await alice.transport.publish(TOPIC, message)
        bob.reading.set()
        await bob.wait_for_message(sent[-1])
        assert sorted(bob.messages()) == sorted(sent)


async def test_frames_arrive_whole_and_in_order_both_ways(kit: Kit) -> None:
    async with conversation(kit) as (near, far):
        for here, there in ((near, far), (far, near)):
            for frame in (b"small", b"", bytes(range(256)) * (FRAME_BYTES_MAX // 256)):
                await here.send(frame)
                assert await there.receive() == frame


async def test_a_thousand_small_frames_arrive_in_order(kit: Kit) -> None:
    frames = [b"%d" % number for number in range(1000)]

    async def send_all(stream: FrameStream) -> None:
        for frame in frames:
            await stream.send(frame)

    async with conversation(kit) as (near, far), trio.open_nursery() as nursery:
        nursery.start_soon(send_all, near)
        nursery.start_soon(send_all, far)
        for stream in (near, far):
            assert [await stream.receive() for _ in frames] == frames


async def test_frames_of_several_senders_are_not_mixed(kit: Kit) -> None:
    async def send_ten(stream: FrameStream, letter: bytes) -> None:
        for _ in range(10):
            await stream.send(letter * FRAME_BYTES_MAX)

    async with conversation(kit) as (near, far), trio.open_nursery() as nursery:
        for letter in (b"a", b"b", b"c", b"d"):
            nursery.start_soon(send_ten, near, letter)
        for _ in range(40):
            frame = await far.receive()
            assert frame is not None
            assert frame == frame[:1] * FRAME_BYTES_MAX


async def test_a_reader_that_stops_stops_the_sender_and_loses_nothing(kit: Kit) -> None:
    sent = 0
    frames = 400  # 25 MiB, more than all the buffers on the way

    async def send_all(stream: FrameStream) -> None:
        nonlocal sent
        for number in range(frames):
            await stream.send(number.to_bytes(2, "big") * (FRAME_BYTES_MAX // 2))
            sent += 1

    async with conversation(kit) as (near, far), trio.open_nursery() as nursery:
        nursery.start_soon(send_all, near)
        before = -1
        while sent != before:
            before = sent
            await trio.sleep(0.3)
        assert sent < frames
        for number in range(frames):
            frame = await far.receive()
            assert frame is not None
            assert frame[:2] == number.to_bytes(2, "big")


async def test_what_was_sent_before_the_close_arrives_and_then_the_end(kit: Kit) -> None:
    async with conversation(kit) as (near, far):
        await near.send(b"last words")
        await near.aclose()
        assert await far.receive() == b"last words"
        assert await far.receive() is None
        await far.aclose()
        await far.aclose()
        with pytest.raises(PeerError):
            await far.send(b"too late")


async def test_a_frame_over_the_limit_is_refused_and_the_stream_goes_on(kit: Kit) -> None:
    async with conversation(kit) as (near, far):
        with pytest.raises(ValueError, match="over"):
            await near.send(bytes(FRAME_BYTES_MAX + 1))
        await near.send(b"fine")
        assert await far.receive() == b"fine"


async def test_both_sides_hear_of_the_link_and_of_its_end(kit: Kit) -> None:
    alice, bob = Owner(kit.make("alice")), Owner(kit.make("bob"))
    async with running(alice, bob):
        assert await alice.transport.dial(bob.address) == bob.peer_id
        assert await alice.transport.dial(bob.address) == bob.peer_id
        here, there = await alice.wait_for(PeerConnected), await bob.wait_for(PeerConnected)
        assert (here.peer, here.dialled) == (bob.peer_id, True)
        assert (there.peer, there.dialled) == (alice.peer_id, False)
        await bob.transport.disconnect(alice.peer_id)
        assert (await alice.wait_for(PeerDisconnected)).peer == bob.peer_id
        assert (await bob.wait_for(PeerDisconnected)).peer == alice.peer_id
        assert len(alice.seen(PeerConnected)) == len(bob.seen(PeerConnected)) == 1
        await bob.transport.disconnect(alice.peer_id)
        with pytest.raises(PeerError):
            await alice.transport.open_stream(bob.peer_id)


async def test_a_dead_address_and_our_own_are_refused_quickly(kit: Kit) -> None:
    alice = Owner(kit.make("alice"))
    async with running(alice):
        with trio.fail_after(2):
            for address in (kit.dead_address, alice.address, "nonsense", ""):
                for _ in range(2):
                    with pytest.raises(PeerError):
                        await alice.transport.dial(address)


async def test_a_stream_breaks_when_its_peer_vanishes(kit: Kit) -> None:
    alice, bob = Owner(kit.make("alice")), Owner(kit.make("bob"))
    async with running(alice, bob):
        await connect(alice, bob)
        near = await alice.transport.open_stream(bob.peer_id)
        await bob.wait_for(StreamOpened)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(bob.stop)
            with pytest.raises(PeerError):
                await near.receive()
        with pytest.raises(PeerError):
            await near.send(b"anyone?")
        await near.aclose()
        await alice.wait_for(PeerDisconnected)


async def test_a_peer_that_restarts_is_dialled_again_at_once(kit: Kit) -> None:
    alice, bob = Owner(kit.make("alice")), Owner(kit.make("bob"))
    async with running(alice, bob):
        await connect(alice, bob)
        await subscribe(alice, bob)
        await bob.transport.publish(TOPIC, b"before")
        await alice.wait_for_message(b"before")
        address = bob.address
        await bob.stop()
        await alice.wait_for(PeerDisconnected)
        with pytest.raises(PeerError):
            await alice.transport.dial(address)
        again = Owner(kit.make("bob", address))
        async with running(again):
            await again.transport.subscribe(TOPIC)
            await alice.transport.dial(address)
            await alice.wait_for(PeerConnected, 2)
            await again.transport.publish(TOPIC, b"after")
            await alice.wait_for_message(b"after")


async def test_an_address_in_use_is_a_mistake_of_the_operator(kit: Kit) -> None:
    alice = Owner(kit.make("alice"))
    async with running(alice):
        with pytest.raises(ConfigError):
            await kit.make("mallory", alice.address).serve()


async def test_two_peers_that_dial_each_other_at_once_end_up_linked(kit: Kit) -> None:
    alice, bob = Owner(kit.make("alice")), Owner(kit.make("bob"))
    async with running(alice, bob):
        await subscribe(alice, bob)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(alice.transport.dial, bob.address)
            nursery.start_soon(bob.transport.dial, alice.address)
        await alice.wait_for(PeerConnected)
        await bob.wait_for(PeerConnected)
        await alice.transport.publish(TOPIC, b"hello")
        await bob.wait_for_message(b"hello")
        assert len(alice.seen(PeerConnected)) == len(bob.seen(PeerConnected)) == 1


async def test_events_end_when_the_transport_stops(kit: Kit) -> None:
    transport = kit.make("alice")
    async with trio.open_nursery() as nursery:
        await nursery.start(transport.serve)
        nursery.cancel_scope.cancel()
    assert [event async for event in transport.events] == []

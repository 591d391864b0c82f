"""The transport over WebSocket: what a stranger may do before, in and after the upgrade, and on either side of it.

That everything the transport promises holds over WebSocket as well is for `test_transport_contract.py`.
"""

import hashlib
import secrets
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
import trio
import trio.testing
from libp2p.transport.exceptions import OpenConnectionError
from support import hostile
from support.owner import Owner

from folkmoot_node.clock import SystemClock
from folkmoot_node.errors import PeerError
from folkmoot_node.network import Libp2pTransport, Limits
from folkmoot_node.network.addresses import Endpoint
from folkmoot_node.network.websocket import EMPTY_FRAMES_MAX, WebSocket, answer_upgrade, ask_upgrade
from folkmoot_node.transport import PeerConnected, PeerDisconnected

pytestmark = pytest.mark.network

TOPIC = "offers"
TEST_S = 30
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
ENDPOINT = Endpoint("node.example", 80, is_websocket=True)

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: node.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def transport(name: str, limits: Limits | None = None, *suffixes: str) -> Libp2pTransport:
    listen = [f"/ip4/127.0.0.1/tcp/0{suffix}" for suffix in suffixes or ["/ws"]]
    return Libp2pTransport(hashlib.sha256(name.encode()).digest(), listen, SystemClock(), limits=limits)


def frame(kind: int, data: bytes = b"", *, more: bool = False, masked: bool = True, announced: int = -1) -> bytes:
    """One frame as a client sends it, true or not."""
    length = len(data) if announced < 0 else announced
    first, mask_bit = (0 if more else 0x80) | kind, 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, mask_bit | length)
    elif length < 2**16:
        head = struct.pack("!BBH", first, mask_bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, length)
    return head + (bytes(4) if masked else b"") + data  # a mask of zeros changes nothing


class Victim(Owner):
    """A node that listens for WebSockets, which also counts what it contained."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.libp2p = transport("victim", limits)
        super().__init__(self.libp2p)

    def contained(self, part: str) -> int:
        return sum(count for signature, count in self.libp2p.contained().items() if part in signature)

    async def wait_until_contained(self, part: str) -> None:
        """Wait for a count that is made after the connection is gone."""
        while not self.contained(part):
            await trio.sleep(0.01)

    async def call(self) -> trio.SocketStream:
        host, port, _ = hostile.place(self.address)
        return await trio.open_tcp_stream(host, port)


@asynccontextmanager
async def under_attack(limits: Limits | None = None) -> AsyncIterator[Victim]:
    """A victim that must serve an honest peer when the attack is over."""
    with trio.fail_after(TEST_S):
        async with trio.open_nursery() as nursery:
            victim = Victim(limits)
            await nursery.start(victim.serve)
            await victim.transport.subscribe(TOPIC)
            yield victim
            await check_health(victim)
            nursery.cancel_scope.cancel()


async def check_health(victim: Victim) -> None:
    honest = Owner(transport("honest"))
    async with trio.open_nursery() as nursery:
        await nursery.start(honest.serve)
        await honest.transport.subscribe(TOPIC)
        await honest.transport.dial(victim.address)
        await honest.transport.publish(TOPIC, b"all is well")
        await victim.wait_for_message(b"all is well")
        nursery.cancel_scope.cancel()


async def read_to_the_end(stream: trio.abc.ReceiveStream) -> bytes:
    heard = b""
    try:
        while chunk := await stream.receive_some():
            heard += chunk
    except trio.BrokenResourceError:
        pass  # thrown out with something of ours still unread: as much an end as any
    return heard


async def send_all_of_it(stream: trio.abc.SendStream, data: bytes) -> None:
    with suppress(trio.BrokenResourceError):  # the victim may have heard enough before
        await stream.send_all(data)


@asynccontextmanager
async def upgraded(victim: Victim) -> AsyncIterator[trio.SocketStream]:
    """A connection that the victim has upgraded, and on which it has said nothing else yet."""
    async with await victim.call() as caller:
        await caller.send_all(UPGRADE)
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += await caller.receive_some(1)
        assert heard.startswith(b"HTTP/1.1 101 ")
        yield caller


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), id="the hello of TLS"),
        pytest.param(b"\x13/multistream/1.0.0\n\x07/noise\n", id="libp2p without the upgrade"),
        pytest.param(secrets.token_bytes(40_000), id="noise"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X-Pad: y\r\n" * 100_000, id="headers without end"),
        pytest.param(b"GET /" + b"a" * 1_000_000, id="a path without end"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: node.example\r\n\r\n", id="no upgrade"),
        pytest.param(UPGRADE.replace(b"GET", b"POST"), id="another method"),
        pytest.param(UPGRADE.replace(b": 13", b": 8"), id="another version"),
        pytest.param(UPGRADE.replace(b"node.example", b"\xc3\xbc" * 70), id="a host that is no name"),
        pytest.param(UPGRADE.replace(b"GET /", b"GET /\xff\xfe"), id="a path that is no text"),
        pytest.param(UPGRADE.replace(b"Sec-WebSocket-Key", b"Sec-WebSocket-Quay"), id="no key"),
    ],
)
async def test_whoever_does_not_ask_for_an_upgrade_is_thrown_out_at_once(said: bytes) -> None:
    async with under_attack() as victim, await victim.call() as caller:
        await send_all_of_it(caller, said)
        with trio.fail_after(Limits().handshake_s / 2):
            assert b" 101 " not in await read_to_the_end(caller)
        await check_health(victim)
        await victim.wait_until_contained("handshake: OpenConnectionError in _first_event")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(frame(TEXT, b"\x13/multistream/1.0.0\n"), id="text"),
        pytest.param(frame(BINARY, b"\x13/multistream/1.0.0\n", masked=False), id="no mask"),
        pytest.param(frame(3, b"what is this"), id="a reserved opcode"),
        pytest.param(frame(BINARY | 0x40, b"squeezed"), id="compression nobody agreed to"),
        pytest.param(frame(BINARY, b"one", more=True) + frame(BINARY, b"two"), id="a message within a message"),
        pytest.param(frame(CONTINUATION, b"of nothing"), id="more of nothing"),
        pytest.param(frame(PING, bytes(126)), id="a large ping"),
        pytest.param(frame(PING, b"half", more=True), id="half a ping"),
        pytest.param(frame(CLOSE, b"\x00"), id="half a reason to close"),
        pytest.param(frame(CLOSE), id="goodbye"),
        pytest.param(frame(BINARY, announced=2**64 - 1), id="an impossible length"),
        pytest.param(frame(BINARY, bytes(1_000_000), announced=2**62), id="a giant frame"),
        pytest.param(frame(BINARY, more=True) + frame(CONTINUATION, more=True) * 10_000, id="empty frames"),
        pytest.param(frame(PONG) * 10_000, id="answers to nothing"),
        pytest.param(frame(PING) * 10_000, id="pings and nothing else"),
    ],
)
async def test_whoever_breaks_the_rules_of_websocket_is_thrown_out_at_once(said: bytes) -> None:
    async with under_attack() as victim, upgraded(victim) as caller:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(send_all_of_it, caller, said)
            with trio.fail_after(Limits().handshake_s / 2):
                await read_to_the_end(caller)
        await check_health(victim)
        await victim.wait_until_contained("handshake")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(UPGRADE[:-2], id="half a request"),
        pytest.param(UPGRADE, id="nothing after the upgrade"),
        pytest.param(UPGRADE + frame(BINARY, announced=2**40), id="nothing of a giant frame"),
    ],
)
async def test_whoever_falls_silent_on_the_way_is_given_up(said: bytes) -> None:
    async with under_attack(Limits(handshake_s=0.3)) as victim, await victim.call() as caller:
        await caller.send_all(said)
        await read_to_the_end(caller)
        await victim.wait_until_contained("handshake")


async def drip(caller: trio.SocketStream) -> None:
    await caller.send_all(b"GET / HTTP/1.1\r\nX-Pad: ")
    while True:
        await send_all_of_it(caller, b"y")
        await trio.sleep(0.02)


async def test_a_request_that_comes_in_drops_does_not_last_longer() -> None:
    async with under_attack(Limits(handshake_s=0.3)) as victim, await victim.call() as caller:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(drip, caller)
            with trio.fail_after(3):
                await read_to_the_end(caller)
            nursery.cancel_scope.cancel()
        await victim.wait_until_contained("handshake")


async def test_callers_that_do_not_finish_their_upgrade_cannot_keep_others_out() -> None:
    async with under_attack(Limits(handshakes_per_address_max=4)) as victim, AsyncExitStack() as callers:
        host, port, _ = hostile.place(victim.address)
        for _ in range(20):
            caller = await trio.open_tcp_stream(host, port, local_address="127.0.0.2")
            await callers.enter_async_context(caller)
            await send_all_of_it(caller, UPGRADE)
        await check_health(victim)
        assert victim.contained("swarm: caller refused") == 16


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(frame(TEXT, b"by the way"), id="text"),
        pytest.param(frame(CLOSE, b"\x03\xe8"), id="goodbye"),
        pytest.param(frame(BINARY, b"\x00\x40" + bytes(64)), id="bytes that Noise does not know"),
        pytest.param(frame(PING) * (EMPTY_FRAMES_MAX + 1), id="pings and nothing else"),
    ],
)
async def test_a_peer_that_breaks_the_rules_later_loses_its_connection(said: bytes) -> None:
    async with under_attack() as victim, hostile.hostile(victim.address) as peer:
        await peer.ping()
        await peer.socket.send_all(said)
        await peer.thrown_out.wait()
        await victim.wait_for(PeerDisconnected)


async def test_a_peer_that_falls_silent_is_given_up() -> None:
    limits = Limits(keep_alive_s=0.2, keep_alive_answer_s=0.2)
    async with under_attack(limits) as victim, hostile.hostile(victim.address) as peer:
        await victim.wait_for(PeerConnected)
        peer.answers_pings = False
        await victim.wait_for(PeerDisconnected)
        await victim.wait_until_contained("yamux: silent peer")


async def test_nothing_is_read_while_the_answer_to_a_ping_does_not_get_through() -> None:
    """So a peer that pings and takes nothing gives no sign of life, and yamux gives it up."""
    near, far = trio.testing.lockstep_stream_pair()  # holds nothing on its way
    async with trio.open_nursery() as nursery:
        nursery.start_soon(near.send_all, UPGRADE)
        nursery.start_soon(near.receive_some)
        server = await answer_upgrade(far)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(near.send_all, frame(PING) + frame(BINARY, b"I am alive"))
        with trio.move_on_after(0.2) as given_up:
            await server.receive_some()
    assert given_up.cancelled_caught


async def test_one_peer_gets_so_many_connections_whichever_way_it_comes() -> None:
    with trio.fail_after(TEST_S):
        limits = Limits(connections_per_peer_max=2)
        victim = Owner(transport("victim", limits, "", "/ws"))
        async with trio.open_nursery() as nursery, AsyncExitStack() as peers:
            await nursery.start(victim.serve)
            tcp, websocket = victim.transport.addresses
            assert ("/ws/" in tcp, "/ws/" in websocket) == (False, True)
            for address in (tcp, websocket):
                peer = await peers.enter_async_context(hostile.hostile(address))
                await peer.ping()
            for address in (tcp, websocket):
                peer = await peers.enter_async_context(hostile.hostile(address))
                await peer.thrown_out.wait()
            nursery.cancel_scope.cancel()


async def test_gossip_goes_from_a_websocket_to_tcp_and_back() -> None:
    with trio.fail_after(TEST_S):
        middle = Owner(transport("middle", None, "", "/ws"))
        ends = Owner(transport("left")), Owner(transport("right"))
        async with trio.open_nursery() as nursery:
            for owner in (middle, *ends):
                await nursery.start(owner.serve)
                await owner.transport.subscribe(TOPIC)
            for owner, address in zip(ends, middle.transport.addresses, strict=True):
                await owner.transport.dial(address)
                dialled = await owner.wait_for(PeerConnected)
                assert dialled.address == address  # so that it can be dialled again
            for owner, other in (ends, reversed(ends)):
                said = f"{owner.peer_id} is here".encode()
                await owner.transport.publish(TOPIC, said)
                await other.wait_for_message(said)
            nursery.cancel_scope.cancel()


# The other side of it: a node dials, and whoever answers need not be honest either.


async def say_nothing(_stream: trio.SocketStream) -> None:
    await trio.sleep_forever()


async def serve_a_page(stream: trio.SocketStream) -> None:
    await stream.receive_some()
    await send_all_of_it(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + bytes(100_000))


async def send_headers_without_end(stream: trio.SocketStream) -> None:
    await stream.receive_some()
    await send_all_of_it(stream, b"HTTP/1.1 101 Switching Protocols\r\n" + b"X-Pad: y\r\n" * 100_000)


async def accept_somebody_else(stream: trio.SocketStream) -> None:
    await stream.receive_some()
    accept = (
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
    )
    await send_all_of_it(stream, b"HTTP/1.1 101 Switching Protocols\r\n" + accept)
    await trio.sleep_forever()


async def upgrade_and_say_nothing(stream: trio.SocketStream) -> None:
    await answer_upgrade(stream)
    await trio.sleep_forever()


@pytest.mark.parametrize(
    "answer",
    [say_nothing, serve_a_page, send_headers_without_end, accept_somebody_else, upgrade_and_say_nothing],
)
async def test_dialling_what_is_no_websocket_of_the_peer_fails_in_time(
    answer: Callable[[trio.SocketStream], Awaitable[None]],
) -> None:
    alice = Owner(transport("alice", Limits(dial_s=0.5)))
    with trio.fail_after(TEST_S):
        async with trio.open_nursery() as nursery:
            await nursery.start(alice.serve)
            [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
            nursery.start_soon(trio.serve_listeners, answer, [listener])
            port = listener.socket.getsockname()[1]
            with trio.fail_after(3), pytest.raises(PeerError):
                await alice.transport.dial(f"/ip4/127.0.0.1/tcp/{port}/ws/p2p/{transport('bob').peer_id}")
            nursery.cancel_scope.cancel()


async def test_tcp_and_websocket_do_not_take_each_other_for_their_own() -> None:
    with trio.fail_after(TEST_S):
        alice, bob = Owner(transport("alice", Limits(dial_s=0.5))), Owner(transport("bob", None, "", "/ws"))
        async with trio.open_nursery() as nursery:
            await nursery.start(alice.serve)
            await nursery.start(bob.serve)
            tcp, websocket = bob.transport.addresses
            for address in (tcp.replace("/p2p/", "/ws/p2p/"), websocket.replace("/ws", "")):
                with pytest.raises(PeerError):
                    await alice.transport.dial(address)
            nursery.cancel_scope.cancel()


# The carrier alone, over streams in memory.


@asynccontextmanager
async def carrier(
    pair: Callable[[], tuple[trio.abc.Stream, trio.abc.Stream]] = trio.testing.memory_stream_pair,
) -> AsyncIterator[tuple[WebSocket, WebSocket]]:
    """Both ends of one WebSocket."""
    near, far = pair()
    ends: list[WebSocket] = []

    async def answer() -> None:
        ends.append(await answer_upgrade(far))

    with trio.fail_after(TEST_S):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(answer)
            client = await ask_upgrade(near, ENDPOINT)
        yield client, ends[0]


async def test_bytes_arrive_in_order_however_they_are_cut() -> None:
    async with carrier() as (client, server):
        sent = b"".join(bytes([number % 256]) * (number * 97 % 5000) for number in range(60))
        async with trio.open_nursery() as nursery:
            for sender, receiver in ((client, server), (server, client)):
                nursery.start_soon(sender.send_all, sent)
                got = b""
                while len(got) < len(sent):
                    piece = await receiver.receive_some(1000)
                    assert 0 < len(piece) <= 1000
                    got += piece
                assert got == sent


async def test_a_message_may_come_in_many_frames_with_a_ping_between() -> None:
    near, far = trio.testing.memory_stream_pair()
    with trio.fail_after(TEST_S):
        await near.send_all(UPGRADE)
        server = await answer_upgrade(far)
        for byte in frame(BINARY, b"fr", more=True) + frame(PING, b"there?") + frame(CONTINUATION, b"ames"):
            await near.send_all(bytes([byte]))
        got = b""
        while got != b"frames":
            got += await server.receive_some()
        assert (await near.receive_some()).endswith(frame(PONG, b"there?", masked=False))


async def test_only_the_last_of_many_pings_is_answered() -> None:
    near, far = trio.testing.memory_stream_pair()
    with trio.fail_after(TEST_S):
        await near.send_all(UPGRADE)
        server = await answer_upgrade(far)
        await near.receive_some()
        await near.send_all(b"".join(frame(PING, b"%d" % number) for number in range(100)) + frame(BINARY, b"!"))
        assert await server.receive_some() == b"!"
        await server.send_all(b"")
        assert (await near.receive_some()).startswith(frame(PONG, b"99", masked=False))


async def test_whoever_closes_says_goodbye_and_nothing_can_be_sent_after_it() -> None:
    async with carrier() as (client, server):
        await client.send_all(b"last words")
        await client.aclose()
        assert await server.receive_some() == b"last words"
        assert await server.receive_some() == b""
        with pytest.raises(trio.BrokenResourceError):
            await server.send_all(b"wait")
        with pytest.raises((trio.ClosedResourceError, trio.BrokenResourceError)):
            await client.send_all(b"and another thing")
        await server.aclose()
        await client.aclose()


async def test_closing_does_not_wait_long_for_a_peer_that_takes_nothing(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with carrier(trio.testing.lockstep_stream_pair) as (client, server):
        await client.aclose()
        assert trio.current_time() < 5
        assert await server.receive_some() == b""


async def test_a_name_that_no_host_can_have_is_not_asked_for() -> None:
    near, _far = trio.testing.memory_stream_pair()
    with pytest.raises(OpenConnectionError):
        await ask_upgrade(near, Endpoint("x" * 64 + ".example\u00fc", 80, is_websocket=True))

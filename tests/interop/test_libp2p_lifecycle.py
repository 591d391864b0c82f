"""The transport over libp2p from its first moment to its last, under load and in silence."""

import hashlib
import subprocess
import sys
from contextlib import AsyncExitStack

import libp2p
import pytest
import trio
from support import hostile
from support.owner import Owner

from folkmoot_node.clock import SystemClock
from folkmoot_node.errors import ConfigError, PeerError
from folkmoot_node.network import Libp2pTransport, Limits
from folkmoot_node.transport import Delivered, PeerConnected, PeerDisconnected, StreamOpened

pytestmark = pytest.mark.network

TOPIC = "offers"
LISTEN = ["/ip4/127.0.0.1/tcp/0"]


def transport(name: str, limits: Limits | None = None) -> Libp2pTransport:
    return Libp2pTransport(hashlib.sha256(name.encode()).digest(), LISTEN, SystemClock(), limits=limits)


def test_another_version_of_the_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards know the faults of one version; under another they would be a false comfort."""
    monkeypatch.setattr(libp2p, "__version__", "0.8.2")
    with pytest.raises(ConfigError, match=r"0\.8\.2"):
        transport("alice")


@pytest.mark.parametrize(
    "address", ["", "nonsense", "/ip4/127.0.0.1", "/ip4/127.0.0.1/udp/0/quic-v1", "/ip4/127.0.0.1/tcp/0/wss"]
)
def test_an_address_of_another_transport_is_refused(address: str) -> None:
    with pytest.raises(ConfigError):
        Libp2pTransport(bytes(32), [address], SystemClock())


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ConfigError):
        Libp2pTransport(bytes(31), LISTEN, SystemClock())


def test_the_seed_decides_the_peer_id() -> None:
    assert transport("alice").peer_id == transport("alice").peer_id
    assert transport("alice").peer_id != transport("bob").peer_id


async def test_an_address_that_names_another_peer_or_none_is_not_dialled() -> None:
    alice, bob = Owner(transport("alice")), Owner(transport("bob"))
    stranger = transport("stranger").peer_id
    async with trio.open_nursery() as nursery:
        await nursery.start(alice.serve)
        await nursery.start(bob.serve)
        bare, _, _ = bob.address.partition("/p2p/")
        for address in (bare, f"{bare}/p2p/{stranger}", f"{bare}/p2p/nonsense"):
            with pytest.raises(PeerError):
                await alice.transport.dial(address)
        assert await alice.transport.dial(bob.address) == bob.peer_id
        nursery.cancel_scope.cancel()


async def test_dialling_a_port_that_says_nothing_or_nonsense_fails_in_time() -> None:
    async def say_nonsense(stream: trio.SocketStream) -> None:
        await stream.send_all(b"220 mail.example ESMTP\r\n")
        await trio.sleep_forever()

    async def say_nothing(_stream: trio.SocketStream) -> None:
        await trio.sleep_forever()

    alice = Owner(transport("alice", Limits(dial_s=0.5)))
    async with trio.open_nursery() as nursery:
        await nursery.start(alice.serve)
        for service in (say_nonsense, say_nothing):
            [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
            nursery.start_soon(trio.serve_listeners, service, [listener])
            port = listener.socket.getsockname()[1]
            with trio.fail_after(3), pytest.raises(PeerError):
                await alice.transport.dial(f"/ip4/127.0.0.1/tcp/{port}/p2p/{transport('bob').peer_id}")
        nursery.cancel_scope.cancel()


async def chatter(owner: Owner) -> None:
    number = 0
    while True:
        number += 1
        await owner.transport.publish(TOPIC, b"%s %d" % (owner.peer_id.encode(), number) * 50)


async def stream_on(owner: Owner, other: Owner) -> None:
    stream = await owner.transport.open_stream(other.peer_id)
    try:
        while True:
            await stream.send(bytes(10_000))
    except PeerError:
        return  # the other one stopped


async def swallow(owner: Owner) -> None:
    stream = (await owner.wait_for(StreamOpened)).stream
    try:
        while await stream.receive():
            pass
    except PeerError:
        return


@pytest.mark.parametrize("messages", [1, 20, 50, 100])
async def test_stopping_under_load_is_quick_and_quiet_and_frees_the_port(messages: int) -> None:
    """With the library as it is, a service that stops while messages flow ends in an exception."""
    alice, bob = Owner(transport("alice")), Owner(transport("bob"))
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            await nursery.start(alice.serve)
            await nursery.start(bob.serve)
            await alice.transport.dial(bob.address)
            for owner in (alice, bob):
                await owner.transport.subscribe(TOPIC)
                nursery.start_soon(chatter, owner)
            nursery.start_soon(stream_on, alice, bob)
            nursery.start_soon(swallow, bob)
            await bob.wait_for(Delivered, messages)
            with trio.fail_after(3):
                await bob.stop()
            await alice.wait_for(PeerDisconnected)
            host, port, _ = hostile.place(bob.address)
            with pytest.raises(OSError, match="failed"):
                await trio.open_tcp_stream(host, port)
            nursery.cancel_scope.cancel()


async def test_an_owner_that_has_stopped_reading_does_not_hold_up_the_end() -> None:
    bob = Owner(transport("bob", Limits(events_max=1)))
    bob.reading = trio.Event()
    async with trio.open_nursery() as nursery, AsyncExitStack() as peers:
        await nursery.start(bob.serve)
        for number in range(4):
            peer = await peers.enter_async_context(hostile.hostile(bob.address, f"peer {number}"))
            await peer.ping()
        with trio.fail_after(3):
            await bob.stop()
        nursery.cancel_scope.cancel()


async def test_a_link_that_breaks_and_comes_back_is_reported_as_both() -> None:
    alice, bob = Owner(transport("alice")), Owner(transport("bob"))
    bob.reading = trio.Event()  # does not notice until both have happened
    async with trio.open_nursery() as nursery:
        await nursery.start(alice.serve)
        await nursery.start(bob.serve)
        for count in (1, 2):
            await alice.transport.dial(bob.address)
            await alice.wait_for(PeerConnected, count)
            await alice.transport.disconnect(bob.peer_id)
            await alice.wait_for(PeerDisconnected, count)
        await alice.transport.dial(bob.address)
        bob.reading.set()
        last = await alice.transport.open_stream(bob.peer_id)
        await bob.wait_for(StreamOpened)
        kinds = [type(event) for event in bob.history]
        assert kinds[-3:] == [PeerDisconnected, PeerConnected, StreamOpened]
        await last.aclose()
        nursery.cancel_scope.cancel()


async def test_a_stream_that_only_we_have_closed_is_cleared_away() -> None:
    limits = Limits(keep_alive_s=0.2, half_closed_s=0.2)
    victim = Owner(transport("victim", limits))
    async with trio.open_nursery() as nursery:
        await nursery.start(victim.serve)
        async with hostile.hostile(victim.address) as peer:
            await peer.open(hostile.SYNC)
            opened = await victim.wait_for(StreamOpened)
            await opened.stream.aclose()
            with trio.fail_after(3):
                await peer.wait_for_reset()
        nursery.cancel_scope.cancel()


QUIET = """
import logging, os, trio
from folkmoot_node.clock import SystemClock
from folkmoot_node.network import Libp2pTransport

async def main():
    one, other = (Libp2pTransport(os.urandom(32), ["/ip4/127.0.0.1/tcp/0"], SystemClock()) for _ in range(2))
    async with trio.open_nursery() as nursery:
        await nursery.start(one.serve)
        await nursery.start(other.serve)
        await one.dial(other.addresses[0])
        await trio.sleep(0.2)
        async with await trio.open_tcp_stream("127.0.0.1", int(one.addresses[0].split("/")[4])) as stream:
            await stream.send_all(b"garbage" * 1000)
            await trio.sleep(0.2)
        nursery.cancel_scope.cancel()

trio.run(main)
assert logging.getLogger().handlers == [], logging.getLogger().handlers
"""


def test_the_library_writes_nothing_and_leaves_the_root_logger_alone() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", QUIET], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

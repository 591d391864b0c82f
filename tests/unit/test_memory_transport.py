"""What the transport in memory adds to the common contract: control over links and losses, and no clock."""

import pytest
import trio
import trio.testing
from support.owner import Owner

from folkmoot_node.errors import ConfigError, PeerError
from folkmoot_node.memory import MemoryHub, MemoryTransport
from folkmoot_node.transport import (
    Delivered,
    GossipVerdict,
    PeerConnected,
    PeerDisconnected,
    PeerId,
    StreamOpened,
    TransportEvent,
)

TOPIC = "offers"
ALICE, BOB = PeerId("alice"), PeerId("bob")


async def linked_pair(hub: MemoryHub, nursery: trio.Nursery) -> tuple[Owner, Owner]:
    alice, bob = Owner(MemoryTransport(hub, ALICE)), Owner(MemoryTransport(hub, BOB))
    for owner in (alice, bob):
        await nursery.start(owner.serve)
        await owner.transport.subscribe(TOPIC)
    await alice.transport.dial("/memory/bob")
    return alice, bob


async def test_a_link_that_was_cut_is_gone_until_it_is_healed_and_dialled() -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery:
        alice, bob = await linked_pair(hub, nursery)
        stream = await alice.transport.open_stream(BOB)
        hub.cut(BOB, ALICE)
        await alice.wait_for(PeerDisconnected)
        await bob.wait_for(PeerDisconnected)
        with pytest.raises(PeerError):
            await stream.receive()
        for dialler, address in ((alice, "/memory/bob"), (bob, "/memory/alice")):
            with pytest.raises(PeerError):
                await dialler.transport.dial(address)
        hub.heal(ALICE, BOB)
        await bob.transport.dial("/memory/alice")
        assert (await alice.wait_for(PeerConnected, 2)).dialled is False
        nursery.cancel_scope.cancel()


async def test_cutting_a_link_that_does_not_exist_yet_forbids_it() -> None:
    hub = MemoryHub()
    hub.cut(ALICE, BOB)
    async with trio.open_nursery() as nursery:
        with pytest.RaisesGroup(PeerError):
            async with trio.open_nursery() as inner:
                await linked_pair(hub, inner)
        nursery.cancel_scope.cancel()


async def test_lost_gossip_does_not_arrive_and_can_be_sent_again_by_another_way() -> None:
    hub = MemoryHub()
    hub.loses_gossip = lambda sender, receiver, data: (sender, receiver) == (ALICE, BOB) and data == b"lost"
    async with trio.open_nursery() as nursery:
        alice, bob = await linked_pair(hub, nursery)
        await alice.transport.publish(TOPIC, b"lost")
        await alice.transport.publish(TOPIC, b"kept")
        await bob.wait_for_message(b"kept")
        assert bob.messages() == [b"kept"]
        carol = Owner(MemoryTransport(hub, "carol"))
        await nursery.start(carol.serve)
        await carol.transport.subscribe(TOPIC)
        await carol.transport.dial("/memory/bob")
        await carol.transport.publish(TOPIC, b"lost")
        await bob.wait_for_message(b"lost")
        nursery.cancel_scope.cancel()


async def test_the_same_acts_give_the_same_events() -> None:
    async def play() -> list[str]:
        hub = MemoryHub()
        async with trio.open_nursery() as nursery:
            owners = [Owner(MemoryTransport(hub, name)) for name in ("alice", "bob", "carol", "dave")]
            for owner in owners:
                await nursery.start(owner.serve)
                await owner.transport.subscribe(TOPIC)
            for dialler in owners:
                for other in owners:
                    if dialler.peer_id < other.peer_id:
                        await dialler.transport.dial(other.address)
            for number, owner in enumerate(owners):
                await owner.transport.publish(TOPIC, b"%d" % number)
                await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        return [repr(event) for owner in owners for event in owner.history]

    assert await play() == await play()


async def test_an_owner_that_does_not_read_is_protected_from_everyone(autojump_clock: trio.abc.Clock) -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery:
        alice, bob = await linked_pair(hub, nursery)
        bob.reading = trio.Event()
        for number in range(1000):
            await alice.transport.publish(TOPIC, b"%d" % number)
        with pytest.raises(PeerError, match="in time"):
            await alice.transport.open_stream(BOB)
        await alice.transport.disconnect(BOB)
        with pytest.raises(PeerError, match="in time"):
            await alice.transport.dial("/memory/bob")
        bob.reading.set()
        await bob.wait_for(PeerDisconnected)
        assert 256 <= len(bob.messages()) < 1000
        assert await alice.transport.dial("/memory/bob") == BOB
        nursery.cancel_scope.cancel()


async def test_publishing_waits_for_a_reader_that_comes_back_soon(autojump_clock: trio.abc.Clock) -> None:
    hub = MemoryHub()

    async def come_back(owner: Owner) -> None:
        await trio.sleep(1)
        owner.reading.set()

    async with trio.open_nursery() as nursery:
        alice, bob = await linked_pair(hub, nursery)
        bob.reading = trio.Event()
        nursery.start_soon(come_back, bob)
        for number in range(1000):
            await alice.transport.publish(TOPIC, b"%d" % number)
        await bob.wait_for_message(b"999")
        assert bob.messages() == [b"%d" % number for number in range(1000)]
        nursery.cancel_scope.cancel()


async def test_a_peer_whose_messages_are_always_rejected_loses_its_link() -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery:
        alice = Owner(MemoryTransport(hub, ALICE))
        bob = Owner(MemoryTransport(hub, BOB), lambda _delivered: GossipVerdict.REJECT)
        for owner in (alice, bob):
            await nursery.start(owner.serve)
            await owner.transport.subscribe(TOPIC)
        await alice.transport.dial("/memory/bob")
        for number in range(40):
            await alice.transport.publish(TOPIC, b"%d" % number)
        await alice.wait_for(PeerDisconnected)
        assert len(bob.messages()) >= 33
        nursery.cancel_scope.cancel()


async def test_messages_nobody_judges_are_forgotten_one_by_one() -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery:
        alice = Owner(MemoryTransport(hub, ALICE))
        bob = Owner(MemoryTransport(hub, BOB), lambda _delivered: None)
        carol = Owner(MemoryTransport(hub, "carol"))
        for owner in (alice, bob, carol):
            await nursery.start(owner.serve)
            await owner.transport.subscribe(TOPIC)
        await alice.transport.dial("/memory/bob")
        await carol.transport.dial("/memory/bob")
        for number in range(600):
            await alice.transport.publish(TOPIC, b"%d" % number)
        last = await bob.wait_for(Delivered, 600)
        first = bob.seen(Delivered)[0]
        await bob.transport.judge(first.ticket, GossipVerdict.ACCEPT)
        await bob.transport.judge(last.ticket, GossipVerdict.ACCEPT)
        await carol.wait_for(Delivered)
        assert carol.messages() == [b"599"]
        nursery.cancel_scope.cancel()


async def test_a_name_can_be_used_again_once_its_bearer_has_left() -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery:
        first = Owner(MemoryTransport(hub, ALICE))
        await nursery.start(first.serve)
        with pytest.raises(ConfigError):
            await MemoryTransport(hub, ALICE).serve()
        await first.stop()
        await nursery.start(Owner(MemoryTransport(hub, ALICE)).serve)
        nursery.cancel_scope.cancel()


async def test_events_of_one_peer_come_in_the_order_they_happened() -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery:
        alice, bob = await linked_pair(hub, nursery)
        await alice.transport.publish(TOPIC, b"hello")
        await alice.transport.open_stream(BOB)
        await alice.transport.disconnect(BOB)
        await bob.wait_for(PeerDisconnected)
        expected: list[type[TransportEvent]] = [PeerConnected, Delivered, StreamOpened, PeerDisconnected]
        assert [type(event) for event in bob.history] == expected
        nursery.cancel_scope.cancel()

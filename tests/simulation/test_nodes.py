"""Nodes hear of each other's records, lose gossip, go away, come back, and meet those who mean harm."""

import pytest
import trio
import trio.testing
from support.keys import NETWORK, person
from support.nodes import START_MS, running

from folkmoot.bundle import pack
from folkmoot.canonical import Value, encode
from folkmoot.kinds import EDITION
from folkmoot.record import Content, Record, day_of, seal
from folkmoot.session import bundle_frame
from folkmoot_node.conversation import FRAME_WAIT_S_MAX, GRACE_S
from folkmoot_node.errors import PeerError
from folkmoot_node.gossip import topic_of
from folkmoot_node.memory import MemoryHub, MemoryTransport
from folkmoot_node.transport import Delivered, FrameStream, PeerId
from folkmoot_node.turns import WAITING_PER_PEER_MAX, Turns

ADDRESS = "/memory/{}".format
HELLO = encode(["hello", NETWORK, 1, EDITION, START_MS, ["commons", "elsewhere"], 0])
SUMMARY = encode(["summary", day_of(START_MS), 0, bytes(32), bytes(112)])


async def test_what_one_publishes_all_hear(autojump_clock: trio.testing.MockClock) -> None:
    hub = MemoryHub()
    async with (
        running(hub, "carl", sync_interval_s=3600) as carl,
        running(hub, "dana", peers=[carl.address], sync_interval_s=3600) as dana,
        running(hub, "eli", peers=[dana.address], sync_interval_s=3600) as eli,
    ):
        await trio.sleep(2)
        record = await carl.publish("post", {"text": "hello"})
        for node in (dana, eli):
            await node.until_holds(record, within_s=1)
        assert await eli.holds() == await carl.holds()


async def test_who_was_away_gets_everything_on_connecting(autojump_clock: trio.testing.MockClock) -> None:
    hub = MemoryHub()
    async with running(hub, "carl") as carl:
        records = await carl.keep([("post", {"text": f"post {number}"}) for number in range(100)])
        async with running(hub, "dana", peers=[carl.address], sync_interval_s=3600) as dana:
            await dana.until_holds(*records)


async def test_lost_gossip_is_repaired_by_sync(autojump_clock: trio.testing.MockClock) -> None:
    hub = MemoryHub()
    hub.loses_gossip = lambda _sender, _receiver, _data: True
    async with running(hub, "carl") as carl, running(hub, "dana", peers=[carl.address]) as dana:
        await trio.sleep(2)
        record = await carl.publish("post", {"text": "hello"})
        await trio.sleep(0.5)
        assert record.id not in (await dana.holds())[0]
        await dana.until_holds(record, within_s=30)


async def test_two_nodes_that_both_have_much_to_say_converge(autojump_clock: trio.testing.MockClock) -> None:
    hub = MemoryHub()
    text = "x" * 3900
    async with running(hub, "carl") as carl, running(hub, "dana") as dana:
        for member in (carl, dana):
            await member.keep([("post", {"text": f"{number} {text}"}) for number in range(120)])
        dana.node.peers.keep(carl.address)
        await dana.until_holds(*carl.published)
        await carl.until_holds(*dana.published)
        assert await carl.holds() == await dana.holds()


async def test_a_target_that_is_not_there_yet_is_found_when_it_comes(
    autojump_clock: trio.testing.MockClock,
) -> None:
    hub = MemoryHub()
    async with running(hub, "dana", peers=[ADDRESS("carl")]) as dana:
        await trio.sleep(30)
        [target] = dana.node.peers.targets
        assert target.failures > 2
        async with running(hub, "carl") as carl:
            record = await carl.publish("post", {"text": "hello"})
            await dana.until_holds(record, within_s=130)
        with trio.fail_after(10):
            while dana.node.peers.connected:
                await trio.sleep(0.1)
        async with running(hub, "carl") as carl:
            again = await carl.publish("post", {"text": "back"})
            await dana.until_holds(again, within_s=130)


async def test_gossip_that_does_not_verify_goes_no_further(autojump_clock: trio.testing.MockClock) -> None:
    hub = MemoryHub()
    mallory = MemoryTransport(hub, "mallory")
    eli = person("eli")
    content = Content("post", "commons", 0, START_MS, 20_001, (), {"text": "hello"})
    record = seal(content, author=eli.id, key=eli.key, network=NETWORK)
    honest = pack([eli.genesis], [record], network=NETWORK)
    forged = honest.replace(b"hello", b"HELLO")
    async with (
        trio.open_nursery() as nursery,
        running(hub, "carl", sync_interval_s=3600) as carl,
        running(hub, "dana", peers=[carl.address], sync_interval_s=3600) as dana,
    ):
        await nursery.start(mallory.serve)
        await mallory.subscribe(topic_of(NETWORK, "commons"))
        await mallory.dial(carl.address)
        await trio.sleep(2)
        for junk in (b"", b"\xc1" * 100, encode(["folkmoot-bundle/1", NETWORK, [], []]), forged):
            await mallory.publish(topic_of(NETWORK, "commons"), junk)
        await trio.sleep(2)
        assert await dana.holds() == (frozenset(), frozenset())
        await mallory.publish(topic_of(NETWORK, "commons"), honest)
        await dana.until_holds(record, within_s=2)
        nursery.cancel_scope.cancel()


async def open_stream(transport: MemoryTransport, nursery: trio.Nursery, address: str) -> FrameStream:
    await nursery.start(transport.serve)
    return await transport.open_stream(await transport.dial(address))


@pytest.mark.parametrize(
    "frames",
    [
        [b"\xc1"],
        [encode(["done"])],
        [encode(["hello", "other", 1, 1, START_MS, [], 0])],
        [HELLO, b"junk"],
    ],
    ids=["garbage", "out-of-turn", "another-network", "good-start-then-junk"],
)
async def test_a_peer_that_talks_nonsense_in_a_sync_loses_only_its_stream(
    autojump_clock: trio.testing.MockClock, frames: list[bytes]
) -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery, running(hub, "carl") as carl:
        stream = await open_stream(MemoryTransport(hub, "mallory"), nursery, carl.address)
        for frame in frames:
            await stream.send(frame)
        with trio.fail_after(5):
            while await stream.receive() is not None:
                pass
        record = await carl.publish("post", {"text": "still here"})
        async with running(hub, "dana", peers=[carl.address]) as dana:
            await dana.until_holds(record)
        nursery.cancel_scope.cancel()


async def test_a_peer_that_falls_silent_is_not_waited_for_for_ever(
    autojump_clock: trio.testing.MockClock,
) -> None:
    hub = MemoryHub()
    async with trio.open_nursery() as nursery, running(hub, "carl") as carl:
        stream = await open_stream(MemoryTransport(hub, "mallory"), nursery, carl.address)
        with trio.fail_after(FRAME_WAIT_S_MAX + 5):
            while await stream.receive() is not None:
                pass
        nursery.cancel_scope.cancel()


def said(text: str, *, space: str = "commons") -> Record:
    eli = person("eli")
    content = Content("post", space, 0, START_MS, 20_001, (), {"text": text})
    return seal(content, author=eli.id, key=eli.key, network=NETWORK)


async def test_a_topic_of_a_space_that_is_not_ours_brings_nothing(autojump_clock: trio.testing.MockClock) -> None:
    elsewhere = pack([person("eli").genesis], [said("hello", space="elsewhere")], network=NETWORK)
    async with running(MemoryHub(), "carl") as carl:
        await carl.node.gossip.hear(Delivered(PeerId("mallory"), topic_of(NETWORK, "elsewhere"), elsewhere, 1))
        await trio.sleep(1)
        assert (await carl.store.counts()).records == {}


async def finished_session(stream: FrameStream, bundle: bytes) -> None:
    """Hold a sync as the teller: hold nothing at first, want nothing, offer one bundle, and then hold the same."""
    said = [
        [HELLO, SUMMARY, encode(["list", bytes(16), 0, b""])],
        [bundle_frame(bundle), encode(["sent"]), encode(["done", False])],
        [encode(["equal"])],
    ]
    for frames, last_heard in zip(said, ("wanted", "done", ""), strict=True):
        for frame in frames:
            await stream.send(frame)
        while (heard := await stream.receive()) is not None:
            if last_heard and heard[2:].startswith(last_heard.encode()):
                break


async def test_records_of_spaces_that_are_not_ours_are_not_taken_by_sync(
    autojump_clock: trio.testing.MockClock,
) -> None:
    hub = MemoryHub()
    ours, theirs = said("hello"), said("hello", space="elsewhere")
    async with trio.open_nursery() as nursery, running(hub, "carl") as carl:
        stream = await open_stream(MemoryTransport(hub, "mallory"), nursery, carl.address)
        await finished_session(stream, pack([person("eli").genesis], [ours, theirs], network=NETWORK))
        await carl.until_holds(ours)
        assert (await carl.store.counts()).records == {"post": 1}
        nursery.cancel_scope.cancel()


async def test_what_one_node_learns_by_sync_the_others_hear_at_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    hub = MemoryHub()
    async with (
        trio.open_nursery() as nursery,
        running(hub, "carl", sync_interval_s=3600) as carl,
        running(hub, "dana", peers=[carl.address], sync_interval_s=3600) as dana,
    ):
        await trio.sleep(2)
        stream = await open_stream(MemoryTransport(hub, "mallory"), nursery, carl.address)
        await finished_session(stream, pack([person("eli").genesis], [said("hello")], network=NETWORK))
        await dana.until_holds(said("hello"), within_s=2)
        nursery.cancel_scope.cancel()


async def test_no_peer_keeps_a_node_from_syncing_with_others(autojump_clock: trio.testing.MockClock) -> None:
    hub = MemoryHub()
    mallory = MemoryTransport(hub, "mallory")
    cells: list[Value] = ["cells", b"", bytes(32)]

    async def dawdle(stream: FrameStream) -> None:
        try:
            await stream.send(HELLO)
            await stream.send(SUMMARY)
            for number in range(10_000):
                await stream.send(encode([*cells, number, 8192, bytes(21)]))
                await trio.sleep(FRAME_WAIT_S_MAX - 1)
        except PeerError:
            closed_at.append(trio.current_time())

    closed_at: list[float] = []
    async with trio.open_nursery() as nursery, running(hub, "carl") as carl:
        await nursery.start(mallory.serve)
        peer = await mallory.dial(carl.address)
        for _attempt in range(40):
            nursery.start_soon(dawdle, await mallory.open_stream(peer))
        await trio.sleep(1)
        [record] = await carl.keep([("post", {"text": "hello"})])
        async with running(hub, "dana", peers=[carl.address]) as dana:
            await dana.until_holds(record, within_s=20)
        await trio.sleep(GRACE_S + FRAME_WAIT_S_MAX)
        assert len(closed_at) == 40
        nursery.cancel_scope.cancel()


async def test_a_peer_that_talks_all_the_time_leaves_the_others_their_turn() -> None:
    turns = Turns()
    for number in range(WAITING_PER_PEER_MAX):
        assert turns.add(Delivered(PeerId("loud"), "topic", b"", number))
    assert not turns.add(Delivered(PeerId("loud"), "topic", b"", 1000))
    assert turns.add(Delivered(PeerId("quiet"), "topic", b"", 2000))
    assert [(await turns.next()).ticket for _turn in range(3)] == [0, 2000, 1]


async def test_who_waits_for_a_message_gets_the_next(autojump_clock: trio.testing.MockClock) -> None:
    turns = Turns()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 0)
        with trio.move_on_after(1):
            await turns.next()
        assert turns.add(Delivered(PeerId("late"), "topic", b"", 7))
        assert (await turns.next()).ticket == 7

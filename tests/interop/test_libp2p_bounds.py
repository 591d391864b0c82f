"""The parts of the libp2p adapter that remember things: none of them remembers for ever, or too much."""

from types import SimpleNamespace

import trio
import trio.testing
from libp2p.peer.id import ID
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.rpc_queue import RpcQueue

from folkmoot_node.network.contained import OVERFLOW, SIGNATURES_MAX, Contained
from folkmoot_node.network.limits import Limits
from folkmoot_node.network.relay import message_id
from folkmoot_node.network.router import Router
from folkmoot_node.network.seen import Docket, Seen

ALICE, BOB, CAROL = ID(b"alice"), ID(b"bob"), ID(b"carol")
TOPIC = "offers"


def message(data: bytes) -> rpc_pb2.Message:
    return rpc_pb2.Message(data=data, topicIDs=[TOPIC], from_id=b"source")


async def test_what_nobody_judges_in_time_is_dropped_and_makes_room(autojump_clock: trio.abc.Clock) -> None:
    contained = Contained()
    docket = Docket(Limits(tickets_max=2, ticket_s=10), contained)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(docket.serve)
        first = await docket.enter(ALICE, message(b"1"))
        await docket.enter(ALICE, message(b"2"))
        before = trio.current_time()
        await docket.enter(ALICE, message(b"3"))
        assert 10 <= trio.current_time() - before <= 13
        assert docket.settle(first) is None
        assert contained.counts() == {"gossip: nobody judged a message": 2}
        nursery.cancel_scope.cancel()


async def test_a_verdict_makes_room_at_once(autojump_clock: trio.abc.Clock) -> None:
    docket = Docket(Limits(tickets_max=1), Contained())
    for number in range(10):
        ticket = await docket.enter(BOB, message(b"%d" % number))
        pending = docket.settle(ticket)
        assert pending is not None
        assert (pending.forwarder, pending.message.data) == (BOB, b"%d" % number)
        assert docket.settle(ticket) is None
    assert trio.current_time() == 0


async def test_seen_messages_are_forgotten_by_age_and_by_number(autojump_clock: trio.abc.Clock) -> None:
    seen = Seen(Limits(seen_max=3, seen_s=100))
    assert [seen.add(b"%d" % number) for number in (1, 2, 3, 3, 4)] == [True, True, True, False, True]
    assert [seen.has(b"%d" % number) for number in (1, 2, 3, 4)] == [False, True, True, True]
    await trio.sleep(101)
    assert not seen.has(b"4")
    assert seen.add(b"4")


def test_signatures_of_contained_faults_are_bounded() -> None:
    contained = Contained()
    for number in range(SIGNATURES_MAX + 10):
        contained.note(str(number))
    contained.note("0")
    counts = contained.counts()
    assert (len(counts), counts["0"], counts[OVERFLOW]) == (SIGNATURES_MAX + 1, 2, 10)


def test_a_contained_group_is_counted_by_its_leaves() -> None:
    contained = Contained()
    contained.record("test", ExceptionGroup("outer", [ValueError(), ExceptionGroup("inner", [KeyError()])]))
    assert contained.counts() == {"test: ValueError in ?": 1, "test: KeyError in ?": 1}


def router_with(*peers: ID) -> tuple[Router, dict[ID, RpcQueue]]:
    outboxes = {peer: RpcQueue(max_size=100) for peer in peers}
    router = Router(Contained())
    router.attach(
        SimpleNamespace(  # type: ignore[arg-type]
            peer_queues=outboxes,
            peer_topics={TOPIC: set(peers)},
            get_message_id=message_id,
            seen_messages=Seen(Limits()),
            peers=dict.fromkeys(peers),
        )
    )
    return router, outboxes


async def sent(outbox: RpcQueue) -> list[rpc_pb2.RPC]:
    rpcs = []
    while len(outbox):
        rpc = await outbox.pop()
        assert rpc is not None
        rpcs.append(rpc)
    return rpcs


async def test_each_peer_is_sent_its_own_control_messages_only() -> None:
    """The library sends the second peer the grafts, prunes and ids of the first as well."""
    router, outboxes = router_with(ALICE, BOB, CAROL)
    await router._emit_control_msgs(
        {ALICE: ["a"], BOB: ["b"]}, {BOB: ["c"]}, {ALICE: {"a": [b"1"]}, CAROL: {"d": [b"2"]}}
    )
    control = {peer: [rpc.control for rpc in await sent(outbox)] for peer, outbox in outboxes.items()}
    [to_alice], [to_bob], [to_carol] = control[ALICE], control[BOB], control[CAROL]
    assert [graft.topicID for graft in to_alice.graft] == ["a"]
    assert [graft.topicID for graft in to_bob.graft] == ["b"]
    assert [prune.topicID for prune in to_bob.prune] == ["c"]
    assert not any((to_alice.prune, to_bob.ihave, to_carol.graft, to_carol.prune))
    assert [(have.topicID, list(have.messageIDs)) for have in to_alice.ihave] == [("a", [b"1"])]
    assert [(have.topicID, list(have.messageIDs)) for have in to_carol.ihave] == [("d", [b"2"])]


async def test_peers_outside_the_mesh_are_told_ids_they_can_check() -> None:
    """The library tells ids made of source and number, and then everyone asks for everything again."""
    router, outboxes = router_with(ALICE, BOB)
    router.mesh[TOPIC] = {BOB}
    router.peer_protocol[ALICE] = router.peer_protocol[BOB] = router.protocols[0]
    await router.publish(CAROL, message(b"news"))
    [to_bob] = await sent(outboxes[BOB])
    assert [published.data for published in to_bob.publish] == [b"news"]
    told = router.gossip_heartbeat()
    assert told == {ALICE: {TOPIC: [message_id(message(b"news"))]}}
    await router.handle_iwant(rpc_pb2.ControlIWant(messageIDs=told[ALICE][TOPIC] * 5), ALICE)
    assert [rpc.publish[0].data for rpc in await sent(outboxes[ALICE])] == [b"news"]


async def test_only_what_is_lacking_is_asked_for_and_only_so_much_of_it() -> None:
    router, outboxes = router_with(ALICE)
    router.mesh[TOPIC] = set()
    known = message_id(message(b"known"))
    router.pubsub.seen_messages.add(known)
    ids = [known, b"short", *(number.to_bytes(32, "big") for number in range(2000))]
    for topic in (TOPIC, "unknown"):
        await router.handle_ihave(rpc_pb2.ControlIHave(topicID=topic, messageIDs=ids * 2), ALICE)
    asked = [mid for rpc in await sent(outboxes[ALICE]) for want in rpc.control.iwant for mid in want.messageIDs]
    assert asked == ids[2:502]


async def test_topics_nobody_here_knows_leave_no_trace() -> None:
    router, outboxes = router_with(ALICE)
    control = rpc_pb2.ControlMessage(
        graft=[rpc_pb2.ControlGraft(topicID=f"{number}") for number in range(60)],
        prune=[rpc_pb2.ControlPrune(topicID=f"{number}") for number in range(60)],
    )
    await router.handle_rpc(rpc_pb2.RPC(control=control), ALICE)
    assert not await sent(outboxes[ALICE])
    assert not router.back_off
    assert not router.graft_flood_tracking


async def test_a_full_mesh_takes_nobody_in_and_ghosts_never_enter() -> None:
    crowd = [ID(b"%d" % number) for number in range(12)]
    router, outboxes = router_with(*crowd, ALICE)
    router.mesh[TOPIC] = set()
    graft = rpc_pb2.RPC(control=rpc_pb2.ControlMessage(graft=[rpc_pb2.ControlGraft(topicID=TOPIC)] * 3))
    await router.handle_rpc(graft, ALICE)
    assert router.mesh[TOPIC] == set()  # there is no stream to it yet
    for peer in [*crowd, ALICE]:
        router.peer_protocol[peer] = router.protocols[0]
        await router.handle_rpc(graft, peer)
    assert router.mesh[TOPIC] == set(crowd)
    [answer] = await sent(outboxes[ALICE])
    assert [prune.topicID for prune in answer.control.prune] == [TOPIC]
    router.remove_peer(crowd[0])
    await router.handle_rpc(graft, ALICE)
    assert ALICE not in router.mesh[TOPIC]  # it has to wait


async def test_back_offs_end_and_are_then_forgotten() -> None:
    router, _ = router_with(ALICE, BOB)
    router.mesh[TOPIC] = {ALICE}
    prune = rpc_pb2.ControlPrune(topicID=TOPIC, backoff=2**40)
    await router.handle_rpc(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(prune=[prune])), ALICE)
    assert router.mesh[TOPIC] == set()
    assert router._check_back_off(ALICE, TOPIC)
    router.back_off[TOPIC] = {ALICE: router.back_off[TOPIC][ALICE] - 601, BOB: router.back_off[TOPIC][ALICE]}
    router._forget_expired_back_offs()
    assert set(router.back_off[TOPIC]) == {BOB}

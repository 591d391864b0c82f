"""The library's Pubsub with its two dangerous halves replaced: reading from peers, and validation.

A message goes: size, topic and signature are checked; it is marked as seen; it gets a ticket and is delivered;
the owner judges; only then is it passed on. While the owner does not take deliveries, nothing more is read from
any peer. A peer that sends what no honest peer would send is disconnected.
"""

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import trio
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.message import DecodeError
from libp2p.abc import INetStream
from libp2p.host.exceptions import StreamFailure
from libp2p.io.exceptions import IOException
from libp2p.network.exceptions import SwarmException
from libp2p.peer.id import ID
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub
from libp2p.pubsub.rpc_queue import RpcQueue
from libp2p.pubsub.validators import PUBSUB_SIGNING_PREFIX
from libp2p.utils.varint import encode_varint_prefixed

from folkmoot_node.network.contained import Contained
from folkmoot_node.network.host import GuardedHost
from folkmoot_node.network.limits import Limits
from folkmoot_node.network.router import ControlFloodError, Router
from folkmoot_node.network.seen import Docket, Seen
from folkmoot_node.transport import GOSSIP_BYTES_MAX, GossipVerdict

RPC_BYTES_MAX = 1024 * 1024
PUBLISHED_PER_RPC_MAX = 512
TOPIC_CHARS_MAX = 256
TOPICS_PER_PEER_MAX = 64

_READ_BYTES = 64 * 1024
_VARINT_BYTES_MAX = 4
_ED25519_ID_PREFIX = bytes.fromhex("002408011220")
"""A peer id that is an Ed25519 key itself: identity multihash, protobuf of key type and 32 bytes."""

Deliver = Callable[[ID, str, bytes, int], Awaitable[None]]


class NonsenseError(Exception):
    """A peer sent bytes that no honest implementation sends."""


def message_id(message: rpc_pb2.Message) -> bytes:
    """Return the id of a message: the SHA-256 of its data, and of nothing else."""
    return hashlib.sha256(message.data).digest()


class Relay(Pubsub):
    """Reads gossip from peers, has it judged, and hands it to the router."""

    router: Router

    def __init__(
        self, host: GuardedHost, router: Router, first_sequence_number: int, limits: Limits, contained: Contained
    ) -> None:
        super().__init__(host, router, strict_signing=True, msg_id_constructor=message_id)
        self.seen_messages.stop()  # a thread; ours needs none
        self.seen_messages: Any = Seen(limits)
        self.counter = first_sequence_number
        self.docket = Docket(limits, contained)
        self.deliver: Deliver | None = None
        self._limits = limits
        self._contained = contained
        self._rejected: Counter[ID] = Counter()
        self._room = trio.Event()

    # Inbound.

    async def stream_handler(self, stream: INetStream) -> None:
        """Read one peer's gossip until it ends or misbehaves."""
        peer_id = stream.muxed_conn.peer_id
        try:
            await self.continuously_read_stream(stream)
        except IOException:
            pass  # the peer went away
        except (NonsenseError, ControlFloodError) as error:
            self._contained.note(f"gossip: {error}")
            await self.host.disconnect(peer_id)
        finally:
            with trio.move_on_after(1, shield=True):
                await stream.reset()
            if not self._peer_is_connected(peer_id):
                # Whatever was read after the connection had ended must not outlive it.
                self._handle_dead_peer(peer_id)

    async def continuously_read_stream(self, stream: INetStream) -> None:
        """Take one RPC after the other.

        Raises:
            NonsenseError: The peer sent what cannot be read.
            ControlFloodError: The peer asked for too much.
        """
        unparsed = bytearray()
        while True:
            size, start = _frame(unparsed)
            if size is None or len(unparsed) < start + size:
                unparsed += await stream.read(_READ_BYTES)
                continue
            rpc = rpc_pb2.RPC()
            try:
                rpc.ParseFromString(bytes(unparsed[start : start + size]))
            except DecodeError as error:
                raise NonsenseError("unreadable message") from error
            del unparsed[: start + size]
            await self._take(stream.muxed_conn.peer_id, rpc)

    async def _take(self, peer_id: ID, rpc: rpc_pb2.RPC) -> None:
        if len(rpc.publish) > PUBLISHED_PER_RPC_MAX or len(rpc.subscriptions) > TOPICS_PER_PEER_MAX:
            raise ControlFloodError("too many entries in a message")
        for subscription in rpc.subscriptions:
            await self._take_subscription(peer_id, subscription)
        if rpc.HasField("control"):
            await self.router.handle_rpc(rpc, peer_id)
        for message in rpc.publish:
            await self.push_msg(peer_id, message)

    async def push_msg(self, msg_forwarder: ID, msg: rpc_pb2.Message) -> None:
        """Have a peer's message judged, if it is new and its signature holds."""
        if len(msg.topicIDs) != 1 or msg.topicIDs[0] not in self.topic_ids:
            return
        if len(msg.data) > GOSSIP_BYTES_MAX:
            await self._reject(msg_forwarder, "too large")
            return
        mid = message_id(msg)
        if self.seen_messages.has(mid):
            return
        # Before it is marked as seen: otherwise a bad signature around someone's data would keep that data out.
        if not is_signed(msg):
            await self._reject(msg_forwarder, "badly signed")
            return
        self.seen_messages.add(mid)
        ticket = await self.docket.enter(msg_forwarder, msg)
        assert self.deliver is not None
        await self.deliver(msg_forwarder, msg.topicIDs[0], msg.data, ticket)

    async def judge(self, ticket: int, verdict: GossipVerdict) -> None:
        """Pass a message on, drop it, or hold it against the peer that sent it."""
        pending = self.docket.settle(ticket)
        if pending is None:
            return  # judged before, or too late
        if verdict is GossipVerdict.ACCEPT:
            await self.router.publish(pending.forwarder, pending.message)
        elif verdict is GossipVerdict.REJECT:
            await self._reject(pending.forwarder, "rejected")

    async def _reject(self, peer_id: ID, why: str) -> None:
        self._contained.note(f"gossip: {why}")
        if not self._peer_is_connected(peer_id):
            return
        self._rejected[peer_id] += 1
        if self._rejected[peer_id] > self._limits.rejected_per_peer_max:
            del self._rejected[peer_id]
            self._contained.note("gossip: peer rejected too often")
            await self.host.disconnect(peer_id)

    async def _take_subscription(self, peer_id: ID, subscription: rpc_pb2.RPC.SubOpts) -> None:
        topic = subscription.topicid
        if not subscription.subscribe:
            self._forget_subscription(peer_id, topic)
            if topic in self.router.mesh:
                self.router.mesh[topic].discard(peer_id)
            return
        count = self._peer_subscription_count.get(peer_id, 0)
        known = peer_id in self.peer_topics.get(topic, ())
        if known or count >= TOPICS_PER_PEER_MAX or len(topic) > TOPIC_CHARS_MAX:
            return
        self.peer_topics.setdefault(topic, set()).add(peer_id)
        self._peer_subscription_count[peer_id] = count + 1
        if peer_id in self.peers:
            await self._welcome(peer_id, topic)

    async def _welcome(self, peer_id: ID, topic: str) -> None:
        await self.router.on_peer_subscribed(peer_id, topic)
        await self._replay_recent_messages(peer_id, topic)

    # Outbound.

    async def publish(self, topic_id: str | list[str], data: bytes) -> None:
        """Sign our own message and hand it to the router, waiting a little for room in full outboxes."""
        topics = [topic_id] if isinstance(topic_id, str) else topic_id
        message = rpc_pb2.Message(
            data=data, topicIDs=topics, from_id=self.my_id.to_bytes(), seqno=self._next_seqno()
        )
        if not self.seen_messages.add(message_id(message)):
            return
        assert self.sign_key is not None
        message.signature = self.sign_key.sign(PUBSUB_SIGNING_PREFIX.encode() + message.SerializeToString())
        with trio.move_on_after(self._limits.publish_wait_s):
            while any(len(outbox) >= self._limits.outbox_max for outbox in self.peer_queues.values()):
                await self._room.wait()
        await self.router.publish(self.my_id, message)

    async def _handle_new_peer(self, peer_id: ID) -> None:
        if peer_id in self.peers:
            return
        try:
            stream = await self.host.new_stream(peer_id, self.protocols)
        except StreamFailure as error:
            raise SwarmException("the peer does not speak gossip now") from error
        protocol = stream.get_protocol()
        if peer_id in self.peers or protocol is None:  # another connection to this peer was faster
            await stream.reset()
            return
        outbox = RpcQueue(max_size=self._limits.outbox_max)
        outbox.push(self.get_hello_packet(), priority=True)
        self.router.add_peer(peer_id, protocol)
        self.peers[peer_id] = stream
        self.peer_queues[peer_id] = outbox
        self.manager.run_task(self.handle_sending_messages, peer_id, stream, outbox)
        for topic in [topic for topic, peers in self.peer_topics.items() if peer_id in peers]:
            await self._welcome(peer_id, topic)

    async def handle_sending_messages(self, peer_id: ID, stream: INetStream, queue: RpcQueue) -> None:
        """Empty one peer's outbox into its stream, until one of the two ends."""
        try:
            while (rpc := await queue.pop()) is not None:
                with trio.fail_after(self._limits.write_stall_s):
                    await stream.write(encode_varint_prefixed(rpc.SerializeToString()))
                self._room.set()
                self._room = trio.Event()
        except (IOException, trio.TooSlowError) as error:
            if isinstance(error, trio.TooSlowError):
                self._contained.note("gossip: the peer stopped reading")
        finally:
            queue.close()
            with trio.move_on_after(1, shield=True):
                await stream.reset()
            if self.peers.get(peer_id) is stream:
                self._handle_dead_peer(peer_id)

    def _handle_dead_peer(self, peer_id: ID) -> None:
        connected = self._peer_is_connected(peer_id)
        self._clear_pending_announce_retries_for_peer(peer_id)
        if self.peers.pop(peer_id, None) is not None:
            self.peer_queues.pop(peer_id).close()
        self.router.remove_peer(peer_id)
        if connected:
            # Only our own stream broke. What the peer told us on its stream still holds: it will not repeat it.
            self._replayed_recent_topics.pop(peer_id, None)
            self._schedule_peer_stream_retry(peer_id)
        else:
            self._rejected.pop(peer_id, None)
            self._forget_all_subscriptions(peer_id)

    def get_hello_packet(self) -> rpc_pb2.RPC:
        """Return our subscriptions, the first thing every peer is told."""
        return rpc_pb2.RPC(
            subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=True, topicid=topic) for topic in self.topic_ids]
        )


def _frame(unparsed: bytearray) -> tuple[int | None, int]:
    """Return the size of the next RPC and where it starts; no size if more bytes are needed to tell."""
    size = 0
    for index, byte in enumerate(unparsed[:_VARINT_BYTES_MAX]):
        size |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            if size > RPC_BYTES_MAX:
                raise NonsenseError("message too large")
            return size, index + 1
    if len(unparsed) >= _VARINT_BYTES_MAX:
        raise NonsenseError("message too large")
    return None, 0


def is_signed(message: rpc_pb2.Message) -> bool:
    """Tell whether a message carries the signature of the Ed25519 peer it names as its source.

    Other kinds of keys are not accepted: checking an RSA signature costs as much as its sender likes.
    """
    source = message.from_id
    if len(source) != len(_ED25519_ID_PREFIX) + 32 or not source.startswith(_ED25519_ID_PREFIX):
        return False
    signed = rpc_pb2.Message(
        data=message.data, topicIDs=message.topicIDs, from_id=source, seqno=message.seqno
    ).SerializeToString()
    key = Ed25519PublicKey.from_public_bytes(source[len(_ED25519_ID_PREFIX) :])
    try:
        key.verify(message.signature, PUBSUB_SIGNING_PREFIX.encode() + signed)
    except InvalidSignature:
        return False
    return True

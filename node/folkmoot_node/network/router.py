"""The library's GossipSub with its loose ends tied: who gets what, and how much a peer may ask.

What is replaced, and why: the message cache is keyed by our message id (theirs advertises ids nobody else can
compute); control messages are collected for each peer (theirs sends one peer the grafts of another); every
answer to a peer has a budget (theirs re-sends a message as often as it is named); unknown topics leave no trace
(theirs remembers each for ever); peers in back-off still hear of new messages.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import trio
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.mcache import CacheEntry, MessageCache
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub

from folkmoot_node.network.contained import Contained

MESHSUB_ID = TProtocol("/meshsub/1.1.0")
"""Later versions answer every message with one of their own, which doubles the cost of gossip."""

DEGREE, DEGREE_LOW, DEGREE_HIGH = 6, 4, 12
HEARTBEAT_S = 1

_CACHED_MAX = 4096
_ENTRIES_MAX = 64
_IDS_MAX = 5000
_ID_BYTES = 32
_BACK_OFF_S_MAX = 600
_WANTED_PER_BEAT_MAX = 500
_RESENT_BYTES_PER_BEAT_MAX = 512 * 1024
_CLEANING_BEATS = 60


class ControlFloodError(Exception):
    """A peer sent more control messages at once than an honest one ever would."""


class IdCache(MessageCache):
    """The recent messages by our message id."""

    def __init__(self, message_id: Callable[[rpc_pb2.Message], bytes], window: int, history: int) -> None:
        super().__init__(window, history)
        self._message_id = message_id

    def put(self, msg: rpc_pb2.Message) -> None:
        """Keep a message for some heartbeats."""
        message_id = self._message_id(msg)
        if message_id not in self.msgs and len(self.msgs) < _CACHED_MAX:
            self.msgs[message_id] = msg
            self.history[0].append(CacheEntry(message_id, msg.topicIDs))


class Router(GossipSub):
    """Keeps the mesh of each topic and decides who is sent what."""

    pubsub: Any

    def __init__(self, contained: Contained) -> None:
        super().__init__(
            [MESHSUB_ID],
            DEGREE,
            DEGREE_LOW,
            DEGREE_HIGH,
            heartbeat_interval=HEARTBEAT_S,
            adaptive_gossip_enabled=False,
            spam_protection_enabled=False,
            eclipse_protection_enabled=False,
        )
        # The library's scores never decay, lack half their inputs and vanish on a reconnect.
        self.scorer: Any = None
        self._contained = contained
        self._wanted: Counter[ID] = Counter()
        self._resent_bytes: Counter[ID] = Counter()

    def attach(self, pubsub: Pubsub) -> None:
        """Learn the message ids."""
        super().attach(pubsub)
        self.mcache = IdCache(pubsub.get_message_id, self.mcache.window_size, self.mcache.history_size)

    async def publish(self, msg_forwarder: ID, pubsub_msg: rpc_pb2.Message) -> None:
        """Pass an accepted message on to the mesh, except to whom it came from."""
        self.mcache.put(pubsub_msg)
        rpc = rpc_pb2.RPC(publish=[pubsub_msg])
        for peer_id in self._get_peers_to_send(pubsub_msg.topicIDs, msg_forwarder, ID(pubsub_msg.from_id)):
            self.send_rpc(peer_id, rpc)
        await trio.lowlevel.checkpoint()

    async def send_recent_messages(self, peer_id: ID, topic: str) -> None:
        """Send a peer that has just joined what it missed in the last seconds."""
        for message_id in self.mcache.window(topic):
            message = self.mcache.get(message_id)
            if message is not None and ID(message.from_id) != peer_id:
                self.send_rpc(peer_id, rpc_pb2.RPC(publish=[message]))
        await trio.lowlevel.checkpoint()

    def send_rpc(self, peer_id: ID, rpc: rpc_pb2.RPC, priority: bool = False) -> None:
        """Put an RPC into a peer's outbox; all peers share the one object."""
        if peer_id in self._pending_control:
            super().send_rpc(peer_id, rpc, priority)
            return
        outbox = self.pubsub.peer_queues.get(peer_id)
        if outbox is not None and not outbox.push(rpc, priority=priority):
            self._contained.note("gossip: outbox full")
            self._handle_dropped_rpc(peer_id, rpc, "queue_full")

    async def emit_control_message(self, control_msg: rpc_pb2.ControlMessage, to_peer: ID) -> None:
        """Send control messages, without the signed address record the library adds to each."""
        self.send_rpc(to_peer, rpc_pb2.RPC(control=control_msg), priority=True)
        await trio.lowlevel.checkpoint()

    async def _emit_control_msgs(
        self,
        peers_to_graft: dict[ID, list[str]],
        peers_to_prune: dict[ID, list[str]],
        peers_to_gossip: dict[ID, dict[str, list[bytes]]],
    ) -> None:
        control: defaultdict[ID, rpc_pb2.ControlMessage] = defaultdict(rpc_pb2.ControlMessage)
        for peer_id, topics in peers_to_graft.items():
            control[peer_id].graft.extend(rpc_pb2.ControlGraft(topicID=topic) for topic in topics)
        for peer_id, topics in peers_to_prune.items():
            control[peer_id].prune.extend(
                rpc_pb2.ControlPrune(topicID=topic, backoff=self.prune_back_off) for topic in topics
            )
            for topic in topics:
                self._add_back_off(peer_id, topic, is_unsubscribe=False)
        for peer_id, ids_by_topic in peers_to_gossip.items():
            control[peer_id].ihave.extend(
                rpc_pb2.ControlIHave(topicID=topic, messageIDs=ids) for topic, ids in ids_by_topic.items()
            )
        for peer_id, message in control.items():
            await self.emit_control_message(message, peer_id)

    async def heartbeat(self) -> None:
        """Keep every mesh at its size and tell others what there is, once a second."""
        beat = 0
        await trio.sleep(self.heartbeat_initial_delay)
        while True:
            grafts, prunes = self.mesh_heartbeat()
            self.fanout_heartbeat()
            await self._emit_control_msgs(grafts, prunes, self.gossip_heartbeat())
            self.mcache.shift()
            self._wanted.clear()
            self._resent_bytes.clear()
            beat += 1
            if beat % _CLEANING_BEATS == 0:
                self._forget_expired_back_offs()
            await trio.sleep(self.heartbeat_interval)

    def gossip_heartbeat(self) -> defaultdict[ID, dict[str, list[bytes]]]:
        """Choose whom outside the mesh to tell what there is."""
        to_tell: defaultdict[ID, dict[str, list[bytes]]] = defaultdict(dict)
        for topic, mesh in self.mesh.items():
            ids = self.mcache.window(topic)[-_IDS_MAX:]
            others = [peer for peer in self.pubsub.peer_topics.get(topic, ()) if peer in self.peer_protocol]
            if ids:
                for peer_id in self.select_from_minus(max(DEGREE, len(others) // 4), others, mesh):
                    to_tell[peer_id][topic] = ids
        return to_tell

    def _forget_expired_back_offs(self) -> None:
        for topic, peers in list(self.back_off.items()):
            for peer_id in list(peers):
                self._check_back_off(peer_id, topic)
            if not peers:
                del self.back_off[topic]

    async def handle_rpc(self, rpc: rpc_pb2.RPC, sender_peer_id: ID) -> None:
        """Do what a peer's control messages ask, within limits.

        Raises:
            ControlFloodError: They are too many.
        """
        control = rpc.control
        if max(len(control.graft), len(control.prune), len(control.ihave), len(control.iwant)) > _ENTRIES_MAX:
            raise ControlFloodError("too many control messages")
        if _count_ids(control.ihave) > _IDS_MAX or _count_ids(control.iwant) > _IDS_MAX:
            raise ControlFloodError("too many message ids")
        for have in control.ihave:
            await self.handle_ihave(have, sender_peer_id)
        for want in control.iwant:
            await self.handle_iwant(want, sender_peer_id)
        for topic in sorted({graft.topicID for graft in control.graft} & self.mesh.keys()):
            await self.handle_graft(rpc_pb2.ControlGraft(topicID=topic), sender_peer_id)
        for prune in {prune.topicID: prune for prune in control.prune}.values():
            if prune.topicID in self.mesh:
                back_off_s = min(prune.backoff, _BACK_OFF_S_MAX)
                known = rpc_pb2.ControlPrune(topicID=prune.topicID, backoff=back_off_s)
                await self.handle_prune(known, sender_peer_id)

    async def handle_graft(self, graft_msg: rpc_pb2.ControlGraft, sender_peer_id: ID) -> None:
        """Take a peer into the mesh of a topic, unless it is full or we cannot send to the peer."""
        mesh = self.mesh[graft_msg.topicID]
        if sender_peer_id not in self.peer_protocol:
            return
        if len(mesh) >= DEGREE_HIGH and sender_peer_id not in mesh:
            # Otherwise a crowd of new peers could push those out that we chose ourselves.
            self._add_back_off(sender_peer_id, graft_msg.topicID, is_unsubscribe=False)
            await self.emit_prune(graft_msg.topicID, sender_peer_id, do_px=False, is_unsubscribe=False)
            return
        await super().handle_graft(graft_msg, sender_peer_id)

    async def handle_ihave(self, ihave_msg: rpc_pb2.ControlIHave, sender_peer_id: ID) -> None:
        """Ask for the messages we lack."""
        if ihave_msg.topicID not in self.mesh:
            return
        lacking = [
            message_id
            for message_id in dict.fromkeys(ihave_msg.messageIDs)
            if len(message_id) == _ID_BYTES and not self.pubsub.seen_messages.has(message_id)
        ][: _WANTED_PER_BEAT_MAX - self._wanted[sender_peer_id]]
        if lacking:
            self._wanted[sender_peer_id] += len(lacking)
            await self.emit_iwant(lacking, sender_peer_id)

    async def handle_iwant(self, iwant_msg: rpc_pb2.ControlIWant, sender_peer_id: ID) -> None:
        """Send what is asked for, each message once, until the budget of this heartbeat is spent."""
        for message_id in dict.fromkeys(iwant_msg.messageIDs):
            message = self.mcache.get(message_id)
            if message is None:
                continue
            self._resent_bytes[sender_peer_id] += len(message.data)
            if self._resent_bytes[sender_peer_id] > _RESENT_BYTES_PER_BEAT_MAX:
                self._contained.note("gossip: asked for too much")
                return
            self.send_rpc(sender_peer_id, rpc_pb2.RPC(publish=[message]))
        await trio.lowlevel.checkpoint()


def _count_ids(entries: Sequence[rpc_pb2.ControlIHave] | Sequence[rpc_pb2.ControlIWant]) -> int:
    return sum(len(entry.messageIDs) for entry in entries)

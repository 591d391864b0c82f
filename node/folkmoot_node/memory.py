"""A network inside one process: the twin of `folkmoot_node.network` for tests and simulations.

It keeps the same promises (bounded queues, one judgement before a message goes on, frames in order, a link that
breaks breaks its streams) and adds what a test wants: cut and heal links, lose gossip. It has no clock of its own
and no dice, so what happens depends only on what its users do.

Theory of operation: a link is a pair of entries, one on each side. Whatever happens to a transport is put into
its inbox, in order; `serve` empties the inbox into `events`. Gossip floods: every accepted message goes to every
linked peer that takes part in the topic.
"""

import hashlib
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence

import trio

from folkmoot_node.errors import ConfigError, PeerError
from folkmoot_node.transport import (
    FRAME_BYTES_MAX,
    GOSSIP_BYTES_MAX,
    Delivered,
    FrameStream,
    GossipVerdict,
    PeerConnected,
    PeerDisconnected,
    PeerId,
    StreamOpened,
    TransportEvent,
)

ADDRESS_PREFIX = "/memory/"

_EVENTS_MAX = 64
_INBOX_MAX = 256
_FRAMES_MAX = 16
_TICKETS_MAX = 512
_SEEN_MAX = 65_536
_REJECTED_PER_PEER_MAX = 32
_PUBLISH_WAIT_S = 2.0


def _never(_sender: PeerId, _receiver: PeerId, _data: bytes) -> bool:
    return False


class MemoryHub:
    """The ether: who is there, and which links are cut.

    Set `loses_gossip` to a function of sender, receiver and data to lose some of it.
    """

    def __init__(self) -> None:
        self.loses_gossip: Callable[[PeerId, PeerId, bytes], bool] = _never
        self._serving: dict[PeerId, MemoryTransport] = {}
        self._cut: set[frozenset[PeerId]] = set()

    def enter(self, transport: "MemoryTransport") -> None:
        """Make a transport reachable.

        Raises:
            ConfigError: The name is taken.
        """
        if transport.peer_id in self._serving:
            raise ConfigError(f"{ADDRESS_PREFIX}{transport.peer_id} is taken", advice="Choose another name.")
        self._serving[transport.peer_id] = transport

    def leave(self, transport: "MemoryTransport") -> None:
        """Make a transport unreachable."""
        del self._serving[transport.peer_id]

    def find(self, dialler: PeerId, address: str) -> "MemoryTransport":
        """Find who answers at an address.

        Raises:
            PeerError: Nobody does.
        """
        peer = PeerId(address.removeprefix(ADDRESS_PREFIX))
        transport = self._serving.get(peer)
        if not address.startswith(ADDRESS_PREFIX) or transport is None or frozenset((dialler, peer)) in self._cut:
            raise PeerError(address, "cannot be reached")
        return transport

    def cut(self, one: PeerId, other: PeerId) -> None:
        """Break the link between two peers, and let none come into being."""
        self._cut.add(frozenset((one, other)))
        transport = self._serving.get(one)
        if transport is not None:
            transport.unlink(other)

    def heal(self, one: PeerId, other: PeerId) -> None:
        """Let two peers link again; somebody has to dial."""
        self._cut.discard(frozenset((one, other)))


class MemoryFrameStream:
    """One end of a stream inside this process."""

    def __init__(
        self,
        peer: PeerId,
        outgoing: trio.MemorySendChannel[bytes],
        incoming: trio.MemoryReceiveChannel[bytes],
    ) -> None:
        self._peer = peer
        self._outgoing = outgoing
        self._incoming = incoming
        self._open = True
        self._broken = False
        self._turn = trio.Lock()

    @property
    def peer(self) -> PeerId:
        """Whom this stream leads to."""
        return self._peer

    async def send(self, frame: bytes) -> None:
        """Send one frame, waiting for room.

        Raises:
            PeerError: The stream is gone.
            ValueError: The frame is over `FRAME_BYTES_MAX`.
        """
        if len(frame) > FRAME_BYTES_MAX:
            raise ValueError(f"a frame of {len(frame)} bytes is over {FRAME_BYTES_MAX}")
        self._check()
        try:
            async with self._turn:
                await self._outgoing.send(frame)
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise PeerError(self._peer, "the stream broke") from error

    async def receive(self) -> bytes | None:
        """Wait for the next frame; `None` when the peer closed the stream in good order.

        Raises:
            PeerError: The stream broke.
        """
        self._check()
        try:
            return await self._incoming.receive()
        except trio.EndOfChannel as error:
            if self._broken:
                raise PeerError(self._peer, "the stream broke") from error
            return None
        except trio.ClosedResourceError as error:
            raise PeerError(self._peer, "the stream is closed") from error

    async def aclose(self) -> None:
        """Close the stream in good order; never raises."""
        self._open = False
        self._outgoing.close()
        self._incoming.close()
        await trio.lowlevel.checkpoint()

    @property
    def is_over(self) -> bool:
        """Whether this side is done with the stream."""
        return self._broken or not self._open

    def end(self) -> None:
        """Break the stream, as when the link goes."""
        self._broken = True
        self._outgoing.close()

    def _check(self) -> None:
        if self.is_over:
            raise PeerError(self._peer, "the stream is closed")


def _stream_pair(one: PeerId, other: PeerId) -> tuple[MemoryFrameStream, MemoryFrameStream]:
    there_in, there_out = trio.open_memory_channel[bytes](_FRAMES_MAX)
    back_in, back_out = trio.open_memory_channel[bytes](_FRAMES_MAX)
    return MemoryFrameStream(other, there_in, back_out), MemoryFrameStream(one, back_in, there_out)


class MemoryTransport:
    """A `Transport` inside this process. Its peer id is its name."""

    def __init__(self, hub: MemoryHub, name: str) -> None:
        self._hub = hub
        self._peer_id = PeerId(name)
        self._events_in, self._events_out = trio.open_memory_channel[TransportEvent](_EVENTS_MAX)
        self._inbox: deque[TransportEvent] = deque()
        self._filled = trio.Event()
        self._drained = trio.Event()
        self._topics: set[str] = set()
        self._links: dict[PeerId, MemoryTransport] = {}
        self._streams: dict[PeerId, list[MemoryFrameStream]] = {}
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._tickets: OrderedDict[int, Delivered] = OrderedDict()
        self._last_ticket = 0
        self._rejected: Counter[PeerId] = Counter()

    @property
    def peer_id(self) -> PeerId:
        """Our own name in the transport."""
        return self._peer_id

    @property
    def addresses(self) -> Sequence[str]:
        """Where others can dial us."""
        return [f"{ADDRESS_PREFIX}{self._peer_id}"]

    @property
    def events(self) -> trio.MemoryReceiveChannel[TransportEvent]:
        """What happens, in order. One reader."""
        return self._events_out

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run until cancelled. Once only.

        Raises:
            ConfigError: Another transport has this name.
        """
        self._hub.enter(self)
        try:
            with self._events_in:
                task_status.started()
                while True:
                    while self._inbox:
                        event = self._inbox.popleft()
                        self._drained.set()
                        self._drained = trio.Event()
                        await self._events_in.send(event)
                    await self._filled.wait()
        finally:
            self._hub.leave(self)
            for peer in list(self._links):
                self.unlink(peer)

    async def subscribe(self, topic: str) -> None:
        """Take part in the gossip of one topic."""
        self._topics.add(topic)
        await trio.lowlevel.checkpoint()

    async def publish(self, topic: str, data: bytes) -> None:
        """Hand one message to the gossip, waiting a little for room with the peers.

        Raises:
            ValueError: The message is over `GOSSIP_BYTES_MAX`.
        """
        if len(data) > GOSSIP_BYTES_MAX:
            raise ValueError(f"a message of {len(data)} bytes is over {GOSSIP_BYTES_MAX}")
        await trio.lowlevel.checkpoint()
        if not self._see(data):
            return
        for peer in list(self._links.values()):
            with trio.move_on_after(_PUBLISH_WAIT_S):
                await peer.wait_for_room()
        self._flood(topic, data, except_to=self._peer_id)

    async def judge(self, ticket: int, verdict: GossipVerdict) -> None:
        """Say what becomes of a delivered message. A ticket that was judged before or ran out is ignored."""
        await trio.lowlevel.checkpoint()
        delivered = self._tickets.pop(ticket, None)
        if delivered is None:
            return
        if verdict is GossipVerdict.ACCEPT:
            self._flood(delivered.topic, delivered.data, except_to=delivered.peer)
        elif verdict is GossipVerdict.REJECT and delivered.peer in self._links:
            self._rejected[delivered.peer] += 1
            if self._rejected[delivered.peer] > _REJECTED_PER_PEER_MAX:
                self.unlink(delivered.peer)

    async def dial(self, address: str) -> PeerId:
        """Connect to an address such as `/memory/alice`, at most once.

        Raises:
            PeerError: Nobody answers, or it is this transport itself.
        """
        await trio.lowlevel.checkpoint()
        other = self._hub.find(self._peer_id, address)
        if other is self:
            raise PeerError(address, "is this node itself")
        if other.peer_id not in self._links:
            if not (self.has_room() and other.has_room()):
                raise PeerError(address, "does not answer in time")
            self.link(other, dialled=True)
            other.link(self, dialled=False)
        return other.peer_id

    async def disconnect(self, peer: PeerId) -> None:
        """Cut the link to a peer, if there is one."""
        self.unlink(peer)
        await trio.lowlevel.checkpoint()

    async def open_stream(self, peer: PeerId) -> FrameStream:
        """Open a stream.

        Raises:
            PeerError: The peer is not connected, or takes no more streams.
        """
        await trio.lowlevel.checkpoint()
        other = self._links.get(peer)
        if other is None:
            raise PeerError(peer, "is not connected")
        if not other.has_room():
            raise PeerError(peer, "does not answer in time")
        ours, theirs = _stream_pair(self._peer_id, peer)
        self._keep(ours)
        other.take_stream(theirs)
        return ours

    # What the other transports and the hub do to this one.

    def has_room(self) -> bool:
        """Whether the owner reads its events fast enough for more of them."""
        return len(self._inbox) < _INBOX_MAX

    async def wait_for_room(self) -> None:
        """Wait until the owner has read some of its events."""
        while not self.has_room():
            await self._drained.wait()

    def unlink(self, peer: PeerId) -> None:
        """Break the link to a peer, on both sides."""
        other = self._links.get(peer)
        if other is not None:
            self.forget(peer)
            other.forget(self._peer_id)

    def link(self, other: "MemoryTransport", *, dialled: bool) -> None:
        """Learn of a link, on this side."""
        self._links[other.peer_id] = other
        self._streams[other.peer_id] = []
        self._put(PeerConnected(other.peer_id, other.addresses[0], dialled))

    def forget(self, peer: PeerId) -> None:
        """Learn of the end of a link, on this side."""
        del self._links[peer]
        self._rejected.pop(peer, None)
        for stream in self._streams.pop(peer):
            stream.end()
        self._put(PeerDisconnected(peer))

    def take_stream(self, stream: MemoryFrameStream) -> None:
        """Take the far end of a stream that a linked peer opened."""
        self._keep(stream)
        self._put(StreamOpened(stream.peer, stream))

    def _keep(self, stream: MemoryFrameStream) -> None:
        kept = [known for known in self._streams[stream.peer] if not known.is_over]
        self._streams[stream.peer] = [*kept, stream]

    def _flood(self, topic: str, data: bytes, *, except_to: PeerId) -> None:
        for peer, transport in sorted(self._links.items()):
            if peer != except_to and not self._hub.loses_gossip(self._peer_id, peer, data):
                transport.hear(self._peer_id, topic, data)

    def hear(self, peer: PeerId, topic: str, data: bytes) -> None:
        """Take a message from a linked peer, unless it is not wanted, not new, or there is no room."""
        if topic not in self._topics or not self.has_room() or not self._see(data):
            return
        self._last_ticket += 1
        delivered = Delivered(peer, topic, data, self._last_ticket)
        self._tickets[delivered.ticket] = delivered
        if len(self._tickets) > _TICKETS_MAX:
            self._tickets.popitem(last=False)
        self._put(delivered)

    def _see(self, data: bytes) -> bool:
        message_id = hashlib.sha256(data).digest()
        if message_id in self._seen:
            return False
        self._seen[message_id] = None
        if len(self._seen) > _SEEN_MAX:
            self._seen.popitem(last=False)
        return True

    def _put(self, event: TransportEvent) -> None:
        self._inbox.append(event)
        self._filled.set()
        self._filled = trio.Event()

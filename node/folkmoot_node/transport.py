"""What the node needs of a network, as message passing, so that no other module knows libp2p.

Everything that crosses this boundary is bytes, strings or a small frozen value, and every queue is bounded: a
transport can therefore live in this process (`folkmoot_node.network`), in memory for tests
(`folkmoot_node.memory`), or in a child process that may die without taking the keys or the store along.

Theory of operation: the owner runs `serve` in a nursery and reads `events` until the channel ends. For every
`Delivered` it must call `judge` exactly once with that ticket; only an accepted message is passed on to others.
When `events` is full the transport stops reading from peers, so a slow node slows its peers and loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NewType, Protocol

import trio

PeerId = NewType("PeerId", str)
"""A peer's name in the transport; it says nothing about which Folkmoot identity speaks through it."""

FRAME_BYTES_MAX = 64 * 1024
"""The greatest frame on a stream; a longer one ends the stream."""

GOSSIP_BYTES_MAX = 48 * 1024
"""The greatest gossip message; a longer one is refused before anyone looks at it."""


class GossipVerdict(Enum):
    """What becomes of one gossip message: passed on, dropped in silence, or dropped and held against its sender."""

    ACCEPT = "accept"
    IGNORE = "ignore"
    REJECT = "reject"


class FrameStream(Protocol):
    """One conversation with one peer: whole frames, in order, either way."""

    @property
    def peer(self) -> PeerId:
        """Whom this stream leads to."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send one frame, waiting for room.

        Raises:
            PeerError: The stream is gone, or the peer takes nothing for too long.
            ValueError: The frame is over `FRAME_BYTES_MAX`; the stream stays usable.
        """
        ...

    async def receive(self) -> bytes | None:
        """Wait for the next frame; `None` when the peer closed the stream in good order.

        Raises:
            PeerError: The stream broke, or the peer sent a frame over `FRAME_BYTES_MAX`.
        """
        ...

    async def aclose(self) -> None:
        """Close the stream in good order; never raises for a peer that is gone already."""
        ...


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """A peer is connected and authenticated. Comes once per peer, however many connections there are.

    `address` is where the connection leads; of a peer that called us, that is where it calls from, which nobody
    can dial.
    """

    peer: PeerId
    address: str
    dialled: bool


@dataclass(frozen=True, slots=True)
class PeerDisconnected:
    """The last connection to a peer is gone."""

    peer: PeerId


@dataclass(frozen=True, slots=True)
class Delivered:
    """A gossip message that was not seen before. `judge(ticket, …)` must follow, once, and soon.

    It may come from a peer that is gone by then.
    """

    peer: PeerId
    topic: str
    data: bytes
    ticket: int


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """A peer opened a sync stream to us. Whoever takes this event owns the stream and closes it."""

    peer: PeerId
    stream: FrameStream


TransportEvent = PeerConnected | PeerDisconnected | Delivered | StreamOpened


class Transport(Protocol):
    """A network as this node sees it."""

    @property
    def peer_id(self) -> PeerId:
        """Our own name in the transport."""
        ...

    @property
    def addresses(self) -> Sequence[str]:
        """Where others can dial us, once `serve` has started."""
        ...

    @property
    def events(self) -> trio.MemoryReceiveChannel[TransportEvent]:
        """What happens, in order per peer. One reader."""
        ...

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run until cancelled; on the way out close the listener and every connection.

        Raises:
            ConfigError: The listening address cannot be used.
        """
        ...

    async def subscribe(self, topic: str) -> None:
        """Take part in the gossip of one topic."""
        ...

    async def publish(self, topic: str, data: bytes) -> None:
        """Hand one message to the gossip, waiting a little for room in the queues; best effort from there on.

        Raises:
            ValueError: The message is over `GOSSIP_BYTES_MAX`.
        """
        ...

    async def judge(self, ticket: int, verdict: GossipVerdict) -> None:
        """Say what becomes of a delivered message. A ticket that was judged before or ran out is ignored."""
        ...

    async def dial(self, address: str) -> PeerId:
        """Connect to an address, at most once: an existing connection to that peer is kept.

        Raises:
            PeerError: Nobody answers, it is not the peer that the address names, or it names none.
        """
        ...

    async def disconnect(self, peer: PeerId) -> None:
        """Close every connection to a peer, if there is one."""
        ...

    async def open_stream(self, peer: PeerId) -> FrameStream:
        """Open a sync stream.

        Raises:
            PeerError: The peer is not connected or does not speak the protocol.
        """
        ...

"""Two stores that sync over a line that is measured, and can be cut."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import trio
from support.keys import NETWORK
from support.shelf import Shelf

from folkmoot.errors import DecodeError
from folkmoot_node.acquaintances import Acquaintance
from folkmoot_node.context import Context
from folkmoot_node.conversation import Conversation, Here, Outcome
from folkmoot_node.errors import PeerError
from folkmoot_node.transport import PeerId


@dataclass
class Line:
    """What a line between two nodes carries.

    Attributes:
        frames_max: After so many frames it is cut.
        waiting_max: Frames under way in each direction; who sends more has to wait.
        frames: Those that were carried.
    """

    frames_max: float = math.inf
    waiting_max: int = 1000
    frames: list[bytes] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        """Bytes that it carried, with the lengths of frames."""
        return sum(4 + len(frame) for frame in self.frames)

    def ends(self) -> tuple["End", "End"]:
        """Return the two ends."""
        to_one, from_other = trio.open_memory_channel[bytes](self.waiting_max)
        to_other, from_one = trio.open_memory_channel[bytes](self.waiting_max)
        return End(PeerId("other"), self, to_other, from_other), End(PeerId("one"), self, to_one, from_one)


class End:
    """One end of a line."""

    def __init__(
        self, peer: PeerId, line: Line, out: trio.MemorySendChannel[bytes], in_: trio.MemoryReceiveChannel[bytes]
    ) -> None:
        self.peer = peer
        self._line = line
        self._out = out
        self._in = in_

    async def send(self, frame: bytes) -> None:
        """See `folkmoot_node.transport.FrameStream`."""
        if len(self._line.frames) >= self._line.frames_max:
            await self.aclose()
            raise PeerError(self.peer, "the line was cut")
        self._line.frames.append(frame)
        try:
            await self._out.send(frame)
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise PeerError(self.peer, "the stream broke") from error

    async def receive(self) -> bytes | None:
        """See `folkmoot_node.transport.FrameStream`."""
        try:
            return await self._in.receive()
        except trio.EndOfChannel:
            return None
        except trio.ClosedResourceError as error:
            raise PeerError(self.peer, "the stream broke") from error

    async def aclose(self) -> None:
        """See `folkmoot_node.transport.FrameStream`."""
        await self._out.aclose()


@dataclass
class Party:
    """A node as far as its syncs with one other go."""

    shelf: Shelf
    spaces: tuple[str, ...] = ("commons",)
    known: Acquaintance = field(default_factory=Acquaintance)

    def conversation(self, end: End, *, opens: bool) -> Conversation:
        """Return one side of a sync."""
        context = Context(NETWORK, self.spaces, self.shelf.clock, random.Random(f"{opens}"))
        here = Here(self.shelf.store, self.shelf.ingest, context, self.shelf.store.workers(1))
        return Conversation(end, here, self.known, opens=opens)


async def synced(one: Party, other: Party, line: Line) -> tuple[Outcome, Outcome]:
    """Run a sync that the first opens."""
    ends = line.ends()
    outcomes: dict[int, Outcome] = {}

    async def hold(place: int, conversation: Conversation) -> None:
        outcomes[place] = await conversation.run()

    async with trio.open_nursery() as nursery:
        for place, (party, end) in enumerate(zip((one, other), ends, strict=True)):
            nursery.start_soon(hold, place, party.conversation(end, opens=place == 0))
    return outcomes[0], outcomes[1]


async def refusal(party: Party, frames: Sequence[bytes]) -> PeerError | DecodeError:
    """Open a sync with a party, say these frames whatever it says, and return for what it ends the sync."""
    ours, theirs = Line().ends()
    refused: list[PeerError | DecodeError] = []

    async def hold() -> None:
        try:
            await party.conversation(theirs, opens=False).run()
        except* (PeerError, DecodeError) as group:
            [error] = group.exceptions
            assert isinstance(error, PeerError | DecodeError)
            refused.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold)
        for frame in frames:
            await ours.send(frame)
    [error] = refused
    return error

"""One sync with one peer over one stream: carries the frames of the protocol's session and does what it says.

What is sent and what is received run side by side: two nodes that both have much to say never wait for each other.
A conversation has to make headway: it may last a minute, and longer only by as much as it moves; whoever sends a
byte a minute is left alone. Of an identity of which the peer lacks anything, all operations are sent in one piece;
see `arriving`.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol, assert_never

import trio

from folkmoot.bundle import pack_wires, unpack
from folkmoot.canonical import decode
from folkmoot.errors import DecodeError
from folkmoot.ids import RecordId
from folkmoot.kinds import EDITION
from folkmoot.limits import SYNC_FRAME_BYTES_MAX
from folkmoot.record import day_of
from folkmoot.session import (
    Effect,
    Finished,
    Greeted,
    Hello,
    Holdings,
    Offer,
    Receive,
    Send,
    Session,
    bundle_frame,
    done_frame,
)
from folkmoot_node.arriving import Arriving, Batch
from folkmoot_node.context import Context
from folkmoot_node.errors import PeerError
from folkmoot_node.ingest import Ingest
from folkmoot_node.store import Store
from folkmoot_node.transport import FrameStream

FRAME_WAIT_S_MAX = 30.0
GRACE_S = 60.0
HEADWAY_BYTES_PER_S = 16 * 1024
SESSION_S_MAX = 900.0
REJECTED_MAX = 64
PASSED_ON_MAX = 16
CLOCK_RULE = "SYN-4"
_JOBS_MAX = 8

_Frames = AsyncGenerator[bytes, None]


class Listener(Protocol):
    """Who wants to know how syncs go."""

    def heard_clock(self, peer: str, their_ms: int) -> None:
        """Take note of a peer's clock, even of one so far from ours that no sync comes about."""
        ...

    async def completed(self, peer: str, lacked: frozenset[bytes]) -> None:
        """Take note that all that a peer had for us was taken in.

        Args:
            peer: Its name.
            lacked: Ids of the operations we hold that the peer did not.

        Raises:
            StoreError: The disk does not do its work.
        """
        ...


PassOn = Callable[[Sequence[RecordId]], Awaitable[None]]
"""Tells the gossip of a few records that came by sync and are new, so that everybody hears of them soon."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a conversation that went to its end.

    Attributes:
        lacked: Ids of the operations that the peer lacked.
        their_day: The day that it is by the peer's clock.
    """

    lacked: frozenset[bytes]
    their_day: int


class Conversation:
    """One session over one stream; `run` once."""

    def __init__(self, stream: FrameStream, store: Store, ingest: Ingest, context: Context) -> None:
        self._stream = stream
        self._store = store
        self._ingest = ingest
        self._context = context
        self._session = Session(Hello(context.network, EDITION, context.spaces, context.clock.now_ms()))
        self._arriving = Arriving()
        self._scope = trio.CancelScope()
        self._moved_bytes = 0
        self._rejected = 0
        self._common: frozenset[str] = frozenset()
        self._lacked: frozenset[bytes] = frozenset()
        self._their_day = 0
        self.heard_clock: Callable[[str, int], None] = _nobody_listens
        """Called with the peer's name and its clock in ms."""
        self.pass_on: PassOn | None = None

    async def run(self) -> Outcome:
        """Hold the conversation.

        Raises:
            PeerError: The peer went away, makes no headway, or sends what does not verify again and again.
            DecodeError: The peer broke a rule of the session.
            StoreError: The disk does not do its work.
        """
        jobs_in, jobs_out = trio.open_memory_channel[_Frames](_JOBS_MAX)
        started = trio.current_time()
        self._scope.deadline = started + GRACE_S
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._send_jobs, started, jobs_out)
                    async with jobs_in:
                        await self._receive(started, jobs_in)
        finally:
            with trio.CancelScope(shield=True), trio.move_on_after(2):
                await self._stream.aclose()
        if self._scope.cancelled_caught:
            raise PeerError(self._stream.peer, "the sync made no headway")
        return Outcome(self._lacked, self._their_day)

    def _note_headway(self, started: float, frame: bytes) -> None:
        """Give the conversation more time for what it moves."""
        self._moved_bytes += len(frame)
        earned_s = self._moved_bytes / HEADWAY_BYTES_PER_S
        self._scope.deadline = started + min(SESSION_S_MAX, GRACE_S + earned_s)

    async def _send_jobs(self, started: float, jobs: trio.MemoryReceiveChannel[_Frames]) -> None:
        async for job in jobs:
            async with aclosing(job) as frames:
                async for frame in frames:
                    with trio.fail_after(FRAME_WAIT_S_MAX):
                        await self._stream.send(frame)
                    self._note_headway(started, frame)

    async def _receive(self, started: float, jobs: trio.MemorySendChannel[_Frames]) -> None:
        """Take frames until the peer has sent all, and hand over what there is to send."""
        effects = self._session.start()
        finished = False
        while True:
            for effect in effects:
                finished = await self._carry_out(effect, jobs)
            if finished:
                return
            with trio.fail_after(FRAME_WAIT_S_MAX):
                frame = await self._stream.receive()
            if frame is None:
                raise PeerError(self._stream.peer, "closed before the sync was over")
            self._note_headway(started, frame)
            effects = self._heard(frame)

    async def _carry_out(self, effect: Effect, jobs: trio.MemorySendChannel[_Frames]) -> bool:
        """Do what an effect says; tell whether it was the last."""
        match effect:
            case Send(frame):
                await jobs.send(_each([frame]))
            case Greeted(hello):
                await self._greet(hello, jobs)
            case Offer(operations, records):
                self._lacked = frozenset(operations)
                await jobs.send(self._bundles(operations, records))
            case Receive(data):
                bundle = unpack(data, network=self._context.network, bytes_max=SYNC_FRAME_BYTES_MAX)
                await self._take(self._arriving.add(bundle.operations, bundle.records))
            case Finished():
                await self._take(self._arriving.rest())
                return True
            case _:
                assert_never(effect)
        return False

    def _heard(self, frame: bytes) -> list[Effect]:
        """Feed a frame to the session; a clock for which the peer is refused is noted all the same."""
        try:
            return self._session.receive(frame)
        except DecodeError as error:
            if error.rule == CLOCK_RULE:
                self.heard_clock(self._stream.peer, _clock_in(frame))
            raise

    async def _greet(self, hello: Hello, jobs: trio.MemorySendChannel[_Frames]) -> None:
        self._their_day = day_of(hello.now_ms)
        self._common = frozenset(hello.spaces)
        self.heard_clock(self._stream.peer, hello.now_ms)
        listing = self._session.list_holdings(await self._holdings(hello))
        await jobs.send(_each([effect.frame for effect in listing if isinstance(effect, Send)]))

    async def _holdings(self, hello: Hello) -> Holdings:
        """Return what this node holds in the spaces that both sides take part in."""
        today = day_of(self._context.clock.now_ms())
        records: list[bytes] = []
        for space in hello.spaces:
            records += await self._store.live_ids(space, day=today)
        return Holdings(await self._store.operation_ids(), records)

    async def _bundles(self, operations: Sequence[bytes], records: Sequence[bytes]) -> _Frames:
        """Yield what the peer lacks in bundles, read from disk as they are sent, and the word that this is all."""
        rest: Sequence[bytes] = [*await self._store.whole_identities(operations), *records]
        while rest:
            wires = await self._store.wires(rest)
            rest = wires.rest
            yield bundle_frame(pack_wires(wires.operations, wires.records, network=self._context.network))
        yield done_frame()

    async def _take(self, batches: Sequence[Batch]) -> None:
        peer = self._stream.peer
        for batch in batches:
            taken = await self._ingest.take(batch.operations, batch.records, source=peer, spaces=self._common)
            self._rejected += len(taken.rejected)
            if self._rejected > REJECTED_MAX:
                raise PeerError(peer, "sends what does not verify")
            if self.pass_on is not None and 0 < len(taken.new_records) <= PASSED_ON_MAX:
                await self.pass_on(taken.new_records)


def _nobody_listens(_peer: str, _their_ms: int) -> None:
    return None


def _clock_in(frame: bytes) -> int:
    """Return the clock in a hello of which all but its distance was checked."""
    match decode(frame, bytes_max=SYNC_FRAME_BYTES_MAX):
        case [_, {"now": int() as now_ms}]:
            return now_ms
        case _:
            raise AssertionError("a hello without a clock is refused by another rule")


async def _each(frames: Sequence[bytes]) -> _Frames:
    for frame in frames:
        yield frame

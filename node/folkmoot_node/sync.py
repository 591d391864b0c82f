"""Catching up: runs the protocol's sync session over a stream with one peer, on connect and from time to time.

The session itself is pure (`folkmoot.session`); this module carries its frames and does what its effects say. What
is sent and what is received run side by side: two nodes that both have much to say never wait for each other. Of an
identity of which the peer lacks anything, all operations are sent in one piece; see `arriving`.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Protocol, assert_never

import structlog
import trio

from folkmoot.bundle import pack_wires, unpack
from folkmoot.canonical import decode
from folkmoot.errors import DecodeError
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
from folkmoot_node.errors import PeerError, StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.peers import Peers
from folkmoot_node.store import Store
from folkmoot_node.transport import FrameStream, PeerId, Transport

FRAME_WAIT_S_MAX = 30.0
SESSION_S_MAX = 900.0
SESSIONS_MAX = 8
CLOCK_RULE = "SYN-4"
_JOBS_MAX = 8

_log = structlog.get_logger(__name__)
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


class Sync:
    """Brings this node and its connected peers to the same records."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        transport: Transport,
        peers: Peers,
        context: Context,
        *,
        interval_s: float,
    ) -> None:
        self._listener: Listener | None = None
        self._store = store
        self._ingest = ingest
        self._transport = transport
        self._peers = peers
        self._context = context
        self._interval_s = interval_s
        self._wanted_in, self._wanted_out = trio.open_memory_channel[PeerId](64)
        self._answer_in, self._answer_out = trio.open_memory_channel[FrameStream](64)
        self._busy: set[PeerId] = set()
        self.confirmed_day = 0
        """Latest day that a peer's clock has named; nothing is deleted as expired before it is confirmed."""

    def listen(self, listener: Listener) -> None:
        """Let somebody know how syncs go."""
        self._listener = listener

    def request(self, peer: PeerId) -> None:
        """Ask for a sync with a peer soon; asking twice, or under load, changes nothing."""
        try:
            self._wanted_in.send_nowait(peer)
        except trio.WouldBlock:
            _log.debug("sync request dropped", peer=peer)

    async def answer(self, stream: FrameStream) -> None:
        """Take over a stream that a peer opened; closes it at once when too many are open."""
        try:
            self._answer_in.send_nowait(stream)
        except trio.WouldBlock:
            await stream.aclose()

    async def serve(self) -> None:
        """Run sessions as they are asked for, and one with a random peer at every interval."""
        room = trio.CapacityLimiter(SESSIONS_MAX)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tick)
            nursery.start_soon(self._serve_answers, nursery, room)
            async for peer in self._wanted_out:
                if peer not in self._busy and peer in self._peers.connected:
                    self._busy.add(peer)
                    nursery.start_soon(self._call, peer, room)

    async def _tick(self) -> None:
        while True:
            await trio.sleep(self._interval_s * (0.75 + self._context.entropy.random() / 2))
            connected = sorted(self._peers.connected)
            if connected:
                self.request(self._context.entropy.choice(connected))

    async def _serve_answers(self, nursery: trio.Nursery, room: trio.CapacityLimiter) -> None:
        async for stream in self._answer_out:
            nursery.start_soon(self._guarded, stream.peer, partial(self._session_over, stream), room)

    async def _call(self, peer: PeerId, room: trio.CapacityLimiter) -> None:
        try:
            await self._guarded(peer, partial(self._open_and_run, peer), room)
        finally:
            self._busy.discard(peer)

    async def _open_and_run(self, peer: PeerId) -> None:
        await self._session_over(await self._transport.open_stream(peer))

    async def _guarded(self, peer: PeerId, run: Callable[[], Awaitable[None]], room: trio.CapacityLimiter) -> None:
        """Run one session; whatever a peer does wrong ends this session and nothing else."""
        try:
            async with room:
                with trio.fail_after(SESSION_S_MAX):
                    await run()
        except* (PeerError, trio.TooSlowError) as group:
            _log.info("sync ended early", peer=peer, reason=_reason(group))
        except* DecodeError as group:
            _log.warning("sync refused", peer=peer, reason=_reason(group))
        except* StoreError as group:
            _log.error("sync cannot store", peer=peer, reason=_reason(group))

    async def _session_over(self, stream: FrameStream) -> None:
        session = Session(Hello(self._context.network, EDITION, self._context.spaces, self._context.clock.now_ms()))
        jobs_in, jobs_out = trio.open_memory_channel[_Frames](_JOBS_MAX)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._send_jobs, stream, jobs_out)
                async with jobs_in:
                    lacked = await self._receive(session, stream, jobs_in)
        finally:
            with trio.CancelScope(shield=True), trio.move_on_after(2):
                await stream.aclose()
        if self._listener is not None:
            await self._listener.completed(stream.peer, lacked)
        connection = self._peers.connected.get(stream.peer)
        if connection is not None:
            connection.last_sync_ms = self._context.clock.now_ms()

    async def _send_jobs(self, stream: FrameStream, jobs: trio.MemoryReceiveChannel[_Frames]) -> None:
        async for job in jobs:
            async with aclosing(job) as frames:
                async for frame in frames:
                    with trio.fail_after(FRAME_WAIT_S_MAX):
                        await stream.send(frame)

    async def _receive(
        self, session: Session, stream: FrameStream, jobs: trio.MemorySendChannel[_Frames]
    ) -> frozenset[bytes]:
        """Take frames until the peer has sent all, and hand over what there is to send.

        Returns:
            The ids of the operations that the peer lacked.
        """
        effects = session.start()
        arriving = Arriving()
        lacked: frozenset[bytes] = frozenset()
        finished = False
        while True:
            for effect in effects:
                match effect:
                    case Send(frame):
                        await jobs.send(_each([frame]))
                    case Greeted(hello):
                        await self._greet(session, stream.peer, hello, jobs)
                    case Offer(operations, records):
                        lacked = frozenset(operations)
                        await jobs.send(self._bundles(operations, records))
                    case Receive(data):
                        await self._take(arriving.add(*self._unpacked(data)), stream.peer)
                    case Finished():
                        await self._take(arriving.rest(), stream.peer)
                        finished = True
                    case _:
                        assert_never(effect)
            if finished:
                return lacked
            with trio.fail_after(FRAME_WAIT_S_MAX):
                answer = await stream.receive()
            if answer is None:
                raise PeerError(stream.peer, "closed before the sync was over")
            effects = self._heard(session, answer, stream.peer)

    def _heard(self, session: Session, frame: bytes, peer: PeerId) -> list[Effect]:
        """Feed a frame to the session; a clock for which the peer is refused is noted all the same."""
        try:
            return session.receive(frame)
        except DecodeError as error:
            if error.rule == CLOCK_RULE:
                self._note_clock(peer, _clock_in(frame))
            raise

    def _note_clock(self, peer: PeerId, now_ms: int) -> None:
        if self._listener is not None:
            self._listener.heard_clock(peer, now_ms)

    async def _greet(
        self, session: Session, peer: PeerId, hello: Hello, jobs: trio.MemorySendChannel[_Frames]
    ) -> None:
        self.confirmed_day = max(self.confirmed_day, day_of(hello.now_ms))
        self._note_clock(peer, hello.now_ms)
        listing = session.list_holdings(await self._holdings(hello))
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

    def _unpacked(self, data: bytes) -> tuple[Sequence[bytes], Sequence[bytes]]:
        bundle = unpack(data, network=self._context.network, bytes_max=SYNC_FRAME_BYTES_MAX)
        return bundle.operations, bundle.records

    async def _take(self, batches: Sequence[Batch], peer: PeerId) -> None:
        for batch in batches:
            await self._ingest.take(batch.operations, batch.records, source=peer)


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


def _reason(group: BaseExceptionGroup[BaseException]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__

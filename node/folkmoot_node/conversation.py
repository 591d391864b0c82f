"""One sync with one peer over one stream: carries the frames of the protocol's session and does what it says.

What is sent and what is received run side by side: two nodes that both have much to say never wait for each other.
A conversation has to make headway: it may last a minute, and longer only by as much as it moves; whoever sends a
byte a minute is left alone. What comes is taken in beside that, all that has come since the last time at once: the
faster a peer sends, the fewer transactions its records cost. What takes the session seconds is done in a thread,
and the peer has a share of it.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol, TypeVar, assert_never

import trio

from folkmoot.bundle import Bundle
from folkmoot.canonical import decode
from folkmoot.errors import DecodeError
from folkmoot.kinds import EDITION
from folkmoot.limits import SYNC_FRAME_BYTES_MAX
from folkmoot.record import day_of
from folkmoot.session import (
    Declined,
    Effect,
    Finished,
    Greeted,
    Hello,
    ListItems,
    Offer,
    Receive,
    Send,
    Session,
    Settle,
    Summarise,
)
from folkmoot.session import Scope as SessionScope
from folkmoot_node.acquaintances import Acquaintance
from folkmoot_node.context import Context
from folkmoot_node.errors import PeerError
from folkmoot_node.ingest import Ingest
from folkmoot_node.offering import Offering
from folkmoot_node.store import Scope, Store, Workers
from folkmoot_node.taking import PassOn, Taking
from folkmoot_node.transport import FrameStream

FRAME_WAIT_S_MAX = 30.0
GRACE_S = 60.0
HEADWAY_BYTES_PER_S = 16 * 1024
SESSION_S_MAX = 900.0
CLOCK_RULE = "SYN-4"
_JOBS_MAX = 8
_ARRIVED_MAX = 10
"""Bundles that wait to be taken in; as many full ones are about a transaction."""
_SEED_BYTES = 16

_Frames = AsyncGenerator[bytes, None]
_Arrival = Bundle | trio.Event
"""What came, or a wish to be told when all that came before is taken in."""
_T = TypeVar("_T")


class Listener(Protocol):
    """Who wants to know how syncs go."""

    def heard_clock(self, peer: str, their_ms: int) -> None:
        """Take note of a peer's clock, even of one so far from ours that no sync comes about."""
        ...

    async def completed(self, peer: str, lacked: frozenset[bytes]) -> None:
        """Take note that all that a peer had for us was taken in.

        Args:
            peer: Its name.
            lacked: Ids of the operations we hold that the peer did not, and identities that it does not host.

        Raises:
            StoreError: The disk does not do its work.
        """
        ...


class Here(NamedTuple):
    """What of this node a conversation uses; `workers` do what takes seconds."""

    store: Store
    ingest: Ingest
    context: Context
    workers: Workers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a conversation that went to its end.

    Attributes:
        lacked: Ids of the operations that the peer lacked, and identities that it does not host.
        their_day: The day that it is by the peer's clock.
        is_stale: Whether something was left out for the peer that it would take now: another sync is due.
    """

    lacked: frozenset[bytes]
    their_day: int
    is_stale: bool


class Conversation:
    """One session over one stream; `run` once."""

    def __init__(self, stream: FrameStream, here: Here, acquaintance: Acquaintance, *, opens: bool) -> None:
        context = here.context
        self._stream = stream
        self._here = here
        self._acquaintance = acquaintance
        self._opens = opens
        hosting = here.ingest.hosting.number
        own = Hello(context.network, EDITION, context.spaces, context.clock.now_ms(), hosting)
        self._session = Session(own, opens, context.entropy.randbytes(_SEED_BYTES))
        self._taking = Taking(here.store, here.ingest, stream.peer, acquaintance)
        self._arrived_in, self._arrived_out = trio.open_memory_channel[_Arrival](_ARRIVED_MAX)
        self._deadline = trio.CancelScope()
        self._moved_bytes = 0
        self._scope = Scope(spaces=(), as_of=0)
        self._lacked: set[bytes] = set()
        self._their_day = 0
        self._is_stale = False
        self.heard_clock: Callable[[str, int], None] = _nobody_listens
        """Called with the peer's name and its clock in ms."""

    @property
    def pass_on(self) -> PassOn | None:
        """Told of a few records that came by this sync and are new."""
        return self._taking.pass_on

    @pass_on.setter
    def pass_on(self, pass_on: PassOn | None) -> None:
        self._taking.pass_on = pass_on

    async def run(self) -> Outcome:
        """Hold the conversation.

        Raises:
            PeerError: The peer went away, makes no headway, makes too much work, or sends what does not verify
                again and again.
            DecodeError: The peer broke a rule of the session.
            StoreError: The disk does not do its work.
        """
        jobs_in, jobs_out = trio.open_memory_channel[_Frames](_JOBS_MAX)
        started = trio.current_time()
        self._deadline.deadline = started + GRACE_S
        try:
            with self._deadline:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._send_jobs, started, jobs_out)
                    nursery.start_soon(self._take_in)
                    async with jobs_in, self._arrived_in:
                        await self._receive(started, jobs_in)
        finally:
            with trio.CancelScope(shield=True), trio.move_on_after(2):
                await self._stream.aclose()
        if self._deadline.cancelled_caught:
            raise PeerError(self._stream.peer, "the sync made no headway")
        lacked = frozenset(self._lacked) | self._acquaintance.not_hosted
        return Outcome(lacked, self._their_day, self._is_stale)

    def _note_headway(self, started: float, frame: bytes) -> None:
        """Give the conversation more time for what it moves."""
        self._moved_bytes += len(frame)
        earned_s = self._moved_bytes / HEADWAY_BYTES_PER_S
        self._deadline.deadline = started + min(SESSION_S_MAX, GRACE_S + earned_s)

    async def _send_jobs(self, started: float, jobs: trio.MemoryReceiveChannel[_Frames]) -> None:
        async for job in jobs:
            async with aclosing(job) as frames:
                async for frame in frames:
                    with trio.fail_after(FRAME_WAIT_S_MAX):
                        await self._stream.send(frame)
                    self._note_headway(started, frame)

    async def _receive(self, started: float, jobs: trio.MemorySendChannel[_Frames]) -> None:
        """Take frames until the session is over, and hand over what there is to send."""
        effects: Sequence[Effect] = self._session.start()
        try:
            while not await self._carry_out(effects, jobs):
                frame = await self._next_frame()
                self._note_headway(started, frame)
                effects = await self._heard(frame)
        except (PeerError, DecodeError, trio.TooSlowError):
            # What came is worth having, however it ended: over a bad line, every sync brings some of it.
            await self._catch_up()
            raise

    async def _next_frame(self) -> bytes:
        with trio.fail_after(FRAME_WAIT_S_MAX):
            frame = await self._stream.receive()
        if frame is None:
            raise PeerError(self._stream.peer, "closed before the sync was over")
        return frame

    async def _take_in(self) -> None:
        """Take in what came, until the session is over."""
        async for first in self._arrived_out:
            arrivals = [first, *_at_hand(self._arrived_out)]
            await self._taking.bundles([item for item in arrivals if isinstance(item, Bundle)], self._scope)
            for item in arrivals:
                if isinstance(item, trio.Event):
                    item.set()

    async def _catch_up(self) -> None:
        """Wait until all that came is taken in."""
        is_taken_in = trio.Event()
        await self._arrived_in.send(is_taken_in)
        await is_taken_in.wait()

    async def _carry_out(self, effects: Sequence[Effect], jobs: trio.MemorySendChannel[_Frames]) -> bool:
        """Do what effects say, and what follows from that; tell whether the session is over."""
        waiting: Sequence[Effect] = effects
        while waiting:
            frames = [effect.frame for effect in _leading(waiting)]
            if frames:
                await jobs.send(_each(frames))
                waiting = waiting[len(frames) :]
                continue
            effect, waiting = waiting[0], waiting[1:]
            if isinstance(effect, Finished):
                return True
            if isinstance(effect, Offer):
                await jobs.send(self._offer(effect.items))
            else:
                waiting = [*await self._answer(effect), *waiting]
        return False

    async def _answer(
        self, effect: Send | Greeted | Summarise | ListItems | Receive | Settle | Declined
    ) -> Sequence[Effect]:
        """Do what an effect says, and return what the session says to that."""
        match effect:
            case Greeted(hello):
                self._greet(hello)
            case Summarise(scope):
                self._scope = self._scoped(scope)
                snapshot = await self._here.store.snapshot(self._scope)
                return self._session.summarise(snapshot.sketch)
            case ListItems():
                return await self._list_items()
            case Receive(bundle):
                await self._arrived_in.send(self._taking.unpacked(bundle))
            case Settle():
                await self._catch_up()
                return self._session.settle(*await self._taking.settled(self._scope))
            case Declined(identities, items):
                self._acquaintance.declined(identities, items)
            case Send():
                raise AssertionError("what is to be sent was taken out before")
            case _:
                assert_never(effect)
        return ()

    def _greet(self, hello: Hello) -> None:
        self._their_day = day_of(hello.now_ms)
        is_known = self._acquaintance.hosts(hello.hosting)
        # Whoever opens has said what it holds before it heard whom the other hosts.
        self._is_stale = self._opens and not is_known
        self.heard_clock(self._stream.peer, hello.now_ms)

    def _scoped(self, scope: SessionScope) -> Scope:
        """Return a scope less what the peer has declined."""
        today = day_of(self._here.context.clock.now_ms())
        return Scope(
            spaces=scope.spaces,
            as_of=scope.day,
            without_identities=self._acquaintance.not_hosted,
            without_items=self._acquaintance.declined_items(today),
        )

    async def _heard(self, frame: bytes) -> Sequence[Effect]:
        """Feed a frame to the session; a clock for which the peer is refused is noted all the same."""
        try:
            if self._session.is_heavy:
                return await self._work(partial(self._session.receive, frame))
            return self._session.receive(frame)
        except DecodeError as error:
            if error.rule == CLOCK_RULE:
                self.heard_clock(self._stream.peer, _clock_in(frame))
            raise

    async def _list_items(self) -> Sequence[Effect]:
        self._acquaintance.require_work(self._stream.peer)
        snapshot = await self._here.store.snapshot(self._scope, with_items=True)
        return await self._work(partial(self._session.list_items, snapshot.sketch, snapshot.items or ()))

    async def _work(self, work: Callable[[], _T]) -> _T:
        """Do what takes long where it holds up nobody, on the peer's account."""
        self._acquaintance.require_work(self._stream.peer)
        began_s = trio.current_time()
        try:
            return await self._here.workers.run(work)
        finally:
            self._acquaintance.worked(trio.current_time() - began_s)

    async def _offer(self, items: Sequence[bytes]) -> _Frames:
        """Yield what the peer lacks in bundles, read from disk as they are sent, and the word that this is all."""
        offering = Offering(self._here.store, self._scope)
        async with aclosing(offering.frames(items)) as frames:
            async for frame in frames:
                yield frame
        self._lacked |= offering.lacked
        yield self._session.sent(offering.count)


def _nobody_listens(_peer: str, _their_ms: int) -> None:
    return None


def _clock_in(frame: bytes) -> int:
    """Return the clock in a hello of which all but its distance was checked."""
    match decode(frame, bytes_max=SYNC_FRAME_BYTES_MAX):
        case ["hello", _, _, _, int() as now_ms, *_]:
            return now_ms
        case _:
            raise AssertionError("a hello without a clock is refused by another rule")


def _leading(effects: Sequence[Effect]) -> list[Send]:
    """Return the frames to send that stand first."""
    found: list[Send] = []
    for effect in effects:
        if not isinstance(effect, Send):
            break
        found.append(effect)
    return found


def _at_hand(arrived: trio.MemoryReceiveChannel[_Arrival]) -> Iterator[_Arrival]:
    """Yield what has come already."""
    try:
        while True:
            yield arrived.receive_nowait()
    except (trio.WouldBlock, trio.EndOfChannel):
        return


async def _each(frames: Sequence[bytes]) -> _Frames:
    for frame in frames:
        yield frame

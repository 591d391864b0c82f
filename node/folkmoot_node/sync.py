"""Catching up: decides with whom to sync and when, and holds each conversation apart from all else.

A session with every peer we dialled when it connects, one with a random peer at every interval, and one with each
peer that asks. Own calls and answers have room of their own, and a peer has one of each at most, so that nobody can
keep this node from syncing with others.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog
import trio

from folkmoot.errors import DecodeError
from folkmoot_node.acquaintances import Acquaintances
from folkmoot_node.context import Context
from folkmoot_node.conversation import Conversation, Here, Listener
from folkmoot_node.errors import PeerError, StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.peers import Peers
from folkmoot_node.store import Store
from folkmoot_node.taking import PassOn
from folkmoot_node.transport import FrameStream, PeerId, Transport

CALLS_MAX = 8
ANSWERS_MAX = 16
_WANTED_MAX = 64

_log = structlog.get_logger(__name__)


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
        # One thread: what takes seconds is done for one peer after the other, and never takes more than one core.
        self._here = Here(store, ingest, context, store.workers(1))
        self._acquaintances = Acquaintances()
        self._transport = transport
        self._peers = peers
        self._context = context
        self._interval_s = interval_s
        self._listener: Listener | None = None
        self._wanted_in, self._wanted_out = trio.open_memory_channel[PeerId](_WANTED_MAX)
        self._answer_in, self._answer_out = trio.open_memory_channel[FrameStream](ANSWERS_MAX)
        self._calling: set[PeerId] = set()
        self._answering: set[PeerId] = set()
        self.confirmed_day = 0
        """Latest day that a peer's clock has named; nothing is deleted as expired before it is confirmed."""
        self.pass_on: PassOn | None = None
        """Told of a few records that came by sync and are new."""

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
        """Take over a stream that a peer opened; a second one of the same peer, or one too many, is closed."""
        if stream.peer in self._answering or len(self._answering) >= ANSWERS_MAX:
            _log.debug("sync not answered", peer=stream.peer)
            await stream.aclose()
            return
        self._answering.add(stream.peer)
        self._answer_in.send_nowait(stream)  # there is room: each of those waiting counts as being answered

    async def serve(self) -> None:
        """Run sessions as they are asked for, and one with a random peer at every interval."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tick)
            nursery.start_soon(self._serve_answers, nursery)
            async for peer in self._wanted_out:
                is_new = peer not in self._calling and peer in self._peers.connected
                if is_new and len(self._calling) < CALLS_MAX:
                    self._calling.add(peer)
                    nursery.start_soon(self._guarded, peer, partial(self._call, peer), self._calling)

    async def _tick(self) -> None:
        while True:
            await trio.sleep(self._interval_s * (0.75 + self._context.entropy.random() / 2))
            connected = sorted(self._peers.connected)
            if connected:
                self.request(self._context.entropy.choice(connected))

    async def _serve_answers(self, nursery: trio.Nursery) -> None:
        async for stream in self._answer_out:
            nursery.start_soon(
                self._guarded, stream.peer, partial(self._hold, stream, opens=False), self._answering
            )

    async def _call(self, peer: PeerId) -> None:
        await self._hold(await self._transport.open_stream(peer), opens=True)

    async def _guarded(self, peer: PeerId, run: Callable[[], Awaitable[None]], under_way: set[PeerId]) -> None:
        """Run one session, the outermost handler of what a peer can do in it: nothing of it ends the node."""
        try:
            await run()
        except* (PeerError, trio.TooSlowError) as group:
            _log.info("sync ended early", peer=peer, reason=_reason(group))
        except* DecodeError as group:
            _log.info("sync refused", peer=peer, reason=_reason(group))
        except* StoreError as group:
            _log.error("sync cannot store", peer=peer, reason=_reason(group))
        except* Exception:  # a bug that a peer's bytes reached; the node lives on
            _log.exception("sync failed", peer=peer)
        finally:
            under_way.discard(peer)

    async def _hold(self, stream: FrameStream, *, opens: bool) -> None:
        acquaintance = self._acquaintances.of(stream.peer)
        conversation = Conversation(stream, self._here, acquaintance, opens=opens)
        conversation.pass_on = self.pass_on
        if self._listener is not None:
            conversation.heard_clock = self._listener.heard_clock
        outcome = await conversation.run()
        self.confirmed_day = max(self.confirmed_day, outcome.their_day)
        connection = self._peers.connected.get(stream.peer)
        if connection is not None:
            connection.last_sync_ms = self._context.clock.now_ms()
        if self._listener is not None:
            await self._listener.completed(stream.peer, outcome.lacked)
        if outcome.is_stale:
            self.request(stream.peer)


def _reason(group: BaseExceptionGroup[BaseException]) -> str:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__

"""Syncs between simulated nodes: the protocol's own session at both ends, its frames late but in order, or cut off.

Theory of operation: an `End` carries out what its session says with the parts of `folkmoot_node.conversation`, one
frame after the other instead of in tasks of its own. A `Wire` is the stream: frames come in order and whole; where
gossip is lost, frames are late, and now and then the stream breaks.
"""

from collections.abc import Awaitable, Sequence
from contextlib import aclosing
from typing import Protocol, assert_never, cast

from folkmoot.errors import DecodeError
from folkmoot.kinds import EDITION
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
    Scope,
    Send,
    Session,
    Settle,
    Summarise,
)
from folkmoot_node.errors import PeerError
from folkmoot_node.offering import Offering
from folkmoot_node.simulation.dice import Dice
from folkmoot_node.simulation.links import Links
from folkmoot_node.simulation.member import Life, peer_of
from folkmoot_node.simulation.timeline import Timeline
from folkmoot_node.store import Scope as StoreScope
from folkmoot_node.store import Store
from folkmoot_node.taking import Taking

SESSION_MS_MAX = 60_000
_SEED_BYTES = 16
_BREAKS_PER_LOSS = 0.05
"""Chance that a stream breaks at a frame, as a share of the chance that a gossip message is lost."""


class Talker(Protocol):
    """Whoever is at an end of a stream."""

    def start(self) -> Awaitable[None]:
        """Say the first thing."""
        ...

    def receive(self, frame: bytes) -> Awaitable[None]:
        """Take a frame."""
        ...

    def lost(self) -> None:
        """Learn that the stream is gone."""
        ...


class Stranger(Protocol):
    """A node that means harm, as far as others sync with it."""

    def talk(self, wire: "Wire", peer: int) -> Talker:
        """Return what it puts at its end of a stream."""
        ...


class Wire:
    """A stream between two nodes."""

    def __init__(self, timeline: Timeline, links: Links, thrown: Dice, loss: float) -> None:
        self._timeline = timeline
        self._links = links
        self._dice = thrown
        self._loss = loss
        self._ends: dict[int, Talker] = {}
        self._free_ms: dict[int, int] = {}
        self._other: dict[int, int] = {}
        self._finished: set[int] = set()
        self.is_over = False

    def join(self, one: int, talker: Talker, other: int) -> None:
        """Put somebody at one end, with `other` at the far end."""
        self._ends[one] = talker
        self._other[one] = other
        self._free_ms[one] = 0
        self._links.traffic[one].syncs += 1

    def begin(self) -> None:
        """Let both ends speak, and see to it that it ends."""
        for talker in self._ends.values():
            self._timeline.after(0, self._begin, talker)
        self._timeline.after(SESSION_MS_MAX, self.close)

    def _begin(self, talker: Talker) -> Awaitable[None] | None:
        return None if self.is_over else talker.start()

    def send(self, sender: int, frame: bytes) -> None:
        """Send a frame."""
        receiver = self._other[sender]
        self._links.traffic[sender].sync_bytes += len(frame)
        breaks = self._dice.random() < self._loss * _BREAKS_PER_LOSS
        if breaks or not self._links.reaches(sender, receiver):
            self.close()
            return
        late_ms = int(self._links.delay_ms() / (1.0 - self._loss))
        arrival_ms = max(self._free_ms[sender], self._timeline.now_ms + late_ms)
        self._free_ms[sender] = arrival_ms
        self._timeline.at(arrival_ms, self._arrive, receiver, frame)

    def finish(self, end: int) -> None:
        """Learn that one end is done; when both are, the stream is over."""
        self._finished.add(end)
        if len(self._finished) == len(self._ends):
            self.close()

    def close(self) -> None:
        """End the stream for both."""
        if not self.is_over:
            self.is_over = True
            for talker in self._ends.values():
                talker.lost()
            # Ends hold sketches and the wire: nothing of that is to wait until somebody looks for such circles.
            self._ends.clear()

    def _arrive(self, receiver: int, frame: bytes) -> Awaitable[None] | None:
        return None if self.is_over else self._ends[receiver].receive(frame)


class End:
    """An honest node's end of one sync."""

    def __init__(self, life: Life, wire: Wire, peer: int, *, opens: bool) -> None:
        context = life.place.context
        self._life = life
        self._wire = wire
        self._peer = peer
        # The twin in memory answers as the real one does.
        self._store = cast("Store", life.store)
        hello = Hello(context.network, EDITION, context.spaces, context.clock.now_ms(), life.ingest.hosting.number)
        self._session = Session(hello, opens, context.entropy.randbytes(_SEED_BYTES))
        self._acquaintance = life.acquaintances.of(peer_of(peer))
        self._taking = Taking(self._store, life.ingest, peer_of(peer), self._acquaintance)
        self._taking.pass_on = life.gossip.pass_on
        self._scope = StoreScope(spaces=(), as_of=0)

    async def start(self) -> None:
        """See `Talker`."""
        await self._carry_out(self._session.start())

    async def receive(self, frame: bytes) -> None:
        """See `Talker`."""
        if self._life.is_over:
            self._wire.close()
            return
        try:
            await self._carry_out(self._session.receive(frame))
        except DecodeError as error:
            self._life.place.links.fates[f"sync refused by {error.rule}"] += 1
            self._wire.close()
        except PeerError:
            self._life.place.links.fates["sync given up"] += 1
            self._wire.close()

    def lost(self) -> None:
        """See `Talker`."""
        self._life.syncing.discard(self._peer)

    async def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if not self._wire.is_over:
                await self._do(effect)

    async def _do(self, effect: Effect) -> None:
        match effect:
            case Send(frame):
                self._wire.send(self._life.place.node, frame)
            case Greeted(hello):
                self._acquaintance.hosts(hello.hosting)
                self._life.confirmed_day = max(self._life.confirmed_day, day_of(hello.now_ms))
            case Summarise(scope):
                self._scope = self._scoped(scope)
                snapshot = await self._store.snapshot(self._scope)
                await self._carry_out(self._session.summarise(snapshot.sketch))
            case ListItems():
                snapshot = await self._store.snapshot(self._scope, with_items=True)
                await self._carry_out(self._session.list_items(snapshot.sketch, snapshot.items or ()))
            case Offer(items):
                await self._offer(items)
            case Receive(bundle):
                await self._taking.bundle(bundle, self._scope)
            case Settle():
                await self._carry_out(self._session.settle(*await self._taking.settled(self._scope)))
            case Declined(identities, items):
                self._acquaintance.declined(identities, items)
            case Finished():
                self._wire.finish(self._life.place.node)
            case _:
                assert_never(effect)

    def _scoped(self, scope: Scope) -> StoreScope:
        """Return a scope less what the peer has declined."""
        return StoreScope(
            spaces=scope.spaces,
            as_of=scope.day,
            without_identities=self._acquaintance.not_hosted,
            without_items=self._acquaintance.declined_items(day_of(self._life.place.context.clock.now_ms())),
        )

    async def _offer(self, items: Sequence[bytes]) -> None:
        node, offering = self._life.place.node, Offering(self._store, self._scope)
        async with aclosing(offering.frames(items)) as frames:
            async for frame in frames:
                self._wire.send(node, frame)
        self._wire.send(node, self._session.sent(offering.count))


def begin_sync(wire: Wire, caller: tuple[int, Life | Stranger], answerer: tuple[int, Life | Stranger]) -> None:
    """Begin a sync between two nodes, given with their numbers."""
    for (node, who), (peer, _other), opens in ((caller, answerer, True), (answerer, caller, False)):
        talker = End(who, wire, peer, opens=opens) if isinstance(who, Life) else who.talk(wire, peer)
        wire.join(node, talker, peer)
        if isinstance(who, Life):
            who.syncing.add(peer)
    wire.begin()

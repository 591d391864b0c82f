"""A simulated network: its nodes, what connects them, and the syncs between them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from folkmoot.rules import COMMONS
from folkmoot_node.context import Context
from folkmoot_node.simulation.crew import Berth
from folkmoot_node.simulation.dice import dice
from folkmoot_node.simulation.links import Links, Party, weave
from folkmoot_node.simulation.member import Life, Place
from folkmoot_node.simulation.openings import RememberedOpenings
from folkmoot_node.simulation.options import Options
from folkmoot_node.simulation.syncing import Stranger, Wire, begin_sync
from folkmoot_node.simulation.timeline import MemberClock, Timeline
from folkmoot_node.simulation.witness import Witness

NETWORK = "simulated"
SERVICE_MS = 2
SLOW_SERVICE_MS = 3_000
CALLS_MAX = 8
"""Syncs that one node is in at a time."""


class HostileNode(Party, Stranger, Protocol):
    """A node that means harm."""

    def plan_day(self, length_ms: int) -> None:
        """Plan the harm of a day."""
        ...

    def plan_night(self, length_ms: int) -> None:
        """Plan what harm is done when nobody speaks any more."""
        ...


class World:
    """All nodes, under one clock.

    Attributes:
        options: What it is like.
        seed: What all chance in it comes from.
        timeline: When what happens.
        links: Who reaches whom.
        witness: Who sees everything.
        berths: The honest nodes, by number.
        strangers: The hostile ones.
    """

    def __init__(self, options: Options, seed: int, *, start_ms: int, folder: Path | None) -> None:
        self.options = options
        self.seed = seed
        self.timeline = Timeline(start_ms)
        self.links = Links(self.timeline, options, seed)
        self.witness = Witness(self.timeline)
        self.openings = RememberedOpenings(NETWORK)
        self.berths: dict[int, Berth] = {}
        self.strangers: dict[int, HostileNode] = {}
        self._folder = folder
        self._wires = dice(seed, "wires")
        self._ticks = dice(seed, "ticks")
        self._waking = 0

    @property
    def honest(self) -> list[int]:
        """The numbers of the honest nodes."""
        return list(self.berths)

    def lives(self) -> Iterator[Life]:
        """Yield the present lives of the honest nodes."""
        return (berth.life for berth in self.berths.values())

    async def build(self, strangers: dict[int, HostileNode]) -> None:
        """Start every node and link them; the numbers of the strangers are the highest."""
        made = dice(self.seed, "nodes")
        honest = [node for node in range(self.options.nodes) if node not in strangers]
        for node in honest:
            off_ms = made.randint(-self.options.skew_ms_max, self.options.skew_ms_max)
            is_slow = made.random() < self.options.slow
            clock = MemberClock(self.timeline, off_ms)
            place = Place(
                node=node,
                context=Context(NETWORK, (COMMONS,), clock, dice(self.seed, f"node {node}")),
                timeline=self.timeline,
                links=self.links,
                openings=self.openings,
                service_ms=SLOW_SERVICE_MS if is_slow else SERVICE_MS,
                witness=self.witness,
            )
            self.berths[node] = Berth(place, folder=self._folder, want_sync=self.want_sync)
            await self.start(node)
        for node, stranger in strangers.items():
            self.strangers[node] = stranger
            self.links.enter(node, stranger)
        weave(self.links, honest, list(strangers), self.options.degree, made)

    # Lives.

    async def start(self, node: int, *, with_disk: bool = True) -> None:
        """Begin a node's next life, and let it dial its neighbours."""
        berth = self.berths[node]
        await berth.start(with_disk=with_disk)
        self.links.enter(node, berth.life)
        self.dial(node)

    async def crash(self, node: int) -> None:
        """Stop a node dead."""
        await self.berths[node].crash()

    def dial(self, node: int) -> None:
        """Connect a node with all neighbours that it reaches: a sync with each, as after any connection."""
        for other in self.links.reachable(node):
            self.want_sync(node, other)

    def divide(self, sides: dict[int, int]) -> None:
        """Cut the network in two, or make it whole; whoever is linked anew syncs."""
        were_apart = [
            (one, other)
            for one in self.berths
            for other in self.links.neighbours(one)
            if one < other and not self.links.reaches(one, other)
        ]
        self.links.divide(sides)
        for one, other in were_apart:
            self.want_sync(one, other)

    # Syncs.

    def want_sync(self, caller: int, answerer: int) -> None:
        """Begin a sync between neighbours soon, unless they are in one or one of them is in too many."""
        self.timeline.after(0, self._sync, caller, answerer)

    def _sync(self, caller: int, answerer: int) -> None:
        if not self.links.reaches(caller, answerer) or not self._has_room(caller, answerer):
            return
        wire = Wire(self.timeline, self.links, self._wires, self.options.loss)
        begin_sync(wire, (caller, self._whoever(caller)), (answerer, self._whoever(answerer)))

    def _whoever(self, node: int) -> Life | Stranger:
        return self.strangers[node] if node in self.strangers else self.berths[node].life

    def _has_room(self, one: int, other: int) -> bool:
        for node, peer in ((one, other), (other, one)):
            if node in self.berths:
                syncing = self.berths[node].life.syncing
                if peer in syncing or len(syncing) >= CALLS_MAX:
                    return False
        return True

    def keep_syncing(self, until_ms: int) -> None:
        """Let every honest node sync with a neighbour now and then until a moment."""
        self._waking += 1
        for node in self.berths:
            self.timeline.after(self._pause_ms(), self._tick, node, self._waking, until_ms)

    def stop_syncing(self) -> None:
        """Let no node begin a sync by itself any more."""
        self._waking += 1

    def _tick(self, node: int, waking: int, until_ms: int) -> None:
        if self.timeline.now_ms >= until_ms or waking != self._waking:
            return
        others = self.links.reachable(node)
        if others:
            self.want_sync(node, self._ticks.choice(others))
        self.timeline.after(self._pause_ms(), self._tick, node, waking, until_ms)

    def _pause_ms(self) -> int:
        return int(self.options.sync_s * 1000 * (0.75 + self._ticks.random() / 2))

    # Nights.

    async def sweep(self) -> None:
        """Let every node that is there drop what is over."""
        for life in self.lives():
            if not life.is_over:
                await life.ingest.sweep(confirmed_day=life.confirmed_day)

"""The course of a simulation: days with trouble, then none, until all nodes hold the same; then it is judged."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import trio

from folkmoot.chain import read_chain
from folkmoot.identity import Operation
from folkmoot.limits import DAY_MS
from folkmoot.reconcile import Sketch
from folkmoot.record import Record, day_of
from folkmoot.rules import COMMONS
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash
from folkmoot_node.simulation.hostile import strangers_of
from folkmoot_node.simulation.member import Life
from folkmoot_node.simulation.options import MINUTE_MS, Options
from folkmoot_node.simulation.outcome import Outcome
from folkmoot_node.simulation.weather import Weather
from folkmoot_node.simulation.workload import Workload
from folkmoot_node.simulation.world import NETWORK, World
from folkmoot_node.store import Everything, Scope

FIRST_DAY = 20_000
AWAKE_FROM_MS = DAY_MS - 20 * MINUTE_MS
"""When on each day people sit down: shortly before midnight, so that clocks disagree about the day."""

AWAKE_MS = 40 * MINUTE_MS
EVENING_MS = 10 * MINUTE_MS
"""How long nodes go on syncing before the night, when nobody speaks any more and all is mended."""

PATIENCE_MS = 60 * MINUTE_MS
"""How long nodes may take to come to hold the same once nothing goes wrong any more."""

QUIET_DAYS = 3
"""Days after which everything that anybody could date ahead is due."""

HASHED_EACH_MAX = 20_000
"""Nodes times records up to which the state of each node is derived by itself; it takes time."""

_LOOK_MS = 1_000
_STEPS_A_DAY = 20

Progress = Callable[[float], None]
"""Told which part of the days has passed."""


def run(options: Options, seed: int, *, on_progress: Progress = lambda _part: None) -> Outcome:
    """Simulate a network from a seed."""
    with TemporaryDirectory(prefix="folkmoot-simulation-") as folder, _uncollected():
        course = _Course(options, seed, Path(folder) if options.store == "sqlite" else None, on_progress)
        return trio.run(course.run)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for garbage: nearly all that is made lives on, and looking takes long."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Course:
    def __init__(self, options: Options, seed: int, folder: Path | None, on_progress: Progress) -> None:
        self._options = options
        self._start_ms = FIRST_DAY * DAY_MS + AWAKE_FROM_MS
        self._world = World(options, seed, start_ms=self._start_ms, folder=folder)
        self._on_progress = on_progress

    async def run(self) -> Outcome:
        world = self._world
        await world.build(strangers_of(world))
        workload, weather = Workload(world), Weather(world)
        for day in range(self._options.days):
            await self._live(day, workload, weather)
        converged_ms = await self._settle()
        if converged_ms is None:
            world.witness.fault(
                f"the nodes do not hold the same {PATIENCE_MS // MINUTE_MS} minutes after all trouble"
            )
        await self._pass_nights()
        outcome = await self._judge(workload, converged_ms)
        for berth in world.berths.values():
            await berth.crash()
        return outcome

    async def _live(self, day: int, workload: Workload, weather: Weather) -> None:
        """Let a day's trouble happen, and the night that follows."""
        world = self._world
        begin_ms = self._start_ms + day * DAY_MS
        await world.timeline.run_until(begin_ms)
        workload.plan_day(day, AWAKE_MS)
        weather.plan_day(day, AWAKE_MS)
        for stranger in world.strangers.values():
            stranger.plan_day(AWAKE_MS)
        world.keep_syncing(begin_ms + AWAKE_MS)
        for step in range(1, _STEPS_A_DAY + 1):
            await world.timeline.run_until(begin_ms + AWAKE_MS * step // _STEPS_A_DAY)
            self._on_progress((day + step / _STEPS_A_DAY) / self._options.days)
        await weather.mend()
        if day + 1 < self._options.days:
            world.keep_syncing(begin_ms + AWAKE_MS + EVENING_MS)
            await world.timeline.run_until(begin_ms + AWAKE_MS + EVENING_MS)
        await world.sweep()

    async def _settle(self) -> int | None:
        """Let nodes sync until they hold the same; return how long that took."""
        timeline = self._world.timeline
        begin_ms = timeline.now_ms
        self._world.keep_syncing(begin_ms + PATIENCE_MS)
        while timeline.now_ms < begin_ms + PATIENCE_MS:
            if await self._are_equal():
                self._world.stop_syncing()
                return timeline.now_ms - begin_ms
            await timeline.run_until(timeline.now_ms + _LOOK_MS)
        return None

    async def _are_equal(self) -> bool:
        """Tell whether the sketches of all nodes say that they hold the same."""
        return len({(await self._sketch(life)).fingerprint() for life in self._world.lives()}) == 1

    async def _sketch(self, life: Life) -> Sketch:
        scope = Scope(spaces=(COMMONS,), as_of=day_of(self._world.timeline.now_ms))
        return (await life.store.snapshot(scope)).sketch

    async def _pass_nights(self) -> None:
        """Let some days pass on which nobody says anything, and nodes sync a little each day."""
        timeline = self._world.timeline
        noon_ms = (day_of(timeline.now_ms) + 1) * DAY_MS + DAY_MS // 2
        for day in range(QUIET_DAYS):
            await timeline.run_until(noon_ms + day * DAY_MS)
            self._world.keep_syncing(timeline.now_ms + 10 * MINUTE_MS)
            for stranger in self._world.strangers.values():
                stranger.plan_night(MINUTE_MS)
            await timeline.run_until(timeline.now_ms + 12 * MINUTE_MS)
            await self._world.sweep()

    # Judging.

    async def _judge(self, workload: Workload, converged_ms: int | None) -> Outcome:
        world = self._world
        held = {node: await berth.life.store.everything() for node, berth in world.berths.items()}
        hashes = self._hashes(held)
        if len(set(hashes.values())) > 1:
            world.witness.fault(f"{len(set(hashes.values()))} different state hashes at the end")
        await self._require_true_sketches()
        first = held[world.honest[0]]
        self._require_last_words(first, workload)
        refused: Counter[str] = Counter()
        for life in world.lives():
            refused.update(life.ingest.counts)
        return Outcome(
            seed=world.seed,
            options=self._options,
            faults=tuple(world.witness.faults),
            hashes=hashes,
            converged_ms=converged_ms,
            published=workload.published,
            held=len(first.records),
            identities=len({operation.identity for operation in first.operations}),
            delays=world.witness.delays,
            traffic={node: world.links.traffic[node] for node in world.honest},
            fates=world.links.fates,
            refused=refused,
            virtual_ms=world.timeline.now_ms - self._start_ms,
            acts=world.timeline.acts,
        )

    def _hashes(self, held: Mapping[int, Everything]) -> dict[int, str]:
        """Hash the state of every node; in large networks, of one of all that hold the very same."""
        is_large = self._options.nodes * self._options.records > HASHED_EACH_MAX
        by_content: dict[object, str] = {}
        hashes: dict[int, str] = {}
        for node, everything in held.items():
            items: Sequence[Operation | Record] = (*everything.operations, *everything.records)
            content = frozenset(item.id for item in items) if is_large else node
            if content not in by_content:
                by_content[content] = self._hash(everything)
            hashes[node] = by_content[content]
        return hashes

    def _hash(self, held: Everything) -> str:
        """Derive all that a node knows at the true time, and hash it."""
        by_identity: dict[bytes, list[Operation]] = {}
        for operation in held.operations:
            by_identity.setdefault(operation.identity, []).append(operation)
        read = (read_chain(operations, network=NETWORK) for operations in by_identity.values())
        chains = {chain.identity: chain for chain in read if chain is not None}
        evidence = gather(held.records, chains, now_ms=self._world.timeline.now_ms, network=NETWORK)
        return state_hash(evidence).hex()

    async def _require_true_sketches(self) -> None:
        """Compare what each node is compared by with what it holds."""
        fresh: dict[tuple[bytes, ...], bytes] = {}
        scope = Scope(spaces=(COMMONS,), as_of=day_of(self._world.timeline.now_ms))
        for node, berth in self._world.berths.items():
            snapshot = await berth.life.store.snapshot(scope, with_items=True)
            items = snapshot.items or ()
            if items not in fresh:
                fresh[items] = Sketch(items).fingerprint()
            if snapshot.sketch.fingerprint() != fresh[items]:
                self._world.witness.fault(f"node {node}: its fingerprint is not that of what it holds")

    def _require_last_words(self, held: Everything, workload: Workload) -> None:
        """Look for the last word of everybody who lost neither a device nor a disk."""
        ids = {record.id for record in held.records}
        today = day_of(self._world.timeline.now_ms)
        for record in workload.last_words():
            if record.expires > today and record.id not in ids:
                self._world.witness.fault(f"the last word of somebody is lost: {record.id.hex()[:12]}")

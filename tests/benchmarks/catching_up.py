"""A new node that takes everything by sync, beside how fast this machine verifies and stores; and opening a store.

Both nodes have real databases on a real disk and are in this one process, joined in memory: what the sender does
counts against the receiver. Only the proportions say something about the program.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import trio
from benchmarks.corpus import Corpus
from support.conversing import Line, Party, synced
from support.keys import NETWORK
from support.shelf import Shelf, opened

from folkmoot.record import open_record
from folkmoot_node.opening import CHUNK_MAX, THREADS
from folkmoot_node.store.workers import Threads

_SOURCE = "a file"
_WINDOW_FRAMES = 5
"""Frames under way at a time: a quarter of a megabyte, as on a stream between peers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long something took, for all records together."""

    records: int
    wall_s: float
    cpu_s: float

    @property
    def per_second(self) -> float:
        """Records a second."""
        return self.records / self.wall_s


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchingUp:
    """What was measured.

    Attributes:
        verifying: Only verifying, on all cores.
        storing: Verifying and storing, from memory, in large batches: what this machine can do.
        syncing: A new node's sync with one that has everything.
        again: The sync after that, of two that hold the same.
        sync_bytes: What the first sync carried.
        again_bytes: What the second one carried.
        opening: Opening the store, for all records together.
        database_bytes: Size of the database.
    """

    verifying: Pace
    storing: Pace
    syncing: Pace
    again: Pace
    sync_bytes: int
    again_bytes: int
    opening: Pace
    database_bytes: int

    @property
    def share(self) -> float:
        """The pace of a sync, as a part of the pace of storing."""
        return self.syncing.per_second / self.storing.per_second


class Watch:
    """Measures the block that it is around."""

    def __init__(self) -> None:
        self._wall_s = self._cpu_s = 0.0

    def __enter__(self) -> "Watch":
        self._wall_s, self._cpu_s = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_error: object) -> None:
        self._wall_s = time.perf_counter() - self._wall_s
        self._cpu_s = time.process_time() - self._cpu_s

    def pace(self, records: int) -> Pace:
        """Return what was measured."""
        return Pace(records=records, wall_s=self._wall_s, cpu_s=self._cpu_s)


def catching_up(made: Corpus) -> CatchingUp:
    """Measure all of it."""
    with TemporaryDirectory(prefix="folkmoot-bench-") as folder:
        return trio.run(_measured, made, Path(folder))


async def _measured(made: Corpus, folder: Path) -> CatchingUp:
    count = len(made.records)
    with Watch() as verifying:
        await _verify(made)
    async with _store(folder, "full") as full, _store(folder, "new") as new:
        with Watch() as storing:
            taken = await full.ingest.take(made.operations, made.records, source=_SOURCE)
        assert len(taken.new_records) == count, "not every record was taken"
        first, second = Line(waiting_max=_WINDOW_FRAMES), Line(waiting_max=_WINDOW_FRAMES)
        with Watch() as syncing:
            await synced(Party(new), Party(full), first)
        with Watch() as again:
            await synced(Party(new), Party(full), second)
        counts = await new.store.counts()
        assert sum(counts.records.values()) == count, "the new node has not got everything"
    async with AsyncExitStack() as stack:
        with Watch() as opening:
            await stack.enter_async_context(_store(folder, "new"))
    return CatchingUp(
        verifying=verifying.pace(count),
        storing=storing.pace(count),
        syncing=syncing.pace(count),
        again=again.pace(count),
        sync_bytes=first.size_bytes,
        again_bytes=second.size_bytes,
        opening=opening.pace(count),
        database_bytes=counts.database_bytes,
    )


@asynccontextmanager
async def _store(folder: Path, name: str) -> AsyncIterator[Shelf]:
    place = folder / name
    place.mkdir(exist_ok=True)
    async with opened(place) as shelf:
        yield shelf


async def _verify(made: Corpus) -> None:
    """Open every record, in chunks and in as many threads as a node does."""
    workers = Threads(THREADS)

    def open_all(wires: tuple[bytes, ...]) -> None:
        for wire in wires:
            open_record(wire, network=NETWORK)

    async with trio.open_nursery() as nursery:
        for start in range(0, len(made.records), CHUNK_MAX):
            nursery.start_soon(workers.run, partial(open_all, made.records[start : start + CHUNK_MAX]))

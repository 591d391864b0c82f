"""The honest nodes of a simulation: started, crashed, started again, on memory or on real databases."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from folkmoot_node.simulation.member import Life, Place, Shelf
from folkmoot_node.simulation.memory_store import Image, MemoryStore
from folkmoot_node.store import Store


class Holdings(NamedTuple):
    """How much a node holds, to be compared before a crash and after."""

    operations: int
    records: int
    waiting: int


class Berth:
    """Where one node lives: its disk, and the life it has now.

    Attributes:
        place: Where it runs.
        life: Its present life; a crashed node keeps the last one, which is over.
        has_lost_disk: Whether it ever started with an empty disk again.
    """

    def __init__(self, place: Place, *, folder: Path | None, want_sync: Callable[[int, int], None]) -> None:
        self.place = place
        self.has_lost_disk = False
        self._folder = folder
        self._want_sync = partial(want_sync, place.node)
        self._image = Image()
        self._lives = 0
        self._left: Holdings | None = None
        self.life: Life

    async def start(self, *, with_disk: bool = True) -> None:
        """Begin a life with what is on the disk."""
        clock, network = self.place.context.clock, self.place.context.network
        if not with_disk:
            self._image = Image()
            self._lives += 1
            self.has_lost_disk = True
            self.place.witness.note_empty_disk(self.place.node)
        store: Shelf
        if self._folder is None:
            store = MemoryStore(network, clock, self._image)
        else:
            folder = self._folder / f"{self.place.node}-{self._lives}"
            folder.mkdir(exist_ok=True)
            store = await Store.open(folder, network=network, clock=clock)
        self.life = Life(self.place, store, want_sync=self._want_sync)
        found = await _holdings(store)
        if with_disk and self._left is not None and found != self._left:
            self.place.witness.fault(f"node {self.place.node}: a crash changed what is on the disk: {found}")

    async def crash(self) -> None:
        """End the present life."""
        self.life.is_over = True
        self.life.is_up = False
        store = self.life.store
        self._left = await _holdings(store)
        if isinstance(store, MemoryStore):
            self._image = store.image()
        elif isinstance(store, Store):
            await store.aclose()


async def _holdings(store: Shelf) -> Holdings:
    counts = await store.counts()
    return Holdings(counts.operations, sum(counts.records.values()), counts.waiting)

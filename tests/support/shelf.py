"""A store with its door and a stopped clock, for tests that put real records on a real disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from support.keys import NETWORK, Person
from support.world import StoppedClock

from folkmoot.identity import Operation
from folkmoot.ids import RecordId
from folkmoot.record import Record
from folkmoot_node.ingest import Ingest, Taken
from folkmoot_node.store import Selection, Store


@dataclass(frozen=True, slots=True)
class Shelf:
    """A store, what leads into it, and its clock."""

    store: Store
    ingest: Ingest
    clock: StoppedClock

    async def take(self, *items: Person | Operation | Record, source: str = "somebody") -> Taken:
        """Take operations and records in one batch; a person stands for their genesis."""
        operations = [item.genesis if isinstance(item, Person) else item for item in items if _is_operation(item)]
        return await self.ingest.take(
            [item.wire for item in operations if isinstance(item, Operation)],
            [item.wire for item in items if isinstance(item, Record)],
            source=source,
        )

    def damage(self) -> list[str]:
        """Check the whole database; empty when it is sound."""
        found = [line for (line,) in self.store._writing._connection.execute("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    async def live(self, space: str, *, day: int) -> list[RecordId]:
        """Return the ids of the winners in a space that have not expired on a day."""
        return [*(await self.store.choose(Selection(day=day, spaces=(space,)))).records]

    async def held(self) -> set[RecordId]:
        """Return the ids of everything that is held, expired records included."""
        connection = self.store._writing._connection
        return {RecordId(record_id) for (record_id,) in connection.execute("SELECT id FROM records")}


@asynccontextmanager
async def opened(folder: Path | None) -> AsyncIterator[Shelf]:
    """Open the store in a folder, or one in memory."""
    clock = StoppedClock()
    if folder is None:
        store = await Store.in_memory(network=NETWORK, clock=clock)
    else:
        store = await Store.open(folder, network=NETWORK, clock=clock)
    async with store:
        yield Shelf(store, Ingest(store, clock), clock)


def _is_operation(item: Person | Operation | Record) -> bool:
    return not isinstance(item, Record)

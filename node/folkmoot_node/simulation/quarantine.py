"""Records that wait for operations, in memory, within the bounds of `folkmoot_node.store.quarantine`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from folkmoot.ids import IdentityId, RecordId
from folkmoot.record import Record
from folkmoot_node.store.quarantine import (
    BYTES_MAX,
    BYTES_PER_SOURCE_MAX,
    RECORDS_MAX,
    RECORDS_PER_SOURCE_MAX,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits, who brought it, and whether it was held before."""

    record: Record
    source: str
    was_held: bool


class _Crowd:
    """Records with a bound on their number and their bytes, the oldest first."""

    def __init__(self, records_max: int, bytes_max: int) -> None:
        self._records_max = records_max
        self._bytes_max = bytes_max
        self._sizes: dict[RecordId, int] = {}
        self._bytes = 0

    def add(self, record: Record) -> None:
        self._sizes[record.id] = len(record.wire)
        self._bytes += len(record.wire)

    def remove(self, record_id: RecordId) -> None:
        self._bytes -= self._sizes.pop(record_id, 0)

    def surplus(self) -> Iterator[RecordId]:
        """Yield the oldest for as long as there is too much; the caller removes it."""
        while len(self._sizes) > self._records_max or self._bytes > self._bytes_max:
            yield next(iter(self._sizes))


class Quarantine:
    """What waits at one node."""

    def __init__(self) -> None:
        self._waiting: dict[RecordId, Waiting] = {}
        self._of: dict[IdentityId, dict[RecordId, Record]] = defaultdict(dict)
        self._all = _Crowd(RECORDS_MAX, BYTES_MAX)
        self._sources: dict[str, _Crowd] = {}

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._waiting

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting.values())

    def of(self, author: IdentityId) -> list[Record]:
        """Return what waits for an author's operations, in the order in which it came."""
        return list(self._of[author].values()) if author in self._of else []

    def author_of(self, record_id: RecordId) -> IdentityId:
        """Return the author of a record that waits."""
        return self._waiting[record_id].record.author

    def park(self, item: Waiting) -> None:
        """Let a record wait; see `trim`."""
        record = item.record
        if record.id in self._waiting:
            return
        self._waiting[record.id] = item
        self._of[record.author][record.id] = record
        if not item.was_held:
            self._all.add(record)
            self._crowd(item.source).add(record)

    def trim(self, source: str) -> None:
        """Give up, oldest first, what a source or all together have too much of."""
        for crowd in (self._crowd(source), self._all):
            for record_id in crowd.surplus():
                self.unpark(record_id)

    def unpark(self, record_id: RecordId) -> None:
        """Let a record wait no longer."""
        item = self._waiting.pop(record_id, None)
        if item is None:
            return
        here = self._of[item.record.author]
        del here[record_id]
        if not here:
            del self._of[item.record.author]
        if not item.was_held:
            self._all.remove(record_id)
            self._crowd(item.source).remove(record_id)

    def _crowd(self, source: str) -> _Crowd:
        if source not in self._sources:
            self._sources[source] = _Crowd(RECORDS_PER_SOURCE_MAX, BYTES_PER_SOURCE_MAX)
        return self._sources[source]

"""What a replica becomes as things land: every state that was reached once is computed once.

A replica is rebuilt from what it holds before each batch, so every run restarts between any two batches.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from typing import NamedTuple, TypeAlias

from support.memory_view import MemoryReplica

from folkmoot.identity import Operation
from folkmoot.record import Record

Item: TypeAlias = Record | tuple[Operation, ...]
"""A record, or an operation after all that it follows, as it travels."""
Batch: TypeAlias = tuple[Item, ...]


class Held(NamedTuple):
    """Everything that a replica holds, and what waits in it."""

    operations: frozenset[Operation] = frozenset()
    records: frozenset[Record] = frozenset()
    waiting: frozenset[Record] = frozenset()

    def replica(self) -> MemoryReplica:
        """Return a replica as it comes up after a restart."""
        built = MemoryReplica()
        for operation in sorted(self.operations, key=lambda item: item.id):
            built.operations[operation.identity][operation.id] = operation
        built.records = {record.id: record for record in sorted(self.records, key=lambda item: item.id)}
        built.waiting = {record.id: record for record in sorted(self.waiting, key=lambda item: item.id)}
        return built

    @property
    def content(self) -> tuple[frozenset[Operation], frozenset[Record]]:
        """What two replicas compare: what waits is no part of it."""
        return self.operations, self.records


EMPTY = Held()


class Arrivals:
    """Lets batches land; remembers what came of each."""

    def __init__(self) -> None:
        self._landed: dict[tuple[Held, Batch, int], Held] = {}

    def land(self, held: Held, batch: Batch, *, now_ms: int) -> Held:
        """Return what is held after a batch has landed on a day, with what has expired swept away."""
        known = (held, batch, now_ms)
        if known not in self._landed:
            self._landed[known] = _land(held, batch, now_ms)
        return self._landed[known]

    def after(self, batches: Iterable[Batch], *, now_ms: int, start: Held = EMPTY) -> Held:
        """Return what is held after some batches."""
        held = start
        for batch in batches:
            held = self.land(held, batch, now_ms=now_ms)
        return held


def _land(held: Held, batch: Batch, now_ms: int) -> Held:
    replica = held.replica()
    operations = [operation for item in batch if isinstance(item, tuple) for operation in item]
    replica.take(operations, [item for item in batch if isinstance(item, Record)], now_ms=now_ms)
    return held_by(replica)


def held_by(replica: MemoryReplica) -> Held:
    """Return what a replica holds."""
    return Held(
        frozenset(item for kept in replica.operations.values() for item in kept.values()),
        frozenset(replica.records.values()),
        frozenset(replica.waiting.values()),
    )


def orders_in_batches(items: Sequence[Item]) -> Iterator[list[Batch]]:
    """Return every order of some items, cut into batches in every way."""
    for order in permutations(items):
        for cuts in range(1 << max(len(items) - 1, 0)):
            yield _cut(order, cuts)


def _cut(order: Sequence[Item], cuts: int) -> list[Batch]:
    batches: list[list[Item]] = [[]]
    for place, item in enumerate(order):
        if place and cuts >> (place - 1) & 1:
            batches.append([])
        batches[-1].append(item)
    return [tuple(batch) for batch in batches]

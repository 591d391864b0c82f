"""What a replica becomes as things land: every state that was reached once is computed once.

A replica is rebuilt from what it holds before each batch, so every run restarts between any two batches.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from typing import NamedTuple, TypeAlias

from support.memory_view import MemoryReplica

from folkmoot.identity import Operation
from folkmoot.record import Record

Item: TypeAlias = Record | tuple[Operation, ...]
"""A record, or an operation after all that it follows, as it travels."""
Batch: TypeAlias = tuple[int, ...]
"""Items that land together, by number."""


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


class Arrivals:
    """Lets batches of some items land, and remembers what came of each.

    Items and what is held are known by their numbers, so that a million runs cost a million look-ups.
    """

    nothing = 0
    """The number of holding nothing."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self.states = [Held()]
        self._numbers = {self.states[0]: 0}
        self._landed: dict[tuple[int, Batch, int], int] = {}
        self._swept: dict[tuple[int, int], int] = {}

    def land(self, state: int, batch: Batch, *, now_ms: int) -> int:
        """Return what is held after a batch has landed."""
        known = (state, batch, now_ms)
        if known not in self._landed:
            self._landed[known] = self._land(state, batch, now_ms)
        return self._landed[known]

    def swept(self, state: int, *, today: int) -> int:
        """Return what is held after what has expired was swept away."""
        if (state, today) not in self._swept:
            replica = self.states[state].replica()
            replica.sweep(today)
            self._swept[state, today] = self._number_of(held_by(replica))
        return self._swept[state, today]

    def _land(self, state: int, batch: Batch, now_ms: int) -> int:
        replica = self.states[state].replica()
        items = [self.items[number] for number in batch]
        operations = [operation for item in items if isinstance(item, tuple) for operation in item]
        replica.take(operations, [item for item in items if isinstance(item, Record)], now_ms=now_ms)
        return self._number_of(held_by(replica))

    def _number_of(self, held: Held) -> int:
        number = self._numbers.setdefault(held, len(self.states))
        if number == len(self.states):
            self.states.append(held)
        return number


def held_by(replica: MemoryReplica) -> Held:
    """Return what a replica holds."""
    return Held(
        frozenset(item for kept in replica.operations.values() for item in kept.values()),
        frozenset(replica.records.values()),
        frozenset(replica.waiting.values()),
    )


def orders_in_batches(numbers: Sequence[int]) -> Iterator[list[Batch]]:
    """Return every order of some items, cut into batches in every way."""
    for order in permutations(numbers):
        for cuts in range(1 << max(len(numbers) - 1, 0)):
            yield _cut(order, cuts)


def _cut(order: Sequence[int], cuts: int) -> list[Batch]:
    edges = [0, *(place for place in range(1, len(order)) if cuts >> (place - 1) & 1), len(order)]
    return [tuple(order[start:end]) for start, end in pairwise(edges)]

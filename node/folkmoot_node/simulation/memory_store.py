"""A store in dictionaries, for simulations of many nodes: the answers of the real `Store` without its disk.

Theory of operation: `absorb` is the protocol's own; what it says is carried out by `Replica`, and the bounds and
days of grace are the real store's. A crash leaves an `Image`: what the disk would have.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from folkmoot.identity import Operation, read_stored_operation
from folkmoot.ids import IdentityId, OperationId, RecordId
from folkmoot.limits import CLOCK_SKEW_MS_MAX, CLOSED_HIDDEN_DAYS, DAY_MS, ITEM_BYTES
from folkmoot.record import Record, day_of, read_stored
from folkmoot.replica import Changes
from folkmoot.replica import absorb as work_out
from folkmoot_node.clock import Clock
from folkmoot_node.simulation.compared import Compared
from folkmoot_node.simulation.quarantine import Waiting
from folkmoot_node.simulation.replica import Replica
from folkmoot_node.store import Batch, Counts, Everything, Found, Held, Scope, Snapshot, Swept, Wires, Workers
from folkmoot_node.store.absorbing import GRACE_DAYS
from folkmoot_node.store.reading import CHUNK_BYTES_MAX

_ITEM_HEADER_BYTES = 5
_PREFIX_BYTES = 8

_T = TypeVar("_T")


class Immediate:
    """Does work where it is asked for."""

    async def run(self, work: Callable[[], _T]) -> _T:
        """See `folkmoot_node.store.workers.Workers`."""
        return work()


@dataclass(frozen=True, slots=True)
class Image:
    """What is on the disk of a node that crashed: wires, and who brought what waits and whether it was held."""

    operations: tuple[bytes, ...] = ()
    records: tuple[bytes, ...] = ()
    waiting: tuple[tuple[bytes, str, bool], ...] = ()
    closings: tuple[tuple[IdentityId, int], ...] = ()


class MemoryStore:
    """What one simulated node keeps; all nodes of a simulation take part in the same spaces."""

    def __init__(self, network: str, clock: Clock, image: Image | None = None) -> None:
        self._network = network
        self._clock = clock
        self._replica = Replica(network)
        self._compared = Compared(self._replica)
        self._closings: dict[IdentityId, int] = {}
        self._ids: dict[bytes, bytes] = {}
        if image is not None:
            self._restore(image)

    @property
    def network(self) -> str:
        """See `Store`."""
        return self._network

    def workers(self, _count: int) -> Workers:
        """See `Store`."""
        return Immediate()

    # Changes.

    async def absorb(self, batch: Batch, *, now_ms: int) -> Changes:
        """See `Store`."""
        changes = work_out(self._replica, batch.operations, batch.records, now_ms=now_ms, network=self._network)
        self._carry_out(changes, batch.source)
        if changes.put_operations:
            self._note_closings(changes.put_operations, now_ms)
        return changes

    async def sweep(self, *, now_ms: int, confirmed_day: int | None) -> Swept:
        """See `Store`; all at once."""
        over = {
            closed
            for closed, since_ms in self._closings.items()
            if since_ms <= now_ms - CLOSED_HIDDEN_DAYS * DAY_MS
        }
        last_day = -1 if confirmed_day is None else min(confirmed_day, day_of(now_ms)) - GRACE_DAYS
        gone = {record.id: record for record in self._replica.records.values() if record.expires <= last_day}
        gone |= {record.id: record for record in self._replica.beaten() if self._is_over(record, now_ms)}
        for item in list(self._replica.quarantine):
            if item.record.author in over or item.record.expires <= last_day:
                self._replica.quarantine.unpark(item.record.id)
        self._carry_out(Changes(drop_records=list(gone.values())), "sweep")
        return Swept(tuple(gone.values()), is_done=True)

    def _carry_out(self, changes: Changes, source: str) -> None:
        touched = self._replica.apply(changes, source=source)
        self._compared.note(touched, changes.put_operations, changes.drop_operations)
        put: Iterable[Operation | Record] = (*changes.put_operations, *changes.put_records)
        self._ids.update((item.id[:_PREFIX_BYTES], item.id) for item in put)

    def _is_over(self, record: Record, now_ms: int) -> bool:
        """Tell whether a beaten record is not shown any more until the winner is due."""
        here = self._replica.records_at(record.address)
        return record.expires * DAY_MS <= now_ms or any(
            other.order > record.order and other.rev - CLOCK_SKEW_MS_MAX <= now_ms for other in here
        )

    def _note_closings(self, landed: Collection[Operation], now_ms: int) -> None:
        for identity in {item.identity for item in landed if item.close or item.identity in self._closings}:
            chain = self._replica.chain(identity)
            if chain is not None and chain.is_closed:
                self._closings.setdefault(identity, now_ms)
            else:
                self._closings.pop(identity, None)

    # Reading.

    async def held(self, operation_ids: Iterable[OperationId], record_ids: Iterable[RecordId]) -> Held:
        """See `Store`."""
        replica, quarantine = self._replica, self._replica.quarantine
        asked = frozenset(record_ids)
        records = frozenset(key for key in asked if key in replica.records)
        return Held(
            frozenset(key for key in operation_ids if replica.identity_of(key) is not None),
            records,
            {key: quarantine.author_of(key) for key in asked - records if key in quarantine},
        )

    async def record(self, record_id: RecordId) -> Record | None:
        """See `Store`."""
        return self._replica.records.get(record_id)

    async def operations(self, identities: Iterable[IdentityId]) -> list[Operation]:
        """See `Store`."""
        return [item for identity in identities for item in self._parents_first(identity)]

    async def everything(self) -> Everything:
        """See `Store`."""
        day = day_of(self._clock.now_ms())
        operations = await self.operations(sorted(self._replica.identities))
        records = [record for record in self._replica.records.values() if record.expires > day]
        return Everything(tuple(operations), tuple(records))

    async def counts(self) -> Counts:
        """See `Store`."""
        waiting = [len(item.record.wire) for item in self._replica.quarantine]
        return Counts(
            records=Counter(winner.kind for winner in self._replica.winners.values()),
            identities=len(set(self._replica.identities)),
            operations=len(set(self._replica.operation_ids)),
            waiting=len(waiting),
            waiting_bytes=sum(waiting),
            archived=0,
            database_bytes=0,
        )

    def _parents_first(self, identity: IdentityId) -> list[Operation]:
        children: dict[OperationId | None, list[Operation]] = {}
        for item in sorted(self._replica.operations_of(identity), key=lambda item: item.id):
            children.setdefault(item.parent, []).append(item)
        order = children.get(None, [])
        for item in order:
            order.extend(children.get(item.id, []))
        return order

    # What sync asks.

    async def snapshot(self, scope: Scope, *, with_items: bool = False) -> Snapshot:
        """See `Store`."""
        sketch = self._compared.sketch(scope.as_of)
        if not (with_items or scope.without_items or scope.without_identities):
            return Snapshot(sketch, None)
        counted: list[bytes] = []
        for key, identity in self._in_scope(scope):
            if scope.counts(key, identity):
                counted.append(key[:ITEM_BYTES])
            else:
                sketch.remove(key[:ITEM_BYTES])
        return Snapshot(sketch, tuple(sorted(counted)) if with_items else None)

    async def ids_of(self, prefixes: Collection[bytes], scope: Scope) -> Found:
        """See `Store`; of several ids with the same first eight bytes, which nobody can afford, it knows one."""
        operations: dict[OperationId, None] = {}
        records: dict[RecordId, None] = {}
        for prefix in prefixes:
            key = self._ids.get(prefix[:_PREFIX_BYTES], b"")
            if not key.startswith(prefix):
                continue
            identity = self._replica.identity_of(OperationId(key))
            record = self._replica.records.get(RecordId(key))
            if identity is not None and scope.counts(key, identity):
                operations[OperationId(key)] = None
            elif record is not None and self._counts(record, scope):
                records[record.id] = None
        return Found(tuple(operations), tuple(records))

    async def whole_identities(self, operation_ids: Iterable[bytes]) -> list[bytes]:
        """See `Store`."""
        found = (self._replica.identity_of(OperationId(key)) for key in operation_ids)
        identities = dict.fromkeys(identity for identity in found if identity is not None)
        return [item.id for identity in identities for item in self._parents_first(identity)]

    async def wires(self, ids: Sequence[bytes]) -> Wires:
        """See `Store`."""
        operations: list[bytes] = []
        records: list[bytes] = []
        size_bytes = 0
        for position, key in enumerate(ids):
            record = self._replica.records.get(RecordId(key))
            operation = None if record is not None else self._operation(OperationId(key))
            item = record or operation
            if item is None:
                continue
            size_bytes += len(item.wire) + _ITEM_HEADER_BYTES
            if size_bytes > CHUNK_BYTES_MAX:
                return Wires(tuple(operations), tuple(records), tuple(ids[position:]))
            (operations if record is None else records).append(item.wire)
        return Wires(tuple(operations), tuple(records), ())

    def _operation(self, key: OperationId) -> Operation | None:
        identity = self._replica.identity_of(key)
        kept = self._replica.operations_of(identity) if identity is not None else ()
        return next((item for item in kept if item.id == key), None)

    def _in_scope(self, scope: Scope) -> Iterator[tuple[bytes, bytes]]:
        """Yield the id and the identity of everything that a scope names, declined or not."""
        for identity in self._replica.identities:
            for operation in self._replica.operations_of(identity):
                yield operation.id, identity
        for record in self._replica.winners.values():
            if record.expires > scope.as_of and record.space in scope.spaces:
                yield record.id, record.author

    def _counts(self, record: Record, scope: Scope) -> bool:
        winner = self._replica.winners.get(record.address)
        is_live = winner is not None and winner.id == record.id and record.expires > scope.as_of
        return is_live and record.space in scope.spaces and scope.counts(record.id, record.author)

    # Crashes.

    def image(self) -> Image:
        """Return what would be on the disk if the node stopped dead now."""
        replica = self._replica
        operations = (item.wire for identity in replica.identities for item in replica.operations_of(identity))
        return Image(
            tuple(operations),
            tuple(record.wire for record in replica.records.values()),
            tuple((item.record.wire, item.source, item.was_held) for item in replica.quarantine),
            tuple(self._closings.items()),
        )

    def _restore(self, image: Image) -> None:
        network = self._network
        self._carry_out(
            Changes(
                put_operations=[read_stored_operation(wire, network=network) for wire in image.operations],
                put_records=[read_stored(wire, network=network) for wire in image.records],
            ),
            "disk",
        )
        for wire, source, was_held in image.waiting:
            self._replica.quarantine.park(Waiting(read_stored(wire, network=network), source, was_held))
        self._closings = dict(image.closings)

"""Wires into verified operations and records, in threads and no more often than needed.

What is held or waits was verified when it came, so its id is enough. An id does not cover the signature: a wire
that does not verify therefore says nothing about the next one with the same id.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

import trio

from folkmoot.bundle import Bundle, OpenedBundle, open_gossip, unpack
from folkmoot.canonical import decode
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, open_operation
from folkmoot.ids import IdentityId, IdPrefix, OperationId, RecordId, short
from folkmoot.keys import digest
from folkmoot.limits import GOSSIP_BYTES_MAX, OPERATION_BYTES_MAX, RECORD_BYTES_MAX
from folkmoot.record import Record, open_record
from folkmoot_node.store import Held
from folkmoot_node.store.workers import Workers

CHUNK_MAX = 64
"""Wires opened in one call of a thread: a call costs as much as a signature."""

INLINE_MAX = 2
"""Wires that are opened in the event loop, because a thread would cost more."""

THREADS = max(2, os.cpu_count() or 1)
UNREADABLE = "unreadable"

_T = TypeVar("_T")


class Refusal(NamedTuple):
    """What was not taken: its short id as far as it could be read, the rule, and why for people."""

    item: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What of some wires verified, and what became of the others.

    Attributes:
        operations: Those that are new.
        records: Those that are new.
        held: How many are held and were not looked at.
        waiting: Authors of records that wait in quarantine and were not looked at.
        refused: What no honest peer sends.
        verified: How many wires had their signatures checked.
    """

    operations: Sequence[Operation]
    records: Sequence[Record]
    held: int = 0
    waiting: frozenset[IdentityId] = frozenset()
    refused: tuple[Refusal, ...] = ()
    verified: int = 0


class Message(NamedTuple):
    """A gossip message taken apart; an id is `None` where an item is not even an envelope."""

    bundle: Bundle
    operation_ids: tuple[bytes | None, ...]
    record_ids: tuple[bytes | None, ...]


class Openings:
    """What the protocol says of bytes: pure, so a simulation of many nodes can remember it for all of them."""

    def __init__(self, network: str) -> None:
        self.network = network

    def operation_id(self, wire: bytes) -> bytes | None:
        """Return the id that an operation has if it verifies, or `None` when it is not even an envelope."""
        return _id_of(wire, "identity", OPERATION_BYTES_MAX, self.network)

    def record_id(self, wire: bytes) -> bytes | None:
        """Return the id that a record has if it verifies, or `None` when it is not even an envelope."""
        return _id_of(wire, "record", RECORD_BYTES_MAX, self.network)

    def operation(self, wire: bytes) -> Operation:
        """Open an operation; see `folkmoot.identity.open_operation`."""
        return open_operation(wire, network=self.network)

    def record(self, wire: bytes) -> Record:
        """Open a record; see `folkmoot.record.open_record`."""
        return open_record(wire, network=self.network)

    def message(self, data: bytes) -> Message:
        """Take a gossip message apart.

        Raises:
            DecodeError: It is no bundle of this network, or an item comes twice.
        """
        bundle = unpack(data, network=self.network, bytes_max=GOSSIP_BYTES_MAX)
        operation_ids = tuple(map(self.operation_id, bundle.operations))
        record_ids = tuple(map(self.record_id, bundle.records))
        # Before anything costly: one genesis a hundred times over would be a hundred times its memory-hard hash.
        if len(set(operation_ids)) < len(operation_ids) or len(set(record_ids)) < len(record_ids):
            raise DecodeError("GOS-3", "an item comes twice")
        return Message(bundle, operation_ids, record_ids)

    def gossip(self, bundle: Bundle, space: str) -> OpenedBundle:
        """Open a gossip message; see `folkmoot.bundle.open_gossip`."""
        return open_gossip(bundle, space=space, network=self.network)


def _id_of(wire: bytes, purpose: str, bytes_max: int, network: str) -> bytes | None:
    try:
        envelope = decode(wire, bytes_max=bytes_max)
    except DecodeError:
        return None
    match envelope:
        case [bytes() as carried, _]:
            return digest(network, purpose, carried)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Sort(Generic[_T]):
    """How one sort of wire is named and opened."""

    prefix: IdPrefix
    open: Callable[[bytes], _T]

    def open_chunk(self, wires: Sequence[tuple[bytes, bytes | None]]) -> tuple[list[_T], list[Refusal]]:
        """Open wires, given with their ids."""
        opened: list[_T] = []
        refused: list[Refusal] = []
        for wire, key in wires:
            try:
                opened.append(self.open(wire))
            except DecodeError as error:
                name = short(self.prefix, key) if key else UNREADABLE
                refused.append(Refusal(name, error.rule, error.why))
        return opened, refused


class Shelf(Protocol):
    """What an opener asks of the store that it opens wires for; see `folkmoot_node.store.Store`."""

    @property
    def network(self) -> str:
        """Name of the network whose records are held."""
        ...

    def workers(self, count: int) -> Workers:
        """Return a place for blocking work."""
        ...

    async def held(self, operation_ids: Iterable[OperationId], record_ids: Iterable[RecordId]) -> Held:
        """Tell which ids are held or wait."""
        ...


class Opener:
    """Opens wires for a store, and leaves out those that it has."""

    def __init__(self, store: Shelf, openings: Openings) -> None:
        self._store = store
        self._openings = openings
        self._workers = store.workers(THREADS)
        self._operations = _Sort(IdPrefix.OPERATION, openings.operation)
        self._records = _Sort(IdPrefix.RECORD, openings.record)

    async def open(self, operations: Sequence[bytes], records: Sequence[bytes]) -> Opened:
        """Open the wires whose ids are neither held nor waiting.

        Raises:
            StoreError: What is held cannot be looked up.
        """
        operation_ids, record_ids = await self._work(
            partial(self._ids_of, operations, records), len(operations) + len(records)
        )
        known = await self._held(operation_ids, record_ids)
        # The same bytes are opened once: one genesis a hundred times over would be a hundred memory-hard hashes.
        new_operations, refused_operations = await self._open_all(
            self._operations,
            [
                pair
                for pair in dict.fromkeys(zip(operations, operation_ids, strict=True))
                if pair[1] not in known.operations
            ],
        )
        to_open = known.records | known.waiting.keys()
        new_records, refused_records = await self._open_all(
            self._records, [pair for pair in zip(records, record_ids, strict=True) if pair[1] not in to_open]
        )
        return Opened(
            operations=new_operations,
            records=new_records,
            held=sum(key in known.operations for key in operation_ids)
            + sum(key in known.records for key in record_ids),
            waiting=frozenset(known.waiting.values()),
            refused=(*refused_operations, *refused_records),
            verified=len(new_operations) + len(new_records) + len(refused_operations) + len(refused_records),
        )

    async def open_gossip(self, message: bytes, *, space: str) -> Opened:
        """Open a gossip message: every item of it, or none when all are held.

        Raises:
            DecodeError: The message is not in the form that gossip takes, or one of its items does not verify.
            StoreError: What is held cannot be looked up.
        """
        bundle, operation_ids, record_ids = self._openings.message(message)
        items = len(operation_ids) + len(record_ids)
        known = await self._held(operation_ids, record_ids)
        if len(known.operations) + len(known.records) == items:
            return Opened(operations=(), records=(), held=items)
        opened = await self._work(partial(self._openings.gossip, bundle, space), items)
        return Opened(operations=opened.operations, records=opened.records, verified=items)

    def _ids_of(
        self, operations: Sequence[bytes], records: Sequence[bytes]
    ) -> tuple[list[bytes | None], list[bytes | None]]:
        return list(map(self._openings.operation_id, operations)), list(map(self._openings.record_id, records))

    async def _held(self, operation_ids: Sequence[bytes | None], record_ids: Sequence[bytes | None]) -> Held:
        return await self._store.held(
            [OperationId(key) for key in operation_ids if key], [RecordId(key) for key in record_ids if key]
        )

    async def _open_all(
        self, sort: _Sort[_T], wires: Sequence[tuple[bytes, bytes | None]]
    ) -> tuple[list[_T], list[Refusal]]:
        """Open wires in chunks side by side, and return what became of them in their order."""
        size = max(1, min(CHUNK_MAX, -(-len(wires) // THREADS)))
        chunks = [wires[start : start + size] for start in range(0, len(wires), size)]
        done: dict[int, tuple[list[_T], list[Refusal]]] = {}

        async def open_one(position: int) -> None:
            chunk = chunks[position]
            done[position] = await self._work(partial(sort.open_chunk, chunk), len(chunk))

        async with trio.open_nursery() as nursery:
            for position in range(len(chunks)):
                nursery.start_soon(open_one, position)
        in_order = [done[position] for position in range(len(chunks))]
        return [item for opened, _ in in_order for item in opened], [
            one for _, refused in in_order for one in refused
        ]

    async def _work(self, work: Callable[[], _T], wires: int) -> _T:
        if wires <= INLINE_MAX:
            return work()
        return await self._workers.run(work)

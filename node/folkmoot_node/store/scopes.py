"""What two nodes compare in a sync: operations, and the live records of some spaces, but for what was declined."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from folkmoot.ids import ID_BYTES, IdentityId, OperationId, RecordId
from folkmoot.limits import ITEM_BYTES
from folkmoot.reconcile import Sketch
from folkmoot_node.store.sketches import (
    OPERATIONS,
    Sketches,
    operation_items,
    winners_after,
    winners_within,
)

MATCHES_MAX = 8
"""Operations, and records, that are found for one prefix of an id: others than the first come of minting."""

_OPERATIONS_LIKE = "SELECT id, identity FROM operations WHERE id BETWEEN ? AND ? LIMIT ?"
_RECORDS_LIKE = """
SELECT id, author, space FROM records WHERE id BETWEEN ? AND ? AND is_winner = 1 AND expires > ? LIMIT ?"""
_OPERATIONS_OF = "SELECT substr(id, 1, 16) FROM operations WHERE identity = ?"
_RECORDS_OF = """
SELECT substr(id, 1, 16) FROM records WHERE author = ? AND space = ? AND is_winner = 1 AND expires > ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a sync is about.

    Attributes:
        spaces: The spaces that both sides take part in.
        as_of: The day after which records have to expire.
        without_identities: Identities of which nothing counts, because the peer does not host them.
        without_items: First 16 bytes of the ids of what else does not count, because the peer declined it.
    """

    spaces: tuple[str, ...]
    as_of: int
    without_identities: frozenset[IdentityId] = frozenset()
    without_items: frozenset[bytes] = frozenset()

    def counts(self, item_id: bytes, identity: bytes) -> bool:
        """Tell whether something of an identity was not declined."""
        return identity not in self.without_identities and item_id[:ITEM_BYTES] not in self.without_items


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What counts at one moment; `items`, sorted, only when they were asked for. The sketch is the caller's own."""

    sketch: Sketch
    items: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True)
class Found:
    """What some prefixes of ids stand for."""

    operations: tuple[OperationId, ...]
    records: tuple[RecordId, ...]

    def items(self) -> frozenset[bytes]:
        """Return the first 16 bytes of each id."""
        return frozenset(key[:ITEM_BYTES] for key in (*self.operations, *self.records))


def snapshot(
    connection: sqlite3.Connection, sketches: Sketches, scope: Scope, *, today: int, with_items: bool
) -> Snapshot:
    """Return what counts in a scope now, on the connection that writes and while nobody else does."""
    sketches.move_to(connection, today)
    names = tuple(dict.fromkeys(scope.spaces))
    total = sketches.part(OPERATIONS)
    for space in names:
        sketches.add_part(space, total)
        _correct(connection, sketches.base_day, total, space, scope.as_of)
    declined = _declined(connection, scope, names)
    for item in declined:
        total.remove(item)
    items = _items(connection, scope, names, declined) if with_items else None
    return Snapshot(total, items)


def ids_of(connection: sqlite3.Connection, prefixes: Iterable[bytes], scope: Scope) -> Found:
    """Return the ids in a scope that begin with some bytes, in the order in which they were asked for."""
    operations: dict[OperationId, None] = {}
    records: dict[RecordId, None] = {}
    for prefix in prefixes:
        operations.update(
            (key, None) for key, identity in _operations_like(connection, prefix) if scope.counts(key, identity)
        )
        records.update(
            (key, None)
            for key, author, space in _records_like(connection, prefix, scope.as_of)
            if space in scope.spaces and scope.counts(key, author)
        )
    return Found(tuple(operations), tuple(records))


def _correct(connection: sqlite3.Connection, base_day: int, total: Sketch, space: str, as_of: int) -> None:
    """Make a sketch that holds a space as of the base hold it as of another day."""
    for item in winners_within(connection, space, base_day, as_of):
        total.remove(item)
    for item in winners_within(connection, space, as_of, base_day):
        total.add(item)


def _declined(connection: sqlite3.Connection, scope: Scope, names: Sequence[str]) -> set[bytes]:
    """Return the items that are held in a scope but for what was declined."""
    declined: set[bytes] = set()
    for identity in scope.without_identities:
        declined.update(item for (item,) in connection.execute(_OPERATIONS_OF, (identity,)))
        for space in names:
            rows = connection.execute(_RECORDS_OF, (identity, space, scope.as_of))
            declined.update(item for (item,) in rows)
    for item in scope.without_items:
        is_operation = any(True for _ in _operations_like(connection, item))
        is_record = any(space in names for _, _, space in _records_like(connection, item, scope.as_of))
        if is_operation or is_record:
            declined.add(item)
    return declined


def _items(
    connection: sqlite3.Connection, scope: Scope, names: Sequence[str], declined: set[bytes]
) -> tuple[bytes, ...]:
    items = [item for item in operation_items(connection) if item not in declined]
    for space in names:
        items += (item for item in winners_after(connection, space, scope.as_of) if item not in declined)
    items.sort()
    return tuple(items)


def _operations_like(connection: sqlite3.Connection, prefix: bytes) -> Iterator[tuple[OperationId, bytes]]:
    for key, identity in connection.execute(_OPERATIONS_LIKE, (prefix, _last(prefix), MATCHES_MAX)):
        yield OperationId(key), identity


def _records_like(
    connection: sqlite3.Connection, prefix: bytes, as_of: int
) -> Iterator[tuple[RecordId, bytes, str]]:
    for key, author, space in connection.execute(_RECORDS_LIKE, (prefix, _last(prefix), as_of, MATCHES_MAX)):
        yield RecordId(key), author, space


def _last(prefix: bytes) -> bytes:
    """Return the greatest id that begins with some bytes."""
    return prefix.ljust(ID_BYTES, b"\xff")

"""What is held, by id, for the API and for sync; every function is one query in one snapshot."""

import sqlite3
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from folkmoot.identity import Operation, read_stored_operation
from folkmoot.ids import IdentityId, OperationId, RecordId
from folkmoot.record import Record, day_of, read_stored

CHUNK_BYTES_MAX = 48 * 1024
"""Wires handed out at a time."""

_ITEM_HEADER_BYTES = 5

_SPACES = """
WITH RECURSIVE found(space) AS (
  SELECT min(space) FROM records
  UNION ALL
  SELECT (SELECT min(space) FROM records WHERE space > found.space) FROM found WHERE found.space IS NOT NULL
)
SELECT space FROM found WHERE space IS NOT NULL"""

_SHOWN = "SELECT id, wire FROM records WHERE id = ? AND shown_from <= ? AND shown_until > ?"
_REFERRING = """
SELECT refs.relation, records.id, records.author, records.wire FROM refs JOIN records USING (row)
WHERE refs.target = ? AND shown_from <= ? AND shown_until > ? ORDER BY refs.rev DESC, records.id DESC"""


@dataclass(frozen=True, slots=True)
class Held:
    """Which of the ids asked for need not be looked at again."""

    operations: frozenset[OperationId]
    records: frozenset[RecordId]
    waiting: Mapping[RecordId, IdentityId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a walk along references goes.

    Attributes:
        relations: The relations to follow; `None` means all.
        records_max: Where to stop.
        author_records_max: Records of one author beside those asked for, so that none can crowd the others out.
        trusted: The author to whom that does not apply.
        now_ms: When records have to be shown.
    """

    relations: Collection[str] | None
    records_max: int
    author_records_max: int
    trusted: IdentityId | None
    now_ms: int

    def follow(self, relation: str) -> bool:
        """Tell whether references of a relation are followed; those of our own only when named."""
        return not relation.startswith("~") if self.relations is None else relation in self.relations


@dataclass(frozen=True, slots=True)
class Closure:
    """Records around some ids, nearest first; `is_whole` unless a bound cut some off."""

    records: tuple[Record, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """How a record is held here: since when, whether it is live, and whether it is shown now."""

    received_ms: int
    is_live: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Everything:
    """All that has not expired: winners and what is shown until they are due; operations, parents first."""

    operations: tuple[Operation, ...]
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Wires:
    """Some of the items asked for, as the bytes they came in, and the ids still to be asked for."""

    operations: tuple[bytes, ...]
    records: tuple[bytes, ...]
    rest: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is held."""

    records: Mapping[str, int]
    identities: int
    operations: int
    waiting: int
    waiting_bytes: int
    archived: int
    database_bytes: int


def held(
    connection: sqlite3.Connection, operation_ids: Iterable[OperationId], record_ids: Iterable[RecordId]
) -> Held:
    """Tell which ids are held or wait."""
    operations = frozenset(key for key in operation_ids if _one(connection, _HAS_OPERATION, key))
    asked = frozenset(record_ids)
    records = frozenset(key for key in asked if _one(connection, _HAS_RECORD, key))
    (somebody_waits,) = _total(connection, "SELECT EXISTS (SELECT 1 FROM quarantine)")
    waits = {key: _one(connection, _WHO_WAITS, key) for key in asked - records} if somebody_waits else {}
    return Held(operations, records, {key: IdentityId(row[0]) for key, row in waits.items() if row})


_HAS_OPERATION = "SELECT 1 FROM operations WHERE id = ?"
_HAS_RECORD = "SELECT 1 FROM records WHERE id = ?"
_WHO_WAITS = "SELECT author FROM quarantine WHERE id = ?"
_RECORD = "SELECT wire FROM records WHERE id = ?"
_OPERATION = "SELECT wire FROM operations WHERE id = ?"


def record(connection: sqlite3.Connection, record_id: RecordId, *, network: str) -> Record | None:
    """Return a record that is held, whether or not it is shown."""
    row = _one(connection, _RECORD, record_id)
    return read_stored(row[0], network=network) if row else None


def placement(connection: sqlite3.Connection, record_id: RecordId, *, now_ms: int) -> Placement | None:
    """Say how a record is held."""
    row = connection.execute(
        "SELECT received_ms, is_winner AND expires > ?, shown_from <= ? AND shown_until > ?"
        " FROM records WHERE id = ?",
        (day_of(now_ms), now_ms, now_ms, record_id),
    ).fetchone()
    return Placement(row[0], bool(row[1]), bool(row[2])) if row else None


def operations(
    connection: sqlite3.Connection, identities: Iterable[IdentityId], *, network: str
) -> list[Operation]:
    """Return the operations kept of identities, parents before those that follow them."""
    query = "SELECT wire FROM operations WHERE identity = ?"
    return [
        operation
        for identity in identities
        for operation in _parents_first(
            read_stored_operation(wire, network=network) for (wire,) in connection.execute(query, (identity,))
        )
    ]


def everything(connection: sqlite3.Connection, *, day: int, network: str) -> Everything:
    """Return all operations, and all records that expire later than a day."""
    operation_rows = connection.execute("SELECT wire FROM operations ORDER BY identity, id")
    record_rows = connection.execute("SELECT wire FROM records WHERE expires > ?", (day,))
    return Everything(
        tuple(_parents_first(read_stored_operation(wire, network=network) for (wire,) in operation_rows)),
        tuple(read_stored(wire, network=network) for (wire,) in record_rows),
    )


def _parents_first(operations: Iterable[Operation]) -> list[Operation]:
    """Return operations so that each follows its parent."""
    children: dict[OperationId | None, list[Operation]] = {}
    for item in operations:
        children.setdefault(item.parent, []).append(item)
    order = children.get(None, [])
    for item in order:
        order.extend(children.get(item.id, []))
    return order


def closure(connection: sqlite3.Connection, start: Iterable[bytes], bounds: Bounds, *, network: str) -> Closure:
    """Walk outwards from ids along references in both directions.

    An id of anything will do: a record leads to what it refers to and to what refers to it; a document or an
    identity leads to the records that refer to it.
    """
    walk = _Walk(bounds, network)
    ids = deque(dict.fromkeys(start))
    seen = set(ids)
    # What was asked for comes before all that hangs on it.
    for here in tuple(ids):
        walk.take_record(connection, here)
    while ids and not walk.is_full:
        here = ids.popleft()
        for item in walk.around(connection, here):
            onward = [item.id, *(ref.target for ref in item.refs if bounds.follow(ref.relation))]
            fresh = [key for key in onward if key not in seen]
            seen.update(fresh)
            ids.extend(fresh)
    return Closure(tuple(walk.found.values()), walk.is_whole)


class _Walk:
    """What a walk along references has found, and what room it has left."""

    def __init__(self, bounds: Bounds, network: str) -> None:
        self._bounds = bounds
        self._network = network
        self._counts: Counter[bytes] = Counter()
        self.found: dict[RecordId, Record] = {}
        self.is_whole = True
        self.is_full = False

    def take_record(self, connection: sqlite3.Connection, here: bytes) -> Record | None:
        """Take the record of an id, if it is one that is shown; its author's share does not matter."""
        for record_id, wire in connection.execute(_SHOWN, (here, self._bounds.now_ms, self._bounds.now_ms)):
            return self._take(RecordId(record_id), wire)
        return None

    def around(self, connection: sqlite3.Connection, here: bytes) -> Iterator[Record]:
        """Take and yield the record of an id and the shown records that refer to it."""
        item = self.take_record(connection, here)
        if item is not None:
            yield item
        rows = connection.execute(_REFERRING, (here, self._bounds.now_ms, self._bounds.now_ms))
        for relation, record_id, author, wire in rows:
            if not self._bounds.follow(relation) or not self._has_share(record_id, author):
                continue
            item = self._take(RecordId(record_id), wire)
            if item is None:
                return
            yield item

    def _has_share(self, record_id: bytes, author: bytes) -> bool:
        """Tell whether a record is found already or its author has room for it, which is then used."""
        if record_id in self.found or author == self._bounds.trusted:
            return True
        if self._counts[author] == self._bounds.author_records_max:
            self.is_whole = False
            return False
        self._counts[author] += 1
        return True

    def _take(self, record_id: RecordId, wire: bytes) -> Record | None:
        if record_id not in self.found:
            if len(self.found) == self._bounds.records_max:
                self.is_whole, self.is_full = False, True
                return None
            self.found[record_id] = read_stored(wire, network=self._network)
        return self.found[record_id]


def spaces(connection: sqlite3.Connection) -> list[str]:
    """Return the spaces of which anything is held."""
    return [space for (space,) in connection.execute(_SPACES)]


def whole_identities(
    connection: sqlite3.Connection, operation_ids: Iterable[bytes], *, network: str
) -> list[bytes]:
    """Return the ids of all operations of the identities that some belong to: each identity's in one piece."""
    rows = (connection.execute("SELECT identity FROM operations WHERE id = ?", (key,)) for key in operation_ids)
    identities = dict.fromkeys(IdentityId(identity) for found in rows for (identity,) in found)
    return [item.id for item in operations(connection, identities, network=network)]


def wires(connection: sqlite3.Connection, ids: Sequence[bytes]) -> Wires:
    """Return the first of the items as they came, as many as make up a chunk; what is not held is left out."""
    found_operations: list[bytes] = []
    found_records: list[bytes] = []
    size_bytes = 0
    for position, key in enumerate(ids):
        for query, found in ((_OPERATION, found_operations), (_RECORD, found_records)):
            for (wire,) in connection.execute(query, (key,)):
                size_bytes += len(wire) + _ITEM_HEADER_BYTES
                if size_bytes > CHUNK_BYTES_MAX:
                    return Wires(tuple(found_operations), tuple(found_records), tuple(ids[position:]))
                found.append(wire)
    return Wires(tuple(found_operations), tuple(found_records), ())


def counts(connection: sqlite3.Connection) -> Counts:
    """Count what is held."""
    by_kind = connection.execute("SELECT kind, count(*) FROM records WHERE is_winner = 1 GROUP BY kind")
    identities, operations_held = _total(connection, "SELECT count(DISTINCT identity), count(*) FROM operations")
    waiting, waiting_bytes = _total(connection, "SELECT count(*), coalesce(sum(size_bytes), 0) FROM quarantine")
    (archived,) = _total(connection, "SELECT count(*) FROM own_records")
    (pages,) = _total(connection, "PRAGMA page_count")
    (page_bytes,) = _total(connection, "PRAGMA page_size")
    return Counts(
        records=dict(by_kind.fetchall()),
        identities=identities,
        operations=operations_held,
        waiting=waiting,
        waiting_bytes=waiting_bytes,
        archived=archived,
        database_bytes=pages * page_bytes,
    )


def _one(connection: sqlite3.Connection, query: str, key: bytes) -> tuple[bytes] | None:
    found: tuple[bytes] | None = connection.execute(query, (key,)).fetchone()
    return found


def _total(connection: sqlite3.Connection, query: str) -> tuple[int, ...]:
    found: tuple[int, ...] = connection.execute(query).fetchone()
    return found

"""The replicated set in tables: what `absorb` looks at, and how its changes are carried out."""

import itertools
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from folkmoot.identity import Operation, read_stored_operation
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS
from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS, INTEGER_MAX
from folkmoot.record import Address, Record, read_stored
from folkmoot_node.store.words import PARTY, labels_of, parties_of, words_of

_NEVER = INTEGER_MAX

_RECORDS_AT = """
SELECT wire FROM records INDEXED BY records_by_address
WHERE author = ? AND kind = ? AND space = ? AND slot = ?"""
_BETWEEN_KINDS = """
SELECT wire FROM records INDEXED BY records_by_address
WHERE author = ? AND space = ? AND kind > ? AND kind < ?"""
_ROWS_AT = """
SELECT row, rev FROM records INDEXED BY records_by_address
WHERE author = ? AND kind = ? AND space = ? AND slot = ? ORDER BY expires DESC, rev DESC, id DESC"""

_KINDS_AND_ENDS = ("", *sorted(KINDS), "~")
"""The known kinds between the texts that come before and after every name of a kind."""


class HeldView:
    """What is held and what waits, as `folkmoot.replica.View` wants to see it.

    Attributes:
        occupied: The addresses that were asked for and at which something was held.
    """

    def __init__(self, connection: sqlite3.Connection, network: str) -> None:
        self._connection = connection
        self._network = network
        self.occupied: set[Address] = set()

    def operations_of(self, identity: IdentityId) -> Collection[Operation]:
        """See `folkmoot.replica.View`."""
        return operations_of(self._connection, identity, network=self._network)

    def records_at(self, address: Address) -> Collection[Record]:
        """See `folkmoot.replica.View`."""
        records = self._records(_RECORDS_AT, (address.author, address.kind, address.space, address.slot))
        if records:
            self.occupied.add(address)
        return records

    def records_of(self, author: IdentityId) -> Collection[Record]:
        """See `folkmoot.replica.View`."""
        return self._records("SELECT wire FROM records WHERE author = ?", (author,))

    def unknown_of(self, author: IdentityId, space: str) -> Collection[Record]:
        """See `folkmoot.replica.View`."""
        found = [
            record
            for gap in itertools.pairwise(_KINDS_AND_ENDS)
            for record in self._records(_BETWEEN_KINDS, (author, space, *gap))
        ]
        self.occupied.update(record.address for record in found)
        return found

    def waiting_for(self, author: IdentityId) -> Collection[Record]:
        """See `folkmoot.replica.View`."""
        return self._records("SELECT wire FROM quarantine WHERE author = ? ORDER BY seq", (author,))

    def _records(self, query: str, values: Sequence[object]) -> list[Record]:
        return [read_stored(wire, network=self._network) for (wire,) in self._connection.execute(query, values)]


def operations_of(connection: sqlite3.Connection, identity: IdentityId, *, network: str) -> list[Operation]:
    """Return the operations kept of an identity."""
    rows = connection.execute("SELECT wire FROM operations WHERE identity = ?", (identity,))
    return [read_stored_operation(wire, network=network) for (wire,) in rows]


def put_operations(connection: sqlite3.Connection, operations: Iterable[Operation]) -> None:
    """Keep operations."""
    connection.executemany(
        "INSERT INTO operations VALUES (?, ?, ?)", [(item.id, item.identity, item.wire) for item in operations]
    )


def drop_operations(connection: sqlite3.Connection, operations: Iterable[Operation]) -> None:
    """Keep operations no longer."""
    connection.executemany("DELETE FROM operations WHERE id = ?", [(item.id,) for item in operations])


def put_records(connection: sqlite3.Connection, records: Sequence[Record], *, now_ms: int, network: str) -> None:
    """Hold records, each as the only one at its address; see `settle` for those that are not."""
    (last,) = connection.execute("SELECT coalesce(max(row), 0) FROM records").fetchone()
    rows = list(zip(itertools.count(last + 1), records))
    connection.executemany(
        "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
        [
            (
                row,
                item.id,
                item.author,
                item.space,
                item.kind,
                item.slot,
                item.rev,
                item.expires,
                _NEVER if item.is_tombstone else item.rev - CLOCK_SKEW_MS_MAX,
                item.expires * DAY_MS,
                now_ms,
                item.wire,
            )
            for row, item in rows
        ],
    )
    connection.executemany("INSERT INTO refs VALUES (?, ?, ?, ?)", _ref_rows(rows, network))
    connection.executemany("INSERT INTO skills VALUES (?, ?, ?, ?)", _skill_rows(rows))
    connection.executemany("INSERT INTO search (rowid, words) VALUES (?, ?)", _search_rows(rows))


def drop_records(connection: sqlite3.Connection, records: Sequence[Record], *, network: str) -> None:
    """Hold records no longer."""
    rows = [
        (row, item)
        for item in records
        for (row,) in connection.execute("SELECT row FROM records WHERE id = ?", (item.id,))
    ]
    connection.executemany("DELETE FROM records WHERE row = ?", [(row,) for row, _item in rows])
    connection.executemany(
        "DELETE FROM refs WHERE target = ? AND relation = ? AND rev = ? AND row = ?", _ref_rows(rows, network)
    )
    connection.executemany(
        "DELETE FROM skills WHERE label = ? AND kind = ? AND rev = ? AND row = ?", _skill_rows(rows)
    )
    connection.executemany("INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)", _search_rows(rows))


def settle(connection: sqlite3.Connection, addresses: Iterable[Address]) -> None:
    """Write down anew who wins at addresses and until when the others are shown."""
    for address in addresses:
        shown_until = _NEVER
        at = (address.author, address.kind, address.space, address.slot)
        for position, (row, rev) in enumerate(connection.execute(_ROWS_AT, at).fetchall()):
            connection.execute(
                "UPDATE records SET is_winner = ?, shown_until = min(?, expires * ?) WHERE row = ?",
                (position == 0, shown_until, DAY_MS, row),
            )
            shown_until = min(shown_until, rev - CLOCK_SKEW_MS_MAX)


def crowded(records: Iterable[Record]) -> set[Address]:
    """Return the addresses at which there are several of these records."""
    return {address for address, count in Counter(item.address for item in records).items() if count > 1}


def _ref_rows(rows: Iterable[tuple[int, Record]], network: str) -> list[tuple[bytes, str, int, int]]:
    return [
        (target, relation, item.rev, row)
        for row, item in rows
        for relation, target in (*item.refs, *((PARTY, party) for party in parties_of(item, network=network)))
    ]


def _skill_rows(rows: Iterable[tuple[int, Record]]) -> list[tuple[str, str, int, int]]:
    return [(label, item.kind, item.rev, row) for row, item in rows for label in labels_of(item)]


def _search_rows(rows: Iterable[tuple[int, Record]]) -> list[tuple[int, str]]:
    found = [(row, words_of(item)) for row, item in rows]
    return [(row, words) for row, words in found if words]

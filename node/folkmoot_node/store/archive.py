"""What the people of this node have ever said: kept for ever, even when it was beaten, deleted or has expired."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from folkmoot.ids import IdentityId
from folkmoot.record import Record, read_stored
from folkmoot_node.store.finding import Page

_COPY_HELD = """
INSERT OR IGNORE INTO own_records
SELECT id, author, space, kind, slot, rev, expires, wire, received_ms FROM records WHERE author = ?"""


class Spoken(NamedTuple):
    """Something that an own identity said, and since when this node has it; 0 when it was not noted."""

    record: Record
    received_ms: int


def adopt(connection: sqlite3.Connection, identity: IdentityId) -> None:
    """Count an identity among this node's own, with all that is held of it already."""
    connection.execute("INSERT OR IGNORE INTO own_identities VALUES (?)", (identity,))
    connection.execute(_COPY_HELD, (identity,))


def own_identities(connection: sqlite3.Connection) -> frozenset[IdentityId]:
    """Return this node's own identities."""
    rows = connection.execute("SELECT identity FROM own_identities")
    return frozenset(IdentityId(identity) for (identity,) in rows)


def keep(connection: sqlite3.Connection, records: Iterable[Record], *, now_ms: int) -> None:
    """Archive records."""
    connection.executemany(
        "INSERT OR IGNORE INTO own_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (item.id, item.author, item.space, item.kind, item.slot, item.rev, item.expires, item.wire, now_ms)
            for item in records
        ],
    )


def archived(connection: sqlite3.Connection, author: IdentityId, page: Page, *, network: str) -> list[Record]:
    """Return what an own identity ever said, newest first."""
    query = (
        "SELECT wire FROM own_records WHERE author = :author AND rev <= :rev AND (rev < :rev OR id < :id)"
        " ORDER BY rev DESC, id DESC LIMIT :limit"
    )
    rows = connection.execute(query, {"author": author, **page.values})
    return [read_stored(wire, network=network) for (wire,) in rows]


def spoken(connection: sqlite3.Connection, author: IdentityId, *, network: str) -> list[Spoken]:
    """Return all that an own identity ever said, with since when it is here."""
    rows = connection.execute("SELECT wire, received_ms FROM own_records WHERE author = ?", (author,))
    return [Spoken(read_stored(wire, network=network), received_ms) for wire, received_ms in rows]

"""Records that wait for operations of their author: verified, bounded, and the oldest given up first."""

import sqlite3
from collections.abc import Container, Iterable

from folkmoot.record import Record

RECORDS_MAX = 4096
BYTES_MAX = 8 * 1024 * 1024
RECORDS_PER_SOURCE_MAX = 512
BYTES_PER_SOURCE_MAX = 1024 * 1024

_TRIM_SOURCE = """
DELETE FROM quarantine WHERE seq IN (
  SELECT seq FROM (
    SELECT seq, row_number() OVER newest_first AS number, sum(size_bytes) OVER newest_first AS bytes
    FROM quarantine WHERE was_held = 0 AND source = ? WINDOW newest_first AS (ORDER BY seq DESC)
  ) WHERE number > ? OR bytes > ?
)"""
_TRIM_ALL = """
DELETE FROM quarantine WHERE seq IN (
  SELECT seq FROM (
    SELECT seq, row_number() OVER newest_first AS number, sum(size_bytes) OVER newest_first AS bytes
    FROM quarantine WHERE was_held = 0 WINDOW newest_first AS (ORDER BY seq DESC)
  ) WHERE number > ? OR bytes > ?
)"""


def park(
    connection: sqlite3.Connection, records: Iterable[Record], *, source: str, were_held: Container[Record]
) -> None:
    """Let records wait; what a source or all together have too much of goes, the oldest first.

    Records that were held until now keep their room: nobody's dispute can push them out.
    """
    connection.executemany(
        "INSERT OR IGNORE INTO quarantine (id, author, source, was_held, expires, size_bytes, wire)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (item.id, item.author, source, item in were_held, item.expires, len(item.wire), item.wire)
            for item in records
        ],
    )
    connection.execute(_TRIM_SOURCE, (source, RECORDS_PER_SOURCE_MAX, BYTES_PER_SOURCE_MAX))
    connection.execute(_TRIM_ALL, (RECORDS_MAX, BYTES_MAX))


def unpark(connection: sqlite3.Connection, records: Iterable[Record]) -> None:
    """Let records wait no longer."""
    connection.executemany("DELETE FROM quarantine WHERE id = ?", [(item.id,) for item in records])


def drop_expired(connection: sqlite3.Connection, *, last_day: int) -> None:
    """Give up records that expired on or before a day."""
    connection.execute("DELETE FROM quarantine WHERE expires <= ?", (last_day,))

"""What is to be taken away in a file: all that is live, or what some authors have, or what is in some spaces."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from folkmoot.ids import IdentityId, RecordId
from folkmoot_node.store.reading import spaces

_IN_SPACE = """
SELECT id, author, length(wire) FROM records WHERE space = ? AND expires > ? AND is_winner = 1"""
_OF_AUTHOR = """
SELECT id, author, length(wire) FROM records
WHERE author = ? AND space = ? AND expires > ? AND is_winner = 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which live records are meant, and with them the operations of their authors.

    Attributes:
        day: The records expire after it.
        authors: Whose; everybody's when there are none. Of those named, operations count without records too.
        spaces: In which spaces; in all when there are none.
    """

    day: int
    authors: tuple[IdentityId, ...] = ()
    spaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a selection comes to: whose operations, which records, and about how many bytes."""

    identities: tuple[IdentityId, ...]
    records: tuple[RecordId, ...]
    size_bytes: int


def choose(connection: sqlite3.Connection, selection: Selection) -> Chosen:
    """Find what a selection means, in one moment."""
    records: list[RecordId] = []
    authors: set[IdentityId] = set(selection.authors)
    size_bytes = 0
    for record_id, author, length_bytes in _rows(connection, selection):
        records.append(RecordId(record_id))
        authors.add(IdentityId(author))
        size_bytes += length_bytes
    if not selection.authors and not selection.spaces:
        found = connection.execute("SELECT DISTINCT identity FROM operations")
        authors.update(IdentityId(identity) for (identity,) in found)
    kept = {identity: length for identity in authors if (length := _length_of(connection, identity))}
    return Chosen(tuple(sorted(kept)), tuple(sorted(records)), size_bytes + sum(kept.values()))


def _rows(connection: sqlite3.Connection, selection: Selection) -> Iterator[tuple[bytes, bytes, int]]:
    for space in selection.spaces or spaces(connection):
        if not selection.authors:
            yield from connection.execute(_IN_SPACE, (space, selection.day))
        for author in selection.authors:
            yield from connection.execute(_OF_AUTHOR, (author, space, selection.day))


def _length_of(connection: sqlite3.Connection, identity: IdentityId) -> int:
    """Return how many bytes the operations of an identity have; 0 when none are held."""
    query = "SELECT coalesce(sum(length(wire)), 0) FROM operations WHERE identity = ?"
    ((length_bytes,),) = connection.execute(query, (identity,)).fetchall()
    return int(length_bytes)

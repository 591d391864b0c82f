"""What the disk and SQLite can do to us, each as one sentence for the person who runs the node."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from folkmoot.errors import DecodeError
from folkmoot_node.errors import StoreError

_PRIMARY_CODE_MASK = 0xFF

_DAMAGED = (
    "The database file is damaged.",
    "Restore it from a backup, or move it away and fetch everything from your peers again.",
)
_WHAT_HAPPENED = {
    sqlite3.SQLITE_FULL: ("The disk is full, so nothing was stored.", "Free some space and start again."),
    sqlite3.SQLITE_IOERR: (
        "The disk failed while the database was read or written.",
        "Check the disk and the space left on it.",
    ),
    sqlite3.SQLITE_READONLY: ("The database cannot be written.", "Check who owns the data folder."),
    sqlite3.SQLITE_CANTOPEN: ("The database cannot be opened.", "Check that the data folder exists and is yours."),
    sqlite3.SQLITE_PERM: ("The database cannot be opened.", "Check that the data folder exists and is yours."),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: ("The database file is not a database.", "Move it away and start again."),
    sqlite3.SQLITE_BUSY: ("Another program is using the database.", "Close that program and start again."),
}
_ANYTHING_ELSE = ("The database refused a change.", "Please report this with the log.")


EXPECTED = (sqlite3.Error, DecodeError)
"""What the disk can do to a query or a change; what SQLite does not notice is a stored wire that cannot be read."""


def store_error(error: sqlite3.Error | DecodeError) -> StoreError:
    """Put one of these errors into words."""
    if isinstance(error, DecodeError):
        message, advice = _DAMAGED
    else:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE_MASK
        message, advice = _WHAT_HAPPENED.get(code, _ANYTHING_ELSE)
    return StoreError(message, advice=advice)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn every such error in the block into a sentence.

    Raises:
        StoreError: The disk or the database did not do its work.
    """
    try:
        yield
    except EXPECTED as error:
        raise store_error(error) from error

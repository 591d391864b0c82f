"""Identities that are closed: their records are hidden at once, and wait a while in case the closing is undone."""

import sqlite3
from collections.abc import Collection

from folkmoot.chain import read_chain
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId
from folkmoot.limits import CLOSED_HIDDEN_DAYS, DAY_MS
from folkmoot_node.store.holding import operations_of


def note(connection: sqlite3.Connection, landed: Collection[Operation], *, now_ms: int, network: str) -> None:
    """Note which of the identities that changed are closed now, and since when."""
    ending = {operation.identity for operation in landed if operation.close}
    for identity in ending | {
        operation.identity for operation in landed if _is_noted(connection, operation.identity)
    }:
        chain = read_chain(operations_of(connection, identity, network=network), network=network)
        if chain is not None and chain.is_closed:
            connection.execute("INSERT OR IGNORE INTO closings VALUES (?, ?)", (identity, now_ms))
        else:
            connection.execute("DELETE FROM closings WHERE identity = ?", (identity,))


def _is_noted(connection: sqlite3.Connection, identity: IdentityId) -> bool:
    return connection.execute("SELECT 1 FROM closings WHERE identity = ?", (identity,)).fetchone() is not None


def forget(connection: sqlite3.Connection, identity: IdentityId) -> None:
    """Note nothing of an identity any more."""
    connection.execute("DELETE FROM closings WHERE identity = ?", (identity,))


def drop_hidden(connection: sqlite3.Connection, *, now_ms: int) -> None:
    """Give up the records of identities that have been closed for long enough."""
    connection.execute(
        "DELETE FROM quarantine WHERE author IN (SELECT identity FROM closings WHERE since_ms <= ?)",
        (now_ms - CLOSED_HIDDEN_DAYS * DAY_MS,),
    )

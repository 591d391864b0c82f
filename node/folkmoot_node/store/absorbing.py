"""How what lands changes the database, and what is swept out when its time is over; each in one transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from folkmoot.identity import Operation
from folkmoot.ids import IdentityId
from folkmoot.record import Record, day_of, read_stored
from folkmoot.replica import Changes
from folkmoot.replica import absorb as work_out
from folkmoot.rules import Accept, Ignore, Verdict
from folkmoot_node.store import archive, closings, holding, quarantine
from folkmoot_node.store.reading import spaces

SWEPT_MAX = 500
"""Records swept out in one transaction, so that nobody waits long."""

GRACE_DAYS = 2
"""Days for which an expired record stays, because clocks differ."""


@dataclass(frozen=True, slots=True)
class Swept:
    """Records that are held no longer; `is_done` when there are no more of that sort."""

    records: tuple[Record, ...]
    is_done: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """What landed together from one source."""

    operations: Sequence[Operation]
    records: Sequence[Record]
    source: str


def absorb(connection: sqlite3.Connection, batch: Batch, *, now_ms: int, network: str) -> Changes:
    """Take a batch into the replicated set."""
    view = holding.HeldView(connection, network)
    changes = work_out(view, batch.operations, batch.records, now_ms=now_ms, network=network)
    holding.drop_operations(connection, changes.drop_operations)
    holding.put_operations(connection, changes.put_operations)
    holding.drop_records(connection, changes.drop_records, network=network)
    holding.put_records(connection, changes.put_records, now_ms=now_ms, network=network)
    touched = {item.address for item in (*changes.put_records, *changes.drop_records)}
    holding.settle(connection, (touched & view.occupied) | holding.crowded(changes.put_records))
    quarantine.unpark(connection, changes.unpark)
    if changes.park:
        quarantine.park(connection, changes.park, source=batch.source, were_held=frozenset(changes.drop_records))
    own = archive.own_identities(connection)
    archive.keep(
        connection,
        [item for item, verdict in changes.verdicts if item.author in own and _counts(verdict)],
        now_ms=now_ms,
    )
    closings.note(connection, changes.put_operations, now_ms=now_ms, network=network)
    return changes


def forget(connection: sqlite3.Connection, identity: IdentityId, *, network: str) -> int:
    """Hold nothing of an identity any more, and return how many operations and records that was."""
    view = holding.HeldView(connection, network)
    operations, records = view.operations_of(identity), tuple(view.records_of(identity))
    holding.drop_operations(connection, operations)
    holding.drop_records(connection, records, network=network)
    waiting = view.waiting_for(identity)
    quarantine.unpark(connection, waiting)
    closings.forget(connection, identity)
    return len(operations) + len(records) + len(waiting)


def _counts(verdict: Verdict) -> bool:
    """Tell whether a record was in order, though another may have won its address."""
    return isinstance(verdict, Accept) or (isinstance(verdict, Ignore) and verdict.rule == "SLT-2")


def sweep(connection: sqlite3.Connection, *, now_ms: int, confirmed_day: int | None, network: str) -> Swept:
    """Drop some of what is beaten by a record that is due, and of what expired before the days of grace.

    Nothing is dropped as expired unless a peer has confirmed the day: our own clock may be wrong.
    """
    closings.drop_hidden(connection, now_ms=now_ms)
    rows = connection.execute(
        "SELECT wire FROM records WHERE is_winner = 0 AND shown_until <= ? LIMIT ?", (now_ms, SWEPT_MAX)
    ).fetchall()
    if confirmed_day is not None:
        last_day = min(confirmed_day, day_of(now_ms)) - GRACE_DAYS
        quarantine.drop_expired(connection, last_day=last_day)
        for space in spaces(connection):
            rows += connection.execute(
                "SELECT wire FROM records WHERE space = ? AND expires <= ? LIMIT ?",
                (space, last_day, max(0, SWEPT_MAX - len(rows))),
            ).fetchall()
    records = {item.id: item for item in (read_stored(wire, network=network) for (wire,) in rows)}
    holding.drop_records(connection, tuple(records.values()), network=network)
    holding.settle(connection, {item.address for item in records.values()})
    return Swept(tuple(records.values()), len(rows) < SWEPT_MAX)

"""Sketches of what is held, always at hand, so that comparing with a peer reads nothing from the disk.

Theory of operation: there is one sketch of all operations, and one of each space: of its winners that expire after
a day, the base. The database itself notes, by triggers and so in the same transaction, each item that comes to
count and each that no longer does. After a commit the notes are carried over into the sketches in memory; every few
thousand the sketches are written down and the notes are deleted, in one transaction. Opening reads what was written
and carries the notes over, whatever had killed the node. Sketches are linear, so that another day is a matter of
the items that expire between the two.

Spec: sync.md
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from folkmoot.errors import MisuseError
from folkmoot.reconcile import Sketch
from folkmoot_node.store.failure import EXPECTED
from folkmoot_node.store.reading import spaces

OPERATIONS = ""
"""Name of the part that has all operations; no space has this name."""

CHANGES_MAX = 4096
"""Changes noted before the sketches are written anew; opening carries at most a few more than so many over."""

_NOTES = "SELECT seq, part, item, expires, step FROM sketch_changes WHERE seq > ? ORDER BY seq"
_WITHIN_DAYS = "FROM records WHERE space = ? AND expires > ? AND expires <= ? AND is_winner = 1"
_AFTER_DAY = "FROM records WHERE space = ? AND expires > ? AND is_winner = 1"

_log = structlog.get_logger(__name__)


class Sketches:
    """The sketches of one database; only whoever may write at the time may touch them.

    Attributes:
        base_day: The sketches of spaces hold the winners that expire after it.
    """

    def __init__(self, connection: sqlite3.Connection, *, today: int, is_lasting: bool = True) -> None:
        """Read the sketches of a database that nobody else writes to, or make them where there are none.

        Args:
            connection: Leads to it.
            today: The day to begin with.
            is_lasting: Whether the database outlives the connection, so that writing at the end is worth it.

        Raises:
            sqlite3.Error: The disk or the database does not do its work.
        """
        self._parts: dict[str, Sketch] = {}
        self._unwritten: set[str] = set()
        self._carried = 0
        self._is_lasting = is_lasting
        self.base_day = today
        if self._read(connection):
            self.move_to(connection, today)
        else:
            self._build(connection)

    def part(self, name: str) -> Sketch:
        """Return a copy of a part, the caller's own."""
        held = self._parts.get(name)
        return Sketch() if held is None else held.copy()

    def add_part(self, name: str, total: Sketch) -> None:
        """Add a part to the caller's sketch."""
        if name in self._parts:
            total.merge(self._parts[name])

    def committed(self, connection: sqlite3.Connection) -> None:
        """See `connecting.Follower`."""
        try:
            self.catch_up(connection)
            if self._carried >= CHANGES_MAX:
                self.write(connection)
        except EXPECTED as error:
            # Nothing is lost: the notes are on the disk, and the next commit or reader begins where this one did.
            _log.warning("sketches lag behind", reason=str(error))

    def closing(self, connection: sqlite3.Connection) -> None:
        """See `connecting.Follower`."""
        if not self._is_lasting:
            return
        try:
            self.catch_up(connection)
            self.write(connection)
        except EXPECTED as error:
            _log.warning("sketches not written at the end; the notes are", reason=str(error))

    def catch_up(self, connection: sqlite3.Connection) -> None:
        """Carry over what was noted since the last time.

        Raises:
            sqlite3.Error: The disk or the database does not do its work; nothing was carried over.
        """
        rows = connection.execute(_NOTES, (self._carried,)).fetchall()
        if not rows:
            return
        steps: Counter[tuple[str, bytes]] = Counter()
        for _seq, part, item, expires, step in rows:
            if expires > self.base_day:
                steps[part, item] += step
        for (part, item), count in steps.items():
            if count:
                self._step(part, item, count)
        self._carried = rows[-1][0]

    def write(self, connection: sqlite3.Connection) -> None:
        """Write down the sketches that changed, and delete the notes that led to them.

        Raises:
            sqlite3.Error: The disk or the database does not do its work; what was written before stands.
        """
        if self._carried or self._unwritten:
            with _transaction(connection):
                self._store(connection, self._parts, self._unwritten, self.base_day)
            self._written(self._parts, self.base_day)

    def move_to(self, connection: sqlite3.Connection, day: int) -> None:
        """Make a day the base, later or earlier than before, and write the sketches down.

        Raises:
            sqlite3.Error: The disk or the database does not do its work; the base stays what it was.
        """
        self.catch_up(connection)
        if day == self.base_day:
            return
        parts = dict(self._parts)
        names = {*spaces(connection), *parts} - {OPERATIONS}
        parts |= {name: self._moved(connection, name, day) for name in names}
        with _transaction(connection):
            self._store(connection, parts, {*names, *self._unwritten}, day)
        _log.info("sketches moved to another day", day=day, before=self.base_day)
        self._written(parts, day)

    def _moved(self, connection: sqlite3.Connection, space: str, day: int) -> Sketch:
        """Return the sketch of a space for another base."""
        sketch = self.part(space)
        first, last = sorted((self.base_day, day))
        (leaving,) = connection.execute(f"SELECT count(*) {_WITHIN_DAYS}", (space, first, last)).fetchone()
        if day > self.base_day and leaving > sketch.size // 2:
            # Most of it expires: what stays is less work. A clock that jumps years ahead ends here.
            return self._made(connection, space, day)
        for item in winners_within(connection, space, first, last):
            if day > self.base_day:
                sketch.remove(item)
            else:
                sketch.add(item)
        return sketch

    def _step(self, part: str, item: bytes, count: int) -> None:
        if part not in self._parts:
            self._parts[part] = Sketch()
        self._unwritten.add(part)
        sketch = self._parts[part]
        for _ in range(abs(count)):
            if count > 0:
                sketch.add(item)
            else:
                sketch.remove(item)

    def _read(self, connection: sqlite3.Connection) -> bool:
        """Read what was written, and tell whether there was anything that this version can read."""
        row = connection.execute("SELECT value FROM meta WHERE name = 'sketch_day'").fetchone()
        if row is None:
            return False
        try:
            found = connection.execute("SELECT part, sketch FROM sketches").fetchall()
            self._parts = {part: Sketch.from_bytes(data) for part, data in found}
        except MisuseError as error:
            _log.warning("written sketches cannot be read", reason=str(error))
            return False
        self.base_day = row[0]
        return True

    def _build(self, connection: sqlite3.Connection) -> None:
        """Make every sketch from what is held: once in the life of a database."""
        (operations,) = connection.execute("SELECT count(*) FROM operations").fetchone()
        names = spaces(connection)
        if operations or names:
            _log.info("making sketches of what is held, once", operations=operations, spaces=len(names))
        parts = {OPERATIONS: Sketch()}
        for item in operation_items(connection):
            parts[OPERATIONS].add(item)
        parts |= {name: self._made(connection, name, self.base_day) for name in names}
        with _transaction(connection):
            connection.execute("DELETE FROM sketches")
            self._store(connection, parts, set(parts), self.base_day)
        self._written(parts, self.base_day)

    @staticmethod
    def _made(connection: sqlite3.Connection, space: str, day: int) -> Sketch:
        sketch = Sketch()
        for item in winners_after(connection, space, day):
            sketch.add(item)
        return sketch

    @staticmethod
    def _store(connection: sqlite3.Connection, parts: dict[str, Sketch], changed: set[str], day: int) -> None:
        """Write some sketches, inside a transaction; an empty one need not be there."""
        connection.executemany(
            "INSERT OR REPLACE INTO sketches VALUES (?, ?)",
            [(part, parts[part].to_bytes()) for part in changed if parts[part].size],
        )
        connection.executemany(
            "DELETE FROM sketches WHERE part = ?", [(part,) for part in changed if not parts[part].size]
        )
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('sketch_day', ?)", (day,))
        connection.execute("DELETE FROM sketch_changes")

    def _written(self, parts: dict[str, Sketch], day: int) -> None:
        """Note that these are the sketches, and on the disk."""
        self._parts = {name: sketch for name, sketch in parts.items() if sketch.size}
        self._unwritten.clear()
        self._carried = 0
        self.base_day = day


def operation_items(connection: sqlite3.Connection) -> Iterator[bytes]:
    """Yield the items of all operations."""
    return (item for (item,) in connection.execute("SELECT substr(id, 1, 16) FROM operations"))


def winners_after(connection: sqlite3.Connection, space: str, day: int) -> Iterator[bytes]:
    """Yield the items of the winners in a space that expire after a day."""
    rows = connection.execute(f"SELECT substr(id, 1, 16) {_AFTER_DAY}", (space, day))
    return (item for (item,) in rows)


def winners_within(connection: sqlite3.Connection, space: str, first: int, last: int) -> Iterator[bytes]:
    """Yield the items of the winners in a space that expire after the first day and until the last."""
    rows = connection.execute(f"SELECT substr(id, 1, 16) {_WITHIN_DAYS}", (space, first, last))
    return (item for (item,) in rows)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

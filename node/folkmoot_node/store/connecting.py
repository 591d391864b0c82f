"""Connections to the database, set up for durability, and what may be done with them from the event loop."""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import outcome
import trio

from folkmoot_node.errors import StoreError
from folkmoot_node.store.failure import EXPECTED, in_words, store_error
from folkmoot_node.store.workers import Workers

CALLERS_MAX = 256
"""Callers whose changes wait for a commit; the next ones wait to be let in."""

GROUP_MAX = 64
"""Changes in one transaction."""

_BUSY_TIMEOUT_S = 5.0
_STATEMENTS_CACHED = 256
_SETTINGS = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;"
_WRITER_SETTINGS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"

_T = TypeVar("_T")
Change: TypeAlias = Callable[[sqlite3.Connection], _T]
Query: TypeAlias = Callable[[sqlite3.Connection], _T]


def connect_writer(path: Path | None) -> sqlite3.Connection:
    """Open the connection through which everything is written; without a path, a database in memory."""
    connection = _connect(":memory:" if path is None else path)
    connection.executescript(_WRITER_SETTINGS)
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write."""
    connection = _connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(where: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        where,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,  # transactions are begun by hand
        check_same_thread=False,  # one thread at a time, not always the same
        cached_statements=_STATEMENTS_CACHED,
    )
    connection.executescript(_SETTINGS)
    return connection


class Follower(Protocol):
    """Whoever keeps something in memory that follows from what is committed."""

    def committed(self, connection: sqlite3.Connection) -> None:
        """Look at what was just committed, before anything else is written; what fails here is for later."""
        ...

    def closing(self, connection: sqlite3.Connection) -> None:
        """Write down what will save work at the next opening; what fails here costs that work."""
        ...


class _Job(Generic[_T]):
    """One caller's change and what came of it, once its transaction has ended."""

    def __init__(self, change: Change[_T]) -> None:
        self.change = change
        self.outcome: outcome.Outcome[_T] | None = None


class Writing:
    """The one way to change the database: every caller is answered after the commit that holds its change.

    Theory of operation: callers queue up their changes and then for the right to commit. Whoever gets it takes all
    that wait, runs them in one transaction, each behind a savepoint, and commits; those behind find theirs done. A
    lone caller therefore waits for nobody, and a hundred share one flush of the disk.
    """

    def __init__(self, connection: sqlite3.Connection, workers: Workers, follower: Follower | None = None) -> None:
        self._connection = connection
        self._workers = workers
        self._follower = follower
        self._room = trio.Semaphore(CALLERS_MAX)
        self._turn = trio.Lock()
        self._waiting: deque[_Job[Any]] = deque()
        self._is_closed = False

    async def do(self, change: Change[_T]) -> _T:
        """Run a change and commit it.

        A caller that is cancelled before its change was begun leaves no trace; afterwards the change is committed.

        Raises:
            StoreError: The disk or the database did not do its work; nothing of this change was kept.
        """
        job = _Job(change)
        async with self._room:
            self._waiting.append(job)
            try:
                async with self._turn:
                    while job.outcome is None:
                        await self._commit_waiting()
            finally:
                if job in self._waiting:
                    self._waiting.remove(job)
        return job.outcome.unwrap()

    async def alone(self, work: Change[_T]) -> _T:
        """Do something outside of any transaction while nothing else is written.

        Raises:
            StoreError: The disk or the database did not do its work.
        """
        async with self._turn:
            _require_open(is_closed=self._is_closed)
            return await self._workers.run(partial(_told_in_words, work, self._connection))

    async def aclose(self) -> None:
        """Wait for the changes that are under way, then close the connection."""
        async with self._turn:
            if not self._is_closed:
                self._is_closed = True
                await self._workers.run(self._close)

    def _close(self) -> None:
        try:
            if self._follower is not None:
                self._follower.closing(self._connection)
        finally:
            self._connection.close()

    async def _commit_waiting(self) -> None:
        _require_open(is_closed=self._is_closed)
        jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP_MAX))]
        with trio.CancelScope(shield=True):  # the others' changes are among them
            await self._workers.run(partial(self._commit, jobs))

    def _commit(self, jobs: Sequence[_Job[Any]]) -> None:
        """Run changes in one transaction and note for each what came of it; raises nothing itself."""
        whole = outcome.capture(self._transact, jobs)
        for position, job in enumerate(jobs):
            match whole:
                case outcome.Value(outcomes):
                    job.outcome = outcomes[position]
                case outcome.Error(error):
                    job.outcome = outcome.Error(_in_words(error))
        if self._follower is not None:
            self._follower.committed(self._connection)

    def _transact(self, jobs: Sequence[_Job[Any]]) -> Sequence[outcome.Outcome[Any]]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(job.change) for job in jobs]
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        return outcomes

    def _attempt(self, change: Change[_T]) -> outcome.Outcome[_T]:
        """Run one change; when it fails it alone is undone, unless SQLite has ended the whole transaction."""
        self._connection.execute("SAVEPOINT change")
        result = outcome.capture(change, self._connection)
        if isinstance(result, outcome.Error):
            if not self._connection.in_transaction:
                raise result.error
            self._connection.execute("ROLLBACK TO change")
            result = outcome.Error(_in_words(result.error))
        self._connection.execute("RELEASE change")
        return result


class Reading:
    """Queries, each in a snapshot of its own, as many at a time as there are connections."""

    def __init__(self, connections: Sequence[sqlite3.Connection], workers: Workers) -> None:
        self._connections = connections
        self._free = list(connections)
        self._room = trio.Semaphore(len(connections))
        self._workers = workers
        self._is_closed = False

    async def do(self, query: Query[_T]) -> _T:
        """Run a query.

        Raises:
            StoreError: The disk or the database did not do its work.
        """
        async with self._room:
            _require_open(is_closed=self._is_closed)
            connection = self._free.pop()
            try:
                return await self._workers.run(partial(_in_snapshot, connection, query))
            finally:
                self._free.append(connection)

    async def aclose(self) -> None:
        """Wait for the queries that are under way, then close the connections."""
        self._is_closed = True
        for connection in self._connections:
            await self._room.acquire()
            connection.close()
        for _connection in self._connections:
            self._room.release()


def _in_snapshot(connection: sqlite3.Connection, query: Query[_T]) -> _T:
    with in_words():
        connection.execute("BEGIN")
        try:
            return query(connection)
        finally:
            connection.execute("ROLLBACK")


def _told_in_words(work: Change[_T], connection: sqlite3.Connection) -> _T:
    with in_words():
        return work(connection)


def _require_open(*, is_closed: bool) -> None:
    if is_closed:
        raise StoreError("The store is closed already.")


def _in_words(error: BaseException) -> BaseException:
    if not isinstance(error, EXPECTED):
        return error
    told = store_error(error)
    told.__cause__ = error
    return told

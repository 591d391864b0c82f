"""Changes of many callers share commits, and one that fails takes nobody along."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
import trio
import trio.testing
from support.shelf import Shelf, opened

from folkmoot_node.errors import StoreError
from folkmoot_node.store.connecting import CALLERS_MAX, Writing

OWN_NAMES = {"network", "created_ms", "sketch_day"}
_T = TypeVar("_T")


def _put(connection: sqlite3.Connection, name: str) -> str:
    connection.execute("INSERT INTO meta VALUES (?, 1)", (name,))
    return name


def _fail(connection: sqlite3.Connection, name: str) -> None:
    _put(connection, name)
    raise KeyError(name)


def _names(shelf: Shelf) -> set[str]:
    """Return what a connection of its own sees, that is, what was committed."""
    ((path,),) = shelf.store._writing._connection.execute(
        "SELECT file FROM pragma_database_list WHERE name = 'main'"
    ).fetchall()
    connection = sqlite3.connect(path)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM meta")} - OWN_NAMES
    finally:
        connection.close()


class CountedCommits:
    """Workers that hold the first call until they are told, and count."""

    def __init__(self) -> None:
        self.calls = 0
        self.go = trio.Event()

    async def run(self, work: Callable[[], _T]) -> _T:
        self.calls += 1
        await self.go.wait()
        return work()


async def test_everyone_is_answered_with_their_own_result(tmp_path: Path) -> None:
    answers: dict[str, str] = {}

    async def put(name: str) -> None:
        answers[name] = await shelf.store._writing.do(partial(_put, name=name))

    async with opened(tmp_path) as shelf:
        async with trio.open_nursery() as nursery:
            for number in range(2 * CALLERS_MAX):
                nursery.start_soon(put, f"name{number}")
        assert all(name == answer for name, answer in answers.items())
        assert _names(shelf) == answers.keys()


async def test_those_who_come_during_a_commit_share_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        workers = CountedCommits()
        writing = Writing(shelf.store._writing._connection, workers)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(writing.do, partial(_put, name="first"))
            await trio.testing.wait_all_tasks_blocked()
            for number in range(50):
                nursery.start_soon(writing.do, partial(_put, name=f"later{number}"))
            await trio.testing.wait_all_tasks_blocked()
            workers.go.set()
        assert workers.calls == 2
        assert len(_names(shelf)) == 51


async def test_a_change_that_fails_is_undone_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        workers = CountedCommits()
        writing = Writing(shelf.store._writing._connection, workers)
        failures: list[str] = []

        async def fail(name: str) -> None:
            try:
                await writing.do(partial(_fail, name=name))
            except KeyError:
                failures.append(name)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(writing.do, partial(_put, name="first"))
            await trio.testing.wait_all_tasks_blocked()
            nursery.start_soon(writing.do, partial(_put, name="before"))
            nursery.start_soon(fail, "broken")
            nursery.start_soon(writing.do, partial(_put, name="after"))
            await trio.testing.wait_all_tasks_blocked()
            workers.go.set()
        assert failures == ["broken"]
        assert _names(shelf) == {"first", "before", "after"}


async def test_a_statement_that_the_database_refuses_is_a_store_error(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.store._writing.do(partial(_put, name="once"))
        with pytest.raises(StoreError, match="refused a change") as caught:
            await shelf.store._writing.do(partial(_put, name="once"))
        assert isinstance(caught.value.__cause__, sqlite3.IntegrityError)


async def test_a_caller_that_gives_up_while_waiting_leaves_no_trace(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        workers = CountedCommits()
        writing = Writing(shelf.store._writing._connection, workers)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(writing.do, partial(_put, name="first"))
            await trio.testing.wait_all_tasks_blocked()
            with trio.move_on_after(0):
                await writing.do(partial(_put, name="given up"))
            workers.go.set()
        assert _names(shelf) == {"first"}


async def test_a_caller_that_gives_up_during_the_commit_does_not_stop_the_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        workers = CountedCommits()
        writing = Writing(shelf.store._writing._connection, workers)
        with trio.CancelScope() as giving_up:

            async def give_up() -> None:
                await trio.testing.wait_all_tasks_blocked()
                giving_up.cancel()
                workers.go.set()

            async with trio.open_nursery() as nursery:
                nursery.start_soon(give_up)
                await writing.do(partial(_put, name="begun"))
        await writing.do(partial(_put, name="later"))
        assert _names(shelf) == {"begun", "later"}


async def test_closing_waits_for_the_changes_under_way(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        workers = CountedCommits()
        writing = Writing(shelf.store._writing._connection, workers)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(writing.do, partial(_put, name="last"))
            await trio.testing.wait_all_tasks_blocked()
            nursery.start_soon(writing.aclose)
            await trio.testing.wait_all_tasks_blocked()
            workers.go.set()
    async with opened(tmp_path) as shelf:
        assert _names(shelf) == {"last"}

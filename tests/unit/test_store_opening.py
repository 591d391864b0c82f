"""Which data folders a store opens, and which it leaves alone."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import trio
import trio.testing
from support.keys import NETWORK, person
from support.shelf import opened
from support.world import Place, StoppedClock, post

from folkmoot_node.errors import AlreadyRunningError, ConfigError, StoreError
from folkmoot_node.store import Store
from folkmoot_node.store.folder_lock import FolderLock
from folkmoot_node.store.schema import steps
from folkmoot_node.store.store import DATABASE_NAME

ALICE = person("alice")


async def test_what_was_stored_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    record = post(ALICE)
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, record)
    async with opened(tmp_path) as shelf:
        assert await shelf.store.record(record.id) == record
        assert await shelf.store.operations_of(ALICE.id) == [ALICE.genesis]
        assert shelf.damage() == []


async def test_the_database_is_flushed_at_every_commit(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        connection = shelf.store._writing._connection
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


async def test_a_second_store_in_one_folder_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path):
        with pytest.raises(AlreadyRunningError):
            await Store.open(tmp_path, network=NETWORK, clock=StoppedClock())


async def test_a_closed_store_gives_its_folder_back(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    async with opened(tmp_path):
        pass


def test_a_killed_process_gives_its_folder_back(tmp_path: Path) -> None:
    holder = "\n".join(
        [
            "import os, sys, pathlib, signal",
            "from folkmoot_node.store.folder_lock import FolderLock",
            "lock = FolderLock(pathlib.Path(sys.argv[1]))",
            "os.kill(os.getpid(), signal.SIGKILL)",
        ]
    )
    subprocess.run([sys.executable, "-c", holder, str(tmp_path)], check=False)
    FolderLock(tmp_path).release()


async def test_the_store_of_another_network_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    with pytest.raises(ConfigError, match="belongs to the network test, not main"):
        await Store.open(tmp_path, network="main", clock=StoppedClock())


async def test_a_store_that_a_newer_version_wrote_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    _execute(tmp_path, f"PRAGMA user_version = {len(steps()) + 1}")
    with pytest.raises(ConfigError, match="newer version"):
        await Store.open(tmp_path, network=NETWORK, clock=StoppedClock())


async def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    _execute(tmp_path, "CREATE TABLE notes (text)")
    with pytest.raises(ConfigError, match="another program"):
        await Store.open(tmp_path, network=NETWORK, clock=StoppedClock())
    assert _execute(tmp_path, "SELECT name FROM sqlite_master") == [("notes",)]


async def test_a_refused_folder_can_be_opened_by_its_owner(tmp_path: Path) -> None:
    """The lock is given back on every way out."""
    async with opened(tmp_path):
        pass
    with pytest.raises(ConfigError):
        await Store.open(tmp_path, network="main", clock=StoppedClock())
    async with opened(tmp_path):
        pass


async def test_a_step_that_fails_in_the_middle_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path):
        pass
    broken = [*steps(), "CREATE TABLE later (a); CREATE TABLE later (a);"]
    monkeypatch.setattr("folkmoot_node.store.schema.steps", lambda: broken)
    with pytest.raises(StoreError):
        await Store.open(tmp_path, network=NETWORK, clock=StoppedClock())
    assert _execute(tmp_path, "SELECT name FROM sqlite_master WHERE name = 'later'") == []
    assert _execute(tmp_path, "PRAGMA user_version") == [(len(broken) - 1,)]


async def test_a_new_step_is_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path):
        pass
    more = [*steps(), "CREATE TABLE later (a);"]
    monkeypatch.setattr("folkmoot_node.store.schema.steps", lambda: more)
    for _ in range(2):
        async with opened(tmp_path):
            pass
    assert _execute(tmp_path, "PRAGMA user_version") == [(len(more),)]


async def test_a_folder_that_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be used: No such file or directory"):
        await Store.open(tmp_path / "nowhere", network=NETWORK, clock=StoppedClock())


async def test_a_folder_in_place_of_the_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        await Store.open(tmp_path, network=NETWORK, clock=StoppedClock())


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        pass
    with pytest.raises(StoreError, match="closed"):
        await shelf.store.counts()
    with pytest.raises(StoreError, match="closed"):
        await shelf.store.adopt(ALICE.id)


async def test_no_simulated_time_passes_while_a_store_in_memory_works(
    autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    """A clock that jumps whenever every task waits would jump if the store waited for a thread."""
    nursery.start_soon(trio.sleep_forever)
    nursery.start_soon(trio.sleep, 3600)
    started = trio.current_time()
    async with opened(None) as shelf:
        await shelf.take(ALICE, *[post(ALICE, place=Place(slot)) for slot in range(8)])
        assert (await shelf.store.counts()).records == {"post": 8}
    assert trio.current_time() == started
    nursery.cancel_scope.cancel()


def _execute(folder: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / DATABASE_NAME)
    try:
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows
    finally:
        connection.close()

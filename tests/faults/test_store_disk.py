"""A disk that is full, cannot be written or damages files: one sentence, and nothing half done."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import trio
from support.keys import NETWORK, person
from support.shelf import Shelf, opened
from support.world import Place, StoppedClock, opportunity, post, profile

from folkmoot_node.errors import ExitCode, StoreError
from folkmoot_node.store import Search, Store
from folkmoot_node.store.store import DATABASE_NAME

ALICE = person("alice")
BOB = person("bob")
MANY = [post(ALICE, f"long words {slot} " * 100, Place(slot)) for slot in range(128)]


def _set(shelf: Shelf, pragma: str) -> None:
    shelf.store._writing._connection.execute(f"PRAGMA {pragma}").fetchall()


async def test_a_full_disk_takes_nothing_of_a_batch_and_all_of_it_later(tmp_path: Path) -> None:
    small = profile(ALICE)
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, small)
        news = shelf.ingest.subscribe()
        _set(shelf, "max_page_count = 1")  # as many as there are
        with pytest.raises(StoreError, match="disk is full") as caught:
            await shelf.take(*MANY)
        assert caught.value.exit_code == ExitCode.STORAGE
        assert await shelf.held() == {small.id}
        assert shelf.damage() == []
        _set(shelf, "max_page_count = 1073741823")
        assert len((await shelf.take(*MANY)).new_records) == len(MANY)
        assert len((await news.next()).put) == len(MANY)


async def test_on_a_full_disk_no_caller_is_told_that_its_record_was_kept(tmp_path: Path) -> None:
    kept: list[int] = []
    refused: list[int] = []

    async def take(slot: int) -> None:
        try:
            await shelf.take(MANY[slot])
            kept.append(slot)
        except StoreError:
            refused.append(slot)

    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE)
        ((pages,),) = shelf.store._writing._connection.execute("PRAGMA page_count").fetchall()
        _set(shelf, f"max_page_count = {pages + 20}")
        async with trio.open_nursery() as nursery:
            for slot in range(len(MANY)):
                nursery.start_soon(take, slot)
        assert refused
        assert kept
        assert await shelf.held() == {MANY[slot].id for slot in kept}
        assert shelf.damage() == []


async def test_a_database_that_cannot_be_written_can_still_be_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, MANY[0])
        _set(shelf, "query_only = ON")
        with pytest.raises(StoreError, match="cannot be written"):
            await shelf.take(MANY[1])
        assert await shelf.store.by_kind("post") == [MANY[0]]


async def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    await trio.Path(tmp_path / DATABASE_NAME).write_bytes(b"no database at all " * 500)
    with pytest.raises(StoreError, match="not a database"):
        await Store.open(tmp_path, network=NETWORK, clock=StoppedClock())


async def test_damage_anywhere_in_the_file_is_found_or_does_no_harm(tmp_path: Path) -> None:
    """Every page in turn is overwritten: each thing asked for works, or is refused with the same sentence."""
    sound = tmp_path / "sound"
    sound.mkdir()
    async with opened(sound) as shelf:
        await shelf.take(ALICE, BOB, *MANY[:8], opportunity(BOB, skills=["go"]), post(person("carol")))
        await shelf.store.adopt(ALICE.id)
        ((page_bytes, pages),) = shelf.store._writing._connection.execute(
            "SELECT page_size, page_count FROM pragma_page_size, pragma_page_count"
        ).fetchall()
    refusals: list[StoreError] = []
    for page in range(pages):
        folder = tmp_path / str(page)
        shutil.copytree(sound, folder)
        with (folder / DATABASE_NAME).open("r+b") as file:
            file.seek(page * page_bytes)
            file.write(b"\x93" * page_bytes)
        refusals += await _refusals(folder)
    assert {error.message for error in refusals} == {
        "The database file is damaged.",
        "The database file is not a database.",
    }


async def _refusals(folder: Path) -> list[StoreError]:
    """Do a little of everything, and return what was refused."""
    refusals: list[StoreError] = []
    try:
        async with opened(folder) as shelf:
            store = shelf.store
            for attempt in (
                store.everything,
                store.counts,
                lambda: store.find(Search(kind="opportunity", skills=["go"], text="shop")),
                lambda: store.closure([ALICE.id, MANY[0].id]),
                lambda: store.archived(ALICE.id),
                lambda: shelf.take(profile(ALICE), MANY[9]),
            ):
                try:
                    await attempt()
                except StoreError as error:
                    refusals.append(error)
    except StoreError as error:
        refusals.append(error)
    return refusals


def test_sqlite_can_do_what_the_store_relies_on() -> None:
    """Full-text search, window functions, JSON and strict tables are compiled in, and threads may share it."""
    connection = sqlite3.connect(":memory:")
    options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    assert "ENABLE_FTS5" in options
    assert sqlite3.sqlite_version_info >= (3, 37)
    assert sqlite3.threadsafety == 3
    connection.close()

"""The sketches at hand are those of what is held, whatever happened to the store before."""

import shutil
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TypeAlias

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from support.keys import NETWORK, person, secret_key
from support.shelf import Shelf, opened
from support.sketched import SPACES, check, expected, scope_of
from support.world import NOW_MS, TODAY, Place, StoppedClock, deleted, post, profile, recovered, rotated, sealed

from folkmoot.identity import Operation
from folkmoot.ids import OperationId, RecordId
from folkmoot.limits import DAY_MS, ITEM_BYTES
from folkmoot.record import Record, day_of
from folkmoot_node.errors import StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.store import Batch, Scope, Store, absorbing, sketches
from folkmoot_node.store.scopes import MATCHES_MAX
from folkmoot_node.store.store import DATABASE_NAME

ALICE, BOB = person("alice"), person("bob")
FIRST = post(ALICE, "first", Place(expires=TODAY + 2))
ITEMS: tuple[Operation | Record, ...] = (
    ALICE.genesis,
    BOB.genesis,
    rotated(ALICE, secret_key("tablet")),
    rotated(ALICE, secret_key("phone")),
    recovered(ALICE, secret_key("new"), FIRST),
    FIRST,
    post(ALICE, "second", Place(rev=NOW_MS + 1, expires=TODAY + 2)),
    post(ALICE, "tomorrow", Place(rev=NOW_MS + DAY_MS, expires=TODAY + 3)),
    deleted(ALICE, FIRST),
    sealed(ALICE, "post", {"text": "by tablet"}, Place(1), key=secret_key("tablet")),
    profile(ALICE, place=Place(expires=TODAY + 1)),
    post(BOB, "elsewhere", Place(1, space="design.fr", expires=TODAY + 1)),
    post(BOB, "elsewhere too", Place(2, space="design.fr", expires=TODAY + 5)),
    *(post(BOB, "short", Place(slot, expires=TODAY + 1 + slot % 4)) for slot in range(3, 9)),
    *(sealed(BOB, f"later-kind-{number}", {"n": number}) for number in range(4)),
)


class Life:
    """A store on a disk that is closed, killed and opened again, with a clock that goes where it likes."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._lives = 0
        self.clock = StoppedClock()
        self.shelf: Shelf

    async def __aenter__(self) -> Self:
        self._folder.mkdir()
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shelf.store.aclose()

    async def restart(self) -> None:
        """Close it in order and open it again."""
        await self.shelf.store.aclose()
        await self._open()

    async def restart_after_kill(self) -> None:
        """Go on with what is on the disk now, as if the process had been killed at this moment."""
        before = self._folder
        self._lives += 1
        shutil.copytree(before, self._folder)
        await self.shelf.store.aclose()
        await self._open()

    @property
    def _folder(self) -> Path:
        return self._root / str(self._lives)

    async def _open(self) -> None:
        store = await Store.open(self._folder, network=NETWORK, clock=self.clock)
        self.shelf = Shelf(store, Ingest(store, self.clock), self.clock)


Step: TypeAlias = tuple[str, object]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("land"), st.lists(st.sampled_from(ITEMS), min_size=1, max_size=10)),
        st.tuples(st.just("fail"), st.lists(st.sampled_from(ITEMS), min_size=1, max_size=10)),
        st.tuples(st.just("day"), st.integers(-2, 6)),
        st.tuples(st.just("look"), st.integers(-1, 4)),
        st.tuples(st.sampled_from(["sweep", "restart", "kill"]), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(steps, st.sampled_from([1, 6, 4096]))
def test_sketches_are_those_of_what_is_held(doing: Sequence[Step], changes_max: int) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(sketches, "CHANGES_MAX", changes_max)
        trio.run(_live, Path(folder), doing)


async def _live(folder: Path, doing: Sequence[Step]) -> None:
    async with Life(folder) as life:
        await life.shelf.take(ALICE, BOB)
        for step in doing:
            await _do(life, step)
        for day in (-1, 0, 3):
            await check(life.shelf, scope_of(day_of(life.clock.at_ms) + day))
        await life.restart()
        await check(life.shelf, scope_of(day_of(life.clock.at_ms)))


async def _do(life: Life, step: Step) -> None:
    match step:
        case "land", list() as items:
            await life.shelf.ingest.take_opened(*_sorted(items), source="somebody")
        case "fail", list() as items:
            batch = Batch(*_sorted(items), "somebody")
            with pytest.raises(KeyError):
                await life.shelf.store._writing.do(partial(_absorb_and_fail, batch=batch, now_ms=life.clock.at_ms))
        case "day", int() as days:
            life.clock.advance_days(days)
        case "look", int() as days:
            await life.shelf.store.snapshot(scope_of(day_of(life.clock.at_ms) + days))
        case "sweep", _:
            await life.shelf.ingest.sweep(confirmed_day=day_of(life.clock.at_ms))
        case "restart", _:
            await life.restart()
        case "kill", _:
            await life.restart_after_kill()
        case _:
            raise AssertionError(step)


def _absorb_and_fail(connection: sqlite3.Connection, *, batch: Batch, now_ms: int) -> None:
    absorbing.absorb(connection, batch, now_ms=now_ms, network=NETWORK)
    raise KeyError("after the change and before its end")


def _sorted(items: Sequence[Operation | Record]) -> tuple[list[Operation], list[Record]]:
    return (
        [item for item in items if isinstance(item, Operation)],
        [item for item in items if isinstance(item, Record)],
    )


async def test_opening_again_makes_nothing_anew(tmp_path: Path) -> None:
    for is_killed in (False, True):
        folder = tmp_path / str(is_killed)
        folder.mkdir()
        async with Life(folder) as life:
            await life.shelf.take(ALICE, BOB, *[post(BOB, place=Place(slot)) for slot in range(20)])
            with capture_logs() as logs:
                await (life.restart_after_kill() if is_killed else life.restart())
            assert logs == []
            await check(life.shelf, scope_of(TODAY))


async def test_a_clean_end_leaves_nothing_to_carry_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, post(ALICE))
        assert _count(tmp_path, "sketch_changes") == 2
    assert _count(tmp_path, "sketch_changes") == 0
    assert _count(tmp_path, "sketches") == 2


async def test_the_notes_stay_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sketches, "CHANGES_MAX", 10)
    async with opened(tmp_path) as shelf:
        await shelf.take(BOB)
        for slot in range(40):
            await shelf.take(post(BOB, place=Place(slot)))
            assert _count(tmp_path, "sketch_changes") < 10
        await check(shelf, scope_of(TODAY))


async def test_an_old_database_gets_its_sketches_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, BOB, post(ALICE), post(BOB, place=Place(1, space="design.fr")))
    _execute(tmp_path, "DELETE FROM sketches", "DELETE FROM meta WHERE name = 'sketch_day'")
    with capture_logs() as logs:
        async with opened(tmp_path) as shelf:
            await check(shelf, scope_of(TODAY))
    assert [entry["event"] for entry in logs] == ["making sketches of what is held, once"]
    with capture_logs() as logs:
        async with opened(tmp_path) as shelf:
            await check(shelf, scope_of(TODAY))
    assert logs == []


async def test_sketches_that_cannot_be_read_are_made_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, post(ALICE))
    _execute(tmp_path, "UPDATE sketches SET sketch = x'00'")
    with capture_logs() as logs:
        async with opened(tmp_path) as shelf:
            await check(shelf, scope_of(TODAY))
    assert logs[0]["event"] == "written sketches cannot be read"


async def test_a_day_that_cannot_be_written_down_changes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, post(ALICE, place=Place(expires=TODAY + 1)))
        shelf.clock.advance_days(1)
        connection = shelf.store._writing._connection
        connection.execute("CREATE TRIGGER full BEFORE DELETE ON sketch_changes BEGIN SELECT RAISE(FAIL, 'x'); END")
        with pytest.raises(StoreError, match="refused"):
            await shelf.store.snapshot(scope_of(TODAY))
        connection.execute("DROP TRIGGER full")
        await check(shelf, scope_of(TODAY))
        await check(shelf, scope_of(TODAY + 1))


async def test_what_the_disk_refuses_to_write_down_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketches, "CHANGES_MAX", 1)
    async with opened(tmp_path) as shelf:
        connection = shelf.store._writing._connection
        connection.execute("CREATE TRIGGER full BEFORE DELETE ON sketch_changes BEGIN SELECT RAISE(FAIL, 'x'); END")
        with capture_logs() as logs:
            await shelf.take(ALICE, post(ALICE))
        assert [entry["event"] for entry in logs] == ["sketches lag behind"]
        assert len(await shelf.held()) == 1
        await check(shelf, scope_of(TODAY))
        connection.execute("DROP TRIGGER full")
        await shelf.take(post(ALICE, place=Place(1)))
        assert _count(tmp_path, "sketch_changes") == 0
        await check(shelf, scope_of(TODAY))


async def test_a_clock_that_jumps_years_ahead_and_comes_back_changes_nothing() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, *[post(ALICE, place=Place(slot)) for slot in range(20)])
        for days in (4000, -4000):
            shelf.clock.advance_days(days)
            await check(shelf, scope_of(TODAY))
            await check(shelf, scope_of(TODAY + 4000))


async def test_who_no_longer_wins_does_not_count_although_it_is_shown() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, post(ALICE, "now"))
        await shelf.take(post(ALICE, "tomorrow", Place(rev=NOW_MS + DAY_MS)))
        assert len(await shelf.held()) == 2
        assert (await shelf.store.snapshot(scope_of(TODAY))).sketch.size == 2
        await check(shelf, scope_of(TODAY))
        await shelf.take(post(ALICE, "later still", Place(rev=NOW_MS + DAY_MS + 1)))
        await check(shelf, scope_of(TODAY))


async def test_what_lands_while_the_clock_is_back_counts_when_its_day_is_the_base() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE)
        shelf.clock.advance_days(5)
        await check(shelf, scope_of(TODAY + 5))
        shelf.clock.advance_days(-5)
        await shelf.take(post(ALICE, place=Place(expires=TODAY + 2)), post(ALICE, place=Place(1)))
        await check(shelf, scope_of(TODAY))
        await check(shelf, scope_of(TODAY + 5))


async def test_what_a_peer_declined_does_not_count() -> None:
    kept, declined = post(ALICE), post(ALICE, place=Place(1))
    of_bob = [post(BOB, place=Place(slot)) for slot in range(3)]
    scope = Scope(
        spaces=SPACES,
        as_of=TODAY,
        without_identities=frozenset([BOB.id]),
        without_items=frozenset([declined.id[:ITEM_BYTES], of_bob[0].id[:ITEM_BYTES], b"?" * ITEM_BYTES]),
    )
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, kept, declined, *of_bob)
        assert expected(shelf, scope) == sorted(item[:ITEM_BYTES] for item in (ALICE.genesis.id, kept.id))
        await check(shelf, scope)
        found = await shelf.store.ids_of([item.id for item in (kept, declined, *of_bob)], scope)
        assert found.records == (kept.id,)


async def test_a_space_outside_of_the_scope_does_not_count() -> None:
    here, elsewhere = post(ALICE), post(ALICE, place=Place(space="design.fr"))
    scope = scope_of(TODAY, spaces=["commons", "commons", "nowhere"])
    async with opened(None) as shelf:
        await shelf.take(ALICE, here, elsewhere)
        await check(shelf, scope)
        found = await shelf.store.ids_of([here.id[:8], elsewhere.id[:8], ALICE.genesis.id[:8], b"?" * 8], scope)
        assert found.operations == (ALICE.genesis.id,)
        assert found.records == (here.id,)
        assert found.items() == {here.id[:ITEM_BYTES], ALICE.genesis.id[:ITEM_BYTES]}


async def test_ids_are_found_for_what_is_live_and_wins_only() -> None:
    shown, winner = post(ALICE, "shown"), post(ALICE, "later", Place(rev=NOW_MS + DAY_MS))
    short = post(ALICE, place=Place(1, expires=TODAY + 1))
    async with opened(None) as shelf:
        await shelf.take(ALICE, shown, winner, short)
        asked = [shown.id, winner.id, short.id]
        assert (await shelf.store.ids_of(asked, scope_of(TODAY))).records == (winner.id, short.id)
        assert (await shelf.store.ids_of(asked, scope_of(TODAY + 1))).records == (winner.id,)


async def test_minted_ids_of_one_beginning_bring_no_flood() -> None:
    async with opened(None) as shelf:
        connection = shelf.store._writing._connection
        minted = [OperationId(b"\x07" * 8 + bytes([number]) * 24) for number in range(100)]
        connection.executemany("INSERT INTO operations VALUES (?, ?, x'00')", [(key, ALICE.id) for key in minted])
        found = await shelf.store.ids_of([minted[0][:8]], scope_of(TODAY))
        assert found.operations == tuple(minted[:MATCHES_MAX])


async def test_a_snapshot_is_the_callers_own() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE)
        snapshot = await shelf.store.snapshot(scope_of(TODAY))
        snapshot.sketch.add(RecordId(b"?" * 32)[:ITEM_BYTES])
        await check(shelf, scope_of(TODAY))


def _count(folder: Path, table: str) -> int:
    connection = sqlite3.connect(folder / DATABASE_NAME)
    try:
        ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        assert isinstance(count, int)
        return count
    finally:
        connection.close()


def _execute(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / DATABASE_NAME)
    try:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    finally:
        connection.close()

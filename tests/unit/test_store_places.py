"""What is held at an address, what of it is shown, and what goes when its time is over."""

from pathlib import Path

import pytest
from support.keys import NETWORK, person, secret_key
from support.shelf import opened
from support.world import NOW_MS, TODAY, Place, deleted, post, profile, recovered, sealed

from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS, UNKNOWN_KIND_RECORDS_MAX
from folkmoot.record import Record
from folkmoot_node.store import Search
from folkmoot_node.store.holding import HeldView

ALICE = person("alice")
BOB = person("bob")

OLDER = post(ALICE, "older", Place(rev=NOW_MS - 5))
NEWER = post(ALICE, "newer", Place(rev=NOW_MS))
TOMORROW = post(ALICE, "tomorrow", Place(rev=NOW_MS + DAY_MS))


@pytest.mark.parametrize("order", [(OLDER, NEWER), (NEWER, OLDER)])
async def test_the_winner_is_held_whatever_came_first(order: tuple[Record, ...]) -> None:
    async with opened(None) as shelf:
        for record in order:
            await shelf.take(ALICE, record)
        assert await shelf.held() == {NEWER.id}
        assert await shelf.store.at(NEWER.address) == NEWER


@pytest.mark.parametrize(
    "order", [(OLDER, TOMORROW), (TOMORROW, OLDER), (OLDER, NEWER, TOMORROW), (TOMORROW, OLDER, NEWER)]
)
async def test_what_is_not_due_waits_behind_what_is_shown(order: tuple[Record, ...]) -> None:
    shown = NEWER if NEWER in order else OLDER
    async with opened(None) as shelf:
        for record in order:
            await shelf.take(ALICE, record)
        assert await shelf.held() == {shown.id, TOMORROW.id}
        assert await shelf.store.at(shown.address) == shown
        assert await shelf.live("commons", day=TODAY) == [TOMORROW.id]
        shelf.clock.at_ms = TOMORROW.rev - CLOCK_SKEW_MS_MAX - 1
        assert await shelf.store.at(shown.address) == shown
        shelf.clock.at_ms += 1
        assert await shelf.store.at(shown.address) == TOMORROW
        assert await shelf.store.by_kind("post") == [TOMORROW]


async def test_what_came_in_one_batch_is_sorted_out_as_well() -> None:
    async with opened(None) as shelf:
        taken = await shelf.take(ALICE, OLDER, NEWER, TOMORROW)
        assert set(taken.new_records) == {NEWER.id, TOMORROW.id}
        assert await shelf.store.by_author(ALICE.id) == [NEWER]


async def test_when_the_winner_is_revoked_what_is_left_wins_again() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, NEWER, TOMORROW)
        taken = await shelf.take(recovered(ALICE, secret_key("new phone"), NEWER))
        assert taken.gone_records == (TOMORROW.id,)
        assert await shelf.live("commons", day=TODAY) == [NEWER.id]
        shelf.clock.advance_days(2)
        assert await shelf.store.at(NEWER.address) == NEWER


async def test_a_tombstone_is_held_and_never_shown() -> None:
    gone = deleted(ALICE, NEWER)
    async with opened(None) as shelf:
        await shelf.take(ALICE, NEWER, gone)
        assert await shelf.held() == {gone.id}
        assert await shelf.store.at(NEWER.address) is None
        assert await shelf.store.by_author(ALICE.id) == []
        assert await shelf.live("commons", day=TODAY) == [gone.id]
        placement = await shelf.store.placement(gone.id)
        assert placement is not None
        assert (placement.is_live, placement.is_shown) == (True, False)


async def test_a_tombstone_that_is_not_due_hides_nothing_yet() -> None:
    gone = deleted(ALICE, TOMORROW)
    async with opened(None) as shelf:
        await shelf.take(ALICE, NEWER, gone)
        assert await shelf.store.by_kind("post") == [NEWER]
        shelf.clock.advance_days(1)
        assert await shelf.store.by_kind("post") == []


async def test_a_beaten_record_is_found_by_nothing() -> None:
    first = profile(ALICE, "Cobol", summary="Mainframes")
    second = profile(ALICE, "Rust", summary="Engines", place=Place(rev=NOW_MS + 1))
    async with opened(None) as shelf:
        await shelf.take(ALICE, first)
        await shelf.take(second)
        assert await shelf.store.find(Search(kind="profile", skills=["cobol"])) == []
        assert await shelf.store.find(Search(kind="profile", text="mainframes")) == []
        assert await shelf.store.find(Search(kind="profile", skills=["rust"], text="engines")) == [second]
        assert await shelf.store.placement(first.id) is None
        connection = shelf.store._writing._connection
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        assert connection.execute("SELECT count(*) FROM skills").fetchone() == (1,)


async def test_an_expired_record_is_held_but_not_shown() -> None:
    short = post(ALICE, place=Place(expires=TODAY + 1))
    async with opened(None) as shelf:
        await shelf.take(ALICE, short)
        shelf.clock.advance_days(1)
        assert await shelf.store.by_author(ALICE.id) == []
        assert await shelf.live("commons", day=TODAY + 1) == []
        assert (await shelf.store.everything()).records == ()
        assert await shelf.store.record(short.id) == short


async def test_placement_tells_when_a_record_came() -> None:
    async with opened(None) as shelf:
        shelf.clock.at_ms += 7
        await shelf.take(ALICE, NEWER, TOMORROW)
        for record, is_live, is_shown in ((NEWER, False, True), (TOMORROW, True, False)):
            placement = await shelf.store.placement(record.id)
            assert placement is not None
            assert (placement.received_ms, placement.is_live, placement.is_shown) == (NOW_MS + 7, is_live, is_shown)


async def test_sweeping_drops_what_is_beaten_once_its_winner_is_due() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, NEWER, TOMORROW)
        assert await shelf.ingest.sweep(confirmed_day=None) == 0
        shelf.clock.advance_days(1)
        assert await shelf.ingest.sweep(confirmed_day=None) == 1
        assert await shelf.held() == {TOMORROW.id}
        assert await shelf.store.at(TOMORROW.address) == TOMORROW


@pytest.mark.parametrize(
    ("days", "confirmed", "goes"),
    [(3, TODAY + 3, True), (2, TODAY + 3, False), (3, TODAY + 2, False), (9, None, False)],
)
async def test_an_expired_record_goes_two_days_later_when_a_peer_agrees(
    days: int, confirmed: int | None, goes: bool
) -> None:
    short = post(ALICE, place=Place(expires=TODAY + 1))
    lasting = post(ALICE, place=Place(slot=1))
    async with opened(None) as shelf:
        await shelf.take(ALICE, short, lasting)
        shelf.clock.advance_days(days)
        assert await shelf.ingest.sweep(confirmed_day=confirmed) == int(goes)
        assert await shelf.held() == {lasting.id} | (set() if goes else {short.id})


async def test_sweeping_works_through_every_space_in_small_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folkmoot_node.store.absorbing.SWEPT_MAX", 3)
    records = [
        post(who, place=Place(slot, expires=TODAY + 1, space=space))
        for who in (ALICE, BOB)
        for space in ("commons", "design.fr")
        for slot in range(2)
    ]
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE, BOB, *records)
        shelf.clock.advance_days(3)
        news = shelf.ingest.subscribe()
        assert await shelf.ingest.sweep(confirmed_day=TODAY + 3) == len(records)
        assert await shelf.held() == set()
        assert [len((await news.next()).dropped) for _ in range(3)] == [3, 3, 2]


async def test_an_author_sees_every_slot_it_uses() -> None:
    gone = deleted(ALICE, NEWER)
    later = post(ALICE, "later", Place(slot=9, rev=NOW_MS + DAY_MS))
    elsewhere = post(ALICE, "elsewhere", Place(space="design.fr"))
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, gone, later, elsewhere, profile(ALICE), post(BOB))
        assert await shelf.store.own_records(ALICE.id, "post", "commons") == [gone, later]


async def test_the_records_of_unknown_kinds_are_found_by_author_and_space() -> None:
    kinds = ("a", "bidder", "post", "posts", "zz", "z-9.z")
    letters = [sealed(ALICE, kind, {"text": "x"}, Place(expires=TODAY + 9)) for kind in kinds]
    afar = sealed(ALICE, "a", {"text": "x"}, Place(expires=TODAY + 9, space="design.fr"))
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, *letters, afar, sealed(BOB, "a", {"text": "x"}, Place(expires=TODAY + 9)))
        view = HeldView(shelf.store._writing._connection, NETWORK)
        unknown = {letter for letter in letters if letter.kind != "post"}
        assert set(view.unknown_of(ALICE.id, "commons")) == unknown
        assert set(view.unknown_of(ALICE.id, "design.fr")) == {afar}
        assert view.occupied == {record.address for record in (*unknown, afar)}


async def test_a_full_place_for_unknown_kinds_gives_way_on_disk_as_in_memory() -> None:
    room = UNKNOWN_KIND_RECORDS_MAX
    letters = [
        sealed(ALICE, f"letter{number}", {"text": "x"}, Place(rev=NOW_MS - number, expires=TODAY + 9))
        for number in range(room + 20)
    ]
    async with opened(None) as shelf:
        await shelf.take(ALICE, *letters[20:])
        assert await shelf.held() == {letter.id for letter in letters[20:]}
        await shelf.take(*letters[:30])
        assert await shelf.held() == {letter.id for letter in letters[:room]}

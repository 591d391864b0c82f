"""Records that wait for their author's operations: bounded, fair, and safe from other people's disputes."""

from pathlib import Path

import pytest
from support.keys import person, secret_key
from support.shelf import opened
from support.world import NOW_MS, TODAY, Place, post, profile, rotated, sealed

from folkmoot_node.store import quarantine

ALICE = person("alice")
BOB = person("bob")
MANY = [post(BOB, f"number {n}", Place(slot=n)) for n in range(6)]


async def test_a_record_waits_across_a_restart_until_its_author_is_known(tmp_path: Path) -> None:
    record = post(ALICE)
    async with opened(tmp_path) as shelf:
        taken = await shelf.take(record)
        assert taken.deferred == {ALICE.id}
        assert await shelf.held() == set()
    async with opened(tmp_path) as shelf:
        assert (await shelf.take(record)).deferred == {ALICE.id}
        taken = await shelf.take(ALICE)
        assert taken.new_records == (record.id,)
        assert taken.deferred == frozenset()
        assert (await shelf.store.counts()).waiting == 0


async def test_a_record_that_waits_is_not_verified_again() -> None:
    async with opened(None) as shelf:
        assert (await shelf.take(MANY[0])).verified == 1
        assert (await shelf.take(MANY[0])).verified == 0


async def test_of_too_many_from_one_source_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "RECORDS_PER_SOURCE_MAX", 3)
    async with opened(None) as shelf:
        await shelf.take(post(ALICE), source="honest")
        for record in MANY:
            await shelf.take(record, source="flood")
        taken = await shelf.take(ALICE, BOB)
        assert set(taken.new_records) == {post(ALICE).id, *(record.id for record in MANY[3:])}


async def test_of_too_many_bytes_from_one_source_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "BYTES_PER_SOURCE_MAX", 2 * len(MANY[0].wire))
    async with opened(None) as shelf:
        await shelf.take(*MANY)
        assert set((await shelf.take(BOB)).new_records) == {record.id for record in MANY[4:]}


@pytest.mark.parametrize("bound", ["RECORDS_MAX", "BYTES_MAX"])
async def test_of_too_many_in_all_the_oldest_go(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, bound, 2 if bound == "RECORDS_MAX" else 2 * len(MANY[0].wire))
    async with opened(None) as shelf:
        for number, record in enumerate(MANY):
            await shelf.take(record, source=f"peer {number}")
        counts = await shelf.store.counts()
        assert (counts.waiting, counts.waiting_bytes) == (2, 2 * len(MANY[0].wire))
        assert set((await shelf.take(BOB)).new_records) == {record.id for record in MANY[4:]}


async def test_a_rival_operation_pushes_nothing_out_that_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thief can make an identity disputed; when the owner repairs it, all that was held is there again."""
    monkeypatch.setattr(quarantine, "RECORDS_MAX", 1)
    tablet, phone = secret_key("tablet"), secret_key("phone")
    records = [sealed(ALICE, "post", {"text": "by the tablet"}, Place(slot=n), key=tablet) for n in range(3)]
    async with opened(None) as shelf:
        await shelf.take(ALICE, rotated(ALICE, tablet), *records)
        assert await shelf.held() == {record.id for record in records}
        await shelf.take(rotated(ALICE, phone))
        assert await shelf.held() == set()
        await shelf.take(post(BOB), source="flood")
        assert (await shelf.store.counts()).waiting == 4


async def test_expired_records_wait_no_longer() -> None:
    async with opened(None) as shelf:
        await shelf.take(post(ALICE, place=Place(expires=TODAY + 1)), profile(BOB))
        shelf.clock.advance_days(3)
        await shelf.ingest.sweep(confirmed_day=None)
        assert (await shelf.store.counts()).waiting == 2
        await shelf.ingest.sweep(confirmed_day=TODAY + 3)
        assert (await shelf.store.counts()).waiting == 1


async def test_a_record_that_came_too_late_to_be_taken_leaves_quarantine() -> None:
    record = post(ALICE, place=Place(expires=TODAY + 1, rev=NOW_MS))
    async with opened(None) as shelf:
        await shelf.take(record)
        shelf.clock.advance_days(1)
        taken = await shelf.take(ALICE)
        assert [refusal.rule for refusal in taken.ignored] == ["CLK-1"]
        assert (await shelf.store.counts()).waiting == 0

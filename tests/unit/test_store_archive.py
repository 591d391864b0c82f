"""A node forgets nothing that its own people said."""

from support.keys import person
from support.shelf import opened
from support.world import NOW_MS, Place, deleted, post

from folkmoot_node.store import Cursor

ALICE = person("alice")
BOB = person("bob")
FIRST = post(ALICE, "first", Place(rev=NOW_MS - 9))
SECOND = post(ALICE, "second", Place(rev=NOW_MS - 5))
GONE = deleted(ALICE, SECOND)


async def test_own_records_stay_for_ever() -> None:
    async with opened(None) as shelf:
        await shelf.store.adopt(ALICE.id)
        for record in (FIRST, SECOND, GONE):
            await shelf.take(ALICE, record)
        assert await shelf.held() == {GONE.id}
        assert await shelf.store.archived(ALICE.id) == [GONE, SECOND, FIRST]
        assert await shelf.store.archived(ALICE.id, limit=1, before=Cursor(GONE.rev, GONE.id)) == [SECOND]


async def test_an_own_record_that_lost_its_address_is_archived_too() -> None:
    """Another device of the same person wrote later: what this one wrote must not vanish."""
    async with opened(None) as shelf:
        await shelf.store.adopt(ALICE.id)
        await shelf.take(ALICE, SECOND)
        await shelf.take(FIRST)
        assert await shelf.held() == {SECOND.id}
        assert await shelf.store.archived(ALICE.id) == [SECOND, FIRST]


async def test_adopting_archives_what_is_held_already() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, FIRST, post(BOB))
        await shelf.store.adopt(ALICE.id)
        assert await shelf.store.archived(ALICE.id) == [FIRST]
        assert await shelf.store.own_identities() == {ALICE.id}


async def test_other_peoples_records_are_not_archived() -> None:
    async with opened(None) as shelf:
        await shelf.store.adopt(ALICE.id)
        await shelf.take(BOB, post(BOB))
        assert await shelf.store.archived(BOB.id) == []
        assert (await shelf.store.counts()).archived == 0


async def test_refused_records_are_not_archived() -> None:
    async with opened(None) as shelf:
        await shelf.store.adopt(ALICE.id)
        taken = await shelf.take(ALICE, post(ALICE, place=Place(slot=1000)))
        assert [refusal.rule for refusal in taken.rejected] == ["KND-1"]
        assert await shelf.store.archived(ALICE.id) == []

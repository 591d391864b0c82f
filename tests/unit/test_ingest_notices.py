"""Who subscribes hears of every commit, or that something was missed; nobody is waited for."""

import pytest
import trio
import trio.testing
from support.keys import person
from support.shelf import opened
from support.world import NOW_MS, Place, post

from folkmoot_node import notices
from folkmoot_node.notices import Notice, entry

ALICE = person("alice")
OLD, NEW = post(ALICE), post(ALICE, "newer", Place(rev=NOW_MS + 1))


async def test_a_notice_names_what_came_and_what_went() -> None:
    async with opened(None) as shelf:
        news = shelf.ingest.subscribe()
        await shelf.take(ALICE, OLD)
        await shelf.take(NEW)
        assert await news.next() == Notice(put=(entry(OLD),), identities=frozenset({ALICE.id}))
        assert await news.next() == Notice(put=(entry(NEW),), dropped=(entry(OLD),))


async def test_a_reader_is_woken(nursery: trio.Nursery) -> None:
    async with opened(None) as shelf:
        news = shelf.ingest.subscribe()
        heard: list[Notice] = []

        async def read() -> None:
            heard.append(await news.next())

        nursery.start_soon(read)
        await trio.testing.wait_all_tasks_blocked()
        await shelf.take(ALICE)
        await trio.testing.wait_all_tasks_blocked()
        assert [notice.identities for notice in heard] == [{ALICE.id}]


async def test_nothing_new_is_no_news() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, OLD)
        news = shelf.ingest.subscribe()
        await shelf.take(ALICE, OLD)
        await shelf.ingest.sweep(confirmed_day=None)
        await shelf.take(NEW)
        assert (await news.next()).put == (entry(NEW),)


async def test_a_slow_reader_loses_news_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "NOTICES_MAX", 2)
    async with opened(None) as shelf:
        slow, quick = shelf.ingest.subscribe(), shelf.ingest.subscribe()
        await shelf.take(ALICE)
        await quick.next()
        for slot in range(4):
            await shelf.take(post(ALICE, place=Place(slot)))
            assert (await quick.next()).missed is False
        assert [(await slow.next()).missed for _ in range(3)] == [False, False, True]
        await shelf.take(post(ALICE, place=Place(9)))
        assert (await slow.next()) == (await quick.next())


async def test_a_closed_subscription_hears_nothing(nursery: trio.Nursery) -> None:
    async with opened(None) as shelf:
        closed, other = shelf.ingest.subscribe(), shelf.ingest.subscribe()
        heard: list[Notice] = []

        async def read() -> None:
            heard.append(await closed.next())

        nursery.start_soon(read)
        closed.close()
        await shelf.take(ALICE)
        await other.next()
        await trio.testing.wait_all_tasks_blocked()
        assert heard == []
        nursery.cancel_scope.cancel()

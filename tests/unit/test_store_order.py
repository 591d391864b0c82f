"""The store holds what the protocol says, whatever the order, the batches and the repetitions."""

from collections.abc import Sequence

import trio
from hypothesis import given
from hypothesis import strategies as st
from support.keys import person, secret_key
from support.memory_view import MemoryReplica
from support.shelf import Shelf, opened
from support.world import (
    NOW_MS,
    TODAY,
    Place,
    deleted,
    draft_of,
    post,
    profile,
    recovered,
    rotated,
    sealed,
    team,
)

from folkmoot.identity import Operation
from folkmoot.limits import DAY_MS
from folkmoot.record import Record, day_of
from folkmoot.replica import shown, winner
from folkmoot_node.store import PARTY, Search

ALICE = person("alice")
BOB = person("bob")
TABLET, PHONE, NEW = secret_key("tablet"), secret_key("phone"), secret_key("new")

FIRST = post(ALICE, "first", tags=["go"])
ITEMS: tuple[Operation | Record, ...] = (
    ALICE.genesis,
    BOB.genesis,
    rotated(ALICE, TABLET),
    rotated(ALICE, PHONE),
    recovered(ALICE, NEW, FIRST),
    FIRST,
    post(ALICE, "second", Place(rev=NOW_MS + 1), tags=["go"]),
    post(ALICE, "tomorrow", Place(rev=NOW_MS + DAY_MS), tags=["go"]),
    deleted(ALICE, FIRST),
    sealed(ALICE, "post", {"text": "by tablet", "tags": ["go"]}, Place(1), key=TABLET),
    sealed(ALICE, "post", {"text": "by phone", "tags": ["go"]}, Place(1, rev=NOW_MS + 5), key=PHONE),
    sealed(ALICE, "post", {"text": "by new", "tags": ["go"]}, Place(2), key=NEW),
    profile(ALICE, "go"),
    draft_of(BOB, team(BOB, ALICE)),
    post(BOB, about=FIRST.id, tags=["go"]),
    *(sealed(BOB, f"later-kind-{n}", {"n": n}) for n in range(10)),
)

batches = st.lists(st.lists(st.sampled_from(ITEMS), max_size=8), max_size=12)


@given(batches)
def test_the_store_follows_the_protocol_step_by_step(landing: Sequence[Sequence[Operation | Record]]) -> None:
    trio.run(_compare, landing)


async def _compare(landing: Sequence[Sequence[Operation | Record]]) -> None:
    replica = MemoryReplica()
    async with opened(None) as shelf:
        for batch in landing:
            operations = [item for item in batch if isinstance(item, Operation)]
            records = [item for item in batch if isinstance(item, Record)]
            replica.take(operations, records, now_ms=NOW_MS)
            await shelf.ingest.take_opened(operations, records, source="somebody")
        everything = await shelf.store.everything()
        kept, held = replica.content
        assert {item.id for item in everything.operations} == kept
        assert {item.id for item in everything.records} == held
        assert (await shelf.store.counts()).waiting == len(replica.waiting)
        for now_ms in (NOW_MS, NOW_MS + DAY_MS):
            shelf.clock.at_ms = now_ms
            await _compare_views(shelf, everything.records)
        await _compare_indexes(shelf, everything.records)


async def _compare_views(shelf: Shelf, held: Sequence[Record]) -> None:
    """Compare what the tables say with what the protocol's own functions make of the records held."""
    places = {item.address: [other for other in held if other.address == item.address] for item in held}
    visible = {shown(items, shelf.clock.at_ms) for items in places.values()}
    expected = {item.id for item in visible if item is not None and not item.is_tombstone}
    found = {item.id for author in (ALICE, BOB) for item in await shelf.store.by_author(author.id)}
    assert found == expected
    live = {winner(items).id for items in places.values()}
    assert set(await shelf.live("commons", day=day_of(shelf.clock.at_ms))) == live
    tagged = {item.id for item in visible if item is not None and item.kind == "post" and not item.is_tombstone}
    assert {item.id for item in await shelf.store.find(Search(kind="post", skills=["go"]))} == tagged


async def _compare_indexes(shelf: Shelf, held: Sequence[Record]) -> None:
    """Check that what left took its entries along."""
    connection = shelf.store._writing._connection
    filled = [item for item in held if not item.is_tombstone]
    refs = sorted(ref for (ref,) in connection.execute("SELECT relation FROM refs WHERE relation != ?", (PARTY,)))
    assert refs == sorted(ref.relation for item in held for ref in item.refs)
    (labels,) = connection.execute("SELECT count(*) FROM skills").fetchone()
    assert labels == sum(item.kind in {"post", "profile"} for item in filled)
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    found = {row for (row,) in connection.execute("SELECT rowid FROM search WHERE search MATCH 'go OR tags OR by'")}
    assert found <= {row for (row,) in connection.execute("SELECT row FROM records")}
    assert TODAY == day_of(NOW_MS)

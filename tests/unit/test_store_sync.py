"""What a node can hand on, as the bytes it came in and in an order that can be verified."""

from support.keys import person, secret_key
from support.shelf import opened
from support.world import TODAY, Place, post, profile, rotated

from folkmoot.ids import RecordId
from folkmoot_node.store.reading import CHUNK_BYTES_MAX

ALICE = person("alice")
BOB = person("bob")
UNKNOWN = RecordId(b"?" * 32)


async def test_live_ids_are_those_of_one_space_that_do_not_expire_before_a_day() -> None:
    short = post(ALICE, place=Place(0, expires=TODAY + 1))
    lasting = post(ALICE, place=Place(1))
    elsewhere = post(ALICE, place=Place(2, space="design.fr"))
    async with opened(None) as shelf:
        await shelf.take(ALICE, short, lasting, elsewhere)
        assert set(await shelf.live("commons", day=TODAY)) == {short.id, lasting.id}
        assert await shelf.live("commons", day=TODAY + 1) == [lasting.id]
        assert await shelf.live("design.fr", day=TODAY) == [elsewhere.id]
        assert await shelf.live("nowhere", day=TODAY) == []


async def test_operations_are_listed_parents_first() -> None:
    second = rotated(ALICE, secret_key("tablet"))
    async with opened(None) as shelf:
        await shelf.take(BOB, second, ALICE)
        assert await shelf.store.operations([BOB.id, ALICE.id]) == [BOB.genesis, ALICE.genesis, second]
        everything = await shelf.store.everything()
        assert {item.id for item in everything.operations} == {BOB.genesis.id, ALICE.genesis.id, second.id}
        assert everything.operations.index(second) > everything.operations.index(ALICE.genesis)


async def test_an_identity_travels_whole() -> None:
    second = rotated(ALICE, secret_key("tablet"))
    async with opened(None) as shelf:
        await shelf.take(ALICE, second, BOB)
        assert await shelf.store.whole_identities([second.id, UNKNOWN]) == [ALICE.genesis.id, second.id]


async def test_wires_come_in_chunks_until_nothing_is_left() -> None:
    records = [post(ALICE, "long " * 700, Place(slot=n)) for n in range(40)]
    async with opened(None) as shelf:
        await shelf.take(ALICE, *records)
        rest: tuple[bytes, ...] = (ALICE.genesis.id, *(record.id for record in records))
        found: list[bytes] = []
        sizes_bytes: list[int] = []
        while rest:
            chunk = await shelf.store.wires(rest)
            found += [*chunk.operations, *chunk.records]
            sizes_bytes.append(sum(map(len, (*chunk.operations, *chunk.records))))
            rest = chunk.rest
        assert found == [ALICE.genesis.wire, *(record.wire for record in records)]
        assert max(sizes_bytes) <= CHUNK_BYTES_MAX
        assert min(sizes_bytes[:-1]) > CHUNK_BYTES_MAX - 2 * len(records[0].wire)


async def test_what_is_gone_is_left_out() -> None:
    record = post(ALICE)
    async with opened(None) as shelf:
        await shelf.take(ALICE, record)
        chunk = await shelf.store.wires([UNKNOWN, record.id])
        assert (chunk.operations, chunk.records, chunk.rest) == ((), (record.wire,), ())


async def test_records_read_from_disk_are_what_was_sealed() -> None:
    record = profile(ALICE, "Python", shown=[b"e" * 32])
    async with opened(None) as shelf:
        await shelf.take(ALICE, record)
        read = await shelf.store.record(record.id)
        assert read == record
        assert read is not None
        assert read.refs == record.refs


async def test_counts_say_how_much_is_held() -> None:
    async with opened(None) as shelf:
        await shelf.store.adopt(ALICE.id)
        await shelf.take(ALICE, profile(ALICE), post(ALICE), post(ALICE, place=Place(1)), post(BOB))
        counts = await shelf.store.counts()
        assert counts.records == {"profile": 1, "post": 2}
        assert (counts.identities, counts.operations, counts.waiting, counts.archived) == (1, 1, 1, 3)
        assert counts.waiting_bytes == len(post(BOB).wire)
        assert counts.database_bytes > 0

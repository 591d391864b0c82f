"""What is held goes into a file and comes out of it on another node, whole; twice changes nothing."""

from collections.abc import AsyncIterator, Iterable, Sequence

from support.keys import NETWORK, Person, person, secret_key
from support.shelf import Shelf, opened
from support.sketched import check, expected, scope_of
from support.world import NOW_MS, TODAY, Place, deleted, post, profile, rotated

from folkmoot.bundle import pack_wires
from folkmoot.bundle_file import FileReader, read_bundles
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot_node.bundling import FileTaking, Intake, bundles
from folkmoot_node.store import Selection

ALICE, BOB, CAROL = person("alice"), person("bob"), person("carol")
SECOND = rotated(ALICE, secret_key("tablet"))
LONG = [post(ALICE, "long " * 600, Place(slot)) for slot in range(2, 60)]
ELSEWHERE = post(BOB, "elsewhere", Place(1, space="design.fr"))


async def _exported(shelf: Shelf, selection: Selection = Selection(day=TODAY)) -> list[bytes]:  # noqa: B008
    chosen = await shelf.store.choose(selection)
    found = [data async for data in bundles(shelf.store, chosen)]
    if chosen.identities:
        assert 0 < chosen.size_bytes < sum(map(len, found)) < 2 * chosen.size_bytes
    return found


async def _imported(shelf: Shelf, pieces: Iterable[bytes], spaces: frozenset[str] | None = None) -> Intake:
    async def each() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return await FileTaking(shelf.ingest, network=NETWORK, spaces=spaces).take(each())


async def _filled(shelf: Shelf) -> None:
    await shelf.take(ALICE, SECOND, BOB, CAROL, profile(ALICE), ELSEWHERE, post(BOB, place=Place(2)), *LONG)
    await shelf.take(deleted(BOB, post(BOB, place=Place(2))), post(CAROL, place=Place(1, expires=TODAY + 1)))


async def test_all_that_is_live_comes_through_and_twice_changes_nothing() -> None:
    async with opened(None) as shelf, opened(None) as other:
        await _filled(shelf)
        data = await _exported(shelf)
        intake = await _imported(other, data)
        assert expected(other, scope_of(TODAY)) == expected(shelf, scope_of(TODAY))
        assert (intake.operations, intake.records) == (4, 62)
        assert (intake.bundles, intake.fault, intake.refused) == (len(data), None, {})
        again = await _imported(other, data)
        assert (again.operations, again.records, again.held) == (0, 0, 66)
        await check(other, scope_of(TODAY))


async def test_a_file_is_made_of_small_bundles_with_operations_first() -> None:
    async with opened(None) as shelf:
        await _filled(shelf)
        data = await _exported(shelf)
        reader = FileReader(network=NETWORK)
        parts = [part for piece in data for part in reader.feed(piece)] + list(reader.end())
        assert len(parts) == len(data) > 2
        assert max(map(len, data)) < 64 * 1024
        with_records = [bool(part.bundle.records) for part in parts]
        assert with_records == sorted(with_records)


async def test_an_empty_node_makes_a_file_that_can_be_read() -> None:
    async with opened(None) as shelf:
        [data] = await _exported(shelf)
        assert read_bundles(data, network=NETWORK).records == ()


async def _ids_in(shelf: Shelf, selection: Selection) -> tuple[set[Person], set[Record]]:
    await _filled(shelf)
    found = read_bundles(b"".join(await _exported(shelf, selection)), network=NETWORK)
    known = {item.wire: item for item in (profile(ALICE), ELSEWHERE, *LONG, _SHORT, _GONE)}
    people = {who for who in (ALICE, BOB, CAROL) if who.genesis.wire in found.operations}
    assert (ALICE in people) == (SECOND.wire in found.operations)
    return people, {known[wire] for wire in found.records}


_SHORT = post(CAROL, place=Place(1, expires=TODAY + 1))
_GONE = deleted(BOB, post(BOB, place=Place(2)))


async def test_a_person_comes_with_all_operations_and_records_of_theirs_alone() -> None:
    async with opened(None) as shelf:
        chosen = await _ids_in(shelf, Selection(day=TODAY, authors=(BOB.id,)))
        assert chosen == ({BOB}, {ELSEWHERE, _GONE})


async def test_a_space_comes_with_the_operations_of_those_who_speak_in_it() -> None:
    async with opened(None) as shelf:
        assert await _ids_in(shelf, Selection(day=TODAY, spaces=("design.fr",))) == ({BOB}, {ELSEWHERE})


async def test_a_person_in_a_space_comes_with_what_is_both() -> None:
    async with opened(None) as shelf:
        chosen = await _ids_in(shelf, Selection(day=TODAY, authors=(BOB.id, CAROL.id), spaces=("commons",)))
        assert chosen == ({BOB, CAROL}, {_GONE, _SHORT})


async def test_what_has_expired_stays_behind() -> None:
    async with opened(None) as shelf:
        people, records = await _ids_in(shelf, Selection(day=TODAY + 1))
        assert CAROL in people
        assert _SHORT not in records


async def test_a_winner_that_is_not_due_comes_along() -> None:
    winner = post(ALICE, "tomorrow", Place(rev=NOW_MS + DAY_MS))
    async with opened(None) as shelf, opened(None) as other:
        await shelf.take(ALICE, post(ALICE, "now"), winner)
        await _imported(other, await _exported(shelf))
        assert await other.held() == {winner.id}


async def test_what_comes_before_a_fault_is_kept() -> None:
    async with opened(None) as shelf:
        await _filled(shelf)
        whole = b"".join(await _exported(shelf))
    for spoiled in (whole[: len(whole) // 2], whole[: len(whole) // 2] + b"\xc1" * 1000, whole + b"and more"):
        async with opened(None) as other:
            intake = await _imported(other, _cut(spoiled))
            assert intake.fault is not None
            assert 0 < intake.records <= 62
            assert intake.operations == 4
            assert 0 < intake.size_bytes <= len(whole)
            assert len(await other.held()) == intake.records
            healed = await _imported(other, _cut(whole))
            assert healed.fault is None
            assert (healed.held, healed.records) == (4 + intake.records, 62 - intake.records)


async def test_operations_of_one_identity_are_taken_together_when_the_file_ends_in_them() -> None:
    async with opened(None) as shelf, opened(None) as other:
        await shelf.take(ALICE, SECOND)
        whole = b"".join(await _exported(shelf))
        intake = await _imported(other, [whole, b"\xc1"])
        assert (intake.operations, intake.fault is None) == (2, False)


async def test_records_of_other_spaces_are_counted_and_left_aside() -> None:
    async with opened(None) as shelf, opened(None) as other:
        await shelf.take(BOB, ELSEWHERE, post(BOB))
        intake = await _imported(other, await _exported(shelf), spaces=frozenset(["commons"]))
        assert (intake.records, intake.elsewhere) == (1, 1)


async def test_records_without_operations_wait_and_are_told() -> None:
    async with opened(None) as shelf:
        data = _only_records([post(BOB), post(CAROL)])
        intake = await _imported(shelf, [data])
        assert intake.waiting == {BOB.id, CAROL.id}


async def test_damaged_items_are_told_by_rule() -> None:
    record = post(ALICE)
    async with opened(None) as shelf:
        await shelf.take(ALICE)
        intake = await _imported(shelf, [_only_records([record])[:-1] + bytes([record.wire[-1] ^ 1])])
        assert intake.refused == {"REC-9": 1}


def _only_records(records: Sequence[Record]) -> bytes:
    return pack_wires((), [item.wire for item in records], network=NETWORK)


def _cut(data: bytes) -> list[bytes]:
    return [data[start : start + 10_000] for start in range(0, len(data), 10_000)]

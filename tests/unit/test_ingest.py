"""What becomes of wires from anyone."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import structlog
import trio
from support.keys import NETWORK, person, secret_key
from support.shelf import Shelf, opened
from support.world import NOW_MS, TODAY, Place, bid, opportunity, post, profile, recovered, rotated

from folkmoot.bundle import gossip_bundles, pack
from folkmoot.canonical import decode, encode
from folkmoot.errors import DecodeError
from folkmoot.limits import DAY_MS
from folkmoot.record import Content, Record, seal
from folkmoot_node import ingest as ingest_module
from folkmoot_node.opening import UNREADABLE

ALICE = person("alice")
BOB = person("bob")
RECORD = post(ALICE)


def _with_bad_signature(record: Record) -> bytes:
    match decode(record.wire, bytes_max=len(record.wire)):
        case [bytes() as payload, bytes() as signature]:
            return encode([payload, bytes([signature[0] ^ 1]) + signature[1:]])
        case _:
            raise AssertionError


async def _take_wires(shelf: Shelf, *wires: bytes) -> Sequence[str]:
    """Take records in one batch and return the rules by which any were rejected."""
    taken = await shelf.ingest.take([ALICE.genesis.wire], wires, source="somebody")
    return [refusal.rule for refusal in taken.rejected]


async def test_records_and_operations_are_taken_together() -> None:
    records = [RECORD, profile(ALICE), post(BOB)]
    async with opened(None) as shelf:
        taken = await shelf.take(ALICE, BOB, *records)
        assert set(taken.new_records) == {record.id for record in records} == set(taken.accepted)
        assert set(taken.new_operations) == {ALICE.genesis.id, BOB.genesis.id}
        assert (taken.held, taken.verified, taken.deferred) == (0, 5, frozenset())


async def test_what_is_held_is_not_verified_again() -> None:
    async with opened(None) as shelf:
        await shelf.take(ALICE, RECORD)
        taken = await shelf.take(ALICE, RECORD, profile(ALICE))
        assert (taken.held, taken.verified) == (2, 1)
        assert taken.new_records == (profile(ALICE).id,)
        assert await _take_wires(shelf, _with_bad_signature(RECORD)) == []


async def test_a_bad_signature_is_not_remembered_against_an_id() -> None:
    async with opened(None) as shelf:
        assert await _take_wires(shelf, _with_bad_signature(RECORD)) == ["REC-9"]
        assert await _take_wires(shelf, _with_bad_signature(RECORD), RECORD.wire) == ["REC-9"]
        assert await shelf.held() == {RECORD.id}


async def test_each_item_is_judged_by_itself() -> None:
    """Junk in a batch is named by its rule and takes nothing else down."""
    async with opened(None) as shelf:
        taken = await shelf.ingest.take(
            [b"junk", ALICE.genesis.wire, encode([b"x", []])],
            [
                b"",
                RECORD.wire,
                encode(7),
                encode([b"x", b"y"]),
                post(ALICE, place=Place(slot=999)).wire,
                b"\xff" * 20_000,
            ],
            source="somebody",
        )
        assert [refusal.rule for refusal in taken.rejected] == [
            "ENC-2",
            "OPR-1",
            "ENC-2",
            "REC-1",
            "REC-1",
            "ENC-1",
            "KND-1",
        ]
        assert taken.rejected[0].item == UNREADABLE
        assert taken.rejected[-1].item.startswith("rec1")
        assert taken.new_records == (RECORD.id,)
        assert shelf.ingest.counts == {"ENC-2": 2, "OPR-1": 1, "REC-1": 2, "ENC-1": 1, "KND-1": 1}


async def test_a_record_of_another_network_does_not_verify() -> None:
    content = Content("post", "commons", 0, NOW_MS, TODAY + 9, (), {"text": "hello"})
    foreign = seal(content, author=ALICE.id, key=ALICE.key, network="main")
    async with opened(None) as shelf:
        assert await _take_wires(shelf, foreign.wire) == ["REC-9"]


async def test_what_an_honest_peer_may_send_is_ignored() -> None:
    newer = post(ALICE, "newer", Place(rev=NOW_MS + 1))
    future = post(BOB, place=Place(rev=NOW_MS + 3 * DAY_MS))
    expired = post(BOB, place=Place(rev=NOW_MS - 9 * DAY_MS, expires=TODAY))
    async with opened(None) as shelf:
        await shelf.take(ALICE, BOB, newer)
        taken = await shelf.take(RECORD, future, expired)
        assert [refusal.rule for refusal in taken.ignored] == ["SLT-2", "CLK-2", "CLK-1"]
        assert taken.new_records == ()
        assert taken.rejected == ()
        assert await shelf.held() == {newer.id}


async def test_a_newer_record_takes_the_place_of_an_older() -> None:
    newer = post(ALICE, "newer", Place(rev=NOW_MS + 1))
    async with opened(None) as shelf:
        await shelf.take(ALICE, RECORD)
        taken = await shelf.take(newer)
        assert (taken.new_records, taken.gone_records) == ((newer.id,), (RECORD.id,))


async def test_a_recovery_takes_away_what_a_stolen_device_signed() -> None:
    kept = profile(ALICE)
    async with opened(None) as shelf:
        await shelf.take(ALICE, RECORD, kept)
        taken = await shelf.take(recovered(ALICE, secret_key("new phone"), kept))
        assert taken.gone_records == (RECORD.id,)
        assert await shelf.held() == {kept.id}
        assert [refusal.rule for refusal in (await shelf.take(RECORD)).ignored] == ["AUT-2"]


async def test_an_operation_that_does_not_follow_is_ignored() -> None:
    async with opened(None) as shelf:
        taken = await shelf.take(rotated(ALICE, secret_key("tablet")))
        assert [refusal.rule for refusal in taken.ignored] == ["CHN-5"]
        assert taken.new_operations == ()


async def test_a_held_operation_that_comes_again_with_a_signature_missing_changes_nothing() -> None:
    """The id of an operation does not cover its signatures."""
    step = rotated(ALICE, secret_key("tablet"))
    match decode(step.wire, bytes_max=len(step.wire)):
        case [bytes() as carried, list() as pairs]:
            stripped = encode([carried, pairs[:1]])
        case _:
            raise AssertionError
    async with opened(None) as shelf:
        await shelf.take(ALICE, step)
        taken = await shelf.ingest.take([stripped], [], source="thief")
        assert taken.held == 1
        assert await shelf.store.operations_of(ALICE.id) == [ALICE.genesis, step]


async def test_a_long_sequence_is_taken_in_several_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "BATCH_MAX", 10)
    records = [post(who, place=Place(slot)) for who in (ALICE, BOB) for slot in range(20)]
    async with opened(tmp_path) as shelf:
        news = shelf.ingest.subscribe()
        taken = await shelf.take(*records, ALICE, BOB)
        assert set(taken.new_records) == {record.id for record in records}
        assert taken.verified == len(records) + 2
        assert [len((await news.next()).put) for _ in range(5)] == [0, 10, 10, 10, 10]


async def test_many_callers_at_once_bring_in_everything(tmp_path: Path) -> None:
    records = [post(ALICE, f"number {n}", Place(slot=n)) for n in range(60)]
    async with opened(tmp_path) as shelf:
        await shelf.take(ALICE)
        async with trio.open_nursery() as nursery:
            for record in records:
                nursery.start_soon(shelf.take, record)
                nursery.start_soon(shelf.take, records[0])
        assert await shelf.held() == {record.id for record in records}


async def test_what_was_opened_elsewhere_is_taken_without_verifying() -> None:
    async with opened(None) as shelf:
        taken = await shelf.ingest.take_opened([ALICE.genesis], [RECORD], source="somebody")
        assert (taken.new_records, taken.verified) == ((RECORD.id,), 0)
        assert (await shelf.ingest.take_opened([ALICE.genesis], [RECORD], source="somebody")).held == 1


async def test_a_gossip_message_is_taken_whole() -> None:
    records = sorted([RECORD, profile(ALICE)], key=lambda record: record.id)
    (message,) = gossip_bundles([ALICE.genesis], records, network=NETWORK)
    async with opened(None) as shelf:
        taken = await shelf.ingest.take_gossip(message, space="commons", source="peer")
        assert set(taken.new_records) == {record.id for record in records}
        assert taken.verified == 3
        again = await shelf.ingest.take_gossip(message, space="commons", source="peer")
        assert (again.held, again.verified, again.new_records) == (3, 0, ())


@pytest.mark.parametrize(
    ("records", "space", "rule"),
    [
        ([RECORD, post(BOB)], "commons", "GOS-2"),
        ([RECORD], "design.fr", "GOS-2"),
        ([], "commons", "GOS-2"),
    ],
)
async def test_a_gossip_message_out_of_form_is_refused_whole(records: list[Record], space: str, rule: str) -> None:
    message = pack([ALICE.genesis], records, network=NETWORK)
    async with opened(None) as shelf:
        with pytest.raises(DecodeError) as caught:
            await shelf.ingest.take_gossip(message, space=space, source="peer")
        assert caught.value.rule == rule
        assert shelf.ingest.counts == {rule: 1}
        assert await shelf.held() == set()


async def test_a_gossip_message_with_a_bad_signature_beside_something_new_is_refused() -> None:
    """It would be passed on as it came, so what is held is verified again here."""
    new = profile(ALICE)
    pairs = sorted([(RECORD.id, _with_bad_signature(RECORD)), (new.id, new.wire)])
    message = encode(["folkmoot-bundle/1", NETWORK, [], [wire for _, wire in pairs]])
    async with opened(None) as shelf:
        await shelf.take(ALICE, RECORD)
        with pytest.raises(DecodeError, match="GOS-1"):
            await shelf.ingest.take_gossip(message, space="commons", source="peer")


async def test_rejects_are_logged_once_a_rule_and_without_bodies() -> None:
    with structlog.testing.capture_logs() as lines:
        async with opened(None) as shelf:
            await _take_wires(shelf, *(post(ALICE, "secret words", Place(slot=900 + n)).wire for n in range(5)))
    assert [(line["rule"], line["source"], line["count"]) for line in lines] == [("KND-1", "somebody", 5)]
    assert "secret" not in repr(lines)


async def test_rules_are_counted_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "RULES_COUNTED_MAX", 1)
    async with opened(None) as shelf:
        await _take_wires(shelf, b"", encode(7), b"")
        assert shelf.ingest.counts == {"ENC-2": 2}


async def test_a_bid_needs_no_opportunity_to_be_held() -> None:
    call = opportunity(BOB)
    async with opened(None) as shelf:
        assert len((await shelf.take(ALICE, bid(ALICE, call))).new_records) == 1

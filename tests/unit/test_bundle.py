"""Bundles: damage is named and takes nothing else down; gossip takes one form."""

import pytest
from support.keys import NETWORK, person
from support.lineage import Plan, key, root, step
from support.statements import NOW, Place, said, said_by

from folkmoot.bundle import (
    LABEL,
    Bundle,
    OpenedBundle,
    gossip_bundles,
    gossip_problem,
    open_bundle,
    open_gossip,
    pack,
    unpack,
)
from folkmoot.canonical import Value, encode
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.limits import BUNDLE_BYTES_MAX, GOSSIP_BYTES_MAX
from folkmoot.record import Record

ALICE, BOB = person("alice"), person("bob")
FIRST, SECOND, THIRD = sorted(
    (said(ALICE, "post", {"text": f"{slot}"}, Place(slot)) for slot in range(3)), key=lambda record: record.id
)
BOBS = said(BOB, "post", {"text": "Hello"})
GROWN = root(Plan(next_key="n0"))
LATER = step(GROWN, Plan(next_key="n1"), signers=("n0",))
LATEST = step(LATER, Plan(next_key="n2"), signers=("n1",))
GROWNS = said_by(GROWN.identity, key("phone"), "post", {"text": "x"})


def opened_as_gossip(bundle: Bundle) -> OpenedBundle:
    return open_gossip(bundle, space="commons", network=NETWORK)


def refused_by(data: bytes, network: str = NETWORK) -> str:
    with pytest.raises(DecodeError) as caught:
        unpack(data, network=network)
    return caught.value.rule


def opened(operations: list[bytes], records: list[bytes]) -> OpenedBundle:
    return open_bundle(Bundle(tuple(operations), tuple(records)), network=NETWORK)


def test_what_is_packed_is_unpacked_in_order_and_once() -> None:
    data = pack([LATEST, LATER, GROWN, LATER, BOB.genesis], [SECOND, FIRST, SECOND], network=NETWORK)
    bundle = unpack(data, network=NETWORK)
    by_identity = sorted(
        [[BOB.genesis], [GROWN, *sorted((LATER, LATEST), key=lambda o: o.id)]], key=lambda o: o[0].id
    )
    assert bundle.operations == tuple(item.wire for items in by_identity for item in items)
    assert bundle.records == (FIRST.wire, SECOND.wire)
    read = open_bundle(bundle, network=NETWORK)
    assert read.records == (FIRST, SECOND)
    assert set(read.operations) == {GROWN, LATER, LATEST, BOB.genesis}
    assert read.damages == ()


def test_a_bundle_may_be_empty() -> None:
    assert unpack(pack([], [], network=NETWORK), network=NETWORK) == Bundle((), ())


@pytest.mark.parametrize(
    "loose",
    [
        1,
        {},
        [],
        [LABEL, NETWORK, []],
        [LABEL, NETWORK, [], [], []],
        ["folkmoot-bundle/2", NETWORK, [], []],
        [b"folkmoot-bundle/1", NETWORK, [], []],
        [LABEL, NETWORK, {}, []],
        [LABEL, NETWORK, [], 1],
        [LABEL, NETWORK, ["text"], []],
        [LABEL, NETWORK, [], [b"", []]],
    ],
)
def test_a_bundle_has_four_parts(loose: Value) -> None:
    assert refused_by(encode(loose)) == "BUN-1"


def test_a_bundle_of_another_network_is_refused_as_such() -> None:
    data = pack([ALICE.genesis], [FIRST], network=NETWORK)
    assert refused_by(data, network="elsewhere") == "BUN-2"
    assert refused_by(encode([LABEL, b"test", [], []])) == "BUN-2"


def test_a_bundle_is_bounded() -> None:
    data = pack([ALICE.genesis], [FIRST], network=NETWORK)
    with pytest.raises(DecodeError, match="ENC-1"):
        unpack(data, network=NETWORK, bytes_max=len(data) - 1)
    assert refused_by(bytes(BUNDLE_BYTES_MAX + 1)) == "ENC-1"
    assert refused_by(data[:-1]) == "ENC-2"


def test_one_damaged_item_is_named_and_takes_nothing_else_down() -> None:
    operations = [GROWN.wire, LATER.wire, BOB.genesis.wire]
    records = [FIRST.wire, SECOND.wire, BOBS.wire]
    for position in range(3):
        worse = [*records]
        worse[position] = worse[position][:-1] + bytes([worse[position][-1] ^ 1])
        read = opened(operations, worse)
        assert len(read.operations) == 3
        assert len(read.records) == 2
        [damage] = read.damages
        assert (damage.what, damage.position, damage.error.rule) == ("record", position + 1, "REC-9")
        assert damage.claims.startswith("post by folk1")
        worse = [*operations]
        worse[position] = worse[position][:-1] + bytes([worse[position][-1] ^ 1])
        read = opened(worse, records)
        assert len(read.records) == 3
        assert len(read.operations) == 2
        [damage] = read.damages
        assert (damage.what, damage.position, damage.error.rule) == ("operation", position + 1, "OPR-8")


def test_no_single_bit_of_a_bundle_can_change_unnoticed() -> None:
    data = pack([], [FIRST], network=NETWORK)
    for bit in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            read = open_bundle(unpack(bytes(damaged), network=NETWORK), network=NETWORK)
        except DecodeError:
            continue
        assert len(read.damages) == 1
        assert not read.records
        assert not read.operations


@pytest.mark.parametrize(
    ("wire", "claims"),
    [
        (b"", "unreadable"),
        (b"\xff", "unreadable"),
        (encode([]), "unreadable"),
        (encode(["text"]), "unreadable"),
        (encode([b"\xff\xff"]), "unreadable"),
        (encode([encode("text")]), "unreadable"),
        (encode([encode({})]), "unreadable"),
        (encode([encode({"nonce": bytes(8)})]), "a genesis"),
        (encode([encode({"identity": bytes(32)})]), "of folk1qqqqqq…l52q"),
        (encode([encode({"identity": bytes(31)})]), "unreadable"),
        (encode([encode([1, "post", bytes(32)])]), "post by folk1qqqqqq…l52q"),
        (encode([encode([1, "Dear reader", bytes(32)])]), "unreadable"),
        (encode([encode([1, "post", bytes(33)])]), "unreadable"),
    ],
)
def test_damage_says_what_it_claims_to_be_as_far_as_it_can_be_read(wire: bytes, claims: str) -> None:
    for read in (opened([wire], []), opened([], [wire])):
        assert read.damages[0].claims == claims
        assert str(read.damages[0]) == f"{read.damages[0].what} 1 ({claims}): {read.damages[0].error}"


def test_describing_a_huge_claim_is_cheap() -> None:
    wire = encode([encode([1, "post", b"\xff" * 4_000_000])])
    assert opened([], [wire]).damages[0].claims == "unreadable"


def problem(operations: list[Operation], records: list[Record], space: str = "commons") -> str | None:
    found = gossip_problem(OpenedBundle(tuple(operations), tuple(records), ()), space=space)
    return found.rule if found else None


def test_gossip_is_records_of_one_author_behind_their_operations() -> None:
    assert problem([], [FIRST]) is None
    assert problem([ALICE.genesis], [FIRST, SECOND, THIRD]) is None
    by_id = sorted((LATER, LATEST), key=lambda item: item.id)
    own = said(BOB, "post", {"text": "x"}, Place(space="design.fr"))
    assert problem([BOB.genesis], [own], space="design.fr") is None
    assert problem([GROWN, *by_id], [GROWNS]) is None


def test_gossip_with_a_damaged_item_is_refused() -> None:
    damaged = opened([], [FIRST.wire, SECOND.wire[:-1]])
    found = gossip_problem(damaged, space="commons")
    assert found is not None
    assert found.rule == "GOS-1"
    assert "record 2" in found.why


def test_gossip_is_of_one_author_and_of_the_topic_s_space() -> None:
    assert problem([ALICE.genesis], []) == "GOS-2"
    assert problem([], sorted([FIRST, BOBS], key=lambda record: record.id)) == "GOS-2"
    assert problem([], [FIRST], space="design.fr") == "GOS-2"


def test_gossiped_records_ascend_and_have_an_address_each() -> None:
    newer = said(ALICE, "post", {"text": "newer"}, Place(FIRST.slot, NOW + 1))
    assert problem([], [SECOND, FIRST]) == "GOS-3"
    assert problem([], [FIRST, FIRST]) == "GOS-3"
    assert problem([], sorted([FIRST, newer], key=lambda record: record.id)) == "GOS-3"


def test_gossiped_operations_are_the_author_s_with_the_genesis_first() -> None:
    by_id = sorted((LATER, LATEST), key=lambda item: item.id)
    assert problem([BOB.genesis], [FIRST]) == "GOS-4"
    assert problem([ALICE.genesis, BOB.genesis], [FIRST]) == "GOS-4"
    assert problem([ALICE.genesis, ALICE.genesis], [FIRST]) == "GOS-4"
    assert problem([GROWN, *reversed(by_id)], [GROWNS]) == "GOS-4"
    assert problem([*by_id, GROWN], [GROWNS]) == "GOS-4"


def big(slot: int) -> Record:
    return said(ALICE, "post", {"text": "é" * 4000}, Place(slot))


def test_one_author_s_records_travel_in_as_few_messages_as_hold_them() -> None:
    records = [big(slot) for slot in range(11)]  # 8 KiB each: five fit
    messages = gossip_bundles([ALICE.genesis], records, network=NETWORK)
    assert len(messages) == 3
    carried = [open_bundle(unpack(data, network=NETWORK), network=NETWORK) for data in messages]
    assert {record for read in carried for record in read.records} == set(records)
    for data, read in zip(messages, carried, strict=True):
        assert len(data) <= GOSSIP_BYTES_MAX
        assert read.operations == (ALICE.genesis,)
        assert gossip_problem(read, space="commons") is None
    assert gossip_bundles([ALICE.genesis], [], network=NETWORK) == []


def test_operations_that_take_more_than_half_a_message_stay_at_home() -> None:
    names = tuple(f"guardian {rank} {number}" for rank in range(9) for number in range(9))
    plan = Plan(next_key="n0", recovery=tuple((9 - rank, 9, names[rank * 9 : rank * 9 + 9]) for rank in range(9)))
    many = [root(plan)]
    while sum(len(item.wire) + 5 for item in many) <= GOSSIP_BYTES_MAX // 2:
        [fits] = gossip_bundles(many, [GROWNS], network=NETWORK)
        assert len(unpack(fits, network=NETWORK).operations) == len(many)
        many.append(step(many[-1], plan, signers=("n0",)))
    [data] = gossip_bundles(many, [GROWNS], network=NETWORK)
    assert unpack(data, network=NETWORK).operations == ()


def test_a_gossip_message_opens_whole() -> None:
    opened = opened_as_gossip(unpack(pack([ALICE.genesis], [FIRST], network=NETWORK), network=NETWORK))
    assert (opened.operations, opened.records, opened.damages) == ((ALICE.genesis,), (FIRST,), ())


def test_operations_of_several_identities_are_refused_before_anything_is_verified() -> None:
    forged = person("bob").genesis.wire[:-64] + bytes(64)
    bundle = Bundle((ALICE.genesis.wire, forged), (FIRST.wire,))
    with pytest.raises(DecodeError, match="GOS-4"):
        opened_as_gossip(bundle)


@pytest.mark.parametrize(
    ("operations", "records", "rule"),
    [
        ((b"",), (FIRST.wire,), "GOS-1"),
        ((encode([1]),), (FIRST.wire,), "GOS-1"),
        ((encode([b"junk", []]),), (FIRST.wire,), "GOS-1"),
        ((ALICE.genesis.wire,), (FIRST.wire[:-1] + b"\x00",), "GOS-1"),
        ((ALICE.genesis.wire,), (), "GOS-2"),
    ],
)
def test_the_first_thing_wrong_with_a_gossip_message_ends_it(
    operations: tuple[bytes, ...], records: tuple[bytes, ...], rule: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        opened_as_gossip(Bundle(operations, records))
    assert caught.value.rule == rule

"""How a record is sealed and opened."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.keys import NETWORK, person, secret_key

from folkmoot.canonical import Value, encode
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.keys import preimage
from folkmoot.limits import DAY_MS, INTEGER_MAX, RECORD_BYTES_MAX, REFS_MAX
from folkmoot.record import Address, Content, Record, Ref, day_of, open_record, read_stored, seal

ALICE = person("alice")
REV = 1_700_000_000_000
CONTENT = Content(
    kind="post",
    space="design.fr",
    slot=3,
    rev=REV,
    expires=day_of(REV) + 30,
    refs=[Ref("replies", bytes(32)), Ref("about", b"\x01" * 32)],
    body={"text": "Bonjour", "about": b"\x01" * 32, "replies": bytes(32)},
)


def sealed(**changes: object) -> Record:
    return seal(
        replace(CONTENT, **changes),  # type: ignore[arg-type]
        author=ALICE.id,
        key=ALICE.key,
        network=NETWORK,
    )


NOTE = sealed()
FIELDS: list[Value] = [
    1,
    "post",
    ALICE.id,
    ALICE.key.public,
    "commons",
    0,
    REV,
    day_of(REV) + 1,
    [["a", bytes(32)], ["a", b"\x01" * 32], ["b", bytes(32)]],
    {"text": "x"},
]


def signed(fields: Value) -> bytes:
    payload = encode(fields)
    return encode([payload, ALICE.key.sign(preimage(NETWORK, "record", payload))])


def with_field(position: int, value: Value) -> bytes:
    return signed([*FIELDS[:position], value, *FIELDS[position + 1 :]])


def refused_by(wire: bytes, network: str = NETWORK) -> str:
    with pytest.raises(DecodeError) as caught:
        open_record(wire, network=network)
    return caught.value.rule


def test_what_was_sealed_is_what_is_opened() -> None:
    assert open_record(NOTE.wire, network=NETWORK) == NOTE
    assert NOTE.address == Address(ALICE.id, "design.fr", "post", 3)
    assert NOTE.order == (day_of(REV) + 30, REV, NOTE.id)
    assert NOTE.refs == (Ref("about", b"\x01" * 32), Ref("replies", bytes(32)))
    assert NOTE.targets("about") == (b"\x01" * 32,)
    assert NOTE.targets("nothing") == ()
    assert NOTE.device == ALICE.key.public
    assert hash(NOTE) == hash(open_record(NOTE.wire, network=NETWORK))


def test_a_record_from_our_own_disk_is_the_same_record() -> None:
    assert read_stored(NOTE.wire, network=NETWORK) == NOTE


@pytest.mark.parametrize("wire", [b"", b"\x01", b"\xc1", NOTE.wire[:-1], encode([1, b""]), encode([b"\x01", b""])])
def test_a_record_that_our_disk_has_damaged_is_named_as_such(wire: bytes) -> None:
    with pytest.raises(DecodeError, match="REC-1: the stored bytes are damaged"):
        read_stored(wire, network=NETWORK)


def test_no_single_bit_of_a_record_can_change() -> None:
    for bit in range(len(NOTE.wire) * 8):
        damaged = bytearray(NOTE.wire)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DecodeError):
            open_record(bytes(damaged), network=NETWORK)


def test_an_empty_body_is_a_tombstone() -> None:
    assert sealed(body={}, refs=()).is_tombstone
    assert not NOTE.is_tombstone


def test_the_hand_made_fields_are_good_as_they_stand() -> None:
    assert open_record(signed(FIELDS), network=NETWORK).body == {"text": "x"}


@pytest.mark.parametrize(
    "wire", [[b""], [b"", bytes(63)], [b"", bytes(65)], [b"", bytes(64), 0], ["", bytes(64)], 1]
)
def test_a_wire_is_a_payload_and_64_bytes(wire: Value) -> None:
    assert refused_by(encode(wire)) == "REC-1"


@pytest.mark.parametrize("fields", [{}, [], FIELDS[:-1], [*FIELDS, 0], 10])
def test_a_payload_has_ten_fields(fields: Value) -> None:
    assert refused_by(signed(fields)) == "REC-2"


@pytest.mark.parametrize(
    ("position", "rule", "wrong"),
    [
        (0, "REC-2", [0, 2, True, "1", b"\x01"]),
        (1, "REC-3", [1, b"post", "", "Post", "a" * 49]),
        (2, "REC-4", [1, "a" * 32, bytes(31), bytes(33)]),
        (3, "REC-4", [1, "a" * 32, bytes(32), ALICE.key.public[:31], ALICE.key.public + b"\x00"]),
        (4, "REC-3", [0, b"commons", "", "Commons", "a b"]),
        (5, "REC-5", [-1, True, "0", []]),
        (6, "REC-5", [-1, False, "0"]),
        (7, "REC-5", [-1, True, "0"]),
        (7, "REC-6", [0, day_of(REV) - 1, day_of(REV)]),
        (8, "REC-7", [0, {}, [1], [[]], [["a"]], [["a", bytes(31)]], [["A", bytes(32)]], [[b"a", bytes(32)]]]),
        (8, "REC-7", [[["a", bytes(32), 0]], [["a", bytes(32)]] * 2, [["b", bytes(32)], ["a", bytes(32)]]]),
        (8, "REC-7", [[["a", b"\x01" * 32], ["a", bytes(32)]]]),
        (8, "REC-7", [[["a", bytes([number]) + bytes(31)] for number in range(REFS_MAX + 1)]]),
        (9, "REC-8", [0, [], "text", b"", {}]),
    ],
)
def test_each_field_has_its_rule(position: int, rule: str, wrong: list[Value]) -> None:
    for value in wrong:
        assert refused_by(with_field(position, value)) == rule


@pytest.mark.parametrize(
    ("position", "right"),
    [
        (1, ["a" * 48, "0"]),
        (5, [0, 2**31, 2**32, INTEGER_MAX]),
        (6, [0, 1]),
        (7, [2**31, 2**32, INTEGER_MAX]),
        (8, [[], [["a", bytes([number]) + bytes(31)] for number in range(REFS_MAX)]]),
    ],
)
def test_each_bound_is_allowed(position: int, right: list[Value]) -> None:
    for value in right:
        open_record(with_field(position, value), network=NETWORK)


def test_a_record_on_the_last_ms_of_a_day_can_expire_the_next_day() -> None:
    day = 20_000
    fields: list[Value] = [*FIELDS[:6], (day + 1) * DAY_MS - 1, day + 1, *FIELDS[8:]]
    assert open_record(signed(fields), network=NETWORK).expires == day + 1
    assert refused_by(signed([*FIELDS[:6], (day + 1) * DAY_MS, day + 1, *FIELDS[8:]])) == "REC-6"


def test_a_tombstone_has_no_references() -> None:
    assert open_record(signed([*FIELDS[:8], [], {}]), network=NETWORK).is_tombstone
    assert refused_by(signed([*FIELDS[:9], {}])) == "REC-8"


def test_a_signature_is_the_named_device_s_over_this_network_and_purpose() -> None:
    payload = encode(FIELDS)
    assert (
        refused_by(encode([payload, secret_key("mallory").sign(preimage(NETWORK, "record", payload))])) == "REC-9"
    )
    assert refused_by(encode([payload, ALICE.key.sign(preimage(NETWORK, "identity", payload))])) == "REC-9"
    assert refused_by(encode([payload, ALICE.key.sign(payload)])) == "REC-9"
    assert refused_by(NOTE.wire, network="elsewhere") == "REC-9"


def test_a_record_has_at_most_16_kib() -> None:
    room = RECORD_BYTES_MAX - len(signed([*FIELDS[:9], {"text": "x" * 10_000}])) + 10_000
    biggest: Callable[[int], bytes] = lambda length: signed([*FIELDS[:9], {"text": "x" * length}])  # noqa: E731
    assert len(biggest(room)) == RECORD_BYTES_MAX
    open_record(biggest(room), network=NETWORK)
    assert refused_by(biggest(room + 1)) == "ENC-1"


def test_damage_inside_the_payload_is_named_by_the_encoding() -> None:
    assert refused_by(encode([b"\xc0", bytes(64)])) == "ENC-2"
    assert refused_by(b"\xff") == "REC-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": day_of(REV)},
        {"kind": "Post"},
        {"slot": -1},
        {"rev": 2**53},
        {"body": {"text": "x" * RECORD_BYTES_MAX}},
        {"body": {"text": "\x00"}},
        {"body": {}},
        {"refs": [Ref("a", bytes(31))]},
    ],
)
def test_nobody_seals_what_no_reader_would_open(changes: dict[str, object]) -> None:
    with pytest.raises(MisuseError):
        sealed(**changes)

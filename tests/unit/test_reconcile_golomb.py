"""Whole sets as lists."""

import hashlib
import random

import pytest

from folkmoot.errors import DecodeError
from folkmoot.limits import LISTED_MAX
from folkmoot.reconcile import ListReader, compare, encode_list, place_items, session_key

KEY = session_key(b"a" * 16, b"b" * 16)
DICE = random.Random(12)
ITEMS = [DICE.randbytes(16) for _ in range(500)]


def value_of(item: bytes, count: int) -> int:
    return int.from_bytes(hashlib.sha256(b"\x03" + KEY + item).digest()[:6]) * count >> 32


def bits_of(values: list[int]) -> bytes:
    """Code values in the plainest way."""
    text = ""
    for before, value in zip([0, *values], values, strict=False):
        gap = value - before
        text += "1" * (gap // 2**16) + "0" + f"{gap % 2**16:016b}"
    text += "0" * (-len(text) % 8)
    return bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))


def read(count: int, *parts: bytes) -> list[int]:
    reader = ListReader(count)
    for part in parts:
        reader.feed(part)
    assert reader.is_complete
    return list(reader.values)


def test_a_list_has_the_gaps_between_the_values() -> None:
    values = sorted(value_of(item, len(ITEMS)) for item in ITEMS)
    coded = encode_list(ITEMS, KEY)
    assert coded == bits_of(values)
    assert read(len(ITEMS), coded) == values
    assert 2.1 < len(coded) / len(ITEMS) < 2.4


def test_a_list_longer_than_a_block_is_written_in_one_piece() -> None:
    many = [n.to_bytes(16) for n in range(20_000)]
    assert encode_list(many, KEY) == bits_of(sorted(value_of(item, len(many)) for item in many))


@pytest.mark.parametrize("length", [1, 2, 3, 7, 1000])
def test_a_list_may_be_cut_anywhere(length: int) -> None:
    coded = encode_list(ITEMS, KEY)
    parts = [coded[at : at + length] for at in range(0, len(coded), length)]
    assert read(len(ITEMS), *parts, b"") == read(len(ITEMS), coded)


def test_the_list_of_nothing_is_empty() -> None:
    assert encode_list([], KEY) == b""
    assert read(0) == []
    assert compare([], ITEMS[:3], KEY) == ([], sorted(ITEMS[:3]))


def test_places_follow_the_values() -> None:
    placed = place_items(ITEMS, KEY)
    assert sorted(placed) == sorted(ITEMS)
    values = [value_of(item, len(ITEMS)) for item in placed]
    assert values == sorted(values) == read(len(ITEMS), encode_list(ITEMS, KEY))


def test_differences_of_both_sides_are_found() -> None:
    own = ITEMS[:400]
    theirs = ITEMS[50:]
    missing, extra = compare(read(len(theirs), encode_list(theirs, KEY)), own, KEY)
    placed = place_items(theirs, KEY)
    assert {placed[place] for place in missing} == set(ITEMS[400:])
    assert missing == sorted(missing)
    assert set(extra) == set(ITEMS[:50])


def test_the_side_with_more_items_at_a_value_is_taken_to_have_them_all() -> None:
    one, two = place_items(ITEMS[:2], KEY)
    first, second = value_of(one, 3), value_of(two, 3)
    assert first < second
    assert compare([first, first, second], [one, two], KEY) == ([0, 1], [])
    assert compare([first, second, second], [one, two], KEY) == ([1, 2], [])
    assert compare([first, second, 3 * 2**16 - 1], [one, one, two], KEY) == ([2], [one, one])


@pytest.mark.parametrize("count", [-1, LISTED_MAX + 1, 2**53 - 1])
def test_a_list_is_bounded(count: int) -> None:
    with pytest.raises(DecodeError, match="RCN-3"):
        ListReader(count)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([bits_of([2 * 2**16])], id="value as great as the bound"),
        pytest.param([b"\xff"], id="two ones already"),
        pytest.param([bits_of([65_537, 2 * 2**16])], id="value beyond the bound by its remainder"),
        pytest.param([bits_of([65_536])[:2], b"\x3f"], id="ones over several bytes"),
    ],
)
def test_a_value_that_no_item_can_have_is_refused(parts: list[bytes]) -> None:
    reader = ListReader(2)
    for part in parts[:-1]:
        reader.feed(part)
    with pytest.raises(DecodeError, match="RCN-4"):
        reader.feed(parts[-1])


def test_ones_are_counted_from_part_to_part() -> None:
    reader = ListReader(20)
    reader.feed(b"\xff")
    reader.feed(b"\xff")
    with pytest.raises(DecodeError, match="RCN-4"):
        reader.feed(b"\xff")
    reader = ListReader(20)
    reader.feed(b"\xff")
    reader.feed(b"\x80\0\0\0")
    assert list(reader.values) == [9 << 16]


@pytest.mark.parametrize("after", [b"\0", b"\x80", b"\xff\xff"])
def test_nothing_follows_a_list(after: bytes) -> None:
    coded = bits_of([3])
    with pytest.raises(DecodeError, match="RCN-5"):
        read(1, coded + after)
    reader = ListReader(1)
    reader.feed(coded)
    with pytest.raises(DecodeError, match="RCN-5"):
        reader.feed(after)


def test_the_padding_is_zeros() -> None:
    coded = bits_of([3])
    assert read(1, coded) == [3]
    with pytest.raises(DecodeError, match="RCN-5"):
        read(1, coded[:-1] + bytes([coded[-1] | 1]))


def test_a_list_is_not_complete_before_its_last_value() -> None:
    coded = encode_list(ITEMS, KEY)
    reader = ListReader(len(ITEMS))
    reader.feed(coded[:-3])
    assert not reader.is_complete
    assert len(reader.values) < len(ITEMS)

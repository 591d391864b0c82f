"""One value, one encoding."""

import msgpack
import pytest

from folkmoot.canonical import Value, clean_text, decode, encode, is_clean_text, is_integer, is_name
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import DEPTH_MAX, INTEGER_MAX, NAME_LENGTH_MAX


def refused_by(data: bytes, *, bytes_max: int = 100_000) -> str:
    with pytest.raises(DecodeError) as caught:
        decode(data, bytes_max=bytes_max)
    return caught.value.rule


def nested(levels: int) -> Value:
    value: Value = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [
        (True, "c3"),
        (0, "00"),
        (127, "7f"),
        (128, "cc80"),
        (-32, "e0"),
        (-33, "d0df"),
        (2**31, "ce80000000"),
        (2**32, "cf0000000100000000"),
        (INTEGER_MAX, "cf001fffffffffffff"),
        (-INTEGER_MAX, "d3ffe0000000000001"),
        ("é", "a2c3a9"),
        (b"", "c400"),
        ([], "90"),
        ({"b": 1, "a": [False]}, "82a16191c2a16201"),
    ],
)
def test_each_type_has_its_shortest_form(value: Value, hexadecimal: str) -> None:
    assert encode(value).hex() == hexadecimal
    assert decode(bytes.fromhex(hexadecimal), bytes_max=100) == value


@pytest.mark.parametrize(
    ("rule", "hexadecimal"),
    [
        ("ENC-2", ""),
        ("ENC-2", "c0"),  # nil
        ("ENC-2", "c1"),  # never used
        ("ENC-2", "ca3f800000"),  # float 32
        ("ENC-2", "cb3ff0000000000000"),  # float 64
        ("ENC-2", "cb7ff8000000000000"),  # not a number
        ("ENC-2", "d40100"),  # ext
        ("ENC-2", "d6ff00000000"),  # timestamp
        ("ENC-2", "d7ffffffffff00000000"),  # timestamp with 2^30 nanoseconds and more
        ("ENC-2", "c70cff00000000000000000000"),  # timestamp cut short
        ("ENC-2", "9101c0"),  # a value and then some
        ("ENC-2", "9201"),  # an array that lacks an item
        ("ENC-2", "a2c3"),  # text that lacks a byte
        ("ENC-2", "a1ff"),  # not UTF-8
        ("ENC-2", "a3eda080"),  # a surrogate, as some writers encode it
        ("ENC-2", "a2c080"),  # an overlong null
        ("ENC-2", "819001"),  # an array as a key
        ("ENC-2", "81c0c0"),  # nil as a value, which is worse than nil as a key
        ("ENC-2", "ddffffffff"),  # an array of 2^32 - 1 items that are not there
        ("ENC-2", "c6ffffffff"),
        ("ENC-3", "cf0020000000000000"),  # 2^53
        ("ENC-3", "d3ffe0000000000000"),  # -2^53
        ("ENC-3", "cfffffffffffffffff"),
        ("ENC-4", "a100"),
        ("ENC-4", "a10d"),
        ("ENC-4", "a3e280ae"),  # right-to-left override
        ("ENC-5", "81c4016101"),  # a binary key
        ("ENC-5", "810101"),
        ("ENC-5", "81a0c3"),
        ("ENC-5", "81a14101"),  # a capital
        ("ENC-5", "820101a16201"),
        ("ENC-7", "cc01"),
        ("ENC-7", "d001"),
        ("ENC-7", "d20000007f"),
        ("ENC-7", "d90161"),
        ("ENC-7", "c5000161"),
        ("ENC-7", "dc000101"),
        ("ENC-7", "de0001a16101"),
        ("ENC-7", "82a16201a16101"),  # out of order
        ("ENC-7", "82a16101a16102"),  # one key twice
    ],
)
def test_other_forms_are_refused(rule: str, hexadecimal: str) -> None:
    assert refused_by(bytes.fromhex(hexadecimal)) == rule


def test_of_several_broken_rules_the_lowest_is_named() -> None:
    assert refused_by(msgpack.packb([2**53, None, "\x00"])) == "ENC-2"
    assert refused_by(msgpack.packb(["\x00", 2**53])) == "ENC-3"
    assert refused_by(msgpack.packb([{"A": 1}, "\x00"])) == "ENC-4"


def test_length_is_bounded_before_anything_is_read() -> None:
    assert decode(b"\xc4\x01x", bytes_max=3) == b"x"
    assert refused_by(b"\xc4\x01x", bytes_max=2) == "ENC-1"


def test_eight_levels_are_the_most() -> None:
    assert decode(encode(nested(DEPTH_MAX)), bytes_max=100) == nested(DEPTH_MAX)
    assert refused_by(msgpack.packb(nested(DEPTH_MAX + 1))) == "ENC-6"
    assert refused_by(b"\x81\xa1a" * 9 + b"\xc3") == "ENC-6"
    with pytest.raises(MisuseError, match="ENC-6"):
        encode(nested(DEPTH_MAX + 1))


@pytest.mark.parametrize("opening", [b"\x91", b"\x81\xa1a", b"\x81"])
def test_endless_nesting_is_refused_and_nothing_else(opening: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(opening * 50_000, bytes_max=1_000_000)


def test_a_writer_is_told_what_no_reader_would_take() -> None:
    for value, rule in [
        (2**53, "ENC-3"),
        ("\ud800", "ENC-4"),
        ({"Not a name": 1}, "ENC-5"),
        ({1: 1, "a": 1}, "ENC-5"),
        (None, "ENC-2"),
        (1.0, "ENC-2"),
        (("a",), "ENC-2"),
        (bytearray(b"a"), "ENC-2"),
        (nested(5000), "ENC-6"),
    ]:
        with pytest.raises(MisuseError, match=rule):
            encode(value)  # type: ignore[arg-type]


def test_names_are_what_the_pattern_says_to_the_end_of_the_text() -> None:
    assert is_name("a")
    assert is_name("0.fr_x-y")
    assert is_name("a" * NAME_LENGTH_MAX)
    for wrong in ("", "A", "-a", ".a", "_a", "a b", "a\n", "é", "\u0660", "a" * (NAME_LENGTH_MAX + 1)):
        assert not is_name(wrong)


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\r", "\x1f", "\x7f", "\x85", "\x9f", "\u202a"])
def test_control_characters_are_no_text(character: str) -> None:
    assert not is_clean_text(f"a{character}b")
    assert clean_text(f"a{character}b") in ("ab", "a\nb")


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u2069", "\ufdd0", "\ufdef", "\ufffe", "\U0010ffff"])
def test_overrides_and_non_characters_are_no_text(character: str) -> None:
    assert not is_clean_text(character)
    assert clean_text(character) == ""


def test_tabs_line_feeds_and_every_script_are_text() -> None:
    for text in ("", "a\tb\nc", "\xa0", "عربى", "日本語", "🏳️‍🌈", "\u200f", "\ufdcf\ufdf0", "\ufffd"):
        assert is_clean_text(text)
        assert clean_text(text) == text


def test_cleaning_unifies_line_ends_and_drops_what_is_no_text() -> None:
    assert clean_text("a\r\nb\rc\nd\x00\ud800e") == "a\nb\nc\nde"


def test_true_is_no_integer() -> None:
    assert is_integer(1, 1, 1)
    assert not is_integer(True, 0, 2)
    assert not is_integer(2, 0, 1)
    assert not is_integer(-1, 0, 1)
    assert not is_integer("1", 0, 2)

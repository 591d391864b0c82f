"""Laws of the encoding, over all values and over all bytes."""

import contextlib

import msgpack
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.strategies import damaged, long_texts, names, texts, values

from folkmoot.canonical import Value, clean_text, decode, encode, is_clean_text
from folkmoot.errors import DecodeError, MisuseError

BYTES_MAX = 2**21
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text()
    | st.binary()
    | st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=8))
    | st.builds(msgpack.Timestamp, st.integers(0, 2**34 - 1), st.integers(0, 999_999_999)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.binary(max_size=3) | st.integers(0, 9) | names, inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(values())
def test_what_is_encoded_is_decoded(value: Value) -> None:
    assert decode(encode(value), bytes_max=BYTES_MAX) == value


@given(st.dictionaries(names, values(depth=1), min_size=2, max_size=5), st.data())
def test_the_order_in_which_a_writer_fills_a_map_is_forgotten(value: dict[str, Value], data: st.DataObject) -> None:
    order = data.draw(st.permutations(list(value)))
    assert encode({key: value[key] for key in order}) == encode(dict(value))


@settings(max_examples=20)
@given(long_texts, st.integers(0, 70_000), st.integers(0, 20_000))
def test_every_header_length_is_canonical(text: str, length: int, items: int) -> None:
    value: Value = [text, bytes(length), [1] * items]
    assert decode(encode(value), bytes_max=BYTES_MAX) == value


@given(st.binary(max_size=200))
def test_whatever_decodes_was_canonical(data: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert encode(decode(data, bytes_max=100)) == data


@given(st.data(), values())
def test_whatever_still_decodes_after_an_accident_was_canonical(data: st.DataObject, value: Value) -> None:
    wrong = data.draw(damaged(encode(value)))
    assume(wrong != encode(value))
    with contextlib.suppress(DecodeError):
        read = decode(wrong, bytes_max=BYTES_MAX)
        assert encode(read) == wrong


@given(anything)
def test_what_other_writers_produce_is_decoded_or_refused(value: object) -> None:
    try:
        data = msgpack.packb(value)
    except (UnicodeEncodeError, ValueError):
        assume(False)  # lone surrogates: no writer can produce them
    with contextlib.suppress(DecodeError):
        assert encode(decode(data, bytes_max=BYTES_MAX)) == data


@given(anything)
def test_a_writer_and_a_reader_agree_on_what_can_be_said(value: object) -> None:
    try:
        data = encode(value)  # type: ignore[arg-type]
    except MisuseError:
        with contextlib.suppress(UnicodeEncodeError, ValueError), pytest.raises(DecodeError):
            decode(msgpack.packb(value), bytes_max=BYTES_MAX)
    else:
        assert decode(data, bytes_max=BYTES_MAX) == value


@given(st.text(st.characters()))
def test_cleaned_text_can_be_encoded_and_clean_text_stays(text: str) -> None:
    assert decode(encode(clean_text(text)), bytes_max=BYTES_MAX) == clean_text(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(texts)
def test_cleaning_changes_no_clean_text(text: str) -> None:
    assert is_clean_text(text)
    assert clean_text(text) == text

"""A mistyped id is an error, never a stranger."""

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import ids

from folkmoot.errors import DecodeError
from folkmoot.ids import IdPrefix, id_from_text, id_to_text

prefixes = st.sampled_from(IdPrefix)
SAMPLE = id_to_text(IdPrefix.DOCUMENT, bytes(range(100, 132)))
TYPED = string.ascii_letters + string.digits + " -_.,;…é\u212a\u017f"


def is_refused(text: str) -> bool:
    try:
        id_from_text(text)
    except DecodeError:
        return True
    return False


@given(prefixes, ids)
def test_an_id_reads_back(prefix: IdPrefix, value: bytes) -> None:
    assert id_from_text(id_to_text(prefix, value), prefix) == value


@pytest.mark.parametrize("text", [SAMPLE, SAMPLE.upper()])
def test_every_wrong_character_is_found(text: str) -> None:
    for at, right in enumerate(text):
        assert all(is_refused(text[:at] + wrong + text[at + 1 :]) for wrong in TYPED if wrong != right)


def test_every_swap_of_neighbours_is_found() -> None:
    for at in range(len(SAMPLE) - 1):
        swapped = SAMPLE[:at] + SAMPLE[at + 1] + SAMPLE[at] + SAMPLE[at + 2 :]
        assert swapped == SAMPLE or is_refused(swapped)


def test_every_lost_and_every_added_character_is_found() -> None:
    for at in range(len(SAMPLE) + 1):
        assert at == len(SAMPLE) or is_refused(SAMPLE[:at] + SAMPLE[at + 1 :])
        assert all(is_refused(SAMPLE[:at] + more + SAMPLE[at:]) for more in TYPED)


@given(prefixes, ids, st.data())
def test_up_to_four_wrong_characters_are_found(prefix: IdPrefix, value: bytes, data: st.DataObject) -> None:
    text = id_to_text(prefix, value)
    typed = list(text)
    places = st.integers(len(prefix.value) + 1, len(text) - 1)
    for at in data.draw(st.lists(places, min_size=1, max_size=4, unique=True)):
        others = [wrong for wrong in "qpzry9x8gf2tvdw0s3jn54khce6mua7l" if wrong != text[at]]
        typed[at] = data.draw(st.sampled_from(others))
    assert is_refused("".join(typed))


@given(
    st.text(max_size=90) | st.from_regex(r"(folk|rec|doc|op)1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]*", fullmatch=True)
)
def test_any_text_is_an_id_or_an_error(text: str) -> None:
    with contextlib.suppress(DecodeError):
        assert len(id_from_text(text)) == 32

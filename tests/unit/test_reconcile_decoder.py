"""Finding a difference from symbols, whoever sent them."""

import random

import pytest

from folkmoot.errors import DecodeError
from folkmoot.limits import CELLS_MAX
from folkmoot.reconcile import SYMBOL_BYTES, Coder, Decoder, KeyedCoder, Sketch, is_right, session_key
from folkmoot.reconcile.mapping import check_of, indices

KEY = session_key(b"a" * 16, b"b" * 16)
DICE = random.Random(11)
SHARED = [DICE.randbytes(16) for _ in range(300)]
HERE = [DICE.randbytes(16) for _ in range(20)]
THERE = [DICE.randbytes(16) for _ in range(30)]


def solved_by(symbols: bytes) -> tuple[bool, set[bytes], set[bytes]]:
    """Return what somebody who has nothing finds."""
    decoder = Decoder(Sketch())
    decoder.feed(symbols)
    return decoder.is_solved, set(decoder.theirs), set(decoder.ours)


def single(item: bytes, sign: int = 1) -> bytes:
    """Return the symbol of one item."""
    return item + check_of(item).to_bytes(8)[:4] + bytes([sign])


def test_both_sides_of_a_difference_are_found() -> None:
    decoder = Decoder(Sketch(SHARED + HERE))
    decoder.feed(Sketch(SHARED + THERE).symbols(0, 150))
    assert decoder.is_solved
    assert is_right(decoder, Sketch(SHARED + HERE), Sketch(SHARED + THERE).fingerprint())
    assert decoder.theirs == set(THERE)
    assert decoder.ours == set(HERE)


def test_symbols_may_come_one_by_one() -> None:
    other = Sketch(SHARED + THERE)
    decoder = Decoder(Sketch(SHARED + HERE))
    while not decoder.is_solved:
        assert decoder.received < 150
        decoder.feed(other.symbols(decoder.received, 1))
    assert decoder.theirs == set(THERE)
    assert decoder.ours == set(HERE)


def test_a_key_changes_the_symbols_and_not_the_difference() -> None:
    ours, theirs = KeyedCoder(SHARED + HERE, KEY), KeyedCoder(SHARED + THERE, KEY)
    decoder = Decoder(ours, KEY)
    decoder.feed(theirs.symbols(0, 60))
    decoder.feed(theirs.symbols(60, 90))
    assert decoder.is_solved
    assert decoder.theirs == set(THERE)
    assert decoder.ours == set(HERE)
    assert theirs.symbols(0, 10) != Sketch(SHARED + THERE).symbols(0, 10)


def test_symbols_of_another_key_show_nothing() -> None:
    decoder = Decoder(KeyedCoder(SHARED, KEY), KEY)
    decoder.feed(KeyedCoder(SHARED + THERE, session_key(b"a" * 16, b"c" * 16)).symbols(0, 200))
    assert not decoder.is_solved


def test_nothing_is_solved_before_a_symbol_came() -> None:
    assert solved_by(b"") == (False, set(), set())
    assert solved_by(bytes(SYMBOL_BYTES)) == (True, set(), set())


def test_too_few_symbols_solve_nothing() -> None:
    decoder = Decoder(Sketch(SHARED))
    decoder.feed(Sketch(SHARED + THERE).symbols(0, 20))
    assert not decoder.is_solved
    assert not is_right(decoder, Sketch(SHARED), Sketch(SHARED).fingerprint())


def test_later_cells_come_without_the_items_found_before() -> None:
    decoder = Decoder(Sketch())
    other = Sketch(THERE[:1])
    decoder.feed(other.symbols(0, 1))
    assert decoder.theirs == {THERE[0]}
    decoder.feed(other.symbols(1, CELLS_MAX - 1))
    assert decoder.is_solved
    assert decoder.received == CELLS_MAX


@pytest.mark.parametrize("length", [1, SYMBOL_BYTES - 1, SYMBOL_BYTES + 1])
def test_symbols_are_whole(length: int) -> None:
    with pytest.raises(DecodeError, match="RCN-1"):
        Decoder(Sketch()).feed(bytes(length))


def test_symbols_are_bounded() -> None:
    decoder = Decoder(Sketch())
    decoder.feed(bytes(SYMBOL_BYTES * (CELLS_MAX - 1)))
    with pytest.raises(DecodeError, match="RCN-1"):
        decoder.feed(bytes(SYMBOL_BYTES * 2))
    decoder.feed(bytes(SYMBOL_BYTES))
    assert decoder.is_solved


def test_an_item_in_a_cell_that_is_not_its_own_stays_there() -> None:
    item = THERE[0]
    foreign = next(cell for cell in range(CELLS_MAX) if cell not in set(indices(check_of(item), CELLS_MAX)))
    assert solved_by(bytes(SYMBOL_BYTES * foreign) + single(item)) == (False, set(), set())


@pytest.mark.parametrize("sign", [1, 255])
def test_an_item_is_taken_out_once(sign: int) -> None:
    """Cell 2 is one of its own, and after it has been taken out seems to hold it with the other sign."""
    item = next(item for item in SHARED if list(indices(check_of(item), 3)) == [0, 2])
    theirs, ours = ({item}, set[bytes]()) if sign == 1 else (set[bytes](), {item})
    first, gap = single(item, sign), bytes(SYMBOL_BYTES)
    assert solved_by(first + gap + first) == (True, theirs, ours)
    assert solved_by(first + gap + gap) == (False, theirs, ours)


@pytest.mark.parametrize("count", [0, 2, 254])
def test_a_cell_with_another_number_gives_no_item_away(count: int) -> None:
    assert solved_by(single(THERE[0], count)) == (False, set(), set())


def test_a_liar_makes_us_find_what_nobody_has_and_the_fingerprint_tells() -> None:
    own, other, phantom = Sketch(SHARED), Sketch(SHARED + THERE), bytes(16)
    lying = Sketch([*SHARED, *THERE, phantom])
    decoder = Decoder(own)
    decoder.feed(lying.symbols(0, 150))
    assert decoder.is_solved
    assert phantom in decoder.theirs
    assert not is_right(decoder, own, other.fingerprint())


class Counting:
    """A coder that counts what it is asked."""

    def __init__(self, coder: Coder) -> None:
        self.coder = coder
        self.asked: list[tuple[int, int]] = []

    def symbols(self, start: int, count: int) -> bytes:
        self.asked.append((start, count))
        return self.coder.symbols(start, count)


def test_own_symbols_are_asked_for_as_the_others_come() -> None:
    own = Counting(Sketch())
    decoder = Decoder(own)
    decoder.feed(bytes(SYMBOL_BYTES * 5))
    decoder.feed(bytes(SYMBOL_BYTES * 2))
    assert own.asked == [(0, 5), (5, 2)]

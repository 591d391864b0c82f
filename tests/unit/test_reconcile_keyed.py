"""Symbols under a key."""

import hashlib

import pytest

from folkmoot.errors import MisuseError
from folkmoot.limits import CELLS_MAX
from folkmoot.reconcile import KeyedCoder, Sketch, session_key
from folkmoot.reconcile.mapping import check_of, indices

KEY = session_key(b"a" * 16, b"b" * 16)
ITEMS = [bytes([n]) * 16 for n in range(5)]


def plain_symbols(items: list[bytes], count: int) -> bytes:
    """Add up the cells one by one."""
    rows = []
    for cell in range(count):
        inside = [item for item in items if cell in list(indices(check_of(item, KEY), count))]
        total = check = 0
        for item in inside:
            total ^= int.from_bytes(item)
            check ^= check_of(item, KEY)
        rows.append(total.to_bytes(16) + (check >> 32).to_bytes(4) + bytes([len(inside)]))
    return b"".join(rows)


def test_both_sides_add_to_the_key() -> None:
    assert hashlib.sha256(b"a" * 16 + b"b" * 16).digest() == KEY
    assert session_key(b"b" * 16, b"a" * 16) != KEY


def test_the_symbols_are_the_sums_under_the_key() -> None:
    assert KeyedCoder(ITEMS, KEY).symbols(0, 40) == plain_symbols(ITEMS, 40)


def test_symbols_asked_for_later_go_on_from_the_first() -> None:
    coder = KeyedCoder(iter(ITEMS), KEY)
    wanted = plain_symbols(ITEMS, 140)
    got = coder.symbols(0, 10) + coder.symbols(10, 60) + coder.symbols(70, 70)
    assert got == wanted
    assert coder.symbols(3, 4) == wanted[3 * 21 : 7 * 21]


def test_a_count_of_256_is_written_as_none() -> None:
    assert KeyedCoder([bytes([n]) * 16 for n in range(256)], KEY).symbols(0, 1)[-1] == 0


def test_a_keyed_symbol_has_the_form_of_any_other() -> None:
    assert len(KeyedCoder(ITEMS, KEY).symbols(0, 7)) == len(Sketch(ITEMS).symbols(0, 7))


def test_there_are_no_cells_beyond_the_bound() -> None:
    coder = KeyedCoder(ITEMS, KEY)
    assert len(coder.symbols(CELLS_MAX - 1, 1)) == 21
    with pytest.raises(MisuseError, match="not within"):
        coder.symbols(CELLS_MAX, 1)

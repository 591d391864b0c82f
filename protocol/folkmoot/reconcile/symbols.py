"""Symbols as they travel: the cells of a sketch, packed.

Spec: reconcile.md#symbols
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import CELLS_MAX, ITEM_BYTES

CHECK_BITS = 32
"""So much of the sum of checks travels; the rest is computed from the sum of items."""

SYMBOL_BYTES = ITEM_BYTES + CHECK_BITS // 8 + 1
"""Length of a symbol: the sum of the items, 4 bytes of the sum of their checks, and their number modulo 256."""


class Coder(Protocol):
    """Whatever has symbols of a set."""

    def symbols(self, start: int, count: int) -> bytes:
        """Return the symbols of `count` cells from `start` on."""
        ...


def packed(sums: Iterable[int], counts: Iterable[int]) -> bytes:
    """Return symbols as they travel.

    Spec: reconcile.md#symbols

    Args:
        sums: For each cell the sum of the items, followed by the upper 32 bits of the sum of their checks.
        counts: For each cell the number of its items, modulo 256.
    """
    return b"".join([(cell << 8 | count).to_bytes(SYMBOL_BYTES) for cell, count in zip(sums, counts, strict=True)])


def unpacked(symbols: bytes, *, known: int) -> Iterator[tuple[int, int]]:
    """Yield the sum and the count of each cell.

    Spec: reconcile.md#rules

    Args:
        symbols: As they travel.
        known: How many cells came before.

    Raises:
        DecodeError: RCN-1, before anything is yielded.
    """
    count, rest = divmod(len(symbols), SYMBOL_BYTES)
    # RCN-1: Symbols are whole, and no more than 8192 of one coding.
    if rest or known + count > CELLS_MAX:
        raise DecodeError("RCN-1", "not whole symbols of at most 8192 cells")
    return (
        (int.from_bytes(symbols[at : at + SYMBOL_BYTES - 1]), symbols[at + SYMBOL_BYTES - 1])
        for at in range(0, len(symbols), SYMBOL_BYTES)
    )


def cells_end(start: int, count: int) -> int:
    """Return the cell after the last of `count` from `start` on.

    Raises:
        MisuseError: There are no such cells.
    """
    if start < 0 or count < 0 or start + count > CELLS_MAX:
        raise MisuseError(f"cells {start} to {start + count} are not within {CELLS_MAX}")
    return start + count

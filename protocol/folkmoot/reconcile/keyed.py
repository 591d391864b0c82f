"""Symbols under a key of the session, at which nobody could aim when making items.

Spec: reconcile.md#keyed
"""

from collections.abc import Iterable
from hashlib import sha256

from folkmoot.limits import CELLS_MAX
from folkmoot.reconcile.mapping import check_of, indices
from folkmoot.reconcile.symbols import CHECK_BITS, cells_end, packed

NONCE_BYTES = 16
"""Length of what each side adds to the key."""

_CELLS_MIN = 64
"""Cells that are coded at least: some more cost little, and to code anew for them costs as much as before."""


def session_key(nonce_asker: bytes, nonce_teller: bytes) -> bytes:
    """Return the key to which both sides of a session have added.

    Spec: reconcile.md#keyed
    """
    return sha256(nonce_asker + nonce_teller).digest()


class KeyedCoder:
    """Symbols of a set under a key.

    They are made from all items when the first is asked for, with half as many again as are asked for.
    """

    __slots__ = ("_cells", "_counts", "_items", "_key")

    def __init__(self, items: Iterable[bytes], key: bytes) -> None:
        self._items = tuple(items)
        self._key = key
        self._cells: list[int] = []
        self._counts: list[int] = []

    def symbols(self, start: int, count: int) -> bytes:
        """Return the symbols of some cells, as they travel.

        Spec: reconcile.md#symbols

        Args:
            start: The first cell.
            count: How many; `start + count` is at most `CELLS_MAX`.

        Raises:
            MisuseError: There are no such cells.
        """
        end = cells_end(start, count)
        if end > len(self._cells):
            self._code(min(max(end + end // 2, _CELLS_MIN), CELLS_MAX))
        return packed(self._cells[start:end], [held & 255 for held in self._counts[start:end]])

    def _code(self, end: int) -> None:
        cells, counts = [0] * end, [0] * end
        for item in self._items:
            seed = check_of(item, self._key)
            summand = int.from_bytes(item) << CHECK_BITS | seed >> (64 - CHECK_BITS)
            for index in indices(seed, end):
                cells[index] ^= summand
                counts[index] += 1
        self._cells, self._counts = cells, counts

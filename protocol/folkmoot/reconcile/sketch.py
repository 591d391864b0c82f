"""What a set looks like to another node: coded symbols, an estimator and a fingerprint, all kept up to date.

Theory of operation: everything here is a sum over the items. So a set that changes costs a few additions, the
sketch of two disjoint sets is the sum of theirs, and what two sets differ by is what their sketches differ by. A
sketch does not know which items it holds: to add one twice, or to remove one that is not in it, is the mistake of
the caller.

Spec: reconcile.md
"""

# ruff: noqa: SLF001 - a sketch reads another of its own class

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Self

from folkmoot.errors import MisuseError
from folkmoot.limits import CELLS_MAX, ITEM_BYTES
from folkmoot.reconcile.estimate import ESTIMATOR_BYTES, estimator_bit
from folkmoot.reconcile.lanes import STATE_BYTES, LaneSum
from folkmoot.reconcile.mapping import check_of, indices
from folkmoot.reconcile.symbols import CHECK_BITS, cells_end, packed

_CHECK_BITS = 64
_CELL_BYTES = ITEM_BYTES + _CHECK_BITS // 8
_DROPPED_BITS = _CHECK_BITS - CHECK_BITS
_FORM = 1
_HEAD_BYTES = 9 + STATE_BYTES + ESTIMATOR_BYTES
_REMEMBERED_MAX = 16_384


class Expansion(NamedTuple):
    """What an item adds to.

    Attributes:
        summand: The item, followed by its check.
        cells: The cells that take it.
        bit: The bit of the estimator that it changes.
    """

    summand: int
    cells: tuple[int, ...]
    bit: int


@lru_cache(_REMEMBERED_MAX)
def expansion_of(item: bytes) -> Expansion:
    """Return what an item adds to; remembered, because many sets of one process hold the same items."""
    assert len(item) == ITEM_BYTES
    check = check_of(item)
    summand = int.from_bytes(item) << _CHECK_BITS | check
    return Expansion(summand, tuple(indices(check, CELLS_MAX)), 1 << estimator_bit(check))


class Sketch:
    """A sketch of a set of items of 16 bytes."""

    __slots__ = ("_cells", "_counts", "_estimator", "_lanes", "_size")

    def __init__(self, items: Iterable[bytes] = ()) -> None:
        self._cells = [0] * CELLS_MAX
        self._counts = bytearray(CELLS_MAX)
        self._estimator = 0
        self._lanes = LaneSum()
        self._size = 0
        for item in items:
            self.add(item)

    @property
    def size(self) -> int:
        """How many items it holds."""
        return self._size

    def add(self, item: bytes) -> None:
        """Add an item that is not in the set."""
        self._change(item, 1)
        self._lanes.add(item)

    def remove(self, item: bytes) -> None:
        """Take an item away that is in the set."""
        self._change(item, 255)
        self._lanes.remove(item)

    def merge(self, other: "Sketch") -> None:
        """Add all items of another set, which has none in common with this one."""
        self._cells = [own ^ more for own, more in zip(self._cells, other._cells, strict=True)]
        self._counts = bytearray((own + more) & 255 for own, more in zip(self._counts, other._counts, strict=True))
        self._estimator ^= other._estimator
        self._lanes.merge(other._lanes)
        self._size += other._size

    def copy(self) -> Self:
        """Return a sketch of its own of the same set."""
        copied = object.__new__(type(self))
        copied._cells = self._cells.copy()
        copied._counts = self._counts.copy()
        copied._estimator = self._estimator
        copied._lanes = self._lanes.copy()
        copied._size = self._size
        return copied

    def fingerprint(self) -> bytes:
        """Return 32 bytes that are equal for equal sets, and that nobody can make equal for others.

        Spec: reconcile.md#fingerprint
        """
        return self._lanes.fingerprint()

    def with_changes(self, added: Iterable[bytes], removed: Iterable[bytes]) -> bytes:
        """Return the fingerprint that the set would have after some changes.

        Spec: reconcile.md#fingerprint
        """
        return self._lanes.with_changes(added, removed).fingerprint()

    def estimator(self) -> bytes:
        """Return the 112 bytes from which the other side guesses the difference.

        Spec: reconcile.md#estimator
        """
        return self._estimator.to_bytes(ESTIMATOR_BYTES, "little")

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
        return packed([cell >> _DROPPED_BITS for cell in self._cells[start:end]], self._counts[start:end])

    def to_bytes(self) -> bytes:
        """Return all of it, to be kept; the form is nobody else's business."""
        head = bytes([_FORM]) + self._size.to_bytes(8) + self._lanes.to_bytes() + self.estimator()
        return head + self._counts + b"".join([cell.to_bytes(_CELL_BYTES) for cell in self._cells])

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Read what `to_bytes` returned.

        Raises:
            MisuseError: It is something else, or of another version of this program.
        """
        if len(kept) != _HEAD_BYTES + CELLS_MAX * (1 + _CELL_BYTES) or kept[0] != _FORM:
            raise MisuseError("not a sketch as this version keeps it")
        lanes_end = 9 + STATE_BYTES
        cells_start = _HEAD_BYTES + CELLS_MAX
        sketch = object.__new__(cls)
        sketch._size = int.from_bytes(kept[1:9])
        sketch._lanes = LaneSum.from_bytes(kept[9:lanes_end])
        sketch._estimator = int.from_bytes(kept[lanes_end:_HEAD_BYTES], "little")
        sketch._counts = bytearray(kept[_HEAD_BYTES:cells_start])
        sketch._cells = [
            int.from_bytes(kept[at : at + _CELL_BYTES]) for at in range(cells_start, len(kept), _CELL_BYTES)
        ]
        return sketch

    def _change(self, item: bytes, step: int) -> None:
        summand, indexes, bit = expansion_of(item)
        cells, counts = self._cells, self._counts
        for index in indexes:
            cells[index] ^= summand
            counts[index] = (counts[index] + step) & 255
        self._estimator ^= bit
        self._size += 1 if step == 1 else -1

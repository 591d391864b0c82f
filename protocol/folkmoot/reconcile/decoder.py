"""The difference of two sets, from the symbols of the one and a coder of the other.

Theory of operation: the symbols of the two sets are subtracted cell by cell, which leaves the symbols of the
difference. A cell with a single item gives that item away; it is taken out of all its cells, which leaves other
cells with a single item. Whoever sent the symbols may have lied, so what looks like an item is taken out only where
an item can be, and once, which bounds the work by the number of cells.

Spec: reconcile.md#decoding
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from folkmoot.limits import CELLS_MAX, ITEM_BYTES
from folkmoot.reconcile.mapping import check_of, indices
from folkmoot.reconcile.sketch import Sketch
from folkmoot.reconcile.symbols import CHECK_BITS, SYMBOL_BYTES, Coder, unpacked

_CHECK_MASK = 2**CHECK_BITS - 1
_UNSENT_BITS = 64 - CHECK_BITS
_ONE, _MINUS_ONE = 1, 255
_SINGLE = (_ONE, _MINUS_ONE)


class _Taken(NamedTuple):
    """An item that was taken out, with the cells that it goes on to."""

    item: bytes
    summand: int
    sign: int
    rest: Iterator[int]


class Decoder:
    """Finds the difference; feed it symbols until it is solved."""

    __slots__ = ("_cells", "_coder", "_counts", "_found", "_key", "_pending")

    def __init__(self, own: Coder, key: bytes | None = None) -> None:
        """Begin.

        Args:
            own: The coder of our own set; its symbols are asked for as those of the other side come.
            key: The key of a keyed coding.
        """
        self._coder = own
        self._key = key
        self._cells: list[int] = []
        self._counts: list[int] = []
        self._found: dict[bytes, int] = {}
        self._pending: defaultdict[int, list[_Taken]] = defaultdict(list)

    @property
    def received(self) -> int:
        """How many symbols came so far."""
        return len(self._cells)

    @property
    def is_solved(self) -> bool:
        """Whether nothing is left in any cell.

        That is necessary and not sufficient: see `is_right`.
        """
        return bool(self._cells) and not any(self._cells) and not any(self._counts)

    @property
    def theirs(self) -> frozenset[bytes]:
        """The items found so far that only the other side has, if it told the truth."""
        return frozenset(item for item, sign in self._found.items() if sign == _ONE)

    @property
    def ours(self) -> frozenset[bytes]:
        """The items found so far that only our side has; a liar can make us find some that we have not."""
        return frozenset(item for item, sign in self._found.items() if sign == _MINUS_ONE)

    def feed(self, symbols: bytes) -> None:
        """Take the next symbols of the other side and find what they show.

        Spec: reconcile.md#decoding

        Raises:
            DecodeError: RCN-1; nothing was taken.
        """
        start = self.received
        came = unpacked(symbols, known=start)
        known = self._coder.symbols(start, len(symbols) // SYMBOL_BYTES)
        for (cell, count), (own_cell, own_count) in zip(came, unpacked(known, known=start), strict=True):
            self._cells.append(cell ^ own_cell)
            self._counts.append((count - own_count) & 255)
            for taken in self._pending.pop(self.received - 1, ()):
                self._subtract(taken, self.received - 1)
        self._peel([*range(start, self.received)])

    def _peel(self, candidates: list[int]) -> None:
        """Take out items until no cell gives one away."""
        cells, counts = self._cells, self._counts
        while candidates:
            index = candidates.pop()
            sign = counts[index]
            if sign not in _SINGLE:
                continue
            summand = cells[index]
            item = (summand >> CHECK_BITS).to_bytes(ITEM_BYTES)
            seed = check_of(item, self._key)
            if seed >> _UNSENT_BITS == summand & _CHECK_MASK and item not in self._found:
                self._take_out(_Taken(item, summand, sign, indices(seed, CELLS_MAX)), index, candidates)

    def _take_out(self, taken: _Taken, index: int, candidates: list[int]) -> None:
        """Take an item out of all its cells, if it can have been there; add those that now hold a single item."""
        received = self.received
        touched: list[int] = []
        following = CELLS_MAX
        for following in taken.rest:
            if following >= received:
                break
            touched.append(following)
        # RCN-2: An item is taken out of its own cells only, once, and no more items than there are cells.
        if index not in touched or len(self._found) >= received:
            return
        summand, sign = taken.summand, taken.sign
        self._found[taken.item] = sign
        cells, counts = self._cells, self._counts
        for cell in touched:
            cells[cell] ^= summand
            count = counts[cell] = (counts[cell] - sign) & 255
            if count in _SINGLE:
                candidates.append(cell)
        if following >= received:
            self._pending[following].append(taken)

    def _subtract(self, taken: _Taken, index: int) -> None:
        """Take an item that was found out of a cell that came later."""
        self._cells[index] ^= taken.summand
        self._counts[index] = (self._counts[index] - taken.sign) & 255
        following = next(taken.rest, None)
        if following is not None:
            self._pending[following].append(taken)


def is_right(decoder: Decoder, own: Sketch, fingerprint: bytes) -> bool:
    """Return whether what was found is the difference, and not what a liar or a planted item made of it.

    Spec: reconcile.md#decoding

    Args:
        decoder: Fed with the symbols of the other side.
        own: Our set.
        fingerprint: Of the other side's set, as it says.
    """
    # RCN-6: A difference leads from our set to the fingerprint of the other side.
    return decoder.is_solved and own.with_changes(decoder.theirs, decoder.ours) == fingerprint

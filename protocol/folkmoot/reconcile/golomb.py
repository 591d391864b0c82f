"""A whole set in a little more than two bytes an item: for sets that differ by much, or whose symbols fail.

Theory of operation: under a key, each of N items has a value below N * 2**16. Sorted, the gaps between the values
are about 2**16, and a Golomb-Rice code writes such numbers in 18 bits on average. An item that the other side lacks
falls on one of its values by chance once in 2**16 times, and is overlooked until a list with another key.

Spec: reconcile.md#list
"""

from array import array
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

from folkmoot.errors import DecodeError
from folkmoot.limits import LISTED_MAX

REMAINDER_BITS = 16
"""So many bits of each gap are written as they are; what is above them is counted in ones."""

_REMAINDER_MASK = 2**REMAINDER_BITS - 1
_VALUE_BYTES = 8
_PADDING = "0" * 7
"""The most that can follow the last value; what is part of it is padding too."""
_BLOCK = 8192
"""Values that are written at once, so that the text of bits stays small."""


def place_items(items: Iterable[bytes], key: bytes) -> list[bytes]:
    """Return a set in the order of its list.

    Spec: reconcile.md#list

    Args:
        items: Each once, in any order.
        key: Of the session.
    """
    held = list(items)
    return [entry[_VALUE_BYTES:] for entry in _placed(held, key, len(held))]


def encode_list(items: Collection[bytes], key: bytes) -> bytes:
    """Return the list of a set under a key.

    Spec: reconcile.md#list

    Args:
        items: Each once, in any order.
        key: Of the session.
    """
    placed = _placed(items, key, len(items))
    parts: list[bytes] = []
    bits, before = "", 0
    for start in range(0, len(placed), _BLOCK):
        codes = [bits]
        for entry in placed[start : start + _BLOCK]:
            value = int.from_bytes(entry[:_VALUE_BYTES])
            gap = value - before
            before = value
            codes.append("1" * (gap >> REMAINDER_BITS) + f"{gap & _REMAINDER_MASK:017b}")
        text = "".join(codes)
        whole = len(text) // 8
        parts.append(int(text[: 8 * whole], 2).to_bytes(whole))
        bits = text[8 * whole :]
    if bits:
        parts.append(int(bits.ljust(8, "0"), 2).to_bytes(1))
    return b"".join(parts)


def compare(values: Sequence[int], items: Iterable[bytes], key: bytes) -> tuple[list[int], list[bytes]]:
    """Return what differs between a list and our own items.

    Where both sides have items of one value, but not equally many, nobody can say which of them are the same, and
    those of the side that has more are all taken for missing.

    Spec: reconcile.md#list

    Args:
        values: Of the other side's list, ascending.
        items: Ours, each once, in any order.
        key: Of the session.

    Returns:
        The places, from 0, of the items in the list that we lack, ascending; and our items that are not in it, in
        the order of values.
    """
    placed = _placed(items, key, len(values))
    own = [int.from_bytes(entry[:_VALUE_BYTES]) for entry in placed]
    missing: list[int] = []
    extra: list[bytes] = []
    place = at = 0
    while place < len(values) or at < len(own):
        value = own[at] if place == len(values) or (at < len(own) and own[at] < values[place]) else values[place]
        place_end, at_end = _end_of(values, place, value), _end_of(own, at, value)
        if place_end - place > at_end - at:
            missing += range(place, place_end)
        elif place_end - place < at_end - at:
            extra += [entry[_VALUE_BYTES:] for entry in placed[at:at_end]]
        place, at = place_end, at_end
    return missing, extra


class ListReader:
    """Reads a list that comes in parts.

    Attributes:
        values: What was read so far, ascending.
    """

    __slots__ = ("_bits", "_count", "_last", "_ones", "values")

    def __init__(self, count: int) -> None:
        """Begin.

        Args:
            count: How many items the list has, as the other side says.

        Raises:
            DecodeError: RCN-3.
        """
        # RCN-3: A list is of at most two million items, and a little more.
        if not 0 <= count <= LISTED_MAX:
            raise DecodeError("RCN-3", "a list of more items than a list may have")
        self.values = array("Q")
        self._count = count
        self._last = 0
        self._ones = 0
        self._bits = ""

    @property
    def is_complete(self) -> bool:
        """Whether all values came."""
        return len(self.values) == self._count

    def feed(self, part: bytes) -> None:
        """Read the next part.

        Spec: reconcile.md#list

        Raises:
            DecodeError: RCN-4 or RCN-5; the list is of no use.
        """
        text = self._bits + (f"{int.from_bytes(part):0{8 * len(part)}b}" if part else "")
        at = 0
        while not self.is_complete:
            zero = text.find("0", at)
            ones_end = zero if zero >= 0 else len(text)
            self._rise(ones_end - at)
            at = ones_end
            if len(text) - at <= REMAINDER_BITS:
                break
            at += 1 + REMAINDER_BITS
            self._take(int(text[ones_end:at], 2))
        self._bits = text[at:]
        # RCN-5: After the last value there is nothing but zeros up to the end of its byte.
        if self.is_complete and self._bits not in _PADDING:
            raise DecodeError("RCN-5", "something follows the last value of a list")

    def _rise(self, ones: int) -> None:
        self._ones += ones
        self._check(self._last + (self._ones << REMAINDER_BITS))

    def _take(self, remainder: int) -> None:
        self._last += self._ones << REMAINDER_BITS | remainder
        self._check(self._last)
        self._ones = 0
        self.values.append(self._last)

    def _check(self, value: int) -> None:
        # RCN-4: A value is less than 2**16 times the items of the list.
        if value >= self._count << REMAINDER_BITS:
            raise DecodeError("RCN-4", "a value that no item of the list can have")


def _placed(items: Iterable[bytes], key: bytes, count: int) -> list[bytes]:
    """Return items in the order of a list of `count`, each after its value in 8 bytes."""
    begun = sha256(b"\x03" + key)
    entries: list[bytes] = []
    for item in items:
        hashed = begun.copy()
        hashed.update(item)
        value = int.from_bytes(hashed.digest()[:6]) * count >> 32
        entries.append(value.to_bytes(_VALUE_BYTES) + item)
    entries.sort()
    return entries


def _end_of(values: Sequence[int], start: int, value: int) -> int:
    """Return the place after those from `start` on that hold a value."""
    end = start
    while end < len(values) and values[end] == value:
        end += 1
    return end

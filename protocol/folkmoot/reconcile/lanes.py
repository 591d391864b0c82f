"""A fingerprint of a set that can be kept up to date: a sum of hashes wide enough that nobody finds two equal sums.

Theory of operation: an item is expanded to 1024 numbers of 16 bits, and the sum of a set has 1024 lanes, each
modulo 2**16 (LtHash: Bellare and Micciancio 1997; Lewi, Kim, Maykov and Weis 2019). To add all lanes at once, they
are the digits of one great integer. Two such sums are kept, of all lanes and of the odd ones alone, which are 32
bits apart; their difference is the sum of the even ones. So each lane has 16 bits of room to carry into, and is
brought back to its own 16 only when the room is used up.

Spec: reconcile.md#fingerprint
"""

# ruff: noqa: SLF001 - a sum reads another of its own class

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, shake_128
from typing import Self

STATE_BYTES = 2048
"""Length of the lanes as they are hashed and kept: 1024 numbers of 16 bits."""

_EVEN_MASK = int.from_bytes(b"\xff\xff\x00\x00" * (STATE_BYTES // 4), "little")
_ODD_MASK = _EVEN_MASK << 16
_MIDDLE = int.from_bytes(b"\x00\x00\x00\x80" * (STATE_BYTES // 4), "little")
"""2**31 in each pair of lanes: it turns sums that may be negative into digits that are not."""
_CHANGES_MAX = 2**15 - 1
"""Changes after which a pair of lanes could leave its 32 bits."""

_REMEMBERED_MAX = 4096


@lru_cache(_REMEMBERED_MAX)
def lanes_of(item: bytes) -> int:
    """Return the lanes of an item, the digits of one integer; the last of them are remembered."""
    return int.from_bytes(shake_128(b"\x04" + item).digest(STATE_BYTES), "little")


@dataclass(slots=True)
class LaneSum:
    """The sum of the lanes of a set of items; it does not know the items, only their sum."""

    _all: int = 0
    _odd: int = 0
    _changes: int = 0

    def add(self, item: bytes) -> None:
        """Add an item."""
        lanes = lanes_of(item)
        self._all += lanes
        self._odd += lanes & _ODD_MASK
        self._count()

    def remove(self, item: bytes) -> None:
        """Take an item away."""
        lanes = lanes_of(item)
        self._all -= lanes
        self._odd -= lanes & _ODD_MASK
        self._count()

    def merge(self, other: "LaneSum") -> None:
        """Add all that another sum holds."""
        self._reduce()
        reduced = other.copy()
        reduced._reduce()
        self._all += reduced._all
        self._odd += reduced._odd
        self._changes += 1

    def copy(self) -> Self:
        """Return a sum of its own with the same lanes."""
        return type(self)(self._all, self._odd, self._changes)

    def with_changes(self, added: Iterable[bytes], removed: Iterable[bytes]) -> Self:
        """Return the sum after some changes; this one stays as it is."""
        changed = self.copy()
        for item in added:
            changed.add(item)
        for item in removed:
            changed.remove(item)
        return changed

    def to_bytes(self) -> bytes:
        """Return the 1024 lanes, each with its lower byte first."""
        self._reduce()
        return self._all.to_bytes(STATE_BYTES, "little")

    @classmethod
    def from_bytes(cls, state: bytes) -> Self:
        """Read what `to_bytes` returned."""
        lanes = int.from_bytes(state, "little")
        return cls(lanes, lanes & _ODD_MASK, 1)

    def fingerprint(self) -> bytes:
        """Return the 32 bytes by which two sets are compared.

        Spec: reconcile.md#fingerprint
        """
        return sha256(self.to_bytes()).digest()

    def _count(self) -> None:
        self._changes += 1
        if self._changes >= _CHANGES_MAX:
            self._reduce()

    def _reduce(self) -> None:
        """Bring every lane back to its 16 bits."""
        even = (self._all - self._odd + _MIDDLE) & _EVEN_MASK
        odd = ((self._odd >> 16) + _MIDDLE) & _EVEN_MASK
        self._odd = odd << 16
        self._all = even | self._odd
        self._changes = 1

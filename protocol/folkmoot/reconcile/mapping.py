"""Which cells of a sketch an item is added to, and the check that goes with it.

Theory of operation: a check is a hash of the item, so that it is not linear over XOR; it is also the seed of a
walk over cells 0, 1, 2, ... that stops at cell i with a probability of about 2 / (i + 2). A step needs the greater
of two uniform numbers and one whole division, no square root and no floating point, so that all clients walk alike.

Spec: reconcile.md#mapping
"""

from collections.abc import Iterator
from hashlib import sha256

_FACTOR = 0xDA942042E4DD58B5
_INCREMENT = 0x9E3779B97F4A7C15
_STATE_MASK = 2**64 - 1
_DRAW_BITS = 26
_DRAW_MASK = 2**_DRAW_BITS - 1

INDEX_LIMIT_MAX = 2**26 - 2
"""Cells that a walk can be asked for, so that no product of its arithmetic goes beyond 2**53."""

KEY_BYTES = 32
"""Length of the key of a keyed coding."""


def check_of(item: bytes, key: bytes | None = None) -> int:
    """Return the 64-bit check of an item, which is the seed of its walk too.

    Spec: reconcile.md#check

    Args:
        item: 16 bytes.
        key: The key of a keyed coding; without one the check is the same in every session.
    """
    labelled = b"\x01" + item if key is None else b"\x02" + key + item
    return int.from_bytes(sha256(labelled).digest()[:8])


def indices(seed: int, limit: int) -> Iterator[int]:
    """Yield the cells below `limit` that an item is added to, ascending; the first is always 0.

    Spec: reconcile.md#mapping

    Args:
        seed: The check of the item, 64 bits.
        limit: At most `INDEX_LIMIT_MAX`.
    """
    # The page says: i + 1 + floor((2i + 3) (2**26 - s) / 2s). With j = 2i + 3 that is the same, and half the work.
    state, place = seed, 3
    end = 2 * limit + 3
    while place < end:
        yield (place - 3) >> 1
        state = (state * _FACTOR + _INCREMENT) & _STATE_MASK
        first, second = state >> 38, (state >> 12) & _DRAW_MASK
        # A call of max() would take as long as all the rest.
        draw = first if first > second else second  # noqa: FURB136
        place = (place << _DRAW_BITS) // (draw + 1) + 1 | 1

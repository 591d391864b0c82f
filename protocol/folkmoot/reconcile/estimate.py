"""How many items two sets differ by, guessed from 112 bytes of each, and how many symbols to send for so many.

Spec: reconcile.md#estimator
"""

from math import exp, isqrt, log

ESTIMATOR_BYTES = 112
"""Length of an estimator: 14 levels of 64 bits."""

DIFFERENCE_MAX = 2**22
"""Greatest estimate; the bits of more are all alike."""

_LEVELS = 14
_LEVEL_BITS = 64
_STEP = 1.25
_NARROWINGS = 12


def estimator_bit(check: int) -> int:
    """Return which bit of the estimator an item changes, counted from the lowest of the 112 bytes, lowest first.

    Spec: reconcile.md#estimator

    Args:
        check: The unkeyed check of the item.
    """
    rest = check >> 6
    level = (rest & -rest).bit_length() - 1 if rest else _LEVELS - 1
    return min(level, _LEVELS - 1) * _LEVEL_BITS + check % _LEVEL_BITS


def estimate(estimator_a: bytes, estimator_b: bytes) -> int:
    """Return about how many items are in one of two sets and not in the other.

    Spec: reconcile.md#estimator

    Returns:
        The likeliest difference, 0 when the estimators are equal, at most `DIFFERENCE_MAX`. The standard error is
        10 to 18 per cent from 10 differences on; nothing but the number of symbols may depend on it.
    """
    differing = int.from_bytes(estimator_a, "little") ^ int.from_bytes(estimator_b, "little")
    if not differing:
        return 0
    ones = [(differing >> (level * _LEVEL_BITS) & (2**_LEVEL_BITS - 1)).bit_count() for level in range(_LEVELS)]
    size = best = 1.0
    greatest = _likelihood(ones, size)
    while size < DIFFERENCE_MAX:
        size *= _STEP
        here = _likelihood(ones, size)
        if here > greatest:
            greatest, best = here, size
    return min(round(_narrowed(ones, best / _STEP, best * _STEP)), DIFFERENCE_MAX)


def symbols_for(difference: int) -> int:
    """Return how many symbols to send at first for an estimated difference, so that most decodings need no more.

    It is 1.1 times the mean need of 1.36 for each difference, and more for small differences, whose need varies.

    Spec: reconcile.md#symbols
    """
    spread = isqrt(625 * difference)
    return 12 + -(-187 * difference // 125) + -(-spread // 10)


def _narrowed(ones: list[int], low: float, high: float) -> float:
    """Return where between two sizes the likelihood is greatest."""
    for _ in range(_NARROWINGS):
        third = (high - low) / 3
        if _likelihood(ones, low + third) < _likelihood(ones, high - third):
            low += third
        else:
            high -= third
    return max(low, 1.0)


def _likelihood(ones: list[int], difference: float) -> float:
    """Return the logarithm of how likely these numbers of changed bits are.

    Of the differing items about `mean` fall on each bit of a level, and it shows whether their number is odd.
    """
    total = 0.0
    for level, changed in enumerate(ones):
        share = 2.0 ** -min(level + 1, _LEVELS - 1)
        mean = difference * share / _LEVEL_BITS
        odd = (1 - exp(-2 * mean)) / 2
        total += changed * log(odd) + (_LEVEL_BITS - changed) * log(1 - odd)
    return total

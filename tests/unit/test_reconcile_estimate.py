"""Guessing a difference."""

import random
from math import ceil, sqrt

import pytest

from folkmoot.reconcile import DIFFERENCE_MAX, ESTIMATOR_BYTES, Sketch, estimate, symbols_for
from folkmoot.reconcile.estimate import estimator_bit

NOTHING = bytes(ESTIMATOR_BYTES)


@pytest.mark.parametrize(
    ("check", "bit"),
    [
        (0b1_000000, 0),
        (0b1_111111, 63),
        (0b10_000101, 64 + 5),
        (1 << (6 + 12), 12 * 64),
        (1 << (6 + 13), 13 * 64),
        (1 << 63 | 1, 13 * 64 + 1),
        (7, 13 * 64 + 7),
        (2**64 - 1, 63),
    ],
)
def test_the_level_is_the_number_of_zeros_above_the_six_lowest_bits(check: int, bit: int) -> None:
    assert estimator_bit(check) == bit


def test_equal_sets_are_not_thought_to_differ() -> None:
    assert estimate(NOTHING, NOTHING) == 0


def test_one_changed_bit_is_one_difference() -> None:
    assert estimate(Sketch([bytes(16)]).estimator(), NOTHING) == 1


@pytest.mark.parametrize("difference", [10, 100, 1000, 50_000])
def test_an_estimate_is_near_the_difference(difference: int) -> None:
    dice = random.Random(difference)
    found: list[int] = []
    for _ in range(5):
        bits = 0
        for _ in range(difference):
            bits ^= 1 << estimator_bit(dice.getrandbits(64))
        found.append(estimate(bits.to_bytes(ESTIMATOR_BYTES, "little"), NOTHING))
    assert difference * 0.7 < sum(found) / len(found) < difference * 1.3
    assert all(difference / 2 < one < difference * 2 for one in found)


def test_any_bytes_give_a_bounded_estimate() -> None:
    dice = random.Random(1)
    for damage in [b"\xff" * ESTIMATOR_BYTES, *(dice.randbytes(ESTIMATOR_BYTES) for _ in range(20))]:
        assert 1 <= estimate(NOTHING, damage) <= DIFFERENCE_MAX


def test_the_first_symbols_are_a_tenth_more_than_the_mean_need_and_some_for_the_spread() -> None:
    for difference in [0, 1, 2, 10, 99, 1000, 50_000]:
        exact = 1.36 * 1.1 * difference + 12 + 2.5 * sqrt(difference)
        assert ceil(exact) - 1 <= symbols_for(difference) <= ceil(exact) + 2
    assert [symbols_for(n) for n in (0, 1, 10, 1000)] == [12, 17, 35, 1587]

"""Invariant 7: repairable by one operation at the owner's tip.

Let a thief hold any keys, past and present, of ranks below R, and none of rank R. Then one recovery of rank R that
follows the owner's own last operation is the undisputed head, whatever the thief has published before it or
publishes after it: readings depend on the set of operations only, so both are one enumeration.

Known limit: a past key of rank R, used and replaced, can make a dispute that rank R cannot end; a higher rank can,
and where R is the highest, none. So destroy used keys, and keep one rank unused.

Bounds: every honest chain of up to 3 steps of rank 0, 1 or 2, 40 chains, and for R = 2 every attack of up to two
operations with keys of ranks 0 and 1, for R = 1 with keys of rank 0. The limit: the same chains, with past keys of
rank 1 against a repair of rank 1, and then of rank 2.

Cases: 12,100 attacks repaired, 3,228 of which had taken the identity over; 1,312 attacks with a used key.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from models.thefts import GUARDIANS, PAPER, Attack, History, Key, attacks, histories
from support.keys import NETWORK

from folkmoot import chain
from folkmoot.identity import Operation


class Tally(NamedTuple):
    """How many attacks were tried, and how many of them took the identity over or froze it before the repair."""

    tried: int
    taken: int
    disputed: int


def check_repair(depth_max: int, rank: int, stolen: Callable[[Key], bool]) -> Tally:
    """Repair every history after every attack with the keys that are stolen."""
    tried = taken = disputed = 0
    for history, attack in _struck(depth_max, stolen):
        before = _read(history, attack)
        taken += before.head in attack.operations
        disputed += before.is_disputed
        repair = history.repaired(rank)
        after = _read(history, attack, repair)
        assert (after.head, after.is_disputed) == (repair, False)
        tried += 1
    return Tally(tried, taken, disputed)


def count_beyond_repair(depth_max: int, rank: int, stolen: Callable[[Key], bool]) -> tuple[int, int]:
    """Return how many attacks there are, and after how many a repair of a rank leaves the identity disputed."""
    tried = beyond = 0
    for history, attack in _struck(depth_max, stolen):
        after = _read(history, attack, history.repaired(rank))
        assert after.head not in attack.operations, "a past key freezes and never takes over"
        tried += 1
        beyond += after.is_disputed
    return tried, beyond


def _struck(depth_max: int, stolen: Callable[[Key], bool]) -> list[tuple[History, Attack]]:
    return [
        (history, attack)
        for history in histories(depth_max)
        for attack in attacks(history, {key.name: key for key in history.keys if stolen(key)})
    ]


def _read(history: History, attack: Attack, *more: Operation) -> chain.Chain:
    found = chain.read_chain([*history.operations, *attack.operations, *more], network=NETWORK)
    assert found is not None
    return found


def test_the_paper_key_repairs_what_any_lower_keys_did() -> None:
    assert check_repair(3, PAPER, lambda key: key.rank < PAPER) == Tally(tried=10_054, taken=2882, disputed=1868)


def test_guardians_repair_what_any_rotation_keys_did() -> None:
    assert check_repair(3, GUARDIANS, lambda key: key.rank < GUARDIANS) == Tally(
        tried=2046, taken=346, disputed=162
    )


def test_a_past_key_of_the_same_rank_is_the_limit_and_a_higher_rank_repairs_it() -> None:
    assert count_beyond_repair(3, GUARDIANS, _is_past_of_guardians) == (1312, 664)
    assert check_repair(3, PAPER, _is_past_of_guardians) == Tally(tried=1312, taken=0, disputed=664)


def _is_past_of_guardians(key: Key) -> bool:
    return key.rank == GUARDIANS and key.is_past


def test_the_model_finds_a_rotation_that_may_change_the_recovery(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: no rule keeps an operation from changing recovery entries above its own rank."""
    succession = chain.broken_succession

    def lenient(child: Operation, parent: Operation, *, depth: int, network: str) -> str | None:
        rule = succession(child, parent, depth=depth, network=network)
        return None if rule == "CHN-3" else rule

    monkeypatch.setattr(chain, "broken_succession", lenient)
    with pytest.raises(AssertionError):
        check_repair(1, PAPER, lambda key: key.rank < PAPER)
    with pytest.raises(AssertionError):
        check_repair(1, GUARDIANS, lambda key: key.rank < GUARDIANS)


def test_the_model_finds_a_longest_branch_that_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: a branch weighs as much as it is long, so whoever publishes more wins."""

    def by_length(root: Operation, tree: chain._Tree) -> dict[bytes, int]:
        every = [root]
        for step in every:
            every.extend(tree[step.id])
        lengths: dict[bytes, int] = {}
        for step in reversed(every):
            lengths[step.id] = 1 + max((lengths[child.id] for child in tree[step.id]), default=0)
        return lengths

    monkeypatch.setattr(chain, "_weigh", by_length)
    monkeypatch.setattr(chain, "_proof", lambda branch, _weight, _tree, _weights: (branch,))
    with pytest.raises(AssertionError):
        check_repair(1, PAPER, lambda key: key.rank < PAPER)

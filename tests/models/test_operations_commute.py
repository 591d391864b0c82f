"""Invariant 5: operations commute, and what is dropped never matters.

For ancestor-closed sets S1 and S2 of one identity's operations,

    reading(kept(kept(S1) + kept(S2))) = reading(S1 + S2),

where a reading is the path, the rivals and what is kept; and an operation at a time, in every order in which
parents come before children, ends in the same reading.

Bounds: every labelled tree of up to 3 operations over a genesis, each of rank 0, 1, 2 or a closing of rank 2, with
every pair of ancestor-closed parts; every labelled tree of 4 operations of rank 0 or 1 with every pair of parts
that together are the whole. Labels are the order of ids, so every tree occurs with its ids in every order.

Cases: 11,972 pairs of parts, 20,736 pairs of halves, 972 orders.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, permutations, product
from typing import TypeAlias

import pytest
from models.unsigned import Says, founded, step
from support.keys import NETWORK

from folkmoot import chain
from folkmoot.chain import Chain
from folkmoot.identity import Operation

RECOVERY = ((2, "paper"), (1, "guardians"))
ROOT = founded(Says("next", RECOVERY))
SIGNER = {0: "next", 1: "guardians", 2: "paper"}
CLOSING = 3
PAIRS = 11_972
HALVES = 20_736
ORDERS = 972

Part: TypeAlias = frozenset[Operation]
Reading: TypeAlias = tuple[tuple[Operation, ...], tuple[tuple[Operation, ...], ...], Part]


def trees(size: int, flavours: Sequence[int]) -> Iterator[tuple[Operation, ...]]:
    """Return every tree of so many operations, by parent (0 is the genesis) and flavour; places order the ids."""
    places = range(1, size + 1)
    for parents in product(range(size + 1), repeat=size):
        order = _parents_first(parents)
        if order is None:
            continue
        for chosen in product(flavours, repeat=size):
            made = {0: ROOT}
            for place in order:
                rank = min(chosen[place - 1], 2)
                says = Says("next", RECOVERY, close=chosen[place - 1] == CLOSING)
                signers = frozenset({SIGNER[rank]})
                made[place] = step(made[parents[place - 1]], says, rank=rank, signers=signers, place=place)
            yield tuple(made[place] for place in places)


def _parents_first(parents: Sequence[int]) -> list[int] | None:
    """Return places so that each comes after its parent; `None` where parents go in a circle."""
    order: list[int] = []
    ahead = set(range(1, len(parents) + 1))
    while ahead:
        ready = sorted(place for place in ahead if parents[place - 1] not in ahead)
        if not ready:
            return None
        order += ready
        ahead -= set(ready)
    return order


def closed_parts(tree: Sequence[Operation]) -> list[Part]:
    """Return every set of the operations, the genesis among them, that holds the parent of each."""
    every = (frozenset(part) for size in range(len(tree) + 1) for part in combinations(tree, size))
    ids = {ROOT.id}
    return [part | {ROOT} for part in every if {item.parent for item in part} <= ids | {item.id for item in part}]


def read(operations: Iterable[Operation]) -> Reading:
    found = chain.read_chain(operations, network=NETWORK)
    assert isinstance(found, Chain)
    return found.path, found.rivals, found.kept


def check_all_pairs(sizes: Iterable[int], flavours: Sequence[int]) -> int:
    """Check every pair of parts of every tree; return how many pairs there were."""
    pairs = 0
    for size in sizes:
        for tree in trees(size, flavours):
            readings = {part: read(part) for part in closed_parts(tree)}
            for one, other in combinations(readings, 2):
                assert read(readings[one][2] | readings[other][2]) == readings[one | other]
                pairs += 1
    return pairs


def check_halves(size: int, flavours: Sequence[int]) -> int:
    """Check every two parts that together are a tree; return how many there were."""
    pairs = 0
    for tree in trees(size, flavours):
        whole = frozenset({ROOT, *tree})
        expected = read(whole)
        kept = {part: read(part)[2] for part in closed_parts(tree)}
        for one, other in combinations(kept, 2):
            if one | other == whole:
                assert read(kept[one] | kept[other]) == expected
                pairs += 1
    return pairs


def check_one_at_a_time(size: int, flavours: Sequence[int]) -> int:
    """Let every tree arrive one operation at a time, in every order that keeps parents first; count the orders."""
    orders = 0
    for tree in trees(size, flavours):
        expected = read([ROOT, *tree])
        for order in permutations(tree):
            met = {ROOT.id}
            held = frozenset({ROOT})
            for item in order:
                if item.parent not in met:
                    break
                met.add(item.id)
                held = read(held | with_ancestors(item, tree))[2]
            else:
                assert read(held) == expected
                orders += 1
    return orders


def with_ancestors(item: Operation, tree: Sequence[Operation]) -> Part:
    """Return an operation with all that it follows, as it travels."""
    by_id = {other.id: other for other in (ROOT, *tree)}
    way = {item}
    at = item
    while at.parent is not None:
        at = by_id[at.parent]
        way.add(at)
    return frozenset(way)


def test_every_two_parts_of_every_tree_of_three_read_like_their_union() -> None:
    assert check_all_pairs((1, 2, 3), (0, 1, 2, CLOSING)) == PAIRS


def test_every_two_halves_of_every_tree_of_four_read_like_the_whole() -> None:
    assert check_halves(4, (0, 1)) == HALVES


def test_every_order_of_every_tree_of_three_ends_alike() -> None:
    assert check_one_at_a_time(3, (0, 1, 2)) == ORDERS


def test_the_model_finds_rivals_kept_without_their_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: of a rival only its first operation is kept, not the path to the one that gives it its weight."""
    monkeypatch.setattr(chain, "_proof", lambda branch, _weight, _tree, _weights: (branch,))
    with pytest.raises(AssertionError):
        check_all_pairs((1, 2, 3), (0, 1, 2))


def test_the_model_finds_a_kept_set_that_forgets_the_second_rival(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: only the path is kept."""
    walk = chain._walk

    def forgetful(root: Operation, tree: chain._Tree, weights: dict[bytes, int]) -> Chain:
        whole = walk(root, tree, weights)  # type: ignore[arg-type]
        return Chain(whole.identity, whole.path, whole.rivals, frozenset(whole.path), whole.held)

    monkeypatch.setattr(chain, "_walk", forgetful)
    with pytest.raises(AssertionError):
        check_all_pairs((1, 2), (0, 1, 2))

"""Invariant 6: no takeover with past keys.

A past key is one that some operation of the owner's chain promises and its head does not. Whatever somebody with
any past keys publishes, following any operation of the owner's or their own:

- the head is an operation of the owner's: the owner's own head, or, while disputed, the last before the fork;
- past rotation keys that were all promised before a recovery change nothing at all: the head is the owner's;
- the identity is disputed only by a fork where nothing on the owner's side outranks the stolen keys.

Bounds: every honest chain of up to 4 steps, each a rotation, a recovery by guardians (rank 1) or by paper (rank 2),
121 chains; every attack of one or two operations with any past keys, in which a recovery leaves the recovery alone,
rewrites what its rank is entitled to, or tries to rewrite everything and to add rank 9. An attack is counted with
the ranks of the keys that it takes, so every set of past keys is covered: what it can do is what its attacks can
do.

Cases: 121 chains, 38,454 attacks; 5,112 attacks with rotation keys from before a recovery.
"""

from collections import Counter

import pytest
from models.thefts import ROTATION, Attack, History, attacks, histories
from support.keys import NETWORK

from folkmoot import chain
from folkmoot.identity import Operation
from folkmoot.ids import OperationId

CHAINS = 121
TRIED = {(0,): 6138, (1,): 7050, (2,): 7542, (0, 1): 6270, (0, 2): 6270, (1, 2): 5184}
"""Attacks, by the ranks of the past keys that they take."""
FROZEN = {(0,): 508, (1,): 3024, (2,): 6048, (0, 1): 2142, (0, 2): 4242, (1, 2): 3752}
"""Those that leave the identity disputed: the known price of a leaked past key, healed by a higher rank."""
HEALED = 5112


def check_past_keys(depth_max: int) -> tuple[int, Counter[tuple[int, ...]], Counter[tuple[int, ...]]]:
    """Try every attack; return how many chains there were, and attacks and disputes by the ranks of stolen keys."""
    chains = 0
    tried: Counter[tuple[int, ...]] = Counter()
    frozen: Counter[tuple[int, ...]] = Counter()
    for history in histories(depth_max):
        chains += 1
        for attack in attacks(history, {key.name: key for key in history.keys if key.is_past}):
            ranks = tuple(sorted({key.rank for key in attack.keys}))
            tried[ranks] += 1
            frozen[ranks] += _is_frozen_at_most(history, attack)
    return chains, tried, frozen


def _is_frozen_at_most(history: History, attack: Attack) -> bool:
    """Check what one attack achieves; return whether it makes the identity disputed."""
    found = chain.read_chain([*history.operations, *attack.operations], network=NETWORK)
    assert found is not None
    assert found.head in history.operations, "the head is never the thief's"
    if not found.is_disputed:
        assert found.head == history.head, "without a dispute nothing has changed"
        return False
    before = history.operations.index(found.head)
    after = [step.rank for step in history.operations[before + 1 :]]
    assert max(after) in {key.rank for key in attack.keys}, "only a key as high as all that followed freezes"
    return True


def check_healed_by_recovery(depth_max: int) -> int:
    """Try past rotation keys that were promised before a recovery; return how many attacks there were."""
    tried = 0
    for history in histories(depth_max):
        recoveries = [depth for depth, step in enumerate(history.operations) if step.rank]
        last = max(recoveries, default=0)
        stolen = {key.name: key for key in history.keys if key.rank == ROTATION and key.depth < last}
        for attack in attacks(history, stolen):
            found = chain.read_chain([*history.operations, *attack.operations], network=NETWORK)
            assert found is not None
            assert (found.head, found.is_disputed) == (history.head, False)
            tried += 1
    return tried


def test_past_keys_never_take_an_identity_over() -> None:
    chains, tried, frozen = check_past_keys(4)
    assert chains == CHAINS
    assert tried == TRIED
    assert frozen == FROZEN


def test_rotation_keys_promised_before_a_recovery_do_nothing() -> None:
    assert check_healed_by_recovery(4) == HEALED


def test_the_model_finds_a_fork_rule_that_compares_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: at a fork the child of the higher rank wins, whatever follows it on its branch."""

    def by_child(root: Operation, tree: chain._Tree) -> dict[OperationId, int]:
        every = [root]
        for step in every:
            every.extend(tree[step.id])
        return {step.id: step.rank for step in every}

    monkeypatch.setattr(chain, "_weigh", by_child)
    with pytest.raises(AssertionError):
        check_past_keys(2)
    with pytest.raises(AssertionError):
        check_healed_by_recovery(2)


def test_the_model_finds_a_recovery_that_may_rewrite_higher_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: any operation of recovery rank may change every entry, so a lower key makes itself the highest."""
    succession = chain.broken_succession

    def lenient(child: Operation, parent: Operation, *, depth: int, network: str) -> str | None:
        rule = succession(child, parent, depth=depth, network=network)
        return None if rule == "CHN-3" and child.rank else rule

    monkeypatch.setattr(chain, "broken_succession", lenient)
    with pytest.raises(AssertionError, match="never the thief's"):
        check_past_keys(2)


def test_the_model_finds_a_dispute_that_the_lowest_id_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: branches of equal weight are no dispute; the one of the lowest id wins."""
    walk = chain._walk

    def decided(root: Operation, tree: chain._Tree, weights: dict[OperationId, int]) -> chain.Chain:
        narrowed = {
            parent: tuple(sorted(children, key=lambda child: (-weights[child.id], child.id))[:1])
            for parent, children in tree.items()
        }
        return walk(root, narrowed, weights)

    monkeypatch.setattr(chain, "_walk", decided)
    with pytest.raises(AssertionError):
        check_past_keys(2)

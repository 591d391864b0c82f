"""Invariant 8: completion is final.

If a document is complete for a node that holds S, it is complete for every node that holds more: complete(D, S)
implies complete(D, S + S') for all operations and co-signatures S'. A later revocation that does not keep the
document shows the signer as having repudiated, and takes nothing from the others.



Bounds: every ancestor-closed set of 6 operations of one signer over a genesis (a rotation, a thief's rotation
beside it, two recoveries, two revocations) with every set of 5 co-signatures (by two devices, under three heads,
one of them the thief's branch) and the other party's; every such S with every such superset.

Cases: 33,507 pairs; in 499 the signer has repudiated, in 542 the head is not kept.
"""

from itertools import combinations, product
from typing import NamedTuple

import pytest
from models.signers import (
    DOCUMENT,
    GENESIS,
    RECOVERED,
    ROTATED,
    STOLEN,
    bobs_yes,
    chains,
    closed_sets,
    yes,
)
from support.keys import NETWORK

from folkmoot import agreement
from folkmoot.agreement import Completion, Cosignature
from folkmoot.chain import Chain

HERS = (
    yes(GENESIS, "phone"),
    yes(ROTATED, "phone"),
    yes(ROTATED, "tablet"),
    yes(RECOVERED, "tablet"),
    yes(STOLEN, "thief"),
)
COSIGNATURES = (*HERS, bobs_yes())


class Tally(NamedTuple):
    """Pairs of a set in which the document is complete and a superset, and what became of it there."""

    pairs: int
    repudiated: int
    lost_with_its_head: int


def check_final() -> Tally:
    """Compare every set with every superset."""
    signed = [frozenset(part) for size in range(7) for part in combinations(COSIGNATURES, size)]
    heard = closed_sets()
    known = {operations: chains(operations) for operations in heard}
    said = {(o, s): agreement.completion(DOCUMENT, s, known[o], network=NETWORK) for o in heard for s in signed}
    pairs = repudiated = lost = 0
    for (operations, items), (more, others) in product(said, said):
        before, later = said[operations, items], said[more, others]
        if not (before.is_complete and operations <= more and items <= others):
            continue
        kept = {operation.id for operation in known[more][GENESIS.identity].kept}
        counted = {item for item in items if item.party == 0} - _refused(before)
        for item in counted:
            assert (item in _refused(later)) == (item.head not in kept)
        assert later.is_complete or not any(item.head in kept for item in counted)
        pairs += 1
        repudiated += bool(later.repudiated)
        lost += not later.is_complete
    return Tally(pairs, repudiated, lost)


def _refused(found: Completion) -> set[Cosignature]:
    return {item for item, _rule in found.refused}


def test_what_is_complete_stays_so_but_for_a_head_that_nobody_keeps() -> None:
    assert check_final() == Tally(pairs=33_507, repudiated=499, lost_with_its_head=542)


def test_the_model_finds_completion_that_drops_who_repudiated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: whoever repudiates has not signed, so a member can un-form what others agreed to."""
    completion = agreement.completion

    def resettable(*args: object, **settings: object) -> Completion:
        found = completion(*args, **settings)  # type: ignore[arg-type]
        return Completion(
            found.signed - found.repudiated, found.missing | found.repudiated, found.refused, found.repudiated
        )

    monkeypatch.setattr(agreement, "completion", resettable)
    with pytest.raises(AssertionError):
        check_final()


def test_the_model_finds_completion_judged_by_today_s_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: the device has to be certified by the last operation alone, and not up to `head`."""

    def certified_now(chain: Chain, _head: bytes, device: bytes, *, scopes: frozenset[object]) -> bool:
        return any(named.key == device and named.scope in scopes for named in chain.head.devices)

    monkeypatch.setattr(Chain, "certified_at", certified_now)
    with pytest.raises(AssertionError):
        check_final()

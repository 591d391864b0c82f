"""Invariant 15: exclusive acts are seen the same everywhere.

A client awards an opportunity once. Where the records held, live or exhibited, contain awards of two bids by one
client, every node says so: the opportunity is contested, both awards are in sight and neither counts. Where they
contain one, every node counts that one. What is counted does not depend on the order in which things came.

Bounds: every set of 9 records (an opportunity, two bids, an award of each, the deletion of the first award, an
exhibit of each award by who won it, an award by a stranger), each taken by four nodes in four orders.

Cases: 512 sets, 1,024 derivations of those with the opportunity and as many without.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest
from support.keys import NETWORK, person
from support.memory_view import MemoryReplica
from support.scene import PEOPLE, Scene, chains

from folkmoot.record import Record
from folkmoot.state import opportunity
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.opportunity import OpportunityStatus, derive_opportunity

SCENE = Scene()
CALL = SCENE.opportunity("carl")
FIRST, SECOND = SCENE.bid("dana", CALL), SCENE.bid("gus", CALL)
AWARD, RIVAL = SCENE.award("carl", CALL, FIRST), SCENE.award("carl", CALL, SECOND)
DELETION = SCENE.delete(AWARD, "carl")
SHOWN, RIVAL_SHOWN = SCENE.exhibit("dana", AWARD), SCENE.exhibit("gus", RIVAL)
SCENE.award("mallory", CALL, SECOND)
CHAINS = chains()
GENESES = [person(name).genesis for name in PEOPLE]
STATUSES = (OpportunityStatus.OPEN, OpportunityStatus.AWARDED, OpportunityStatus.CONTESTED)


def check_awards() -> Counter[str]:
    """Let nodes take every set in four orders; return how many sets of each status there are."""
    found: Counter[str] = Counter()
    for size in range(len(SCENE.records) + 1):
        for records in combinations(SCENE.records, size):
            bids = _awarded(set(records))
            for order in _orders(records):
                state = derive_opportunity(_evidence(order), CALL.id)
                assert (state is None) == (CALL not in records)
                if state is not None:
                    assert state.status is STATUSES[len(bids)]
                    assert state.award == (bids[0].id if len(bids) == 1 else None)
                    assert len(state.awards) == len(bids)
            found[STATUSES[len(bids)].value if CALL in records else "unknown"] += 1
    return found


def _awarded(records: set[Record]) -> list[Record]:
    """Say which bids are awarded, by looking at who shows what."""
    first = SHOWN in records or (AWARD in records and DELETION not in records)
    second = RIVAL_SHOWN in records or RIVAL in records
    return [bid for bid, is_awarded in ((FIRST, first), (SECOND, second)) if is_awarded and bid in records]


def _orders(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    half = len(records) // 2
    yield from (records, records[::-1], (*records[half:], *records[:half]), (*records[1::2], *records[::2]))


def _evidence(order: Sequence[Record]) -> Evidence:
    replica = MemoryReplica()
    replica.operations.update({operation.identity: {operation.id: operation} for operation in GENESES})
    replica.take(records=order, now_ms=SCENE.now_ms)
    return gather(replica.records.values(), CHAINS, now_ms=SCENE.now_ms, network=NETWORK)


def test_every_node_sees_two_awards_as_contested_and_one_as_an_award() -> None:
    assert check_awards() == {"unknown": 256, "awarded": 116, "open": 110, "contested": 30}


def test_the_model_finds_two_awards_of_which_the_lowest_id_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: one of two awards wins everywhere alike, and the other is not seen."""
    awards = opportunity._awards
    monkeypatch.setattr(opportunity, "_awards", lambda known, versions: awards(known, versions)[:1])
    with pytest.raises(AssertionError):
        check_awards()


def test_the_model_finds_an_award_that_was_heard_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: the award that came first counts."""
    awards = opportunity._awards

    def heard_first(known: Evidence, versions: list[Record]) -> list[Record]:
        found = awards(known, versions)
        return [record for record in known.counted.values() if record in found][:1]

    monkeypatch.setattr(opportunity, "_awards", heard_first)
    with pytest.raises(AssertionError):
        check_awards()


def test_the_model_finds_awards_by_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: an award counts from whomever it comes."""

    def anybodys(known: Evidence, versions: list[Record]) -> list[Record]:
        return [award for version in versions for award in known.referring("award", "opportunity", version.id)]

    monkeypatch.setattr(opportunity, "_awards", anybodys)
    with pytest.raises(AssertionError):
        check_awards()


def test_the_model_finds_evidence_that_is_only_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: exhibits are not looked into, so that a client can make an award vanish."""
    monkeypatch.setattr("folkmoot.state.evidence._counts", lambda _exhibited, _chain: False)
    with pytest.raises(AssertionError):
        check_awards()

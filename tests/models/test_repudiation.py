"""Invariant 20: repudiation is local.

Whatever Alice's operations say, and whatever thieves of her keys add: nothing changes of what is derived about Bob
and Carl but what rests on Alice's own word. Held alike are their operations and records; formed stays the team that
all three signed, with Bob's and Carl's seats signed; standing are the teams of both and the endorsement of one by
the other on the basis of that team; and Bob's award of Carl's bid stays an award. What may change is Alice's: her
seat, her records, and what rests on them, which is her endorsement of Bob and the award of her own bid. Those count
exactly while the device that signed them is authorised, or, exhibited, while she is closed.

Known limit, that of invariant 8, asserted exactly: the team is formed if and only if the `head` of a co-signature
of Alice's is kept. So whoever co-signs under a rotation and then recovers from before it, by accident or on
purpose, un-forms what others agreed to.

Bounds: every ancestor-closed set of 7 operations of Alice's over a genesis (a rotation, a thief's rotation beside
it, two recoveries, two revocations, a closing), with her co-signature under the genesis or under the rotation,
landing before and after all records.

Cases: 208 histories.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from models.signers import BOB, GENESIS, ROTATED, SIGNED, STEPS, closed_sets, document, yes
from support.keys import NETWORK, person
from support.lineage import Plan, key, step
from support.memory_view import MemoryReplica
from support.statements import Place, said, said_by

from folkmoot import agreement
from folkmoot.agreement import Completion, cosign, cosignature_value
from folkmoot.canonical import Value
from folkmoot.chain import Chain, Standing
from folkmoot.identity import Operation, Scope
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.rules import Accept, judge_author
from folkmoot.state import evidence, lineage
from folkmoot.state.endorsements import EndorsementClass
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.opportunity import OpportunityStatus, derive_opportunity
from folkmoot.state.person import derive_person
from folkmoot.state.team import SeatStatus, derive_team

CARL = person("carl")
ALICE = GENESIS.identity
CLOSED = step(ROTATED, Plan(close=True, next_key="a7"), rank=1, signers=("paper",))
NOW = SIGNED + DAY_MS
DOCUMENT = document(BOB.id, CARL.id, nonce=20)


def _at(slot: int) -> Place:
    return Place(slot=slot, rev=SIGNED)


def _agreement(head: Operation) -> Record:
    others = [
        cosign(DOCUMENT, place, head=who.genesis.id, at=SIGNED, key=who.key, network=NETWORK)
        for place, who in ((1, BOB), (2, CARL))
    ]
    items = sorted([yes(head, "phone", to=DOCUMENT), *others])
    cosignatures: list[Value] = [cosignature_value(item) for item in items]
    return said(BOB, "agreement", {"document": DOCUMENT.data, "cosignatures": cosignatures}, _at(0))


def _opportunity(slot: int) -> Record:
    deadline = SIGNED + 7 * DAY_MS
    roles: list[Value] = [{"title": "maker", "seats": 1}]
    body: dict[str, Value] = {"title": "A kite", "need": "It flies.", "roles": roles}
    return said(BOB, "opportunity", {**body, "bids_close": deadline, "decide_by": deadline}, _at(slot))


def _bid(opportunity: Record) -> dict[str, Value]:
    price: dict[str, Value] = {"amount_minor": 1, "currency": "EUR", "unit": "fixed"}
    return {"opportunity": opportunity.id, "price": price, "plan": "Sew.", "valid_until": SIGNED + 7 * DAY_MS}


FOR_CARL, FOR_ALICE = _opportunity(0), _opportunity(1)
CARLS_BID = said(CARL, "bid", _bid(FOR_CARL), _at(0))
ALICES_BID = said_by(ALICE, key("phone"), "bid", _bid(FOR_ALICE), _at(0))
BY_CARL = said(CARL, "endorsement", {"subject": BOB.id, "text": "Good.", "basis": DOCUMENT.id}, _at(0))
BY_ALICE = said_by(ALICE, key("phone"), "endorsement", {**BY_CARL.body}, _at(0))
OTHERS = (
    FOR_CARL,
    FOR_ALICE,
    CARLS_BID,
    said(BOB, "award", {"opportunity": FOR_CARL.id, "bid": CARLS_BID.id}, _at(0)),
    said(BOB, "award", {"opportunity": FOR_ALICE.id, "bid": ALICES_BID.id}, _at(1)),
    said(BOB, "exhibit", {"record": ALICES_BID.wire}, _at(0)),
    BY_CARL,
)
"""What Bob and Carl have said, but for the agreement."""


class Tally(NamedTuple):
    """Histories of Alice's, those in which her seat is repudiated, and those in which the team is un-formed."""

    histories: int
    repudiated: int
    unformed: int


def check_local(head: Operation) -> Tally:
    """Look at Bob and Carl under every history of Alice's; she co-signed under one of her operations."""
    agreed = _agreement(head)
    histories = repudiated = unformed = 0
    for operations in closed_sets((*STEPS, CLOSED)):
        for is_before in (True, False):
            replica = _landed(operations, (*OTHERS, agreed, BY_ALICE, ALICES_BID), is_before)
            chains = {i: chain for i in (ALICE, BOB.id, CARL.id) if (chain := replica.chain(i)) is not None}
            derived = gather(replica.records.values(), chains, now_ms=NOW, network=NETWORK)
            assert {record for record in replica.records.values() if record.author != ALICE} == {*OTHERS, agreed}
            assert [chains[who.id].path for who in (BOB, CARL)] == [(BOB.genesis,), (CARL.genesis,)]
            is_formed = head in chains[ALICE].kept
            seat = _check_team(derived, is_formed=is_formed)
            _check_reputation(derived, is_formed=is_formed, is_alices=_stands(chains[ALICE], BY_ALICE))
            _check_awards(derived, is_alices=_stands(chains[ALICE], ALICES_BID, is_exhibited=True))
            histories += 1
            repudiated += seat is SeatStatus.REPUDIATED
            unformed += not is_formed
    return Tally(histories, repudiated, unformed)


def _landed(operations: Iterable[Operation], records: Iterable[Record], is_before: bool) -> MemoryReplica:
    replica = MemoryReplica()
    replica.take([GENESIS, BOB.genesis, CARL.genesis], now_ms=NOW)
    if is_before:
        replica.take(operations, now_ms=NOW)
    replica.take(records=records, now_ms=NOW)
    replica.take(operations, now_ms=NOW)
    return replica


def _stands(chain: Chain, record: Record, *, is_exhibited: bool = False) -> bool:
    """Tell whether something that Alice's phone said still counts as hers."""
    scopes = frozenset({Scope.ALL})
    standing = chain.standing(record.device, scopes=scopes, rev=record.rev, item_id=record.id)
    return standing is Standing.AUTHORISED and (is_exhibited or not chain.is_closed)


def _check_team(derived: Evidence, *, is_formed: bool) -> SeatStatus:
    found = derive_team(derived, DOCUMENT.id)
    assert found is not None
    assert found.is_formed == is_formed
    assert [seat.status for seat in found.seats[1:]] == [SeatStatus.SIGNED, SeatStatus.SIGNED]
    return found.seats[0].status


def _check_reputation(derived: Evidence, *, is_formed: bool, is_alices: bool) -> None:
    bob, carl = (derive_person(derived, who.id) for who in (BOB, CARL))
    assert bob is not None
    assert carl is not None
    assert bob.teams == carl.teams == ((DOCUMENT.id,) if is_formed else ())
    grade = EndorsementClass.E2 if is_formed else EndorsementClass.E1
    authors = {CARL.id, ALICE} if is_alices else {CARL.id}
    assert {item.author: item.grade for item in bob.endorsements} == dict.fromkeys(authors, grade)


def _check_awards(derived: Evidence, *, is_alices: bool) -> None:
    for_carl, for_alice = (derive_opportunity(derived, call.id) for call in (FOR_CARL, FOR_ALICE))
    assert for_carl is not None
    assert for_alice is not None
    assert (for_carl.status, for_carl.award) == (OpportunityStatus.AWARDED, CARLS_BID.id)
    assert (for_alice.status is OpportunityStatus.AWARDED) == is_alices


def test_nothing_that_happens_to_alice_s_keys_changes_what_bob_and_carl_have() -> None:
    assert check_local(GENESIS) == Tally(histories=104, repudiated=10, unformed=0)


def test_a_head_that_she_abandons_is_the_limit() -> None:
    assert check_local(ROTATED) == Tally(histories=104, repudiated=10, unformed=16)


def test_the_model_finds_a_team_that_one_member_can_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: a repudiated signature is missing from the agreement, so nothing is formed any longer."""
    completion = agreement.completion

    def resettable(*args: object, **settings: object) -> Completion:
        found = completion(*args, **settings)  # type: ignore[arg-type]
        return Completion(
            found.signed - found.repudiated, found.missing | found.repudiated, found.refused, found.repudiated
        )

    monkeypatch.setattr(lineage, "completion", resettable)
    with pytest.raises(AssertionError):
        check_local(GENESIS)


def test_the_model_finds_a_closing_that_takes_evidence_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: what others exhibit of a closed identity counts no longer."""
    monkeypatch.setattr(
        evidence,
        "_counts",
        lambda exhibited, chain: isinstance(judge_author(exhibited, chain), Accept),
    )
    with pytest.raises(AssertionError):
        check_local(GENESIS)

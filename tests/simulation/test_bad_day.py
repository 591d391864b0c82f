"""The bad day: a device and every old key are in a thief's hands, and the owner takes the identity back.

First in a model of one replica that hears of it in every order; then over a network of nodes, of which some hear the
thief first and some the owner.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import permutations
from random import Random
from typing import NamedTuple

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st
from support.agreements import ACCEPT_BY, DRAFTED
from support.keys import NETWORK, Person, person, secret_key, seed_of
from support.lineage import Plan, key, revocation, root, step
from support.memory_view import MemoryReplica
from support.nodes import START_MS, Member, running
from support.statements import NOW, Place, said, said_by

from folkmoot.agreement import Document, Party, Proposal, cosign, cosignature_value, draft
from folkmoot.canonical import Value
from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Device, Operation, Scope, Snapshot, operation
from folkmoot.ids import IdentityId, IdPrefix, id_to_text
from folkmoot.keys import SecretKey, key_digest
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.rules import COMMONS
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.snapshot import state_hash
from folkmoot.state.team import SeatStatus, TeamStatus, derive_team
from folkmoot_node.acts.losses import losses
from folkmoot_node.acts.recovery import RescueWish, plan_recovery, sign_recovery, take_back
from folkmoot_node.author import Author
from folkmoot_node.memory import MemoryHub
from folkmoot_node.newcomer import new_newcomer

ALL = Scope.ALL
BOB, MALLORY = person("bob"), person("mallory")
HOUR_MS = 3_600_000


def post(text: str) -> dict[str, Value]:
    return {"text": text}


def praise(whom: Person) -> dict[str, Value]:
    return {"subject": whom.id, "text": "Calm under fire."}


def team_of(*members: IdentityId, nonce: str) -> Document:
    share, rest = divmod(10_000, len(members))
    proposal = Proposal(
        type="team",
        drafter=members[0],
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=tuple(Party(f"seat {place}", member) for place, member in enumerate(members)),
        terms={"name": "Kites", "purpose": "Fly", "lead": 0, "shares": [share + rest, *[share] * (len(members) - 1)]},
    )
    return draft(proposal, network=NETWORK, nonce=seed_of(nonce)[:16])


# Alice recovered once before, which replaced her paper key; the device of today is the laptop.
ROOT = root(Plan(next_key="a1"))
ALICE = ROOT.identity
FIRST = said_by(ALICE, key("phone"), "post", post("long ago"), Place(0, NOW - 90 * DAY_MS))
SECOND_PLAN = Plan(
    devices=(("laptop", ALL),),
    next_key="a2",
    recovery=((2, 1, ("vault",)), (1, 1, ("second paper",))),
    revoke=(revocation("phone", keep=[FIRST.id]),),
)
SECOND = step(ROOT, SECOND_PLAN, rank=1, signers=("paper", "laptop"))
THIRD_PLAN = SECOND_PLAN._replace(next_key="a3", revoke=())
THIRD = step(SECOND, THIRD_PLAN, signers=("a2",))
CHAIN = (ROOT, SECOND, THIRD)

WORD = said_by(ALICE, key("laptop"), "post", post("honest"), Place(1, NOW - HOUR_MS))
PRAISE = said_by(ALICE, key("laptop"), "endorsement", praise(BOB), Place(0, NOW - HOUR_MS))
TEAM = team_of(BOB.id, ALICE, nonce="kites")
GANG = team_of(MALLORY.id, ALICE, nonce="gang")


def yes(document: Document, device: SecretKey, *, at: int) -> list[Value]:
    """Sign for Alice's seat."""
    signed = cosign(document, 1, head=THIRD.id, at=at, key=device, network=NETWORK)
    value = cosignature_value(signed)
    assert isinstance(value, list)
    return value


def agreed(by: Person, document: Document, alices: list[Value]) -> Record:
    """Publish an agreement that somebody and Alice have signed."""
    own = cosign(document, 0, head=by.genesis.id, at=DRAFTED, key=by.key, network=NETWORK)
    items: list[Value] = [cosignature_value(own), alices]
    return said(by, "agreement", {"document": document.data, "cosignatures": items})


ALICES_YES = yes(TEAM, key("laptop"), at=DRAFTED)
ACCEPTED = said_by(
    ALICE, key("laptop"), "accept", {"document": TEAM.id, "cosignature": ALICES_YES}, Place(0, NOW - HOUR_MS)
)

# What the thief makes of the laptop, of the phone that was revoked, and of every rotation key and paper key so far.
OVERWRITTEN = said_by(ALICE, key("laptop"), "post", post("overwritten"), Place(1, NOW))
BACK_DATED = said_by(ALICE, key("laptop"), "endorsement", praise(MALLORY), Place(1, NOW - 60 * DAY_MS))
FROM_THE_PHONE = said_by(ALICE, key("phone"), "post", post("from the phone"), Place(5, NOW - 80 * DAY_MS))
THEIR_YES = yes(GANG, key("laptop"), at=DRAFTED)
THEIR_ACCEPT = said_by(
    ALICE, key("laptop"), "accept", {"document": GANG.id, "cosignature": THEIR_YES}, Place(1, NOW - HOUR_MS)
)
STOLEN = (("thief", ALL),)
THEIR_ROTATION = step(THIRD, THIRD_PLAN._replace(devices=STOLEN, next_key="t1"), signers=("a3", "thief"))
THEIR_WORD = said_by(ALICE, key("thief"), "post", post("I am Alice"), Place(2))
CROWN = ((9, 1, ("thief's crown",)), *ROOT_RECOVERY) if (ROOT_RECOVERY := Plan().recovery) else ()
OLD_KEYS = (
    step(ROOT, Plan(devices=STOLEN, next_key="t2"), signers=("a1", "thief")),
    step(SECOND, SECOND_PLAN._replace(devices=STOLEN, next_key="t3", revoke=()), signers=("a2", "thief")),
    step(ROOT, Plan(devices=STOLEN, next_key="t4"), rank=1, signers=("paper", "thief")),
    crowned := step(
        ROOT, Plan(devices=STOLEN, next_key="t5", recovery=CROWN), rank=1, signers=("paper", "thief")
    ),
    step(crowned, Plan(devices=STOLEN, next_key="t6", recovery=CROWN), rank=9, signers=("thief's crown",)),
)

# What Alice does: a key of a higher rank, one new device, and a list of what was hers.
KEPT = (WORD, PRAISE, ACCEPTED)
BACK = step(
    THIRD,
    Plan(
        devices=(("new", ALL),),
        next_key="n1",
        recovery=((2, 1, ("second vault",)), (1, 1, ("third paper",))),
        revoke=(revocation("laptop", keep=[*(record.id for record in KEPT), TEAM.id]),),
    ),
    rank=2,
    signers=("vault", "new"),
)
AFTERWARDS = said_by(ALICE, key("new"), "post", post("I am back"), Place(2, NOW - 1))


class Event(NamedTuple):
    """What lands in one go: operations with those they follow, and records."""

    operations: tuple[Operation, ...]
    records: tuple[Record, ...]


EVENTS = (
    Event(CHAIN, (FIRST, WORD, PRAISE, ACCEPTED)),
    Event(CHAIN, (OVERWRITTEN, BACK_DATED, FROM_THE_PHONE, THEIR_ACCEPT)),
    Event((*CHAIN, THEIR_ROTATION), (THEIR_WORD,)),
    Event((*CHAIN, *OLD_KEYS), ()),
    Event((*CHAIN, BACK), (*KEPT, AFTERWARDS)),
    Event((BOB.genesis, MALLORY.genesis), (agreed(BOB, TEAM, ALICES_YES), agreed(MALLORY, GANG, THEIR_YES))),
)
HONEST = {"long ago", "honest", "I am back"}


def evidence_of(replica: MemoryReplica) -> Evidence:
    chains = {who: replica.chain(who) for who in (ALICE, BOB.id, MALLORY.id)}
    known = {who: chain for who, chain in chains.items() if chain is not None}
    return gather(replica.records.values(), known, now_ms=NOW, network=NETWORK)


def heard(events: Sequence[Event]) -> Evidence:
    replica = MemoryReplica()
    for event in events:
        replica.take(event.operations, event.records, now_ms=NOW)
    return evidence_of(replica)


def require_honest(evidence: Evidence) -> None:
    """Check that everything is as Alice wants it and nothing as the thief does."""
    chain = evidence.chains[ALICE]
    assert (chain.head, chain.is_disputed) == (BACK, False)
    hers = [record for record in evidence.live.values() if record.author == ALICE]
    assert {record.body["text"] for record in hers if record.kind == "post"} == HONEST
    assert [record.id for record in hers if record.kind == "endorsement"] == [PRAISE.id]
    assert [record.id for record in hers if record.kind == "accept"] == [ACCEPTED.id]
    assert statuses(evidence, TEAM) == (TeamStatus.FORMED, SeatStatus.SIGNED)
    # What Mallory holds still shows that a device of hers signed then; it binds her to nothing.
    assert statuses(evidence, GANG)[1] is SeatStatus.REPUDIATED


def statuses(evidence: Evidence, document: Document) -> tuple[TeamStatus, SeatStatus]:
    """Say where a team and Alice's seat in it stand."""
    team = derive_team(evidence, document.id)
    assert team is not None
    return team.status, team.seats[1].status


def test_the_thief_had_their_day() -> None:
    """Without the owner's answer the thief's word stands: otherwise the other tests would show nothing."""
    evidence = heard([event for event in EVENTS if event is not EVENTS[4]])
    assert evidence.chains[ALICE].head != THIRD
    posts = {record.body.get("text") for record in evidence.live.values() if record.author == ALICE}
    assert {"I am Alice", "overwritten"} & posts
    before = heard([EVENTS[0], EVENTS[1], EVENTS[5]])
    assert statuses(before, GANG) == (TeamStatus.FORMED, SeatStatus.SIGNED)


def test_in_whatever_order_a_node_hears_of_it_the_day_ends_well() -> None:
    hashes = set()
    for order in permutations(EVENTS):
        evidence = heard(order)
        require_honest(evidence)
        hashes.add(state_hash(evidence))
    assert len(hashes) == 1


@settings(max_examples=60)
@given(st.data())
def test_hearing_of_it_twice_or_of_several_things_at_once_changes_nothing(data: st.DataObject) -> None:
    order = data.draw(st.permutations([*EVENTS, *data.draw(st.lists(st.sampled_from(EVENTS), max_size=3))]))
    replica = MemoryReplica()
    while order:
        together, order = order[: data.draw(st.integers(1, 3))], order[3:] if False else order
        order = order[len(together) :]
        operations = list(dict.fromkeys(item for event in together for item in event.operations))
        records = list(dict.fromkeys(record for event in together for record in event.records))
        replica.take(data.draw(st.permutations(operations)), records, now_ms=NOW)
    require_honest(evidence_of(replica))

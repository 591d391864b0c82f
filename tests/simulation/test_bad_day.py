"""The bad day: a device and every old key are in a thief's hands, and the owner takes the identity back.

First in a model of one replica that hears of it in every order; then over a network of nodes, of which some hear
the thief first and some the owner.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
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
from folkmoot.state.evidence import Evidence, gather
from folkmoot.state.snapshot import state_hash
from folkmoot.state.team import SeatStatus, TeamStatus, derive_team
from folkmoot_node.acts.recovery import RescueWish, plan_recovery, sign_recovery, take_back
from folkmoot_node.author import Author
from folkmoot_node.memory import MemoryHub
from folkmoot_node.newcomer import new_newcomer
from folkmoot_node.transport import PeerId

ALL = Scope.ALL
BOB, MALLORY = person("bob"), person("mallory")
HOUR_MS = 3_600_000


def post(text: str) -> dict[str, Value]:
    return {"text": text}


def praise(whom: Person) -> dict[str, Value]:
    return {"subject": whom.id, "text": "Calm under fire."}


def team_of(*members: IdentityId, nonce: str) -> Document:
    proposal = Proposal(
        type="team",
        drafter=members[0],
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=tuple(Party(f"seat {place}", member) for place, member in enumerate(members)),
        terms={"name": "Kites", "purpose": "Fly", "lead": 0},
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
CROWN = Plan(devices=STOLEN, next_key="t5", recovery=((9, 1, ("thief's crown",)), *Plan().recovery))
CROWNED = step(ROOT, CROWN, rank=1, signers=("paper", "thief"))
OLD_KEYS = (
    step(ROOT, Plan(devices=STOLEN, next_key="t2"), signers=("a1", "thief")),
    step(SECOND, SECOND_PLAN._replace(devices=STOLEN, next_key="t3", revoke=()), signers=("a2", "thief")),
    step(ROOT, Plan(devices=STOLEN, next_key="t4"), rank=1, signers=("paper", "thief")),
    CROWNED,
    step(CROWNED, CROWN._replace(next_key="t6"), rank=9, signers=("thief's crown",)),
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
    assert posts_of_alice(evidence) == HONEST
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
    theft = [EVENTS[0], EVENTS[1], EVENTS[2], EVENTS[5]]
    evidence = heard(theft)
    assert evidence.chains[ALICE].head == THEIR_ROTATION
    assert {"overwritten", "I am Alice"} <= posts_of_alice(evidence)
    assert statuses(evidence, GANG) == (TeamStatus.FORMED, SeatStatus.SIGNED)
    frozen = heard([*theft, EVENTS[3]])
    assert frozen.chains[ALICE].is_disputed
    assert "honest" not in posts_of_alice(frozen)


def posts_of_alice(evidence: Evidence) -> set[object]:
    shown = [record for record in evidence.live.values() if record.author == ALICE and record.kind == "post"]
    return {record.body["text"] for record in shown}


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
        size = data.draw(st.integers(1, 3))
        together, order = order[:size], order[size:]
        operations = list(dict.fromkeys(item for event in together for item in event.operations))
        records = list(dict.fromkeys(record for event in together for record in event.records))
        replica.take(data.draw(st.permutations(operations)), records, now_ms=NOW)
    require_honest(evidence_of(replica))


# Over a network: Bob, Carl and Dora run nodes in a line; the thief reaches some of them, the owner another.


@dataclass
class Honest:
    """What Alice said while all was well, and when that ended."""

    alice: Person
    word: Record
    praise: Record
    accepted: Record
    team: Document
    theft_ms: int


async def all_well(alice: Member, bob: Member, others: Sequence[Member]) -> Honest:
    """Let Alice say what she says, and form a team with Bob; everybody hears."""
    word = await alice.publish("post", post("honest"))
    praised = await alice.publish("endorsement", praise(BOB))
    team = network_team(bob.who, alice.who)
    signatures = [network_yes(team, who) for who in (bob.who, alice.who)]
    await bob.publish("draft", {"document": team.data})
    accepted = await alice.publish("accept", {"document": team.id, "cosignature": signatures[1]})
    agreement = await bob.publish("agreement", {"document": team.data, "cosignatures": [*signatures]})
    for node in others:
        await node.until_holds(word, praised, accepted, agreement)
    await trio.sleep(60)
    return Honest(alice.who, word, praised, accepted, team, alice.clock.now_ms())


def network_team(*members: Person) -> Document:
    proposal = Proposal(
        type="team",
        drafter=members[0].id,
        drafted=START_MS,
        accept_by=START_MS + 7 * DAY_MS,
        parties=tuple(Party(f"seat {place}", member.id) for place, member in enumerate(members)),
        terms={"name": "Kites", "purpose": "Fly", "lead": 0},
    )
    return draft(proposal, network=NETWORK, nonce=seed_of(members[0].name)[:16])


def network_yes(document: Document, who: Person) -> Value:
    place = document.indices_of(who.id)[0]
    signed = cosign(document, place, head=who.genesis.id, at=START_MS, key=who.key, network=NETWORK)
    return cosignature_value(signed)


async def steal(thief: Member, honest: Honest) -> list[Record]:
    """Say whatever helps the thief with Alice's device, and rotate with her rotation key."""
    alice, now_ms = honest.alice, thief.clock.now_ms()
    gang = network_team(MALLORY, alice)
    records = [
        said_until(alice, post("overwritten"), honest.word, now_ms),
        said(alice, "endorsement", praise(MALLORY), Place(1, START_MS - DAY_MS)),
        said(alice, "accept", {"document": gang.id, "cosignature": network_yes(gang, alice)}, Place(1, START_MS)),
    ]
    rotation = rotated_by_thief(alice)
    word = said_by(alice.id, secret_key("thief"), "post", post("I am Alice"), Place(9, now_ms))
    await thief.ingest.take(
        [alice.genesis.wire, rotation.wire], [record.wire for record in (*records, word)], source="own"
    )
    for record in (*records, word):
        await thief.node.gossip.announce([record])
    signatures = [network_yes(gang, who) for who in (MALLORY, alice)]
    agreement = await thief.publish("agreement", {"document": gang.data, "cosignatures": [*signatures]})
    return [*records, word, agreement]


def said_until(who: Person, body: dict[str, Value], over: Record, rev: int) -> Record:
    """Take the place of a record with one that lives as long."""
    return said(who, over.kind, body, Place(over.slot, rev, over.expires - rev // DAY_MS))


def rotated_by_thief(alice: Person) -> Operation:
    device = secret_key("thief")
    snapshot = Snapshot(
        devices=[Device(device.public, seed_of("thief/sealing"), Scope.ALL)],
        next_digest=key_digest(NETWORK, seed_of("thief/next")),
        recovery=alice.genesis.recovery,
    )
    return operation(snapshot, [alice.rotation, device], parent=alice.genesis, rank=0, network=NETWORK)


async def recover(machine: Member, honest: Honest) -> Author:
    """Take Alice's identity back on a new machine that has heard of her from one peer."""
    newcomer = new_newcomer(NETWORK, Random(machine.who.name))
    author = Author(
        identity=honest.alice.id,
        key=newcomer.key,
        store=machine.store,
        ingest=machine.ingest,
        clock=machine.clock,
        entropy=Random(1),
        network=NETWORK,
        announce=machine.node.gossip.announce,
    )
    paper = id_to_text(IdPrefix.PAPER_KEY, honest.alice.paper.seed)
    wish = RescueWish(paper=paper, after=honest.alice.genesis.id, since_ms=honest.theft_ms)
    plan = await plan_recovery(author, newcomer, wish)
    await take_back(author, sign_recovery(plan, newcomer, paper))
    return author


async def converged(nodes: Sequence[Member]) -> None:
    """Wait until all nodes hold the same."""
    with trio.fail_after(600):
        while len({await node.holds() for node in nodes}) > 1:
            await trio.sleep(1)


async def chain_at(node: Member, who: IdentityId) -> Chain:
    chain = read_chain(await node.store.operations([who]), network=NETWORK)
    assert chain is not None
    return chain


async def require_honest_node(node: Member, honest: Honest, back: bytes) -> None:
    """Check that a node shows Alice's word, all of it, and nothing else under her name."""
    held = await node.store.everything()
    hers = {record.id for record in held.records if record.author == honest.alice.id}
    said_afterwards = {record.id for record in held.records if record.device == back}
    assert hers == {honest.word.id, honest.praise.id, honest.accepted.id} | said_afterwards
    chain = await chain_at(node, honest.alice.id)
    assert not chain.is_disputed
    assert [device.key for device in chain.head.devices] == [back]
    chains = {who: await chain_at(node, who) for who in (honest.alice.id, BOB.id, MALLORY.id)}
    evidence = gather(held.records, chains, now_ms=node.clock.now_ms(), network=NETWORK)
    team = derive_team(evidence, honest.team.id)
    assert team is not None
    assert (team.status, {seat.status for seat in team.seats}) == (TeamStatus.FORMED, {SeatStatus.SIGNED})
    gang = derive_team(evidence, network_team(MALLORY, honest.alice).id)
    assert gang is not None
    assert gang.seats[1].status is SeatStatus.REPUDIATED


@pytest.mark.parametrize("reached", [("bob",), ("bob", "carl"), ("carl",), ()])
async def test_whoever_hears_the_thief_first_all_nodes_come_to_show_what_the_owner_said(
    reached: Sequence[str], autojump_clock: trio.testing.MockClock
) -> None:
    hub = MemoryHub()
    async with AsyncExitStack() as stack:
        bob = await stack.enter_async_context(running(hub, "bob"))
        carl = await stack.enter_async_context(running(hub, "carl", peers=[bob.address]))
        dora = await stack.enter_async_context(running(hub, "dora", peers=[carl.address]))
        async with running(hub, "alice", peers=[bob.address]) as alice:
            honest = await all_well(alice, bob, (bob, carl, dora))
        links = [(PeerId("bob"), PeerId("carl")), (PeerId("carl"), PeerId("dora"))]
        for one, other in links:
            if (one in reached) != (other in reached):
                hub.cut(one, other)
        near = {"bob": bob, "carl": carl}.get(next(iter(reached), ""))
        thief = await stack.enter_async_context(running(hub, "mallory", peers=[near.address] if near else []))
        stolen = await steal(thief, honest)
        if near is not None:
            await near.until_holds(*stolen[1:])
            assert honest.word.id not in (await near.holds())[0]
        machine = await stack.enter_async_context(running(hub, "new machine", peers=[dora.address]))
        await machine.store.adopt(honest.alice.id)
        await machine.until_holds(honest.word)
        author = await recover(machine, honest)
        afterwards = await author.publish("post", post("I am back"))
        for one, other in links:
            hub.heal(one, other)
        thief.node.peers.keep(bob.address)
        everybody = [bob, carl, dora, thief, machine]
        for node in everybody:
            await node.until_holds(afterwards, within_s=600)
        await converged(everybody)
        for node in everybody:
            await require_honest_node(node, honest, author.key.public)


async def test_nothing_that_the_thief_does_afterwards_changes_anything(
    autojump_clock: trio.testing.MockClock,
) -> None:
    hub = MemoryHub()
    async with AsyncExitStack() as stack:
        bob = await stack.enter_async_context(running(hub, "bob"))
        carl = await stack.enter_async_context(running(hub, "carl", peers=[bob.address]))
        async with running(hub, "alice", peers=[bob.address]) as alice:
            honest = await all_well(alice, bob, (bob, carl))
        machine = await stack.enter_async_context(running(hub, "new machine", peers=[bob.address]))
        await machine.store.adopt(honest.alice.id)
        await machine.until_holds(honest.word)
        author = await recover(machine, honest)
        await author.publish("post", post("I am back"))
        thief = await stack.enter_async_context(running(hub, "mallory", peers=[carl.address]))
        [*_words, agreement] = await steal(thief, honest)
        await bob.until_holds(agreement)
        everybody = [bob, carl, thief, machine]
        await converged(everybody)
        for node in everybody:
            await require_honest_node(node, honest, author.key.public)

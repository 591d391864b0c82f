"""A signer whose keys are fought over, and everything the signer says yes with.

Alice founds her identity with a phone. She rotates and adds a tablet; or somebody with her first rotation key does,
and adds a thief's device. She can recover from either place, and revoke the phone or the tablet with or without
keeping the document.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from support.keys import NETWORK, person
from support.lineage import Plan, key, revocation, root, step

from folkmoot.agreement import Cosignature, Document, Party, Proposal, cosign, draft
from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import IdentityId
from folkmoot.limits import DAY_MS

DRAFTED = 20_000 * DAY_MS
ACCEPT_BY = DRAFTED + 7 * DAY_MS
SIGNED = DRAFTED + DAY_MS

PHONE = (("phone", Scope.ALL),)
BOTH = (("phone", Scope.ALL), ("tablet", Scope.ALL))
GENESIS = root(Plan(next_key="a1"))
BOB = person("bob")


def document(*others: IdentityId, nonce: int = 0) -> Document:
    """Draft a document between Alice and others; Bob when nobody else is named."""
    proposal = Proposal(
        type="team",
        drafter=BOB.id,
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=tuple(Party("maker", identity) for identity in (GENESIS.identity, *(others or (BOB.id,)))),
        terms={"name": "Kites", "purpose": "A kite", "lead": 1},
    )
    return draft(proposal, network=NETWORK, nonce=nonce.to_bytes(16))


DOCUMENT = document()
ROTATED = step(GENESIS, Plan(devices=BOTH, next_key="a2"), signers=("a1", "tablet"))
STOLEN = step(GENESIS, Plan(devices=(("thief", Scope.ALL),), next_key="t"), signers=("a1", "thief"))
RECOVERED = step(ROTATED, Plan(devices=BOTH, next_key="a3"), rank=1, signers=("paper",))
RESTARTED = step(GENESIS, Plan(next_key="a4"), rank=1, signers=("paper",))
"""A recovery from the genesis, which abandons the rotation."""
REVOKED = step(ROTATED, Plan(devices=BOTH, next_key="a5", revoke=(revocation("phone"),)), signers=("a2",))
REVOKED_KEEPING = step(
    RECOVERED,
    Plan(
        devices=BOTH,
        next_key="a6",
        revoke=(revocation("phone", keep=[DOCUMENT.id]), revocation("tablet", last_rev=SIGNED - 1)),
    ),
    signers=("a3",),
)
STEPS = (ROTATED, STOLEN, RECOVERED, RESTARTED, REVOKED, REVOKED_KEEPING)


def closed_sets(steps: Sequence[Operation] = STEPS) -> list[frozenset[Operation]]:
    """Return every set of operations with the genesis, in which every operation comes with those it follows."""
    every = (frozenset(part) for size in range(len(steps) + 1) for part in combinations(steps, size))
    return [
        part | {GENESIS} for part in every if {item.parent for item in part} <= {i.id for i in (GENESIS, *part)}
    ]


def chains(operations: Iterable[Operation]) -> Mapping[IdentityId, Chain]:
    """Read what a node keeps of Alice, having dropped what need not be kept, and of Bob."""
    alice = read_chain(operations, network=NETWORK)
    assert alice is not None
    kept, bob = read_chain(alice.kept, network=NETWORK), read_chain([BOB.genesis], network=NETWORK)
    assert kept is not None
    assert bob is not None
    return {kept.identity: kept, bob.identity: bob}


def yes(head: Operation, device: str, *, at: int = SIGNED, to: Document = DOCUMENT) -> Cosignature:
    """Let a device of Alice's sign for her place."""
    return cosign(to, 0, head=head.id, at=at, key=key(device), network=NETWORK)


def bobs_yes(to: Document = DOCUMENT) -> Cosignature:
    """Let Bob sign for his."""
    return cosign(to, 1, head=BOB.genesis.id, at=SIGNED, key=BOB.key, network=NETWORK)

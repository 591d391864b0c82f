"""Invariant 9: nobody is bound but by their own signature.

A party is bound by a document when its place is signed and not repudiated. Then among the co-signatures there is
one that was made over exactly this document, this place, this signer, this head and this time, by a device that the
signer's operations up to that head certify with full scope and do not revoke, at or before `accept_by`. And a later
revocation of the device that neither keeps the document nor reaches back to the time of signing frees the signer.

Bounds: every signature that five devices (full, daily, reading, revoked, a stranger's) can make over one of two
documents, one of two places, for one of two signers, under one of three heads, in time or late; each presented as a
yes to the first document for each place, head, time and device; then each one that counts, before and after each of
five revocations of its device.

Cases: 14,400 presentations of 240 signatures, of which 4 bind; 40 revocations.
"""

from itertools import product
from typing import NamedTuple

import pytest
from models.signers import ACCEPT_BY, BOB
from support.keys import NETWORK
from support.lineage import Plan, key, revocation, root, step

from folkmoot import agreement
from folkmoot.agreement import Cosignature, Document, Party, Proposal, draft
from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import IdentityId
from folkmoot.limits import DAY_MS

DEVICES = (("daily", Scope.DAILY), ("old", Scope.ALL), ("phone", Scope.ALL), ("reader", Scope.READ))
NAMES = ("phone", "old", "daily", "reader", "stranger")
GENESIS = root(Plan(devices=(("phone", Scope.ALL),), next_key="c1"))
WIDENED = step(GENESIS, Plan(devices=DEVICES, next_key="c2"), signers=("c1", "old", "daily", "reader"))
NARROWED = step(WIDENED, Plan(devices=DEVICES, next_key="c3", revoke=(revocation("old"),)), signers=("c2",))
OPERATIONS = (GENESIS, WIDENED, NARROWED)
ALICE = GENESIS.identity
TIMES = (ACCEPT_BY, ACCEPT_BY + 1)
MAY_SIGN = {GENESIS: {"phone"}, WIDENED: {"phone", "old"}, NARROWED: {"phone"}}
"""Which devices may co-sign under which head."""


def _document(nonce: int) -> Document:
    proposal = Proposal(
        type="team",
        drafter=BOB.id,
        drafted=ACCEPT_BY - DAY_MS,
        accept_by=ACCEPT_BY,
        parties=(Party("maker", ALICE), Party("buyer", BOB.id)),
        terms={},
    )
    return draft(proposal, network=NETWORK, nonce=nonce.to_bytes(16))


DOCUMENT, OTHER = _document(1), _document(2)


class Yes(NamedTuple):
    """What somebody signed, or says that it was signed."""

    document: Document
    place: int
    signer: IdentityId
    head: Operation
    at: int
    device: str


class Tally(NamedTuple):
    """How many signatures were made, how often they were presented, and how many presentations bound somebody."""

    made: int
    presented: int
    binding: int


HOW = tuple(product(OPERATIONS, TIMES, NAMES))
MADE = [
    Yes(to, place, signer, *how)
    for to, place, signer in product((DOCUMENT, OTHER), (0, 1), (ALICE, BOB.id))
    for how in HOW
]
CLAIMED = [Yes(DOCUMENT, place, signer, *how) for place, signer in ((0, ALICE), (1, BOB.id)) for how in HOW]


def check_presentations() -> Tally:
    """Present every signature as every yes to the first document."""
    known = _chains()
    presented = binding = 0
    for made in MADE:
        signature = _signature(made)
        for claim in CLAIMED:
            found = agreement.completion(DOCUMENT, [_cosignature(claim, signature)], known, network=NETWORK)
            may_sign = claim.device in MAY_SIGN[claim.head] and claim.signer == ALICE
            counts = claim == made and may_sign and claim.at <= ACCEPT_BY
            assert found.signed == ({0} if counts else set())
            presented += 1
            binding += counts
    return Tally(len(MADE), presented, binding)


def check_revocations() -> Tally:
    """Revoke the device behind every binding signature in every way."""
    presented = binding = 0
    ways = [(None, False), (None, True), (ACCEPT_BY, False), (ACCEPT_BY - 1, False), (ACCEPT_BY - 1, True)]
    binding_yes = [
        Yes(DOCUMENT, 0, ALICE, *how) for how in HOW if how[2] in MAY_SIGN[how[0]] and how[1] <= ACCEPT_BY
    ]
    for claim in binding_yes:
        item = _cosignature(claim, _signature(claim))
        for last_rev, is_kept in ways:
            keep = [DOCUMENT.id] if is_kept else []
            entry = revocation(claim.device, last_rev=last_rev, keep=keep)
            later = step(NARROWED, Plan(devices=DEVICES, next_key="c4", revoke=(entry,)), signers=("c3",))
            for parties in (OPERATIONS, (*OPERATIONS, later)):
                found = agreement.completion(DOCUMENT, [item], _chains(parties), network=NETWORK)
                assert found.signed == {0}
                is_revoked = claim.device == "old" or (later in parties and last_rev != ACCEPT_BY)
                is_free = is_revoked and not (later in parties and is_kept)
                assert found.repudiated == (found.signed if is_free else set())
                presented += 1
                binding += bool(found.signed - found.repudiated)
    return Tally(len(binding_yes), presented, binding)


def _chains(operations: tuple[Operation, ...] = OPERATIONS) -> dict[IdentityId, Chain]:
    read = (read_chain(some, network=NETWORK) for some in (operations, [BOB.genesis]))
    return {chain.identity: chain for chain in read if chain is not None}


def _signature(made: Yes) -> bytes:
    """Sign whatever is asked, as a device that ignores every rule."""
    message = agreement._cosign_preimage(made.document, made.place, made.signer, made.head.id, made.at, NETWORK)
    return key(made.device).sign(message)


def _cosignature(claim: Yes, signature: bytes) -> Cosignature:
    return Cosignature(claim.place, claim.head.id, claim.at, key(claim.device).public, signature)


def test_a_signature_binds_whom_and_to_what_it_was_made_for_and_nobody_to_anything_else() -> None:
    assert check_presentations() == Tally(made=240, presented=14_400, binding=4)


def test_whoever_signed_is_bound_until_a_revocation_that_does_not_keep_the_document() -> None:
    assert check_revocations() == Tally(made=4, presented=40, binding=26)


def test_the_model_finds_devices_of_any_scope_that_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: the scope of a device is ignored."""
    monkeypatch.setattr(agreement, "COSIGNING_SCOPES", frozenset(Scope))
    with pytest.raises(AssertionError):
        check_presentations()


def test_the_model_finds_signatures_that_nobody_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: any 64 bytes are a signature."""
    monkeypatch.setattr(agreement, "_is_signed", lambda _device, _signature, _message: True)
    with pytest.raises(AssertionError):
        check_presentations()


def test_the_model_finds_a_preimage_without_the_signer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: what is signed does not name the signer."""
    whole = agreement._cosign_preimage

    def anonymous(document: Document, index: int, _signer: IdentityId, *rest: object) -> bytes:
        return whole(document, index, IdentityId(bytes(32)), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(agreement, "_cosign_preimage", anonymous)
    with pytest.raises(AssertionError):
        check_presentations()


def test_the_model_finds_devices_that_were_revoked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: a revocation up to `head` is not looked at."""
    monkeypatch.setattr(Chain, "revoked_at", lambda *_signature, **_claims: False)
    with pytest.raises(AssertionError):
        check_presentations()


def test_the_model_finds_revocations_that_free_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: once bound, for ever bound."""
    monkeypatch.setattr(agreement, "_is_repudiated", lambda _document, _item, _chains: False)
    with pytest.raises(AssertionError):
        check_revocations()

"""Documents, and what a co-signature is worth."""

import pytest
from support.agreements import ACCEPT_BY, DRAFTED, TERMS, chains_of, team, yes
from support.keys import NETWORK, person
from support.lineage import Plan, key, revocation, root, step

from folkmoot.agreement import (
    Cosignature,
    Document,
    Party,
    Proposal,
    completion,
    cosign,
    cosignature_value,
    draft,
    open_document,
    read_cosignature,
)
from folkmoot.canonical import Value, decode, encode
from folkmoot.chain import Chain, read_chain
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.identity import Operation, Scope
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.keys import digest
from folkmoot.limits import DAY_MS, DOCUMENT_BYTES_MAX, INTEGER_MAX, PARTIES_MAX

ALICE, BOB, MALLORY = person("alice"), person("bob"), person("mallory")
TEAM = team("alice", "bob")
BOTH = [yes(TEAM, ALICE), yes(TEAM, BOB)]
CHAINS = chains_of("alice", "bob", "mallory")


def fields_of(document: Document) -> dict[str, Value]:
    fields = decode(document.data, bytes_max=DOCUMENT_BYTES_MAX)
    assert isinstance(fields, dict)
    return fields


FIELDS = fields_of(TEAM)


def refused_by(data: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        open_document(data, network=NETWORK)
    return caught.value.rule


def rules(document: Document, *items: Cosignature, chains: dict[IdentityId, Chain] = CHAINS) -> list[str]:
    found = completion(document, items, chains, network=NETWORK)
    assert not found.signed & found.missing
    assert found.signed | found.missing == set(range(len(document.parties)))
    return [rule for _item, rule in found.refused]


def test_a_document_opens_as_it_was_drafted() -> None:
    read = open_document(TEAM.data, network=NETWORK)
    assert read == TEAM
    assert hash(read) == hash(TEAM)
    assert read.id == digest(NETWORK, "document", TEAM.data)
    assert read.parties == (Party("seat 0", ALICE.id), Party("seat 1", BOB.id))
    assert (read.type, read.drafter, read.drafted, read.accept_by) == ("team", ALICE.id, DRAFTED, ACCEPT_BY)
    assert (read.prev, read.terms, read.unknown) == (None, TERMS, frozenset())
    assert not read.is_open
    assert read.indices_of(BOB.id) == (1,)
    assert read.indices_of(MALLORY.id) == ()


def test_a_document_can_replace_another_and_leave_a_place_open() -> None:
    later = team("alice", "", prev=TEAM.id)
    assert later.prev == TEAM.id
    assert later.is_open
    assert later.parties[1].identity is None


def test_the_same_terms_with_another_nonce_are_another_document() -> None:
    assert team("alice", "bob", nonce=bytes(16)).id != TEAM.id


def test_a_document_of_another_network_is_refused() -> None:
    with pytest.raises(DecodeError, match="DOC-2"):
        open_document(TEAM.data, network="elsewhere")


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("DOC-2", {"network": "elsewhere"}),
        ("DOC-2", {"network": 1}),
        ("DOC-2", {"type": "Team"}),
        ("DOC-2", {"type": 1}),
        ("DOC-3", {"drafter": bytes(31)}),
        ("DOC-3", {"drafter": "a" * 32}),
        ("DOC-3", {"nonce": bytes(15)}),
        ("DOC-3", {"nonce": bytes(17)}),
        ("DOC-3", {"nonce": "a" * 16}),
        ("DOC-3", {"prev": bytes(31)}),
        ("DOC-3", {"prev": 1}),
        ("DOC-4", {"parties": 1}),
        ("DOC-4", {"parties": list[Value]()}),
        ("DOC-4", {"parties": [1]}),
        ("DOC-4", {"parties": [{"capacity": ""}]}),
        ("DOC-4", {"parties": [{"capacity": "a" * 81}]}),
        ("DOC-4", {"parties": [{"capacity": 1}]}),
        ("DOC-4", {"parties": [{"identity": bytes(32)}]}),
        ("DOC-4", {"parties": [{"capacity": "a", "identity": bytes(31)}]}),
        ("DOC-4", {"parties": [{"capacity": "a", "identity": "a" * 32}]}),
        ("DOC-4", {"parties": [{"capacity": "a", "more": 1}]}),
        ("DOC-4", {"parties": [{"capacity": "a", "identity": bytes(32), "more": 1}]}),
        ("DOC-4", {"parties": list[Value]([{"capacity": "a"}] * (PARTIES_MAX + 1))}),
        ("DOC-5", {"drafted": "now"}),
        ("DOC-5", {"drafted": -1}),
        ("DOC-5", {"accept_by": True}),
        ("DOC-5", {"accept_by": DRAFTED}),
        ("DOC-5", {"accept_by": DRAFTED - 1}),
        ("DOC-5", {"accept_by": DRAFTED + 30 * DAY_MS + 1}),
        ("DOC-6", {"rule": "most"}),
        ("DOC-6", {"rule": 1}),
        ("DOC-6", {"terms": list[Value]()}),
    ],
)
def test_each_field_has_its_rule(rule: str, changes: dict[str, Value]) -> None:
    assert refused_by(encode({**FIELDS, **changes})) == rule


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_is_required(name: str) -> None:
    assert refused_by(encode({key: value for key, value in FIELDS.items() if key != name})) == "DOC-1"


def test_what_is_no_map_is_no_document() -> None:
    assert refused_by(encode([])) == "DOC-1"
    assert refused_by(b"") == "ENC-2"
    assert refused_by(encode({**FIELDS, "terms": {"a": bytes(DOCUMENT_BYTES_MAX)}})) == "ENC-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"accept_by": DRAFTED + 30 * DAY_MS},
        {"accept_by": DRAFTED + 1},
        {"drafted": INTEGER_MAX - 1, "accept_by": INTEGER_MAX},
        {"parties": list[Value]([{"capacity": "a" * 80}] * PARTIES_MAX)},
        {"prev": bytes(32)},
        {"type": "charter"},
    ],
)
def test_each_bound_is_allowed(changes: dict[str, Value]) -> None:
    open_document(encode({**FIELDS, **changes}), network=NETWORK)


def test_nobody_drafts_what_no_reader_would_open() -> None:
    proposal = Proposal(
        type="team", drafter=ALICE.id, drafted=DRAFTED, accept_by=DRAFTED, parties=TEAM.parties, terms=TERMS
    )
    with pytest.raises(MisuseError, match="DOC-5"):
        draft(proposal, network=NETWORK, nonce=bytes(16))


def test_nobody_signs_what_their_version_cannot_show() -> None:
    newer = open_document(encode({**FIELDS, "penalty": 1}), network=NETWORK)
    assert newer.unknown == {"penalty"}
    with pytest.raises(MisuseError, match="known document"):
        yes(newer, ALICE)


@pytest.mark.parametrize("place", [-1, 1, 2])
def test_nobody_signs_for_a_place_that_names_nobody(place: int) -> None:
    with pytest.raises(MisuseError, match="named party"):
        yes(team("alice", ""), ALICE, place=place)


def test_a_cosignature_reads_back_from_what_carries_it() -> None:
    assert read_cosignature(cosignature_value(BOTH[0])) == BOTH[0]


@pytest.mark.parametrize(
    "loose",
    [
        1,
        [],
        [*BOTH[0][:4]],
        [*BOTH[0], 0],
        [-1, *BOTH[0][1:]],
        [PARTIES_MAX, *BOTH[0][1:]],
        [True, *BOTH[0][1:]],
        [0, bytes(31), *BOTH[0][2:]],
        [0, "a" * 32, *BOTH[0][2:]],
        [*BOTH[0][:2], -1, *BOTH[0][3:]],
        [*BOTH[0][:2], "now", *BOTH[0][3:]],
        [*BOTH[0][:3], bytes(32), BOTH[0].signature],
        [*BOTH[0][:3], ALICE.key.public[:31], BOTH[0].signature],
        [*BOTH[0][:4], bytes(63)],
        [*BOTH[0][:4], "a" * 64],
    ],
)
def test_a_cosignature_has_one_form(loose: Value) -> None:
    with pytest.raises(DecodeError, match="COS-1"):
        read_cosignature(loose)


def test_it_is_complete_when_every_party_has_signed() -> None:
    assert completion(TEAM, BOTH, CHAINS, network=NETWORK).is_complete
    half = completion(TEAM, BOTH[:1], CHAINS, network=NETWORK)
    assert half.signed == {0}
    assert half.missing == {1}
    assert not half.is_complete
    assert not completion(TEAM, [], {}, network=NETWORK).is_complete


def test_an_open_place_keeps_a_document_from_being_complete() -> None:
    offer = team("alice", "")
    forged = Cosignature(1, ALICE.genesis.id, DRAFTED, ALICE.key.public, bytes(64))
    found = completion(offer, [yes(offer, ALICE), forged], CHAINS, network=NETWORK)
    assert not found.is_complete
    assert found.refused == ((forged, "COS-2"),)


def test_a_place_that_is_not_there_cannot_be_signed_for() -> None:
    assert rules(TEAM, BOTH[0]._replace(party=2)) == ["COS-2"]


def test_the_last_ms_counts_and_the_next_does_not() -> None:
    assert rules(TEAM, yes(TEAM, ALICE, at=ACCEPT_BY)) == []
    assert rules(TEAM, yes(TEAM, ALICE, at=ACCEPT_BY + 1)) == ["COS-3"]


def test_without_the_signer_s_operations_nothing_counts() -> None:
    assert rules(TEAM, BOTH[0], chains={}) == ["COS-4"]
    assert rules(TEAM, BOTH[0]._replace(head=BOB.genesis.id)) == ["COS-4"]


def test_a_signature_serves_for_no_other_document_place_signer_head_or_time() -> None:
    twin = team("alice", "bob", nonce=bytes(16))
    twice = team("alice", "alice")
    first = yes(twice, ALICE, place=0)
    assert rules(twin, BOTH[0]) == ["COS-5"]
    assert rules(twice, first) == []
    assert rules(twice, first._replace(party=1)) == ["COS-5"]
    assert rules(TEAM, BOTH[0]._replace(at=BOTH[0].at + 1)) == ["COS-5"]
    for wrong in (
        cosign(TEAM, 0, head=MALLORY.genesis.id, at=DRAFTED, key=ALICE.key, network=NETWORK),
        cosign(TEAM, 0, head=ALICE.genesis.id, at=DRAFTED, key=ALICE.key, network="elsewhere"),
    ):
        assert rules(TEAM, wrong._replace(head=ALICE.genesis.id)) == ["COS-5"]


def test_no_single_bit_of_a_cosignature_can_change() -> None:
    wire = encode(cosignature_value(BOTH[0]))
    for bit in range(len(wire) * 8):
        damaged = bytearray(wire)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            item = read_cosignature(decode(bytes(damaged), bytes_max=1000))
        except DecodeError:
            continue
        assert rules(TEAM, item)
        assert not completion(TEAM, [item], CHAINS, network=NETWORK).signed


# Carol's phone may sign everything, her tablet only daily things; later a laptop joins, then the phone is stolen.
CAROL_PLAN = Plan(devices=(("phone", Scope.ALL), ("tablet", Scope.DAILY)), next_key="c1")
CAROL = root(CAROL_PLAN)
MORE = step(
    CAROL,
    CAROL_PLAN._replace(devices=(*CAROL_PLAN.devices, ("laptop", Scope.ALL)), next_key="c2"),
    signers=("c1", "laptop"),
)
CAROLS = draft(
    Proposal(
        type="team",
        drafter=CAROL.identity,
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=(Party("all of it", CAROL.identity),),
        terms={"name": "Alone", "purpose": "Work", "lead": 0},
    ),
    network=NETWORK,
    nonce=bytes(16),
)


def carol(*operations: Operation) -> dict[IdentityId, Chain]:
    chain = read_chain([CAROL, *operations], network=NETWORK)
    assert chain is not None
    return {CAROL.identity: chain}


def carol_signs(device: str, head: Operation = CAROL, at: int = DRAFTED) -> Cosignature:
    return cosign(CAROLS, 0, head=head.id, at=at, key=key(device), network=NETWORK)


def stolen(*keep: DocumentId, after: Operation = CAROL) -> Operation:
    plan = CAROL_PLAN._replace(next_key="c9", revoke=(revocation("phone", keep=keep),))
    return step(after, plan, signers=("c1",) if after == CAROL else ("c2",))


def test_a_device_of_daily_scope_binds_nobody() -> None:
    assert rules(CAROLS, carol_signs("phone"), chains=carol()) == []
    assert rules(CAROLS, carol_signs("tablet"), chains=carol()) == ["COS-4"]


def test_a_device_that_was_certified_only_after_the_head_binds_nobody() -> None:
    assert rules(CAROLS, carol_signs("laptop", head=CAROL), chains=carol(MORE)) == ["COS-4"]
    assert rules(CAROLS, carol_signs("laptop", head=MORE), chains=carol(MORE)) == []


def test_a_device_that_the_head_has_revoked_already_binds_nobody() -> None:
    theft = stolen()
    assert rules(CAROLS, carol_signs("phone", head=theft), chains=carol(theft)) == ["COS-4"]
    kept = stolen(CAROLS.id)
    assert rules(CAROLS, carol_signs("phone", head=kept), chains=carol(kept)) == []


def test_a_retired_device_binds_up_to_its_last_rev() -> None:
    plan = CAROL_PLAN._replace(next_key="c9", revoke=(revocation("phone", last_rev=DRAFTED),))
    retired = step(CAROL, plan, signers=("c1",))
    assert rules(CAROLS, carol_signs("phone", head=retired, at=DRAFTED), chains=carol(retired)) == []
    assert rules(CAROLS, carol_signs("phone", head=retired, at=DRAFTED + 1), chains=carol(retired)) == ["COS-4"]


def test_a_later_theft_repudiates_and_un_forms_nothing() -> None:
    items = [carol_signs("phone")]
    found = completion(CAROLS, items, carol(stolen()), network=NETWORK)
    assert found.is_complete
    assert found.repudiated == {0}
    kept = completion(CAROLS, items, carol(stolen(CAROLS.id)), network=NETWORK)
    assert kept.is_complete
    assert kept.repudiated == frozenset()


def test_signing_again_with_a_sound_device_ends_a_repudiation() -> None:
    theft = stolen(after=MORE)
    items = [carol_signs("phone"), carol_signs("laptop", head=theft)]
    assert completion(CAROLS, items, carol(MORE, theft), network=NETWORK).repudiated == frozenset()
    assert completion(CAROLS, items[:1], carol(MORE, theft), network=NETWORK).repudiated == {0}


def test_a_head_on_a_branch_that_lost_counts_while_its_operations_are_held() -> None:
    # Operations that lost a fork are dropped; a document that rests on one is then no longer provable.
    recovered = step(CAROL, CAROL_PLAN._replace(next_key="c7"), rank=1, signers=("paper",))
    items = [carol_signs("laptop", head=MORE)]
    assert completion(CAROLS, items, carol(MORE, recovered), network=NETWORK).is_complete
    kept = carol(MORE, recovered)[CAROL.identity].kept
    assert completion(CAROLS, items, carol(*kept), network=NETWORK).refused == ((items[0], "COS-4"),)

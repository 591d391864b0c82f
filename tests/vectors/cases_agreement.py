"""Cases of the suite `agreement`: documents, co-signatures, and who has said yes."""

from collections.abc import Iterable, Mapping, Sequence

from support.keys import NETWORK, Person, secret_key
from vectors.cases_history import START, step
from vectors.craft import (
    ALICE,
    BOB,
    CAROL,
    INTEGER_BOUNDARIES,
    NOON_MS,
    Case,
    accepted,
    device,
    ordered,
    raw,
    refused,
)

from folkmoot.agreement import Cosignature, Document, cosign, cosignature_value, open_document
from folkmoot.canonical import encode
from folkmoot.identity import Operation, Revocation
from folkmoot.ids import IdentityId, OperationId
from folkmoot.keys import SecretKey, preimage
from folkmoot.limits import ACCEPT_WINDOW_DAYS_MAX, DAY_MS, DOCUMENT_BYTES_MAX, PARTIES_MAX

LAST_MS = NOON_MS + 7 * DAY_MS
TERMS: Mapping[str, object] = {"lead": 0, "name": "Two for a lighthouse", "purpose": "Repaint it by spring."}


def party(capacity: object, identity: object = None, **more: object) -> dict[str, object]:
    """Return a place in a document."""
    return ordered({"capacity": capacity, **({"identity": identity} if identity is not None else {}), **more})


def document_fields(**changes: object) -> dict[str, object]:
    """Return the fields of a small team document of Alice and Bob, with changes; `None` leaves a field out."""
    fields: dict[str, object] = {
        "type": "team",
        "network": NETWORK,
        "drafter": ALICE.id,
        "nonce": bytes(16),
        "drafted": NOON_MS,
        "accept_by": LAST_MS,
        "parties": [party("lead", ALICE.id), party("painter", BOB.id)],
        "rule": "all",
        "terms": dict(TERMS),
    }
    return ordered({name: value for name, value in {**fields, **changes}.items() if value is not None})


def document(**changes: object) -> Document:
    """Return a valid document."""
    return open_document(raw(document_fields(**changes)), network=NETWORK)


TEAM = document()


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_documents(), *_terms(), *_forms(), *_completions()]


def _documents() -> list[Case]:
    window = ACCEPT_WINDOW_DAYS_MAX * DAY_MS
    many = [party(f"seat {number}") for number in range(PARTIES_MAX)]
    bare = open_document(raw(document_fields(parties=[party("lead", ALICE.id)])), network=NETWORK)
    missing = DOCUMENT_BYTES_MAX - len(_filled_with(0))
    return [
        _valid("team-of-two"),
        _valid("place-open", parties=[party("lead", ALICE.id), party("painter")]),
        _valid("parties-of-64", parties=many),
        _valid("capacity-of-80-characters", parties=[party("\U0001f3a8" * 80, ALICE.id)]),
        _valid("one-identity-in-two-places", parties=[party("lead", ALICE.id), party("painter", ALICE.id)]),
        _valid("successor", prev=bare.id),
        _valid("type-unknown", type="x-pact", terms={}),
        _valid("key-unknown", penalty=1),
        _valid("open-for-30-days", accept_by=NOON_MS + window),
        _valid("open-for-one-ms", accept_by=NOON_MS + 1),
        *(_valid(f"drafted-{value}", drafted=value, accept_by=value + 1) for value in INTEGER_BOUNDARIES[:2]),
        _valid("accept-by-2-53-minus-1", drafted=2**53 - 2, accept_by=2**53 - 1),
        _valid("drafted-0-accept-by-1", drafted=0, accept_by=1),
        accepted("document-of-12-kib", document=_filled_with(missing).hex()),
        refused("document-of-12-kib-and-a-byte", "ENC-1", document=_filled_with(missing + 1).hex()),
        refused("document-not-canonical", "ENC-7", document=raw(dict(reversed(document_fields().items()))).hex()),
        _bad("accept-by-2-53", "ENC-3", drafted=2**53 - 1, accept_by=2**53),
        _bad("drafted-2-53", "ENC-3", drafted=2**53, accept_by=2**53 - 1),
        refused("document-an-array", "DOC-1", document=raw([]).hex()),
        *(_bad(f"{name.replace('_', '-')}-missing", "DOC-1", **{name: None}) for name in document_fields()),
        _bad("network-another", "DOC-2", network="main"),
        _bad("type-not-a-name", "DOC-2", type="Team"),
        _bad("type-of-bytes", "DOC-2", type=b"team"),
        _bad("drafter-of-31-bytes", "DOC-3", drafter=ALICE.id[:-1]),
        _bad("nonce-of-15-bytes", "DOC-3", nonce=bytes(15)),
        _bad("nonce-text", "DOC-3", nonce="a" * 16),
        _bad("prev-of-33-bytes", "DOC-3", prev=bytes(33)),
        _bad("prev-text", "DOC-3", prev="a" * 32),
        _bad("parties-none", "DOC-4", parties=[]),
        _bad("parties-of-65", "DOC-4", parties=[*many, party("one more")]),
        _bad("parties-a-map", "DOC-4", parties={}),
        _bad("party-without-capacity", "DOC-4", parties=[{"identity": ALICE.id}]),
        _bad("capacity-empty", "DOC-4", parties=[party("", ALICE.id)]),
        _bad("capacity-of-81-characters", "DOC-4", parties=[party("a" * 81, ALICE.id)]),
        _bad("capacity-of-81-characters-and-open", "DOC-4", parties=[party("a" * 81)]),
        _bad("party-of-31-bytes", "DOC-4", parties=[party("lead", ALICE.id[:-1])]),
        _bad("party-with-a-key-unknown", "DOC-4", parties=[party("lead", ALICE.id, vote=2)]),
        _bad("party-with-identity-text", "DOC-4", parties=[party("lead", "a" * 32)]),
        _bad("accept-by-before-drafted", "DOC-5", accept_by=NOON_MS - 1),
        _bad("accept-by-at-drafted", "DOC-5", accept_by=NOON_MS),
        _bad("accept-by-30-days-and-a-ms", "DOC-5", accept_by=NOON_MS + window + 1),
        *(_bad(f"accept-by-{value}", "DOC-5", accept_by=value) for value in INTEGER_BOUNDARIES[:-1]),
        _bad("accept-by-0", "DOC-5", drafted=0, accept_by=0),
        _bad("accept-by-negative", "DOC-5", drafted=0, accept_by=-1),
        _bad("drafted-2-53-minus-1", "DOC-5", drafted=2**53 - 1, accept_by=2**53 - 1),
        _bad("drafted-negative", "DOC-5", drafted=-1, accept_by=1),
        _bad("drafted-true", "DOC-5", drafted=True, accept_by=2),
        _bad("accept-by-text", "DOC-5", accept_by="tomorrow"),
        _bad("rule-majority", "DOC-6", rule="majority"),
        _bad("rule-true", "DOC-6", rule=True),
        _bad("terms-an-array", "DOC-6", terms=[]),
    ]


def _filled_with(length: int) -> bytes:
    return raw(document_fields(type="x-pact", terms={"a": "a" * 8000, "b": "b" * (1000 + length)}))


def _terms() -> list[Case]:
    good: dict[str, dict[str, object]] = {
        "terms-with-shares": {"shares": [7000, 3000]},
        "terms-with-a-share-of-nothing": {"shares": [10_000, 0]},
        "terms-with-all-fields": {
            "decide": "Both agree.",
            "exit": "Ten days' notice.",
            "opportunity": bytes(32),
            "replace": "The other finds somebody.",
            "shares": [5000, 5000],
        },
        "terms-with-a-key-unknown": {"motto": "ahoy"},
    }
    bad: dict[str, tuple[str, dict[str, object]]] = {
        "terms-without-name": ("TEA-1", {"name": None}),
        "terms-name-empty": ("TEA-1", {"name": ""}),
        "terms-name-of-121-characters": ("TEA-1", {"name": "a" * 121}),
        "terms-purpose-of-2001-characters": ("TEA-1", {"purpose": "a" * 2001}),
        "terms-lead-64": ("TEA-1", {"lead": PARTIES_MAX}),
        **{f"terms-lead-{value}": ("TEA-1", {"lead": value}) for value in INTEGER_BOUNDARIES[:-1]},
        **{f"terms-share-{value}": ("TEA-1", {"shares": [value, 0]}) for value in INTEGER_BOUNDARIES[:-1]},
        "terms-lead-negative": ("TEA-1", {"lead": -1}),
        "terms-lead-true": ("TEA-1", {"lead": True}),
        "terms-share-10001": ("TEA-1", {"shares": [10_001, 0]}),
        "terms-share-negative": ("TEA-1", {"shares": [-1, 10_001]}),
        "terms-shares-none": ("TEA-1", {"shares": []}),
        "terms-opportunity-of-31-bytes": ("TEA-1", {"opportunity": bytes(31)}),
        "terms-lead-no-party": ("TEA-2", {"lead": 2}),
        "terms-shares-one-too-few": ("TEA-2", {"shares": [10_000]}),
        "terms-shares-one-too-many": ("TEA-2", {"shares": [5000, 4000, 1000]}),
        "terms-shares-9999": ("TEA-2", {"shares": [5000, 4999]}),
        "terms-shares-10001": ("TEA-2", {"shares": [5000, 5001]}),
    }
    return [
        *(_valid(name, terms=_changed(change)) for name, change in good.items()),
        _valid(
            "terms-lead-63",
            parties=[party(f"seat {number}") for number in range(PARTIES_MAX)],
            terms=_changed({"lead": PARTIES_MAX - 1}),
        ),
        *(_bad(name, rule, terms=_changed(change)) for name, (rule, change) in bad.items()),
        _bad("terms-share-2-53", "ENC-3", terms=_changed({"shares": [2**53, 0]})),
        _bad("terms-lead-2-53", "ENC-3", terms=_changed({"lead": 2**53})),
    ]


def _changed(change: Mapping[str, object]) -> dict[str, object]:
    return ordered({name: value for name, value in {**TERMS, **change}.items() if value is not None})


def _forms() -> list[Case]:
    """Cases of a co-signature's form alone."""
    good = [*yes(TEAM, 0, ALICE)]
    index, head, at, key, signature = range(5)
    bad: dict[str, tuple[int, object]] = {
        "index-64": (index, PARTIES_MAX),
        "index-negative": (index, -1),
        "index-true": (index, True),
        **{f"index-{value}": (index, value) for value in INTEGER_BOUNDARIES[:-1]},
        "head-of-31-bytes": (head, bytes(31)),
        "at-negative": (at, -1),
        "at-true": (at, True),
        "at-text": (at, "now"),
        "device-of-low-order": (key, bytes(32)),
        "device-of-33-bytes": (key, bytes(33)),
        "signature-of-63-bytes": (signature, bytes(63)),
    }
    return [
        accepted("cosignature-form", cosignature=raw(good).hex()),
        *(
            accepted(f"cosignature-form-at-{value}", cosignature=raw(_with(good, at, value)).hex())
            for value in INTEGER_BOUNDARIES[:-1]
        ),
        accepted("cosignature-form-at-0", cosignature=raw(_with(good, at, 0)).hex()),
        accepted("cosignature-form-index-0", cosignature=raw(_with(good, index, 0)).hex()),
        accepted("cosignature-form-index-63", cosignature=raw(_with(good, index, PARTIES_MAX - 1)).hex()),
        refused("cosignature-at-2-53", "ENC-3", cosignature=raw(_with(good, at, 2**53)).hex()),
        refused("cosignature-index-2-53", "ENC-3", cosignature=raw(_with(good, index, 2**53)).hex()),
        refused("cosignature-of-four", "COS-1", cosignature=raw(good[:-1]).hex()),
        refused("cosignature-a-map", "COS-1", cosignature=raw({}).hex()),
        *(
            refused(f"cosignature-{name}", "COS-1", cosignature=raw(_with(good, place, value)).hex())
            for name, (place, value) in bad.items()
        ),
    ]


def _with(items: Sequence[object], place: int, value: object) -> list[object]:
    return [*items[:place], value, *items[place + 1 :]]


def yes(
    to: Document, index: int, who: Person, *, at: int = NOON_MS, head: OperationId | None = None
) -> Cosignature:
    """Return a person's co-signature."""
    return cosign(to, index, head=head or who.genesis.id, at=at, key=who.key, network=NETWORK)


def forged(
    to: Document, index: int, signer: IdentityId, *, head: OperationId, at: int, key: SecretKey
) -> Cosignature:
    """Return a co-signature that the library would not make."""
    message = preimage(NETWORK, "cosign", encode([to.id, index, signer, head, at]))
    return Cosignature(index, head, at, key.public, key.sign(message))


def _completions() -> list[Case]:
    both = [yes(TEAM, 0, ALICE), yes(TEAM, 1, BOB)]
    geneses = [ALICE.genesis, BOB.genesis, CAROL.genesis]
    other = document(nonce=b"\x01" * 16)
    started = document(parties=[party("lead", ALICE.id), party("painter")])
    late = yes(TEAM, 1, BOB, at=LAST_MS + 1)
    swapped = Cosignature(1, *both[0][1:])
    elsewhere = yes(other, 1, BOB)
    mallory = forged(TEAM, 1, BOB.id, head=BOB.genesis.id, at=NOON_MS, key=CAROL.key)
    no_place = forged(TEAM, 2, CAROL.id, head=CAROL.genesis.id, at=NOON_MS, key=CAROL.key)
    to_open = forged(started, 1, BOB.id, head=BOB.genesis.id, at=NOON_MS, key=BOB.key)
    return [
        _completion("complete", TEAM, both, geneses, signed=[0, 1]),
        _completion("complete-in-another-order", TEAM, both[::-1], geneses, signed=[0, 1]),
        _completion("one-missing", TEAM, both[:1], geneses, signed=[0]),
        _completion("signed-at-the-last-ms", TEAM, [yes(TEAM, 0, ALICE, at=LAST_MS)], geneses, signed=[0]),
        _completion("signed-before-it-was-drafted", TEAM, [yes(TEAM, 0, ALICE, at=0)], geneses, signed=[0]),
        _completion("signed-twice", TEAM, [both[0], yes(TEAM, 0, ALICE, at=NOON_MS + 1)], geneses, signed=[0]),
        _completion("index-of-no-party", TEAM, [no_place], geneses, refused_by=[(no_place, "COS-2")]),
        _completion("place-still-open", started, [to_open], geneses, refused_by=[(to_open, "COS-2")]),
        _completion("one-ms-late", TEAM, [late], geneses, refused_by=[(late, "COS-3")]),
        _completion("signer-not-held", TEAM, both, [ALICE.genesis], signed=[0], refused_by=[(both[1], "COS-4")]),
        _completion("device-of-another-identity", TEAM, [mallory], geneses, refused_by=[(mallory, "COS-4")]),
        _completion(
            "signed-for-another-document",
            TEAM,
            [elsewhere],
            geneses,
            refused_by=[(elsewhere, "COS-5")],
            why="Only the nonce differs.",
        ),
        _completion(
            "moved-to-another-place",
            document(parties=[party("lead", ALICE.id), party("painter", ALICE.id)]),
            [swapped],
            geneses,
            refused_by=[(swapped, "COS-5")],
        ),
        *_completions_with_histories(),
    ]


def _completions_with_histories() -> list[Case]:
    """Cases with Ann, whose second device may not co-sign and whose first is later revoked."""
    deal = document(parties=[party("lead", START.identity)], terms=ordered({**TERMS, "lead": 0}))
    first, daily = secret_key("ann/0"), secret_key("ann/1")
    fresh = step(START, "ann/next-1", "ann/2", devices=[device("ann/2")])
    stolen = step(START, "ann/next-1", revoke=[Revocation(first.public, None, frozenset())])
    keeping = step(START, "ann/next-1", revoke=[Revocation(first.public, None, frozenset({deal.id[:16]}))])

    def signed_by(key: SecretKey, head: Operation) -> Cosignature:
        return forged(deal, 0, START.identity, head=head.id, at=NOON_MS, key=key)

    by_first, by_daily = signed_by(first, START), signed_by(daily, START)
    too_early, in_time = signed_by(secret_key("ann/2"), START), signed_by(secret_key("ann/2"), fresh)
    after_theft = signed_by(first, stolen)
    return [
        _completion("device-of-scope-daily", deal, [by_daily], [START], refused_by=[(by_daily, "COS-4")]),
        _completion("head-not-held", deal, [in_time], [START], refused_by=[(in_time, "COS-4")]),
        _completion("device-certified-by-head", deal, [in_time], [START, fresh], signed=[0]),
        _completion(
            "device-certified-only-after-head", deal, [too_early], [START, fresh], refused_by=[(too_early, "COS-4")]
        ),
        _completion("device-left-out-later", deal, [by_first], [START, fresh], signed=[0]),
        _completion("device-revoked-later", deal, [by_first], [START, stolen], signed=[0], repudiated=[0]),
        _completion("device-revoked-and-document-kept", deal, [by_first], [START, keeping], signed=[0]),
        _completion(
            "device-revoked-at-head", deal, [after_theft], [START, stolen], refused_by=[(after_theft, "COS-4")]
        ),
    ]


def _completion(  # noqa: PLR0913 - what goes in and what comes out
    name: str,
    of: Document,
    cosignatures: Sequence[Cosignature],
    operations: Iterable[Operation],
    *,
    signed: Sequence[int] = (),
    repudiated: Sequence[int] = (),
    refused_by: Sequence[tuple[Cosignature, str]] = (),
    why: str = "",
) -> Case:
    case = accepted(
        name,
        why=why,
        rules=[rule for _, rule in refused_by],
        document=of.data.hex(),
        operations=[item.wire.hex() for item in operations],
        cosignatures=[encode(cosignature_value(item)).hex() for item in cosignatures],
        signed=list(signed),
        missing=[index for index in range(len(of.parties)) if index not in signed],
        repudiated=list(repudiated),
        refused=[[encode(cosignature_value(item)).hex(), rule] for item, rule in refused_by],
    )
    if refused_by:
        case["expect"], case["rule"] = "void", refused_by[0][1]
    return case


def _valid(name: str, **changes: object) -> Case:
    read = document(**changes)
    return accepted(name, document=read.data.hex(), id=read.id.hex(), unknown=sorted(read.unknown))


def _bad(name: str, rule: str, /, **changes: object) -> Case:
    return refused(name, rule, document=raw(document_fields(**changes)).hex())

"""Cases of the suite `kinds` for `draft`, `accept`, `agreement` and `exhibit`."""

from collections.abc import Mapping, Sequence

from support.keys import NETWORK, Person
from vectors.cases_agreement import LAST_MS, TEAM, TERMS, document, document_fields, yes
from vectors.cases_bundle import note
from vectors.craft import (
    ALICE,
    BOB,
    CAROL,
    DAY,
    Case,
    accepted,
    ordered,
    payload_fields,
    raw,
    refs_value,
    refused,
    sealed,
)

from folkmoot.agreement import Cosignature, cosignature_value
from folkmoot.keys import digest
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS, EVIDENCE_MARGIN_DAYS, EXHIBITED_BYTES_MAX
from folkmoot.record import Ref, open_record

_AT_TEAM = (Ref("document", TEAM.id),)


def carrying(
    kind: str,
    body: Mapping[str, object],
    refs: Sequence[Ref] = (),
    *,
    author: Person = ALICE,
    slot: int = 0,
    expires: int | None = None,
) -> bytes:
    """Return a sealed record of one of these kinds."""
    fields = payload_fields(
        author,
        kind=kind,
        slot=slot,
        expires=DAY + KINDS[kind].days_max if expires is None else expires,
        refs=refs_value(refs),
        body=ordered(body),
    )
    return sealed(fields, author.key)


def agreement_body(data: bytes, cosignatures: Sequence[Cosignature]) -> dict[str, object]:
    """Return the body of an agreement."""
    return {"document": data, "cosignatures": [cosignature_value(item) for item in cosignatures]}


def cases() -> list[Case]:
    """Return every case of these kinds."""
    return [*_drafts(), *_accepts(), *_agreements(), *_exhibits(), *_whole()]


def _drafts() -> list[Case]:
    opportunity, earlier = bytes([1]) * 32, bytes([2]) * 32
    rich = document(prev=earlier, terms=ordered({**TERMS, "opportunity": opportunity}))
    refs = [Ref("document", rich.id), Ref("opportunity", opportunity), Ref("prev", earlier)]
    body = {"document": TEAM.data}
    first_day = LAST_MS // DAY_MS + EVIDENCE_MARGIN_DAYS
    odd_terms = document(type="x-pact", terms={"opportunity": b"\x01" * 31})
    bad: Mapping[str, tuple[str, Mapping[str, object]]] = {
        "not-canonical": ("ENC-7", {"raw": raw(dict(reversed(document_fields().items())))}),
        "without-a-rule": ("DOC-1", {"rule": None}),
        "of-another-network": ("DOC-2", {"network": "main"}),
        "with-a-short-nonce": ("DOC-3", {"nonce": bytes(8)}),
        "without-parties": ("DOC-4", {"parties": []}),
        "never-open": ("DOC-5", {"accept_by": 0}),
        "by-majority": ("DOC-6", {"rule": "majority"}),
        "without-a-name": ("TEA-1", {"terms": {"lead": 0, "purpose": "P"}}),
        "led-by-nobody": ("TEA-2", {"terms": ordered({**TERMS, "lead": 5})}),
    }
    return [
        accepted("draft", wire=carrying("draft", body, _AT_TEAM)),
        accepted("draft-of-an-unknown-type", wire=_draft_of({"type": "x-pact", "terms": {}})),
        accepted(
            "draft-of-an-unknown-type-naming-no-opportunity",
            wire=carrying("draft", {"document": odd_terms.data}, [Ref("document", odd_terms.id)]),
            why="Only 32 bytes are a reference.",
        ),
        accepted("draft-naming-opportunity-and-prev", wire=carrying("draft", {"document": rich.data}, refs)),
        accepted("draft-that-outlives-it-by-90-days", wire=carrying("draft", body, _AT_TEAM, expires=first_day)),
        refused("draft-without-document", "KND-4", wire=carrying("draft", {"x-more": 1}, _AT_TEAM)),
        refused("draft-with-document-as-map", "KND-4", wire=carrying("draft", {"document": {}}, _AT_TEAM)),
        *(refused(f"draft-{name}", rule, wire=_draft_of(change)) for name, (rule, change) in bad.items()),
        refused("draft-by-another", "DRF-1", wire=carrying("draft", body, _AT_TEAM, author=BOB)),
        refused(
            "draft-without-its-opportunity",
            "KND-5",
            wire=carrying("draft", {"document": rich.data}, refs[::2]),
        ),
        refused("draft-without-its-prev", "KND-5", wire=carrying("draft", {"document": rich.data}, refs[:2])),
        refused("draft-without-its-document", "KND-5", wire=carrying("draft", body)),
        refused("draft-too-short-lived", "KND-6", wire=carrying("draft", body, _AT_TEAM, expires=first_day - 1)),
    ]


def _draft_of(change: Mapping[str, object]) -> bytes:
    data = change.get("raw") or raw(document_fields(**change))
    assert isinstance(data, bytes)
    return carrying("draft", {"document": data}, [Ref("document", digest(NETWORK, "document", data))])


def _accepts() -> list[Case]:
    said = cosignature_value(yes(TEAM, 1, BOB))
    body = {"document": TEAM.id, "cosignature": said}
    assert isinstance(said, list)
    return [
        accepted("accept", wire=carrying("accept", body, _AT_TEAM, author=BOB)),
        accepted(
            "accept-sent-on-by-another",
            wire=carrying("accept", body, _AT_TEAM),
            why="What counts is the co-signature inside.",
        ),
        refused("accept-without-cosignature", "KND-4", wire=carrying("accept", {"document": TEAM.id}, _AT_TEAM)),
        refused(
            "accept-of-a-short-id",
            "KND-4",
            wire=carrying("accept", {**body, "document": TEAM.id[:-1]}, _AT_TEAM),
        ),
        refused(
            "accept-with-half-a-cosignature",
            "COS-1",
            wire=carrying("accept", {**body, "cosignature": said[:3]}, _AT_TEAM),
        ),
        refused(
            "accept-with-cosignature-text",
            "COS-1",
            wire=carrying("accept", {**body, "cosignature": "yes"}, _AT_TEAM),
        ),
        refused("accept-referring-elsewhere", "KND-5", wire=carrying("accept", body, [Ref("document", bytes(32))])),
    ]


def _agreements() -> list[Case]:
    both = sorted([yes(TEAM, 0, ALICE), yes(TEAM, 1, BOB)])
    complete = agreement_body(TEAM.data, both)
    first_day = LAST_MS // DAY_MS + EVIDENCE_MARGIN_DAYS

    def agreed(body: Mapping[str, object], expires: int | None = None) -> bytes:
        return carrying("agreement", body, _AT_TEAM, expires=expires)

    return [
        accepted("agreement", wire=agreed(complete)),
        accepted("agreement-with-one-yes", wire=agreed(agreement_body(TEAM.data, both[:1]))),
        accepted("agreement-published-by-no-party", wire=carrying("agreement", complete, _AT_TEAM, author=CAROL)),
        refused("agreement-without-cosignatures", "KND-4", wire=agreed(agreement_body(TEAM.data, []))),
        refused("agreement-without-document", "KND-4", wire=agreed({"cosignatures": complete["cosignatures"]})),
        refused(
            "agreement-with-half-a-cosignature",
            "COS-1",
            wire=agreed({"document": TEAM.data, "cosignatures": [[0]]}),
        ),
        refused("agreement-out-of-order", "AGM-1", wire=agreed(agreement_body(TEAM.data, both[::-1]))),
        refused("agreement-with-one-twice", "AGM-1", wire=agreed(agreement_body(TEAM.data, both[:1] * 2))),
        refused("agreement-of-no-document", "ENC-2", wire=agreed({**complete, "document": b"\xc0"})),
        refused(
            "agreement-of-a-team-led-by-nobody",
            "TEA-2",
            wire=agreed(agreement_body(raw(document_fields(terms=ordered({**TERMS, "lead": 9}))), both)),
        ),
        refused("agreement-too-short-lived", "KND-6", wire=agreed(complete, expires=first_day - 1)),
        accepted("agreement-that-outlives-it-by-90-days", wire=agreed(complete, expires=first_day)),
    ]


def _exhibits() -> list[Case]:
    accept = carrying(
        "accept", {"document": TEAM.id, "cosignature": cosignature_value(yes(TEAM, 1, BOB))}, _AT_TEAM, author=BOB
    )
    award_refs = [Ref("bid", bytes([2]) * 32), Ref("opportunity", bytes([1]) * 32)]
    award_body = {"opportunity": bytes([1]) * 32, "bid": bytes([2]) * 32}
    award = carrying("award", award_body, award_refs, author=BOB)
    post = carrying("post", {"text": "P"}, author=BOB)
    nested = carrying("exhibit", {"record": award}, _shown(award), author=BOB)
    tombstone = carrying("award", {}, author=BOB)
    out_of_slots = carrying("award", award_body, award_refs, author=BOB, slot=32)
    flipped = award[:-1] + bytes([award[-1] ^ 1])
    return [
        accepted("exhibit-of-an-award", wire=exhibiting(award)),
        accepted("exhibit-of-an-accept", wire=exhibiting(accept)),
        refused("exhibit-of-nothing", "KND-4", wire=exhibiting(b"", _shown(award))),
        refused("exhibit-over-14-kib", "KND-4", wire=exhibiting(bytes(EXHIBITED_BYTES_MAX + 1), _shown(award))),
        refused("exhibit-of-no-record", "EXH-1", wire=exhibiting(b"\x80", _shown(award))),
        refused("exhibit-of-a-damaged-record", "EXH-1", wire=exhibiting(flipped, _shown(award))),
        refused("exhibit-of-ones-own", "EXH-2", wire=exhibiting(award, author=BOB)),
        refused("exhibit-without-the-references-inside", "KND-5", wire=exhibiting(award, _shown(award)[:1])),
        refused("exhibit-without-naming-it", "KND-5", wire=exhibiting(award, award_refs)),
        refused("exhibit-of-a-post", "KND-7", wire=exhibiting(post)),
        refused("exhibit-of-an-exhibit", "KND-7", wire=exhibiting(nested)),
        refused("exhibit-of-an-unknown-kind", "KND-7", wire=exhibiting(note(BOB).wire)),
        refused("exhibit-of-a-tombstone", "KND-7", wire=exhibiting(tombstone)),
        refused(
            "exhibit-of-an-award-beyond-its-slots",
            "KND-1",
            wire=exhibiting(out_of_slots),
            why="What is wrong inside is wrong by its own rule.",
        ),
    ]


def _shown(wire: bytes) -> list[Ref]:
    inner = open_record(wire, network=NETWORK)
    return [Ref("exhibits", inner.id), *inner.refs]


def exhibiting(wire: bytes, refs: Sequence[Ref] | None = None, *, author: Person = ALICE) -> bytes:
    implied = _shown(wire) if refs is None else refs
    return carrying("exhibit", {"record": wire}, implied, author=author)


def _whole() -> list[Case]:
    """Cases about records of these kinds as wholes."""
    said = {"document": TEAM.id, "cosignature": cosignature_value(yes(TEAM, 1, BOB))}
    made = {"document": TEAM.data}
    award = carrying(
        "award",
        {"opportunity": bytes(32), "bid": bytes(32)},
        [Ref("bid", bytes(32)), Ref("opportunity", bytes(32))],
        author=BOB,
    )
    bodies: Mapping[str, tuple[Mapping[str, object], Sequence[Ref]]] = {
        "draft": (made, _AT_TEAM),
        "accept": (said, _AT_TEAM),
        "agreement": (agreement_body(TEAM.data, [yes(TEAM, 0, ALICE)]), _AT_TEAM),
        "exhibit": ({"record": award}, _shown(award)),
    }
    built: list[Case] = []
    for name, (body, implied) in bodies.items():
        kind = KINDS[name]
        built += [
            accepted(f"{name}-in-its-last-slot", wire=carrying(name, body, implied, slot=kind.slots - 1)),
            accepted(f"{name}-tombstone", wire=carrying(name, {})),
            refused(f"{name}-beyond-its-last-slot", "KND-1", wire=carrying(name, body, implied, slot=kind.slots)),
            refused(
                f"{name}-lives-a-day-too-long",
                "KND-2",
                wire=carrying(name, body, implied, expires=DAY + kind.days_max + 1),
            ),
        ]
    return built

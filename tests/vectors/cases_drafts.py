"""Cases of the suite `kinds`: documents of each type in drafts and agreements, records of each kind in exhibits."""

from collections.abc import Iterable

from support.keys import NETWORK
from vectors.bending import in_order
from vectors.bodies import FULL
from vectors.cases_agreement import document, document_fields, yes
from vectors.cases_consent import agreement_body, carrying, exhibiting
from vectors.cases_documents import FULL_TERMS, LEAST_TERMS, agreed_on, full_document
from vectors.craft import ALICE, BOB, CAROL, Case, accepted, raw, refused
from vectors.filled import filled, implied

from folkmoot.agreement import Document
from folkmoot.keys import digest
from folkmoot.kinds import KINDS
from folkmoot.record import Ref

_SEAT, _OTHER_SEAT = (bytes([number]) * 32 for number in (7, 8))


def cases() -> list[Case]:
    """Return every case."""
    return [*_drafts(), *_agreements(), *_references(), *_exhibits()]


def _drafts() -> list[Case]:
    return [
        *(accepted(f"draft-of-a-full-{kind}", wire=_carried(full_document(kind))) for kind in FULL_TERMS),
        *(
            refused(f"draft-of-{name}", rule, wire=_draft(raw(fields), []))
            for name, (rule, fields) in _broken().items()
        ),
    ]


def _broken() -> dict[str, tuple[str, dict[str, object]]]:
    """Return the fields of documents whose terms each break one rule."""
    team, engaged = LEAST_TERMS["team"], LEAST_TERMS["engagement"]
    workers = document_fields()["parties"]
    assert isinstance(workers, list)
    clauses = [{"name": "safety", "text": text} for text in ("Ropes.", "Helmets.")]
    return {
        "a-team-scoped-by-nobody": ("TEA-4", agreed_on("team", {**team, "scoping": [{"party": 2, "share": 1}]})),
        "an-engagement-of-no-shape": ("ENG-1", agreed_on("engagement", {})),
        "an-engagement-without-a-client": ("ENG-2", agreed_on("engagement", engaged, workers)),
        "an-engagement-paying-its-client": ("ENG-3", agreed_on("engagement", {**engaged, "shares": [1, 9999, 0]})),
        "an-engagement-resolved-by-a-party": ("ENG-4", agreed_on("engagement", {**engaged, "resolver": BOB.id})),
        "an-engagement-with-a-clause-twice": ("ENG-5", agreed_on("engagement", {**engaged, "flow_down": clauses})),
        "a-closing-of-no-shape": ("CLO-1", agreed_on("closing", {})),
        "a-settlement-of-no-shape": ("SET-1", agreed_on("settlement", {})),
    }


def _agreements() -> list[Case]:
    engaged = full_document("engagement")
    unclear = raw(agreed_on("engagement", {}))
    body = agreement_body(engaged.data, [yes(engaged, 0, ALICE), yes(engaged, 1, BOB), yes(engaged, 2, CAROL)])
    return [
        accepted("agreement-of-an-engagement", wire=carrying("agreement", body, _refs_of(engaged))),
        refused("agreement-on-no-terms", "ENG-1", wire=carrying("agreement", {**body, "document": unclear})),
    ]


def _references() -> list[Case]:
    """Cases of what a document's terms refer to, whatever its type."""
    two_seats = [{"seat": "video", "opportunity": _SEAT}, {"seat": "sound", "opportunity": _OTHER_SEAT}]
    odd = {
        "that-is-no-array": _SEAT,
        "of-no-maps": [_SEAT],
        "naming-nothing": [{"seat": "video"}],
        "of-short-ids": [{"opportunity": _SEAT[:-1]}],
    }
    full = full_document("engagement")
    return [
        accepted(
            "draft-of-an-unknown-type-filling-two-seats",
            wire=_of_unknown_type(two_seats, [Ref("filled_by", _SEAT), Ref("filled_by", _OTHER_SEAT)]),
        ),
        *(
            accepted(f"draft-of-an-unknown-type-filled-by-something-{name}", wire=_of_unknown_type(value, []))
            for name, value in odd.items()
        ),
        refused(
            "draft-of-an-unknown-type-leaving-out-a-seat",
            "KND-5",
            wire=_of_unknown_type(two_seats, [Ref("filled_by", _SEAT)]),
        ),
        *(
            refused(
                f"draft-of-an-engagement-leaving-out-its-{left_out.relation}",
                "KND-5",
                wire=_draft(full.data, [ref for ref in _refs_of(full) if ref != left_out]),
            )
            for left_out in _refs_of(full)
        ),
    ]


def _of_unknown_type(filled_by: object, refs: Iterable[Ref]) -> bytes:
    data = document(type="x-pact", terms={"filled_by": in_order(filled_by)}).data
    return _draft(data, [Ref("document", digest(NETWORK, "document", data)), *refs])


def _exhibits() -> list[Case]:
    built: list[Case] = []
    for name, body in FULL.items():
        kind = KINDS[name]
        wire = exhibiting(filled(kind, body, implied(kind, body), author=CAROL))
        case = f"exhibit-of-a-full-{name}"
        built.append(accepted(case, wire=wire) if kind.evidence else refused(case, "KND-7", wire=wire))
    return built


def _refs_of(carried: Document) -> list[Ref]:
    return implied(KINDS["draft"], {"document": carried.data})


def _carried(whole: Document) -> bytes:
    return _draft(whole.data, _refs_of(whole))


def _draft(data: bytes, refs: Iterable[Ref]) -> bytes:
    return carrying("draft", {"document": data}, sorted(refs))

"""How documents and co-signatures travel: `draft`, `accept`, `agreement` and `exhibit`.

Spec: kinds/consent.md
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import cast

from folkmoot.agreement import Cosignature, Document, open_document, read_cosignature
from folkmoot.canonical import Value
from folkmoot.documents import check_terms, named
from folkmoot.errors import DecodeError
from folkmoot.ids import ID_BYTES, DocumentId
from folkmoot.kinds.kind import Body, Kind
from folkmoot.limits import DOCUMENT_BYTES_MAX, EXHIBITED_BYTES_MAX, PARTIES_MAX
from folkmoot.record import Record, Ref, open_record
from folkmoot.shape import ID, Anything, Bytes, Fields, Many

_YEAR_DAYS = 366
_COSIGNATURES_MAX = 2 * PARTIES_MAX
_CARRIED_REMEMBERED_MAX = 64
"""Exhibited records whose signatures were verified lately: several rules look at each."""


def carried_document(body: Body, network: str) -> Document:
    """Open the document that a draft or an agreement carries.

    Raises:
        DecodeError: It is no document; see `agreement.open_document`.
    """
    return open_document(cast("bytes", body["document"]), network=network)


def carried_cosignatures(body: Body) -> tuple[Cosignature, ...]:
    """Read the co-signatures of an agreement, or the one of an accept.

    Raises:
        DecodeError: COS-1.
    """
    names_document = len(cast("bytes", body["document"])) == ID_BYTES  # as an accept; an agreement carries it
    if names_document and "cosignature" in body:
        return (read_cosignature(body["cosignature"]),)
    return tuple(read_cosignature(item) for item in cast("list[Value]", body["cosignatures"]))


def named_document(record: Record) -> DocumentId:
    """Return the one document that a draft, an accept or an agreement is about."""
    return DocumentId(record.targets("document")[0])


def carried_record(body: Body, network: str) -> Record:
    """Open the record that an exhibit carries.

    Raises:
        DecodeError: EXH-1.
    """
    # EXH-1: It carries the bytes of one record of at most 14 KiB that verifies.
    try:
        return _open_carried(cast("bytes", body["record"]), network)
    except DecodeError as error:
        raise DecodeError("EXH-1", f"what it carries is not a record: {error}") from error


@lru_cache(_CARRIED_REMEMBERED_MAX)
def _open_carried(wire: bytes, network: str) -> Record:
    return open_record(wire, network=network)


def _document_refs(body: Body, network: str) -> Iterable[Ref]:
    document = carried_document(body, network)
    refs = {Ref("document", document.id)}
    if document.prev is not None:
        refs.add(Ref("prev", document.prev))
    return refs | {Ref(relation, target) for relation, target in named(document)}


def _check_draft(record: Record, network: str) -> None:
    # DRF-1: Only its drafter publishes a document as a draft.
    document = carried_document(record.body, network)
    if document.drafter != record.author:
        raise DecodeError("DRF-1", "its author is not the drafter of the document")
    check_terms(document)


DRAFT = Kind(
    name="draft",
    slots=32,
    days_max=_YEAR_DAYS,
    shape=Fields({"document": Bytes(DOCUMENT_BYTES_MAX, exact=False)}),
    refs=_document_refs,
    deadlines=lambda body, network: (carried_document(body, network).accept_by,),
    rules=_check_draft,
)


def _check_accept(record: Record, _network: str) -> None:
    carried_cosignatures(record.body)


ACCEPT = Kind(
    name="accept",
    slots=64,
    days_max=_YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"document": ID, "cosignature": Anything()}),
    refs=lambda body, _network: (Ref("document", cast("bytes", body["document"])),),
    rules=_check_accept,
)


def _check_agreement(record: Record, network: str) -> None:
    # AGM-1: Its co-signatures ascend, each once.
    items = carried_cosignatures(record.body)
    if any(earlier >= later for earlier, later in pairwise(items)):
        raise DecodeError("AGM-1", "its co-signatures are out of order or repeated")
    check_terms(carried_document(record.body, network))


AGREEMENT = Kind(
    name="agreement",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    withdrawable=False,
    shape=Fields(
        {
            "document": Bytes(DOCUMENT_BYTES_MAX, exact=False),
            "cosignatures": Many(Anything(), _COSIGNATURES_MAX),
        }
    ),
    refs=_document_refs,
    deadlines=lambda body, network: (carried_document(body, network).accept_by,),
    rules=_check_agreement,
)


def _exhibit_refs(body: Body, network: str) -> Iterable[Ref]:
    inner = carried_record(body, network)
    return {Ref("exhibits", inner.id), *inner.refs}


def _check_exhibit(record: Record, network: str) -> None:
    # EXH-2: What it carries is somebody else's. That its kind is evidence is for KND-7.
    if carried_record(record.body, network).author == record.author:
        raise DecodeError("EXH-2", "it exhibits its author's own record")


EXHIBIT = Kind(
    name="exhibit",
    slots=128,
    days_max=5 * _YEAR_DAYS,
    shape=Fields({"record": Bytes(EXHIBITED_BYTES_MAX, exact=False)}),
    refs=_exhibit_refs,
    rules=_check_exhibit,
)

"""Where a document stands among those it was made from and those made from it: teams and engagements alike.

Complete is read from live agreement records only. A co-signature counts for the one document whose id it signs, and
a document takes another's place only when it binds everybody whom the other still bound.

Spec: state.md#lineage
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from folkmoot.agreement import Completion, Cosignature, Document, completion
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.consent import AGREEMENT, DRAFT, carried_cosignatures, named_document
from folkmoot.state.evidence import Evidence, remembered

_CARRIERS = (DRAFT.name, AGREEMENT.name)

Lineage = Mapping[DocumentId, Document]


class Standing(Enum):
    """Where a document stands."""

    OFFERED = "offered"
    COMPLETE = "complete"
    CONTESTED = "contested"
    """Complete, and so is another document of its lineage with a party in common, which it does not supersede."""
    SUPERSEDED = "superseded"
    """A later document took its place: one all its signers signed, or, while incomplete, a newer offer."""
    DECLINED = "declined"
    LAPSED = "lapsed"
    """`accept_by` passed before everybody had signed."""


@dataclass(frozen=True, slots=True)
class RefusedAcceptance:
    """An acceptance that does not count for a document, and the rule that says so."""

    record: RecordId
    author: IdentityId
    document: DocumentId
    rule: str


@dataclass(frozen=True, slots=True)
class Position:
    """A document, who has said what to it, and where it stands.

    Attributes:
        document: Which.
        lineage: All documents linked to it, itself included.
        line: What has the same meaning: itself, and the complete documents that it supersedes or that supersede it.
        standing: Where it stands.
        superseded_by: What took its place.
        formal: Who has signed according to live agreements.
        signed: Places signed for, in accepts or agreements.
        declined: Parties that said no, or took their yes back in time.
        left: Who has left it since it was complete.
    """

    document: Document
    lineage: Lineage
    line: tuple[Document, ...]
    standing: Standing
    superseded_by: DocumentId | None
    formal: Completion
    signed: frozenset[int]
    declined: frozenset[IdentityId]
    left: frozenset[IdentityId]


def locate(evidence: Evidence, document_id: DocumentId, document_type: str) -> Position | None:
    """Work out where a document stands; `None` when it is not held or is of another type.

    Spec: state.md#lineage
    """
    lineage = lineage_of(evidence, document_id)
    document = lineage.get(document_id)
    if document is None or document.type != document_type:
        return None
    formal = formation(evidence, document)
    declined = _declined(evidence, document)
    standing, superseded_by = _standing(evidence, document, lineage, formal, declined)
    return Position(
        document=document,
        lineage=lineage,
        line=_line(evidence, document, lineage) if formal.is_complete else (document,),
        standing=standing,
        superseded_by=superseded_by,
        formal=formal,
        signed=formal.signed | _accepted(evidence, document).signed,
        declined=declined,
        left=leavers(evidence, document) if formal.is_complete else frozenset(),
    )


@remembered
def formation(evidence: Evidence, document: Document) -> Completion:
    """Say who has signed a document according to live agreement records, the only place completion is read from.

    Spec: state.md#formation
    """
    found: set[Cosignature] = set()
    for record in evidence.referring("agreement", "document", document.id):
        if evidence.is_live(record):
            found.update(carried_cosignatures(record.body))
    return completion(document, found, evidence.chains, network=evidence.network)


@remembered
def known_cosignatures(evidence: Evidence, document: Document) -> tuple[Cosignature, ...]:
    """Return the co-signatures that count for a document, from acceptances and agreements alike.

    Whoever holds a complete set can publish the agreement.
    """
    found: set[Cosignature] = set()
    for kind in ("accept", "agreement"):
        for record in evidence.referring(kind, "document", document.id):
            found.update(carried_cosignatures(record.body))
    checked = completion(document, found, evidence.chains, network=evidence.network)
    return tuple(sorted(found - {item for item, _rule in checked.refused}))


def withdrawn(evidence: Evidence, document: Document) -> frozenset[IdentityId]:
    """Return the parties that took their yes back before the document was complete.

    Spec: state.md#withdrawing
    """
    if formation(evidence, document).is_complete:
        return frozenset()
    signed = {document.parties[place].identity for place in _accepted(evidence, document).signed}
    return frozenset(party for party in _declined(evidence, document) if party in signed)


@remembered
def leavers(evidence: Evidence, document: Document) -> frozenset[IdentityId]:
    """Return the parties that have left a document.

    Spec: state.md#leaving
    """
    # STA-4: Only a party leaves, and only for itself.
    parties = {party.identity for party in document.parties}
    records = evidence.referring("leave", "document", document.id)
    return frozenset(record.author for record in records if record.author in parties)


def lineage_of(evidence: Evidence, start: DocumentId) -> dict[DocumentId, Document]:
    """Return the documents that are linked to one by `prev`, in either direction, itself included."""
    found: dict[DocumentId, Document] = {}
    ahead = [start]
    while ahead:
        at = ahead.pop()
        if at in found or at not in evidence.documents:
            continue
        found[at] = evidence.documents[at]
        previous = found[at].prev
        ahead += [named_document(r) for kind in _CARRIERS for r in evidence.referring(kind, "prev", at)]
        if previous is not None:
            ahead.append(previous)
    return found


def descends(later: Document, earlier: Document, lineage: Lineage) -> bool:
    """Tell whether a document was made from another, in any number of steps."""
    at = later.prev
    while at is not None:
        if at == earlier.id:
            return True
        at = lineage[at].prev if at in lineage else None
    return False


def refused_acceptances(evidence: Evidence, position: Position) -> Iterator[RefusedAcceptance]:
    """List acceptances that their authors may believe count for a document, and do not."""
    document = position.document
    for record in evidence.referring("accept", "document", document.id):
        checked = completion(document, carried_cosignatures(record.body), evidence.chains, network=evidence.network)
        for _item, rule in checked.refused:
            yield RefusedAcceptance(record.id, record.author, document.id, rule)
    # TEA-3: An acceptance counts for the document whose id it signs and for no other of its lineage.
    signed = {document.parties[place].identity for place in _accepted(evidence, document).signed}
    waited_for = {party.identity for party in document.parties} - signed
    for other in sorted(position.lineage.values(), key=lambda o: o.id):
        if descends(document, other, position.lineage):
            for record in evidence.referring("accept", "document", other.id):
                if record.author in waited_for:
                    yield RefusedAcceptance(record.id, record.author, other.id, "TEA-3")


@remembered
def _accepted(evidence: Evidence, document: Document) -> Completion:
    return completion(document, known_cosignatures(evidence, document), evidence.chains, network=evidence.network)


def _standing(
    evidence: Evidence,
    document: Document,
    lineage: Lineage,
    formal: Completion,
    declined: frozenset[IdentityId],
) -> tuple[Standing, DocumentId | None]:
    if formal.is_complete:
        others = _complete_others(evidence, document, lineage)
        for other in others:
            if _supersedes(evidence, other, document, lineage):
                return Standing.SUPERSEDED, other.id
        # Whatever strangers agree on among themselves, it is no rival.
        rivals = [other for other in others if _bound(evidence, document) & _bound(evidence, other)]
        stands_alone = all(_supersedes(evidence, document, other, lineage) for other in rivals)
        return (Standing.COMPLETE if stands_alone else Standing.CONTESTED), None
    if declined:
        return Standing.DECLINED, None
    newer = _newer_offer(document, lineage)
    if newer is not None:
        return Standing.SUPERSEDED, newer
    return (Standing.LAPSED if evidence.now_ms > document.accept_by else Standing.OFFERED), None


def _complete_others(evidence: Evidence, document: Document, lineage: Lineage) -> list[Document]:
    """Return the other complete documents of a lineage that are of one type, by id."""
    return [
        other
        for _id, other in sorted(lineage.items())
        if other.id != document.id and other.type == document.type and formation(evidence, other).is_complete
    ]


def _line(evidence: Evidence, document: Document, lineage: Lineage) -> tuple[Document, ...]:
    found = [
        other
        for other in _complete_others(evidence, document, lineage)
        if _supersedes(evidence, other, document, lineage) or _supersedes(evidence, document, other, lineage)
    ]
    return tuple(sorted([document, *found], key=lambda one: one.id))


def _bound(evidence: Evidence, document: Document) -> frozenset[IdentityId | None]:
    """Return the parties of a document that have not left it."""
    return frozenset(party.identity for party in document.parties) - leavers(evidence, document)


def _supersedes(evidence: Evidence, later: Document, earlier: Document, lineage: Lineage) -> bool:
    """Tell whether a complete document descends from another and binds everybody the other still bound."""
    if not descends(later, earlier, lineage):
        return False
    return _bound(evidence, earlier) <= {party.identity for party in later.parties}


def _newer_offer(document: Document, lineage: Lineage) -> DocumentId | None:
    """Return the latest document of the same drafter that descends from one still incomplete."""
    newer = [
        other
        for other in lineage.values()
        if other.drafter == document.drafter and descends(other, document, lineage)
    ]
    return max(newer, key=lambda other: (other.drafted, other.id)).id if newer else None


def _declined(evidence: Evidence, document: Document) -> frozenset[IdentityId]:
    """Return the parties whose latest word is no."""
    signed_at: dict[IdentityId, int] = {}
    for item in known_cosignatures(evidence, document):
        signer = document.parties[item.party].identity
        assert signer is not None, "a co-signature for an open seat does not count"
        signed_at[signer] = max(signed_at.get(signer, 0), item.at)
    parties = {party.identity for party in document.parties}
    return frozenset(
        record.author
        for record in evidence.referring("decline", "document", document.id)
        if record.author in parties and record.rev > signed_at.get(record.author, 0)
    )

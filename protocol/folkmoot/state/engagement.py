"""What has become of an engagement: in force, delivered, accepted, paid, closed, as anybody derives it.

Theory of operation: the terms are what every party co-signed; a change order is a later document of the same
lineage. Deliveries, reviews, payments and closings count only from the party entitled to each, and for the
engagement whichever of its documents they name. Silence is worth what the terms say, once somebody other than the
deliverer has shown when the delivery was seen.

Spec: work.md#engagement
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import cast

from folkmoot.agreement import Document
from folkmoot.documents import CLOSING, ENGAGEMENT, EngagementTerms, engagement_terms
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence, remembered
from folkmoot.state.lineage import Position, RefusedAcceptance, Standing, locate, refused_acceptances
from folkmoot.state.milestones import MilestoneState, derive_milestones


class EngagementStatus(Enum):
    """Where an engagement stands."""

    OFFERED = "offered"
    IN_FORCE = "in-force"
    CONTESTED = "contested"
    """Complete, not ended by all, and so is another document of its lineage with a party in common."""
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CLOSED = "closed"


SIGNED_BY_ALL = frozenset({Standing.COMPLETE, Standing.CONTESTED})
"""Where a document stands that ends something: nobody takes their signature back by signing another one."""

_STATUSES: Mapping[Standing, EngagementStatus] = {
    Standing.OFFERED: EngagementStatus.OFFERED,
    Standing.COMPLETE: EngagementStatus.IN_FORCE,
    Standing.CONTESTED: EngagementStatus.CONTESTED,
    Standing.SUPERSEDED: EngagementStatus.SUPERSEDED,
    Standing.DECLINED: EngagementStatus.DECLINED,
    Standing.LAPSED: EngagementStatus.LAPSED,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How an engagement ended.

    Attributes:
        way: `completed` or `mutual` when all signed it; else what one side says.
        by: Who says so; all parties when it was signed by all.
        is_one_sided: Whether anybody has not agreed.
        at: When, in ms: when the document was drafted, or the rev of the record, as claimed.
        proof: The document or the record that shows it.
    """

    way: str
    by: tuple[IdentityId, ...]
    is_one_sided: bool
    at: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class Engagement:
    """An engagement and what became of it.

    Attributes:
        id: Of the document asked for.
        document: What was offered.
        terms: Its terms.
        status: Where it stands.
        is_complete: Whether every party has signed this very document.
        signed: By place, whether that party has signed.
        superseded_by: What took its place.
        line: It and the complete documents that it supersedes or that supersede it.
        repudiated: Parties whose signature is repudiated.
        refused: Acceptances that do not count for it.
        milestones: What became of each, by the terms of this document.
        endings: Every counted closing, those that all signed first.
    """

    id: DocumentId
    document: Document
    terms: EngagementTerms
    status: EngagementStatus
    is_complete: bool
    signed: tuple[bool, ...]
    superseded_by: DocumentId | None
    line: tuple[Document, ...]
    repudiated: frozenset[IdentityId]
    refused: tuple[RefusedAcceptance, ...]
    milestones: tuple[MilestoneState, ...]
    endings: tuple[Ending, ...]

    @property
    def client(self) -> IdentityId | None:
        """Who commissions the work."""
        return self.document.parties[self.terms.client].identity

    @property
    def parties(self) -> frozenset[IdentityId]:
        """Everybody who has a place in it."""
        return frozenset(party.identity for party in self.document.parties if party.identity is not None)

    @property
    def stands(self) -> bool:
        """Whether every party signed and nothing took the document's place, open or closed."""
        return self.status in (EngagementStatus.IN_FORCE, EngagementStatus.CLOSED)

    @property
    def is_over_for_cause(self) -> bool:
        """Whether a party ended it for cause, and not all have agreed how it ended."""
        ways = {one.way for one in self.endings}
        return "cause" in ways and all(one.is_one_sided for one in self.endings)

    @property
    def ending(self) -> Ending | None:
        """How it ended; what all signed goes before what one side says."""
        return self.endings[0] if self.endings else None


@remembered
def derive_engagement(evidence: Evidence, engagement_id: DocumentId) -> Engagement | None:
    """Derive where an engagement stands; `None` when its document is not held or is of another type.

    Spec: work.md#engagement
    """
    position = locate(evidence, engagement_id, ENGAGEMENT)
    if position is None:
        return None
    document = position.document
    terms = engagement_terms(document)
    is_complete = position.formal.is_complete
    endings = _endings(evidence, document, position.line) if is_complete else ()
    return Engagement(
        id=document.id,
        document=document,
        terms=terms,
        status=_status(position, endings),
        is_complete=is_complete,
        signed=tuple(place in position.signed for place in range(len(document.parties))),
        superseded_by=position.superseded_by,
        line=position.line,
        repudiated=_holders(document, position.formal.repudiated),
        refused=tuple(refused_acceptances(evidence, position)),
        milestones=derive_milestones(evidence, document, position.line) if is_complete else (),
        endings=endings,
    )


def _status(position: Position, endings: tuple[Ending, ...]) -> EngagementStatus:
    status = _STATUSES[position.standing]
    # What all have ended is over, whatever one of them signs with somebody else later.
    is_ended_by_all = any(not ending.is_one_sided for ending in endings)
    if (status is EngagementStatus.IN_FORCE and endings) or (
        status is EngagementStatus.CONTESTED and is_ended_by_all
    ):
        return EngagementStatus.CLOSED
    return status


def _holders(document: Document, places: frozenset[int]) -> frozenset[IdentityId]:
    holders = (document.parties[place].identity for place in places)
    return frozenset(identity for identity in holders if identity is not None)


def _endings(evidence: Evidence, document: Document, line: tuple[Document, ...]) -> tuple[Ending, ...]:
    signed = {ending for named in line for ending in _signed_by_all(evidence, document, named.id)}
    said = [
        Ending(str(record.body["way"]), (record.author,), True, record.rev, record.id)
        for named in line
        for record in evidence.referring("closing", "document", named.id)
        # CLS-1: A closing counts only from a party.
        if document.indices_of(record.author)
    ]
    return (*sorted(signed, key=_order), *sorted(said, key=_order))


def _signed_by_all(evidence: Evidence, document: Document, name: DocumentId) -> list[Ending]:
    # CLS-2: A closing that is agreed on is a complete document that every party of the engagement has signed.
    found = {}
    for record in evidence.referring("agreement", "engagement", name):
        closing = locate(evidence, DocumentId(record.targets("document")[0]), CLOSING)
        if closing is None or closing.standing not in SIGNED_BY_ALL:
            continue
        parties = tuple(party.identity for party in document.parties if party.identity is not None)
        signers = {party.identity for party in closing.document.parties}
        if signers >= set(parties):
            way = str(closing.document.terms["way"])
            found[closing.document.id] = Ending(way, parties, False, closing.document.drafted, closing.document.id)
    return list(found.values())


def _order(ending: Ending) -> tuple[int, bytes]:
    return ending.at, ending.proof


def engagement_of(evidence: Evidence, target: bytes) -> Engagement | None:
    """Return the engagement that an id is about: its document, or a delivery, review or payment under it.

    Spec: work.md#disputes
    """
    if target in evidence.documents:
        return derive_engagement(evidence, DocumentId(target))
    record = evidence.counted.get(RecordId(target))
    if record is None:
        return None
    name = _document_of(evidence, record)
    return derive_engagement(evidence, name) if name is not None else None


def _document_of(evidence: Evidence, record: Record) -> DocumentId | None:
    if record.kind == "review-of-delivery":
        delivery = evidence.counted.get(RecordId(record.targets("delivery")[0]))
        return _document_of(evidence, delivery) if delivery is not None and delivery.kind == "delivery" else None
    if record.kind in ("closing", "delivery", "payment"):
        return DocumentId(cast("bytes", record.body["document"]))
    return None

"""What has become of a team offer, as anybody derives it from drafts, acceptances and agreements.

Formed is read from live agreement records only. An acceptance counts for the one document whose id it signs.

Spec: state.md#team
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from folkmoot.agreement import Completion, Cosignature, Document, Party, completion
from folkmoot.documents import TEAM, TeamTerms, team_terms
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.consent import AGREEMENT, DRAFT, carried_cosignatures, named_document
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence

_CARRIERS = (DRAFT.name, AGREEMENT.name)


class TeamStatus(Enum):
    """Where a team offer stands."""

    OFFERED = "offered"
    FORMED = "formed"
    CONTESTED = "contested"
    """Formed, and so is another document of its lineage that does not supersede it."""
    SUPERSEDED = "superseded"
    """A later document took its place: one all its signers signed, or, while unformed, a newer offer."""
    DECLINED = "declined"
    LAPSED = "lapsed"
    """`accept_by` passed before everybody had signed."""


class SeatStatus(Enum):
    """Where one seat of a team offer stands."""

    OPEN = "open"
    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"
    REPUDIATED = "repudiated"


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat: its role, who holds it, its share in basis points if the terms give one, and where it stands."""

    role: str
    identity: IdentityId | None
    share: int | None
    status: SeatStatus


@dataclass(frozen=True, slots=True)
class RefusedAcceptance:
    """An acceptance that does not count for this document, and the rule that says so."""

    record: RecordId
    author: IdentityId
    document: DocumentId
    rule: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team offer and what became of it.

    Attributes:
        id: Of the document.
        document: What was offered.
        terms: Its terms.
        status: Where it stands.
        is_complete: Whether every member has signed this very document, whatever took its place since.
        seats: In the order of the document's parties.
        refused: Acceptances that do not count for it.
        superseded_by: What took its place.
    """

    id: DocumentId
    document: Document
    terms: TeamTerms
    status: TeamStatus
    is_complete: bool
    seats: tuple[Seat, ...]
    refused: tuple[RefusedAcceptance, ...]
    superseded_by: DocumentId | None

    @property
    def members(self) -> tuple[IdentityId, ...]:
        """Who holds a seat, in the order of seats."""
        return tuple(seat.identity for seat in self.seats if seat.identity is not None)

    @property
    def lead(self) -> IdentityId | None:
        """Who may bid for the team."""
        return self.seats[self.terms.lead].identity

    @property
    def is_formed(self) -> bool:
        """Whether every member signed and nothing took the document's place."""
        return self.status is TeamStatus.FORMED


def derive_team(evidence: Evidence, team_id: DocumentId) -> Team | None:
    """Derive where a team offer stands; `None` when its document is not held or is of another type.

    Spec: state.md#team
    """
    lineage = _lineage(evidence, team_id)
    document = lineage.get(team_id)
    if document is None or document.type != TEAM:
        return None
    formal = formation(evidence, document)
    status, superseded_by = _status(evidence, document, formal, lineage)
    signed = formal.signed | _accepted(evidence, document).signed
    declined = {record.author for record in _declines(evidence, document)}
    terms = team_terms(document)
    seats = tuple(
        Seat(
            party.capacity,
            party.identity,
            terms.shares[place] if terms.shares else None,
            _seat_status(place, party, signed, formal.repudiated, declined),
        )
        for place, party in enumerate(document.parties)
    )
    refused = tuple(_refused(evidence, document, lineage))
    return Team(document.id, document, terms, status, formal.is_complete, seats, refused, superseded_by)


def formation(evidence: Evidence, document: Document) -> Completion:
    """Say who has signed a document according to live agreement records, the only place formation is read from.

    Spec: state.md#formation
    """
    found: set[Cosignature] = set()
    for record in evidence.referring("agreement", "document", document.id):
        if evidence.is_live(record):
            found.update(carried_cosignatures(record.body))
    return completion(document, found, evidence.chains, network=evidence.network)


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


def _accepted(evidence: Evidence, document: Document) -> Completion:
    return completion(document, known_cosignatures(evidence, document), evidence.chains, network=evidence.network)


def _status(
    evidence: Evidence, document: Document, formal: Completion, lineage: dict[DocumentId, Document]
) -> tuple[TeamStatus, DocumentId | None]:
    if formal.is_complete:
        complete = {other.id: other for other in lineage.values() if formation(evidence, other).is_complete}
        for other in sorted(complete.values(), key=lambda o: o.id):
            if other.id != document.id and _supersedes(other, document, lineage):
                return TeamStatus.SUPERSEDED, other.id
        rivals = [
            other
            for other in complete.values()
            if other.id != document.id and not _supersedes(document, other, lineage)
        ]
        return (TeamStatus.CONTESTED if rivals else TeamStatus.FORMED), None
    if _declines(evidence, document):
        return TeamStatus.DECLINED, None
    newer = _newer_offer(document, lineage)
    if newer is not None:
        return TeamStatus.SUPERSEDED, newer
    return (TeamStatus.LAPSED if evidence.now_ms > document.accept_by else TeamStatus.OFFERED), None


def _supersedes(later: Document, earlier: Document, lineage: dict[DocumentId, Document]) -> bool:
    """Tell whether a complete document descends from another and binds everybody the other bound."""
    signers = {party.identity for party in later.parties}
    return _descends(later, earlier, lineage) and signers >= {party.identity for party in earlier.parties}


def _descends(later: Document, earlier: Document, lineage: dict[DocumentId, Document]) -> bool:
    at = later.prev
    while at is not None:
        if at == earlier.id:
            return True
        at = lineage[at].prev if at in lineage else None
    return False


def _newer_offer(document: Document, lineage: dict[DocumentId, Document]) -> DocumentId | None:
    """Return the latest document of the same drafter that descends from one still unformed."""
    newer = [
        other
        for other in lineage.values()
        if other.drafter == document.drafter and _descends(other, document, lineage)
    ]
    return max(newer, key=lambda other: (other.drafted, other.id)).id if newer else None


def _declines(evidence: Evidence, document: Document) -> tuple[Record, ...]:
    """Return the declines by named parties; whoever signed may not take it back this way."""
    parties = {party.identity for party in document.parties}
    signed = {document.parties[place].identity for place in _accepted(evidence, document).signed}
    declines = evidence.referring("decline", "document", document.id)
    return tuple(record for record in declines if record.author in parties - signed)


def _seat_status(
    place: int, party: Party, signed: frozenset[int], repudiated: frozenset[int], declined: set[IdentityId]
) -> SeatStatus:
    if party.identity is None:
        return SeatStatus.OPEN
    if place in repudiated:
        return SeatStatus.REPUDIATED
    if place in signed:
        return SeatStatus.SIGNED
    return SeatStatus.DECLINED if party.identity in declined else SeatStatus.WAITING


def _refused(
    evidence: Evidence, document: Document, lineage: dict[DocumentId, Document]
) -> Iterable[RefusedAcceptance]:
    """List acceptances that their authors may believe count for this document, and do not."""
    for record in evidence.referring("accept", "document", document.id):
        checked = completion(document, carried_cosignatures(record.body), evidence.chains, network=evidence.network)
        for _item, rule in checked.refused:
            yield RefusedAcceptance(record.id, record.author, document.id, rule)
    # TEA-3: An acceptance counts for the document whose id it signs and for no other of its lineage.
    signed = {document.parties[place].identity for place in _accepted(evidence, document).signed}
    waited_for = {party.identity for party in document.parties} - signed
    for other in sorted(lineage.values(), key=lambda o: o.id):
        if _descends(document, other, lineage):
            for record in evidence.referring("accept", "document", other.id):
                if record.author in waited_for:
                    yield RefusedAcceptance(record.id, record.author, other.id, "TEA-3")


def _lineage(evidence: Evidence, start: DocumentId) -> dict[DocumentId, Document]:
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

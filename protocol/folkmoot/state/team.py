"""What has become of a team offer, as anybody derives it from drafts, acceptances and agreements.

Formed is read from live agreement records only. An acceptance counts for the one document whose id it signs.

Spec: state.md#team
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from folkmoot.agreement import Document, Party
from folkmoot.documents import TEAM, TeamTerms, team_terms
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.state.evidence import Evidence, remembered
from folkmoot.state.lineage import Position, RefusedAcceptance, Standing, locate, refused_acceptances


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


_STATUSES: Mapping[Standing, TeamStatus] = {
    Standing.OFFERED: TeamStatus.OFFERED,
    Standing.COMPLETE: TeamStatus.FORMED,
    Standing.CONTESTED: TeamStatus.CONTESTED,
    Standing.SUPERSEDED: TeamStatus.SUPERSEDED,
    Standing.DECLINED: TeamStatus.DECLINED,
    Standing.LAPSED: TeamStatus.LAPSED,
}


class SeatStatus(Enum):
    """Where one seat of a team offer stands."""

    OPEN = "open"
    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Signed, and taken back before everybody had signed."""
    LEFT = "left"
    REPUDIATED = "repudiated"


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat.

    Attributes:
        role: What is to be done in it.
        identity: Who holds it, or `None` while it is open.
        share: In basis points, if the terms give one.
        status: Where it stands.
        applications: The records of those who apply for it while it is open.
    """

    role: str
    identity: IdentityId | None
    share: int | None
    status: SeatStatus
    applications: tuple[RecordId, ...] = ()


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


@remembered
def derive_team(evidence: Evidence, team_id: DocumentId) -> Team | None:
    """Derive where a team offer stands; `None` when its document is not held or is of another type.

    Spec: state.md#team
    """
    position = locate(evidence, team_id, TEAM)
    if position is None:
        return None
    document = position.document
    terms = team_terms(document)
    seats = tuple(
        Seat(
            party.capacity,
            party.identity,
            terms.shares[place] if terms.shares else None,
            _seat_status(place, party, position),
            _applications(evidence, position, place),
        )
        for place, party in enumerate(document.parties)
    )
    return Team(
        id=document.id,
        document=document,
        terms=terms,
        status=_STATUSES[position.standing],
        is_complete=position.formal.is_complete,
        seats=seats,
        refused=tuple(refused_acceptances(evidence, position)),
        superseded_by=position.superseded_by,
    )


def _seat_status(place: int, party: Party, position: Position) -> SeatStatus:
    if party.identity is None:
        return SeatStatus.OPEN
    if place in position.formal.repudiated:
        return SeatStatus.REPUDIATED
    if party.identity in position.left:
        return SeatStatus.LEFT
    is_signed = place in position.signed
    if party.identity in position.declined and not position.formal.is_complete:
        return SeatStatus.WITHDRAWN if is_signed else SeatStatus.DECLINED
    return SeatStatus.SIGNED if is_signed else SeatStatus.WAITING


def _applications(evidence: Evidence, position: Position, place: int) -> tuple[RecordId, ...]:
    # APP-1: An application counts for an open seat of the document that it names, and not by its drafter.
    if position.document.parties[place].identity is not None:
        return ()
    return tuple(
        record.id
        for record in evidence.referring("apply", "document", position.document.id)
        if record.body["party"] == place
        and record.author != position.document.drafter
        and evidence.successor(record) is None
    )

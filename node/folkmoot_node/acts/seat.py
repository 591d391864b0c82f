"""Accepting or declining a seat that somebody offers, and taking a yes back in time."""

from folkmoot.ids import DocumentId
from folkmoot.state.team import SeatStatus, Team, TeamStatus
from folkmoot_node.acts.drafts import refuse_unreadable, signed_seats
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, document_text
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_SIGNED = frozenset({SeatStatus.SIGNED, SeatStatus.REPUDIATED})
_DECLINED = frozenset({SeatStatus.DECLINED, SeatStatus.WITHDRAWN})


@in_turn
async def accept_seat(author: Author, team: str, *, seat: int | None = None) -> Published:
    """Sign one's seats of a team offer: the one named, or all that wait.

    Raises:
        UnknownIdError: The offer is not known here, or the id is mistyped.
        ConfigError: The id names something else, or there is no such seat.
        RefusedError: The seat is not the author's or signed already, or the offer cannot form any more.
    """
    scene, found = await _offered(author, document_id(team))
    _refuse_replaced(found)
    places = _places(author, scene, found, seat)
    _refuse_over(author, scene, found)
    space = scene.space_of(found.id)
    acceptances = await signed_seats(author, found.document, places)
    records = [await author.publish("accept", acceptance, space=space) for acceptance in acceptances]
    notes = tuple(f"seat {place} ({found.seats[place].role}) is signed as well" for place in places[1:])
    if found.document.is_open:
        notes += ("a seat is still open, so the drafter will have to offer the team again",)
    return Published(records[0], found.id, notes)


@in_turn
async def decline_seat(author: Author, team: str, *, reason: str, note: str = "") -> Published:
    """Say no to a team offer, also after a yes while somebody else has not signed.

    Raises:
        UnknownIdError: The offer is not known here, or the id is mistyped.
        RefusedError: The author has no seat in it or has declined already, or it is complete.
    """
    scene, found = await _offered(author, document_id(team))
    own = _own_seats(author, found)
    if own <= _DECLINED:
        raise RefusedError("you have declined that offer before")
    return await _say_no(author, scene, found, reason=reason, note=note)


@in_turn
async def withdraw_seat(author: Author, team: str, *, reason: str, note: str = "") -> Published:
    """Take back one's yes to a team offer, before everybody has signed.

    Raises:
        UnknownIdError: The offer is not known here, or the id is mistyped.
        RefusedError: The author has not signed it, or it is complete.
    """
    scene, found = await _offered(author, document_id(team))
    own = _own_seats(author, found)
    if own <= _DECLINED:
        raise RefusedError("you have taken back your yes, or declined, before")
    if not own & _SIGNED:
        raise RefusedError("you have not signed that offer", advice="Say no to it with `folkmoot team decline`.")
    return await _say_no(author, scene, found, reason=reason, note=note)


def _own_seats(author: Author, team: Team) -> set[SeatStatus]:
    own = {team.seats[place].status for place in team.document.indices_of(author.identity)}
    if not own:
        raise RefusedError("you have no seat in that offer, so there is nothing to decline")
    return own


async def _say_no(author: Author, scene: Scene, team: Team, *, reason: str, note: str) -> Published:
    """Decline, which takes back a yes while the document is not complete.

    Spec: state.md#withdrawing
    """
    if team.is_complete:
        raise RefusedError(
            "everybody has signed that document, and a yes to it is final",
            advice="Leave the team with `folkmoot team leave`; the others can then go on without you.",
        )
    body = filled(document=team.id, reason=reason, note=note)
    record = await author.publish("decline", body, space=scene.space_of(team.id))
    was_signed = bool(_own_seats(author, team) & _SIGNED)
    notes = ("your yes is taken back; whoever holds all signatures could still complete the document",)
    return Published(record, team.id, notes if was_signed else ())


async def _offered(author: Author, team_id: DocumentId) -> tuple[Scene, Team]:
    """Find an offer that this edition can show whole."""
    scene = await Viewpoint.of(author).around(team_id)
    document = scene.evidence.documents.get(team_id)
    if document is None:
        raise UnknownIdError(f"no team offer {document_text(team_id)} is known here", advice=SYNC_ADVICE)
    refuse_unreadable(document)
    return scene, found_team(scene, team_id)


def _places(author: Author, scene: Scene, team: Team, seat: int | None) -> list[int]:
    """Return the seats to sign."""
    if seat is not None:
        if not 0 <= seat < len(team.seats):
            raise ConfigError(f"there is no seat {seat}: the offer has seats 0 to {len(team.seats) - 1}")
        holder = team.seats[seat].identity
        if holder is None:
            raise RefusedError(
                "that seat is open: nobody can sign it before the drafter names who it is for", rule="COS-2"
            )
        if holder != author.identity:
            raise RefusedError(f"that seat is {scene.name(holder)}'s", rule="COS-4")
    own = team.document.indices_of(author.identity) if seat is None else (seat,)
    if not own:
        raise RefusedError(
            "no seat of that offer is yours",
            advice="Ask the drafter to offer the team again with you in it.",
            rule="COS-4",
        )
    places = [place for place in own if team.seats[place].status not in _SIGNED]
    if not places:
        raise RefusedError(
            "you have signed that seat already" if len(own) == 1 else "you have signed your seats already"
        )
    return places


def _refuse_replaced(team: Team) -> None:
    if team.status is TeamStatus.SUPERSEDED and team.superseded_by is not None:
        raise RefusedError(
            "that offer was replaced by a newer one, and a signature on the old counts for nothing there",
            advice=f"Look at {document_text(team.superseded_by)} and accept that one.",
            rule="TEA-3",
        )


def _refuse_over(author: Author, scene: Scene, team: Team) -> None:
    """Refuse to sign what cannot form any more."""
    if team.document.accept_by < author.clock.now_ms():
        raise RefusedError(
            "the moment to accept that offer has passed", advice="Ask the drafter for a new one.", rule="COS-3"
        )
    others = [
        scene.name(seat.identity)
        for seat in team.seats
        if seat.status in _DECLINED and seat.identity is not None and seat.identity != author.identity
    ]
    if others:
        raise RefusedError(
            f"{others[0]} has declined that offer, so it cannot form", advice="Wait for a new offer."
        )

"""Coming into a team and going out of it: `apply` and `leave`."""

from folkmoot.documents import TEAM
from folkmoot.limits import SHARES_TOTAL
from folkmoot.state.team import SeatStatus, Team, TeamStatus
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.views.naming import document_id, document_text, record_text
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_OVER = {
    TeamStatus.LAPSED: "has lapsed: the moment to sign passed",
    TeamStatus.DECLINED: "was declined",
    TeamStatus.FORMED: "has formed",
    TeamStatus.CONTESTED: "is contested",
}


@in_turn
async def apply_for_seat(author: Author, team: str, *, seat: int, text: str, share: int | None = None) -> Published:
    """Apply for an open seat of a team offer; it binds nobody.

    Raises:
        UnknownIdError: The offer is not known here, or the id is mistyped.
        ConfigError: There is no such seat, or the share is more than a whole.
        RefusedError: The seat is not open, the offer is the author's own or over, or the author has applied before.
    """
    scene, found = await _found(author, team)
    _refuse_replaced(found)
    if found.status in _OVER:
        raise RefusedError(f"that offer {_OVER[found.status]}")
    if not 0 <= seat < len(found.seats):
        raise ConfigError(f"there is no seat {seat}: the offer has seats 0 to {len(found.seats) - 1}")
    if share is not None and not 0 <= share <= SHARES_TOTAL:
        raise ConfigError("a share is at most the whole", advice="Give hundredths of a per cent: 4000 is 40 %.")
    if found.document.drafter == author.identity:
        raise RefusedError("that offer is yours", advice="Name yourself for the seat in a new offer.", rule="APP-1")
    holder = found.seats[seat].identity
    if holder is not None:
        raise RefusedError(f"that seat is {scene.name(holder)}'s, not open", rule="APP-1")
    for application in found.seats[seat].applications:
        if scene.evidence.counted[application].author == author.identity:
            raise RefusedError(f"you have applied for that seat before, with {record_text(application)}")
    body = filled(document=found.id, party=seat, text=text, share=share)
    return Published(await author.publish("apply", body, space=scene.space_of(found.id)), found.id)


@in_turn
async def leave_team(author: Author, team: str, *, reason: str, note: str = "") -> Published:
    """Leave a team that has formed; nobody has to agree, and it is final.

    Raises:
        UnknownIdError: The team is not known here, or the id is mistyped.
        RefusedError: The author is no member of it, has left before, or it has not formed.
    """
    scene, found = await _found(author, team)
    own = {found.seats[place].status for place in found.document.indices_of(author.identity)}
    if not own:
        raise RefusedError("you are no member of that team", rule="STA-4")
    if not found.is_complete:
        raise RefusedError(
            "that team has not formed, so there is nothing to leave",
            advice="Say no with `folkmoot team decline`, or take back a yes with `folkmoot team withdraw`.",
        )
    if SeatStatus.LEFT in own:
        raise RefusedError("you have left that team before")
    _refuse_replaced(found)
    body = filled(document=found.id, reason=reason, note=note)
    record = await author.publish("leave", body, space=scene.space_of(found.id))
    notes = ("the others can go on with a document that does not name you; what was done stays as it is",)
    return Published(record, found.id, notes)


async def _found(author: Author, team: str) -> tuple[Scene, Team]:
    wanted = document_id(team)
    scene = await Viewpoint.of(author).around(wanted)
    document = scene.evidence.documents.get(wanted)
    if document is not None and document.type != TEAM:
        raise ConfigError(f"{document_text(wanted)} is of the type {document.type}, not a team offer")
    return scene, found_team(scene, wanted)


def _refuse_replaced(team: Team) -> None:
    if team.superseded_by is not None:
        raise RefusedError(
            "a newer document took its place", advice=f"Look at {document_text(team.superseded_by)}."
        )

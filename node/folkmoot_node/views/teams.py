"""Team offers and teams, as anybody derives them from who signed what."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from folkmoot.ids import DocumentId, RecordId
from folkmoot.state.team import Seat, SeatStatus, Team, derive_team
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.shapes import SeatShape, TeamList, TeamSummary
from folkmoot_node.views.tenders import counters_json
from folkmoot_node.views.viewpoint import Scene, Viewpoint
from folkmoot_node.views.work_shapes import ApplicationShape, TeamShape

TEAMS_MAX = 200


async def team(view: Viewpoint, team_id: DocumentId) -> TeamShape:
    """Return where one team offer stands.

    Raises:
        UnknownIdError: No such document is held.
    """
    scene = await view.around(team_id)
    return await view.work(lambda: team_json(scene, found_team(scene, team_id)))


async def teams(view: Viewpoint, *, mine: bool) -> TeamList:
    """List team offers, newest first: the owner's (drafted by them or with a seat for them), or all."""
    known = await view.document_ids(view.identity if mine else None)
    scene = await view.around(*known[:TEAMS_MAX])
    return {"items": await view.work(partial(_summaries, scene, known[:TEAMS_MAX]))}


def _summaries(scene: Scene, known: Sequence[DocumentId]) -> list[TeamSummary]:
    derived = (derive_team(scene.evidence, document_id) for document_id in known)
    items = sorted((item for item in derived if item), key=lambda team: (-team.document.drafted, team.id))
    return [team_summary(scene, item) for item in items]


def found_team(scene: Scene, team_id: DocumentId) -> Team:
    """Derive a team offer that is held.

    Raises:
        UnknownIdError: It is not held.
    """
    derived = derive_team(scene.evidence, team_id)
    if derived is None:
        raise UnknownIdError(f"no team offer {document_text(team_id)} is known here", advice=SYNC_ADVICE)
    return derived


def team_summary(scene: Scene, derived: Team) -> TeamSummary:
    """Return the line about a team in a list."""
    return {
        "id": document_text(derived.id),
        "name": derived.terms.name,
        "purpose": derived.terms.purpose,
        "status": derived.status.value,
        "drafter": identity_text(derived.document.drafter),
        "drafter_name": scene.name(derived.document.drafter),
        "lead": derived.terms.lead,
        "opportunity": record_text(derived.terms.opportunity) if derived.terms.opportunity else None,
        "accept_by": derived.document.accept_by,
        "prev": document_text(derived.document.prev) if derived.document.prev else None,
        "superseded_by": document_text(derived.superseded_by) if derived.superseded_by else None,
        "seats": [_seat_json(scene, place, seat) for place, seat in enumerate(derived.seats)],
    }


def team_json(scene: Scene, derived: Team) -> TeamShape:
    """Return everything about a team."""
    return {
        **team_summary(scene, derived),
        "refused": [
            {
                "record": record_text(item.record),
                "author": identity_text(item.author),
                "author_name": scene.name(item.author),
                "document": document_text(item.document),
                "rule": item.rule,
            }
            for item in derived.refused
        ],
        "members": [identity_text(member) for member in dict.fromkeys(derived.members)],
        "agreement": _agreement(scene, derived),
        "applications": [
            _application_json(scene, application) for seat in derived.seats for application in seat.applications
        ],
        "counters": counters_json(scene, "document", derived.id, derived.members),
        "filled_by": [
            {"seat": seat, "opportunity": record_text(opportunity)} for seat, opportunity in derived.terms.filled_by
        ],
        "scoping": [{"place": place, "share": share} for place, share in derived.terms.scoping],
        "pattern": record_text(derived.terms.pattern) if derived.terms.pattern else None,
        "terms": {
            name: derived.document.terms[name]
            for name in ("decide", "replace", "exit")
            if name in derived.document.terms
        },
    }


def waiting_names(scene: Scene, derived: Team) -> str:
    """Name those who have not signed, for a sentence."""
    names = [
        scene.name(seat.identity) if seat.identity else f"nobody yet as {seat.role}"
        for seat in derived.seats
        if seat.status not in (SeatStatus.SIGNED, SeatStatus.REPUDIATED)
    ]
    return ", ".join(dict.fromkeys(names))


def _seat_json(scene: Scene, place: int, seat: Seat) -> SeatShape:
    return {
        "place": place,
        "role": seat.role,
        "identity": identity_text(seat.identity) if seat.identity else None,
        "name": scene.name(seat.identity) if seat.identity else None,
        "share": seat.share,
        "status": seat.status.value,
    }


def _application_json(scene: Scene, application: RecordId) -> ApplicationShape:
    record = scene.evidence.counted[application]
    return {
        "id": record_text(application),
        "applicant": identity_text(record.author),
        "applicant_name": scene.name(record.author),
        "place": cast("int", record.body["party"]),
        "text": cast("str", record.body["text"]),
        "share": cast("int | None", record.body.get("share")),
    }


def _agreement(scene: Scene, derived: Team) -> str | None:
    """Return a live agreement record of a team, the owner's own before others."""
    copies = [
        record
        for record in scene.evidence.referring("agreement", "document", derived.id)
        if scene.evidence.is_live(record)
    ]
    ordered: list[RecordId] = [
        record.id for record in sorted(copies, key=lambda r: (r.author != scene.viewer, r.id))
    ]
    return record_text(ordered[0]) if ordered else None

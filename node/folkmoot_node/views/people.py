"""People: profile, availability, what they did, what they show of what others say, the teams they are in."""

from collections.abc import Mapping, Sequence
from typing import cast

from folkmoot.canonical import Value
from folkmoot.documents import team_terms
from folkmoot.ids import IdentityId
from folkmoot.record import Record
from folkmoot.state.endorsements import Basis, EndorsementState
from folkmoot.state.person import Person, derive_person
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.bearing import scene_of
from folkmoot_node.views.facts import facts_json
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.person_shapes import AvailabilityShape, EndorsementShape, PersonShape
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.reviews import objections, reviews_of
from folkmoot_node.views.shapes import Json
from folkmoot_node.views.viewpoint import Scene, Viewpoint


async def person(view: Viewpoint, identity: IdentityId) -> PersonShape:
    """Return what is known of a person; endorsements that they do not show only to themselves.

    Raises:
        UnknownIdError: Nothing of this identity is held.
    """
    scene = await scene_of(view, identity)
    derived = found_person(scene, identity)
    seen = [item for item in derived.endorsements if item.is_shown or identity == view.identity]
    given = await _given(view, seen)
    return await view.work(lambda: _person_json(scene, derived, seen, given))


async def _given(view: Viewpoint, endorsements: Sequence[EndorsementState]) -> dict[IdentityId, int]:
    """Count how many endorsements each of these authors has standing: a word given to everybody says little."""
    authors = dict.fromkeys(item.author for item in endorsements)
    return {author: len(await view.store.by_author(author, "endorsement")) for author in authors}


def _person_json(
    scene: Scene, derived: Person, seen: Sequence[EndorsementState], given: Mapping[IdentityId, int]
) -> PersonShape:
    identity = derived.identity
    return {
        "identity": identity_text(identity),
        "name": scene.name(identity),
        "profile": body_json(derived.profile.body) if derived.profile else None,
        "profile_id": record_text(derived.profile.id) if derived.profile else None,
        "availability": _availability_json(derived),
        "facts": facts_json(scene, identity),
        "endorsements": [_endorsement_json(scene, item, given[item.author]) for item in seen],
        "reviews": reviews_of(scene, identity),
        "teams": [
            {"id": document_text(team_id), "name": team_terms(scene.evidence.documents[team_id]).name}
            for team_id in derived.teams
        ],
        "is_disputed": derived.is_disputed,
    }


def found_person(scene: Scene, identity: IdentityId) -> Person:
    """Derive a person of whom something is held.

    Raises:
        UnknownIdError: Nothing is held.
    """
    derived = derive_person(scene.evidence, identity)
    if derived is None:
        raise UnknownIdError(
            f"nobody with the id {identity_text(identity)} is known here",
            advice=SYNC_ADVICE,
        )
    return derived


def skill_labels(profile: Record | None) -> tuple[str, ...]:
    """Return the labels of the skills that a profile names."""
    if profile is None:
        return ()
    skills = cast("list[Mapping[str, Value]]", profile.body.get("skills", []))
    return tuple(cast("str", skill["label"]) for skill in skills)


def _availability_json(derived: Person) -> AvailabilityShape | None:
    if derived.availability is None:
        return None
    body = derived.availability.body
    return {
        "hours_per_week": cast("int", body["hours_per_week"]),
        "from_day": cast("int", body["from"]),
        "until_day": cast("int", body["until"]),
        "note": cast("str", body.get("note", "")),
        "is_stale": derived.is_stale,
    }


def _endorsement_json(scene: Scene, item: EndorsementState, given: int) -> EndorsementShape:
    body = body_json(item.record.body)
    return {
        "id": record_text(item.id),
        "author": identity_text(item.author),
        "author_name": scene.name(item.author),
        "text": cast("str", body["text"]),
        "skill": cast("Json | None", body.get("skill")),
        "relation": cast("str | None", body.get("relation")),
        "class": item.grade.value,
        "why": "" if item.basis is Basis.SOUND else item.basis.value,
        "basis": cast("str | None", body.get("basis")),
        "milestone": cast("int | None", body.get("milestone")),
        "is_shown": item.is_shown,
        "given": given,
        "disputes": objections(scene, item.disputes),
    }

"""Speaking well of somebody, and choosing what of it stands beside one's own profile."""

from collections.abc import Mapping

from folkmoot.canonical import Value
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds.people import SHOWN_MAX, shown_endorsements
from folkmoot.record import Record
from folkmoot_node.acts.profile import own_profile
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, identity_id, identity_text, record_id
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Viewpoint


@in_turn
async def endorse(
    author: Author,
    subject: str,
    text: str,
    *,
    skill: Mapping[str, object] | None = None,
    relation: str = "",
    basis: str | None = None,
) -> Published:
    """Endorse somebody; with a team that both signed as its basis it counts, without it is shown only.

    Raises:
        UnknownIdError: The person or the basis is not known here, or an id is mistyped.
        RefusedError: The subject is the author.
    """
    view = Viewpoint.of(author)
    subject_id = identity_id(subject)
    if subject_id == author.identity:
        raise RefusedError("nobody endorses themselves", rule="END-1")
    if not await author.store.operations([subject_id]):
        raise UnknownIdError(
            f"nobody with the id {identity_text(subject_id)} is known here",
            advice=SYNC_ADVICE,
        )
    basis_id = document_id(basis) if basis else None
    notes = await _basis_notes(view, basis_id, {author.identity, subject_id})
    body = filled(subject=subject_id, text=text, skill=skill, relation=relation, basis=basis_id)
    return Published(await author.publish("endorsement", body), basis_id, notes)


@in_turn
async def show_endorsement(author: Author, endorsement: str) -> Published:
    """Let an endorsement of oneself stand beside one's profile.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is of somebody else, shown already, or there is no profile to stand beside.
    """
    record = await _endorsement(author, record_id(endorsement))
    profile, shown = await _profile_and_shown(author)
    if record.id in shown:
        raise RefusedError("that endorsement is shown already")
    if len(shown) == SHOWN_MAX:
        raise RefusedError(f"a profile shows at most {SHOWN_MAX} endorsements", advice="Hide one first.")
    return await _publish_shown(author, profile, [*shown, record.id])


@in_turn
async def hide_endorsement(author: Author, endorsement: str) -> Published:
    """Take an endorsement away from beside one's profile.

    Raises:
        UnknownIdError: The id is mistyped.
        RefusedError: It is not shown.
    """
    hidden = record_id(endorsement)
    profile, shown = await _profile_and_shown(author)
    if hidden not in shown:
        raise RefusedError("that endorsement is not shown")
    return await _publish_shown(author, profile, [key for key in shown if key != hidden])


async def _basis_notes(view: Viewpoint, basis: DocumentId | None, pair: set[IdentityId]) -> tuple[str, ...]:
    if basis is None:
        return ("without a team as its basis it is class E1: shown, never counted",)
    scene = await view.around(basis)
    team = found_team(scene, basis)
    if not team.is_formed:
        return (f"the team is {team.status.value}, so for now the endorsement is class E1",)
    if not pair <= set(team.members):
        return ("not both of you hold a seat in that team, so the endorsement is class E1",)
    return ("both of you signed that team, so the endorsement is class E2",)


async def _endorsement(author: Author, endorsement_id: RecordId) -> Record:
    record = await Viewpoint.of(author).record(endorsement_id)
    if record is None or record.is_tombstone:
        raise UnknownIdError("no such endorsement is known here", advice=SYNC_ADVICE)
    if record.kind != "endorsement":
        raise RefusedError(f"that is a record of kind {record.kind}, not an endorsement")
    if record.body["subject"] != author.identity:
        raise RefusedError("that endorsement is of somebody else, and only they can show it")
    return record


async def _profile_and_shown(author: Author) -> tuple[Mapping[str, Value], tuple[RecordId, ...]]:
    profile = await own_profile(author)
    if profile is None:
        raise RefusedError("there is no profile for it to stand beside", advice="Publish a profile first.")
    return profile.body, shown_endorsements(profile.body)


async def _publish_shown(author: Author, profile: Mapping[str, Value], shown: list[RecordId]) -> Published:
    body: dict[str, Value] = {name: value for name, value in profile.items() if name != "shown"}
    if shown:
        body["shown"] = [*shown]
    return Published(await author.publish("profile", body, slot=0))

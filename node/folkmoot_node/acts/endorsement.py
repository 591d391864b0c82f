"""Speaking well of somebody, and choosing what of it stands beside one's own profile."""

from collections.abc import Mapping

from folkmoot.canonical import Value
from folkmoot.documents import ENGAGEMENT, TEAM, engagement_terms
from folkmoot.ids import DocumentId, RecordId
from folkmoot.kinds.people import SHOWN_MAX, shown_endorsements
from folkmoot.record import Record
from folkmoot.state.endorsements import Basis, EndorsementClass, derive_endorsement
from folkmoot_node.acts.profile import own_profile
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.documents import found_document
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, identity_id, identity_text, record_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_WHY_BARE = {
    Basis.NONE_NAMED: "without a team or an engagement as its basis it is class E1: shown, never counted",
    Basis.NOT_HELD: "its basis is not known here, so for now the endorsement is class E1",
    Basis.NOT_SHARED: "not both of you have a place in what it rests on, so the endorsement is class E1",
    Basis.NOT_IN_FORCE: "what it rests on no longer stands, so the endorsement is class E1",
    Basis.REPUDIATED: "one of the signatures that it rests on is repudiated, so the endorsement is class E1",
    Basis.CLOSED_FOR_CAUSE: "what it rests on was ended for cause, so the endorsement is class E1",
}


@in_turn
async def endorse(
    author: Author,
    subject: str,
    text: str,
    *,
    about: Mapping[str, object] | None = None,
    basis: str | None = None,
    milestone: int | None = None,
) -> Published:
    """Endorse somebody; on the basis of what both signed it counts, without one it is shown only.

    Args:
        author: Who speaks.
        subject: Of whom.
        text: What is said.
        about: As in the record, `skill` and `relation`: what it speaks of, and how they know each other.
        basis: A team or an engagement.
        milestone: Of that engagement, from 0, when it is about one.

    Raises:
        UnknownIdError: The person or the basis is not known here, or an id is mistyped.
        ConfigError: The basis has no such milestone.
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
    if basis_id is not None:
        _refuse_unfit_basis(await view.around(basis_id), basis_id, milestone)
    elif milestone is not None:
        raise ConfigError("a milestone is one of an engagement", advice="Name that as the basis.", rule="END-2")
    body = filled(
        **{**(about or {}), "subject": subject_id, "text": text, "basis": basis_id, "milestone": milestone}
    )
    record = await author.publish("endorsement", body)
    return Published(record, basis_id, await _worth(view, record, basis_id))


def _refuse_unfit_basis(scene: Scene, basis: DocumentId, milestone: int | None) -> None:
    document = found_document(scene, basis).document
    if document.type not in (ENGAGEMENT, TEAM):
        raise ConfigError(f"a {document.type} is no basis", advice="Name a team or an engagement.")
    if milestone is None:
        return
    milestones = len(engagement_terms(document).milestones) if document.type == ENGAGEMENT else 0
    if milestone >= milestones:
        raise ConfigError(
            f"it has no milestone {milestone}",
            advice=f"They are 0 to {milestones - 1}." if milestones else "Only engagements have milestones.",
            rule="END-2",
        )


@in_turn
async def revoke_endorsement(author: Author, endorsement: str) -> Published:
    """Take back an endorsement that one has given.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is somebody else's.
    """
    view = Viewpoint.of(author)
    record = await _endorsement(author, record_id(endorsement))
    if record.author != author.identity:
        [name] = (await view.names([record.author])).values()
        raise RefusedError(f"that endorsement is {name}'s, and only its author revokes it")
    standing = await author.store.at(record.address)
    if standing is None or standing.id != record.id:
        raise RefusedError("that endorsement was revoked before")
    return Published(await author.withdraw(record))


@in_turn
async def show_endorsement(author: Author, endorsement: str) -> Published:
    """Let an endorsement of oneself stand beside one's profile.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is of somebody else, shown already, or there is no profile to stand beside.
    """
    record = await _endorsement(author, record_id(endorsement))
    if record.body["subject"] != author.identity:
        raise RefusedError("that endorsement is of somebody else, and only they can show it")
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


async def _worth(view: Viewpoint, record: Record, basis: DocumentId | None) -> tuple[str, ...]:
    """Say of what class an endorsement is now, and why of no higher."""
    scene = await view.around(record.id, *([basis] if basis else []))
    state = derive_endorsement(scene.evidence, record, is_shown=False)
    if state.grade is EndorsementClass.E3:
        return ("a milestone that you worked on together was accepted, so the endorsement is class E3",)
    if state.grade is EndorsementClass.E2:
        why = "nothing of it is accepted yet, " if state.basis is Basis.NOTHING_ACCEPTED else ""
        return (f"both of you signed that agreement, {why}so the endorsement is class E2",)
    if basis is not None and state.basis is Basis.NOT_IN_FORCE:
        standing = found_document(scene, basis).standing.value
        return (f"what it rests on is {standing}, so for now the endorsement is class E1",)
    return (_WHY_BARE[state.basis],)


async def _endorsement(author: Author, endorsement_id: RecordId) -> Record:
    record = await Viewpoint.of(author).record(endorsement_id)
    if record is None or record.is_tombstone:
        raise UnknownIdError("no such endorsement is known here", advice=SYNC_ADVICE)
    if record.kind != "endorsement":
        raise RefusedError(f"that is a record of kind {record.kind}, not an endorsement")
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

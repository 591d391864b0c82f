"""Working under an engagement: delivering, answering a delivery, and saying what was seen."""

from collections.abc import Mapping, Sequence

from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.keys import DIGEST_BYTES
from folkmoot.record import Record
from folkmoot.state.engagement import Engagement, derive_engagement, engagement_of
from folkmoot.state.milestones import MilestoneState, MilestoneStatus
from folkmoot_node.acts.engagement import engagement_in_force
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, record_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint


@in_turn
async def deliver(
    author: Author, engagement: str, milestone: int, files: Sequence[Mapping[str, object]], *, note: str = ""
) -> Published:
    """Deliver a milestone, with what is delivered by its digests.

    Args:
        author: Who delivers.
        engagement: Under which engagement.
        milestone: Its number, from 0.
        files: For each its `sha256` in hex, and optionally `name`, `uri` and `length`; none for work without any.
        note: A word on it.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        ConfigError: There is no such milestone, or a digest is none.
        RefusedError: The owner is the client or no party, or there is nothing left to deliver.
    """
    scene, found = await engagement_in_force(author, engagement)
    state = numbered_milestone(found, milestone)
    if found.client == author.identity:
        raise RefusedError("the client does not deliver", rule="DLV-1")
    if found.ending is not None and not found.ending.is_one_sided:
        raise RefusedError("the engagement is over: all have signed so")
    if state.is_accepted:
        raise RefusedError(f"{state.terms.name} is accepted already, so there is nothing to deliver")
    evidence: list[Value] = [filled(**{**item, "sha256": _digest(item["sha256"])}) for item in files]
    body = filled(document=found.id, milestone=milestone, note=note) | {"evidence": evidence}
    record = await author.publish("delivery", body, space=scene.space_of(found.id))
    return Published(record, found.id, (_on_silence(state, has_witness=bool(found.terms.witnesses)),))


@in_turn
async def answer_delivery(
    author: Author, delivery: str, *, failed: Sequence[int] = (), note: str = ""
) -> Published:
    """Accept a delivery, or reject it for the criteria that it failed; keep a copy of what was answered.

    Raises:
        UnknownIdError: The delivery is not known here, or the id is mistyped.
        ConfigError: There is no such criterion.
        RefusedError: Only the client answers, and who has accepted cannot reject any more.
    """
    scene, found, record = await _delivery(author, delivery)
    if found.client != author.identity:
        raise RefusedError("only the client answers a delivery", rule="DLV-2")
    state = next((item for item in found.milestones if record.id in item.deliveries), None)
    if state is None:
        raise RefusedError("that delivery does not count: its milestone is not agreed on any more", rule="DLV-1")
    if failed and max(failed) >= len(state.terms.criteria):
        last = len(state.terms.criteria) - 1
        raise ConfigError(f"there is no criterion {max(failed)}: they are 0 to {last}", rule="DLV-2")
    _refuse_answered(author, scene, state, record, is_rejection=bool(failed))
    body = filled(
        delivery=record.id, verdict="reject" if failed else "accept", failed=sorted(set(failed)), note=note
    )
    published = await author.publish("review-of-delivery", body, space=scene.space_of(found.id))
    return Published(published, found.id, await exhibited(author, record))


@in_turn
async def confirm_seen(author: Author, records: Sequence[str]) -> Published:
    """Sign that one has seen records, from when on silence may count; for witnesses, and for the client.

    Raises:
        UnknownIdError: One of them is not known here, or an id is mistyped.
        ConfigError: They are in different spaces.
    """
    view = Viewpoint.of(author)
    found = [await _known(view, record_id(text), text) for text in dict.fromkeys(records)]
    if len({record.space for record in found}) > 1:
        raise ConfigError("they are in different spaces", advice="Confirm those of each space by themselves.")
    record = await author.publish("seen", filled(of=sorted(item.id for item in found)), space=found[0].space)
    notes: tuple[str, ...] = ()
    for item in found:
        notes += await _why_worthless(author, view, item)
        notes += await exhibited(author, item)
    return Published(record, notes=notes)


def numbered_milestone(found: Engagement, number: int) -> MilestoneState:
    """Return a milestone by its number, from 0.

    Raises:
        ConfigError: There is none of that number.
    """
    if not 0 <= number < len(found.milestones):
        raise ConfigError(f"there is no milestone {number}: they are 0 to {len(found.milestones) - 1}")
    return found.milestones[number]


def _on_silence(state: MilestoneState, *, has_witness: bool) -> str:
    days = f"{state.terms.accept_days} day{'' if state.terms.accept_days == 1 else 's'}"
    if state.terms.on_silence == "nothing":
        return "the client owes no answer: silence means nothing, as agreed"
    means = {"accept": "accepted", "reject": "rejected"}[state.terms.on_silence]
    since = "the client or a witness" if has_witness else "the client"
    return f"{days} after {since} has confirmed to have seen it, silence counts as {means}"


def _refuse_answered(
    author: Author, scene: Scene, state: MilestoneState, record: Record, *, is_rejection: bool
) -> None:
    name = state.terms.name
    if state.is_accepted:
        by_word = state.status is MilestoneStatus.ACCEPTED
        why = "which binds" if by_word else "by silence, as agreed"
        raise RefusedError(f"{name} is accepted already, {why}", rule="DLV-2" if by_word else "DLV-4")
    said = scene.evidence.referring("review-of-delivery", "delivery", record.id)
    if is_rejection and any(review.author == author.identity for review in said):
        raise RefusedError("you have rejected that delivery before", advice="Wait for the next one, or accept it.")


def _digest(given: object) -> bytes:
    try:
        value = bytes.fromhex(str(given))
    except ValueError:
        value = b""
    if len(value) != DIGEST_BYTES:
        raise ConfigError(f"{given} is no SHA-256 in hex")
    return value


async def _delivery(author: Author, delivery: str) -> tuple[Scene, Engagement, Record]:
    """Find a delivery, and the engagement under which it counts now."""
    view = Viewpoint.of(author)
    record = await _known(view, record_id(delivery), delivery)
    if record.kind != "delivery":
        raise RefusedError(f"{delivery} is a record of kind {record.kind}, not a delivery")
    scene = await view.around(record.id, record.targets("document")[0])
    found = engagement_of(scene.evidence, record.id)
    # A change order that all signed may have taken the place of the document that the delivery names.
    while found is not None and found.is_complete and found.superseded_by is not None:
        found = derive_engagement(scene.evidence, found.superseded_by)
    if found is None:
        raise UnknownIdError("the engagement that it delivers under is not known here", advice=SYNC_ADVICE)
    if not found.is_complete:
        raise RefusedError(f"the engagement {document_text(found.id)} is not in force: not all have signed it")
    return scene, found, record


async def _known(view: Viewpoint, wanted: RecordId, text: str) -> Record:
    record = await view.record(wanted)
    if record is None or record.is_tombstone:
        raise UnknownIdError(f"no record {text} is known here", advice=SYNC_ADVICE)
    return record


async def _why_worthless(author: Author, view: Viewpoint, record: Record) -> tuple[str, ...]:
    """Say if nothing follows from the owner's having seen a record."""
    if record.kind != "delivery":
        return ()
    scene = await view.around(record.id, record.targets("document")[0])
    found = engagement_of(scene.evidence, record.id)
    if found is None or author.identity in (found.client, *found.terms.witnesses):
        return ()
    return ("the engagement names you neither as its client nor as a witness, so silence does not count from it",)

"""Working under an engagement: delivering, answering, saying what was seen, sent and received."""

from collections.abc import Mapping, Sequence

from folkmoot.ids import RecordId
from folkmoot.record import Record
from folkmoot.state.engagement import Engagement, engagement_of
from folkmoot.state.milestones import MilestoneState
from folkmoot_node.acts.engagement import engagement_in_force
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, record_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint


@in_turn
async def deliver(
    author: Author, engagement: str, milestone: int, evidence: Sequence[Mapping[str, object]], *, note: str = ""
) -> Published:
    """Deliver a milestone, with what is delivered by its digests.

    Args:
        author: Who delivers.
        engagement: Under which engagement.
        milestone: Its number, from 0.
        evidence: For each file its `sha256` in hex, and optionally `name`, `uri` and `length`.
        note: A word on it.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        ConfigError: There is no such milestone, or a digest is none.
        RefusedError: The owner is the client or no party, or the milestone is accepted already.
    """
    scene, found = await engagement_in_force(author, engagement)
    state = _milestone(found, milestone)
    if found.client == author.identity:
        raise RefusedError("the client does not deliver", rule="DLV-1")
    if state.is_accepted:
        raise RefusedError(f"{state.terms.name} is accepted already, so there is nothing to deliver")
    files = [{**item, "sha256": _digest(item["sha256"])} for item in evidence]
    body = filled(document=found.id, milestone=milestone, evidence=files, note=note)
    # `filled` leaves out nothing that is 0, so the first milestone keeps its number.
    return Published(await author.publish("delivery", body, space=scene.space_of(found.id)), found.id)


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
    state = _milestone(found, int(str(record.body["milestone"])))
    if found.client != author.identity:
        raise RefusedError("only the client answers a delivery", rule="DLV-2")
    if failed and max(failed) >= len(state.terms.criteria):
        last = len(state.terms.criteria) - 1
        raise ConfigError(f"there is no criterion {max(failed)}: they are 0 to {last}", rule="DLV-2")
    if state.is_accepted:
        raise RefusedError(f"{state.terms.name} is accepted already, which binds", rule="DLV-2")
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
    """
    view = Viewpoint.of(author)
    found = [await _known(view, record_id(text), text) for text in dict.fromkeys(records)]
    body = filled(of=sorted(record.id for record in found))
    return Published(await author.publish("seen", body, space=found[0].space))


@in_turn
async def confirm_payment(
    author: Author, engagement: str, milestone: int, amount_minor: int, *, payee: int | None = None, note: str = ""
) -> Published:
    """Say that money was sent, as the client, or received, as who works; only the latter proves anything.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        ConfigError: There is no such milestone or party.
        RefusedError: The owner is no party.
    """
    scene, found = await engagement_in_force(author, engagement)
    state = _milestone(found, milestone)
    is_client = found.client == author.identity
    if payee is not None and (not is_client or payee not in {payment.place for payment in state.payments}):
        raise ConfigError("a payee is named by the client, and is a party with a share")
    body = filled(
        document=found.id,
        milestone=milestone,
        way="sent" if is_client else "received",
        amount_minor=amount_minor,
        currency=found.terms.currency,
        payee=payee,
        note=note,
    )
    record = await author.publish("payment", body, space=scene.space_of(found.id))
    return Published(record, found.id, ("only the payee's own receipt shows that it came",) if is_client else ())


def _milestone(found: Engagement, number: int) -> MilestoneState:
    if not 0 <= number < len(found.milestones):
        raise ConfigError(f"there is no milestone {number}: they are 0 to {len(found.milestones) - 1}")
    return found.milestones[number]


def _digest(given: object) -> bytes:
    try:
        value = bytes.fromhex(str(given))
    except ValueError as error:
        raise ConfigError(f"{given} is no SHA-256 in hex") from error
    if len(value) != 32:  # noqa: PLR2004 - of a SHA-256
        raise ConfigError(f"{given} is no SHA-256 in hex")
    return value


async def _delivery(author: Author, delivery: str) -> tuple[Scene, Engagement, Record]:
    view = Viewpoint.of(author)
    record = await _known(view, record_id(delivery), delivery)
    if record.kind != "delivery":
        raise RefusedError(f"{delivery} is a record of kind {record.kind}, not a delivery")
    scene = await view.around(record.id, record.targets("document")[0])
    found = engagement_of(scene.evidence, record.id)
    if found is None or not found.is_complete:
        raise UnknownIdError("the engagement that it delivers under is not known here", advice=SYNC_ADVICE)
    return scene, found, record


async def _known(view: Viewpoint, wanted: RecordId, text: str) -> Record:
    record = await view.record(wanted)
    if record is None or record.is_tombstone:
        raise UnknownIdError(f"no record {text} is known here", advice=SYNC_ADVICE)
    return record

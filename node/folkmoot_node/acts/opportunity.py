"""Calling for proposals, saying more, and closing a call."""

from collections.abc import Mapping, Sequence
from typing import cast

from folkmoot.canonical import Value
from folkmoot.kinds.work import read_opportunity
from folkmoot.limits import DAY_MS, INTEGER_MAX
from folkmoot.record import day_of
from folkmoot.rules import COMMONS
from folkmoot.state.opportunity import BidStatus, OpportunityState, OpportunityStatus
from folkmoot_node.acts.parentage import found_above, refuse_unfit, taken_over
from folkmoot_node.acts.profile import Imported
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.importing import read_posting
from folkmoot_node.views.naming import record_id
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.tenders import is_listed
from folkmoot_node.views.viewpoint import Scene, Viewpoint

DECIDE_DAYS = 14
"""Days after bids close in which the client decides, unless another moment is given."""


@in_turn
async def publish_opportunity(
    author: Author, fields: Mapping[str, object], *, space: str | None = None
) -> Published:
    """Publish a call for proposals.

    Args:
        author: Who calls.
        fields: The body by its field names; `decide_by` may be left out. The opportunity in `parent` is in text,
            and brings its clauses and moments along.
        space: Where it lives, and bids on it as well; where its parent lives, or `commons`, when left out.

    Raises:
        UnknownIdError: The parent is not known here, or its id is mistyped.
        ConfigError: Bids close in the past.
        RefusedError: Bids close after the decision, the body breaks a rule of its kind, or the parent does not
            allow it.
    """
    parent = cast("Mapping[str, str] | None", fields.get("parent"))
    body = filled(**{name: value for name, value in fields.items() if name != "parent"})
    if parent is None:
        _complete(author, body)
        return Published(await author.publish("opportunity", body, space=space or COMMONS))
    above = await found_above(Viewpoint.of(author), parent["opportunity"])
    body = taken_over(body, above, seat=parent["seat"])
    _complete(author, body, latest_ms=read_opportunity(above.record).decide_by)
    refuse_unfit(above.evidence, body)
    record = await author.publish("opportunity", body, space=space or above.record.space)
    return Published(record, notes=await exhibited(author, above.record))


@in_turn
async def revise_opportunity(author: Author, opportunity: str, fields: Mapping[str, object]) -> Published:
    """Publish a new version of one's own call for proposals; bids on the versions before stay.

    Args:
        author: Whose it is.
        opportunity: Which one.
        fields: What of the body is another from now on.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        ConfigError: Nothing would change, or bids close in the past.
        RefusedError: It is somebody else's, is over, or the version breaks a rule.
    """
    scene, state = await standing_opportunity(Viewpoint.of(author), record_id(opportunity))
    _refuse_others(author, scene, state)
    if state.status not in (OpportunityStatus.OPEN, OpportunityStatus.CLOSED_TO_BIDS):
        raise RefusedError(f"the opportunity is over: {state.status.value}", advice="Publish a new one.")
    if is_listed(scene.evidence, state):
        raise RefusedError("the sealed bids on it are listed already, so nothing about it changes any more")
    changed = filled(**fields)
    if not changed:
        raise ConfigError("nothing about the opportunity would change", advice="Give at least one field.")
    if "bids_close" in changed:
        _refuse_past(author, cast("int", changed["bids_close"]))
    body = {**state.latest.body, **changed, "revises": state.latest.id}
    refuse_unfit(scene.evidence, body)
    record = await author.publish("opportunity", body, space=state.latest.space, slot=state.latest.slot)
    bids = sum(bid.status is BidStatus.STANDING for bid in state.bids)
    stay = f"{bids} standing bid{'s name' if bids > 1 else ' names'} a version before, and stand{'s' * (bids == 1)}"
    return Published(record, notes=(stay,) if bids else ())


@in_turn
async def import_posting(
    author: Author,
    data: bytes,
    *,
    closes_ms: int | None = None,
    roles: Sequence[str] = (),
    dry_run: bool = False,
) -> Imported:
    """Publish a call for proposals from a schema.org JobPosting.

    Args:
        author: Who calls.
        data: The file.
        closes_ms: When bids close, instead of what the posting says.
        roles: The roles sought, each as `title:seats:skill,skill`, instead of the one that the posting names.
        dry_run: Only show what would be published.

    Raises:
        FileError: It is no posting.
        ConfigError: Bids close in the past, or a role is not written as it should be.
        RefusedError: It does not say when bids close, or breaks a rule.
    """
    read = read_posting(data, now_ms=author.clock.now_ms(), closes_ms=closes_ms)
    body = {**read.body, **filled(roles=[_role(text) for text in roles])}
    if "bids_close" not in body:
        raise RefusedError("the posting does not say when it closes", advice="Say when bids close with --closes.")
    _complete(author, body)
    if dry_run:
        return Imported(None, read.left_out, read.notes, body)
    published = Published(await author.publish("opportunity", body), notes=read.notes)
    return Imported(published, read.left_out, read.notes, body)


@in_turn
async def close_opportunity(author: Author, opportunity: str, *, reason: str, note: str = "") -> Published:
    """Withdraw one's own call for proposals, saying why.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is somebody else's, or has been awarded or closed already.
    """
    view = Viewpoint.of(author)
    scene, state = await standing_opportunity(view, record_id(opportunity))
    _refuse_others(author, scene, state)
    if state.status in (OpportunityStatus.AWARDED, OpportunityStatus.CONTESTED):
        raise RefusedError("the opportunity has been awarded, and an award cannot be taken back", rule="STA-2")
    if state.status is OpportunityStatus.WITHDRAWN:
        raise RefusedError("the opportunity is closed already")
    closed = filled(reason=reason, note=note)
    body = {**state.latest.body, "revises": state.latest.id, "closed": closed}
    record = await author.publish("opportunity", body, space=state.latest.space, slot=state.latest.slot)
    return Published(record)


def _role(text: str) -> dict[str, object]:
    """Read a role as people write it on one line; `+` marks a skill that is preferred, `~` one of no matter."""
    title, _, rest = text.partition(":")
    seats, _, skills = rest.partition(":")
    if not title.strip() or not (seats.strip() or "1").isdecimal():
        raise ConfigError(
            f"{text!r} is no role", advice="Write title:seats:skill,skill, such as editor:1:subtitles,+dubbing."
        )
    labels = [label.strip() for label in skills.split(",") if label.strip()]
    return {
        "title": title,
        "seats": int(seats.strip() or "1"),
        "skills": [label for label in labels if label[0] not in "+~"],
        "prefer": [label[1:] for label in labels if label.startswith("+")],
        "indifferent": [label[1:] for label in labels if label.startswith("~")],
    }


def _refuse_others(author: Author, scene: Scene, state: OpportunityState) -> None:
    if state.client != author.identity:
        raise RefusedError(f"that opportunity is {scene.name(state.client)}'s", rule="STA-1")


def _complete(author: Author, body: dict[str, Value], *, latest_ms: int = INTEGER_MAX) -> None:
    """Check the deadlines of an opportunity and fill in the moment to decide, which is no later than given."""
    bids_close = cast("int", body["bids_close"])
    _refuse_past(author, bids_close)
    body.setdefault("decide_by", min(bids_close + DECIDE_DAYS * DAY_MS, max(bids_close, latest_ms)))


def _refuse_past(author: Author, bids_close: int) -> None:
    now_ms = author.clock.now_ms()
    if bids_close <= now_ms:
        days = day_of(now_ms) - day_of(bids_close)
        ago = f"{days} days ago" if days > 1 else "already"
        raise ConfigError(f"the moment when bids close passed {ago}", advice="Give a moment in the future.")

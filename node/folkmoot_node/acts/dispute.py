"""Disagreeing in the open: a dispute is opened, answered, taken by the named resolver, found on, and settled."""

from folkmoot.agreement import Party, Proposal
from folkmoot.documents import SETTLEMENT
from folkmoot.ids import IdentityId, IdPrefix, RecordId
from folkmoot.record import Record
from folkmoot.state.disputes import DisputeState, DisputeStatus
from folkmoot.state.engagement import Engagement, engagement_of
from folkmoot_node.acts.delivery import numbered_milestone
from folkmoot_node.acts.drafts import last_moment, publish_draft
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.disputes import standing_dispute
from folkmoot_node.views.naming import SYNC_ADVICE, any_id, record_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_OVER = frozenset({DisputeStatus.SETTLED, DisputeStatus.WITHDRAWN, DisputeStatus.VOID})
_CLAIMS = frozenset({"endorsement", "review"})
_VERBS = {"reply": "reply to it", "withdraw": "withdraw it", "take": "take it", "finding": "find on it"}


@in_turn
async def open_dispute(
    author: Author, about: str, text: str, *, milestone: int | None = None, asks: str = ""
) -> Published:
    """Dispute something under an engagement of one's own, or what somebody says of oneself; keep a copy of it.

    Raises:
        UnknownIdError: What it is about is not known here, or the id is mistyped.
        ConfigError: The id names a person, or there is no such milestone.
        RefusedError: The owner has no standing in it.
    """
    prefix, target = any_id(about)
    if prefix is IdPrefix.IDENTITY:
        raise ConfigError("a dispute is about what was said or signed, not about a person")
    scene = await Viewpoint.of(author).around(target)
    engagement = engagement_of(scene.evidence, target)
    record = scene.evidence.counted.get(RecordId(target))
    if engagement is not None:
        _refuse_no_party(author, engagement)
        if milestone is not None:
            numbered_milestone(engagement, milestone)
        space = scene.space_of(engagement.id)
    else:
        space = _claim_about(author, record, about).space
    body = filled(about=target, text=text, milestone=milestone, asks=asks)
    published = await author.publish("dispute", body, space=space)
    return Published(published, notes=await exhibited(author, record) if record is not None else ())


@in_turn
async def take_step(author: Author, dispute: str, *, word: str, text: str = "", reason: str = "") -> Published:
    """Reply to a dispute, withdraw it, take it, or say what one finds; keep a copy of it.

    Raises:
        UnknownIdError: The dispute is not known here, or the id is mistyped.
        RefusedError: The step is not the owner's to make, comes too early, or the dispute is over.
    """
    scene, state = await _open(author, dispute)
    resolver = _resolver(scene, state)
    entitled = {
        "reply": author.identity in _others(scene, state),
        "withdraw": author.identity == state.by,
        "take": author.identity == resolver,
        "finding": author.identity == resolver,
    }
    if not entitled[word]:
        raise RefusedError(f"it is not yours to {_VERBS[word]}", rule="DSP-2")
    has_taken = any(scene.evidence.counted[step].body["step"] == "take" for step in state.steps)
    if word == "take" and has_taken:
        raise RefusedError("you have taken it before")
    if word == "finding" and not has_taken:
        raise RefusedError("nobody finds on a dispute before having taken it", advice="Take it.", rule="DSP-2")
    record = scene.evidence.counted[state.id]
    body = filled(dispute=state.id, step=word, text=text, reason=reason)
    published = await author.publish("dispute-step", body, space=record.space)
    return Published(published, notes=await exhibited(author, record))


@in_turn
async def settle_dispute(author: Author, dispute: str, text: str) -> Published:
    """Draft a settlement for both sides to sign, and sign it.

    Raises:
        UnknownIdError: The dispute is not known here, or the id is mistyped.
        RefusedError: The owner is no side of it, or it is over.
    """
    scene, state = await _open(author, dispute)
    sides = _others(scene, state) | {state.by}
    if author.identity not in sides:
        raise RefusedError("you are no side of it", rule="DSP-3")
    engagement = engagement_of(scene.evidence, state.about)
    proposal = Proposal(
        type=SETTLEMENT,
        drafter=author.identity,
        drafted=author.clock.now_ms(),
        accept_by=last_moment(author, None),
        parties=tuple(Party("party", side) for side in sorted(sides)),
        terms=filled(dispute=state.id, text=text, engagement=engagement.id if engagement else None),
    )
    document = author.draft(proposal)
    record = await publish_draft(author, document, scene.evidence.counted[state.id].space)
    return Published(record, document.id, ("it settles the dispute once every side has signed this document",))


def _refuse_no_party(author: Author, engagement: Engagement) -> None:
    if not engagement.is_complete:
        raise RefusedError("not all have signed that engagement, so there is nothing to dispute", rule="DSP-1")
    if author.identity not in engagement.parties:
        raise RefusedError("you are no party to that engagement", rule="DSP-1")


def _claim_about(author: Author, claim: Record | None, about: str) -> Record:
    """Return the endorsement or review that somebody has written of the owner."""
    if claim is None:
        raise UnknownIdError(f"nothing that could be disputed is known here as {about}", advice=SYNC_ADVICE)
    if claim.kind not in _CLAIMS:
        raise RefusedError(f"a {claim.kind} that is under no engagement cannot be disputed", rule="DSP-1")
    if claim.body["subject"] != author.identity:
        raise RefusedError(f"that {claim.kind} does not speak of you", rule="DSP-1")
    return claim


async def _open(author: Author, dispute: str) -> tuple[Scene, DisputeState]:
    """Find a dispute that is not over."""
    scene, state = await standing_dispute(Viewpoint.of(author), record_id(dispute))
    if state.status in _OVER:
        raise RefusedError(f"the dispute is {state.status.value}")
    return scene, state


def _others(scene: Scene, state: DisputeState) -> frozenset[IdentityId]:
    """Return whom a dispute is with."""
    engagement = engagement_of(scene.evidence, state.about)
    if engagement is not None:
        return engagement.parties - {state.by}
    return frozenset({scene.evidence.counted[RecordId(state.about)].author})


def _resolver(scene: Scene, state: DisputeState) -> IdentityId | None:
    engagement = engagement_of(scene.evidence, state.about)
    return engagement.terms.resolver if engagement is not None else None

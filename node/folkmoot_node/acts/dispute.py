"""Disagreeing in the open: a dispute is opened, answered, taken by the named resolver, found on, and settled."""

from folkmoot.agreement import Party, Proposal
from folkmoot.documents import SETTLEMENT
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.state.disputes import DisputeState, DisputeStatus, derive_dispute
from folkmoot.state.engagement import Engagement, engagement_of
from folkmoot_node.acts.engagement import ACCEPT_DAYS
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.team import signed_seats
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, any_id, record_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_OVER = frozenset({DisputeStatus.SETTLED, DisputeStatus.WITHDRAWN, DisputeStatus.VOID})
_CLAIMS = frozenset({"endorsement", "review"})


@in_turn
async def open_dispute(
    author: Author, about: str, text: str, *, milestone: int | None = None, asks: str = ""
) -> Published:
    """Dispute something under an engagement of one's own, or what somebody says of oneself.

    Raises:
        UnknownIdError: What it is about is not known here, or the id is mistyped.
        RefusedError: The owner has no standing in it.
    """
    _prefix, target = any_id(about)
    scene = await Viewpoint.of(author).around(target)
    engagement = engagement_of(scene.evidence, target)
    claim = scene.evidence.counted.get(target)  # type: ignore[call-overload]
    if engagement is None and (claim is None or claim.kind not in _CLAIMS):
        raise UnknownIdError(
            f"no engagement, delivery, endorsement or review {about} is known here", advice=SYNC_ADVICE
        )
    _refuse_outsider(author, engagement, claim)
    body = filled(about=target, text=text, milestone=milestone, asks=asks)
    space = scene.space_of(engagement.id) if engagement is not None else claim.space
    return Published(await author.publish("dispute", body, space=space))


def _refuse_outsider(author: Author, engagement: Engagement | None, claim: Record | None) -> None:
    is_party = engagement is not None and engagement.is_complete and author.identity in engagement.parties
    is_subject = engagement is None and claim is not None and claim.body["subject"] == author.identity
    if not is_party and not is_subject:
        raise RefusedError("you are neither a party to it nor who it speaks of", rule="DSP-1")


@in_turn
async def step(author: Author, dispute: str, *, word: str, text: str = "", reason: str = "") -> Published:
    """Reply to a dispute, withdraw it, take it, or say what one finds.

    Raises:
        UnknownIdError: The dispute is not known here, or the id is mistyped.
        RefusedError: The step is not the owner's to make, or the dispute is over.
    """
    scene, state = await _standing(author, dispute)
    resolver = _resolver(scene, state)
    allowed = {
        "withdraw": author.identity == state.by,
        "take": author.identity == resolver,
        "finding": author.identity == resolver and state.status is not DisputeStatus.OPEN,
        "reply": author.identity not in (state.by, resolver),
    }
    if not allowed[word]:
        raise RefusedError(f"it is not yours to {_VERBS[word]}", rule="DSP-2")
    body = filled(dispute=state.id, step=word, text=text, reason=reason)
    return Published(await author.publish("dispute-step", body, space=scene.evidence.counted[state.id].space))


_VERBS = {
    "withdraw": "withdraw it",
    "take": "take it",
    "finding": "find on it before it is taken",
    "reply": "reply to it",
}


@in_turn
async def settle(author: Author, dispute: str, text: str) -> Published:
    """Draft a settlement for both sides to sign, and sign it.

    Raises:
        UnknownIdError: The dispute is not known here, or the id is mistyped.
        RefusedError: The owner is no side of it, or it is over.
    """
    scene, state = await _standing(author, dispute)
    engagement = engagement_of(scene.evidence, state.about)
    claim = scene.evidence.counted.get(state.about)  # type: ignore[call-overload]
    sides = engagement.parties if engagement is not None else frozenset({state.by, claim.author})
    if author.identity not in sides:
        raise RefusedError("you are no side of it", rule="DSP-3")
    now_ms = author.clock.now_ms()
    proposal = Proposal(
        type=SETTLEMENT,
        drafter=author.identity,
        drafted=now_ms,
        accept_by=now_ms + ACCEPT_DAYS * DAY_MS,
        parties=tuple(Party("party", side) for side in sorted(sides)),
        terms=filled(dispute=state.id, text=text, engagement=engagement.id if engagement else None),
    )
    document = author.draft(proposal)
    space = scene.evidence.counted[state.id].space
    acceptances = await signed_seats(author, document, document.indices_of(author.identity))
    record = await author.publish("draft", {"document": document.data}, space=space)
    for acceptance in acceptances:
        await author.publish("accept", acceptance, space=space)
    return Published(record, document.id, ("it settles the dispute once every side has signed this document",))


async def _standing(author: Author, dispute: str) -> tuple[Scene, DisputeState]:
    view = Viewpoint.of(author)
    wanted = record_id(dispute)
    record = await view.record(wanted)
    if record is None or record.kind != "dispute" or record.is_tombstone:
        raise UnknownIdError(f"no dispute {dispute} is known here", advice=SYNC_ADVICE)
    scene = await view.around(wanted, record.targets("about")[0])
    state = derive_dispute(scene.evidence, wanted)
    assert state is not None, "the record is held"
    if state.status in _OVER:
        raise RefusedError(f"the dispute is {state.status.value}")
    return scene, state


def _resolver(scene: Scene, state: DisputeState) -> bytes | None:
    engagement = engagement_of(scene.evidence, state.about)
    return engagement.terms.resolver if engagement is not None else None

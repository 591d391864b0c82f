"""Asking about an opportunity, and answering for all bidders to read."""

from folkmoot.state.opportunity import OpportunityState, OpportunityStatus
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, record_id, record_text
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.viewpoint import Viewpoint

_OVER = frozenset({OpportunityStatus.LAPSED, OpportunityStatus.WITHDRAWN})


@in_turn
async def ask(author: Author, opportunity: str, text: str) -> Published:
    """Ask the client of an opportunity something, in public.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is the author's own, or over.
    """
    _scene, state = await standing_opportunity(Viewpoint.of(author), record_id(opportunity))
    if state.client == author.identity:
        raise RefusedError(
            "that opportunity is yours, so there is nobody to ask",
            advice="Say more about it with `folkmoot opportunity clarify`.",
        )
    _refuse_over(state)
    body = filled(opportunity=state.latest.id, text=text)
    return Published(await author.publish("question", body, space=state.latest.space))


@in_turn
async def clarify(author: Author, opportunity: str, text: str, *, question: str | None = None) -> Published:
    """Say more about one's opportunity, to all bidders at once, and keep a copy of the question that it answers.

    Raises:
        UnknownIdError: The opportunity or the question is not known here, or an id is mistyped.
        RefusedError: The opportunity is somebody else's, or over, or the question is about another one.
    """
    view = Viewpoint.of(author)
    scene, state = await standing_opportunity(view, record_id(opportunity))
    if state.client != author.identity:
        raise RefusedError(
            f"that opportunity is {scene.name(state.client)}'s, and only its client clarifies it",
            advice="Ask with `folkmoot opportunity ask`.",
            rule="STA-5",
        )
    _refuse_over(state)
    asked = None
    if question:
        asked = await view.record(record_id(question))
        if asked is None or asked.is_tombstone:
            raise UnknownIdError(f"no question {question} is known here", advice=SYNC_ADVICE)
        if asked.id not in state.questions:
            raise RefusedError(f"{record_text(asked.id)} asks nothing about that opportunity")
    body = filled(opportunity=state.latest.id, text=text, question=asked.id if asked else None)
    record = await author.publish("clarification", body, space=state.latest.space)
    return Published(record, notes=await exhibited(author, asked) if asked else ())


def _refuse_over(state: OpportunityState) -> None:
    if state.status in _OVER:
        raise RefusedError(f"the opportunity is over: {state.status.value}")

"""Ending an engagement: together, by a document that all sign, or alone, by saying so."""

from folkmoot.agreement import Proposal
from folkmoot.documents import CLOSING, CLOSING_WORDS
from folkmoot.state.engagement import Engagement
from folkmoot.state.lineage import Standing, lineage_of
from folkmoot_node.acts.drafts import last_moment, publish_draft
from folkmoot_node.acts.engagement import engagement_in_force
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.views.documents import offers_about
from folkmoot_node.views.viewpoint import Scene

_ALONE = "everybody sees that you alone have said so"
_TOGETHER = "it ends the engagement once every party has signed this document"


@in_turn
async def close_engagement(
    author: Author, engagement: str, *, way: str, alone: bool = False, note: str = ""
) -> Published:
    """End an engagement: `completed` and `mutual` by a document for all to sign, anything else alone.

    Args:
        author: Who ends it.
        engagement: Which.
        way: How it ends.
        alone: Say `completed` without asking the others to sign.
        note: A word on it.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        ConfigError: Nobody alone says that all agree.
        RefusedError: It is not in force, the owner is no party, or it has been said before.
    """
    scene, found = await engagement_in_force(author, engagement)
    _refuse_said(author, found, way)
    space = scene.space_of(found.id)
    if alone and way == "mutual":
        raise ConfigError("nobody can say alone that all agree", advice="Leave out that you close it alone.")
    if alone or way not in CLOSING_WORDS:
        body = filled(document=found.id, way=way, note=note)
        return Published(await author.publish("closing", body, space=space), found.id, (_ALONE,))
    _refuse_offered(scene, found, way)
    proposal = Proposal(
        type=CLOSING,
        drafter=author.identity,
        drafted=author.clock.now_ms(),
        accept_by=last_moment(author, None),
        parties=found.document.parties,
        terms=filled(engagement=found.id, way=way, text=note),
    )
    document = author.draft(proposal)
    record = await publish_draft(author, document, space)
    unaccepted = [item.terms.name for item in found.milestones if not item.is_accepted]
    open_still = (f"not accepted yet: {', '.join(unaccepted)}",) if unaccepted and way == "completed" else ()
    return Published(record, document.id, (_TOGETHER, *open_still))


def _refuse_said(author: Author, found: Engagement, way: str) -> None:
    if found.ending is not None and not found.ending.is_one_sided:
        raise RefusedError("all have signed the end of that engagement already")
    if any(ending.by == (author.identity,) and ending.way == way for ending in found.endings):
        raise RefusedError("you have said so before")


def _refuse_offered(scene: Scene, found: Engagement, way: str) -> None:
    """Refuse a second closing beside one that waits: each would have half of the signatures."""
    for name in sorted(lineage_of(scene.evidence, found.id)):
        for offer in offers_about(scene, "engagement", name):
            if (offer["type"], offer["way"], offer["status"]) == (CLOSING, way, Standing.OFFERED.value):
                raise RefusedError(
                    f"{offer['drafter_name']} has offered the same closing, and it waits for signatures",
                    advice=f"Sign that one: `folkmoot engagement sign {offer['id']}`.",
                )

"""The client's answers to bids: `award` and `decline`."""

from folkmoot.state.opportunity import BidState, BidStatus, OpportunityState, OpportunityStatus
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.views.naming import record_text
from folkmoot_node.views.opportunities import standing_bid
from folkmoot_node.views.viewpoint import Scene, Viewpoint


@in_turn
async def publish_award(author: Author, bid: str, *, note: str = "") -> Published:
    """Award one's opportunity to a bid, and keep a copy of the bid.

    Raises:
        UnknownIdError: The bid is not known here, or the id is mistyped.
        RefusedError: The bid is on somebody else's opportunity or stands no longer, or the award is made already.
    """
    scene, state, found = await standing_bid(Viewpoint.of(author), bid)
    _refuse_unawardable(author, scene, state, found)
    body = filled(opportunity=found.record.body["opportunity"], bid=found.id, note=note)
    record = await author.publish("award", body, space=found.record.space)
    return Published(record, found.team, await exhibited(author, found.record))


@in_turn
async def publish_decline(author: Author, bid: str, *, reason: str, note: str = "") -> Published:
    """Tell a bidder that their bid is not taken, and why.

    Raises:
        UnknownIdError: The bid is not known here, or the id is mistyped.
        RefusedError: The bid is on somebody else's opportunity, was awarded or declined already.
    """
    scene, state, found = await standing_bid(Viewpoint.of(author), bid)
    _refuse_others(author, scene, state)
    if found.status is BidStatus.AWARDED:
        raise RefusedError("the bid has been awarded, and an award cannot be taken back", rule="STA-2")
    if found.status is BidStatus.DECLINED:
        raise RefusedError("the bid was declined before")
    body = filled(bid=found.id, reason=reason, note=note)
    return Published(await author.publish("decline", body, space=found.record.space), found.team)


def _refuse_others(author: Author, scene: Scene, state: OpportunityState) -> None:
    if state.client != author.identity:
        raise RefusedError(
            f"that bid answers an opportunity of {scene.name(state.client)}'s, and only its client decides on it",
            rule="STA-1",
        )


def _refuse_unawardable(author: Author, scene: Scene, state: OpportunityState, found: BidState) -> None:
    _refuse_others(author, scene, state)
    if state.awards:
        awarded = record_text(state.award) if state.award else "more than one bid"
        raise RefusedError(
            f"the opportunity has been awarded to {awarded}, and a second award would cancel both",
            advice="Agree with the bidder before anything else.",
            rule="STA-2",
        )
    if state.status is OpportunityStatus.WITHDRAWN:
        raise RefusedError("the opportunity was withdrawn", advice="Publish it anew to award it.")
    match found.status:
        case BidStatus.VOID:
            raise RefusedError("the bid does not count", advice="Ask the bidder for a valid one.", rule=found.rule)
        case BidStatus.WITHDRAWN:
            raise RefusedError("the bid was withdrawn by its bidder", advice="Ask for a new one.")
        case BidStatus.EXPIRED:
            raise RefusedError("the bid stands no longer: its last moment passed", advice="Ask for a new one.")
        case _:
            return

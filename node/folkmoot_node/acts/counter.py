"""Saying what one would rather have: the client to a bidder, a party of a document to whoever drafted it.

A counter binds nobody. It takes effect when the other side says the same, in a bid that adopts it or a document.
"""

from collections.abc import Mapping

from folkmoot.record import Record
from folkmoot.state.opportunity import BidStatus, OpportunityState, OpportunityStatus
from folkmoot_node.acts.published import Published, exhibited, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, document_text, record_id, record_text
from folkmoot_node.views.opportunities import standing_bid
from folkmoot_node.views.teams import found_team
from folkmoot_node.views.viewpoint import Viewpoint

_OVER = {
    BidStatus.VOID: "does not count",
    BidStatus.WITHDRAWN: "was withdrawn by its bidder",
    BidStatus.EXPIRED: "stands no longer",
    BidStatus.AWARDED: "has been awarded, so it binds as it is",
}


@in_turn
async def counter_bid(
    author: Author, bid: str, *, text: str, price: Mapping[str, object] | None = None
) -> Published:
    """Tell a bidder what one would rather have, and keep a copy of the bid.

    Raises:
        UnknownIdError: The bid is not known here, or the id is mistyped.
        RefusedError: It is on somebody else's opportunity, or is over; or bids are closed, so nobody can adopt it.
    """
    scene, state, found = await standing_bid(Viewpoint.of(author), bid)
    if state.client != author.identity:
        raise RefusedError(
            f"that bid answers an opportunity of {scene.name(state.client)}'s, and only its client counters it"
        )
    if found.status in _OVER:
        raise RefusedError(f"the bid {_OVER[found.status]}", rule=found.rule)
    if state.status is not OpportunityStatus.OPEN:
        raise RefusedError(
            "bids are closed, so no new bid can adopt a counter",
            advice="Let bids close later with `folkmoot opportunity revise`, or agree on it in the engagement.",
            rule="BID-2",
        )
    body = filled(bid=found.id, text=text, price=price)
    record = await author.publish("counter", body, space=found.record.space)
    return Published(record, found.team, await exhibited(author, found.record))


@in_turn
async def counter_document(
    author: Author, document: str, *, text: str, seat: int | None = None, share: int | None = None
) -> Published:
    """Tell the parties of a team offer what one would rather have in it.

    Raises:
        UnknownIdError: The offer is not known here, or the id is mistyped.
        ConfigError: There is no such seat.
        RefusedError: The author has no seat in it, or a newer one took its place.
    """
    scene = await Viewpoint.of(author).around(document_id(document))
    team = found_team(scene, document_id(document))
    if author.identity not in (*team.members, team.document.drafter):
        raise RefusedError("you have no seat in that offer; apply for an open one with `folkmoot team apply`")
    if team.superseded_by is not None:
        raise RefusedError(
            "a newer document took its place", advice=f"Counter {document_text(team.superseded_by)} instead."
        )
    if seat is not None and not 0 <= seat < len(team.seats):
        raise ConfigError(f"there is no seat {seat}: the offer has seats 0 to {len(team.seats) - 1}")
    body = filled(document=team.id, text=text, party=seat, share=share)
    return Published(await author.publish("counter", body, space=scene.space_of(team.id)), team.id)


async def adopted(
    author: Author, view: Viewpoint, state: OpportunityState, counter: str, price: Mapping[str, object]
) -> Record:
    """Find the counter that a new bid adopts: the client's, to a bid of one's own on the same opportunity.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is no such counter, or names another price.
    """
    found = await view.record(record_id(counter))
    if found is None or found.is_tombstone:
        raise UnknownIdError(f"no counter {counter} is known here", advice=SYNC_ADVICE)
    own = {bid.id for bid in state.bids if bid.bidder == author.identity}
    if found.kind != "counter" or found.author != state.client or not own & set(found.targets("bid")):
        raise RefusedError(f"{record_text(found.id)} is no counter by the client to a bid of yours")
    if "price" in found.body and found.body["price"] != dict(price):
        raise RefusedError(
            "the counter names another price than this bid",
            advice="To adopt it, bid at its price; or bid without naming it.",
        )
    return found

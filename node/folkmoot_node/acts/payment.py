"""Money under an engagement: the client says what was sent, and each payee what has come."""

from typing import NamedTuple

from folkmoot.canonical import Value
from folkmoot.state.engagement import Engagement
from folkmoot.state.milestones import MilestoneState, PaymentState, PaymentStatus
from folkmoot_node.acts.delivery import numbered_milestone
from folkmoot_node.acts.engagement import engagement_in_force
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.views.viewpoint import Scene


class Money(NamedTuple):
    """An amount in minor units, and its currency."""

    amount_minor: int
    currency: str


_CLAIMED = "only the payee's own receipt shows that it came"


@in_turn
async def claim_sent(
    author: Author,
    engagement: str,
    milestone: int,
    *,
    money: Money | None = None,
    payee: int | None = None,
    note: str = "",
) -> Published:
    """Say as the client that money was sent to a payee; it proves nothing, and lets the payee look.

    Args:
        author: The client.
        engagement: Under which engagement.
        milestone: For which milestone, from 0.
        money: How much; what has not come yet when left out.
        payee: The place of whom it was sent to; may be left out where there is but one.
        note: A word on it.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        ConfigError: There is no such milestone or payee, or it is another currency.
        RefusedError: The owner is not the client.
    """
    scene, found = await engagement_in_force(author, engagement)
    if found.client != author.identity:
        raise RefusedError("only the client says that money was sent", rule="PMT-1")
    state = numbered_milestone(found, milestone)
    due = _payee(scene, found, state, payee)
    body = _body(found, milestone, due, money) | filled(way="sent", payee=due.place, note=note)
    return Published(await author.publish("payment", body, space=scene.space_of(found.id)), found.id, (_CLAIMED,))


@in_turn
async def confirm_received(
    author: Author, engagement: str, milestone: int, *, money: Money | None = None, note: str = ""
) -> Published:
    """Say as a payee that money came; this alone shows that it did, and cannot be taken back.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        ConfigError: There is no such milestone, or it is another currency.
        RefusedError: Nothing is due to the owner, or all of it came already.
    """
    scene, found = await engagement_in_force(author, engagement)
    state = numbered_milestone(found, milestone)
    due = next((payment for payment in state.payments if payment.payee == author.identity), None)
    if due is None:
        raise RefusedError("nothing of that milestone is due to you", rule="PMT-1")
    if due.status is PaymentStatus.RECEIVED:
        raise RefusedError("you have confirmed all of it already")
    body = _body(found, milestone, due, money) | filled(way="received", note=note)
    return Published(await author.publish("payment", body, space=scene.space_of(found.id)), found.id)


def _payee(scene: Scene, found: Engagement, state: MilestoneState, place: int | None) -> PaymentState:
    if place is None and len(state.payments) == 1:
        return state.payments[0]
    identity = found.document.parties[place].identity if place is not None and place < len(found.signed) else None
    due = next((payment for payment in state.payments if payment.payee == identity), None)
    if due is None:
        payees = ", ".join(f"{payment.place} ({scene.name(payment.payee)})" for payment in state.payments)
        raise ConfigError(
            "it does not say to whom it was sent" if place is None else f"nothing is due to party {place}",
            advice=f"Payees of that milestone: {payees or 'none'}.",
        )
    return due


def _body(found: Engagement, milestone: int, due: PaymentState, money: Money | None) -> dict[str, Value]:
    amount, currency = money or (max(due.amount_minor - due.received_minor, 0), found.terms.currency)
    if currency != found.terms.currency:
        raise ConfigError(f"the engagement is in {found.terms.currency}, not in {currency}")
    if amount == 0:
        raise ConfigError("nothing is left to be paid of that", advice="Say how much it was.")
    return {"document": found.id, "milestone": milestone, "amount_minor": amount, "currency": currency}

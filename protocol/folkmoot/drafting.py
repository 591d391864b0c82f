"""What an engagement says to begin with, taken from an awarded bid; its parties change what they like, then sign.

Spec: documents.md#engagement
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from folkmoot.agreement import Party
from folkmoot.canonical import Value
from folkmoot.documents import CLIENT
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.limits import SHARES_TOTAL
from folkmoot.record import Record, day_of
from folkmoot.state.team import Team

ACCEPT_DAYS = 5
PAY_DAYS = 30
WORK_DAYS = 30
"""Days for the work where nobody has said when it is to be delivered."""

_CRITERION = "It does what the bid says."
_TEXT_MAX = 500


@dataclass(frozen=True, slots=True)
class Engaging:
    """Who is to be engaged, and on which terms."""

    parties: tuple[Party, ...]
    terms: Mapping[str, Value]


def from_award(opportunity: Record, bid: Record, team: Team | None, *, now_ms: int) -> Engaging:
    """Return the engagement that an awarded bid suggests.

    A fixed price becomes one milestone, and any other leaves its amount at nothing, for only the parties know how
    many hours or days there are to be. Each seat of a team becomes a party, with its allocation or its share.

    Args:
        opportunity: The version that was bid on.
        bid: The awarded bid.
        team: The team that made it, if one did, or that took this one's place since.
        now_ms: When it is drafted.
    """
    read = read_opportunity(opportunity)
    price = cast("dict[str, int | str]", bid.body["price"])
    makers = (
        [Party(seat.role, seat.identity) for seat in team.seats]
        if team is not None
        else [Party("maker", bid.author)]
    )
    due = read.deliver_by if read.deliver_by is not None else now_ms
    terms: dict[str, Value] = {
        "title": opportunity.body["title"],
        "deliverables": [cast("str", opportunity.body["need"])[:_TEXT_MAX].strip()],
        "currency": price["currency"],
        "milestones": [
            {
                "name": "All of it",
                "amount_minor": price["amount_minor"] if price["unit"] == "fixed" else 0,
                "due_day": day_of(due) + (0 if read.deliver_by is not None else WORK_DAYS),
                "criteria": [_CRITERION],
                "accept_days": ACCEPT_DAYS,
                "on_silence": "accept",
            }
        ],
        "pay_days": PAY_DAYS,
        "opportunity": opportunity.id,
        "bid": bid.id,
    }
    shares = _shares(bid, team)
    if shares:
        terms["shares"] = [0, *shares]
    if team is not None:
        terms["team"] = team.id
    if read.flow_down:
        terms["flow_down"] = opportunity.body["flow_down"]
    return Engaging((Party(CLIENT, opportunity.author), *makers), terms)


def _shares(bid: Record, team: Team | None) -> Sequence[int]:
    """Return the shares of a team's seats: as its bid divides the price, else as the team does."""
    if team is None:
        return ()
    # Seats may have moved since, so what a bid gives to each is that of the document that it names.
    is_same = read_bid(bid).team == team.id
    allocations = cast("list[dict[str, int]]", bid.body.get("allocations", [])) if is_same else []
    amounts = [0] * len(team.seats)
    for allocation in allocations:
        if allocation["party"] < len(amounts):
            amounts[allocation["party"]] += allocation["amount_minor"]
    whole = sum(amounts)
    if whole == 0:
        return team.terms.shares
    shares = [amount * SHARES_TOTAL // whole for amount in amounts]
    shares[next(place for place, share in enumerate(shares) if share)] += SHARES_TOTAL - sum(shares)
    return shares

"""Commands about offers to do work, and the answers to them: `bid`, `award` and `decline`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from typing import Annotated, Any, Literal

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.dates import parse_deadline
from folkmoot_node.cli.files import text_or_file
from folkmoot_node.cli.forms import without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.money import parse_amount, parse_price
from folkmoot_node.cli.opportunities import NoteOption, OpportunityArgument
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

bid = group("Publish and withdraw bids, and say what you would rather have.")

DeclineReason = Literal["budget", "capacity", "fit", "other", "other-bid", "skills", "terms", "timing"]

BidArgument = Annotated[str, typer.Argument(metavar="BID", help="Its id, rec1….")]


@command(
    bid,
    "publish",
    example="folkmoot bid publish rec1… --price 4800EUR --plan-file plan.md --team doc1… \\\n"
    "  --allocate 0=1920 --allocate 1=2880",
)
def publish_bid(
    ctx: typer.Context,
    opportunity_id: OpportunityArgument,
    price: Annotated[str, typer.Option(metavar="MONEY", help="4800EUR, 650EUR/day or 80EUR/hour.")],
    plan: Annotated[str | None, typer.Option(metavar="TEXT", help="How you would do it.")] = None,
    plan_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read the plan from a file; - for standard input.")
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="How long you hold to it; 30 days if left out.")
    ] = None,
    team: Annotated[str | None, typer.Option(metavar="DOCUMENT", help="Bid for the team formed by doc1….")] = None,
    allocate: Annotated[
        list[str] | None, typer.Option(metavar="SEAT=AMOUNT", help="What of the price goes to a seat of the team.")
    ] = None,
    assumptions: Annotated[str | None, typer.Option(metavar="TEXT", help="What you take for granted.")] = None,
    adopts: Annotated[
        str | None,
        typer.Option(metavar="COUNTER", help="The client's counter rec1… that it adopts; your bid before it goes."),
    ] = None,
) -> None:
    """Bid on an opportunity, alone or as the lead of a team that has formed.

    On an opportunity with sealed bids only a promise is published; your node opens the bid once the client has
    listed it.
    """
    here = session(ctx)
    now_ms = here.clock.now_ms()
    planned = text_or_file(plan, plan_file, what="plan")
    if not planned:
        raise ConfigError("the bid has no plan", advice="Give --plan or --plan-file.")
    asked = parse_price(price)
    valid_ms = parse_deadline(valid_until, now_ms=now_ms, what="the end of the bid") if valid_until else None
    body: dict[str, Any] = {
        "opportunity": checked_id(opportunity_id, IdPrefix.RECORD),
        "price": asked,
        "plan": planned,
        "valid_until": valid_ms,
        "team": checked_id(team, IdPrefix.DOCUMENT) if team else None,
        "allocations": [_allocation(item, asked["currency"]) for item in allocate or []],
        "assumptions": assumptions,
        "adopts": checked_id(adopts, IdPrefix.RECORD) if adopts else None,
    }
    answer = here.daemon().post("/bids", without_empty(body))
    here.published(answer, "Sealed bid promised." if answer["kind"] == "bid-commit" else "Bid published.")


def _allocation(given: str, currency: str) -> dict[str, int]:
    seat, equals, amount = given.partition("=")
    if not equals or not seat.strip().isdecimal():
        raise ConfigError(
            f"{given!r} is not an allocation",
            advice="Write seat number and amount, like 0=1920; `team show` numbers them.",
        )
    return {"party": int(seat), "amount_minor": parse_amount(amount, currency)}


@command(bid, "withdraw", example="folkmoot bid withdraw rec1…")
def withdraw_bid(ctx: typer.Context, bid_id: BidArgument) -> None:
    """Take back a bid of yours, or never open one that is sealed."""
    here = session(ctx)
    here.published(here.daemon().delete(f"/bids/{checked_id(bid_id, IdPrefix.RECORD)}"), "Bid withdrawn.")


def award(ctx: typer.Context, bid_id: BidArgument, note: NoteOption = None) -> None:
    """Award your opportunity to one bid, as it stands.

    An award is final. Two awards for one opportunity cancel each other, and everybody sees both.
    """
    here = session(ctx)
    body = without_empty({"bid": checked_id(bid_id, IdPrefix.RECORD), "note": note})
    here.published(here.daemon().post("/awards", body), "Bid awarded.")


def decline(
    ctx: typer.Context,
    bid_id: BidArgument,
    reason: Annotated[DeclineReason, typer.Option(metavar="REASON", help="Why.")],
    note: NoteOption = None,
) -> None:
    """Decline a bid on your opportunity, and say why.

    Bidders who know can go on. It binds you to nothing else.
    """
    here = session(ctx)
    body = without_empty({"bid": checked_id(bid_id, IdPrefix.RECORD), "reason": str(reason), "note": note})
    here.published(here.daemon().post("/declines", body), "Bid declined.")

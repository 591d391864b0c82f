"""Commands around bids: `opportunity revise`, `ask`, `clarify` and `list-bids`, and `bid counter`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from typing import Annotated, Any

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.bids import BidArgument, bid
from folkmoot_node.cli.files import text_or_file
from folkmoot_node.cli.forms import parse_criterion, parse_role, without_empty
from folkmoot_node.cli.invocation import command, session
from folkmoot_node.cli.money import parse_budget, parse_price
from folkmoot_node.cli.opportunities import (
    BidsMaxOption,
    BudgetOption,
    CriteriaOption,
    DeliverByOption,
    NeedFileOption,
    NeedOption,
    OpportunityArgument,
    RolesOption,
    SkillsOption,
    moments,
    opportunity,
    skills_and_uris,
)
from folkmoot_node.cli.texts import checked_id

__all__ = ["bid", "opportunity"]

TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="What you say.")]


@command(opportunity, "revise", example="folkmoot opportunity revise rec1… --closes +3d --budget 5000-7000EUR")
def revise_opportunity(
    ctx: typer.Context,
    opportunity_id: OpportunityArgument,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The work in one line.")] = None,
    need: NeedOption = None,
    need_file: NeedFileOption = None,
    role: RolesOption = None,
    closes: Annotated[str | None, typer.Option(metavar="WHEN", help="When bids close.")] = None,
    decide_by: Annotated[str | None, typer.Option(metavar="WHEN", help="When you answer all bidders.")] = None,
    deliver_by: DeliverByOption = None,
    budget: BudgetOption = None,
    bids_max: BidsMaxOption = None,
    skill: SkillsOption = None,
    criterion: CriteriaOption = None,
) -> None:
    """Publish a new version of an opportunity of yours.

    What you do not name stays. Bids on the version before stand; everybody sees which version they name.
    """
    here = session(ctx)
    wanted = checked_id(opportunity_id, IdPrefix.RECORD)
    body: dict[str, Any] = {
        "title": title,
        "need": text_or_file(need, need_file, what="need"),
        "roles": [parse_role(item) for item in role or []],
        **moments(here, closes=closes, decide_by=decide_by, deliver_by=deliver_by),
        "budget": parse_budget(budget) if budget else None,
        "bids_max": bids_max,
        **skills_and_uris(skill),
        "criteria": [parse_criterion(item) for item in criterion or []],
    }
    answer = here.daemon().post(f"/opportunities/{wanted}/revise", without_empty(body))
    here.published(answer, "Opportunity revised.", after="opportunity show {id}")


@command(opportunity, "ask", example="folkmoot opportunity ask rec1… 'Does the catalogue exist already?'")
def ask(ctx: typer.Context, opportunity_id: OpportunityArgument, text: TextArgument) -> None:
    """Ask the client of an opportunity something, for everybody to read."""
    here = session(ctx)
    wanted = checked_id(opportunity_id, IdPrefix.RECORD)
    here.published(here.daemon().post(f"/opportunities/{wanted}/questions", {"text": text}), "Asked.")


@command(
    opportunity,
    "clarify",
    example="folkmoot opportunity clarify rec1… 'It does, as a spreadsheet.' --question rec1…",
)
def clarify(
    ctx: typer.Context,
    opportunity_id: OpportunityArgument,
    text: TextArgument,
    question: Annotated[
        str | None, typer.Option(metavar="QUESTION", help="The question rec1… that it answers.")
    ] = None,
) -> None:
    """Say more about an opportunity of yours, to all bidders at once."""
    here = session(ctx)
    wanted = checked_id(opportunity_id, IdPrefix.RECORD)
    body = {"text": text, "question": checked_id(question, IdPrefix.RECORD) if question else None}
    answer = here.daemon().post(f"/opportunities/{wanted}/clarifications", without_empty(body))
    here.published(answer, "Clarified.")


@command(opportunity, "list-bids", example="folkmoot opportunity list-bids rec1…")
def list_bids(ctx: typer.Context, opportunity_id: OpportunityArgument) -> None:
    """List the sealed bids on an opportunity of yours, once bids are closed.

    Their bidders' nodes then open them. There is one list: what came later stands on none, and does not count. Let
    a few minutes pass after bids close, so that what is on its way arrives.
    """
    here = session(ctx)
    wanted = checked_id(opportunity_id, IdPrefix.RECORD)
    answer = here.daemon().post(f"/opportunities/{wanted}/bid-list", {})
    here.published(answer, "Sealed bids listed.", after=f"opportunity show {wanted}")


@command(bid, "counter", example="folkmoot bid counter rec1… 'Without the shop, please.' --price 4200EUR")
def counter_bid(
    ctx: typer.Context,
    bid_id: BidArgument,
    text: TextArgument,
    price: Annotated[str | None, typer.Option(metavar="MONEY", help="The price you would rather pay.")] = None,
) -> None:
    """Tell a bidder what you would rather have.

    It binds nobody. It takes effect in a new bid that adopts it.
    """
    here = session(ctx)
    wanted = checked_id(bid_id, IdPrefix.RECORD)
    body = {"text": text, "price": parse_price(price) if price else None}
    here.published(here.daemon().post(f"/bids/{wanted}/counter", without_empty(body)), "Counter published.")

"""Commands about work that is offered: `opportunity publish`, `import`, `list`, `show` and `close`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import RenderableType

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import parse_deadline
from folkmoot_node.cli.files import read_file, text_or_file
from folkmoot_node.cli.forms import (
    parse_clause,
    parse_criterion,
    parse_named,
    parse_role,
    role_query,
    without_empty,
)
from folkmoot_node.cli.invocation import Session, command, group, session
from folkmoot_node.cli.money import parse_budget
from folkmoot_node.cli.opportunity_view import opportunity_lines, summary_lines
from folkmoot_node.cli.people_view import import_lines
from folkmoot_node.cli.terminal import hint
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

POSTING_BYTES_MAX = 1024 * 1024

opportunity = group("Publish, read, revise and close opportunities; ask and clarify.")

ClosingReason = Literal["filled-elsewhere", "cancelled", "budget", "revised", "other"]

OpportunityArgument = Annotated[str, typer.Argument(metavar="OPPORTUNITY", help="Its id, rec1….")]
NoteOption = Annotated[str | None, typer.Option(metavar="TEXT", help="A word on it.")]
RolesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="TITLE[:SEATS[:SKILLS]], such as 'backend:1:python,+rust,~php': + preferred, ~ of no matter.",
    ),
]
NeedOption = Annotated[str | None, typer.Option(metavar="TEXT", help="What is needed.")]
NeedFileOption = Annotated[
    str | None, typer.Option(metavar="FILE", help="Read what is needed from a file; - for standard input.")
]
DeliverByOption = Annotated[str | None, typer.Option(metavar="WHEN", help="When the work has to be done.")]
BudgetOption = Annotated[str | None, typer.Option(metavar="MONEY", help="4000-6000EUR, 6000EUR or 650EUR/day.")]
BidsMaxOption = Annotated[
    int | None, typer.Option(metavar="COUNT", help="How many bids one bidder may make.", min=1, max=16)
]
SkillsOption = Annotated[
    list[str] | None,
    typer.Option(metavar="LABEL[=URI]", help="A skill that the work needs, best with its ESCO entry."),
]
CriteriaOption = Annotated[
    list[str] | None,
    typer.Option("--criterion", metavar="NAME:WEIGHT", help="What bids are judged by, such as 'craft:40'."),
]


@command(
    opportunity,
    "publish",
    example="folkmoot opportunity publish --title 'Website for a seed bank' --need-file need.md \\\n"
    "  --role backend:1:python,postgres --role illustration --closes +7d --budget 4000-6000EUR",
)
def publish_opportunity(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(metavar="TEXT", help="The work in one line.")],
    closes: Annotated[
        str, typer.Option(metavar="WHEN", help="When bids close: 2026-12-24, 2026-12-24T17:00, +7d.")
    ],
    role: RolesOption = None,
    need: NeedOption = None,
    need_file: NeedFileOption = None,
    decide_by: Annotated[
        str | None, typer.Option(metavar="WHEN", help="When you answer all bidders; 14 days after bids close.")
    ] = None,
    deliver_by: DeliverByOption = None,
    budget: BudgetOption = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Nobody reads a bid before you list them, once bids are closed.")
    ] = False,
    bids_max: BidsMaxOption = None,
    skill: SkillsOption = None,
    criterion: CriteriaOption = None,
    parent: Annotated[
        str | None, typer.Option(metavar="OPPORTUNITY", help="What it is a part of, rec1…; its clauses come down.")
    ] = None,
    seat: Annotated[str | None, typer.Option(metavar="NAME", help="The seat there that it is to fill.")] = None,
    flow_down: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME: TEXT'", help="A clause that everybody further down passes on word for word."),
    ] = None,
    city: Annotated[str | None, typer.Option(metavar="CITY", help="Where the work is.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CC", help="Country in two letters, such as FR.")] = None,
    remote: Annotated[
        bool | None, typer.Option("--remote/--on-site", help="Whether it can be done from afar.")
    ] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="Language of the work, such as fr.")] = None,
    space: Annotated[str | None, typer.Option(metavar="NAME", help="The space it is published in.")] = None,
) -> None:
    """Publish work for which you want bids.

    Nobody sets its status: it is open until bids close, awarded by your award, and lapsed if you answer nobody by
    the date you name.
    """
    here = session(ctx)
    needed = text_or_file(need, need_file, what="need")
    if not needed:
        raise ConfigError("the opportunity does not say what is needed", advice="Give --need or --need-file.")
    if not role:
        raise ConfigError(
            "the opportunity has no role", advice="Give at least one, such as --role backend:1:python."
        )
    if (parent is None) != (seat is None):
        raise ConfigError("--parent and --seat belong together", advice="Name the seat that it is to fill there.")
    body: dict[str, Any] = {
        "title": title,
        "need": needed,
        "roles": [parse_role(item) for item in role],
        **moments(here, closes=closes, decide_by=decide_by, deliver_by=deliver_by),
        "mode": "sealed" if sealed else None,
        "bids_max": bids_max,
        "budget": parse_budget(budget) if budget else None,
        **skills_and_uris(skill),
        "criteria": [parse_criterion(item) for item in criterion or []],
        "location": without_empty({"city": city, "country": country and country.upper(), "remote": remote}),
        "language": language,
        "parent": {"opportunity": checked_id(parent, IdPrefix.RECORD), "seat": seat} if parent else None,
        "flow_down": [parse_clause(item) for item in flow_down or []],
        "space": space,
    }
    answer = here.daemon().post("/opportunities", without_empty(body))
    here.published(answer, "Opportunity published.", after="opportunity show {id}")


def moments(here: Session, *, closes: str | None, decide_by: str | None, deliver_by: str | None) -> dict[str, Any]:
    """Read the moments of an opportunity, as the API names them.

    Raises:
        ConfigError: One is no moment or past, or the decision falls before bids close.
    """
    now_ms = here.clock.now_ms()
    read = {
        name: parse_deadline(given, now_ms=now_ms, what=what) if given else None
        for name, given, what in (
            ("bids_close", closes, "the close of bids"),
            ("decide_by", decide_by, "the decision"),
            ("deliver_by", deliver_by, "the delivery"),
        )
    }
    if read["decide_by"] is not None and read["decide_by"] < (read["bids_close"] or 0):
        raise ConfigError("the decision would fall before bids close", advice="Give a later --decide-by.")
    return read


def skills_and_uris(given: list[str] | None) -> dict[str, Any]:
    """Read skills and where they are described, as the API names them.

    Raises:
        ConfigError: One is no skill.
    """
    named = [parse_named(item) for item in given or []]
    return {
        "skills": [label for label, _uri in named],
        "uris": [{"label": label, "uri": uri} for label, uri in named if uri],
    }


@command(opportunity, "import", example="folkmoot opportunity import posting.json --closes +10d --role backend")
def import_opportunity(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A schema.org JobPosting; - for standard input.")],
    closes: Annotated[
        str | None, typer.Option(metavar="WHEN", help="When bids close, if the file does not say.")
    ] = None,
    role: RolesOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be published, and stop.")] = False,
) -> None:
    """Publish an opportunity from a schema.org JobPosting file.

    What the file has no place for is listed with the reason.
    """
    here = session(ctx)
    now_ms = here.clock.now_ms()
    query = {
        "closes_ms": parse_deadline(closes, now_ms=now_ms, what="the close of bids") if closes else None,
        "roles": [role_query(parse_role(item)) for item in role or []],
        "dry_run": str(dry_run).lower(),
    }
    data = read_file(file, bytes_max=POSTING_BYTES_MAX)
    answer = here.daemon().upload("/opportunities/import", data, query)
    here.answer(answer, import_lines(answer, "Opportunity published from the file."))


@command(opportunity, "list", example="folkmoot opportunity list --mine --all")
def list_opportunities(
    ctx: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Also those that are no longer open.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only your own.")] = False,
    limit: Annotated[int, typer.Option(metavar="COUNT", help="At most so many.", min=1)] = 50,
) -> None:
    """List opportunities that this node holds."""
    here = session(ctx)
    query = {"status": "all" if all_ else "open", "mine": str(mine).lower(), "limit": limit}
    answer = here.daemon().get("/opportunities", query)
    here.answer(answer, _list_lines(answer, here.clock.now_ms()))


def _list_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    for item in answer["items"]:
        yield from summary_lines(item, now_ms)
        yield ""
    if not answer["items"]:
        yield "No such opportunities here."
        yield hint("This node lists only what it holds; more arrives with every sync.")


@command(opportunity, "show", example="folkmoot opportunity show rec1…")
def show_opportunity(ctx: typer.Context, opportunity_id: OpportunityArgument) -> None:
    """Show an opportunity, where it stands, and every bid on it with what became of it."""
    here = session(ctx)
    answer = here.daemon().get(f"/opportunities/{checked_id(opportunity_id, IdPrefix.RECORD)}")
    here.answer(answer, opportunity_lines(answer, here.clock.now_ms()))


@command(opportunity, "close", example="folkmoot opportunity close rec1… --reason budget")
def close_opportunity(
    ctx: typer.Context,
    opportunity_id: OpportunityArgument,
    reason: Annotated[ClosingReason, typer.Option(metavar="REASON", help="Why.")],
    note: NoteOption = None,
) -> None:
    """Close an opportunity of yours before it is awarded, and say why."""
    here = session(ctx)
    wanted = checked_id(opportunity_id, IdPrefix.RECORD)
    answer = here.daemon().post(f"/opportunities/{wanted}/close", without_empty({"reason": reason, "note": note}))
    here.published(answer, "Opportunity closed.")

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
from folkmoot_node.cli.forms import parse_criterion, parse_role, role_query, without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.money import parse_budget
from folkmoot_node.cli.opportunity_view import opportunity_lines, summary_lines
from folkmoot_node.cli.people_view import import_lines
from folkmoot_node.cli.terminal import hint
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

POSTING_BYTES_MAX = 1024 * 1024

opportunity = group("Publish, import, read and close opportunities.")

ClosingReason = Literal["filled-elsewhere", "cancelled", "budget", "revised", "other"]

OpportunityArgument = Annotated[str, typer.Argument(metavar="OPPORTUNITY", help="Its id, rec1….")]
NoteOption = Annotated[str | None, typer.Option(metavar="TEXT", help="A word on it.")]
RolesOption = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="TITLE[:SEATS[:SKILLS]]", help="A role, such as 'backend:1:python,postgres'."),
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
    need: Annotated[str | None, typer.Option(metavar="TEXT", help="What is needed.")] = None,
    need_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read what is needed from a file; - for standard input.")
    ] = None,
    decide_by: Annotated[
        str | None, typer.Option(metavar="WHEN", help="When you answer all bidders; 14 days after bids close.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="MONEY", help="4000-6000EUR, 6000EUR or 650EUR/day.")
    ] = None,
    skill: Annotated[list[str] | None, typer.Option(metavar="LABEL", help="A skill that the work needs.")] = None,
    criterion: Annotated[
        list[str] | None, typer.Option(metavar="NAME:WEIGHT", help="What bids are judged by, such as 'craft:40'.")
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
    now_ms = here.clock.now_ms()
    needed = text_or_file(need, need_file, what="need")
    if not needed:
        raise ConfigError("the opportunity does not say what is needed", advice="Give --need or --need-file.")
    if not role:
        raise ConfigError(
            "the opportunity has no role", advice="Give at least one, such as --role backend:1:python."
        )
    closes_ms = parse_deadline(closes, now_ms=now_ms, what="the close of bids")
    decide_ms = parse_deadline(decide_by, now_ms=now_ms, what="the decision") if decide_by else None
    if decide_ms is not None and decide_ms < closes_ms:
        raise ConfigError("the decision would fall before bids close", advice="Give a later --decide-by.")
    body: dict[str, Any] = {
        "title": title,
        "need": needed,
        "roles": [parse_role(item) for item in role],
        "bids_close": closes_ms,
        "decide_by": decide_ms,
        "budget": parse_budget(budget) if budget else None,
        "skills": skill,
        "criteria": [parse_criterion(item) for item in criterion or []],
        "location": without_empty({"city": city, "country": country and country.upper(), "remote": remote}),
        "language": language,
        "space": space,
    }
    answer = here.daemon().post("/opportunities", without_empty(body))
    here.published(answer, "Opportunity published.", after="opportunity show {id}")


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

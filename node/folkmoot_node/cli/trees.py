"""The command `tree`: a chain of opportunities from the top, with what became of each."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.invocation import session
from folkmoot_node.cli.money import price_text
from folkmoot_node.cli.terminal import hint, whole_id
from folkmoot_node.cli.texts import checked_id, plain, short_id, status_text, who


def tree(
    ctx: typer.Context,
    asked: Annotated[
        str, typer.Argument(metavar="ID", help="An opportunity or a bid, rec1…, or a team offer, doc1….")
    ],
) -> None:
    """Show the whole chain of opportunities that one is part of, and what became of each.

    A seat below is firm only once all above it is awarded to the team that it belongs to. Prices are shown to those
    whom they concern.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/trees/{checked_id(asked, IdPrefix.RECORD, IdPrefix.DOCUMENT)}")
    here.answer(answer, tree_lines(answer, here.clock.now_ms()))


def tree_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show a chain."""
    top = answer["top"]
    made = Tree(_branch_lines(top, answer["asked"], now_ms), guide_style="dim")
    _grow(made, top, answer["asked"], now_ms)
    yield made
    yield ""
    for branch in _all(top):
        yield Text(f"{plain(branch['seat']) or 'top'}: {plain(branch['title'])}", style="dim")
        yield whole_id(branch["id"])
    if not answer["is_whole"]:
        yield hint("There is more than one view holds, so something may be missing.")


def _grow(parent: Tree, branch: Answer, asked: str, now_ms: int) -> None:
    for below in branch["branches"]:
        _grow(parent.add(_branch_lines(below, asked, now_ms)), below, asked, now_ms)


def _all(branch: Answer) -> Iterable[Answer]:
    yield branch
    for below in branch["branches"]:
        yield from _all(below)


def _branch_lines(branch: Answer, asked: str, now_ms: int) -> Group:
    style = "bold underline" if branch["id"] == asked else "bold"
    seat = f"{plain(branch['seat'])}: " if branch["seat"] else ""
    first = Text.assemble(f"{seat}", (plain(branch["title"]), style), "  ", status_text(branch["status"]))
    if branch["link"] != "root":
        rule = f" {plain(branch['rule'])}" if branch["rule"] else ""
        first.append_text(Text.assemble(", ", status_text(branch["link"]), rule))
    return Group(first, *_details(branch, now_ms))


def _details(branch: Answer, now_ms: int) -> Iterable[RenderableType]:
    client = Text.assemble("called for by ", who(branch["client_name"], branch["client"]))
    bids = branch["bids"]
    client.append(f" ({short_id(branch['id'])}), {bids} bid{'' if bids == 1 else 's'}", style="dim")
    yield client
    if branch.get("deliver_by"):
        yield Text(f"delivery by {moment_text(branch['deliver_by'], now_ms=now_ms)}", style="dim")
    if branch["clauses"]:
        yield Text("passes on " + ", ".join(plain(name) for name in branch["clauses"]), style="dim")
    if branch.get("awarded_to"):
        winner = who(branch["awarded_name"], branch["awarded_to"])
        if branch.get("team"):
            team = f"{plain(branch['team_name']) or 'a team'} ({short_id(branch['team'])})"
            winner = Text.assemble((team, "bold"), ", led by ", winner)
        price = f" for {price_text(branch['price'])}" if branch.get("price") else ""
        yield Text.assemble("awarded to ", winner, price)

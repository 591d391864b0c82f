"""What the demo shows: progress while it runs, and one screen at the end."""

from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from folkmoot_node.demo.story import Outcome
from folkmoot_node.testnet.processes import NodeProcess
from folkmoot_node.testnet.steps import Step

STEPS_EXPECTED = 36
_SHORT = 12


def progress(console: Console) -> Progress:
    """Return the bar that runs while the story does."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def step_line(step: Step) -> str:
    """Describe one step in one line, as it happens."""
    reached = f"  [dim]all nodes in {max(step.reached_ms.values())} ms[/]" if step.reached_ms else ""
    remark = f"  [dim]{escape(step.remark)}[/]" if step.remark else ""
    return f"[cyan]{step.by:>5}[/]  {escape(step.what)}{reached}{remark}"


def final(
    nodes: Sequence[NodeProcess], steps: Sequence[Step], outcome: Outcome, verified: str, saved: Path
) -> Group:
    """Lay out the final screen: how fast, who holds what, and what that shows."""
    return Group(
        _reach_table(nodes, steps),
        _holdings_table(nodes, outcome),
        _verdict_panel(outcome, verified, saved),
    )


def _reach_table(nodes: Sequence[NodeProcess], steps: Sequence[Step]) -> Table:
    table = _table("How long each step took to reach every node, in ms")
    table.add_column("who", style="cyan", no_wrap=True)
    table.add_column("did what", no_wrap=True, overflow="ellipsis", ratio=1)
    for node in nodes:
        table.add_column(node.name, justify="right", no_wrap=True, min_width=5)
    table.add_column("all", justify="right", no_wrap=True, style="bold", min_width=4)
    for step in steps:
        cells = ["" for _node in nodes]
        if step.record:
            cells = [_reached(step, node.name) for node in nodes]
        table.add_row(step.by, escape(step.what), *cells, str(max(step.reached_ms.values())) if step.record else "")
    return table


def _reached(step: Step, name: str) -> str:
    if name == step.by:
        return "[dim]·[/]"
    return str(step.reached_ms[name]) if name in step.reached_ms else "[yellow]down[/]"


def _holdings_table(nodes: Sequence[NodeProcess], outcome: Outcome) -> Table:
    team = nodes[0].get(f"/teams/{outcome.team}")
    seats = {seat["identity"]: seat for seat in team["seats"]}
    table = _table(f"Who holds what (the team is {escape(str(team['name']))}, {escape(str(team['status']))})")
    for column in ("who", "identity", "seat", "shows", "state hash"):
        table.add_column(column, no_wrap=True, overflow="ellipsis")
    for node in nodes:
        person = nodes[0].get(f"/people/{node.identity}")
        seat = seats.get(node.identity)
        shown = [
            f"{item['class']} from {item['author_name']}" for item in person["endorsements"] if item["is_shown"]
        ]
        table.add_row(
            escape(str(person["name"])),
            f"{node.identity[:_SHORT]}…",
            escape(f"{seat['role']}, {seat['share'] / 100:.0f} %") if seat else "client, awarded the team",
            escape(", ".join(shown)),
            outcome.states[node.name][:_SHORT],
        )
    return table


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, expand=True
    )


def _verdict_panel(outcome: Outcome, verified: str, saved: Path) -> Panel:
    everybody = len(outcome.states)
    lines = [
        f"{everybody} of {everybody} nodes derive the same state: [bold]{next(iter(outcome.states.values()))}[/]",
        f"{len(outcome.refusals)} of {everybody} nodes refused the acceptance of the old offer "
        f"({', '.join(sorted(set(outcome.refusals.values())))}).",
        f"The node that was killed knew of the award {outcome.caught_up_ms} ms after it was back.",
        f"The agreement is in {escape(str(saved))}. A process without a network says:",
        f"[green]{escape(verified)}[/]",
    ]
    return Panel("\n".join(lines), title="What this shows", title_align="left", border_style="green")

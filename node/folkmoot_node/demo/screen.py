"""What the demo shows: progress while it runs, and one screen at the end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from folkmoot_node.demo.nodes import DemoNode
from folkmoot_node.demo.steps import Step
from folkmoot_node.demo.story import Outcome

STEPS_EXPECTED = 37
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


def final(nodes: Sequence[DemoNode], steps: Sequence[Step], outcome: Outcome, verified: str, saved: Path) -> Group:
    """Lay out the final screen."""
    return Group(
        _reach_table(nodes, steps), _holdings_table(nodes, outcome), _verdict_panel(outcome, verified, saved)
    )


def _reach_table(nodes: Sequence[DemoNode], steps: Sequence[Step]) -> Table:
    table = Table(title="How long each step took to reach every node (ms)", title_justify="left", pad_edge=False)
    table.add_column("who", style="cyan", no_wrap=True)
    table.add_column("did what")
    for node in nodes:
        table.add_column(node.name, justify="right", no_wrap=True)
    for step in steps:
        times = [_reached(step, node.name) for node in nodes]
        table.add_row(step.by, escape(step.what), *(times if step.record else ["" for _node in nodes]))
    return table


def _reached(step: Step, name: str) -> str:
    if name == step.by:
        return "[dim]own[/]"
    return str(step.reached_ms[name]) if name in step.reached_ms else "[yellow]down[/]"


def _holdings_table(nodes: Sequence[DemoNode], outcome: Outcome) -> Table:
    table = Table(title="Who holds what", title_justify="left", pad_edge=False)
    for column in ("who", "identity", "seat", "share", "teams", "endorsements shown", "state hash"):
        table.add_column(column, no_wrap=column != "teams")
    team: dict[str, Any] = nodes[0].get(f"/teams/{outcome.team}")
    seats = {seat["identity"]: seat for seat in team["seats"]}
    for node in nodes:
        person = nodes[0].get(f"/people/{node.identity}")
        seat = seats.get(node.identity)
        shown = [
            f"{item['class']} from {item['author_name']}" for item in person["endorsements"] if item["is_shown"]
        ]
        table.add_row(
            escape(str(person["name"])),
            f"{node.identity[:_SHORT]}…",
            seat["role"] if seat else "client",
            f"{seat['share'] / 100:.0f} %" if seat else "",
            escape(", ".join(item["name"] for item in person["teams"])),
            escape(", ".join(shown)),
            outcome.states[node.name][:_SHORT],
        )
    return table


def _verdict_panel(outcome: Outcome, verified: str, saved: Path) -> Panel:
    same = len(set(outcome.states.values())) == 1
    rules = ", ".join(sorted(set(outcome.refusals.values())))
    lines = [
        f"[{'green' if same else 'red'}]{len(outcome.states)} nodes derive the same state:[/] "
        f"{next(iter(outcome.states.values()))}",
        f"[green]{len(outcome.refusals)} of {len(outcome.states)} nodes refused the acceptance of the old offer:[/] "
        f"{rules}",
        f"[green]The node that was killed knew of the award {outcome.caught_up_ms} ms after it was back.[/]",
        f"[green]The agreement is in {escape(str(saved))}; a process without a network says:[/] {escape(verified)}",
    ]
    return Panel("\n".join(lines), title="What this shows", title_align="left")

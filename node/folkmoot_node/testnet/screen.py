"""What a story shows: each step as it happens, and at the end what was checked."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from folkmoot_node.testnet.steps import Sort, Step

_SIGNS = {Sort.DID: " ", Sort.SAW: "[green]✓[/]", Sort.REFUSED: "[green]✗[/]", Sort.FAILED: "[bold red]![/]"}
_SHORT = 14


def progress(console: Console) -> Progress:
    """Return the bar that runs while a story is told."""
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
    reached = (
        f"  [dim]everybody has it after {max(step.reached_ms.values())} ms[/]" if len(step.reached_ms) > 1 else ""
    )
    rule = f"  [yellow]{escape(step.rule)}[/]" if step.rule else ""
    remark = f"  [dim]{escape(step.remark)}[/]" if step.remark else ""
    return f"[cyan]{step.by:>7}[/] {_SIGNS[step.sort]} {escape(step.what)}{rule}{reached}{remark}"


def final(
    title: str,
    people: Mapping[str, tuple[str, str]],
    steps: Sequence[Step],
    sentences: Sequence[str],
) -> Group:
    """Lay out the end of a story.

    Args:
        title: What happened.
        people: For each name, what as, and the identity.
        steps: All that happened.
        sentences: What holds at the end.
    """
    failed = [step for step in steps if step.sort is Sort.FAILED]
    style = "red" if failed else "green"
    lines = [escape(sentence) for sentence in sentences]
    lines += [f"[red]did not hold: {escape(step.what)} ({escape(step.remark)})[/]" for step in failed]
    return Group(
        _people_table(people),
        _checks_table([step for step in steps if step.is_check]),
        Panel(_marked("\n".join(lines)), title=escape(title), title_align="left", border_style=style),
    )


def _people_table(people: Mapping[str, tuple[str, str]]) -> Table:
    table = _table("Who took part, each with a node of their own")
    for column in ("who", "as", "identity"):
        table.add_column(column, no_wrap=True, overflow="ellipsis")
    for name, (role, identity) in people.items():
        table.add_row(Text(name, style="cyan"), Text(role), f"{identity[:_SHORT]}…")
    return table


def _checks_table(checks: Sequence[Step]) -> Table:
    table = _table("What was checked (✓ all nodes say so, ✗ refused as it should be)")
    table.add_column("", no_wrap=True, width=1)
    table.add_column("asked", style="cyan", no_wrap=True)
    table.add_column("what", overflow="fold", ratio=1)
    table.add_column("rule", no_wrap=True, style="yellow")
    for step in checks:
        table.add_row(_marked(_SIGNS[step.sort]), step.by, Text(step.what), Text(step.rule))
    return table


def _marked(text: str) -> Text:
    """Read markup here, whatever the console makes of it."""
    return Text.from_markup(text)


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, expand=True
    )

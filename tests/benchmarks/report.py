"""What was measured, as tables for people."""

from collections.abc import Mapping, Sequence

from benchmarks.catching_up import CatchingUp, Pace
from benchmarks.differences import Case, Measured
from benchmarks.ranges import Ranges
from rich import box
from rich.console import Console
from rich.table import Table

_MICROSECONDS = 1_000_000
_MILLISECONDS = 1_000
_MEGABYTE = 1_000_000


def faults(case: Case, measured: Measured) -> list[str]:
    """Say which bounds on bytes and round trips are not kept; these are the same in every run."""
    found = []
    if measured.round_trips > case.bounds.round_trips:
        found.append(f"{case.name}: {measured.round_trips:g} round trips, not {case.bounds.round_trips:g}")
    if measured.compared_bytes > case.bounds.compared_bytes:
        found.append(f"{case.name}: {measured.compared_bytes} bytes, not {case.bounds.compared_bytes}")
    beside_bytes = measured.compared_bytes + measured.envelopes_bytes
    if case.bounds.beside_bytes is not None and beside_bytes > case.bounds.beside_bytes:
        found.append(f"{case.name}: {beside_bytes} bytes beside the records, not {case.bounds.beside_bytes}")
    return found


def show_differences(
    console: Console, title: str, rows: Sequence[tuple[Case, Measured]], others: Mapping[str, Ranges]
) -> None:
    """Show what comparing sets has cost."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for name in (
        "the sets differ in",
        "round trips",
        "bound",
        "bytes",
        "worst",
        "bound",
        "around records",
        "frames",
    ):
        table.add_column(name, justify="left" if name.startswith("the") else "right")
    for name in ("CPU ms, opener", "answerer", "goal", "memory MB"):
        table.add_column(name, justify="right")
    if others:
        for name in ("negentropy: bytes", "times ours", "round trips", "CPU ms, both"):
            table.add_column(name, justify="right")
    for case, measured in rows:
        table.add_row(*_cells(case, measured), *(_beside(measured, others.get(case.name)) if others else ()))
    console.print(table)


def _cells(case: Case, measured: Measured) -> list[str]:
    bounds = case.bounds
    is_slow = bounds.cpu_s is not None and max(measured.opener_cpu_s, measured.answerer_cpu_s) > bounds.cpu_s
    style = "yellow" if is_slow else "none"
    return [
        f"[red]{case.name}[/]" if faults(case, measured) else case.name,
        f"{measured.round_trips:g}",
        f"[dim]{bounds.round_trips:g}[/]",
        f"{measured.compared_bytes:,}",
        f"{measured.worst_bytes:,}" if case.draws > 1 else "",
        f"[dim]{bounds.compared_bytes:,}[/]",
        f"{measured.envelopes_bytes:,}",
        f"{measured.frames}",
        f"[{style}]{measured.opener_cpu_s * _MILLISECONDS:.1f}[/]",
        f"[{style}]{measured.answerer_cpu_s * _MILLISECONDS:.1f}[/]",
        "" if bounds.cpu_s is None else f"[dim]{bounds.cpu_s * _MILLISECONDS:g}[/]",
        f"{measured.growth_bytes / _MEGABYTE:.1f}",
    ]


def _beside(measured: Measured, other: Ranges | None) -> list[str]:
    if other is None:
        return ["", "", "", ""]
    cpu_s = other.opener_cpu_s + other.answerer_cpu_s
    return [
        f"{other.size_bytes:,}",
        f"{other.size_bytes / measured.compared_bytes:.2g}",
        f"{other.round_trips}",
        f"{cpu_s * _MILLISECONDS:.0f}",
    ]


def show_catching_up(console: Console, measured: CatchingUp) -> None:
    """Show how a new node catches up."""
    records = measured.syncing.records
    table = Table(title=f"{records:,} records of 500 bytes", box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("", "records a second", "seconds", "CPU µs each"):
        table.add_column(name, justify="right" if name else "left")
    for name, pace in (
        ("verify only, all cores", measured.verifying),
        ("verify and store, from memory", measured.storing),
        ("a new node takes them by sync", measured.syncing),
        ("sync again, both hold the same", measured.again),
        ("open the store", measured.opening),
    ):
        table.add_row(name, *_pace(pace))
    console.print(table)
    console.print(
        f"  The sync has [bold]{measured.share:.0%}[/] of the pace of storing (goal: 50 %), "
        f"{measured.sync_bytes / records:.0f} bytes on the wire and {measured.database_bytes / records:.0f} bytes "
        f"on the disk for each record; the sync after it, {measured.again_bytes} bytes.\n"
    )


def _pace(pace: Pace) -> tuple[str, str, str]:
    return f"{pace.per_second:,.0f}", f"{pace.wall_s:.2f}", f"{pace.cpu_s / pace.records * _MICROSECONDS:.1f}"

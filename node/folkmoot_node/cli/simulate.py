"""The command `simulate`: a network of nodes in virtual time, from a seed."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from folkmoot_node.cli.invocation import session
from folkmoot_node.errors import ExitCode, FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from folkmoot_node.cli.terminal import Terminal
    from folkmoot_node.simulation.outcome import Outcome

_NODES_MAX = 1_000
_SEEDS_MAX = 100_000
_MINUTE_MS = 60_000


def simulate(
    ctx: typer.Context,
    nodes: Annotated[int, typer.Option(min=3, max=_NODES_MAX, help="How many nodes.")] = 20,
    records: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many records people publish.")] = 1000,
    days: Annotated[int, typer.Option(min=1, max=30, help="Over how many days.")] = 3,
    burst: Annotated[int, typer.Option(min=1, max=64, help="Most things that somebody says at once.")] = 8,
    seed: Annotated[int, typer.Option(help="What all chance comes from; the first of several.")] = 1,
    seeds: Annotated[
        int, typer.Option(min=1, max=_SEEDS_MAX, help="How many seeds to run, one after the other.")
    ] = 1,
    seed_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Run the seeds of a file instead, one a line.")
    ] = None,
    rough: Annotated[bool, typer.Option("--rough", help="Let everything go wrong at once.")] = False,
    loss: Annotated[float, typer.Option(min=0, max=0.9, help="Chance that a gossip message is lost.")] = 0.0,
    delay_ms: Annotated[int, typer.Option(min=0, max=60_000, help="Median delay of a link.")] = 50,
    duplication: Annotated[float, typer.Option(min=0, max=1, help="Chance that a message comes twice.")] = 0.0,
    reordering: Annotated[float, typer.Option(min=0, max=1, help="Chance that a message is overtaken.")] = 0.0,
    partitions: Annotated[int, typer.Option(min=0, max=100, help="How often the network falls in two.")] = 0,
    churn: Annotated[float, typer.Option(min=0, max=1, help="Share of nodes away for a while each day.")] = 0.0,
    crashes: Annotated[int, typer.Option(min=0, max=1000, help="How many nodes crash and start again.")] = 0,
    lost_disks: Annotated[int, typer.Option(min=0, max=1000, help="How many of those lose their disk.")] = 0,
    skew_minutes: Annotated[float, typer.Option(min=0, max=1440, help="How wrong clocks are, either way.")] = 0.0,
    slow: Annotated[float, typer.Option(min=0, max=1, help="Share of nodes that take seconds a message.")] = 0.0,
    hostile: Annotated[float, typer.Option(min=0, max=0.5, help="Share of nodes that mean harm.")] = 0.0,
    sync_s: Annotated[int, typer.Option(min=1, max=86_400, help="Seconds between the syncs of a node.")] = 240,
    store: Annotated[Literal["memory", "sqlite"], typer.Option(help="Where nodes keep what they hold.")] = "memory",
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes to run seeds in.")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with pictures.")] = None,
) -> None:
    """Simulate a network of nodes in virtual time, and check that they come to hold the same.

    Everything comes from the seed: the same one does the same again. A run that is not as it must be prints
    `SEED=…` and what to type to see it once more, and ends with exit code 10.
    """
    from folkmoot_node.cli.simulate_view import outcome_lines, outcomes_value  # noqa: PLC0415 - help needs none of it
    from folkmoot_node.simulation.options import Options  # noqa: PLC0415
    from folkmoot_node.simulation.runs import read_seeds, run_all  # noqa: PLC0415

    here = session(ctx)
    options = Options(
        nodes=nodes,
        records=records,
        days=days,
        burst=burst,
        loss=loss,
        delay_ms=delay_ms,
        duplication=duplication,
        reordering=reordering,
        partitions=partitions,
        churn=churn,
        crashes=crashes,
        lost_disks=lost_disks,
        skew_ms_max=int(skew_minutes * _MINUTE_MS),
        slow=slow,
        hostile=hostile,
        sync_s=sync_s,
        store=store,
    )
    options = options.in_rough_weather() if rough else options
    wanted = read_seeds(seed_file) if seed_file is not None else list(range(seed, seed + seeds))
    with _progress(here.terminal, len(wanted)) as on_progress:
        outcomes = list(run_all(options, wanted, jobs=jobs, on_progress=on_progress))
    if out is not None:
        _write_page(out, outcomes)
    here.answer(outcomes_value(outcomes), outcome_lines(outcomes))
    if not all(outcome.is_well for outcome in outcomes):
        raise typer.Exit(ExitCode.UNVERIFIED)


def _write_page(out: Path, outcomes: "Sequence[Outcome]") -> None:
    from folkmoot_node.simulation.picture import write_page  # noqa: PLC0415 - brings the charts

    try:
        write_page(out, outcomes)
    except OSError as error:
        raise FileError(f"cannot write {out}: {error.strerror}") from error


@contextmanager
def _progress(terminal: "Terminal", runs: int) -> "Iterator[Callable[[float], None]]":
    """Show how far the runs are, where somebody watches."""
    from rich.progress import Progress  # noqa: PLC0415

    watched = sys.stderr.isatty() and not terminal.as_json
    with Progress(console=terminal.err, transient=True, disable=not watched) as progress:
        task = progress.add_task("Simulating", total=runs)
        yield lambda done: progress.update(task, completed=done)

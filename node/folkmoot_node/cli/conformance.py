"""The command `conformance`: any client against every vector of the specification."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from folkmoot_node.cli.invocation import session
from folkmoot_node.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from folkmoot_node.cli.terminal import Terminal

_VECTORS = Path("spec/vectors")


def conformance(
    ctx: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="The client, after `--`.")],
    profile: Annotated[Literal["verifier", "light", "full"], typer.Option(help="What the client is for.")] = "full",
    vectors: Annotated[Path, typer.Option(metavar="DIR", help="The folder with the vectors.")] = _VECTORS,
) -> None:
    """Test any client against the vectors of the specification.

    The client is a program that answers questions line by line, as spec/conformance.md says. Exit code 0 means that
    it passes every case of its profile, 10 that it does not.
    """
    from folkmoot_node.cli.conformance_view import report_lines  # noqa: PLC0415 - help does without all this
    from folkmoot_node.conformance.harness import run  # noqa: PLC0415
    from folkmoot_node.conformance.report import report_value  # noqa: PLC0415
    from folkmoot_node.conformance.suites import Profile, read_suites  # noqa: PLC0415

    here = session(ctx)
    wanted = Profile(profile)
    suites = read_suites(vectors, wanted.suites)
    with _progress(here.terminal, sum(len(suite.cases) for suite in suites)) as on_case:
        report = run(command, suites, profile=wanted, on_case=on_case)
    here.answer(report_value(report), report_lines(report))
    if not report.passed:
        raise typer.Exit(ExitCode.UNVERIFIED)


@contextmanager
def _progress(terminal: "Terminal", cases: int) -> "Iterator[Callable[[], None]]":
    """Show how far the run is, where somebody watches."""
    from rich.progress import Progress  # noqa: PLC0415

    watched = sys.stderr.isatty() and not terminal.as_json
    with Progress(console=terminal.err, transient=True, disable=not watched) as progress:
        task = progress.add_task("Asking the client", total=cases)
        yield lambda: progress.advance(task)

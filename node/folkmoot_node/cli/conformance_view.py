"""What came of a conformance run, for people."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.terminal import heading, hint, indented, table
from folkmoot_node.cli.texts import plain
from folkmoot_node.conformance.report import FAILURES_SHOWN_MAX, Failure, Outcome, Report


def report_lines(report: Report) -> Iterable[RenderableType]:
    """Return a report as tables, with every case that failed."""
    said = " ".join(plain(part) for part in report.client.values() if part)
    verdict = Text("passes", style="bold green") if report.passed else Text("does not pass", style="bold red")
    yield heading(f"{said or 'The client'}: {report.profile.value}", verdict)
    outcomes = list(Outcome)
    yield table(
        ("suite", "#cases", *(f"#{outcome.value}" for outcome in outcomes)),
        (
            (suite.name, str(sum(suite.counts.values())), *(_count(suite.counts[outcome]) for outcome in outcomes))
            for suite in report.suites
        ),
    )
    yield ""
    for profile, passed in report.profiles().items():
        style, word = ("green", "yes") if passed else ("red", "no")
        yield indented(Text.assemble(f"{profile.value}: ", (word, style)))
    yield from _failure_lines(report.failures)
    if report.faults:
        yield ""
        yield Text("The client misbehaved", style="bold")
        yield from (indented(plain(fault)) for fault in report.faults)
    if report.complaints:
        yield hint("The last it said on standard error:")
        yield indented(plain(report.complaints))


def _failure_lines(failures: list[Failure]) -> Iterable[RenderableType]:
    if not failures:
        return
    yield ""
    yield table(
        ("failing case", "rules", "expected", "got"),
        (
            (
                f"{failure.suite}: {failure.case}",
                " ".join(failure.rules),
                failure.expected,
                plain(failure.got),
            )
            for failure in failures[:FAILURES_SHOWN_MAX]
        ),
    )
    if len(failures) > FAILURES_SHOWN_MAX:
        yield hint(f"and {len(failures) - FAILURES_SHOWN_MAX} more; --json lists all")


def _count(count: int) -> str:
    return str(count) if count else ""

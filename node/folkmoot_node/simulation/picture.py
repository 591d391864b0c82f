"""A page to look at: how fast records travelled, and what that cost each node; one file that needs no network."""

import sys
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import pygal  # type: ignore[import-untyped]
from pygal.style import CleanStyle  # type: ignore[import-untyped]

from folkmoot_node.simulation.outcome import Outcome

# For its plugins pygal leaves a finder behind whose form Python has given up, and warns of at each import.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

_STEPS_MS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000)
_SECOND_MS = 1_000
_MINUTE_MS = 60_000
_FAULTS_SHOWN_MAX = 20
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .2rem .8rem; text-align: right; }}
td:first-child, th:first-child {{ text-align: left; }} tr:nth-child(even) {{ background: #f5f5f5; }}
.well {{ color: #1a7f37; }} .broken {{ color: #b42318; }} svg {{ width: 100%; height: auto; }}
</style></head><body>
<h1>{title}</h1>
<p class="{css}"><strong>{verdict}</strong></p>
{facts}
<h2>How fast records reach other honest nodes</h2>
{curve}
<h2>What it costs each honest node</h2>
{costs}
{copies}
{faults}
</body></html>
"""


def write_page(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the page.

    Raises:
        OSError: The file cannot be written.
    """
    path.write_text(page(outcomes), encoding="utf-8")


def page(outcomes: Sequence[Outcome]) -> str:
    """Return the page about one run or several; what is per node is of the run to look at first."""
    shown = next((outcome for outcome in outcomes if not outcome.is_well), outcomes[0])
    options = shown.options
    failed = [outcome for outcome in outcomes if not outcome.is_well]
    return _PAGE.format(
        title=escape(f"{options.nodes} simulated nodes, {shown.published} records, seed {shown.seed}"),
        css="broken" if failed else "well",
        verdict=escape(_verdict(outcomes, failed)),
        facts=_facts(shown),
        curve=_svg(_curve(outcomes)),
        costs=_svg(_costs(shown)),
        copies=_svg(_copies(shown)),
        faults=_faults(failed),
    )


def _verdict(outcomes: Sequence[Outcome], failed: Sequence[Outcome]) -> str:
    if failed:
        return f"{len(failed)} of {len(outcomes)} runs are not as they must be."
    return f"All honest nodes derived the same state, in {len(outcomes)} of {len(outcomes)} runs."


def _facts(outcome: Outcome) -> str:
    arrivals = {f"{percent} % of arrivals within": outcome.delay_ms(percent) for percent in (50, 90, 99)}
    rows = {
        "the same everywhere after": outcome.converged_ms,
        **arrivals,
    }
    lines = "".join(
        f"<tr><td>{escape(name)}</td><td>{'never' if ms is None else f'{ms / _SECOND_MS:.3f} s'}</td></tr>"
        for name, ms in rows.items()
    )
    return f"<table>{lines}</table>"


def _faults(failed: Sequence[Outcome]) -> str:
    if not failed:
        return ""
    items = "".join(
        f"<li>SEED={outcome.seed}: {escape(fault)}</li>"
        for outcome in failed
        for fault in outcome.faults[:_FAULTS_SHOWN_MAX]
    )
    return f"<h2>What is not as it must be</h2><ul>{items}</ul>"


def _curve(outcomes: Sequence[Outcome]) -> Any:  # noqa: ANN401 - pygal has no types
    delays: Counter[int] = Counter()
    for outcome in outcomes:
        delays.update(outcome.delays)
    total = delays.total() or 1
    chart = pygal.Line(
        **_style(), show_legend=False, range=(0, 100), y_title="% of arrivals", interpolate="hermite"
    )
    chart.x_labels = [_time(step_ms) for step_ms in _STEPS_MS]
    chart.add(
        "arrived",
        [
            100 * sum(count for delay_ms, count in delays.items() if delay_ms <= step_ms) / total
            for step_ms in _STEPS_MS
        ],
    )
    return chart


def _costs(outcome: Outcome) -> Any:  # noqa: ANN401
    chart = pygal.StackedBar(**_style(), y_title="bytes sent")
    chart.x_labels = [str(node) for node in outcome.traffic]
    chart.add("gossip", [item.sent_bytes for item in outcome.traffic.values()])
    chart.add("sync", [item.sync_bytes for item in outcome.traffic.values()])
    return chart


def _copies(outcome: Outcome) -> Any:  # noqa: ANN401
    chart = pygal.StackedBar(**_style(), y_title="gossip messages received")
    chart.x_labels = [str(node) for node in outcome.traffic]
    chart.add("new", [item.received - item.duplicates for item in outcome.traffic.values()])
    chart.add("duplicates", [item.duplicates for item in outcome.traffic.values()])
    return chart


def _style() -> dict[str, object]:
    # Without its scripts the picture stands alone: nothing is fetched when somebody looks at it.
    return {"js": (), "style": CleanStyle, "width": 960, "height": 360, "disable_xml_declaration": True}


def _svg(chart: Any) -> str:  # noqa: ANN401
    return str(chart.render(is_unicode=True))


def _time(step_ms: int) -> str:
    if step_ms < _SECOND_MS:
        return f"{step_ms} ms"
    return f"{step_ms // _SECOND_MS} s" if step_ms < _MINUTE_MS else f"{step_ms // _MINUTE_MS} min"

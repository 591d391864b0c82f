"""The benchmark works, and what it measures keeps the bounds on bytes and round trips, always the same."""

import json
from io import StringIO
from pathlib import Path

import pytest
from benchmarks.differences import Bounds, Case, Sets, cases
from benchmarks.report import faults
from benchmarks.run import QUICK, measure
from rich.console import Console

SETS = Sets(2_000)


def test_the_quick_benchmark_keeps_every_bound_and_writes_its_figures_down(tmp_path: Path) -> None:
    said = StringIO()
    assert measure(QUICK, Console(file=said, width=190), tmp_path, None) == []
    assert "10 anywhere" in said.getvalue()
    for name in ("reconciliation", "million"):
        written = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        for row in written["cases"]:
            assert (
                row["measured"]["records"]
                == row["case"]["opener"] + row["case"]["answerer"] + row["case"]["ground"]
            )
    caught_up = json.loads((tmp_path / "catching-up.json").read_text(encoding="utf-8"))
    assert caught_up["again_bytes"] <= 300


@pytest.mark.parametrize("case", cases(2_000), ids=lambda case: case.name)
def test_a_comparison_costs_the_same_whenever_it_is_made(case: Case) -> None:
    first, second = SETS.measure(case), SETS.measure(case)
    assert (first.compared_bytes, first.round_trips, first.frames) == (
        second.compared_bytes,
        second.round_trips,
        second.frames,
    )
    assert faults(case, first) == []


def test_what_exceeds_its_bounds_is_said() -> None:
    case = Case(
        name="ten", common=1_990, opener=10, bounds=Bounds(round_trips=1, compared_bytes=10, beside_bytes=20)
    )
    assert len(faults(case, SETS.measure(case))) == 3

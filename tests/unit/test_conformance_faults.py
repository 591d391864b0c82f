"""The harness finds every planted fault, and names the rule that is broken with it."""

from pathlib import Path

import pytest
from support.planted_client import FAULTS, command_with

from folkmoot_node.conformance.harness import run
from folkmoot_node.conformance.suites import read_suites

VECTORS = Path(__file__).resolve().parents[2] / "spec" / "vectors"


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_and_its_rule_named(name: str) -> None:
    fault = FAULTS[name]
    [suite] = read_suites(VECTORS, [fault.suite])
    report = run(command_with(name), [suite])
    assert (report.passed, report.faults) == (False, [])
    assert any(fault.rule in failure.rules or fault.rule in failure.got for failure in report.failures)
    assert len(report.failures) < 0.6 * len(suite.cases), (
        "a subtle fault is found, not a client that is broken all over"
    )


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.suite == "sequence"])
def test_a_fault_that_shows_only_over_time_passes_every_question_about_a_moment(name: str) -> None:
    report = run(command_with(name), read_suites(VECTORS, ["rules", "identity"]))
    assert (report.failures, report.faults) == ([], [])

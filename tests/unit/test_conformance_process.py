"""A client that hangs, dies, floods or answers nonsense: the harness says so, in bounded time, and goes on."""

import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from folkmoot_node.conformance.harness import Bounds, run
from folkmoot_node.conformance.process import ClientFaultError, ClientProcess, Limits
from folkmoot_node.conformance.report import Outcome
from folkmoot_node.conformance.suites import Suite
from folkmoot_node.errors import ConfigError

CALM = Limits(line_bytes_max=4096)
QUICK = Limits(answer_seconds=0.3, exit_seconds=0.3, line_bytes_max=4096)
"""For clients that are silent whatever time they have."""

ECHO = """
import json, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    def answer(**what):
        print(json.dumps({"n": asked["n"], **what}), flush=True)
"""
BEGUN = """
    if asked["do"] == "begin":
        answer(ok={"client": "x", "version": "1", "spec": "0.1"})
        continue
"""


def command_of(body: str) -> list[str]:
    """Return the command of a client that does what the body says with each request after the first."""
    return [sys.executable, "-c", ECHO + BEGUN + textwrap.indent(textwrap.dedent(body), "    ")]


def client_of(body: str, limits: Limits = CALM) -> ClientProcess:
    client = ClientProcess(command_of(body), limits)
    client.ask([{"do": "begin"}])
    return client


CASES = [{"name": f"case-{n}", "rules": [], "wire": "c0", "expect": "refuse", "rule": "REC-1"} for n in range(4)]
SUITE = Suite("record", CASES)
RIGHT = 'answer(refuse="REC-1")'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(3)", "it ended with exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "it was ended by signal 9"),
        ('print("hello", flush=True)', "a line that is no JSON: b'hello'"),
        ('print("[" * 100_000, flush=True)', "a line of more than 4096 bytes"),
        ('sys.stdout.buffer.write(b"[" * 3000 + b"\\n"); sys.stdout.flush()', "a line that is no JSON"),
        ('sys.stdout.buffer.write(b"\\xff\\n"); sys.stdout.flush()', "a line that is no JSON"),
        ('print("9" * 4000); sys.stdout.flush()', "a line that is no JSON object"),
        ("print([], flush=True)", "a line that is no JSON object"),
        ('print("{}", flush=True)', "an answer numbered None where 1 is due"),
        ('print(json.dumps({"n": True, "ok": {}}), flush=True)', "an answer numbered True where 1 is due"),
        ('print(json.dumps({"n": 7, "ok": {}}), flush=True)', "an answer numbered 7 where 1 is due"),
        ("answer()", "an answer that is none of"),
        ("answer(ok=1)", "an answer that is none of"),
        ('answer(ok={}, refuse="REC-1")', "an answer that is none of"),
        ("answer(ok={}); answer(ok={})", "nobody asked for|numbered"),
        ('while True: print("x" * 999)', "a line that is no JSON"),
        ('while True: sys.stdout.write("x" * 999)', "a line of more than 4096 bytes"),
    ],
)
def test_what_no_client_may_do_ends_it_and_is_named(body: str, why: str) -> None:
    client = client_of(body)
    with pytest.raises(ClientFaultError, match=why):
        client.ask([{"do": "x"}, {"do": "x"}])


@pytest.mark.parametrize("body", ["time.sleep(60)", 'while True: sys.stderr.write("x" * 999)'])
def test_a_client_that_does_not_answer_is_not_waited_for(body: str) -> None:
    client = client_of(body, QUICK)
    with pytest.raises(ClientFaultError, match=r"no answer within 0\.3 s"):
        client.ask([{"do": "x"}])


def test_a_client_that_closes_its_standard_output_has_ended() -> None:
    client = client_of("import os; os.close(1); time.sleep(60)", Limits(exit_seconds=0.3))
    with pytest.raises(ClientFaultError, match="it closed its standard output"):
        client.ask([{"do": "x"}])


def test_what_is_written_after_the_last_answer_is_found_out_at_the_end() -> None:
    client = client_of("answer(ok={}); time.sleep(0.2); answer(ok={})")
    client.ask([{"do": "x"}])
    assert client.close() == "it writes what nobody asked for"


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    told = tmp_path / "child"
    client = client_of(
        f"""
        import subprocess
        child = subprocess.Popen(["sleep", "60"])
        open({str(told)!r}, "w").write(str(child.pid))
        time.sleep(60)
        """,
        Limits(answer_seconds=2.0),
    )
    with pytest.raises(ClientFaultError):
        client.ask([{"do": "x"}])
    deadline = time.monotonic() + 10
    while _lives(int(told.read_text())):
        assert time.monotonic() < deadline


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_standard_error_is_kept_to_its_end() -> None:
    client = client_of('sys.stderr.write("x" * 100_000 + "the end"); sys.stderr.flush(); sys.exit(1)')
    with pytest.raises(ClientFaultError) as caught:
        client.ask([{"do": "x"}])
    assert caught.value.complaints.endswith("the end")
    assert len(caught.value.complaints) <= 2048


def test_many_questions_at_once_are_answered_in_their_order() -> None:
    client = client_of('answer(ok={"m": asked["m"]})')
    answers = client.ask([{"do": "x", "m": number, "pad": "x" * 5000} for number in range(1000)])
    assert [answer["ok"]["m"] for answer in answers] == list(range(1000))
    assert client.close() == ""


def test_a_client_that_stays_after_its_input_has_ended_is_named() -> None:
    client = ClientProcess([sys.executable, "-c", "import time; time.sleep(60)"], QUICK)
    assert client.close() == "it did not end 0.3 s after its input did"


def test_a_client_that_leaves_with_an_error_is_named() -> None:
    client = ClientProcess([sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(4)"], Limits())
    assert client.close() == "it left with exit code 4"


def test_a_client_that_writes_on_at_its_end_is_ended() -> None:
    client = ClientProcess([sys.executable, "-c", "while True: print('x' * 9999)"], QUICK)
    assert client.close() == "it did not end 0.3 s after its input did"


@pytest.mark.parametrize("command", [["no-such-program"], [""], [os.sep]])
def test_a_program_that_is_not_there_is_the_callers_mistake(command: list[str]) -> None:
    with pytest.raises(ConfigError, match="cannot be started"):
        ClientProcess(command, QUICK)


def test_after_a_fault_the_run_goes_on_with_a_new_client(tmp_path: Path) -> None:
    once = tmp_path / "once"
    body = f"""
        import os
        if not os.path.exists({str(once)!r}):
            open({str(once)!r}, "w").close()
            sys.exit(7)
        {RIGHT}
        """
    report = run(command_of(body), [SUITE], bounds=Bounds(CALM))
    assert report.suites[0].counts == {
        Outcome.PASSED: 3,
        Outcome.FAILED: 1,
        Outcome.UNSUPPORTED: 0,
        Outcome.NOT_RUN: 0,
    }
    assert report.faults == ["record: case-0: it ended with exit code 7"]
    assert not report.passed


def test_after_some_faults_the_rest_is_not_run() -> None:
    report = run(command_of("sys.exit(1)"), [SUITE], bounds=Bounds(CALM, faults_max=1))
    assert [failure.case for failure in report.failures] == ["case-0", "case-1"]
    assert report.suites[0].counts[Outcome.NOT_RUN] == 2
    assert len(report.faults) == 2


def test_a_run_that_takes_too_long_ends() -> None:
    report = run(command_of(RIGHT), [SUITE], bounds=Bounds(CALM, run_seconds=0.0))
    assert report.suites[0].counts[Outcome.NOT_RUN] == 4
    assert report.faults == ["the run took more than 0 s"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "it ended with exit code 0"),
        ("print('ready', flush=True); input()", "a line that is no JSON"),
        (ECHO + '    answer(ok={"spec": "9.9"})', "it does not say that it is of version 0.1"),
        (ECHO + "    answer(unsupported=True)", "it does not say that it is of version 0.1"),
    ],
)
def test_a_client_that_does_not_begin_is_asked_nothing_more(code: str, why: str) -> None:
    report = run([sys.executable, "-c", code], [SUITE], bounds=Bounds(CALM))
    assert report.suites[0].counts[Outcome.NOT_RUN] == 4
    [fault] = report.faults
    assert fault.startswith(f"at its start: {why}")


def test_what_a_client_does_not_support_is_no_pass() -> None:
    report = run(command_of("answer(unsupported=True)"), [SUITE], bounds=Bounds(CALM))
    assert report.suites[0].counts[Outcome.UNSUPPORTED] == 4
    assert (report.passed, report.failures, report.faults) == (False, [], [])


def test_a_client_that_says_that_it_broke_fails_the_case() -> None:
    report = run(command_of('answer(failed="oh")'), [SUITE], bounds=Bounds(CALM))
    assert [failure.got for failure in report.failures] == ["open-record: failed: oh"] * 4


def test_a_client_that_leaves_badly_does_not_pass() -> None:
    body = "import atexit, os; atexit.register(os._exit, 5); " + RIGHT
    report = run(command_of(body), [SUITE], bounds=Bounds(CALM))
    assert report.suites[0].passed
    assert (report.passed, report.faults) == (False, ["at its end: it left with exit code 5"])

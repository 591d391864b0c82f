"""The command line as a real process: what it imports, its signals and pipes, its terminal, its completion."""

import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from support.fake_daemon import OPPORTUNITY, FakeDaemon
from support.keys import NETWORK, person
from support.statements import said

from folkmoot.bundle import pack

COMMAND = [sys.executable, "-m", "folkmoot_node"]
HEAVY = ("libp2p", "trio", "fastapi", "hypercorn", "httpx", "sqlite3", "pydantic_settings")
START_S_MAX = 60.0


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FOLKMOOT", "NO_COLOR"))}
    return {**kept, "COLUMNS": "100", **more}


def folkmoot(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=START_S_MAX,
    )


def modules_after(*words: str) -> set[str]:
    """Run a command and return the modules it had imported at its end."""
    program = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('MODULES', *sorted(sys.modules), file=sys.stderr))\n"
        f"sys.argv[1:] = {list(words)!r}\n"
        "from folkmoot_node.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        timeout=START_S_MAX,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("MODULES ")[2].split())


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    alice = person("alice")
    file = tmp_path / "alice.folkmoot"
    file.write_bytes(pack([alice.genesis], [said(alice, "profile", {"name": "Alice"})], network=NETWORK))
    return file


def test_verify_needs_no_node_no_database_and_no_network(bundle: Path) -> None:
    assert modules_after("verify", str(bundle)).isdisjoint(HEAVY)


def test_a_command_to_the_daemon_brings_no_daemon_with_it(tmp_path: Path) -> None:
    with FakeDaemon(tmp_path):
        assert modules_after("status", "--data", str(tmp_path)).isdisjoint({*HEAVY, "cryptography"})


def test_help_brings_nothing_that_takes_time() -> None:
    assert modules_after("--help").isdisjoint({*HEAVY, "cryptography", "pydantic", "http.client"})


def test_the_exit_code_reaches_the_shell(bundle: Path) -> None:
    bundle.write_bytes(b"not a bundle")
    assert folkmoot("verify", str(bundle)).returncode == 6
    assert folkmoot("frobnicate").returncode == 2


def test_a_bundle_can_come_through_a_pipe(bundle: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "verify", "-"],
        input=bundle.read_bytes(),
        capture_output=True,
        env=environment(),
        check=False,
        timeout=START_S_MAX,
    )
    assert (done.returncode, b"verified: 1 record" in done.stdout) == (0, True)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_goes_away_is_no_failure(form: list[str], tmp_path: Path) -> None:
    with FakeDaemon(tmp_path) as daemon:
        daemon.answers["GET", "/opportunities"] = {"items": [OPPORTUNITY] * 2000}
        words = [*COMMAND, "opportunity", "list", "--data", str(tmp_path), *form]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(PYTHONUNBUFFERED="")
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(START_S_MAX) == 0


def test_a_file_too_large_for_the_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    data_dir, out = tmp_path / "data", tmp_path / "out"
    out.mkdir()
    with FakeDaemon(data_dir) as daemon:
        daemon.answers["GET", "/export"] = bytes(5000)
        done = subprocess.run(
            [*COMMAND, "export", "--out", str(out / "all.folkmoot"), "--data", str(data_dir)],
            capture_output=True,
            text=True,
            env=environment(),
            check=False,
            preexec_fn=small_files_only,
            timeout=START_S_MAX,
        )
    assert done.returncode == 7
    assert done.stderr.endswith("cannot be written: file too large.\nNothing was changed.\n")
    assert list(out.iterdir()) == []


def test_an_interrupt_ends_a_command_with_130(tmp_path: Path) -> None:
    with FakeDaemon(tmp_path) as daemon:
        daemon.hold("GET", "/status")
        with subprocess.Popen(
            [*COMMAND, "status", "--data", str(tmp_path)], stderr=subprocess.PIPE, env=environment()
        ) as process:
            assert process.stderr is not None
            daemon.wait_until_held(START_S_MAX)
            process.send_signal(signal.SIGINT)
            assert process.wait(START_S_MAX) == 130
            assert process.stderr.read() == b""
        daemon.let_go()


def test_bash_completes_what_was_begun() -> None:
    done = folkmoot(_FOLKMOOT_COMPLETE="complete_bash", COMP_WORDS="folkmoot team ac", COMP_CWORD="2")
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["accept"], "")


class Sitting:
    """Somebody at a terminal."""

    def __init__(self, process: "subprocess.Popen[bytes]", terminal: int) -> None:
        self.process = process
        self.seen = ""
        self._terminal = terminal
        self._read = 0

    def read_until(self, text: str) -> None:
        """Wait for something to be shown after what was waited for before."""
        give_up = time.monotonic() + START_S_MAX
        while text not in self.seen[self._read :]:
            assert time.monotonic() < give_up, self.seen
            if select.select([self._terminal], [], [], 1.0)[0]:
                with suppress(OSError):
                    self.seen += os.read(self._terminal, 4096).decode()
        self._read = self.seen.index(text, self._read) + len(text)

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{line}\n".encode())

    def leave(self) -> int:
        """Read to the end and return the exit code."""
        while True:
            try:
                chunk = os.read(self._terminal, 4096)
            except OSError:
                break
            if not chunk:
                break
            self.seen += chunk.decode()
        return self.process.wait(START_S_MAX)


@contextmanager
def sitting(*words: str) -> Iterator[Sitting]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM="xterm"),
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Sitting(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_somebody_at_a_terminal_is_asked_for_a_passphrase_and_proof_of_writing_down(tmp_path: Path) -> None:
    with sitting("init", "--data", str(tmp_path / "data")) as person_there:
        person_there.read_until("Passphrase: ")
        person_there.type("correct horse")
        person_there.read_until("The same again: ")
        person_there.type("correct hearse")
        person_there.read_until("The two differ; try again.")
        for question in ("Passphrase: ", "The same again: "):
            person_there.read_until(question)
            person_there.type("correct horse")
        person_there.read_until("from your paper: ")
        key = re.findall("paper1[0-9a-z]+", person_there.seen)[0]
        person_there.type("wrong")
        person_there.read_until("That is not how it ends.")
        person_there.type(key[-6:].upper())
        assert person_there.leave() == 0
    assert "correct horse" not in person_there.seen
    assert "This id is you:" in person_there.seen
    wrong = tmp_path / "wrong"
    wrong.write_text("correct hearse")
    done = folkmoot("node", "--data", str(tmp_path / "data"), "--passphrase-file", str(wrong), "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (9, "wrong_passphrase")


def test_a_recovery_key_that_is_not_confirmed_is_said_to_be_lost_soon(tmp_path: Path) -> None:
    with sitting("init", "--no-passphrase", "--data", str(tmp_path)) as person_there:
        for _ in range(3):
            person_there.read_until("from your paper: ")
            person_there.type("no")
        assert person_there.leave() == 2
    assert "write it down now" in person_there.seen


def test_an_interrupt_at_the_passphrase_makes_nothing(tmp_path: Path) -> None:
    with sitting("init", "--data", str(tmp_path)) as person_there:
        person_there.read_until("Passphrase: ")
        person_there.process.send_signal(signal.SIGINT)
        assert person_there.leave() == 130
    assert list(tmp_path.iterdir()) == []


def answer(data_dir: Path, *words: str) -> dict[str, Any]:
    done = folkmoot(*words, "--data", str(data_dir), "--json")
    assert done.returncode == 0, done.stdout
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.network
def test_a_real_node_takes_a_person_from_nothing_to_a_verified_bundle(tmp_path: Path) -> None:
    data_dir, out = tmp_path / "data", tmp_path / "me.folkmoot"
    identity = answer(data_dir, "init", "--no-passphrase", "--yes", "--network", "test")["identity"]
    with subprocess.Popen(
        [*COMMAND, "node", "--data", str(data_dir), "--listen", "/ip4/127.0.0.1/tcp/0", "--log-format", "json"],
        stderr=subprocess.PIPE,
        env=environment(),
    ) as node:
        assert node.stderr is not None
        assert b"ready" in node.stderr.readline()
        published = answer(data_dir, "profile", "publish", "--name", "Eli", "--skill", "Python:expert")
        assert answer(data_dir, "status")["identity"] == identity
        answer(data_dir, "export", identity, "--out", str(out))
        second = folkmoot("node", "--data", str(data_dir))
        assert second.returncode == 8
        node.send_signal(signal.SIGTERM)
        assert node.wait(START_S_MAX) == 0
    assert folkmoot("status", "--data", str(data_dir)).returncode == 3
    verified = answer(data_dir, "verify", str(out))
    assert [(item["id"], item["author_name"]) for item in verified["records"]] == [(published["id"], "Eli")]

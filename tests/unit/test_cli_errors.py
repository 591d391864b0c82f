"""How commands fail: one sentence, what to do about it, and the exit code of the kind of failure."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import get_args

import pytest
from support.command_line import Shell
from support.fake_daemon import CALL, RECORD, TEAM, write_api_file

from folkmoot.kinds.word import POST_TOPICS
from folkmoot.kinds.work import CLOSING_REASONS, DECLINE_REASONS
from folkmoot_node.cli.bids import DeclineReason
from folkmoot_node.cli.failures import EXIT_MEANINGS, report_bug
from folkmoot_node.cli.opportunities import ClosingReason
from folkmoot_node.cli.words import Topic
from folkmoot_node.errors import ExitCode


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


def dead_process() -> int:
    """Return the id of a process that has ended."""
    done = subprocess.Popen(["true"])
    done.wait()
    return done.pid


def test_without_a_node_the_way_to_one_is_shown(shell: Shell) -> None:
    outcome = shell("status")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == (
        f"error: there is no node in {shell.data_dir} yet.\nMake one with `folkmoot init`, then `folkmoot node`.\n"
    )


def test_without_a_daemon_the_command_that_starts_it_is_shown(shell: Shell) -> None:
    shell.data_dir.mkdir()
    (shell.data_dir / "keys.json").touch()
    outcome = shell("status")
    assert outcome.code == 3
    assert outcome.err.endswith("Start it with `folkmoot node`.\n")


def test_a_daemon_that_was_killed_is_told_from_one_that_lives(shell: Shell) -> None:
    write_api_file(shell.data_dir, url="http://127.0.0.1:1", pid=dead_process())
    outcome = shell("status")
    assert outcome.code == 3
    assert "has died" in outcome.err


@pytest.mark.parametrize("pid", [0, -1, 2**40])
def test_a_process_id_that_is_none_is_no_daemon(pid: int, shell: Shell) -> None:
    write_api_file(shell.data_dir, url="http://127.0.0.1:1", pid=pid)
    assert shell("status").code == 3


def test_a_process_of_somebody_else_that_does_not_answer_is_no_daemon(shell: Shell) -> None:
    write_api_file(shell.data_dir, url="http://127.0.0.1:1", pid=os.getpid())
    outcome = shell("status")
    assert outcome.code == 3
    assert outcome.err == "error: the daemon does not answer.\nStart it with `folkmoot node`.\n"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"url": 1}', '"x"', "\x00"])
def test_an_api_file_that_says_nothing_is_no_daemon(content: str, shell: Shell) -> None:
    shell.data_dir.mkdir()
    (shell.data_dir / "api.json").write_text(content)
    outcome = shell("status")
    assert outcome.code == 3
    assert "anew" in outcome.err


def test_something_else_at_the_address_is_no_daemon(shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.answers["GET", "/status"] = b"<html>"
        outcome = shell("status")
    assert outcome.code == 3
    assert "no Folkmoot daemon" in outcome.err


def test_a_refusal_is_passed_on_with_its_exit_code_and_rule(shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.refuse(
            "POST",
            f"/teams/{TEAM}/accept",
            409,
            message="that offer was replaced",
            advice=f"accept {CALL} instead",
            rule="TEA-3",
        )
        outcome = shell("team", "accept", TEAM)
        document = shell("team", "accept", TEAM, "--json")
    assert outcome.code == 5
    assert outcome.err == f"error: that offer was replaced (TEA-3).\nAccept {CALL} instead.\n"
    assert (document.code, document.err) == (5, "")
    assert document.json == {
        "error": {
            "code": "refused",
            "exit": 5,
            "message": "that offer was replaced",
            "advice": f"accept {CALL} instead",
            "rule": "TEA-3",
        }
    }


@pytest.mark.parametrize("code", [code for code in ExitCode if code is not ExitCode.OK])
def test_every_exit_code_of_the_daemon_reaches_the_shell(code: ExitCode, shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.refuse("GET", "/status", 500, exit=int(code))
        assert shell("status").code == code


def test_a_refusal_without_a_shape_is_still_a_refusal(shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.refusals["GET", "/status"] = (500, {})
        assert shell("status").code == 5


def test_the_message_of_a_refusal_cannot_reach_the_terminal(shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.refuse("GET", "/status", 409, message="that seat is \x1b[31m[red]Eli's", advice="\x1b]0;x\x07go on")
        outcome = shell("status")
    assert outcome.err == "error: that seat is [31m[red]Eli's.\n]0;xgo on.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["team", "no-such-command"],
        ["team", "show"],
        ["opportunity", "close", CALL],
        ["opportunity", "close", CALL, "--reason", "boredom"],
        ["opportunity", "list", "--limit", "many"],
        ["opportunity", "list", "--limit", "0"],
        ["availability", "set", "169"],
        ["status", "--frobnicate"],
        ["opportunity", "publish", "--title", "t", "--need", "n", "--role", "a", "--closes", "2020-01-01"],
        ["opportunity", "publish", "--title", "t", "--need", "n", "--closes", "+1d"],
        ["opportunity", "publish", "--title", "t", "--role", "a", "--closes", "+1d"],
        [
            "opportunity",
            "publish",
            "--title",
            "t",
            "--need",
            "n",
            "--role",
            "a",
            "--closes",
            "+9d",
            "--decide-by",
            "+1d",
        ],
        ["bid", "publish", CALL, "--price", "4,800 EUR", "--plan", "p"],
        ["bid", "publish", CALL, "--price", "4800EUR"],
        ["bid", "publish", CALL, "--price", "4800EUR", "--plan", "p", "--allocate", "lead=3"],
        ["team", "offer", "--name", "n", "--purpose", "p", "--seat", "a=me:50%"],
        ["team", "show", CALL],
        ["post"],
        ["profile", "show", "Eli"],
    ],
)
def test_arguments_that_make_no_sense_are_refused_before_anything_is_asked(words: list[str], shell: Shell) -> None:
    with shell.daemon() as daemon:
        outcome = shell(*words)
        assert daemon.requests == []
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert "Traceback" not in outcome.err
    assert shell(*words, "--json").json["error"]["exit"] == 2


def test_a_mistyped_id_is_not_found(shell: Shell) -> None:
    with shell.daemon() as daemon:
        outcome = shell("award", f"{RECORD[:-1]}{'q' if RECORD[-1] != 'q' else 'p'}")
        assert daemon.requests == []
    assert outcome.code == 4
    assert "mistyped" in outcome.err


def test_a_mistyped_command_is_suggested(shell: Shell) -> None:
    assert "Did you mean 'opportunity'?" in shell("oportunity").err


@pytest.mark.parametrize("words", [[], ["team"]])
def test_a_group_alone_explains_itself(words: list[str], shell: Shell) -> None:
    outcome = shell(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: folkmoot")


def test_a_file_that_is_not_there_is_a_bad_file(shell: Shell) -> None:
    with shell.daemon():
        assert shell("profile", "import", "/no/such/resume.json").code == 6


def test_an_export_that_cannot_be_written_is_a_matter_of_storage(shell: Shell, tmp_path: Path) -> None:
    with shell.daemon():
        assert shell("export", "--out", str(tmp_path / "nowhere" / "file")).code == 7


def test_a_bug_is_one_sentence_and_its_traceback_a_file(shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.answers["GET", "/status"] = {"identity": 5}
        outcome = shell("status")
    assert outcome.code == 1
    assert outcome.err == (
        "error: Folkmoot met an error of its own: KeyError.\n"
        f"Please report it with what is in {shell.data_dir / 'crash.txt'}.\n"
    )
    assert "KeyError" in (shell.data_dir / "crash.txt").read_text()
    assert (shell.data_dir / "crash.txt").stat().st_mode & 0o777 == 0o600


def test_a_bug_is_one_sentence_even_where_nothing_can_be_written(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert report_bug(KeyError("x"), arguments=[], data_dir=shell.data_dir) == 1
    assert capsys.readouterr().err == (
        "error: Folkmoot met an error of its own: KeyError.\n"
        "Its traceback could not be kept; run the command again with --debug, and report what that shows.\n"
    )


def test_a_bug_shows_its_traceback_when_asked(shell: Shell) -> None:
    with shell.daemon() as daemon:
        daemon.answers["GET", "/status"] = {"identity": 5}
        outcome = shell("--debug", "status")
    assert outcome.code == 1
    assert "Traceback (most recent call last)" in outcome.err
    assert not (shell.data_dir / "crash.txt").exists()


def test_every_exit_code_is_explained(shell: Shell) -> None:
    assert set(EXIT_MEANINGS) == set(ExitCode)
    assert [item["exit"] for item in shell("exit-codes", "--json").json["items"]] == [*map(int, ExitCode), 130]
    assert "wrong_passphrase" in shell("exit-codes").out


def test_choices_are_those_of_the_protocol() -> None:
    assert get_args(DeclineReason) == DECLINE_REASONS
    assert get_args(ClosingReason) == CLOSING_REASONS
    assert get_args(Topic) == POST_TOPICS

"""`folkmoot init` where nobody sits at a terminal; see the interop tests for one who does."""

import io
from pathlib import Path

import pytest
from support.command_line import Shell

from folkmoot.ids import IdPrefix, id_from_text
from folkmoot_node.errors import PassphraseError
from folkmoot_node.keyfile import KEY_FILE, unlock


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return Shell(tmp_path / "data", capsys, monkeypatch)


def test_an_identity_is_made_and_its_id_shown(shell: Shell) -> None:
    outcome = shell("init", "--no-passphrase", "--yes", "--network", "test")
    assert outcome.code == 0
    keys = unlock(shell.data_dir / KEY_FILE, None)
    assert keys.network == "test"
    shown = outcome.out.splitlines()[1].strip()
    assert id_from_text(shown, IdPrefix.IDENTITY) == keys.identity
    assert "Recovery key: write it down" in outcome.err
    assert "paper1" in outcome.err


def test_an_identity_is_never_overwritten(shell: Shell) -> None:
    shell("init", "--no-passphrase", "--yes")
    before = (shell.data_dir / KEY_FILE).read_bytes()
    outcome = shell("init", "--no-passphrase", "--yes")
    assert outcome.code == 2
    assert "there is an identity" in outcome.err
    assert (shell.data_dir / KEY_FILE).read_bytes() == before


def test_a_program_gets_the_recovery_key_only_when_it_asks(shell: Shell, tmp_path: Path) -> None:
    quiet = shell("init", "--no-passphrase", "--yes", "--json")
    assert set(quiet.json) == {"identity", "network", "data_dir"}
    assert "paper1" not in quiet.out + quiet.err
    other = str(tmp_path / "other")
    asked = shell("init", "--no-passphrase", "--show-recovery-key", "--json", "--data", other)
    assert id_from_text(asked.json["recovery_key"], IdPrefix.PAPER_KEY)


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_a_recovery_key_that_nobody_would_see_is_not_made(extra: list[str], shell: Shell) -> None:
    outcome = shell("init", "--no-passphrase", *extra)
    assert outcome.code == 2
    assert "nobody would see the recovery key" in outcome.out + outcome.err
    assert not (shell.data_dir / KEY_FILE).exists()


def test_the_recovery_key_can_go_to_a_file_of_its_own(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "recovery"
    outcome = shell("init", "--no-passphrase", "--recovery-key-file", str(file))
    assert outcome.code == 0
    assert id_from_text(file.read_text().strip(), IdPrefix.PAPER_KEY)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "paper1" not in outcome.out + outcome.err


def test_a_recovery_key_file_is_not_replaced_and_nothing_is_made(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "recovery"
    file.write_text("another key")
    assert shell("init", "--no-passphrase", "--recovery-key-file", str(file)).code == 2
    assert file.read_text() == "another key"
    assert not (shell.data_dir / KEY_FILE).exists()


def test_a_passphrase_comes_from_the_first_line_of_a_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse\nnot this\n")
    assert shell("init", "--passphrase-file", str(file), "--yes").code == 0
    path = shell.data_dir / KEY_FILE
    assert unlock(path, "correct horse").identity
    with pytest.raises(PassphraseError):
        unlock(path, "not this")


@pytest.mark.parametrize("content", ["", "\nsecond line"])
def test_an_empty_passphrase_is_refused(content: str, shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(content)
    assert shell("init", "--passphrase-file", str(file), "--yes").code == 6
    assert not (shell.data_dir / KEY_FILE).exists()


def test_nobody_can_be_asked_for_a_passphrase_without_a_terminal(shell: Shell) -> None:
    outcome = shell("init", "--yes")
    assert outcome.code == 2
    assert "--passphrase-file" in outcome.err


def test_a_node_without_an_identity_does_not_start(shell: Shell) -> None:
    outcome = shell("node")
    assert outcome.code == 2
    assert outcome.err == "error: there is no identity here yet.\nMake one with `folkmoot init`.\n"


def test_a_sealed_node_asks_for_its_passphrase(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse")
    shell("init", "--passphrase-file", str(file), "--yes")
    outcome = shell("node")
    assert outcome.code == 9
    assert "--passphrase-file" in outcome.err

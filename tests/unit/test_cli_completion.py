import pytest
from support.command_line import StoppedClock
from support.fake_daemon import NOW_MS

from folkmoot_node.cli.program import run


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Completion":
    return Completion(monkeypatch, capsys)


class Completion:
    """A shell that asks how a line may go on."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._capsys = capsys

    def __call__(self, instruction: str, line: str = "") -> str:
        self._patch.setenv("_FOLKMOOT_COMPLETE", instruction)
        self._patch.setenv("COMP_WORDS", line)
        self._patch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        with pytest.raises(SystemExit) as ended:
            run([], clock=StoppedClock(NOW_MS))
        assert ended.value.code == 0
        return self._capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("folkmoot tea", ["team"]),
        ("folkmoot team ac", ["accept"]),
        ("folkmoot decline --reason bu", ["budget"]),
        ("folkmoot team offer --repl", ["--replaces", "--replace"]),
        ("folkmoot team offer --js", ["--json"]),
    ],
)
def test_bash_completes_commands_options_and_choices(line: str, ways: list[str], complete: Completion) -> None:
    assert complete("complete_bash", line).split() == ways


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(shell: str, complete: Completion) -> None:
    assert f"_FOLKMOOT_COMPLETE=complete_{shell}" in complete(f"source_{shell}")

"""The node's README says of commands, exit codes, settings and files what the code does."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command_line import Shell
from typer.core import TyperCommand, TyperGroup

from folkmoot_node.api.handle import HANDLE_NAME
from folkmoot_node.cli.daemon import API_FILE
from folkmoot_node.cli.failures import CRASH_FILE
from folkmoot_node.cli.help import summary
from folkmoot_node.cli.program import build
from folkmoot_node.config import CONFIG_FILE, Settings
from folkmoot_node.keyfile import KEY_FILE
from folkmoot_node.newcomer import NEWCOMER_FILE
from folkmoot_node.store.folder_lock import LOCK_NAME
from folkmoot_node.store.store import DATABASE_NAME
from folkmoot_node.unopened import UNOPENED_FILE

README = (Path(__file__).resolve().parents[2] / "node" / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


def commands_of(group: TyperGroup, before: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands_of(command, f"{before}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{before}{name}", command


COMMANDS = dict(commands_of(build()))


def table_after(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    lines = README.split(heading, 1)[1].splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith("| --- "))
    rows: list[list[str]] = []
    for line in lines[begin + 1 :]:
        if not line.startswith("| "):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_every_command_stands_in_the_table_with_its_own_words() -> None:
    assert table_after("<!-- commands begin -->") == [
        [f"`{words}`", summary(command.help)] for words, command in COMMANDS.items()
    ]


def test_every_exit_code_stands_in_the_table(shell: Shell) -> None:
    listed = shell("exit-codes", "--json").json["items"]
    assert table_after("<!-- exit codes begin -->") == [
        [str(item["exit"]), item["name"], item["meaning"]] for item in listed
    ]


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    def written(default: object) -> str:
        return ", ".join(f"`{item}`" for item in default) if isinstance(default, tuple) else f"`{default}`"

    rows = {row[0]: row[1:3] for row in table_after("## Configuration")}
    settings = {name: field for name, field in Settings.model_fields.items() if name != "data_dir"}
    assert rows.keys() == {f"`{name}`" for name in settings}
    for name, field in settings.items():
        variable, default = rows[f"`{name}`"]
        assert variable == f"`FOLKMOOT_{name.upper()}`"
        words = {"None": "the identity's", "": "none"}
        assert default == words.get(written(field.default).strip("`"), written(field.default))


def test_every_file_stands_in_the_table() -> None:
    files = {KEY_FILE, NEWCOMER_FILE, DATABASE_NAME, API_FILE, CONFIG_FILE, LOCK_NAME, CRASH_FILE, UNOPENED_FILE}
    assert {row[0].strip("`") for row in table_after("## Files on disk")} == files


def test_the_daemon_writes_the_file_that_commands_read() -> None:
    assert API_FILE == HANDLE_NAME


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself_with_one_example_of_itself(words: str, shell: Shell) -> None:
    command = COMMANDS[words]
    example = (command.epilog or "").replace("\\\n", " ")
    assert example.startswith(f"folkmoot {words}")
    assert_known_options(words, example)
    text = shell.line(f"{words} --help").out
    assert text.startswith(f"Usage: folkmoot {words} ")
    assert "\nExample:\n  folkmoot " in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_explained(words: str) -> None:
    for parameter in COMMANDS[words].params:
        assert getattr(parameter, "help", None), f"{words}: {parameter.name}"


def test_the_readme_shows_only_commands_that_there_are() -> None:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").split("$ ") if line.strip()]
    assert len(lines) > 10
    for line in lines:
        typed = shlex.split(line)[1:]
        words = next(size for size in (2, 1) if " ".join(typed[:size]) in COMMANDS)
        assert_known_options(" ".join(typed[:words]), line)


def assert_known_options(words: str, line: str) -> None:
    """Check that a line uses only options of its command, and all that it needs."""
    used = {word for word in shlex.split(line) if word.startswith("--")}
    parameters = COMMANDS[words].params
    known = {name for parameter in parameters for name in (*parameter.opts, *parameter.secondary_opts)}
    assert used <= known, line
    needed = {parameter.opts[0] for parameter in parameters if parameter.required and parameter.opts[0][0] == "-"}
    assert needed <= used, line

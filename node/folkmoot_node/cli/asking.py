"""Questions that a command asks before it does what cannot be undone, and secrets that a person types in."""

import sys
from pathlib import Path

from rich.panel import Panel
from rich.text import Text

from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.passphrases import confirm_written_down
from folkmoot_node.cli.terminal import Terminal
from folkmoot_node.errors import ConfigError, FileError

CONFIRMED_LENGTH = 6
"""Characters of a paper key that are typed back as a sign that it is written down."""

_FILE_BYTES_MAX = 4096


def confirm(question: str, terminal: Terminal, *, yes: bool) -> None:
    """Go on only if the person says yes.

    Raises:
        ConfigError: They say no, or there is nobody to ask.
    """
    if yes:
        return
    if terminal.as_json or not sys.stdin.isatty():
        raise ConfigError("there is nobody to ask", advice="Say --yes if you are sure.")
    terminal.err.print(f"{question} Type yes to go on: ", end="")
    if sys.stdin.readline().strip().lower() != "yes":
        raise ConfigError("you did not say yes", advice="Nothing was changed.")


def confirm_typed(question: str, wanted: str, terminal: Terminal, *, given: str | None) -> None:
    """Go on only if the person types a certain text.

    Raises:
        ConfigError: They type another, or there is nobody to ask.
    """
    if given is None:
        if terminal.as_json or not sys.stdin.isatty():
            raise ConfigError("there is nobody to ask", advice="Give the name with --name.")
        terminal.err.print(question, end=" ")
        given = sys.stdin.readline().strip()
    if given != wanted:
        raise ConfigError("that is not the name", advice="Nothing was changed.")


def typed_paper_key(file: Path | None, terminal: Terminal) -> str:
    """Return the paper key, from a file or typed in.

    Raises:
        ConfigError: There is nobody to ask.
        FileError: The file cannot be read or is empty.
    """
    if file is not None:
        text = read_file(file, bytes_max=_FILE_BYTES_MAX).decode("utf-8", errors="replace").strip()
        if not text:
            raise FileError(f"{file} holds no paper key")
        return text
    if not sys.stdin.isatty():
        raise ConfigError("there is nobody to type the paper key", advice="Give it with --paper-key-file.")
    terminal.err.print("Paper key, as you wrote it down: ", end="")
    return sys.stdin.readline().strip()


def require_reader(terminal: Terminal, file: Path | None, *, show: bool, yes: bool) -> None:
    """Refuse to make a paper key that nobody would see.

    Raises:
        ConfigError: So it would be, or the file for it exists already.
    """
    if file is not None and file.exists():
        raise ConfigError(f"{file} exists already", advice="Choose another name for it.")
    if not (file or show or yes) and (terminal.as_json or not sys.stdin.isatty()):
        raise ConfigError(
            "nobody would see the new paper key",
            advice="Give --recovery-key-file FILE, or --show-recovery-key with --json.",
        )


def hand_over(key: str, terminal: Terminal, file: Path | None, *, show: bool, yes: bool) -> dict[str, str]:
    """Give the person a new paper key: into a file, into the document for programs, or on the screen, once.

    Returns:
        What the document for programs says of it.

    Raises:
        ConfigError: It was shown and not confirmed.
        StoreError: The file cannot be written.
    """
    if file is not None:
        write_file(file, f"{key}\n".encode(), overwrite=False, is_secret=True)
        return {"recovery_key_file": str(file)}
    if terminal.as_json:
        return {"recovery_key": key} if show else {}
    shown = Panel(
        Text(key, style="bold", overflow="fold"),
        title="New paper key: write it down, it is shown once; the old one is used up",
        title_align="left",
        border_style="yellow",
    )
    terminal.err.print(shown)
    if not yes:
        confirm_written_down(key, terminal, length=CONFIRMED_LENGTH)
    return {}

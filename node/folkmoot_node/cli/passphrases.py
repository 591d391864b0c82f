"""Passphrases: asked for on the terminal or read from a file; never a flag, which others on the machine can see."""

import getpass
import sys
from pathlib import Path

from folkmoot_node.cli.files import read_file
from folkmoot_node.cli.terminal import Terminal
from folkmoot_node.errors import ConfigError, FileError, PassphraseError

_FILE_BYTES_MAX = 4096
_TRIES_MAX = 3


def known_passphrase(file: Path | None, terminal: Terminal) -> str:
    """Return the passphrase of an identity that there is.

    Raises:
        FileError: The file cannot be read or is empty.
        PassphraseError: There is nobody to ask.
    """
    if file is not None:
        return _from_file(file)
    if not sys.stdin.isatty():
        raise PassphraseError(
            "the key file asks for a passphrase, and there is no terminal to ask at",
            advice="Give it with --passphrase-file.",
        )
    return _asked("Passphrase: ", terminal)


def new_passphrase(file: Path | None, terminal: Terminal) -> str:
    """Return the passphrase for an identity that is about to be made, asked for twice.

    Raises:
        ConfigError: There is nobody to ask, or the two differ again and again.
        FileError: The file cannot be read or is empty.
    """
    if file is not None:
        return _from_file(file)
    if not sys.stdin.isatty():
        raise ConfigError(
            "there is no terminal to ask for a passphrase at",
            advice="Give --passphrase-file, or --no-passphrase if nobody else can read your files.",
        )
    terminal.err.print("A passphrase seals your keys on this machine. It cannot be recovered.")
    for _ in range(_TRIES_MAX):
        first = _asked("Passphrase: ", terminal)
        if first and first == _asked("The same again: ", terminal):
            return first
        terminal.err.print("The two differ; try again." if first else "It may not be empty; try again.")
    raise ConfigError("the passphrases differ", advice="Run the command again; nothing was made.")


def confirm_written_down(key: str, terminal: Terminal, *, length: int) -> None:
    """Ask for the end of a recovery key, as proof that it is written down.

    Raises:
        ConfigError: It was not typed in a few tries.
    """
    for _ in range(_TRIES_MAX):
        terminal.err.print(f"Type its last {length} characters from your paper: ", end="")
        if sys.stdin.readline().strip().lower() == key[-length:]:
            return
        terminal.err.print("That is not how it ends.")
    raise ConfigError(
        "the recovery key was not confirmed",
        advice="The identity exists, and its recovery key stands above for the last time: write it down now.",
    )


def _asked(question: str, terminal: Terminal) -> str:
    terminal.err.file.flush()
    return getpass.getpass(question, stream=sys.stderr)


def _from_file(file: Path) -> str:
    lines = read_file(file, bytes_max=_FILE_BYTES_MAX).decode("utf-8", errors="replace").splitlines()
    if not lines or not lines[0]:
        raise FileError(f"{file} holds no passphrase", advice="Put it on the first line.")
    return lines[0]

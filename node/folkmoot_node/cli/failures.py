"""How a command ends when it does not end well: one sentence, what to do about it, and an exit code."""

import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from folkmoot_node.errors import ExitCode, NodeError

INTERRUPTED = 130
"""What a shell reports for a process that was interrupted: 128 and the number of the signal."""

CRASH_FILE = "crash.txt"

EXIT_MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "Done.",
    ExitCode.BUG: "An error of Folkmoot's own; please report it.",
    ExitCode.USAGE: "The arguments or the configuration make no sense, or a deadline is past.",
    ExitCode.NO_DAEMON: "No daemon answers for this data folder.",
    ExitCode.NOT_FOUND: "The id is mistyped, or nothing here has it.",
    ExitCode.REFUSED: "The rules do not allow this act; the rule is named.",
    ExitCode.BAD_FILE: "A file cannot be read, or is not what it should be.",
    ExitCode.STORAGE: "The disk or the database does not do its work; nothing was changed.",
    ExitCode.ALREADY_RUNNING: "Another daemon holds this data folder.",
    ExitCode.WRONG_PASSPHRASE: "The passphrase is wrong or missing.",
    ExitCode.UNVERIFIED: "Something in a bundle does not verify.",
}


def error_value(error: NodeError) -> dict[str, Any]:
    """Return an error as programs read it, in the shape of the local API."""
    return {
        "code": error.exit_code.name.lower(),
        "exit": int(error.exit_code),
        "message": error.message,
        "advice": error.advice,
        "rule": error.rule,
    }


def report(error: NodeError, *, as_json: bool) -> int:
    """Say what went wrong, to a person on standard error or to a program on standard output.

    Returns:
        The exit code.
    """
    from folkmoot_node.cli.terminal import Terminal  # noqa: PLC0415 - no rich until there is something to print

    terminal = Terminal(as_json=as_json)
    if as_json:
        terminal.answer({"error": error_value(error)}, ())
    else:
        rule = f" ({error.rule})" if error.rule and error.rule not in error.message else ""
        terminal.error(f"{error.message}{rule}", error.advice)
    return int(error.exit_code)


def report_bug(error: Exception, *, arguments: Sequence[str], data_dir: Path) -> int:
    """Say that Folkmoot met an error of its own; its traceback goes to the terminal or to a file.

    Returns:
        The exit code.
    """
    as_json, debug = "--json" in arguments, "--debug" in arguments
    if debug:
        traceback.print_exception(error, file=sys.stderr)
        advice = "Please report it with the traceback."
    else:
        path = _write_traceback(error, data_dir)
        advice = (
            f"Please report it with what is in {path}."
            if path is not None
            else "Its traceback could not be kept; run the command again with --debug, and report what that shows."
        )
    bug = NodeError(f"Folkmoot met an error of its own: {type(error).__name__}", advice=advice)
    return report(bug, as_json=as_json)


def _write_traceback(error: Exception, data_dir: Path) -> Path | None:
    """Keep a traceback in the data folder, or where temporary files go; only the last one, only for the user.

    Returns:
        Where it is; `None` when the disk does not take it.
    """
    text = "".join(traceback.format_exception(error))
    folder = data_dir if data_dir.is_dir() else Path(tempfile.gettempdir())
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix="folkmoot-", suffix=".txt", delete=False) as file:
            file.write(text)
        path = folder / CRASH_FILE if folder == data_dir else Path(file.name)
        return Path(file.name).replace(path)
    except OSError:  # perhaps the very disk that is at fault; the sentence counts more
        return None

"""The file that tells commands where the daemon listens and what to say: `api.json` in the data folder."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from folkmoot_node.errors import NoDaemonError, StoreError

HANDLE_NAME = "api.json"
_ONLY_THE_USER = 0o600


@dataclass(frozen=True, slots=True)
class Handle:
    """Where a running daemon answers, the token it wants, and its process."""

    url: str
    token: str
    pid: int

    def __repr__(self) -> str:
        return f"Handle(url={self.url!r}, pid={self.pid})"


def written_handle(folder: Path, handle: Handle) -> Path:
    """Write the file whole or not at all, readable by its user only; return its path.

    Raises:
        StoreError: The folder cannot be written.
    """
    path = folder / HANDLE_NAME
    beside = path.with_suffix(".new")
    try:
        beside.unlink(missing_ok=True)
        # Created with its final mode: at no moment can another user read the token.
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_THE_USER)
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            json.dump(asdict(handle), stream)
        beside.replace(path)
    except OSError as error:
        raise StoreError(
            f"the file {HANDLE_NAME} cannot be written: {error.strerror}", advice="Check the data folder."
        ) from error
    return path


def read_handle(folder: Path) -> Handle:
    """Read where the daemon of a data folder answers.

    Raises:
        NoDaemonError: There is no such file, or it is not what a daemon writes.
    """
    try:
        loose = json.loads((folder / HANDLE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoDaemonError("no daemon runs for this data folder", advice="Start one.") from error
    match loose:
        case {"url": str() as url, "token": str() as token, "pid": int() as pid}:
            return Handle(url, token, pid)
        case _:
            raise NoDaemonError(f"{HANDLE_NAME} is not what a daemon writes", advice="Start the daemon again.")


def removed_handle(folder: Path, handle: Handle) -> bool:
    """Remove the file if it is still this daemon's own; tell whether it was."""
    try:
        if read_handle(folder) != handle:
            return False
    except NoDaemonError:
        return False
    (folder / HANDLE_NAME).unlink(missing_ok=True)
    return True

"""One daemon to a data folder.

The operating system holds the lock for as long as the process lives, so that nothing is left behind when it is
killed.
"""

import fcntl
from pathlib import Path
from typing import IO

from folkmoot_node.errors import AlreadyRunningError, StoreError

LOCK_NAME = "lock"


class FolderLock:
    """A data folder that is ours until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the folder.

        Raises:
            AlreadyRunningError: Another process has it.
            StoreError: The folder cannot be written.
        """
        self._file = _open(folder / LOCK_NAME)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            if not isinstance(error, BlockingIOError):
                raise _unusable(folder, error) from error
            raise AlreadyRunningError(
                f"Another Folkmoot daemon is using {folder}.", advice="Stop it, or choose another data folder."
            ) from error

    def release(self) -> None:
        """Give the folder back; the file stays, because deleting it could pull the lock from under another."""
        self._file.close()


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("ab", buffering=0)
    except OSError as error:
        raise _unusable(path.parent, error) from error


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The data folder {folder} cannot be used: {error.strerror}.", advice="Check that it exists and is yours."
    )

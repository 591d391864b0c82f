"""Files that a user names: read within bounds, and written whole or not at all."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from folkmoot_node.errors import ConfigError, FileError, StoreError

TEXT_BYTES_MAX = 64 * 1024
STANDARD_INPUT = Path("-")

_PIECE_BYTES = 1024 * 1024


def read_file(path: Path, *, bytes_max: int) -> bytes:
    """Read a file, or standard input for `-`.

    Raises:
        FileError: It cannot be read or is too large.
    """
    try:
        if path == STANDARD_INPUT:
            data = sys.stdin.buffer.read(bytes_max + 1)
        else:
            with path.open("rb") as file:
                data = file.read(bytes_max + 1)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    if len(data) > bytes_max:
        raise FileError(f"{path} is larger than {bytes_max} bytes", advice="Is it the right file?")
    return data


def file_digest(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file of any size, in hex, and its length in bytes.

    Raises:
        FileError: It cannot be read.
    """
    from hashlib import sha256  # noqa: PLC0415 - help does without

    digest, length = sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                length += len(piece)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from error
    return digest.hexdigest(), length


def text_or_file(given: str | None, file: str | None, *, what: str) -> str | None:
    """Return a text that was given on the command line or in a file.

    Raises:
        ConfigError: Both were given.
        FileError: The file cannot be read or is not text.
    """
    if file is None:
        return given
    if given is not None:
        raise ConfigError(f"the {what} is given twice", advice="Give it as text or as a file, not both.")
    try:
        return read_file(Path(file), bytes_max=TEXT_BYTES_MAX).decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise FileError(f"{file} is not text in UTF-8") from error


def write_file(path: Path, data: bytes, *, overwrite: bool, is_secret: bool = False) -> None:
    """Write a whole file or none.

    Args:
        path: Where it goes.
        data: All of it.
        overwrite: Whether a file that is there may be replaced.
        is_secret: Whether nobody but the user may read it.

    Raises:
        ConfigError: There is such a file, and it may not be replaced.
        StoreError: The disk does not take it; nothing is left behind.
    """
    write_pieces(path, [data], overwrite=overwrite, is_secret=is_secret)


def require_place(path: Path, *, overwrite: bool) -> None:
    """Refuse to write where something is that may not be replaced.

    Raises:
        ConfigError: There is.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder", advice="Give the name of a file in it.")
    if path.exists() and not overwrite:
        raise ConfigError(f"{path} exists already", advice="Choose another name, or replace it with --force.")


def write_pieces(path: Path, pieces: Iterable[bytes], *, overwrite: bool, is_secret: bool = False) -> None:
    """Write a whole file or none: beside its place first, then moved there.

    Args:
        path: Where it goes.
        pieces: What it is made of; where these fail, nothing is left behind either.
        overwrite: Whether a file that is there may be replaced.
        is_secret: Whether nobody but the user may read it.

    Raises:
        ConfigError: There is such a file, and it may not be replaced.
        StoreError: The disk does not take it; nothing is left behind.
    """
    require_place(path, overwrite=overwrite)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if is_secret else 0o666)
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError(f"{path} cannot be written: {reason}", advice="Nothing was changed.") from error
    finally:
        beside.unlink(missing_ok=True)

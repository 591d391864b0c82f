"""Secrets in files: readable by the user alone, sealed by a passphrase if there is one, written whole or not.

A sealed file is opened once with its passphrase. The key that was stretched from it stays in memory as a `Lock`, so
that the file can be written anew without asking again.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from folkmoot_node.clock import Entropy
from folkmoot_node.errors import ConfigError, FileError, PassphraseError, StoreError

FILE_BYTES_MAX = 4 * 1024 * 1024
KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
_SCRYPT_N = 2**15
_COSTS = frozenset(2**power for power in range(10, 21))

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Lock:
    """A key stretched from a passphrase, with what it takes to stretch it again."""

    key: bytes
    salt: bytes
    n: int

    def __repr__(self) -> str:
        return "Lock()"


def new_lock(passphrase: str, entropy: Entropy) -> Lock:
    """Stretch a passphrase with a salt of its own."""
    salt = entropy.randbytes(SALT_BYTES)
    return Lock(stretched(passphrase, salt, _SCRYPT_N), salt, _SCRYPT_N)


def stretched(passphrase: str, salt: bytes, n: int) -> bytes:
    """Return the key that a passphrase stands for.

    Raises:
        ValueError: The cost is not one that this program ever asks for.
    """
    if n not in _COSTS:
        raise ValueError("not a cost of scrypt within bounds")
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=8, p=1).derive(passphrase.encode("utf-8"))


def write_sealed(
    path: Path, public: Mapping[str, object], secrets: bytes, lock: Lock | None, entropy: Entropy
) -> None:
    """Write a file that holds secrets beside what anybody may know.

    Raises:
        StoreError: It cannot be written; what was there is still there.
    """
    document: Document = dict(public)
    if lock is not None:
        nonce = entropy.randbytes(NONCE_BYTES)
        secrets = ChaCha20Poly1305(lock.key).encrypt(nonce, secrets, None)
        document["scrypt"] = {"n": lock.n, "salt": lock.salt.hex(), "nonce": nonce.hex()}
    write_document(path, {**document, "secrets": secrets.hex()}, what="the keys")


def read_sealed(path: Path, formats: frozenset[str], *, missing: ConfigError) -> Document:
    """Read such a file without opening its secrets.

    Args:
        path: The file.
        formats: The formats that the caller understands.
        missing: Raised when there is no such file.

    Raises:
        ConfigError: There is none.
        FileError: It is damaged or of another format.
    """
    try:
        with path.open("rb") as file:
            document: object = json.loads(file.read(FILE_BYTES_MAX))
    except FileNotFoundError as error:
        raise missing from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise damaged(path) from error
    if not isinstance(document, dict) or document.get("format") not in formats:
        raise FileError(f"{path} is not a key file of this version")
    return document


def open_secrets(document: Document, passphrase: str | None) -> tuple[bytes, Lock | None]:
    """Open the secrets of a file that was read.

    Raises:
        PassphraseError: They are sealed and the passphrase is missing or wrong.
        KeyError, ValueError, TypeError: The document is damaged.
    """
    secrets = bytes.fromhex(str(document["secrets"]))
    sealing = document.get("scrypt")
    if sealing is None:
        return secrets, None
    if not isinstance(sealing, dict):
        raise TypeError("not a description of a seal")
    if passphrase is None:
        raise PassphraseError("the key file is sealed", advice="Give its passphrase.")
    salt, nonce, n = bytes.fromhex(str(sealing["salt"])), bytes.fromhex(str(sealing["nonce"])), sealing["n"]
    lock = Lock(stretched(passphrase, salt, cast("int", n)), salt, cast("int", n))
    try:
        return ChaCha20Poly1305(lock.key).decrypt(nonce, secrets, None), lock
    except InvalidTag as error:
        raise PassphraseError(
            "the passphrase is wrong", advice="Check the keyboard layout and try again."
        ) from error


def damaged(path: Path) -> FileError:
    """Return the error that calls a file damaged."""
    return FileError(f"{path} is damaged", advice="Restore it from your backup.")


def write_document(path: Path, document: Document, *, what: str) -> None:
    """Write a whole new file or none: first beside its place, readable by the user alone, then moved there.

    Raises:
        StoreError: It cannot be written; what was there is still there.
    """
    beside = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
        _settle(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise StoreError(f"{what} cannot be written to {path}: {error.strerror}") from error


def _settle(folder: Path) -> None:
    """Make the new name of a file last, as its content does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

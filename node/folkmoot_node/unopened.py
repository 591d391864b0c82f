"""What the owner has committed to and nobody may read yet: bodies and salts, kept until they are opened.

They come back from nowhere, so they are on the disk before the commit leaves the node. They are no records: nothing
that is passed on, synced or exported ever holds them.

Theory of operation: one small file, sealed with a key that is made from the device's, so that the data folder
without the key file says nothing. Every change writes it anew, whole or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError
from folkmoot.keys import SecretKey, digest
from folkmoot.limits import RECORD_BYTES_MAX
from folkmoot_node.clock import Entropy
from folkmoot_node.errors import ConfigError, FileError, RefusedError
from folkmoot_node.sealing import FILE_BYTES_MAX, NONCE_BYTES, damaged, read_sealed, write_document

UNOPENED_FILE = "unopened.json"
UNOPENED_MAX = 100
"""Bodies that are kept at a time; a file of so many is read whole."""

_FORMAT = "folkmoot-unopened/1"
_PURPOSE = "unopened"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was committed to.

    Attributes:
        kind: Of the record that opens it, such as `bid`.
        space: Where that is to live.
        body: What it is to say, without what is known only when it is opened.
        salt: The secret that the digest covers.
    """

    kind: str
    space: str
    body: Mapping[str, Value]
    salt: bytes

    def __repr__(self) -> str:
        return f"Sealed({self.kind})"


class Unopened:
    """The bodies by the digests that promise them; made by `open`, or without a file, for a store in memory."""

    def __init__(self, items: Mapping[bytes, Sealed] | None = None, vault: "_Vault | None" = None) -> None:
        self._items: dict[bytes, Sealed] = dict(items or {})
        self._vault = vault

    @classmethod
    def open(cls, folder: Path, *, key: SecretKey, network: str, entropy: Entropy) -> Self:
        """Read what is kept in a data folder.

        Args:
            folder: The data folder.
            key: The device's, from which the key of the file is made.
            network: Name of the network.
            entropy: Secure dice.

        Raises:
            FileError: The file is damaged, or another device's.
        """
        vault = _Vault(folder / UNOPENED_FILE, digest(network, _PURPOSE, key.seed), entropy)
        return cls(vault.read(), vault)

    def keep(self, promised: bytes, sealed: Sealed) -> None:
        """Keep a body; it is on the disk when this returns.

        Raises:
            RefusedError: There are too many.
            StoreError: The disk does not take it; nothing was changed.
        """
        if len(self._items) >= UNOPENED_MAX and promised not in self._items:
            raise RefusedError(
                f"{UNOPENED_MAX} sealed words wait to be opened, and no more fit",
                advice="Wait until some are opened, or take one back: `folkmoot bid withdraw`, `review withdraw`.",
            )
        self._change({**self._items, promised: sealed})

    def forget(self, promised: bytes) -> None:
        """Give a body up: it was opened, or will never be.

        Raises:
            StoreError: The disk does not take it; nothing was changed.
        """
        if promised in self._items:
            self._change({key: item for key, item in self._items.items() if key != promised})

    def get(self, promised: bytes) -> Sealed | None:
        """Return the body that a digest promises, if it is kept here."""
        return self._items.get(promised)

    def of_kind(self, kind: str) -> dict[bytes, Sealed]:
        """Return what is kept for records of a kind, by digest."""
        return {promised: item for promised, item in sorted(self._items.items()) if item.kind == kind}

    def dump(self) -> bytes:
        """Return all of it in the clear, for a backup that seals it."""
        return _dumped(self._items)

    def _change(self, items: dict[bytes, Sealed]) -> None:
        if self._vault is not None:
            self._vault.write(items)
        self._items = items


def restore_unopened(folder: Path, dumped: bytes, *, key: SecretKey, network: str, entropy: Entropy) -> None:
    """Put what a backup holds into a data folder.

    Raises:
        FileError: The backup is damaged.
        StoreError: The disk does not take it.
    """
    try:
        items = _loaded(dumped)
    except (KeyError, TypeError, ValueError, DecodeError) as error:
        raise damaged(folder / UNOPENED_FILE) from error
    if items:
        _Vault(folder / UNOPENED_FILE, digest(network, _PURPOSE, key.seed), entropy).write(items)


class _Vault:
    """The file and its key."""

    def __init__(self, path: Path, key: bytes, entropy: Entropy) -> None:
        self._path = path
        self._cipher = ChaCha20Poly1305(key)
        self._entropy = entropy

    def write(self, items: Mapping[bytes, Sealed]) -> None:
        nonce = self._entropy.randbytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, _dumped(items), _FORMAT.encode())
        write_document(
            self._path, {"format": _FORMAT, "nonce": nonce.hex(), "sealed": sealed.hex()}, what="sealed words"
        )

    def read(self) -> dict[bytes, Sealed]:
        if not self._path.exists():
            return {}
        document = read_sealed(self._path, frozenset({_FORMAT}), missing=ConfigError("the file is gone"))
        try:
            nonce, sealed = bytes.fromhex(str(document["nonce"])), bytes.fromhex(str(document["sealed"]))
            return _loaded(self._cipher.decrypt(nonce, sealed, _FORMAT.encode()))
        except InvalidTag as error:
            raise FileError(
                f"{self._path} is damaged, or was written with other keys", advice="Restore it from your backup."
            ) from error
        except (KeyError, TypeError, ValueError, DecodeError) as error:
            raise damaged(self._path) from error


def _dumped(items: Mapping[bytes, Sealed]) -> bytes:
    rows: list[Value] = [
        [promised, item.kind, item.space, encode(dict(item.body)), item.salt]
        for promised, item in sorted(items.items())
    ]
    return encode(rows)


def _loaded(dumped: bytes) -> dict[bytes, Sealed]:
    rows = cast("list[list[Value]]", decode(dumped, bytes_max=FILE_BYTES_MAX))
    found: dict[bytes, Sealed] = {}
    for row in rows:
        match row:
            case [bytes() as promised, str() as kind, str() as space, bytes() as body, bytes() as salt]:
                said = cast("dict[str, Value]", decode(body, bytes_max=RECORD_BYTES_MAX))
                found[promised] = Sealed(kind, space, said, salt)
            case _:
                raise TypeError("not a body and its salt")
    return found

"""The file that holds a node's secret keys: only the user can read it, and a passphrase seals it.

The recovery key is not in it. It is made at the start, shown once for the user to write down, and known to the
network by its digest alone.
"""

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError
from folkmoot.identity import (
    NONCES_PER_CALL,
    Device,
    Operation,
    Recovery,
    Scope,
    Snapshot,
    find_nonce,
    genesis,
    open_operation,
)
from folkmoot.ids import IdentityId, IdPrefix, id_to_text
from folkmoot.keys import SEED_BYTES, SecretKey, key_digest, rotation_key
from folkmoot_node.clock import Entropy
from folkmoot_node.errors import ConfigError, FileError, PassphraseError, StoreError

KEY_FILE = "keys.json"
DEFAULT_NETWORK = "main"
FORMAT = "folkmoot-keys/1"
PAPER_RANK = 3
WORK_FIGURE = 6
"""Work in a new identity: about half a second on one core, and a welcome with policies that ask for some."""

_SALT_BYTES = 16
_NONCE_BYTES = 12
_SECRETS_BYTES_MAX = 4096
_SCRYPT_N = 2**15
_FILE_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one node and the operations of its identity.

    Attributes:
        network: The network on which the identity lives.
        identity: Whose keys these are.
        device: Signs records and co-signatures.
        sealing_seed: Makes the X25519 key to which others seal.
        rotation_seed: Makes every rotation key; see `keys.rotation_key`.
        transport_seed: Makes the key of the transport, which says nothing of the identity.
        operations: The identity's operations as they were when the file was written.
    """

    network: str
    identity: IdentityId
    device: SecretKey
    sealing_seed: bytes
    rotation_seed: bytes
    transport_seed: bytes
    operations: tuple[Operation, ...]

    def __repr__(self) -> str:
        return f"Keys({id_to_text(IdPrefix.IDENTITY, self.identity)})"


@dataclass(frozen=True, slots=True)
class Created:
    """A new identity, and the recovery key in the form in which it is written down. It is kept nowhere else."""

    keys: Keys
    paper_key: str


def create(
    path: Path, *, network: str, passphrase: str | None, entropy: Entropy, progress: Callable[[int], None]
) -> Created:
    """Make an identity and write its keys.

    Args:
        path: Where the key file goes; its folder is made if need be.
        network: Name of the network.
        passphrase: Seals the file; `None` leaves it readable to whoever can read the user's files.
        entropy: Secure dice.
        progress: Called with the number of candidates tried, as the work of a genesis goes on.

    Raises:
        ConfigError: There is a key file already; it is left alone.
        StoreError: The file cannot be written.
    """
    if path.exists():
        raise ConfigError(
            f"{path} holds an identity already",
            advice="Choose another folder with --data, or keep the one you have.",
        )
    seeds = {name: entropy.randbytes(SEED_BYTES) for name in ("device", "sealing", "rotation", "transport")}
    paper_seed = entropy.randbytes(SEED_BYTES)
    device = SecretKey(seeds["device"])
    snapshot = Snapshot(
        devices=[Device(device.public, sealing_public(seeds["sealing"]), Scope.ALL)],
        next_digest=key_digest(network, rotation_key(seeds["rotation"], 1, network=network).public),
        recovery=[Recovery(PAPER_RANK, 1, (key_digest(network, SecretKey(paper_seed).public),))],
    )
    founding = genesis(snapshot, [device], network=network, nonce=_work(snapshot, network, progress))
    keys = Keys(
        network, founding.identity, device, seeds["sealing"], seeds["rotation"], seeds["transport"], (founding,)
    )
    _write(path, _document(keys, seeds, passphrase, entropy))
    return Created(keys, id_to_text(IdPrefix.PAPER_KEY, paper_seed))


def is_sealed(path: Path) -> bool:
    """Tell whether a key file asks for a passphrase.

    Raises:
        ConfigError: There is no key file.
        FileError: It is damaged.
    """
    return "scrypt" in _read(path)


def unlock(path: Path, passphrase: str | None) -> Keys:
    """Read a key file.

    Raises:
        ConfigError: There is no key file.
        FileError: It is damaged.
        PassphraseError: It is sealed and the passphrase is missing or wrong.
    """
    document = _read(path)
    try:
        secrets = bytes.fromhex(str(document["secrets"]))
        sealing = document.get("scrypt")
        if isinstance(sealing, dict):
            secrets = _unseal(secrets, sealing, passphrase)
        seeds = cast("dict[str, bytes]", decode(secrets, bytes_max=_SECRETS_BYTES_MAX))
        network = str(document["network"])
        wires = [bytes.fromhex(str(wire)) for wire in cast("list[object]", document["operations"])]
        operations = tuple(open_operation(wire, network=network) for wire in wires)
        device = SecretKey(seeds["device"])
        return Keys(
            network,
            operations[0].identity,
            device,
            seeds["sealing"],
            seeds["rotation"],
            seeds["transport"],
            operations,
        )
    except (KeyError, ValueError, TypeError, IndexError, DecodeError) as error:
        raise FileError(f"{path} is damaged", advice="Restore it from your backup.") from error


def sealing_public(seed: bytes) -> bytes:
    """Return the X25519 public key that belongs to a sealing seed."""
    private = X25519PrivateKey.from_private_bytes(seed)
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _work(snapshot: Snapshot, network: str, progress: Callable[[int], None]) -> bytes:
    start = 0
    while True:
        nonce = find_nonce(snapshot, network=network, figure=WORK_FIGURE, start=start)
        start += NONCES_PER_CALL
        progress(start)
        if nonce is not None:
            return nonce


def _document(keys: Keys, seeds: dict[str, bytes], passphrase: str | None, entropy: Entropy) -> dict[str, object]:
    secrets = encode(dict[str, Value](seeds))
    document: dict[str, object] = {
        "format": FORMAT,
        "network": keys.network,
        "identity": id_to_text(IdPrefix.IDENTITY, keys.identity),
        "operations": [item.wire.hex() for item in keys.operations],
    }
    if passphrase is not None:
        salt, nonce = entropy.randbytes(_SALT_BYTES), entropy.randbytes(_NONCE_BYTES)
        secrets = ChaCha20Poly1305(_stretch(passphrase, salt, _SCRYPT_N)).encrypt(nonce, secrets, None)
        document["scrypt"] = {"n": _SCRYPT_N, "salt": salt.hex(), "nonce": nonce.hex()}
    return {**document, "secrets": secrets.hex()}


def _unseal(sealed: bytes, sealing: dict[str, object], passphrase: str | None) -> bytes:
    if passphrase is None:
        raise PassphraseError("the key file is sealed", advice="Give its passphrase.")
    salt, nonce = bytes.fromhex(str(sealing["salt"])), bytes.fromhex(str(sealing["nonce"]))
    key = _stretch(passphrase, salt, cast("int", sealing["n"]))
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, None)
    except InvalidTag as error:
        raise PassphraseError(
            "the passphrase is wrong", advice="Check the keyboard layout and try again."
        ) from error


def _stretch(passphrase: str, salt: bytes, n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=8, p=1).derive(passphrase.encode("utf-8"))


def _read(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            document: object = json.loads(file.read(_FILE_BYTES_MAX))
    except FileNotFoundError as error:
        raise ConfigError("there is no identity here yet", advice="Make one with `folkmoot init`.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise FileError(f"{path} is damaged", advice="Restore it from your backup.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError(f"{path} is not a key file of this version")
    return document


def _write(path: Path, document: dict[str, object]) -> None:
    """Write a whole new file or none: first beside its place, readable by the user alone, then moved there."""
    beside = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise StoreError(f"the keys cannot be written to {path}: {error.strerror}") from error

"""One encrypted file with all that is the owner's own: the keys, the identity's operations, every word ever said.

Everything else comes back from peers. The file is sealed by a passphrase of its own; without it, it says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError
from folkmoot.identity import open_operation
from folkmoot.ids import IdentityId
from folkmoot.keys import SEED_BYTES, SecretKey
from folkmoot_node.clock import Entropy
from folkmoot_node.errors import FileError, PassphraseError
from folkmoot_node.keyfile import Keys
from folkmoot_node.sealing import NONCE_BYTES, new_lock, stretched

BACKUP_BYTES_MAX = 32 * 1024 * 1024
RECORDS_BYTES_MAX = 30 * 1024 * 1024
"""Records in one backup; of more, the newest."""

_FORMAT = "folkmoot-backup/1"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        keys: The keys as they were.
        records: The owner's own records as they were sealed, newest first.
        made_ms: When it was made.
        unopened: What was committed to and not yet opened, as `Unopened.dump` gives it; empty in older backups.
    """

    keys: Keys
    records: tuple[bytes, ...]
    made_ms: int
    unopened: bytes = b""


def newest_that_fit(records: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return as many of the owner's records as one backup holds, from the first on."""
    size_bytes = 0
    for count, wire in enumerate(records):
        size_bytes += len(wire)
        if size_bytes > RECORDS_BYTES_MAX:
            return tuple(records[:count])
    return tuple(records)


def seal_backup(backup: Backup, passphrase: str, entropy: Entropy) -> bytes:
    """Encrypt a backup."""
    lock, nonce = new_lock(passphrase, entropy), entropy.randbytes(NONCE_BYTES)
    keys = backup.keys
    secrets: dict[str, Value] = {
        "device": keys.device.seed,
        "sealing": keys.sealing_seed,
        "guarding": [[identity, seed] for identity, seed in keys.guarding],
    }
    if keys.rotation_seed is not None:
        secrets["rotation"] = keys.rotation_seed
    inner = encode(
        {
            "network": keys.network,
            "made": backup.made_ms,
            "secrets": secrets,
            "operations": list[Value](item.wire for item in keys.operations),
            "records": list[Value](backup.records),
            "unopened": backup.unopened,
        }
    )
    sealed = ChaCha20Poly1305(lock.key).encrypt(nonce, inner, _FORMAT.encode())
    return encode({"format": _FORMAT, "n": lock.n, "salt": lock.salt, "nonce": nonce, "sealed": sealed})


def open_backup(data: bytes, passphrase: str, entropy: Entropy) -> Backup:
    """Decrypt a backup. The key of the transport is a new one: the old machine may still run under its own.

    Raises:
        FileError: It is no backup, or damaged.
        PassphraseError: The passphrase is wrong.
    """
    try:
        outer = decode(data, bytes_max=BACKUP_BYTES_MAX)
        match outer:
            case {
                "format": "folkmoot-backup/1",
                "n": int() as n,
                "salt": bytes() as salt,
                "nonce": bytes() as nonce,
                "sealed": bytes() as sealed,
            }:
                key = stretched(passphrase, salt, n)
            case _:
                raise FileError("that file is not a backup", advice="Check that it is the right file.")
        inner = ChaCha20Poly1305(key).decrypt(nonce, sealed, _FORMAT.encode())
        return _read(decode(inner, bytes_max=BACKUP_BYTES_MAX), entropy)
    except InvalidTag as error:
        raise PassphraseError("the passphrase is wrong, or the file is damaged", advice="Try again.") from error
    except (ValueError, TypeError, KeyError, IndexError, DecodeError) as error:
        raise FileError("that file is not a backup, or it is damaged") from error


def _read(inner: Value, entropy: Entropy) -> Backup:
    match inner:
        case {
            "network": str() as network,
            "made": int() as made_ms,
            "secrets": dict() as secrets,
            "operations": list() as wires,
            "records": list() as records,
            **more,
        }:
            unopened = _bytes(cast("Value", more.get("unopened", b"")))
        case _:
            raise TypeError("not what a backup holds")
    operations = tuple(open_operation(_bytes(wire), network=network) for wire in wires)
    guarding = secrets["guarding"]
    keys = Keys(
        network,
        operations[0].identity,
        SecretKey(_seed(secrets["device"])),
        _seed(secrets["sealing"]),
        _seed(secrets["rotation"]) if "rotation" in secrets else None,
        entropy.randbytes(SEED_BYTES),
        operations,
        guarding=tuple(_guarded(pair) for pair in guarding) if isinstance(guarding, list) else (),
    )
    return Backup(keys, tuple(_bytes(wire) for wire in records), made_ms, unopened)


def _guarded(pair: Value) -> tuple[IdentityId, bytes]:
    match pair:
        case [identity, seed]:
            return IdentityId(_seed(identity)), _seed(seed)
        case _:
            raise TypeError("not an identity and the key that guards it")


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("not bytes")
    return value


def _seed(value: Value) -> bytes:
    seed = _bytes(value)
    if len(seed) != SEED_BYTES:
        raise ValueError("not 32 bytes")
    return seed

"""The file that holds a node's secret keys: only the user can read it, and a passphrase seals it.

The recovery key is not in it. It is made at the start, shown once for the user to write down, and known to the
network by its digest alone. A device that was added later has no rotation seed: whoever takes it cannot rotate.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
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
from folkmoot_node.errors import ConfigError
from folkmoot_node.sealing import Lock, damaged, new_lock, open_secrets, read_sealed, write_sealed

KEY_FILE = "keys.json"
DEFAULT_NETWORK = "main"
FORMAT = "folkmoot-keys/2"
PAPER_RANK = 3
GUARDIAN_RANK = 2
SPARE_RANK = 1
"""Rank of a new paper key after guardians recovered: they cannot name one above themselves."""

WORK_FIGURE = 6
"""Work in a new identity: about half a second on one core, and a welcome with policies that ask for some."""

GUARDED_MAX = 64
"""Identities of others for which one node holds a guardian key."""

SYNCS_WANTED = 2
"""Syncs with peers that hold the identity, after which a restored node is like any other."""

_READABLE = frozenset({"folkmoot-keys/1", FORMAT})
_SECRETS_BYTES_MAX = 16 * 1024


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one node and the operations of its identity.

    Attributes:
        network: The network on which the identity lives.
        identity: Whose keys these are.
        device: Signs records and co-signatures.
        sealing_seed: Makes the X25519 key to which others seal.
        rotation_seed: Makes every rotation key; see `keys.rotation_key`. `None` on a device that was added.
        transport_seed: Makes the key of the transport, which says nothing of the identity.
        operations: The identity's operations as they were when the file was written.
        joining: The operation that makes this device one of the identity's, until it is published.
        offered: The operation that was given to another machine to sign, so that it becomes a device.
        guarding: The guardian keys made for others, by whose identity they can recover.
        syncs_missing: Syncs that this node, restored from a backup, has to complete before it trusts its memory.
    """

    network: str
    identity: IdentityId
    device: SecretKey
    sealing_seed: bytes
    rotation_seed: bytes | None
    transport_seed: bytes
    operations: tuple[Operation, ...]
    joining: Operation | None = None
    offered: Operation | None = None
    guarding: tuple[tuple[IdentityId, bytes], ...] = ()
    syncs_missing: int = 0

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
    require_free(path)
    device, rotation_seed = SecretKey(entropy.randbytes(SEED_BYTES)), entropy.randbytes(SEED_BYTES)
    sealing_seed, transport_seed = entropy.randbytes(SEED_BYTES), entropy.randbytes(SEED_BYTES)
    paper_seed = entropy.randbytes(SEED_BYTES)
    snapshot = Snapshot(
        devices=[Device(device.public, sealing_public(sealing_seed), Scope.ALL)],
        next_digest=key_digest(network, rotation_key(rotation_seed, 1, network=network).public),
        recovery=[Recovery(PAPER_RANK, 1, (key_digest(network, SecretKey(paper_seed).public),))],
    )
    founding = genesis(snapshot, [device], network=network, nonce=_work(snapshot, network, progress))
    keys = Keys(network, founding.identity, device, sealing_seed, rotation_seed, transport_seed, (founding,))
    write_keys(path, keys, new_lock(passphrase, entropy) if passphrase is not None else None, entropy)
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
    return read_keys(path, passphrase)[0]


@dataclass(frozen=True, slots=True)
class Published:
    """What of a key file is no secret: whose it is, on which network, and their operations as they travel."""

    network: str
    identity: IdentityId
    operations: tuple[bytes, ...]


def read_published(path: Path) -> Published:
    """Read what of a key file is no secret; it takes no passphrase.

    Raises:
        ConfigError: There is no key file.
        FileError: It is damaged.
    """
    document = _read(path)
    try:
        network = str(document["network"])
        wires = tuple(bytes.fromhex(str(wire)) for wire in cast("list[object]", document["operations"]))
        return Published(network, open_operation(wires[0], network=network).identity, wires)
    except (KeyError, ValueError, TypeError, IndexError, DecodeError) as error:
        raise damaged(path) from error


def read_keys(path: Path, passphrase: str | None) -> tuple[Keys, Lock | None]:
    """Read a key file, and return with the keys what it takes to write it anew; raises as `unlock`."""
    document = _read(path)
    try:
        secrets, lock = open_secrets(document, passphrase)
        return _keys(document, decode(secrets, bytes_max=_SECRETS_BYTES_MAX)), lock
    except (KeyError, ValueError, TypeError, IndexError, DecodeError) as error:
        raise damaged(path) from error


def write_keys(path: Path, keys: Keys, lock: Lock | None, entropy: Entropy) -> None:
    """Write a key file, in place of the one that is there.

    Raises:
        StoreError: It cannot be written; what was there is still there.
    """
    secrets: dict[str, Value] = {
        "device": keys.device.seed,
        "sealing": keys.sealing_seed,
        "transport": keys.transport_seed,
    }
    if keys.rotation_seed is not None:
        secrets["rotation"] = keys.rotation_seed
    if keys.guarding:
        secrets["guarding"] = [[identity, seed] for identity, seed in keys.guarding]
    public: dict[str, object] = {
        "format": FORMAT,
        "network": keys.network,
        "identity": id_to_text(IdPrefix.IDENTITY, keys.identity),
        "operations": [item.wire.hex() for item in keys.operations],
    }
    for name, waiting in (("joining", keys.joining), ("offered", keys.offered)):
        if waiting is not None:
            public[name] = waiting.wire.hex()
    if keys.syncs_missing:
        public["syncs_missing"] = keys.syncs_missing
    write_sealed(path, public, encode(secrets), lock, entropy)


def require_free(path: Path) -> None:
    """Refuse a place where there are keys already.

    Raises:
        ConfigError: There are.
    """
    if path.exists():
        raise ConfigError(
            f"{path} holds an identity already",
            advice="Choose another folder with --data, or keep the one you have.",
        )


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


def _read(path: Path) -> dict[str, object]:
    missing = ConfigError("there is no identity here yet", advice="Make one with `folkmoot init`.")
    return read_sealed(path, _READABLE, missing=missing)


def _keys(document: Mapping[str, object], secrets: Value) -> Keys:
    """Read what is in a key file; whatever is wrong with it shows as one of Python's own errors."""
    if not isinstance(secrets, dict):
        raise TypeError("the secrets are no map")
    network = str(document["network"])
    wires = [bytes.fromhex(str(wire)) for wire in cast("list[object]", document["operations"])]
    operations = tuple(open_operation(wire, network=network) for wire in wires)
    joining, offered = (
        open_operation(bytes.fromhex(str(document[name])), network=network) if name in document else None
        for name in ("joining", "offered")
    )
    missing = document.get("syncs_missing", 0)
    if not isinstance(missing, int) or not 0 <= missing <= SYNCS_WANTED:
        raise ValueError("not a number of syncs")
    guarding = cast("list[list[bytes]]", secrets.get("guarding", []))
    return Keys(
        network,
        operations[0].identity,
        SecretKey(_seed(secrets["device"])),
        _seed(secrets["sealing"]),
        _seed(secrets["rotation"]) if "rotation" in secrets else None,
        _seed(secrets["transport"]),
        operations,
        joining,
        offered,
        tuple((IdentityId(_seed(identity)), _seed(seed)) for identity, seed in guarding),
        missing,
    )


def _seed(value: Value) -> bytes:
    if not isinstance(value, bytes) or len(value) != SEED_BYTES:
        raise TypeError("a secret is not 32 bytes")
    return value

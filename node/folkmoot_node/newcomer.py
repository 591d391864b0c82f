"""The keys of a machine that is not yet anybody's device: made when it asks to join, or while guardians sign.

They become the key file once the machine has its place, and are then gone from here.
"""

from dataclasses import dataclass
from pathlib import Path

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError
from folkmoot.identity import Device, Operation, Scope, open_operation
from folkmoot.keys import SEED_BYTES, SecretKey, key_digest, rotation_key
from folkmoot_node.clock import Entropy
from folkmoot_node.errors import ConfigError
from folkmoot_node.keyfile import Keys, sealing_public
from folkmoot_node.sealing import Lock, damaged, open_secrets, read_sealed, write_sealed

NEWCOMER_FILE = "newcomer.json"
_FORMAT = "folkmoot-newcomer/1"
_SECRETS_BYTES_MAX = 4096
_NAMES = ("device", "rotation", "sealing", "transport")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Keys without an identity, and the recovery that is to give them one, if that is what they wait for.

    Attributes:
        network: The network on which the machine is to live.
        seeds: The secrets by name: device, rotation, sealing, transport.
        begun: The recovery that guardians are signing.
        chain: The operations that it follows.
    """

    network: str
    seeds: dict[str, bytes]
    begun: Operation | None = None
    chain: tuple[Operation, ...] = ()

    def __repr__(self) -> str:
        return f"Newcomer({self.key.public.hex()})"

    @property
    def key(self) -> SecretKey:
        """The device's signing key."""
        return SecretKey(self.seeds["device"])

    def device(self, scope: Scope) -> Device:
        """Return the device that others are to name."""
        return Device(self.key.public, sealing_public(self.seeds["sealing"]), scope)

    def rotation_digest(self, depth: int) -> bytes:
        """Return the digest that promises the key for the rotation at a depth."""
        return key_digest(self.network, rotation_key(self.seeds["rotation"], depth, network=self.network).public)

    def keys(self, operations: tuple[Operation, ...], *, joining: Operation | None = None) -> Keys:
        """Return the keys of the device that the machine has become, or becomes once `joining` is published.

        A device that joins has no rotation seed; one that recovered the identity has.
        """
        return Keys(
            self.network,
            operations[0].identity,
            self.key,
            self.seeds["sealing"],
            self.seeds["rotation"] if joining is None else None,
            self.seeds["transport"],
            operations,
            joining,
        )


def new_newcomer(network: str, entropy: Entropy) -> Newcomer:
    """Make the keys of a machine."""
    return Newcomer(network, {name: entropy.randbytes(SEED_BYTES) for name in _NAMES})


def write_newcomer(folder: Path, newcomer: Newcomer, lock: Lock | None, entropy: Entropy) -> None:
    """Write a machine's keys, in place of those that are there.

    Raises:
        StoreError: They cannot be written.
    """
    public: dict[str, object] = {"format": _FORMAT, "network": newcomer.network}
    if newcomer.begun is not None:
        public["begun"] = newcomer.begun.wire.hex()
        public["chain"] = [item.wire.hex() for item in newcomer.chain]
    write_sealed(folder / NEWCOMER_FILE, public, encode(dict[str, Value](newcomer.seeds)), lock, entropy)


def is_newcomer_sealed(folder: Path) -> bool:
    """Tell whether a machine's keys ask for a passphrase.

    Raises:
        ConfigError: There are none.
        FileError: They are damaged.
    """
    return "scrypt" in _read(folder)


def read_newcomer(folder: Path, passphrase: str | None) -> tuple[Newcomer, Lock | None]:
    """Read a machine's keys.

    Raises:
        ConfigError: There are none.
        FileError: They are damaged.
        PassphraseError: They are sealed and the passphrase is missing or wrong.
    """
    document = _read(folder)
    try:
        secrets, lock = open_secrets(document, passphrase)
        return _newcomer(document, decode(secrets, bytes_max=_SECRETS_BYTES_MAX)), lock
    except (KeyError, ValueError, TypeError, DecodeError) as error:
        raise damaged(folder / NEWCOMER_FILE) from error


def _newcomer(document: dict[str, object], seeds: Value) -> Newcomer:
    """Read what is in the file; whatever is wrong with it shows as one of Python's own errors."""
    network, begun, chain = str(document["network"]), document.get("begun"), document.get("chain", [])
    if not isinstance(seeds, dict) or not isinstance(chain, list):
        raise TypeError("not a map of secrets beside a list of operations")
    found = {name: seed for name, seed in seeds.items() if isinstance(seed, bytes) and len(seed) == SEED_BYTES}
    if found.keys() != set(_NAMES):
        raise ValueError("not the secrets of a machine")
    return Newcomer(
        network,
        found,
        open_operation(bytes.fromhex(str(begun)), network=network) if begun is not None else None,
        tuple(open_operation(bytes.fromhex(str(wire)), network=network) for wire in chain),
    )


def forget_newcomer(folder: Path) -> None:
    """Remove a machine's keys, which are in the key file by now."""
    (folder / NEWCOMER_FILE).unlink(missing_ok=True)


def _read(folder: Path) -> dict[str, object]:
    missing = ConfigError(
        "this machine has not asked for anything", advice="Begin with `folkmoot identity request --out FILE`."
    )
    return read_sealed(folder / NEWCOMER_FILE, frozenset({_FORMAT}), missing=missing)

"""The keys of a running node: read once, and written anew, whole or not at all, whenever they change."""

from dataclasses import replace
from pathlib import Path
from typing import Self

from folkmoot.identity import Operation
from folkmoot.ids import IdentityId
from folkmoot.keys import SEED_BYTES, SecretKey, key_digest, rotation_key
from folkmoot.limits import CHAIN_DEPTH_MAX
from folkmoot_node.clock import Entropy
from folkmoot_node.errors import RefusedError
from folkmoot_node.keyfile import GUARDED_MAX, Keys, read_keys, write_keys
from folkmoot_node.sealing import Lock


class KeyRing:
    """The keys of one node and the file they are in. Made by `open`."""

    def __init__(self, path: Path, keys: Keys, lock: Lock | None, entropy: Entropy) -> None:
        self._path = path
        self._keys = keys
        self._lock = lock
        self._entropy = entropy

    @classmethod
    def open(cls, path: Path, passphrase: str | None, entropy: Entropy) -> Self:
        """Read a key file; raises as `keyfile.unlock`."""
        keys, lock = read_keys(path, passphrase)
        return cls(path, keys, lock, entropy)

    @property
    def keys(self) -> Keys:
        """The keys as they are in the file."""
        return self._keys

    def note_operations(self, operations: tuple[Operation, ...]) -> None:
        """Write down the identity's operations as they are now, and that none waits to join if it is among them.

        Raises:
            StoreError: The file cannot be written; it is as it was.
        """
        joining = None if self._keys.joining in operations else self._keys.joining
        if (operations, joining) != (self._keys.operations, self._keys.joining):
            self._write(replace(self._keys, operations=operations, joining=joining))

    def note_offer(self, offered: Operation) -> None:
        """Write down that another machine may turn an operation into the next of this identity at any time.

        Raises:
            StoreError: See `note_operations`.
        """
        self._write(replace(self._keys, offered=offered))

    def give_up_joining(self) -> None:
        """Forget the operation that was to make this device one of the identity's.

        Raises:
            StoreError: See `note_operations`.
        """
        self._write(replace(self._keys, joining=None))

    def note_sync(self) -> None:
        """Write down that one sync less is missing.

        Raises:
            StoreError: See `note_operations`.
        """
        self._write(replace(self._keys, syncs_missing=max(0, self._keys.syncs_missing - 1)))

    def trust_memory(self) -> None:
        """Count a restored node's memory as whole, because its owner says so.

        Raises:
            StoreError: See `note_operations`.
        """
        self._write(replace(self._keys, syncs_missing=0))

    def promised_key(self, digest: bytes) -> SecretKey:
        """Return the rotation key that was promised by its digest.

        Raises:
            RefusedError: The rotation seed is on another device, or is not the one that the identity has promised.
        """
        network = self._keys.network
        for depth in range(1, CHAIN_DEPTH_MAX + 1):
            key = rotation_key(self._seed(), depth, network=network)
            if key_digest(network, key.public) == digest:
                return key
        raise RefusedError(
            "the rotation key here is not the one that the identity has promised",
            advice="Look at `folkmoot identity show`: if somebody else has rotated, recover.",
        )

    def rotation_digest(self, depth: int) -> bytes:
        """Return the digest that promises the key for the rotation at a depth.

        Raises:
            RefusedError: The rotation seed is on another device.
        """
        network = self._keys.network
        return key_digest(network, rotation_key(self._seed(), depth, network=network).public)

    def _seed(self) -> bytes:
        if self._keys.rotation_seed is None:
            raise RefusedError(
                "this device cannot rotate: the rotation seed is on the device that began the identity",
                advice="Do it there, or recover with the paper key.",
            )
        return self._keys.rotation_seed

    def guardian_key(self, identity: IdentityId) -> SecretKey | None:
        """Return the key that was made to guard somebody's identity."""
        seed = dict(self._keys.guarding).get(identity)
        return SecretKey(seed) if seed is not None else None

    def new_guardian_key(self, identity: IdentityId) -> SecretKey:
        """Make the key that guards somebody's identity, or return the one there is.

        Raises:
            RefusedError: This node guards as many as it can.
            StoreError: See `note_operations`.
        """
        known = self.guardian_key(identity)
        if known is not None:
            return known
        if len(self._keys.guarding) == GUARDED_MAX:
            raise RefusedError(f"this node guards {GUARDED_MAX} identities, and no more")
        seed = self._entropy.randbytes(SEED_BYTES)
        self._write(replace(self._keys, guarding=(*self._keys.guarding, (identity, seed))))
        return SecretKey(seed)

    def _write(self, keys: Keys) -> None:
        write_keys(self._path, keys, self._lock, self._entropy)
        self._keys = keys

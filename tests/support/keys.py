"""People for tests: a name stands for the same keys and the same identity in every run."""

import hashlib
from dataclasses import dataclass
from functools import cache

from folkmoot.identity import Device, Operation, Recovery, Scope, Snapshot, find_nonce, genesis
from folkmoot.ids import IdentityId
from folkmoot.keys import SecretKey, key_digest
from folkmoot.limits import WORK_FLOOR

NETWORK = "test"
_CANDIDATES_STEP = 65_536


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with one device of full scope.

    Attributes:
        name: As the test calls them.
        key: Signs their records.
        genesis: Founds their identity.
        rotation: Signs the next operation of rank 0; the genesis promises it.
        paper: Signs operations of recovery rank 1.
    """

    name: str
    key: SecretKey
    genesis: Operation
    rotation: SecretKey
    paper: SecretKey

    @property
    def id(self) -> IdentityId:
        """The identity that the genesis founds."""
        return self.genesis.identity


@cache
def person(name: str) -> Person:
    """Return the person of a name."""
    key, rotation, paper = (secret_key(f"{name}/{purpose}") for purpose in ("device", "rotation", "paper"))
    snapshot = Snapshot(
        devices=[Device(key.public, seed_of(f"{name}/sealing"), Scope.ALL)],
        next_digest=key_digest(NETWORK, rotation.public),
        recovery=[Recovery(1, 1, (key_digest(NETWORK, paper.public),))],
    )
    return Person(name, key, found(snapshot, [key]), rotation, paper)


def found(snapshot: Snapshot, keys: list[SecretKey]) -> Operation:
    """Found an identity with the least work that is valid; the same snapshot always gives the same genesis."""
    start = 0
    while True:
        nonce = find_nonce(snapshot, network=NETWORK, figure=WORK_FLOOR, start=start)
        if nonce is not None:
            return genesis(snapshot, keys, network=NETWORK, nonce=nonce)
        start += _CANDIDATES_STEP


def secret_key(name: str) -> SecretKey:
    """Return the signing key that a name stands for."""
    return SecretKey(seed_of(name))


def seed_of(name: str) -> bytes:
    """Return 32 bytes that look random and are the same in every run."""
    return hashlib.sha256(b"folkmoot test " + name.encode()).digest()

"""People of a simulation: a name stands for the same keys in every run; each device keeps track of what it said."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from folkmoot.authoring import compose, free_slot, next_rev, seal_own
from folkmoot.canonical import Value
from folkmoot.identity import (
    Device,
    Operation,
    Recovery,
    Revocation,
    Scope,
    Snapshot,
    find_nonce,
    genesis,
    operation,
)
from folkmoot.ids import IdentityId
from folkmoot.keys import SecretKey, key_digest
from folkmoot.kinds import KINDS
from folkmoot.limits import KEEP_PREFIX_BYTES, WORK_FLOOR
from folkmoot.record import Address, Content, Record, day_of
from folkmoot.rules import COMMONS

PEOPLE_MAX = 4096
_CANDIDATES = 65_536


def secret_key(name: str) -> SecretKey:
    """Return the signing key that a name stands for."""
    return SecretKey(_seed_of(name))


@lru_cache(PEOPLE_MAX)
def genesis_of(name: str, network: str) -> Operation:
    """Found the identity of a name, with the least work that is valid."""
    device = secret_key(f"{name}/device 0")
    snapshot = Snapshot(
        devices=[Device(device.public, _seed_of(f"{name}/sealing"), Scope.ALL)],
        next_digest=key_digest(network, secret_key(f"{name}/rotation 1").public),
        recovery=[Recovery(1, 1, (key_digest(network, secret_key(f"{name}/paper").public),))],
    )
    start, nonce = 0, None
    while nonce is None:
        nonce = find_nonce(snapshot, network=network, figure=WORK_FLOOR, start=start)
        start += _CANDIDATES
    return genesis(snapshot, [device], network=network, nonce=nonce)


@dataclass
class Pen:
    """One device of a person: it signs, and knows what it has said itself.

    Attributes:
        name: Whose it is.
        key: Signs.
        index: Its number among the devices of the person.
        operations: What it knows of the identity, genesis first.
        said: The latest it said at each address.
    """

    name: str
    network: str
    index: int
    operations: list[Operation]
    said: dict[Address, Record] = field(default_factory=dict)

    @property
    def identity(self) -> IdentityId:
        """Whose word it is."""
        return self.operations[0].identity

    @property
    def key(self) -> SecretKey:
        """The key of this device."""
        return secret_key(f"{self.name}/device {self.index}")

    def write(self, kind: str, body: Mapping[str, Value], *, now_ms: int, days: int | None = None) -> Record:
        """Say something in a free slot, or in the only one of the kind.

        Args:
            kind: The kind of record.
            body: What it says.
            now_ms: The clock of the node.
            days: How long it is to live; as long as it can, if left out.

        Raises:
            NoFreeSlotError: There is no room for more of this kind.
        """
        own = [record for record in self.said.values() if record.kind == kind]
        slot = 0
        if KINDS[kind].slots > 1:
            slot = free_slot(kind, own, device_index=self.index, today=day_of(now_ms))
        return self.write_at(Address(self.identity, COMMONS, kind, slot), body, now_ms=now_ms, days=days)

    def write_at(
        self, address: Address, body: Mapping[str, Value], *, now_ms: int, days: int | None = None
    ) -> Record:
        """Say something at an address, in place of what this device said there; see `write`."""
        before = [self.said[address]] if address in self.said else []
        replaces = [record for record in before if record.expires > day_of(now_ms)]
        content = compose(body, address=address, replaces=replaces, now_ms=now_ms, network=self.network)
        if days is not None:
            ends = max([day_of(content.rev) + days, *(record.expires for record in replaces)])
            content = replace(content, expires=min(content.expires, ends))
        return self._seal(content)

    def write_unknown(self, kind: str, slot: int, text: str, *, now_ms: int, days: int) -> Record:
        """Say something of a kind that no client of this edition knows."""
        address = Address(self.identity, COMMONS, kind, slot)
        before = [self.said[address]] if address in self.said else []
        rev = next_rev(now_ms, before)
        ends = max([day_of(rev) + days, *(record.expires for record in before)])
        return self._seal(Content(kind, COMMONS, slot, rev, ends, (), {"text": text}))

    def _seal(self, content: Content) -> Record:
        record = seal_own(content, author=self.identity, key=self.key, network=self.network)
        self.said[record.address] = record
        return record


def new_pen(name: str, network: str) -> Pen:
    """Return the first device of somebody new."""
    return Pen(name, network, 0, [genesis_of(name, network)])


def second_device(pen: Pen) -> Pen:
    """Add a device by a rotation that both know from now on; it has heard nothing of what the first one said."""
    head = pen.operations[-1]
    added = Pen(pen.name, pen.network, pen.index + 1, pen.operations)
    device = Device(added.key.public, _seed_of(f"{pen.name}/sealing"), Scope.ALL)
    snapshot = Snapshot(
        devices=[*head.devices, device],
        next_digest=key_digest(pen.network, _rotation_key(pen, len(pen.operations) + 1).public),
        recovery=head.recovery,
    )
    keys = [_rotation_key(pen, len(pen.operations)), added.key]
    pen.operations.append(operation(snapshot, keys, parent=head, rank=0, network=pen.network))
    return added


def recover(pen: Pen) -> Pen:
    """Revoke all devices by a recovery but for some of what they said, and go on with a new one."""
    head = pen.operations[-1]
    fresh = Pen(pen.name, pen.network, pen.index + 7, pen.operations)
    kept = sorted(pen.said.values(), key=lambda record: record.id)[::2]
    keep = frozenset(record.id[:KEEP_PREFIX_BYTES] for record in kept)
    snapshot = Snapshot(
        devices=[Device(fresh.key.public, _seed_of(f"{pen.name}/sealing"), Scope.ALL)],
        next_digest=key_digest(pen.network, _rotation_key(pen, len(pen.operations) + 1).public),
        recovery=[Recovery(1, 1, (key_digest(pen.network, secret_key(f"{pen.name}/second paper").public),))],
        revoke=[Revocation(device.key, None, keep) for device in head.devices],
    )
    keys = [secret_key(f"{pen.name}/paper"), fresh.key]
    pen.operations.append(operation(snapshot, keys, parent=head, rank=1, network=pen.network))
    fresh.said = {record.address: record for record in kept}
    return fresh


def rival(pen: Pen) -> Operation:
    """Follow the genesis by another rotation than the one that the owner may have made: a thief's."""
    thief = secret_key(f"{pen.name}/thief")
    snapshot = Snapshot(
        devices=[Device(thief.public, _seed_of(f"{pen.name}/thief's sealing"), Scope.ALL)],
        next_digest=key_digest(pen.network, secret_key(f"{pen.name}/thief's next").public),
        recovery=pen.operations[0].recovery,
    )
    keys = [_rotation_key(pen, 1), thief]
    return operation(snapshot, keys, parent=pen.operations[0], rank=0, network=pen.network)


def _rotation_key(pen: Pen, depth: int) -> SecretKey:
    return secret_key(f"{pen.name}/rotation {depth}")


def _seed_of(name: str) -> bytes:
    return hashlib.sha256(b"folkmoot simulation " + name.encode()).digest()

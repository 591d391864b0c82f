"""What the case modules are made with: bytes that no honest writer makes, and the shape of a case.

Honest bytes come from `folkmoot` itself. Everything that has to break a rule is packed here without its checks.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import msgpack
from support.keys import NETWORK, Person, found, person, secret_key, seed_of

from folkmoot.identity import Device, Operation, Recovery, Scope, Snapshot
from folkmoot.keys import SecretKey, key_digest, preimage
from folkmoot.limits import DAY_MS
from folkmoot.record import Record, Ref

Case = dict[str, object]
"""One case of a suite, in the order in which its fields are written."""

DAY = 20_000
"""The day on which the cases take place: 2024-10-04."""

NOON_MS = DAY * DAY_MS + DAY_MS // 2
INTEGER_BOUNDARIES = (2**31, 2**32, 2**53 - 1, 2**53)
"""Values where a client that counts in 32 bits, or in floating point, goes wrong; the last is out of bounds."""


def accepted(name: str, *, rules: Iterable[str] = (), why: str = "", **fields: object) -> Case:
    """Return a case that has to pass; bytes among the fields are written in hex."""
    return _case(name, why, rules, {**fields, "expect": "accept"})


def refused(name: str, rule: str, *, why: str = "", **fields: object) -> Case:
    """Return a case that breaks one rule and no other."""
    return _case(name, why, [rule], {**fields, "expect": "refuse", "rule": rule})


def judged(name: str, expect: str, rule: str, *, why: str = "", **fields: object) -> Case:
    """Return a case with a verdict that a rule decides."""
    return _case(name, why, [rule], {**fields, "expect": expect, "rule": rule})


def _case(name: str, why: str, rules: Iterable[str], fields: Mapping[str, object]) -> Case:
    begin: Case = {"name": name, "why": why} if why else {"name": name}
    shown = {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}
    return {**begin, "rules": list(rules), **shown}


def raw(value: object) -> bytes:
    """Pack anything MessagePack can hold; maps keep the order they are given in."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def ordered(value: Mapping[str, object]) -> dict[str, object]:
    """Return a map in the canonical order of its keys."""
    return {key: value[key] for key in sorted(value)}


def payload_fields(author: Person, /, **changes: object) -> list[object]:
    """Return the ten fields of a small valid record, with changes by name."""
    fields: dict[str, object] = {
        "version": 1,
        "kind": "x-note",
        "author": author.id,
        "device": author.key.public,
        "space": "commons",
        "slot": 0,
        "rev": NOON_MS,
        "expires": DAY + 30,
        "refs": [],
        "body": {"text": "hello"},
    }
    assert changes.keys() <= fields.keys()
    return list({**fields, **changes}.values())


def sealed(payload: object, key: SecretKey, *, network: str = NETWORK) -> bytes:
    """Sign a payload of any content, given as a value or as bytes."""
    carried = payload if isinstance(payload, bytes) else raw(payload)
    return raw([carried, key.sign(preimage(network, "record", carried))])


def signed_operation(fields: Mapping[str, object], keys: Sequence[SecretKey], *, network: str = NETWORK) -> bytes:
    """Sign an operation of any content."""
    carried = raw(ordered(fields))
    message = preimage(network, "identity", carried)
    return raw([carried, [[key.public, key.sign(message)] for key in sorted(keys, key=lambda key: key.public)]])


def device(name: str, scope: Scope = Scope.ALL) -> Device:
    """Return the device that a name stands for; its key is `secret_key(name)`."""
    return Device(secret_key(name).public, seed_of(f"{name}/sealing"), scope)


def promised(name: str) -> bytes:
    """Return the digest that promises the key a name stands for."""
    return key_digest(NETWORK, secret_key(name).public)


@cache
def founded(name: str, *scopes: Scope, recovery: tuple[Recovery, ...] | None = None) -> Operation:
    """Return a genesis with a device for each scope, `name/0` being the first; next key `name/next-1`."""
    names = [f"{name}/{index}" for index, _ in enumerate(scopes)]
    entries = recovery if recovery is not None else (Recovery(1, 1, (promised(f"{name}/paper"),)),)
    snapshot = Snapshot(
        devices=[device(of, scope) for of, scope in zip(names, scopes, strict=True)],
        next_digest=promised(f"{name}/next-1"),
        recovery=entries,
    )
    return found(snapshot, [secret_key(of) for of in names])


def wires(items: Iterable[Operation | Record]) -> list[str]:
    """Return items as they travel, in hex."""
    return [item.wire.hex() for item in items]


def refs_value(refs: Iterable[Ref]) -> list[object]:
    """Return references as a payload holds them, in canonical order."""
    return [[ref.relation, ref.target] for ref in sorted(refs)]


ALICE = person("alice")
BOB = person("bob")
CAROL = person("carol")

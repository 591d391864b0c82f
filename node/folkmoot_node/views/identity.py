"""Identities: every operation and what it changed, the devices and what their word is worth, who can recover."""

from collections.abc import Iterable, Sequence

from typing_extensions import TypedDict

from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation, Scope
from folkmoot.ids import IdentityId
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, identity_text, operation_text
from folkmoot_node.views.viewpoint import Viewpoint

_KEY_LENGTH = 16


class StepShape(TypedDict):
    """One operation; `is_disputed` when it is on one of two branches between which nothing decides."""

    id: str
    depth: int
    rank: int
    changes: list[str]
    is_disputed: bool


class DeviceShape(TypedDict):
    """One device that the identity names or named; `key` in hex.

    `standing` is `signs`, `reads`, `left out`, `retired`, `revoked` or `in doubt`. What a retired device dates up
    to `until` stands, and so do the `kept` items of any.
    """

    key: str
    scope: str
    standing: str
    until: int | None
    kept: int


class RecoveryShape(TypedDict):
    """Which keys can act at a rank: `threshold` of so many `keys`."""

    rank: int
    threshold: int
    keys: int


class IdentityShape(TypedDict):
    """An identity as its operations tell it; `status` is `standing`, `disputed` or `closed`."""

    identity: str
    name: str
    status: str
    operations: list[StepShape]
    devices: list[DeviceShape]
    recovery: list[RecoveryShape]


async def identity(view: Viewpoint, who: IdentityId) -> IdentityShape:
    """Return what the operations of an identity say.

    Raises:
        UnknownIdError: None of them is held.
    """
    chain = read_chain(await view.store.operations([who]), network=view.network)
    if chain is None:
        raise UnknownIdError(f"nobody with the id {identity_text(who)} is known here", advice=SYNC_ADVICE)
    names = await view.names([who])
    return described(chain, names[who])


def described(chain: Chain, name: str) -> IdentityShape:
    """Describe a chain."""
    status = "closed" if chain.is_closed else "disputed" if chain.is_disputed else "standing"
    return {
        "identity": identity_text(chain.identity),
        "name": name,
        "status": status,
        "operations": _steps(chain),
        "devices": _devices(chain),
        "recovery": [
            {"rank": entry.rank, "threshold": entry.threshold, "keys": len(entry.digests)}
            for entry in chain.head.recovery
        ],
    }


def _steps(chain: Chain) -> list[StepShape]:
    found = [_step(step, _parent(chain, step), depth, is_disputed=False) for depth, step in enumerate(chain.path)]
    for rival in chain.rivals:
        found += [
            _step(step, _parent(chain, step), len(chain.path) + place, is_disputed=True)
            for place, step in enumerate(rival)
        ]
    return found


def _parent(chain: Chain, step: Operation) -> Operation | None:
    return chain.held[step.parent] if step.parent is not None else None


def _step(step: Operation, parent: Operation | None, depth: int, *, is_disputed: bool) -> StepShape:
    return {
        "id": operation_text(step.id),
        "depth": depth,
        "rank": step.rank,
        "changes": _changes(step, parent),
        "is_disputed": is_disputed,
    }


def _changes(step: Operation, parent: Operation | None) -> list[str]:
    """Say in words what an operation changed."""
    if parent is None:
        return ["founded", *(f"device {_short(device.key)} ({device.scope.value})" for device in step.devices)]
    before = {device.key: device.scope for device in parent.devices}
    after = {device.key: device.scope for device in step.devices}
    revoked = {entry.device for entry in step.revoke}
    found = ["closed"] if step.close else []
    found += [f"device {_short(key)} added ({after[key].value})" for key in sorted(after.keys() - before.keys())]
    found += [
        f"device {_short(key)} now {after[key].value}"
        for key in sorted(after)
        if before.get(key, after[key]) != after[key]
    ]
    found += [f"device {_short(key)} left out" for key in sorted(before.keys() - after.keys() - revoked)]
    for entry in step.revoke:
        word = "revoked" if entry.last_rev is None else "retired"
        found.append(f"device {_short(entry.device)} {word}, {len(entry.keep)} kept")
    if step.recovery != parent.recovery:
        found.append("who can recover")
    return found or ["a new rotation key"]


def _devices(chain: Chain) -> list[DeviceShape]:
    """Return every device ever named, those of now first."""
    ways = tuple(chain.path + rival for rival in chain.rivals) or (chain.path,)
    scopes: dict[bytes, Scope] = {}
    for way in ways:
        scopes.update({device.key: device.scope for step in way for device in step.devices})
    now = {device.key for device in chain.head.devices}
    found = [_device(key, scopes[key], ways, is_named=key in now) for key in sorted(scopes)]
    return sorted(found, key=lambda device: device["standing"] not in ("signs", "reads"))


def _device(key: bytes, scope: Scope, ways: Sequence[Sequence[Operation]], *, is_named: bool) -> DeviceShape:
    readings = {_standing(key, scope, way, is_named=is_named) for way in ways}
    entries = [entry for way in ways for step in way for entry in step.revoke if entry.device == key]
    bounds = [entry.last_rev for entry in entries if entry.last_rev is not None]
    return {
        "key": key.hex(),
        "scope": scope.value,
        "standing": readings.pop() if len(readings) == 1 else "in doubt",
        "until": min(bounds) if bounds else None,
        "kept": len({prefix for entry in entries for prefix in entry.keep}),
    }


def _standing(key: bytes, scope: Scope, way: Iterable[Operation], *, is_named: bool) -> str:
    steps = list(way)
    entries = [entry for step in steps for entry in step.revoke if entry.device == key]
    if any(entry.last_rev is None for entry in entries):
        return "revoked"
    if entries:
        return "retired"
    if not any(device.key == key for step in steps for device in step.devices):
        return "unnamed"
    if not is_named:
        return "left out"
    return "reads" if scope is Scope.READ else "signs"


def _short(key: bytes) -> str:
    return key.hex()[:_KEY_LENGTH]

"""Identities with a history: a tree of operations in which every key has a name."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from support.keys import NETWORK, found, secret_key, seed_of

from folkmoot.canonical import decode, encode
from folkmoot.identity import Device, Operation, Recovery, Revocation, Scope, Snapshot, open_operation, operation
from folkmoot.keys import SecretKey, key_digest, preimage


class Plan(NamedTuple):
    """What one step of an identity says and who signs it; keys by name."""

    devices: tuple[tuple[str, Scope], ...] = (("phone", Scope.ALL),)
    next_key: str = "next"
    recovery: tuple[tuple[int, int, tuple[str, ...]], ...] = ((2, 1, ("vault",)), (1, 1, ("paper",)))
    revoke: tuple[Revocation, ...] = ()
    close: bool = False


def key(name: str) -> SecretKey:
    """Return the key of a name."""
    return secret_key(f"lineage/{name}")


def revocation(device: str, *, last_rev: int | None = None, keep: Sequence[bytes] = ()) -> Revocation:
    """Revoke a device but for the ids to keep."""
    return Revocation(key(device).public, last_rev, frozenset(item[:16] for item in keep))


@cache
def root(plan: Plan = Plan()) -> Operation:  # noqa: B008 - a plan cannot be changed
    """Found an identity."""
    return found(_snapshot(plan), [key(name) for name, _scope in plan.devices])


@cache
def step(parent: Operation, plan: Plan, *, rank: int = 0, signers: tuple[str, ...] = ("next",)) -> Operation:
    """Take a step, signed by the keys named and by nobody else."""
    keys = [key(name) for name in signers]
    return operation(_snapshot(plan), keys, parent=parent, rank=rank, network=NETWORK)


def rewrapped(made: Operation, *names: str) -> Operation:
    """Give an operation other signatures; its id stays."""
    envelope = decode(made.wire, bytes_max=20_000)
    assert isinstance(envelope, list)
    assert isinstance(envelope[0], bytes)
    message = preimage(NETWORK, "identity", envelope[0])
    keys = sorted((key(name) for name in names), key=lambda k: k.public)
    return open_operation(encode([envelope[0], [[k.public, k.sign(message)] for k in keys]]), network=NETWORK)


def digest_of(name: str) -> bytes:
    """Return the digest that promises a key."""
    return key_digest(NETWORK, key(name).public)


def _snapshot(plan: Plan) -> Snapshot:
    return Snapshot(
        devices=[Device(key(name).public, seed_of(f"sealing/{name}"), scope) for name, scope in plan.devices],
        next_digest=digest_of(plan.next_key),
        recovery=[
            Recovery(rank, threshold, tuple(sorted(digest_of(name) for name in names)))
            for rank, threshold, names in plan.recovery
        ],
        revoke=plan.revoke,
        close=plan.close,
    )

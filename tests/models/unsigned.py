"""Operations without signatures, for models that count them by the hundred thousand.

Signatures are checked when an operation is opened; what a set of opened operations says is `folkmoot.chain`'s to
decide, from who signed, not from the bytes of signatures. So a model may state who signed.
"""

import hashlib
from functools import cache
from typing import NamedTuple

from support.keys import NETWORK, seed_of

from folkmoot.identity import Device, Operation, Recovery, Scope
from folkmoot.ids import IdentityId, OperationId
from folkmoot.keys import key_digest

OWN_DEVICE = "phone"


class Says(NamedTuple):
    """What an operation says; keys by name, the recovery as pairs of a rank and the one key promised for it."""

    next_key: str
    recovery: tuple[tuple[int, str], ...] = ()
    device: str = OWN_DEVICE
    close: bool = False


@cache
def public(name: str) -> bytes:
    """Return 32 bytes that stand for the public key of a name."""
    return seed_of(f"models/{name}")


@cache
def _promise(name: str) -> bytes:
    return key_digest(NETWORK, public(name))


def founded(says: Says) -> Operation:
    """Found an identity."""
    return _made(says, None, rank=0, signers=frozenset({says.device}), place=0)


def step(
    parent: Operation, says: Says, *, rank: int, signers: frozenset[str], place: int | None = None
) -> Operation:
    """Take a step that these keys signed, and the key of the device if the parent does not name it.

    Args:
        parent: What it follows.
        says: All keys that hold from here on.
        rank: The rank that it claims.
        signers: Who signed.
        place: Where its id stands among the ids of others; left out, its id is the digest of what it says.
    """
    return _made(says, parent, rank=rank, signers=signers, place=place)


def _made(
    says: Says, parent: Operation | None, *, rank: int, signers: frozenset[str], place: int | None
) -> Operation:
    described = repr((says, parent.id if parent else None, rank, sorted(signers))).encode()
    digest = hashlib.sha256(described).digest()
    own_id = digest if place is None else bytes([place]) + digest[1:]
    known = {device.key for device in parent.devices} if parent else set()
    proving = {public(says.device)} - known
    return Operation(
        wire=own_id,
        id=OperationId(own_id),
        identity=parent.identity if parent else IdentityId(own_id),
        parent=parent.id if parent else None,
        rank=rank,
        devices=(Device(public(says.device), bytes(32), Scope.ALL),),
        next=_promise(says.next_key),
        recovery=tuple(Recovery(at, 1, (_promise(name),)) for at, name in sorted(says.recovery, reverse=True)),
        revoke=(),
        close=says.close,
        signers=frozenset(public(name) for name in signers) | proving,
    )

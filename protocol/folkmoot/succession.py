"""The next step of an identity: what its owner can do, planned from the operations held before anything is signed.

Theory of operation: each function looks at a `Chain` and returns a `Step`: the whole snapshot, its parent and rank,
and whose signatures it takes. What readers would leave aside is refused here, with the reason. `begin` signs with
the keys at hand; keys elsewhere sign with `countersign`, and `join` puts their signatures together, so that no
secret key has to travel. `finish` makes sure that readers who hold the chain will follow.

Spec: identity.md#operations
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from folkmoot.canonical import Value, decode, encode
from folkmoot.chain import Chain, broken_succession, read_chain
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.identity import Device, Operation, Recovery, Revocation, Scope, Snapshot, open_operation, operation
from folkmoot.ids import OperationId
from folkmoot.keys import SecretKey, preimage
from folkmoot.limits import (
    CHAIN_DEPTH_MAX,
    DEVICES_MAX,
    KEEP_MAX,
    KEEP_PREFIX_BYTES,
    OPERATION_BYTES_MAX,
    RECOVERY_DEPTH_MAX,
    REVOCATIONS_MAX,
    ROTATION_DEPTH_MAX,
)

_FIXED_BYTES = 200
_DEVICE_BYTES = 75
_ENTRY_BYTES = 6
_DIGEST_BYTES = 34
_REVOCATION_BYTES = 52
_LAST_REV_BYTES = 18
_KEPT_BYTES = KEEP_PREFIX_BYTES + 2
_SIGNATURE_BYTES = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An operation that is planned and not yet signed.

    Attributes:
        parent: The operation it follows.
        rank: 0 for a rotation, or the rank of the recovery entry used.
        snapshot: What it says.
        promised: The keys that can sign for the rank, by digest, and how many of them it takes.
        joining: The devices that the parent does not name; each of them signs too.
    """

    parent: Operation
    rank: int
    snapshot: Snapshot
    promised: Recovery
    joining: frozenset[bytes]

    @property
    def keep_room(self) -> int:
        """How many more prefixes of ids to keep have room in the operation; below zero when there are too many."""
        snapshot = self.snapshot
        used_bytes = (
            _FIXED_BYTES
            + _DEVICE_BYTES * len(snapshot.devices)
            + sum(_ENTRY_BYTES + _DIGEST_BYTES * len(entry.digests) for entry in snapshot.recovery)
            + _REVOCATION_BYTES * len(snapshot.revoke)
            + _LAST_REV_BYTES * sum(entry.last_rev is not None for entry in snapshot.revoke)
            + _SIGNATURE_BYTES * (len(self.joining) + len(self.promised.digests))
        )
        kept = sum(len(entry.keep) for entry in snapshot.revoke)
        return min(KEEP_MAX, (OPERATION_BYTES_MAX - used_bytes) // _KEPT_BYTES) - kept


def rotated(chain: Chain, *, next_digest: bytes) -> Step:
    """Plan to use the present rotation key and promise the next, and to change nothing else.

    Raises:
        MisuseError: The identity is closed or disputed, or has had all its rotations.
    """
    return _rotation(chain, _snapshot(chain.head.devices, next_digest, chain.head))


def with_device(chain: Chain, device: Device, *, next_digest: bytes) -> Step:
    """Plan to add a device, which signs too.

    Raises:
        MisuseError: See `rotated`; or the device is named already or was revoked, or there are sixteen.
    """
    head = chain.head
    _require_fresh(chain.path, device.key)
    if len(head.devices) == DEVICES_MAX:
        raise MisuseError(f"an identity has at most {DEVICES_MAX} devices: revoke one first")
    return _rotation(chain, _snapshot((*head.devices, device), next_digest, head))


def without_device(
    chain: Chain,
    device: bytes,
    *,
    next_digest: bytes,
    last_rev: int | None = None,
    keep: frozenset[bytes] = frozenset(),
) -> Step:
    """Plan to revoke a device, or to keep more of one that was revoked.

    Args:
        chain: The identity.
        device: Its key.
        next_digest: Digest of the next rotation key.
        last_rev: Everything that the device dates up to here stands; `None` for a device that others may have.
        keep: Prefixes of the ids that stand in any case.

    Raises:
        MisuseError: See `rotated`; or the identity never named the device, no other can sign everything, or there
            is no room for so much to keep.
    """
    head = chain.head
    if device not in devices_of(chain.path):
        raise MisuseError("this identity has no such device")
    left = tuple(item for item in head.devices if item.key != device)
    if not any(item.scope is Scope.ALL for item in left):
        raise MisuseError("no device that can sign everything would be left: add one first, or close the identity")
    snapshot = replace(_snapshot(left, next_digest, head), revoke=(Revocation(device, last_rev, keep),))
    return _rotation(chain, snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """How an identity is to be taken back.

    Attributes:
        device: The one device that is to remain, new.
        rank: The rank of the recovery keys that sign.
        next_digest: Digest of the next rotation key, of a new seed.
        replaced: Recovery entries in place of those of the same rank; none of a rank above the one that signs.
        keep: By device, prefixes of ids that stand.
        after: The last operation that was the owner's; what others added after it is left behind. The head if
            left out.
    """

    device: Device
    rank: int
    next_digest: bytes
    replaced: Sequence[Recovery] = ()
    keep: Mapping[bytes, frozenset[bytes]] = field(default_factory=dict)
    after: OperationId | None = None


def recovered(chain: Chain, rescue: Rescue) -> Step:
    """Plan to take an identity back: one new device, and every other revoked but for what is kept.

    Raises:
        MisuseError: The rank is too low to prevail or nobody is promised for it, there are too many devices to
            revoke, or no room for so much to keep.
    """
    parent = chain.head if rescue.after is None else chain.held.get(rescue.after)
    if parent is None or parent not in chain.kept:
        raise MisuseError("the identity has no such operation")
    way = way_to(chain, parent)
    _require_fresh(way, rescue.device.key)
    revoked = {entry.device for step in way for entry in step.revoke}
    to_revoke = sorted((devices_of(way) - revoked) | rescue.keep.keys())
    if len(to_revoke) > REVOCATIONS_MAX:
        raise MisuseError(
            f"there are {len(to_revoke)} devices to revoke and room for {REVOCATIONS_MAX}: "
            "recover after an earlier operation"
        )
    snapshot = Snapshot(
        devices=(rescue.device,),
        next_digest=rescue.next_digest,
        recovery=_with_entries(parent.recovery, rescue.replaced, rescue.rank),
        revoke=tuple(Revocation(key, None, rescue.keep.get(key, frozenset())) for key in to_revoke),
    )
    return _recovery(chain, parent, rescue.rank, snapshot)


def with_guardians(
    chain: Chain, guardians: Recovery, *, rank: int, next_digest: bytes, replaced: Sequence[Recovery] = ()
) -> Step:
    """Plan to name the guardians who can take the identity back together, in place of any before.

    Args:
        chain: The identity.
        guardians: Their entry, of a rank below the one that signs.
        rank: The rank of the recovery key that names them.
        next_digest: Digest of the next rotation key.
        replaced: Entries for the key that signs and is used up by it.

    Raises:
        MisuseError: The rank is that of a rotation or not above the guardians', or nobody is promised for it.
    """
    if not 0 < guardians.rank < rank:
        raise MisuseError("guardians stand below the recovery key that names them")
    head = chain.head
    recovery = _with_entries(head.recovery, (guardians, *replaced), rank)
    return _recovery(chain, head, rank, replace(_snapshot(head.devices, next_digest, head), recovery=recovery))


def closed(chain: Chain, *, rank: int) -> Step:
    """Plan to end an identity.

    Raises:
        MisuseError: The rank is that of a rotation, too low to prevail, or nobody is promised for it.
    """
    head = chain.head
    return _recovery(chain, head, rank, replace(_snapshot(head.devices, head.next, head), close=True))


def begin(step: Step, keys: Sequence[SecretKey], *, network: str) -> Operation:
    """Sign a step with the keys at hand; others may have to sign as well before anybody follows it.

    Raises:
        MisuseError: The operation would be refused in its form.
    """
    return operation(step.snapshot, keys, parent=step.parent, rank=step.rank, network=network)


def countersign(begun: Operation, key: SecretKey, *, network: str) -> Operation:
    """Add one key's signature to an operation that others began.

    Raises:
        MisuseError: It has as many signatures as fit.
    """
    carried, pairs = _opened(begun)
    return _closed_up(carried, {**pairs, key.public: key.sign(preimage(network, "identity", carried))}, network)


def join(parts: Collection[Operation], *, network: str) -> Operation:
    """Put together the signatures of several copies of one operation.

    Raises:
        MisuseError: They are not all the same operation, or too many have signed it.
    """
    if len({part.id for part in parts}) != 1:
        raise MisuseError("these are signatures of different operations")
    pairs: dict[bytes, bytes] = {}
    carried = b""
    for part in parts:
        carried, more = _opened(part)
        pairs.update(more)
    return _closed_up(carried, pairs, network)


def finish(chain: Chain, made: Operation, *, network: str) -> Chain:
    """Return the chain with a signed operation at its head.

    Raises:
        MisuseError: Readers would not follow: a signature is missing or one too many (CHN-4), another rule is
            broken, or what is known of the identity outweighs it.
    """
    parent = chain.held.get(made.parent) if made.parent is not None else None
    if parent is None:
        raise MisuseError("the operation follows one that is not known here")
    depth = len(way_to(chain, parent))
    rule = broken_succession(made, parent, depth=depth, network=network)
    if rule is not None:
        raise MisuseError(f"nobody would follow this operation ({rule}): {_BROKEN[rule]}")
    longer = read_chain([*chain.held.values(), made], network=network)
    assert longer is not None, "a chain that was read stays readable"
    if longer.is_disputed or longer.head.id != made.id:
        raise MisuseError(
            "another operation of at least this rank stands beside it: a higher recovery rank is needed"
        )
    return longer


_BROKEN = {
    "CHN-1": "the identity is closed",
    "CHN-2": "the chain has no room left for it",
    "CHN-3": "it changes who can recover beyond its own rank",
    "CHN-4": "a signature is missing, or one is there that must not be",
}


def devices_of(way: Iterable[Operation]) -> frozenset[bytes]:
    """Return the keys of all devices that any of some operations names."""
    return frozenset(device.key for step in way for device in step.devices)


def way_to(chain: Chain, step: Operation) -> tuple[Operation, ...]:
    """Return the operations from genesis to one of them."""
    way = [step]
    while way[-1].parent is not None:
        way.append(chain.held[way[-1].parent])
    return tuple(reversed(way))


def _rotation(chain: Chain, snapshot: Snapshot) -> Step:
    head = chain.head
    _require_open(head)
    if chain.is_disputed:
        raise MisuseError("the identity is disputed, and a rotation decides nothing: it takes a recovery key")
    if len(chain.path) > ROTATION_DEPTH_MAX:
        raise MisuseError(f"the identity has had its {ROTATION_DEPTH_MAX} rotations: only a recovery key can go on")
    return _step(head, 0, snapshot, Recovery(0, 1, (head.next,)))


def _recovery(chain: Chain, parent: Operation, rank: int, snapshot: Snapshot) -> Step:
    _require_open(parent)
    promised = next((entry for entry in parent.recovery if entry.rank == rank), None)
    if rank == 0 or promised is None:
        raise MisuseError(f"this takes a recovery key, and nobody was promised for rank {rank}")
    depth = len(way_to(chain, parent))
    if depth > (CHAIN_DEPTH_MAX if snapshot.close else RECOVERY_DEPTH_MAX):
        raise MisuseError("the chain is at its end: the identity can only be closed")
    beside = max((step.rank for step in _beside(chain, parent)), default=0)
    if beside >= rank:
        raise MisuseError(
            f"an operation of rank {beside} stands beside it, and rank {rank} does not prevail: "
            "use a higher rank, or recover after a later operation"
        )
    return _step(parent, rank, snapshot, promised)


def _step(parent: Operation, rank: int, snapshot: Snapshot, promised: Recovery) -> Step:
    known = {device.key for device in parent.devices}
    joining = frozenset(device.key for device in snapshot.devices if device.key not in known)
    step = Step(parent=parent, rank=rank, snapshot=snapshot, promised=promised, joining=joining)
    if step.keep_room < 0:
        raise MisuseError(f"there is no room to keep so much: {-step.keep_room} ids too many")
    return step


def _snapshot(devices: Sequence[Device], next_digest: bytes, head: Operation) -> Snapshot:
    return Snapshot(devices=devices, next_digest=next_digest, recovery=head.recovery)


def _beside(chain: Chain, parent: Operation) -> Iterable[Operation]:
    """Return the operations known that what follows a parent has to outweigh."""
    way = set(way_to(chain, parent))
    return [step for step in chain.kept if step not in way]


def _with_entries(before: Sequence[Recovery], replaced: Sequence[Recovery], rank: int) -> tuple[Recovery, ...]:
    if any(entry.rank > rank for entry in replaced):
        raise MisuseError(f"an operation of rank {rank} names no key of a higher rank")
    by_rank = {entry.rank: entry for entry in (*before, *replaced)}
    return tuple(by_rank[number] for number in sorted(by_rank, reverse=True))


def _require_open(parent: Operation) -> None:
    if parent.close:
        raise MisuseError("the identity is closed, and nothing follows")


def _require_fresh(way: Sequence[Operation], device: bytes) -> None:
    if device in devices_of(way):
        raise MisuseError("the identity has named this device before: a new device comes with a new key")


def _opened(made: Operation) -> tuple[bytes, dict[bytes, bytes]]:
    """Take an operation's wire apart into what was signed and who signed."""
    envelope = decode(made.wire, bytes_max=OPERATION_BYTES_MAX)
    assert isinstance(envelope, list)
    carried, pairs = envelope
    assert isinstance(carried, bytes)
    assert isinstance(pairs, list)
    found: dict[bytes, bytes] = {}
    for pair in pairs:
        assert isinstance(pair, list)
        key, signature = pair
        assert isinstance(key, bytes)
        assert isinstance(signature, bytes)
        found[key] = signature
    return carried, found


def _closed_up(carried: bytes, pairs: Mapping[bytes, bytes], network: str) -> Operation:
    signatures: list[Value] = [[key, pairs[key]] for key in sorted(pairs)]
    try:
        return open_operation(encode([carried, signatures]), network=network)
    except DecodeError as error:
        raise MisuseError(f"this operation would be refused: {error}") from error

"""Identities: operations apart from records, and what a set of them says about who may sign.

An identity is the digest of its genesis. Each operation is a whole snapshot of the keys and travels before the
records it certifies. Who may sign is a pure function of the operations held, whatever order they came in.

Spec: identity.md
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import msgpack

from folkmoot.canonical import Value, decode, encode, is_integer
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.ids import ID_BYTES, IdentityId, OperationId
from folkmoot.keys import KEY_BYTES, SIGNATURE_BYTES, SecretKey, digest, is_acceptable_key, preimage, verify
from folkmoot.limits import (
    DEVICES_MAX,
    GUARDIAN_KEYS_MAX,
    INTEGER_MAX,
    KEEP_MAX,
    KEEP_PREFIX_BYTES,
    OPERATION_BYTES_MAX,
    RANK_MAX,
    REVOCATIONS_MAX,
    WORK_FLOOR,
)
from folkmoot.work import NONCE_BYTES, search, work_figure

VERSION = 1
NONCES_PER_CALL = 65536
_SIGNATURES_MAX = DEVICES_MAX + GUARDIAN_KEYS_MAX


class Scope(Enum):
    """What a device may sign: everything; all but co-signatures and vouches; or nothing (it only reads)."""

    ALL = "all"
    DAILY = "daily"
    READ = "read"


class Device(NamedTuple):
    """One device of an identity: its signing key, its X25519 sealing key and its scope."""

    key: bytes
    sealing_key: bytes
    scope: Scope


class Recovery(NamedTuple):
    """Which keys, known by digest only, can act at one rank, and how many of them it takes."""

    rank: int
    threshold: int
    digests: tuple[bytes, ...]


class Revocation(NamedTuple):
    """What of a device's signatures still stands: up to `last_rev`, and the ids beginning with a `keep` prefix."""

    device: bytes
    last_rev: int | None
    keep: frozenset[bytes]


class KeySignature(NamedTuple):
    """A key, shown, with its signature over the operation."""

    key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Operation:
    """One step in the life of an identity whose form and signatures were verified.

    Whether it may follow its parent is decided by `folkmoot.chain`.
    """

    wire: bytes
    id: OperationId
    identity: IdentityId
    parent: OperationId | None
    rank: int
    devices: tuple[Device, ...]
    next: bytes
    recovery: tuple[Recovery, ...]
    revoke: tuple[Revocation, ...]
    close: bool
    signers: frozenset[bytes]

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What an operation is to say: every key that holds from here on.

    `next_digest` promises the key that will sign the next rotation; see `keys.key_digest`.
    """

    devices: Sequence[Device]
    next_digest: bytes
    recovery: Sequence[Recovery]
    revoke: Sequence[Revocation] = ()
    close: bool = False


def genesis(snapshot: Snapshot, keys: Sequence[SecretKey], *, network: str, nonce: bytes) -> Operation:
    """Found an identity.

    Spec: identity.md#genesis

    Args:
        snapshot: The first keys.
        keys: The secret key of every device in the snapshot.
        network: Name of the network.
        nonce: Eight bytes that give the genesis its work; see `work_figure` and `find_nonce`.

    Raises:
        MisuseError: Readers would refuse it.
    """
    fields = _fields(snapshot, rank=0)
    fields["nonce"] = nonce
    return _sign(fields, keys, network)


def operation(
    snapshot: Snapshot, keys: Sequence[SecretKey], *, parent: Operation, rank: int, network: str
) -> Operation:
    """Take the next step of an identity.

    Spec: identity.md#operations

    Args:
        snapshot: All keys that hold from here on.
        keys: The keys that entitle to the rank, and every device key that the parent does not name.
        parent: The operation this one follows.
        rank: 0 for a rotation, or the rank of the recovery entry used.
        network: Name of the network.

    Raises:
        MisuseError: Readers would refuse its form.
    """
    fields = _fields(snapshot, rank=rank)
    fields["identity"] = parent.identity
    fields["parent"] = parent.id
    return _sign(fields, keys, network)


def find_nonce(snapshot: Snapshot, *, network: str, figure: int, start: int) -> bytes | None:
    """Look for a nonce that gives a genesis at least this work figure, among the next 65,536 candidates.

    The caller repeats with the next `start`, and can show progress in between.

    Spec: identity.md#work
    """
    placeholder = bytes(NONCE_BYTES)
    carried = encode({**_fields(snapshot, rank=0), "nonce": placeholder})
    at = carried.index(encode("nonce") + encode(placeholder)) + len(encode("nonce")) + 2  # a two-byte header
    return search(carried, at, network=network, figure=figure, candidates=range(start, start + NONCES_PER_CALL))


def open_operation(wire: bytes, *, network: str) -> Operation:
    """Read an operation from anyone and verify every signature on it; the costly work check comes last.

    Spec: identity.md#rules

    Raises:
        DecodeError: The first rule of ENC-1 to ENC-7 and OPR-1 to OPR-9 that the bytes break.
    """
    envelope = decode(wire, bytes_max=OPERATION_BYTES_MAX)
    # OPR-1: The wire form is an array of the operation's bytes and its signatures, ascending by key, each key once.
    match envelope:
        case [bytes() as carried, list() as loose_signatures] if 1 <= len(loose_signatures) <= _SIGNATURES_MAX:
            signatures = [_read_signature(item) for item in loose_signatures]
        case _:
            raise DecodeError("OPR-1", "not an array of an operation and its signatures")
    _require_ascending("OPR-1", [pair.key for pair in signatures])
    fields = decode(carried, bytes_max=OPERATION_BYTES_MAX)
    read = _read_fields(wire, carried, fields, frozenset(pair.key for pair in signatures), network)
    # OPR-8: Every signature is its key's over the preimage of the operation.
    message = preimage(network, "identity", carried)
    if not all(verify(pair.key, pair.signature, message) for pair in signatures):
        raise DecodeError("OPR-8", "a signature is not its key's over these bytes")
    if read.parent is None:
        _require_genesis(read, carried, network)
    return read


def read_stored_operation(wire: bytes, *, network: str) -> Operation:
    """Read an operation from our own disk again: bytes that `open_operation` verified when they came.

    Neither the signatures nor the work are verified a second time.

    Raises:
        DecodeError: OPR-1 to OPR-7 the disk has damaged the bytes so that they cannot be read.
    """
    try:
        carried, pairs = msgpack.unpackb(wire)
        signers = frozenset(key for key, _signature in pairs)
        fields = msgpack.unpackb(carried)
    except (ValueError, TypeError, msgpack.exceptions.UnpackException) as error:
        raise DecodeError("OPR-1", "the stored bytes are damaged") from error
    return _read_fields(wire, carried, fields, signers, network)


def _require_genesis(read: Operation, carried: bytes, network: str) -> None:
    # OPR-9: A genesis is signed by exactly the devices it names and shows at least the floor of work.
    if read.signers != {device.key for device in read.devices}:
        raise DecodeError("OPR-9", "a genesis is not signed by exactly the devices it names")
    figure = work_figure(carried, network=network)
    if figure is None or figure < WORK_FLOOR:
        raise DecodeError("OPR-9", "the genesis shows too little work")


def _fields(snapshot: Snapshot, *, rank: int) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "version": VERSION,
        "rank": rank,
        "devices": [[d.key, d.sealing_key, d.scope.value] for d in sorted(snapshot.devices, key=lambda d: d.key)],
        "next": snapshot.next_digest,
        "recovery": [
            [entry.rank, entry.threshold, list[Value](sorted(entry.digests))]
            for entry in sorted(snapshot.recovery, reverse=True)
        ],
    }
    if snapshot.revoke:
        fields["revoke"] = [_revocation_fields(r) for r in sorted(snapshot.revoke, key=lambda r: r.device)]
    if snapshot.close:
        fields["close"] = True
    return fields


def _revocation_fields(revocation: Revocation) -> dict[str, Value]:
    fields: dict[str, Value] = {"device": revocation.device}
    if revocation.last_rev is not None:
        fields["last_rev"] = revocation.last_rev
    if revocation.keep:
        fields["keep"] = list[Value](sorted(revocation.keep))
    return fields


def _sign(fields: dict[str, Value], keys: Sequence[SecretKey], network: str) -> Operation:
    carried = encode(fields)
    message = preimage(network, "identity", carried)
    pairs: list[Value] = [[key.public, key.sign(message)] for key in sorted(keys, key=lambda key: key.public)]
    try:
        return open_operation(encode([carried, pairs]), network=network)
    except DecodeError as error:
        raise MisuseError(f"this operation would be refused: {error}") from error


def _read_signature(item: Value) -> KeySignature:
    match item:
        case [bytes() as key, bytes() as signature] if is_acceptable_key(key) and len(signature) == SIGNATURE_BYTES:
            return KeySignature(key, signature)
        case _:
            raise DecodeError("OPR-1", "a signature is not a pair of an acceptable key and 64 bytes")


def _read_fields(wire: bytes, carried: bytes, loose: Value, signers: frozenset[bytes], network: str) -> Operation:
    # OPR-2: The operation is a map of version 1 with exactly the fields of this version.
    if not isinstance(loose, dict) or not is_integer(loose.get("version"), VERSION, VERSION):
        raise DecodeError("OPR-2", "not a map of version 1")
    known = {"version", "identity", "parent", "rank", "devices", "next", "recovery", "revoke", "close", "nonce"}
    missing = {"rank", "devices", "next", "recovery"} - loose.keys()
    if not loose.keys() <= known or missing:
        raise DecodeError("OPR-2", "fields are missing or unknown")
    operation_id = OperationId(digest(network, "identity", carried))
    identity, parent = _read_place(loose, operation_id)
    # OPR-4: `next` is a digest; `close`, where present, is true and of recovery rank.
    next_digest, rank, close = loose["next"], loose["rank"], loose.get("close", False)
    if not isinstance(next_digest, bytes) or len(next_digest) != ID_BYTES:
        raise DecodeError("OPR-4", "`next` is not a digest of 32 bytes")
    if not is_integer(rank, 0, RANK_MAX):
        raise DecodeError("OPR-4", f"the rank is not an integer from 0 to {RANK_MAX}")
    if not isinstance(close, bool) or ("close" in loose and (not close or rank == 0)):
        raise DecodeError("OPR-4", "`close` is neither absent nor true at recovery rank")
    if parent is None and rank != 0:
        raise DecodeError("OPR-4", "a genesis has rank 0")
    return Operation(
        wire=wire,
        id=operation_id,
        identity=identity,
        parent=parent,
        rank=rank,
        devices=_read_devices(loose["devices"]),
        next=next_digest,
        recovery=_read_recovery(loose["recovery"]),
        revoke=_read_revocations(loose.get("revoke", [])) if "revoke" in loose else (),
        close=close,
        signers=signers,
    )


def _read_place(loose: Mapping[str, Value], own_id: OperationId) -> tuple[IdentityId, OperationId | None]:
    # OPR-3: A genesis has a nonce of eight bytes and neither identity nor parent; any other has both and no nonce.
    identity, parent, nonce = loose.get("identity"), loose.get("parent"), loose.get("nonce")
    if identity is None and parent is None and isinstance(nonce, bytes) and len(nonce) == NONCE_BYTES:
        return IdentityId(own_id), None
    if isinstance(identity, bytes) and isinstance(parent, bytes) and nonce is None:
        whole = len(identity) == ID_BYTES and len(parent) == ID_BYTES
        if whole:
            return IdentityId(identity), OperationId(parent)
    raise DecodeError("OPR-3", "neither a genesis with its nonce nor a step with identity and parent")


def _read_devices(loose: Value) -> tuple[Device, ...]:
    # OPR-5: The devices are 1 to 16, ascending by key, each an acceptable key, a sealing key and a scope.
    devices: list[Device] = []
    for item in loose if isinstance(loose, list) else ():
        match item:
            case [bytes() as key, bytes() as sealing_key, str() as scope] if (
                is_acceptable_key(key) and len(sealing_key) == KEY_BYTES and scope in {s.value for s in Scope}
            ):
                devices.append(Device(key, sealing_key, Scope(scope)))
            case _:
                raise DecodeError("OPR-5", "a device is not an acceptable key, a sealing key and a scope")
    if not 1 <= len(devices) <= DEVICES_MAX:
        raise DecodeError("OPR-5", f"not 1 to {DEVICES_MAX} devices")
    _require_ascending("OPR-5", [device.key for device in devices])
    return tuple(devices)


def _read_recovery(loose: Value) -> tuple[Recovery, ...]:
    # OPR-6: Recovery entries have descending ranks from 9 to 1, each k of n <= 9 digests, ascending.
    entries: list[Recovery] = []
    for item in loose if isinstance(loose, list) else ():
        match item:
            case [int() as rank, int() as threshold, list() as loose_digests] if (
                is_integer(rank, 1, RANK_MAX)
                and 1 <= len(loose_digests) <= GUARDIAN_KEYS_MAX
                and is_integer(threshold, 1, len(loose_digests))
            ):
                digests = [d for d in loose_digests if isinstance(d, bytes) and len(d) == ID_BYTES]
                if len(digests) != len(loose_digests):
                    raise DecodeError("OPR-6", "a recovery key is not promised by a digest of 32 bytes")
                _require_ascending("OPR-6", digests)
                entries.append(Recovery(rank, threshold, tuple(digests)))
            case _:
                raise DecodeError("OPR-6", "a recovery entry is not a rank, a threshold and that many digests")
    if not isinstance(loose, list) or len(entries) > RANK_MAX:
        raise DecodeError("OPR-6", f"not an array of at most {RANK_MAX} recovery entries")
    _require_ascending("OPR-6", [bytes([RANK_MAX - entry.rank]) for entry in entries])
    return tuple(entries)


def _read_revocations(loose: Value) -> tuple[Revocation, ...]:
    # OPR-7: Revocations are 1 to 32, ascending by device, with last_rev and at most 800 keep prefixes in all.
    if not isinstance(loose, list) or not 1 <= len(loose) <= REVOCATIONS_MAX:
        raise DecodeError("OPR-7", f"not 1 to {REVOCATIONS_MAX} revocations")
    revocations = [_read_revocation(item) for item in loose]
    if sum(len(revocation.keep) for revocation in revocations) > KEEP_MAX:
        raise DecodeError("OPR-7", f"more than {KEEP_MAX} prefixes to keep")
    _require_ascending("OPR-7", [revocation.device for revocation in revocations])
    return tuple(revocations)


def _read_revocation(item: Value) -> Revocation:
    if not isinstance(item, dict) or not {"device"} <= item.keys() <= {"device", "last_rev", "keep"}:
        raise DecodeError("OPR-7", "a revocation has fields missing or unknown")
    device, last_rev, keep = item["device"], item.get("last_rev"), item.get("keep", [])
    if not isinstance(device, bytes) or len(device) != KEY_BYTES:
        raise DecodeError("OPR-7", "a revoked device is not 32 bytes")
    if "last_rev" in item and not is_integer(last_rev, 0, INTEGER_MAX):
        raise DecodeError("OPR-7", "`last_rev` is not an unsigned integer")
    prefixes = [p for p in keep if isinstance(p, bytes)] if isinstance(keep, list) else []
    if not isinstance(keep, list) or ("keep" in item and not keep) or len(prefixes) != len(keep):
        raise DecodeError("OPR-7", "`keep` is not a filled array of prefixes")
    if any(len(prefix) != KEEP_PREFIX_BYTES for prefix in prefixes):
        raise DecodeError("OPR-7", f"a prefix to keep is not {KEEP_PREFIX_BYTES} bytes")
    _require_ascending("OPR-7", prefixes)
    return Revocation(device, last_rev if isinstance(last_rev, int) else None, frozenset(prefixes))


def _require_ascending(rule: str, keys: Sequence[bytes]) -> None:
    if any(earlier >= later for earlier, later in itertools.pairwise(keys)):
        raise DecodeError(rule, "entries are not in ascending order, each once")

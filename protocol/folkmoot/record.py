"""One author's signed statement: how it is sealed and opened.

A record keeps the bytes it came in. What was signed is what is stored, passed on and verified; nothing is encoded
anew, so no difference between two encoders can break a signature.

Spec: record.md
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

import msgpack

from folkmoot.canonical import Value, decode, encode, is_integer, is_name
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.ids import ID_BYTES, IdentityId, RecordId
from folkmoot.keys import KEY_BYTES, SIGNATURE_BYTES, SecretKey, digest, is_acceptable_key, preimage, verify
from folkmoot.limits import DAY_MS, INTEGER_MAX, RECORD_BYTES_MAX, REFS_MAX

VERSION = 1
_FIELDS = 10


class Ref(NamedTuple):
    """A record's reference to something by its id."""

    relation: str
    target: bytes


class Address(NamedTuple):
    """The place where an author's newer record replaces an older one.

    Spec: slots.md#addresses
    """

    author: IdentityId
    space: str
    kind: str
    slot: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record whose form and signature were verified; only `seal` and `open_record` make one.

    That its device may sign for its author is a separate question, answered by the author's operations.
    """

    wire: bytes
    id: RecordId
    kind: str
    author: IdentityId
    device: bytes
    space: str
    slot: int
    rev: int
    expires: int
    refs: tuple[Ref, ...]
    body: Mapping[str, Value]

    @property
    def address(self) -> Address:
        """Where this record lives."""
        return Address(self.author, self.space, self.kind, self.slot)

    @property
    def order(self) -> tuple[int, int, bytes]:
        """At one address, the record with the greatest order wins.

        Spec: slots.md#rules
        """
        return (self.expires, self.rev, self.id)

    @property
    def is_tombstone(self) -> bool:
        """Whether this record says only that what was here is gone."""
        return not self.body

    def targets(self, relation: str) -> tuple[bytes, ...]:
        """Return the ids that this record names under one relation."""
        return tuple(ref.target for ref in self.refs if ref.relation == relation)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Content:
    """What an author wants to say, before it is sealed; times as in `Record`."""

    kind: str
    space: str
    slot: int
    rev: int
    expires: int
    refs: Sequence[Ref]
    body: Mapping[str, Value]


def day_of(time_ms: int) -> int:
    """Return the day, counted from 1970-01-01 in UTC, on which a moment lies."""
    return time_ms // DAY_MS


def seal(content: Content, *, author: IdentityId, key: SecretKey, network: str) -> Record:
    """Sign a statement with one of its author's device keys.

    Spec: record.md#sealing

    Raises:
        MisuseError: The statement would be refused by any reader.
    """
    refs: list[Value] = [[ref.relation, ref.target] for ref in sorted(content.refs)]
    payload = encode(
        [
            VERSION,
            content.kind,
            author,
            key.public,
            content.space,
            content.slot,
            content.rev,
            content.expires,
            refs,
            dict(content.body),
        ]
    )
    wire = encode([payload, key.sign(preimage(network, "record", payload))])
    try:
        return open_record(wire, network=network)
    except DecodeError as error:
        raise MisuseError(f"this record would be refused: {error}") from error


def open_record(wire: bytes, *, network: str) -> Record:
    """Read a record from anyone and verify its signature.

    Spec: record.md#rules

    Raises:
        DecodeError: The first rule of ENC-1 to ENC-7 and REC-1 to REC-9 that the bytes break.
    """
    envelope = decode(wire, bytes_max=RECORD_BYTES_MAX)
    # REC-1: The wire form is an array of the payload and a signature of 64 bytes.
    match envelope:
        case [bytes() as payload, bytes() as signature] if len(signature) == SIGNATURE_BYTES:
            pass
        case _:
            raise DecodeError("REC-1", "not an array of a payload and a signature of 64 bytes")
    record = _read_payload(wire, payload, network)
    # REC-9: The signature is the device key's over the preimage of the payload.
    if not verify(record.device, signature, preimage(network, "record", payload)):
        raise DecodeError("REC-9", "the signature is not the device's over these bytes")
    return record


def read_stored(wire: bytes, *, network: str) -> Record:
    """Read a record from our own disk again: bytes that `open_record` verified when they came.

    Nothing is checked a second time, so that a page of records costs microseconds.

    Raises:
        DecodeError: REC-1 the disk has damaged the bytes so that they cannot be read.
    """
    try:
        payload, _signature = msgpack.unpackb(wire)
        _version, kind, author, device, space, slot, rev, expires, pairs, body = msgpack.unpackb(payload)
        refs = tuple(Ref(relation, target) for relation, target in pairs)
    except (ValueError, TypeError, msgpack.exceptions.UnpackException) as error:
        raise DecodeError("REC-1", "the stored bytes are damaged") from error
    record_id = RecordId(digest(network, "record", payload))
    return Record(wire, record_id, kind, IdentityId(author), device, space, slot, rev, expires, refs, body)


def _read_payload(wire: bytes, payload: bytes, network: str) -> Record:
    fields = decode(payload, bytes_max=RECORD_BYTES_MAX)
    # REC-2: The payload is an array of ten fields; a version of another number is refused as such.
    if not isinstance(fields, list) or len(fields) != _FIELDS:
        raise DecodeError("REC-2", "the payload is not an array of ten fields")
    if not is_integer(fields[0], VERSION, VERSION):
        raise DecodeError("REC-2", f"a record version other than {VERSION}")
    kind, author, device, space, slot, rev, expires, loose_refs, body = fields[1:]
    # REC-3: Kind and space are names.
    if not (isinstance(kind, str) and is_name(kind) and isinstance(space, str) and is_name(space)):
        raise DecodeError("REC-3", "kind and space are not both names")
    # REC-4: The author is 32 bytes and the device an acceptable key.
    if not (isinstance(author, bytes) and len(author) == ID_BYTES):
        raise DecodeError("REC-4", "the author is not 32 bytes")
    if not (isinstance(device, bytes) and len(device) == KEY_BYTES and is_acceptable_key(device)):
        raise DecodeError("REC-4", "the device is not an acceptable key")
    # REC-5: Slot, rev and expires are unsigned integers.
    if not (_is_uint(slot) and _is_uint(rev) and _is_uint(expires)):
        raise DecodeError("REC-5", "slot, rev and expires are not all unsigned integers")
    # REC-6: The record expires on a later day than that of its rev.
    if expires <= day_of(rev):
        raise DecodeError("REC-6", "the record expires on or before the day of its own rev")
    refs = _read_refs(loose_refs)
    # REC-8: The body is a map; when it is empty, so are the references.
    if not isinstance(body, dict) or (not body and refs):
        raise DecodeError("REC-8", "the body is not a map, or is empty beside references")
    record_id = RecordId(digest(network, "record", payload))
    return Record(wire, record_id, kind, IdentityId(author), device, space, slot, rev, expires, refs, body)


def _read_refs(loose: Value) -> tuple[Ref, ...]:
    # REC-7: The references are at most 64 pairs of a relation's name and 32 bytes, ascending and unique.
    refs: list[Ref] = []
    for item in loose if isinstance(loose, list) else ():
        match item:
            case [str() as relation, bytes() as target] if is_name(relation) and len(target) == ID_BYTES:
                refs.append(Ref(relation, target))
            case _:
                raise DecodeError("REC-7", "a reference is not a pair of a name and 32 bytes")
    if not isinstance(loose, list) or len(refs) > REFS_MAX:
        raise DecodeError("REC-7", f"the references are not an array of at most {REFS_MAX}")
    if any(earlier >= later for earlier, later in itertools.pairwise(refs)):
        raise DecodeError("REC-7", "the references are not in ascending order, each once")
    return tuple(refs)


def _is_uint(value: Value) -> TypeGuard[int]:
    return is_integer(value, 0, INTEGER_MAX)

"""Bundles: operations and records with all that is needed to verify them, on the wire and in files alike.

A bundle is `[label, network, operations, records]`, each item as the bytes it has always had. A reader judges every
item by itself, so one damaged item is named and takes nothing else down.

Spec: bundle.md
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from folkmoot.canonical import Value, decode, encode, is_name
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, open_operation
from folkmoot.ids import ID_BYTES, IdPrefix, short
from folkmoot.keys import digest
from folkmoot.limits import BUNDLE_BYTES_MAX, GOSSIP_BYTES_MAX
from folkmoot.record import Record, open_record

LABEL = "folkmoot-bundle/1"
_PARTS = 4
_ITEM_HEADER_BYTES = 5
_BUNDLE_HEADER_BYTES = 128


@dataclass(frozen=True, slots=True)
class Bundle:
    """The items of a bundle, not yet verified."""

    operations: tuple[bytes, ...]
    records: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Damage:
    """One item of a bundle that is not what its author signed.

    Attributes:
        what: `operation` or `record`.
        position: Its place in that part of the bundle, the first being 1.
        claims: What the item says it is, as far as it can still be read.
        error: The rule it breaks and why.
    """

    what: str
    position: int
    claims: str
    error: DecodeError

    def __str__(self) -> str:
        return f"{self.what} {self.position} ({self.claims}): {self.error}"


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """What of a bundle verified, and what did not."""

    operations: tuple[Operation, ...]
    records: tuple[Record, ...]
    damages: tuple[Damage, ...]


def pack(operations: Iterable[Operation], records: Iterable[Record], *, network: str) -> bytes:
    """Write a bundle: operations by identity from genesis on, then records by id.

    Spec: bundle.md#format
    """
    in_order = sorted(set(operations), key=lambda item: (item.identity, item.parent is not None, item.id))
    by_id = sorted(set(records), key=lambda item: item.id)
    return pack_wires([item.wire for item in in_order], [item.wire for item in by_id], network=network)


def pack_wires(operations: Iterable[bytes], records: Iterable[bytes], *, network: str) -> bytes:
    """Write a bundle of items as they came, in the order given, as sync and files take it.

    Spec: bundle.md#format
    """
    return encode([LABEL, network, list[Value](operations), list[Value](records)])


def unpack(data: bytes, *, network: str, bytes_max: int = BUNDLE_BYTES_MAX) -> Bundle:
    """Take a bundle apart without looking into its items.

    Spec: bundle.md#rules

    Raises:
        DecodeError: ENC-1 to ENC-7; BUN-1 not a bundle of this version; BUN-2 a bundle of another network.
    """
    loose = decode(data, bytes_max=bytes_max)
    # BUN-1: A bundle is an array of the label, the network's name, operations and records, each item bytes.
    if not isinstance(loose, list) or len(loose) != _PARTS or loose[0] != LABEL:
        raise DecodeError("BUN-1", "this is not a bundle of version 1")
    bundle = Bundle(_read_items(loose[2]), _read_items(loose[3]))
    # BUN-2: It names this network.
    if loose[1] != network:
        raise DecodeError("BUN-2", f"this bundle belongs to another network than {network}")
    return bundle


def open_bundle(bundle: Bundle, *, network: str) -> OpenedBundle:
    """Verify every item of a bundle, each by itself.

    Spec: bundle.md#opening
    """
    damages: list[Damage] = []
    operations: list[Operation] = []
    records: list[Record] = []
    for position, wire in enumerate(bundle.operations, 1):
        try:
            operations.append(open_operation(wire, network=network))
        except DecodeError as error:
            damages.append(Damage("operation", position, _claims(wire), error))
    for position, wire in enumerate(bundle.records, 1):
        try:
            records.append(open_record(wire, network=network))
        except DecodeError as error:
            damages.append(Damage("record", position, _claims(wire), error))
    return OpenedBundle(tuple(operations), tuple(records), tuple(damages))


def open_gossip(bundle: Bundle, *, space: str, network: str) -> OpenedBundle:
    """Verify a gossip message, for as little as a message can cost whose sender means harm.

    Operations that claim to be of several identities are refused before any signature or memory-hard hash is
    looked at, and the first item that does not verify ends it.

    Spec: bundle.md#gossip-form

    Raises:
        DecodeError: A rule of GOS-1 to GOS-4 that the message breaks.
    """
    if len({claimed_identity(wire, network=network) for wire in bundle.operations}) > 1:
        raise DecodeError("GOS-4", "operations of several identities")
    try:
        opened = OpenedBundle(
            tuple(open_operation(wire, network=network) for wire in bundle.operations),
            tuple(open_record(wire, network=network) for wire in bundle.records),
            (),
        )
    except DecodeError as error:
        raise DecodeError("GOS-1", str(error)) from error
    problem = gossip_problem(opened, space=space)
    if problem is not None:
        raise problem
    return opened


def gossip_problem(opened: OpenedBundle, *, space: str) -> DecodeError | None:
    """Return why a bundle is not in the one form that gossip takes, or `None`.

    Spec: bundle.md#gossip-form

    Args:
        opened: A bundle of at most `GOSSIP_BYTES_MAX`.
        space: The space of the topic on which it came.
    """
    # GOS-1: Every item verifies.
    if opened.damages:
        return DecodeError("GOS-1", str(opened.damages[0]))
    # GOS-2: It holds at least one record; all are of one author and of the topic's space.
    authors = {record.author for record in opened.records}
    if len(authors) != 1 or any(record.space != space for record in opened.records):
        return DecodeError("GOS-2", "not records of one author in the topic's space")
    # GOS-3: The records ascend by id, each once, no two at one address.
    ids = [record.id for record in opened.records]
    if not _ascends([(True, record_id) for record_id in ids]) or len(
        {record.address for record in opened.records}
    ) != len(ids):
        return DecodeError("GOS-3", "records out of order, repeated or at one address")
    # GOS-4: The operations are of that author, genesis first and then ascending by id, each once.
    order = [(item.parent is not None, item.id) for item in opened.operations]
    if not _ascends(order) or any(item.identity not in authors for item in opened.operations):
        return DecodeError("GOS-4", "operations of somebody else, out of order or repeated")
    return None


def gossip_bundles(operations: Sequence[Operation], records: Sequence[Record], *, network: str) -> list[bytes]:
    """Pack one author's records of one space into as few gossip messages as hold them.

    The author's operations ride along in each message where they fit; where they do not, receivers ask for them.

    Spec: bundle.md#gossip-form
    """
    overhead = sum(len(item.wire) + _ITEM_HEADER_BYTES for item in operations)
    carried = operations if overhead <= GOSSIP_BYTES_MAX // 2 else ()
    room = GOSSIP_BYTES_MAX - _BUNDLE_HEADER_BYTES - (overhead if carried else 0)
    messages: list[bytes] = []
    batch: list[Record] = []
    size = 0
    for record in records:
        cost = len(record.wire) + _ITEM_HEADER_BYTES
        if batch and size + cost > room:
            messages.append(pack(carried, batch, network=network))
            batch, size = [], 0
        batch.append(record)
        size += cost
    if batch:
        messages.append(pack(carried, batch, network=network))
    return messages


def claimed_identity(wire: bytes, *, network: str) -> bytes | None:
    """Return the identity an operation claims to be of, unverified; `None` when it is not even readable."""
    try:
        match decode(wire, bytes_max=len(wire)):
            case [bytes() as carried, *_]:
                match decode(carried, bytes_max=len(carried)):
                    case {"identity": bytes() as identity}:
                        return identity
                    case _:
                        return digest(network, "identity", carried)
            case _:
                return None
    except DecodeError:
        return None


def claimed_author(wire: bytes) -> bytes | None:
    """Return the author a record claims to be of, unverified; `None` when it is not even readable."""
    try:
        match decode(wire, bytes_max=len(wire)):
            case [bytes() as carried, *_]:
                match decode(carried, bytes_max=len(carried)):
                    case [_, _, bytes() as author, *_]:
                        return author
                    case _:
                        return None
            case _:
                return None
    except DecodeError:
        return None


def _read_items(loose: Value) -> tuple[bytes, ...]:
    items = [item for item in loose if isinstance(item, bytes)] if isinstance(loose, list) else []
    if not isinstance(loose, list) or len(items) != len(loose):
        raise DecodeError("BUN-1", "its operations and records are not arrays of bytes")
    return tuple(items)


def _ascends(keys: Sequence[tuple[bool, bytes]]) -> bool:
    return all(earlier < later for earlier, later in itertools.pairwise(keys))


def _claims(wire: bytes) -> str:
    """Describe what a damaged item says it is; nothing here was verified."""
    try:
        match decode(wire, bytes_max=len(wire)):
            case [bytes() as payload, *_]:
                fields = decode(payload, bytes_max=len(payload))
            case _:
                return "unreadable"
    except DecodeError:
        return "unreadable"
    match fields:
        case [int(), str() as kind, bytes() as author, *_] if is_name(kind) and len(author) == ID_BYTES:
            return f"{kind} by {short(IdPrefix.IDENTITY, author)}"
        case {"identity": bytes() as identity} if len(identity) == ID_BYTES:
            return f"of {short(IdPrefix.IDENTITY, identity)}"
        case {"nonce": bytes()}:
            return "a genesis"
        case _:
            return "unreadable"

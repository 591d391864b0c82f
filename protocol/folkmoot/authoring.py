"""How an author chooses where and until when a record lives, so that none of its own is lost by accident.

Spec: slots.md#authoring
"""

from collections.abc import Collection, Iterable, Mapping

from folkmoot.canonical import Value
from folkmoot.errors import MisuseError
from folkmoot.ids import IdentityId
from folkmoot.keys import SecretKey
from folkmoot.kinds import KINDS
from folkmoot.limits import EVIDENCE_MARGIN_DAYS
from folkmoot.record import Address, Content, Record, day_of, seal
from folkmoot.rules import check_form

DEVICE_CLASSES = 8
"""Devices of one identity start in different residue classes of slots, so that offline they do not collide."""


class NoFreeSlotError(MisuseError):
    """Every slot of a kind is in use; something has to be deleted first."""


def free_slot(kind_name: str, held: Collection[Record], *, device_index: int, today: int) -> int:
    """Choose the slot for a new record among an author's records of one kind and space.

    Slots of the device's own residue class come first. A slot is free when nothing is there, or a tombstone, or a
    record that has expired.

    Spec: slots.md#authoring

    Raises:
        NoFreeSlotError: All slots are taken.
    """
    kind = KINDS[kind_name]
    taken = {record.slot for record in held if not record.is_tombstone and record.expires > today}
    own_class = device_index % DEVICE_CLASSES
    slots = sorted(range(kind.slots), key=lambda slot: (slot % DEVICE_CLASSES != own_class, slot))
    for slot in slots:
        if slot not in taken:
            return slot
    raise NoFreeSlotError(f"all {kind.slots} slots for a {kind_name} are in use; delete one first")


def next_rev(now_ms: int, at_address: Iterable[Record]) -> int:
    """Return the rev for a record that replaces what an author has at an address.

    Spec: slots.md#authoring
    """
    return max([now_ms, *(record.rev + 1 for record in at_address)])


def compose(
    body: Mapping[str, Value], *, address: Address, replaces: Collection[Record], now_ms: int, network: str
) -> Content:
    """Prepare a record of a known kind: its rev, references, and the longest life its kind allows.

    Spec: slots.md#authoring

    Args:
        body: What it says; empty to delete what is at the address.
        address: Where it will live.
        replaces: What the author has at this address.
        now_ms: The clock.
        network: Name of the network.

    Raises:
        MisuseError: A deadline in the body is too far for any record to outlive.
        DecodeError: The body does not follow its kind, or carries a document or record that is none.
    """
    kind_name, space, slot = address.kind, address.space, address.slot
    kind = KINDS[kind_name]
    rev = next_rev(now_ms, replaces)
    expires = max([day_of(rev) + kind.days_max, *(record.expires for record in replaces)])
    if expires > day_of(rev) + kind.days_max:
        raise MisuseError("what is at this address lives longer than a replacement can; wait a day")
    if not body:
        return Content(kind_name, space, slot, rev, expires, (), body)
    kind.shape.check(dict(body), kind_name)
    deadlines = [day_of(moment) for moment in kind.deadlines(body, network)]
    if any(expires < day + EVIDENCE_MARGIN_DAYS for day in deadlines):
        longest = kind.days_max - EVIDENCE_MARGIN_DAYS
        raise MisuseError(f"a deadline of a {kind_name} can be at most {longest} days ahead")
    return Content(kind_name, space, slot, rev, expires, tuple(sorted(set(kind.refs(body, network)))), body)


def seal_own(content: Content, *, author: IdentityId, key: SecretKey, network: str) -> Record:
    """Seal a record and check its form, so that nothing one's own peers would refuse is ever published.

    Spec: slots.md#authoring

    Raises:
        MisuseError: The bounds of a record do not hold it.
        DecodeError: The kind's own rules refuse it.
    """
    record = seal(content, author=author, key=key, network=network)
    check_form(record, network=network)
    return record


def own_class_of(devices: Collection[bytes], device: bytes) -> int:
    """Return a device's index among its identity's devices, by key."""
    return sorted(devices).index(device)

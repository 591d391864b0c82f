"""What of a revoked device's word is to stand, when not everything can: chosen alike by everybody who is asked.

Spec: identity.md#authorisation
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from folkmoot.agreement import Cosignature
from folkmoot.ids import DocumentId
from folkmoot.limits import KEEP_PREFIX_BYTES
from folkmoot.record import Record


class Signed(NamedTuple):
    """Something that a device signed: a record, or a document that it co-signed.

    Attributes:
        id: Of the record or of the document.
        device: The key that signed.
        at: When, in ms, as it claims.
        is_needed: Whether others build on it.
        is_tombstone: Whether it only says that something is gone.
    """

    id: bytes
    device: bytes
    at: int
    is_needed: bool
    is_tombstone: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be kept and what would be lost, the most needed first."""

    kept: tuple[Signed, ...]
    lost: tuple[Signed, ...]

    @property
    def prefixes(self) -> Mapping[bytes, frozenset[bytes]]:
        """The prefixes to keep, by the device that signed."""
        found: dict[bytes, set[bytes]] = defaultdict(set)
        for item in self.kept:
            found[item.device].add(item.id[:KEEP_PREFIX_BYTES])
        return {device: frozenset(prefixes) for device, prefixes in found.items()}


def what_to_keep(
    records: Iterable[Record],
    cosigned: Iterable[tuple[DocumentId, Cosignature]],
    referred: Collection[bytes],
    *,
    room: int,
) -> Selection:
    """Choose what of the word of devices stands when they are revoked.

    First comes what others build on, documents that were co-signed above all, then what is newest. Records that
    delete come last: what they deleted goes with them.

    Args:
        records: What the devices said; of several records at one address the owner wants one.
        cosigned: The documents that the devices co-signed, with the co-signatures.
        referred: Ids of records and documents to which others refer.
        room: How many ids can be kept.
    """
    pledged = {(document, item.device): item for document, item in cosigned}
    needed = {document for document, _device in pledged} | set(referred)
    signed = {Signed(document, device, item.at, True, False) for (document, device), item in pledged.items()}
    for record in records:
        is_needed = record.id in needed or bool(needed & set(record.targets("document")))
        signed.add(Signed(record.id, record.device, record.rev, is_needed, record.is_tombstone))
    order = sorted(signed, key=lambda item: (item.is_tombstone, not item.is_needed, -item.at, item.id, item.device))
    return Selection(tuple(order[:room]), tuple(order[room:]))

"""What a sync sends: operations and records by their items, read from the disk as they are sent."""

from collections.abc import AsyncGenerator, Iterator, Sequence

from folkmoot.bundle import pack_wires
from folkmoot.ids import ID_BYTES, OperationId
from folkmoot.session import bundle_frame
from folkmoot_node.store import Scope, Store

LOOKED_UP = 1024
"""Items that are looked up, or read, at once: more would hold up other readers."""


class Offering:
    """What one side sends in one round.

    Attributes:
        lacked: Operations that the other side lacks.
        count: Items that were sent so far.
    """

    def __init__(self, store: Store, scope: Scope) -> None:
        self._store = store
        self._scope = scope
        self.lacked: set[OperationId] = set()
        self.count = 0

    async def frames(self, items: Sequence[bytes]) -> AsyncGenerator[bytes, None]:
        """Yield the bundles: operations of whole identities first, then records.

        Spec: sync.md#bundles

        Args:
            items: As an `Offer` names them; what is not held any more is left out.

        Raises:
            StoreError: The disk does not do its work.
        """
        records = bytearray()
        for start in range(0, len(items), LOOKED_UP):
            found = await self._store.ids_of(items[start : start + LOOKED_UP], self._scope)
            self.lacked.update(found.operations)
            records += b"".join(found.records)
        operations = await self._store.whole_identities(sorted(self.lacked))
        for ids in _portions(operations, records):
            rest = ids
            while rest:
                wires = await self._store.wires(rest)
                rest = wires.rest
                self.count += len(wires.operations) + len(wires.records)
                yield bundle_frame(pack_wires(wires.operations, wires.records, network=self._store.network))


def _portions(operations: Sequence[bytes], records: bytearray) -> Iterator[Sequence[bytes]]:
    """Yield so many ids as are read at once, records after all operations."""
    for start in range(0, len(operations), LOOKED_UP):
        yield operations[start : start + LOOKED_UP]
    step = LOOKED_UP * ID_BYTES
    for start in range(0, len(records), step):
        part = bytes(records[start : start + step])
        yield [part[at : at + ID_BYTES] for at in range(0, len(part), ID_BYTES)]

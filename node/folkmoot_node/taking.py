"""What a sync brings, taken in, and what of it this node does not hold afterwards."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from folkmoot.bundle import Bundle, claimed_author, claimed_identity, unpack
from folkmoot.ids import IdentityId, RecordId
from folkmoot.limits import ITEM_BYTES, SYNC_FRAME_BYTES_MAX
from folkmoot_node.acquaintances import Acquaintance
from folkmoot_node.arriving import Arriving, Batch
from folkmoot_node.errors import PeerError
from folkmoot_node.ingest import Ingest, Taken
from folkmoot_node.opening import Openings
from folkmoot_node.store import Scope, Store

REJECTED_MAX = 64
"""Items that do not verify and that a peer may send in one sync: a disk of its own may be damaged."""

DECLINED_MAX = 65_536
"""Items of one sync that are told the peer as declined; it will offer the others again."""

PASSED_ON_MAX = 16

PassOn = Callable[[Sequence[RecordId]], Awaitable[None]]
"""Tells the gossip of a few records that came by sync and are new, so that everybody hears of them soon."""


class Taking:
    """Takes in what one peer sends in one sync."""

    def __init__(self, store: Store, ingest: Ingest, peer: str, acquaintance: Acquaintance) -> None:
        self._store = store
        self._ingest = ingest
        self._peer = peer
        self._acquaintance = acquaintance
        self._openings = Openings(store.network)
        self._arriving = Arriving()
        self._rejected = 0
        self._identities: set[IdentityId] = set()
        self._items: set[bytes] = set()
        self.pass_on: PassOn | None = None

    async def bundle(self, data: bytes, scope: Scope) -> None:
        """Take the items of a bundle in; see `unpacked` and `bundles`."""
        await self.bundles([self.unpacked(data)], scope)

    def unpacked(self, data: bytes) -> Bundle:
        """Take a bundle apart.

        Raises:
            DecodeError: It is no bundle of this network.
        """
        return unpack(data, network=self._store.network, bytes_max=SYNC_FRAME_BYTES_MAX)

    async def bundles(self, bundles: Iterable[Bundle], scope: Scope) -> None:
        """Take the items of bundles in, as soon as they are whole, in as few transactions as they make up.

        Raises:
            PeerError: Too much that came does not verify.
            StoreError: The disk does not do its work.
        """
        batches = [batch for bundle in bundles for batch in self._arriving.add(bundle.operations, bundle.records)]
        await self._take(list(_joined(batches)), scope)

    async def settled(self, scope: Scope) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Take in what is left, and return which identities and which other items are declined.

        Raises:
            PeerError: Too much that came does not verify.
            StoreError: The disk does not do its work.
        """
        await self._take(self._arriving.rest(), scope)
        declined = sorted(self._identities), sorted(self._items)
        self._identities, self._items = set(), set()
        return declined

    async def _take(self, batches: Sequence[Batch], scope: Scope) -> None:
        for batch in batches:
            taken = await self._ingest.take(
                batch.operations, batch.records, source=self._peer, spaces=frozenset(scope.spaces)
            )
            self._rejected += len(taken.rejected)
            if self._rejected > REJECTED_MAX:
                raise PeerError(self._peer, "sends what does not verify")
            await self._note(batch, taken, scope)
            if self.pass_on is not None and 0 < len(taken.new_records) <= PASSED_ON_MAX:
                await self.pass_on(taken.new_records)

    async def _note(self, batch: Batch, taken: Taken, scope: Scope) -> None:
        """Take note of what the peer has, and of what of it is not held here."""
        is_plain = not (taken.ignored or taken.deferred or taken.rejected)
        if is_plain and self._acquaintance.holds_all:
            # To find out whose everything is costs half as much as to take it, and would change nothing.
            return
        owners = dict(self._items_of(batch))
        self._acquaintance.sends(set(owners.values()), owners)
        if is_plain:
            return
        self._identities |= taken.not_hosted
        everything = Scope(spaces=scope.spaces, as_of=scope.as_of)
        held = (await self._store.ids_of(list(owners), everything)).items()
        lacking = {item for item, owner in owners.items() if item not in held and owner not in taken.not_hosted}
        if len(self._items) + len(lacking) <= DECLINED_MAX:
            self._items |= lacking

    def _items_of(self, batch: Batch) -> Iterator[tuple[bytes, IdentityId]]:
        """Yield the items of a batch, as far as they can be read, with the identities whose they claim to be."""
        for wire in batch.operations:
            key, owner = self._openings.operation_id(wire), claimed_identity(wire, network=self._store.network)
            if key is not None and owner is not None:
                yield key[:ITEM_BYTES], IdentityId(owner)
        for wire in batch.records:
            key, owner = self._openings.record_id(wire), claimed_author(wire)
            if key is not None and owner is not None:
                yield key[:ITEM_BYTES], IdentityId(owner)


def _joined(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Join batches to those before them, but none with operations: what is one transaction there stays one."""
    operations: tuple[bytes, ...] = ()
    records: list[bytes] = []
    for batch in batches:
        if batch.operations and (operations or records):
            yield Batch(operations, tuple(records))
            operations, records = (), []
        operations += batch.operations
        records += batch.records
    if operations or records:
        yield Batch(operations, tuple(records))

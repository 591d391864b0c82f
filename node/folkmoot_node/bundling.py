"""What is held, as a file of bundles to be carried to another node by hand, and such a file taken in.

Theory of operation: a file is written as a sync would send it: small bundles, the operations of an identity in one
piece, all operations before the first record. It is taken in like a sync, through the same door, and what comes
before a fault in it counts.

Spec: bundle.md#files
"""

import itertools
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from folkmoot.bundle import pack_wires
from folkmoot.bundle_file import FilePart, FileReader
from folkmoot.errors import DecodeError
from folkmoot.ids import IdentityId
from folkmoot_node.arriving import Arriving, Batch
from folkmoot_node.ingest import Ingest
from folkmoot_node.store import Chosen, Store
from folkmoot_node.store.reading import CHUNK_BYTES_MAX

SOURCE = "file"
"""The source under which a file's items come in."""

_IDENTITIES_AT_ONCE = 64
_RECORDS_AT_ONCE = 1024


@dataclass(slots=True)
class Intake:
    """What became of a file.

    Attributes:
        bundles: Bundles that were read.
        size_bytes: Up to where the file was in order.
        operations: Operations that are kept and were not before.
        records: Records that are held and were not before.
        held: Items that were held already.
        elsewhere: Records of spaces that this node does not keep.
        refused: Items that were not taken, by the rule that decided.
        waiting: Authors whose operations are in neither the file nor the store.
        fault: Why reading stopped before the end, if it did.
    """

    bundles: int = 0
    size_bytes: int = 0
    operations: int = 0
    records: int = 0
    held: int = 0
    elsewhere: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    waiting: set[IdentityId] = field(default_factory=set)
    fault: DecodeError | None = None


async def bundles(store: Store, chosen: Chosen) -> AsyncIterator[bytes]:
    """Yield the bundles of a file, at least one, read from disk as they are asked for.

    Raises:
        StoreError: The disk or the database does not do its work.
    """
    if not chosen.identities and not chosen.records:
        yield pack_wires((), (), network=store.network)
    waiting: list[bytes] = []
    for start in range(0, len(chosen.identities), _IDENTITIES_AT_ONCE):
        found = await store.operations(chosen.identities[start : start + _IDENTITIES_AT_ONCE])
        for _identity, items in itertools.groupby(found, key=lambda item: item.identity):
            waiting += [item.wire for item in items]
            if sum(map(len, waiting)) >= CHUNK_BYTES_MAX:
                yield pack_wires(waiting, (), network=store.network)
                waiting = []
    if waiting:
        yield pack_wires(waiting, (), network=store.network)
    for start in range(0, len(chosen.records), _RECORDS_AT_ONCE):
        rest: Sequence[bytes] = chosen.records[start : start + _RECORDS_AT_ONCE]
        while rest:
            wires = await store.wires(rest)
            rest = wires.rest
            yield pack_wires((), wires.records, network=store.network)


class FileTaking:
    """Takes one file in; `take` once."""

    def __init__(self, ingest: Ingest, *, network: str, spaces: Collection[str] | None) -> None:
        """Prepare to take a file.

        Args:
            ingest: The door.
            network: Name of the network.
            spaces: The spaces whose records are kept; `None` for all.
        """
        self._ingest = ingest
        self._spaces = spaces
        self._reader = FileReader(network=network)
        self._arriving = Arriving()
        self._intake = Intake()

    async def take(self, pieces: AsyncIterable[bytes]) -> Intake:
        """Take the bytes of a file as they come; after a fault the others are read and left alone.

        Raises:
            StoreError: The disk or the database does not do its work; what was taken by then stays.
        """
        async for piece in pieces:
            if self._intake.fault is None:
                await self._take_parts(self._reader.feed(piece))
        if self._intake.fault is None:
            await self._take_parts(self._reader.end())
        await self._take_batches(self._arriving.rest())
        self._intake.bundles = self._reader.bundles
        self._intake.size_bytes = self._reader.bundle_bytes
        return self._intake

    async def _take_parts(self, parts: Iterable[FilePart]) -> None:
        try:
            for part in parts:
                await self._take_batches(self._arriving.add(part.bundle.operations, part.bundle.records))
        except DecodeError as error:
            self._intake.fault = error

    async def _take_batches(self, batches: Iterable[Batch]) -> None:
        intake = self._intake
        for batch in batches:
            taken = await self._ingest.take(batch.operations, batch.records, source=SOURCE, spaces=self._spaces)
            intake.operations += len(taken.new_operations)
            intake.records += len(taken.new_records)
            intake.held += taken.held
            intake.elsewhere += taken.elsewhere
            intake.refused.update(refusal.rule for refusal in (*taken.ignored, *taken.rejected))
            intake.waiting |= taken.deferred

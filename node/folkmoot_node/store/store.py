"""The store as the rest of the node sees it: every change durable when it is answered, every query off the loop."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import trio

from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, OperationId, RecordId
from folkmoot.record import Address, Record, day_of
from folkmoot.replica import Changes
from folkmoot_node.clock import Clock
from folkmoot_node.store import absorbing, addressbook, archive, finding, reading, schema, scopes, selecting
from folkmoot_node.store.absorbing import Batch, Swept
from folkmoot_node.store.addressbook import PeerEntry
from folkmoot_node.store.connecting import Reading, Writing, connect_reader, connect_writer
from folkmoot_node.store.failure import in_words
from folkmoot_node.store.finding import LIMIT_MAX, Cursor, Page, Search
from folkmoot_node.store.folder_lock import FolderLock
from folkmoot_node.store.reading import Closure, Counts, Everything, Held, Placement, Wires
from folkmoot_node.store.scopes import Found, Scope, Snapshot
from folkmoot_node.store.selecting import Chosen, Selection
from folkmoot_node.store.sketches import Sketches
from folkmoot_node.store.workers import Inline, Threads, Workers

DATABASE_NAME = "folkmoot.db"
READERS = 2
CLOSURE_RECORDS_MAX = 2000
CLOSURE_AUTHOR_RECORDS_MAX = 500


class Store:
    """What a node keeps. Made by `open` or `in_memory`; an async context manager that closes itself.

    Lists hold only what is shown now: due, not beaten by a record that is due, not expired, no tombstones. They are
    newest first, by the time that authors claim.
    """

    def __init__(
        self,
        opened: "_Opened",
        workers: tuple[Workers, Workers],
        *,
        network: str,
        clock: Clock,
        lock: FolderLock | None,
    ) -> None:
        self._writing = Writing(opened.writer, workers[0], opened.sketches)
        self._reading = Reading(opened.readers, workers[1])
        self._sketches = opened.sketches
        self._network = network
        self._clock = clock
        self._lock = lock

    @classmethod
    async def open(cls, folder: Path, *, network: str, clock: Clock) -> Self:
        """Open the store in a data folder, and make it where there is none.

        Args:
            folder: A folder that exists.
            network: Name of the network; a store holds the records of one.
            clock: Says what is shown now.

        Raises:
            AlreadyRunningError: Another process has this folder.
            ConfigError: The store is another network's or was written by a newer version.
            StoreError: The disk or the database does not do its work.
        """
        lock = FolderLock(folder)
        try:
            workers = Threads(1)
            path = folder / DATABASE_NAME
            opened = await workers.run(partial(_connect, path, network, clock.now_ms()))
        except BaseException:
            lock.release()
            raise
        return cls(opened, (workers, Threads(READERS)), network=network, clock=clock, lock=lock)

    @classmethod
    async def in_memory(cls, *, network: str, clock: Clock) -> Self:
        """Make a store that is gone when it is closed and uses no threads: for simulations."""
        opened = _connect(None, network, clock.now_ms())
        workers = Inline()
        return cls(opened, (workers, workers), network=network, clock=clock, lock=None)

    async def aclose(self) -> None:
        """Wait for what is under way, close the database and give the folder back."""
        await self._reading.aclose()
        await self._writing.aclose()
        if self._lock is not None:
            self._lock.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with trio.CancelScope(shield=True):
            await self.aclose()

    @property
    def network(self) -> str:
        """Name of the network whose records are held."""
        return self._network

    def workers(self, count: int) -> Workers:
        """Return a place for the caller's own blocking work: threads, or for a store in memory the event loop."""
        return Inline() if self._lock is None else Threads(count)

    # Changes: each is durable when it returns.

    async def absorb(self, batch: Batch, *, now_ms: int) -> Changes:
        """Take operations and records that were opened into the replicated set.

        Raises:
            StoreError: The disk or the database did not do its work; nothing of the batch was kept.
        """
        return await self._writing.do(partial(absorbing.absorb, batch=batch, now_ms=now_ms, network=self._network))

    async def sweep(self, *, now_ms: int, confirmed_day: int | None) -> Swept:
        """Drop some of what is beaten for good, or expired before the days of grace on a day that a peer confirmed.

        Raises:
            StoreError: See `absorb`.
        """
        change = partial(absorbing.sweep, now_ms=now_ms, confirmed_day=confirmed_day, network=self._network)
        return await self._writing.do(change)

    async def forget(self, identity: IdentityId) -> int:
        """Hold nothing of an identity any more, and return how many operations and records went.

        Raises:
            StoreError: See `absorb`.
        """
        return await self._writing.do(partial(absorbing.forget, identity=identity, network=self._network))

    async def adopt(self, identity: IdentityId) -> None:
        """Count an identity among this node's own: every record of it is archived from now on.

        Raises:
            StoreError: See `absorb`.
        """
        await self._writing.do(partial(archive.adopt, identity=identity))

    async def peer_seen(self, peer: str, address: str) -> None:
        """Remember where a peer was reached just now.

        Raises:
            StoreError: See `absorb`.
        """
        now_ms = self._clock.now_ms()
        await self._writing.do(partial(addressbook.peer_seen, peer=peer, address=address, now_ms=now_ms))

    async def peer_failed(self, peer: str) -> None:
        """Remember that a peer could not be reached.

        Raises:
            StoreError: See `absorb`.
        """
        await self._writing.do(partial(addressbook.peer_failed, peer=peer))

    async def forget_peer(self, peer: str) -> None:
        """Take a peer out of the address book.

        Raises:
            StoreError: See `absorb`.
        """
        await self._writing.do(partial(addressbook.forget_peer, peer=peer))

    # By id. Every query raises StoreError when the disk or the database does not do its work.

    async def held(self, operation_ids: Iterable[OperationId], record_ids: Iterable[RecordId]) -> Held:
        """Tell which ids are held or wait in quarantine, and so were verified."""
        return await self._reading.do(partial(reading.held, operation_ids=operation_ids, record_ids=record_ids))

    async def record(self, record_id: RecordId) -> Record | None:
        """Return a record that is held, whether or not it is shown."""
        return await self._reading.do(partial(reading.record, record_id=record_id, network=self._network))

    async def operations(self, identities: Iterable[IdentityId]) -> list[Operation]:
        """Return the operations kept of identities, parents before those that follow them."""
        return await self._reading.do(partial(reading.operations, identities=identities, network=self._network))

    async def closure(
        self,
        start: Iterable[bytes],
        *,
        relations: Collection[str] | None = None,
        records_max: int = CLOSURE_RECORDS_MAX,
        author_records_max: int = CLOSURE_AUTHOR_RECORDS_MAX,
        trusted: IdentityId | None = None,
    ) -> Closure:
        """Return the shown records around ids: what they refer to, what refers to them, and so on outwards.

        Args:
            start: Ids of records, documents or identities.
            relations: The relations to follow; `None` means all.
            records_max: Where to stop.
            author_records_max: Records of one author, the newest, beside those asked for.
            trusted: The author to whom that does not apply.
        """
        bounds = reading.Bounds(
            relations=relations,
            records_max=records_max,
            author_records_max=author_records_max,
            trusted=trusted,
            now_ms=self._clock.now_ms(),
        )
        return await self._reading.do(partial(reading.closure, start=start, bounds=bounds, network=self._network))

    async def operations_of(self, identity: IdentityId) -> list[Operation]:
        """Return the operations kept of one identity, genesis first."""
        return await self.operations([identity])

    async def placement(self, record_id: RecordId) -> Placement | None:
        """Say since when a record is held, and whether it is live and shown; `None` when it is not held."""
        query = partial(reading.placement, record_id=record_id, now_ms=self._clock.now_ms())
        return await self._reading.do(query)

    async def choose(self, selection: Selection) -> Chosen:
        """Find what is to be taken away in a file."""
        return await self._reading.do(partial(selecting.choose, selection=selection))

    async def everything(self) -> Everything:
        """Return all that is held and has not expired, in memory at once."""
        day = day_of(self._clock.now_ms())
        return await self._reading.do(partial(reading.everything, day=day, network=self._network))

    # Lists and searches.

    async def by_author(
        self, author: IdentityId, kind: str | None = None, *, limit: int = LIMIT_MAX, before: Cursor | None = None
    ) -> list[Record]:
        """Return an author's records, of one kind or of all."""
        page = self._page(limit, before)
        query = partial(finding.by_author, author=author, kind=kind, page=page, network=self._network)
        return await self._reading.do(query)

    async def by_kind(self, kind: str, *, limit: int = LIMIT_MAX, before: Cursor | None = None) -> list[Record]:
        """Return everybody's records of a kind."""
        page = self._page(limit, before)
        return await self._reading.do(partial(finding.by_kind, kind=kind, page=page, network=self._network))

    async def referring(
        self,
        target: bytes,
        *relations: str,
        author: IdentityId | None = None,
        kind: str | None = None,
        limit: int = LIMIT_MAX,
        before: Cursor | None = None,
    ) -> list[Record]:
        """Return the records that refer to an id under any of these relations.

        The relation `PARTY` leads from an identity to the drafts and agreements whose documents name it.

        Args:
            target: Id of a record, a document or an identity.
            relations: At least one.
            author: Whose records; everybody's when left out.
            kind: Of which kind; of all when left out.
            limit: How many.
            before: The last one of the page before.
        """
        wanted = finding.Referring(target=target, relations=relations, author=author, kind=kind)
        page = self._page(limit, before)
        return await self._reading.do(partial(finding.referring, wanted=wanted, page=page, network=self._network))

    async def find(self, search: Search, *, limit: int = LIMIT_MAX, before: Cursor | None = None) -> list[Record]:
        """Search by skills and words."""
        page = self._page(limit, before)
        return await self._reading.do(partial(finding.find, search=search, page=page, network=self._network))

    async def at(self, address: Address) -> Record | None:
        """Return the record that is shown at an address; `None` also for a tombstone."""
        query = partial(finding.at, address=address, now_ms=self._clock.now_ms(), network=self._network)
        return await self._reading.do(query)

    # What an author has to know before sealing a record.

    async def own_records(self, author: IdentityId, kind: str, space: str) -> list[Record]:
        """Return the winner in every slot used for a kind in a space: tombstones and what is not due included."""
        query = partial(finding.own_records, author=author, kind=kind, space=space, network=self._network)
        return await self._reading.do(query)

    async def own_identities(self) -> frozenset[IdentityId]:
        """Return the identities that were adopted."""
        return await self._reading.do(archive.own_identities)

    async def archived(
        self, author: IdentityId, *, limit: int = LIMIT_MAX, before: Cursor | None = None
    ) -> list[Record]:
        """Return what an own identity ever said, beaten, deleted and expired records included."""
        page = self._page(limit, before)
        return await self._reading.do(partial(archive.archived, author=author, page=page, network=self._network))

    async def spoken(self, author: IdentityId) -> list[archive.Spoken]:
        """Return all that an own identity ever said, with since when it is here."""
        return await self._reading.do(partial(archive.spoken, author=author, network=self._network))

    # What sync has to know.

    async def snapshot(self, scope: Scope, *, with_items: bool = False) -> Snapshot:
        """Return the sketch of what counts in a scope now, and if asked for all its items, of the same moment.

        Raises:
            StoreError: See `absorb`.
        """
        look = partial(
            scopes.snapshot,
            sketches=self._sketches,
            scope=scope,
            today=day_of(self._clock.now_ms()),
            with_items=with_items,
        )
        return await self._writing.alone(look)

    async def ids_of(self, prefixes: Collection[bytes], scope: Scope) -> Found:
        """Return the ids in a scope that begin with some bytes, eight or more of each.

        Args:
            prefixes: At most some thousands; more hold up other readers.
            scope: What the sync is about.
        """
        return await self._reading.do(partial(scopes.ids_of, prefixes=prefixes, scope=scope))

    async def whole_identities(self, operation_ids: Iterable[bytes]) -> list[bytes]:
        """Return ids for `wires`: all operations kept of the identities that some belong to, parents first."""
        query = partial(reading.whole_identities, operation_ids=operation_ids, network=self._network)
        return await self._reading.do(query)

    async def wires(self, ids: Sequence[bytes]) -> Wires:
        """Return the first chunk of operations and records as they came; ask again for the `rest`."""
        return await self._reading.do(partial(reading.wires, ids=ids))

    # What an operator has to know.

    async def peers(self, *, limit: int = LIMIT_MAX) -> list[PeerEntry]:
        """Return the peers most worth dialling, best first."""
        return await self._reading.do(partial(addressbook.peers, limit=limit))

    async def counts(self) -> Counts:
        """Count what is held."""
        return await self._reading.do(reading.counts)

    def _page(self, limit: int, before: Cursor | None) -> Page:
        return Page(limit=limit, before=before, now_ms=self._clock.now_ms())


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open database: who writes, who reads, and the sketches of what is in it."""

    writer: sqlite3.Connection
    readers: list[sqlite3.Connection]
    sketches: Sketches


def _connect(path: Path | None, network: str, now_ms: int) -> _Opened:
    with in_words():
        writer = connect_writer(path)
        try:
            schema.prepare(writer, network=network, now_ms=now_ms)
            sketches = Sketches(writer, today=day_of(now_ms), is_lasting=path is not None)
            readers = [writer] if path is None else [connect_reader(path) for _ in range(READERS)]
            return _Opened(writer, readers, sketches)
        except BaseException:
            writer.close()
            raise

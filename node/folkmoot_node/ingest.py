"""The one door for operations and records: from gossip, sync, files and the node's own pen alike.

Theory of operation: wires are opened, unless they are held already, and absorbed in one transaction of the store.
Only when that is on the disk does the caller hear what became of them, and whoever subscribed what changed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, assert_never

import structlog
import trio

from folkmoot.bundle import unpack
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, IdPrefix, OperationId, RecordId, short
from folkmoot.limits import GOSSIP_BYTES_MAX
from folkmoot.record import Record
from folkmoot.replica import Changes
from folkmoot.rules import Accept, Defer, Ignore, Reject
from folkmoot.session import wanted
from folkmoot_node.clock import Clock
from folkmoot_node.hosting import Hosting, Sifted
from folkmoot_node.notices import Notice, Noticeboard, Subscription, entry
from folkmoot_node.opening import UNREADABLE, Opened, Opener, Openings, Refusal
from folkmoot_node.opening import Shelf as OpenerShelf
from folkmoot_node.store import Batch, Swept

BATCH_MAX = 1024
"""Wires taken in one transaction; a longer sequence is taken in several."""

RULES_COUNTED_MAX = 256
"""Rules that are counted each by itself. There are fewer: this is a bound, not a policy."""

HELD_ALREADY = "SLT-1"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of items that were taken; whatever is named here as new is on the disk.

    Attributes:
        new_records: Records that are held and were not before, those released from quarantine among them.
        gone_records: Records that are held no longer.
        new_operations: Operations that are kept and were not before.
        accepted: Records that were in order and new, even when a greater one came along with them.
        held: How many were held already.
        ignored: What an honest peer may have sent and changes nothing here.
        elsewhere: Records of spaces that were not wanted.
        not_hosted: Who is not hosted here; what came of them was left aside, and is among the ignored.
        deferred: Authors whose operations are missing; their records wait, within bounds.
        rejected: What no honest peer sends.
        verified: How many wires had their signatures checked, for charging the source.
    """

    new_records: tuple[RecordId, ...] = ()
    gone_records: tuple[RecordId, ...] = ()
    new_operations: tuple[OperationId, ...] = ()
    accepted: tuple[RecordId, ...] = ()
    held: int = 0
    ignored: tuple[Refusal, ...] = ()
    elsewhere: int = 0
    not_hosted: frozenset[IdentityId] = frozenset()
    deferred: frozenset[IdentityId] = frozenset()
    rejected: tuple[Refusal, ...] = ()
    verified: int = 0

    def joined(self, later: "Taken") -> "Taken":
        """Return what became of two batches together."""
        return Taken(
            new_records=self.new_records + later.new_records,
            gone_records=self.gone_records + later.gone_records,
            new_operations=self.new_operations + later.new_operations,
            accepted=self.accepted + later.accepted,
            held=self.held + later.held,
            ignored=self.ignored + later.ignored,
            elsewhere=self.elsewhere + later.elsewhere,
            not_hosted=self.not_hosted | later.not_hosted,
            deferred=self.deferred | later.deferred,
            rejected=self.rejected + later.rejected,
            verified=self.verified + later.verified,
        )


class Shelf(OpenerShelf, Protocol):
    """What of a store takes things in; see `folkmoot_node.store.Store`."""

    async def absorb(self, batch: Batch, *, now_ms: int) -> Changes:
        """Take a batch into the replicated set."""
        ...

    async def sweep(self, *, now_ms: int, confirmed_day: int | None) -> Swept:
        """Drop what is over."""
        ...


class Ingest:
    """Takes whatever arrives into the store and tells subscribers what changed."""

    def __init__(
        self,
        store: Shelf,
        clock: Clock,
        openings: Openings | None = None,
        *,
        hosting: Hosting = Hosting(),  # noqa: B008 - it cannot be changed
    ) -> None:
        """Take things in.

        Args:
            store: Where they go.
            clock: Tells the time.
            openings: How bytes are opened, where that is not simply what the protocol does.
            hosting: Whose things are taken in.
        """
        self.hosting = hosting
        self._store = store
        self._clock = clock
        self._opener = Opener(store, openings or Openings(store.network))
        self._noticeboard = Noticeboard()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each rule decided against an item since the start."""
        return dict(self._counts)

    def subscribe(self) -> Subscription:
        """Ask to be told of every change from now on; the caller closes the subscription."""
        return self._noticeboard.subscribe()

    async def take(
        self,
        operations: Sequence[bytes],
        records: Sequence[bytes],
        *,
        source: str,
        spaces: Collection[str] | None = None,
    ) -> Taken:
        """Take wires from anyone; each is judged by itself.

        Args:
            operations: Wires of operations; they count for the records that come along.
            records: Wires of records.
            source: Who brought them, such as a peer's name; quarantine is shared out by it.
            spaces: The spaces whose records are wanted; `None` for all.

        Raises:
            StoreError: The disk or the database did not do its work. Of a long sequence, a first part may be kept.
        """
        sifted = self.hosting.sift(operations, records, network=self._store.network)
        taken = self._left_aside(sifted)
        for some_operations, some_records in _batches(sifted.operations, sifted.records):
            opened = await self._opener.open(some_operations, some_records)
            here = _wanted(opened, spaces)
            absorbed = await self._absorb(here, source)
            taken = taken.joined(replace(absorbed, elsewhere=len(opened.records) - len(here.records)))
        return taken

    async def take_opened(
        self, operations: Sequence[Operation], records: Sequence[Record], *, source: str
    ) -> Taken:
        """Take what the caller has opened already, in one transaction; see `take`.

        Raises:
            StoreError: The disk or the database did not do its work; nothing was kept.
        """
        operations, records = self.hosting.sift_opened(operations, records)
        return await self._absorb(Opened(operations=operations, records=records), source)

    async def take_gossip(self, message: bytes, *, space: str, source: str) -> Taken:
        """Take one gossip message whole or not at all; one that holds nothing new is not verified again.

        Args:
            message: A bundle in the one form that gossip takes.
            space: The space of the topic on which it came.
            source: See `take`.

        Raises:
            DecodeError: The first rule that the message breaks; nothing of it was taken.
            StoreError: The disk or the database did not do its work; nothing was kept.
        """
        try:
            aside = self._gossip_left_aside(message)
            if aside is not None:
                return aside
            opened = await self._opener.open_gossip(message, space=space)
        except DecodeError as error:
            self._count([error.rule])
            _log_rejected([Refusal(UNREADABLE, error.rule, error.why)], source)
            raise
        return await self._absorb(opened, source) if opened.verified else Taken(held=opened.held)

    async def sweep(self, *, confirmed_day: int | None) -> int:
        """Drop what is beaten for good and what expired two days ago, and return how many records went.

        Args:
            confirmed_day: The day that it is in the eyes of some peer; without one nothing counts as expired.

        Raises:
            StoreError: The disk or the database did not do its work; what was dropped by then stays dropped.
        """
        dropped = 0
        is_done = False
        while not is_done:
            swept = await self._store.sweep(now_ms=self._clock.now_ms(), confirmed_day=confirmed_day)
            self._noticeboard.tell(Notice(dropped=tuple(map(entry, swept.records))))
            dropped += len(swept.records)
            is_done = swept.is_done
        return dropped

    async def _absorb(self, opened: Opened, source: str) -> Taken:
        batch = Batch(opened.operations, opened.records, source)
        # Whoever goes away while this is committed must not take the news of it along: others wait for it.
        with trio.CancelScope(shield=True):
            changes = await self._store.absorb(batch, now_ms=self._clock.now_ms())
        taken = _outcome(opened, changes)
        self._count(refusal.rule for refusal in (*taken.ignored, *taken.rejected))
        _log_rejected(taken.rejected, source)
        self._noticeboard.tell(_notice(changes))
        return taken

    def _left_aside(self, sifted: Sifted) -> Taken:
        self._count(refusal.rule for refusal in sifted.left)
        return Taken(ignored=sifted.left, not_hosted=sifted.not_hosted)

    def _gossip_left_aside(self, message: bytes) -> Taken | None:
        """Say what becomes of a message with anything of somebody who is not hosted; `None` if there is nothing.

        Raises:
            DecodeError: The message is no bundle of this network.
        """
        if not self.hosting.not_hosted:
            return None
        network = self._store.network
        bundle = unpack(message, network=network, bytes_max=GOSSIP_BYTES_MAX)
        sifted = self.hosting.sift(bundle.operations, bundle.records, network=network)
        return self._left_aside(sifted) if sifted.left else None

    def _count(self, rules: Iterable[str]) -> None:
        for rule in rules:
            if rule in self._counts or len(self._counts) < RULES_COUNTED_MAX:
                self._counts[rule] += 1


def _wanted(opened: Opened, spaces: Collection[str] | None) -> Opened:
    """Leave out the records of spaces that nobody asked for."""
    if spaces is None:
        return opened
    return replace(opened, records=wanted(opened.records, spaces))


def _batches(
    operations: Sequence[bytes], records: Sequence[bytes]
) -> Iterator[tuple[Sequence[bytes], Sequence[bytes]]]:
    """Cut a long sequence into transactions, all operations before the first record."""
    if len(operations) + len(records) <= BATCH_MAX:
        yield operations, records
        return
    for start in range(0, len(operations), BATCH_MAX):
        yield operations[start : start + BATCH_MAX], ()
    for start in range(0, len(records), BATCH_MAX):
        yield (), records[start : start + BATCH_MAX]


def _outcome(opened: Opened, changes: Changes) -> Taken:
    accepted: list[RecordId] = []
    held = opened.held
    ignored = [Refusal(short(IdPrefix.OPERATION, item.id), rule, "") for item, rule in changes.unkept]
    deferred = opened.waiting - {record.author for record in changes.unpark}
    rejected = list(opened.refused)
    for record, verdict in changes.verdicts:
        match verdict:
            case Accept():
                accepted.append(record.id)
            case Defer():
                deferred |= {verdict.author}
            case Ignore(rule=rule) if rule == HELD_ALREADY:
                held += 1
            case Ignore(rule=rule, why=why):
                ignored.append(Refusal(short(IdPrefix.RECORD, record.id), rule, why))
            case Reject(rule=rule, why=why):
                rejected.append(Refusal(short(IdPrefix.RECORD, record.id), rule, why))
            case _:
                assert_never(verdict)
    return Taken(
        new_records=tuple(record.id for record in changes.put_records),
        gone_records=tuple(record.id for record in changes.drop_records),
        new_operations=tuple(operation.id for operation in changes.put_operations),
        accepted=tuple(accepted),
        held=held,
        ignored=tuple(ignored),
        deferred=deferred,
        rejected=tuple(rejected),
        verified=opened.verified,
    )


def _notice(changes: Changes) -> Notice:
    operations = (*changes.put_operations, *changes.drop_operations)
    return Notice(
        put=tuple(map(entry, changes.put_records)),
        dropped=tuple(map(entry, changes.drop_records)),
        identities=frozenset(operation.identity for operation in operations),
    )


def _log_rejected(rejected: Sequence[Refusal], source: str) -> None:
    """Write one line for each rule, so that a flood of junk does not become a flood of lines."""
    for rule, count in Counter(refusal.rule for refusal in rejected).items():
        first = next(refusal.item for refusal in rejected if refusal.rule == rule)
        _log.info("rejected", rule=rule, source=source, count=count, item=first)

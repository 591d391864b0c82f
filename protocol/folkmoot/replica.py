"""The replicated set: how operations and records that land change what is held.

`absorb` is the one way in, for gossip, for sync, for files and for one's own records. It looks at what is held
through a `View` and returns what to change; the same set, in any order and any batches, leaves the same replica.

Spec: slots.md, rules.md#replica
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, OperationId, RecordId
from folkmoot.kinds import KINDS
from folkmoot.limits import UNKNOWN_KIND_RECORDS_MAX
from folkmoot.record import Address, Record
from folkmoot.rules import Accept, Defer, Ignore, Verdict, is_due, judge, judge_author


class View(Protocol):
    """What is held, as far as `absorb` has to look."""

    def operations_of(self, identity: IdentityId) -> Collection[Operation]:
        """Return the operations kept of an identity."""
        ...

    def records_at(self, address: Address) -> Collection[Record]:
        """Return the records held at an address: the winner, and what is shown until the winner is due."""
        ...

    def records_of(self, author: IdentityId) -> Collection[Record]:
        """Return every record held of an author."""
        ...

    def unknown_of(self, author: IdentityId, space: str) -> Collection[Record]:
        """Return the records of unknown kinds that are held of an author in a space; UNK-2 bounds them."""
        ...

    def waiting_for(self, author: IdentityId) -> Collection[Record]:
        """Return the records in quarantine that wait for this author's operations."""
        ...


@dataclass(slots=True)
class Changes:
    """What landing items do to a replica, and what became of each.

    Attributes:
        put_operations: Operations to keep from now on.
        drop_operations: Operations that no longer have to be kept.
        put_records: Records to hold from now on.
        drop_records: Records beaten or no longer authorised.
        park: Records that wait for operations of their author; the caller bounds how many.
        unpark: Records that waited and no longer do.
        verdicts: Each judged record's verdict, in the order given.
        unkept: Operations that came in and are not kept, with the rule.
    """

    put_operations: list[Operation] = field(default_factory=list)
    drop_operations: list[Operation] = field(default_factory=list)
    put_records: list[Record] = field(default_factory=list)
    drop_records: list[Record] = field(default_factory=list)
    park: list[Record] = field(default_factory=list)
    unpark: list[Record] = field(default_factory=list)
    verdicts: list[tuple[Record, Verdict]] = field(default_factory=list)
    unkept: list[tuple[Operation, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing held or waiting changes."""
        return not (
            self.put_operations
            or self.drop_operations
            or self.put_records
            or self.drop_records
            or self.park
            or self.unpark
        )


def absorb(
    view: View, operations: Iterable[Operation], records: Iterable[Record], *, now_ms: int, network: str
) -> Changes:
    """Work out what operations and records that land change, without changing anything.

    Spec: rules.md#replica
    """
    return _Absorption(view, now_ms, network).run(operations, records)


class _Absorption:
    """One run of `absorb`: what is held, overlaid with what this batch has changed so far."""

    def __init__(self, view: View, now_ms: int, network: str) -> None:
        self._view = view
        self._now_ms = now_ms
        self._network = network
        self._chains: dict[IdentityId, Chain | None] = {}
        self._held: dict[Address, dict[RecordId, Record]] = {}
        self._before: dict[RecordId, Record] = {}
        self._crowds: dict[tuple[IdentityId, str], set[Address]] = {}
        self._changes = Changes()

    def run(self, operations: Iterable[Operation], records: Iterable[Record]) -> Changes:
        by_identity: dict[IdentityId, list[Operation]] = defaultdict(list)
        for item in operations:
            by_identity[item.identity].append(item)
        released: list[Record] = []
        for identity, items in sorted(by_identity.items()):
            released += self._take_operations(identity, items)
        for record in released:
            self._take_record(record, waited=True)
        for record in records:
            self._take_record(record, waited=False)
        self._settle()
        return self._changes

    def _take_operations(self, identity: IdentityId, items: Sequence[Operation]) -> list[Record]:
        """Fold operations into an identity; return the records that waited for them."""
        held = {item.id: item for item in self._view.operations_of(identity)}
        chain = read_chain([*held.values(), *items], network=self._network)
        self._chains[identity] = chain
        kept = {item.id: item for item in chain.kept} if chain else held
        fresh: dict[OperationId, Operation] = {item.id: item for item in items if item.id not in held}
        self._changes.unkept += [(item, "CHN-5") for item in fresh.values() if item.id not in kept]
        put = [kept[item_id] for item_id in fresh if item_id in kept]
        self._changes.put_operations += put
        self._changes.drop_operations += [item for item in held.values() if item.id not in kept]
        if not put:
            return []
        for record in self._view.records_of(identity):
            verdict = judge_author(record, chain)
            if not isinstance(verdict, Accept):
                self._at(record.address).pop(record.id, None)
            if _may_return(verdict):
                self._changes.park.append(record)
        waiting = list(self._view.waiting_for(identity))
        self._changes.unpark += waiting
        return waiting

    def _take_record(self, record: Record, *, waited: bool) -> None:
        verdict = self._judge(record)
        self._changes.verdicts.append((record, verdict))
        if waited and _may_return(verdict):
            self._changes.unpark.remove(record)
        elif isinstance(verdict, Defer) and record not in self._changes.park:
            self._changes.park.append(record)

    def _judge(self, record: Record) -> Verdict:
        here = self._at(record.address)
        # SLT-1: A record that is held already is not looked at again.
        if record.id in here:
            return Ignore("SLT-1", "the record is held already")
        verdict = judge(record, self._chain(record.author), now_ms=self._now_ms, network=self._network)
        if not isinstance(verdict, Accept):
            return verdict
        # SLT-2: The greatest (expires, rev, id) at an address wins; what is shown stays until the winner is due.
        stays = _staying([*here.values(), record], self._now_ms)
        for beaten in [held for held in here if held not in stays]:
            del here[beaten]
        if record.id not in stays:
            return Ignore("SLT-2", "a later record at the same address is held")
        here[record.id] = record
        # UNK-2: Of records of unknown kinds an author has 64 in a space, the greatest by (expires, rev, id).
        if record.kind not in KINDS and self._is_crowded_out(record):
            return Ignore("UNK-2", "the author has enough greater records of unknown kinds in this space")
        return Accept()

    def _is_crowded_out(self, record: Record) -> bool:
        """Let go of the least record of unknown kinds beside one if there are too many; tell if it was this."""
        crowd = self._crowd(record.author, record.space)
        crowd.add(record.address)
        if len(crowd) <= UNKNOWN_KIND_RECORDS_MAX:
            return False
        least = min(crowd, key=lambda address: winner(self._held[address].values()).order)
        is_this = record.id in self._held[least]
        self._held[least].clear()
        crowd.discard(least)
        return is_this

    def _crowd(self, author: IdentityId, space: str) -> set[Address]:
        """Return the addresses that an author's records of unknown kinds take up in a space.

        What is held is read once; from then on the set follows what this batch changes.
        """
        if (author, space) not in self._crowds:
            held: dict[Address, dict[RecordId, Record]] = defaultdict(dict)
            for record in self._view.unknown_of(author, space):
                held[record.address][record.id] = record
            for address in held.keys() - self._held.keys():
                self._overlay(address, held[address])
            # What this batch's operations have dropped already takes no room.
            self._crowds[author, space] = {address for address in held if self._held[address]}
        return self._crowds[author, space]

    def _chain(self, author: IdentityId) -> Chain | None:
        if author not in self._chains:
            self._chains[author] = read_chain(self._view.operations_of(author), network=self._network)
        return self._chains[author]

    def _at(self, address: Address) -> dict[RecordId, Record]:
        if address not in self._held:
            self._overlay(address, {record.id: record for record in self._view.records_at(address)})
        return self._held[address]

    def _overlay(self, address: Address, held: dict[RecordId, Record]) -> None:
        """Begin to follow what this batch does to an address at which some records are held."""
        self._before.update(held)
        self._held[address] = held

    def _settle(self) -> None:
        """Compare what is held now with what was."""
        after = {record.id: record for here in self._held.values() for record in here.values()}
        self._changes.put_records = [record for key, record in after.items() if key not in self._before]
        self._changes.drop_records = [record for key, record in self._before.items() if key not in after]


def _may_return(verdict: Verdict) -> bool:
    """Tell whether a record that does not count may count again: a later operation ends a dispute, or a closing."""
    return isinstance(verdict, Defer) or (isinstance(verdict, Ignore) and verdict.rule == "AUT-3")


def winner(records: Iterable[Record]) -> Record:
    """Return the record that wins among those at one address.

    Spec: slots.md#rules
    """
    return max(records, key=lambda record: record.order)


def shown(records: Iterable[Record], now_ms: int) -> Record | None:
    """Return the record to show among those at one address: the greatest that is due.

    Spec: slots.md#shown-when-due
    """
    return max((record for record in records if is_due(record, now_ms)), key=lambda r: r.order, default=None)


def _staying(records: Sequence[Record], now_ms: int) -> Mapping[RecordId, Record]:
    stays = {winner(records).id: winner(records)}
    visible = shown(records, now_ms)
    if visible is not None:
        stays[visible.id] = visible
    return stays

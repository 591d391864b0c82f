"""A replica without a disk: it carries out, in dictionaries, exactly what `absorb` says."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from support.keys import NETWORK

from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, OperationId, RecordId
from folkmoot.kinds import KINDS
from folkmoot.record import Address, Record
from folkmoot.replica import Changes, absorb

WAITING_MAX = 256
"""Records in quarantine for one author; later ones are not taken."""


class MemoryReplica:
    """A `View` that can be changed.

    Attributes:
        operations: What is kept, by identity.
        records: What is held.
        waiting: What is in quarantine.
    """

    def __init__(self, network: str = NETWORK) -> None:
        self.network = network
        self.operations: dict[IdentityId, dict[OperationId, Operation]] = defaultdict(dict)
        self.records: dict[RecordId, Record] = {}
        self.waiting: dict[RecordId, Record] = {}

    def operations_of(self, identity: IdentityId) -> list[Operation]:
        return list(self.operations[identity].values())

    def records_at(self, address: Address) -> list[Record]:
        return [record for record in self.records.values() if record.address == address]

    def records_of(self, author: IdentityId) -> list[Record]:
        return [record for record in self.records.values() if record.author == author]

    def unknown_of(self, author: IdentityId, space: str) -> list[Record]:
        return [r for r in self.records_of(author) if r.space == space and r.kind not in KINDS]

    def waiting_for(self, author: IdentityId) -> list[Record]:
        return [record for record in self.waiting.values() if record.author == author]

    def take(self, operations: Iterable[Operation] = (), records: Iterable[Record] = (), *, now_ms: int) -> Changes:
        """Absorb what lands and carry it out."""
        changes = absorb(self, operations, records, now_ms=now_ms, network=self.network)
        self.apply(changes)
        return changes

    def apply(self, changes: Changes) -> None:
        """Carry out what `absorb` returned, with the checks that any store may rely on."""
        assert not {r.id for r in changes.put_records} & self.records.keys(), "held records are not put again"
        assert {r.id for r in changes.drop_records} <= self.records.keys(), "only held records are dropped"
        assert {r.id for r in changes.unpark} <= self.waiting.keys(), "only waiting records stop waiting"
        for operation in changes.drop_operations:
            del self.operations[operation.identity][operation.id]
        for operation in changes.put_operations:
            assert operation.id not in self.operations[operation.identity], "kept operations are not put again"
            self.operations[operation.identity][operation.id] = operation
        for record in changes.drop_records:
            del self.records[record.id]
        for record in changes.unpark:
            del self.waiting[record.id]
        self.records.update({record.id: record for record in changes.put_records})
        room = Counter(record.author for record in self.waiting.values())
        for record in changes.park:
            if record.id not in self.waiting and room[record.author] < WAITING_MAX:
                self.waiting[record.id] = record
                room[record.author] += 1

    def sweep(self, today: int) -> None:
        """Delete what has expired."""
        for held in (self.records, self.waiting):
            for expired in [record for record in held.values() if record.expires <= today]:
                del held[expired.id]

    def chain(self, identity: IdentityId) -> Chain | None:
        """Read what is kept of an identity."""
        return read_chain(self.operations_of(identity), network=self.network)

    @property
    def content(self) -> tuple[frozenset[bytes], frozenset[bytes]]:
        """The ids of all operations kept and of all records held: what two replicas compare."""
        kept = frozenset(operation for held in self.operations.values() for operation in held)
        return kept, frozenset(self.records)

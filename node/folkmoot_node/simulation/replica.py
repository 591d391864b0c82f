"""A replica without a disk: it carries out, in dictionaries, exactly what `folkmoot.replica.absorb` says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, OperationId, RecordId
from folkmoot.kinds import KINDS
from folkmoot.record import Address, Record
from folkmoot.replica import Changes, winner
from folkmoot_node.simulation.quarantine import Quarantine, Waiting


class Replica:
    """What one node holds; a `folkmoot.replica.View`.

    Attributes:
        records: What is held: winners, and what is shown until they are due.
        winners: The winner at each address that is taken.
        quarantine: What waits.
    """

    def __init__(self, network: str) -> None:
        self._network = network
        self.records: dict[RecordId, Record] = {}
        self.winners: dict[Address, Record] = {}
        self.quarantine = Quarantine()
        self._operations: dict[IdentityId, dict[OperationId, Operation]] = {}
        self._identity_of: dict[OperationId, IdentityId] = {}
        self._at: dict[Address, dict[RecordId, Record]] = {}
        self._of: dict[IdentityId, dict[RecordId, Record]] = defaultdict(dict)

    # What `absorb` looks at.

    def operations_of(self, identity: IdentityId) -> Sequence[Operation]:
        """See `folkmoot.replica.View`."""
        found = self._operations.get(identity)
        return list(found.values()) if found else ()

    def records_at(self, address: Address) -> Sequence[Record]:
        """See `folkmoot.replica.View`."""
        found = self._at.get(address)
        return list(found.values()) if found else ()

    def records_of(self, author: IdentityId) -> Sequence[Record]:
        """See `folkmoot.replica.View`."""
        return list(self._of[author].values()) if author in self._of else ()

    def unknown_of(self, author: IdentityId, space: str) -> Sequence[Record]:
        """See `folkmoot.replica.View`."""
        return [item for item in self.records_of(author) if item.space == space and item.kind not in KINDS]

    def waiting_for(self, author: IdentityId) -> Sequence[Record]:
        """See `folkmoot.replica.View`."""
        return self.quarantine.of(author)

    # What else is asked.

    @property
    def identities(self) -> Iterable[IdentityId]:
        """The identities of which operations are kept."""
        return self._operations.keys()

    @property
    def operation_ids(self) -> Iterable[OperationId]:
        """The ids of all operations kept."""
        return self._identity_of.keys()

    def identity_of(self, operation_id: OperationId) -> IdentityId | None:
        """Return whose an operation is, if it is kept."""
        return self._identity_of.get(operation_id)

    def chain(self, identity: IdentityId) -> Chain | None:
        """Read what is kept of an identity."""
        return read_chain(self.operations_of(identity), network=self._network)

    def beaten(self) -> Iterator[Record]:
        """Yield what is held and is no winner."""
        for address, here in self._at.items():
            if len(here) > 1:
                yield from (record for record in here.values() if record.id != self.winners[address].id)

    # How it changes.

    def apply(self, changes: Changes, *, source: str) -> set[Address]:
        """Carry out what `absorb` returned; return the addresses at which something changed."""
        for operation in changes.drop_operations:
            del self._operations[operation.identity][operation.id]
            del self._identity_of[operation.id]
        for operation in changes.put_operations:
            self._operations.setdefault(operation.identity, {})[operation.id] = operation
            self._identity_of[operation.id] = operation.identity
        touched = self.drop_records(changes.drop_records)
        for record in changes.put_records:
            self.records[record.id] = record
            self._at.setdefault(record.address, {})[record.id] = record
            self._of[record.author][record.id] = record
            touched.add(record.address)
        self.settle(touched)
        for record in changes.unpark:
            self.quarantine.unpark(record.id)
        were_held = {record.id for record in changes.drop_records}
        for record in changes.park:
            self.quarantine.park(Waiting(record, source, record.id in were_held))
        if changes.park:
            self.quarantine.trim(source)
        return touched

    def drop_records(self, records: Iterable[Record]) -> set[Address]:
        """Hold records no longer; `settle` has to follow."""
        touched: set[Address] = set()
        for record in records:
            address = record.address
            del self.records[record.id]
            here = self._at[address]
            del here[record.id]
            if not here:
                del self._at[address]
            del self._of[record.author][record.id]
            touched.add(address)
        return touched

    def settle(self, addresses: Iterable[Address]) -> None:
        """Work out anew who wins at addresses."""
        for address in addresses:
            here = self._at.get(address)
            if here:
                self.winners[address] = winner(here.values())
            else:
                self.winners.pop(address, None)

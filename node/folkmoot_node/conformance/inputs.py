"""How the reference client reads a request: hex into bytes, bytes into what they open to.

The same operations and records stand in many requests. What a wire opens to depends on nothing but the wire and the
network, so the last ones are remembered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation, open_operation
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS
from folkmoot.record import Address, Record, open_record

_REMEMBERED_MAX = 512


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    Attributes:
        fields: What the line holds.
        network: The network that the first request named.
    """

    fields: Mapping[str, Any]
    network: str

    @property
    def do(self) -> str:
        """What is asked."""
        return str(self.fields.get("do"))

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        return self.fields[name]

    def get(self, name: str, default: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return an argument that may be left out."""
        return self.fields.get(name, default)

    def number(self, name: str) -> int:
        """Return an integer, written as a number or in decimal."""
        return int(self.fields[name])

    def data(self, name: str) -> bytes:
        """Return bytes."""
        return bytes.fromhex(self.fields[name])

    def several(self, name: str) -> list[bytes]:
        """Return an array of bytes; none where it is left out."""
        return [bytes.fromhex(item) for item in self.fields.get(name, [])]

    def operations(self, name: str) -> list[Operation]:
        """Open an array of operations.

        Raises:
            DecodeError: The first that does not open.
        """
        return [opened_operation(wire, self.network) for wire in self.several(name)]

    def records(self, name: str) -> list[Record]:
        """Open an array of records.

        Raises:
            DecodeError: The first that does not open.
        """
        return [opened_record(wire, self.network) for wire in self.several(name)]


@lru_cache(_REMEMBERED_MAX)
def opened_operation(wire: bytes, network: str) -> Operation:
    """Open an operation.

    Raises:
        DecodeError: ENC-1 to ENC-7, OPR-1 to OPR-9.
    """
    return open_operation(wire, network=network)


@lru_cache(_REMEMBERED_MAX)
def opened_record(wire: bytes, network: str) -> Record:
    """Open a record.

    Raises:
        DecodeError: ENC-1 to ENC-7, REC-1 to REC-9.
    """
    return open_record(wire, network=network)


def chains_of(operations: Iterable[Operation], network: str) -> dict[IdentityId, Chain]:
    """Read the operations of several identities; those whose genesis is missing are left aside."""
    by_identity: dict[IdentityId, list[Operation]] = defaultdict(list)
    for item in operations:
        by_identity[item.identity].append(item)
    chains = {identity: read_chain(items, network=network) for identity, items in by_identity.items()}
    return {identity: chain for identity, chain in chains.items() if chain is not None}


@dataclass(frozen=True, slots=True)
class Held:
    """What a request says is held, as `absorb` looks at it."""

    operations: Collection[Operation]
    records: Collection[Record]
    waiting: Collection[Record]

    def operations_of(self, identity: IdentityId) -> Collection[Operation]:
        """Return the operations held of an identity."""
        return [item for item in self.operations if item.identity == identity]

    def records_at(self, address: Address) -> Collection[Record]:
        """Return the records held at an address."""
        return [record for record in self.records if record.address == address]

    def records_of(self, author: IdentityId) -> Collection[Record]:
        """Return the records held of an author."""
        return [record for record in self.records if record.author == author]

    def unknown_of(self, author: IdentityId, space: str) -> Collection[Record]:
        """Return the records of unknown kinds held of an author in a space."""
        return [record for record in self.records_of(author) if record.space == space and record.kind not in KINDS]

    def waiting_for(self, author: IdentityId) -> Collection[Record]:
        """Return the records that wait for an author's operations."""
        return [record for record in self.waiting if record.author == author]

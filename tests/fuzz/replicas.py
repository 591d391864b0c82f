"""What a node can hold: nothing is asked about sets of records that no node comes to have."""

from collections.abc import Iterable
from dataclasses import dataclass

from support.keys import NETWORK

from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.record import Record
from folkmoot.replica import absorb
from folkmoot_node.conformance.inputs import Held, opened_operation, opened_record


@dataclass(frozen=True, slots=True)
class Replica:
    """What is held at a moment, as a request has it."""

    operations: list[str]
    held: list[str]
    waiting: list[str]


def replica_of(operations: Iterable[str], records: Iterable[str], now_ms: int) -> Replica:
    """Return what a node holds that heard all this at a moment; what does not open it never hears."""
    empty = Held([], [], [])
    changes = absorb(empty, _operations(operations), _records(records), now_ms=now_ms, network=NETWORK)
    return Replica(
        operations=[item.wire.hex() for item in changes.put_operations],
        held=[item.wire.hex() for item in changes.put_records],
        waiting=[item.wire.hex() for item in changes.park],
    )


def _operations(wires: Iterable[str]) -> list[Operation]:
    opened: list[Operation] = []
    for wire in wires:
        try:
            opened.append(opened_operation(bytes.fromhex(wire), NETWORK))
        except DecodeError:
            continue
    return opened


def _records(wires: Iterable[str]) -> list[Record]:
    opened: list[Record] = []
    for wire in wires:
        try:
            opened.append(opened_record(bytes.fromhex(wire), NETWORK))
        except DecodeError:
            continue
    return opened

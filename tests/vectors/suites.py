"""How a test reads a suite of vectors, as any client would: from the JSON and nothing else."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from folkmoot.agreement import Cosignature, read_cosignature
from folkmoot.canonical import decode
from folkmoot.chain import Chain, read_chain
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, open_operation
from folkmoot.ids import IdentityId
from folkmoot.kinds import KINDS
from folkmoot.record import Address, Record, open_record

SPEC = Path(__file__).resolve().parents[2] / "spec"
NETWORK = "test"
Case = dict[str, Any]


def cases_of(suite: str, having: str = "") -> list[Case]:
    """Return the cases of a suite, or of those the ones that have a field."""
    loaded = json.loads((SPEC / "vectors" / f"{suite}.json").read_text(encoding="utf-8"))
    cases: list[Case] = [case for case in loaded["cases"] if not having or having in case]
    assert cases, f"no case of {suite} has {having}"
    return cases


def name_of(case: Case) -> str:
    """Name a case in the output of a test."""
    return str(case["name"])


def outcome(act: Callable[[], object]) -> tuple[str, str | None]:
    """Return what reading some bytes leads to, as a vector says it: `accept`, or `refuse` and the rule."""
    try:
        act()
    except DecodeError as error:
        return "refuse", error.rule
    return "accept", None


def expected(case: Case) -> tuple[str, str | None]:
    """Return what a case says has to come out."""
    assert case["expect"] in {"accept", "refuse", "reject", "ignore", "defer", "void"}
    return case["expect"], case.get("rule")


def operations_of(case: Case, name: str = "operations") -> list[Operation]:
    """Open the operations of a case."""
    return [_opened(wire) for wire in case.get(name, [])]


@cache
def _opened(wire: str) -> Operation:
    """Open an operation once: the same few people are in most cases, and each has work to be checked."""
    return open_operation(bytes.fromhex(wire), network=NETWORK)


def records_of(case: Case, name: str) -> list[Record]:
    """Open the records of a case."""
    return [open_record(bytes.fromhex(wire), network=NETWORK) for wire in case.get(name, [])]


def chains_of(operations: Collection[Operation]) -> dict[IdentityId, Chain]:
    """Read the operations of several identities."""
    chains: dict[IdentityId, Chain] = {}
    for identity in {item.identity for item in operations}:
        chain = read_chain([item for item in operations if item.identity == identity], network=NETWORK)
        if chain is not None:
            chains[identity] = chain
    return chains


def cosignature_of(hexed: str) -> Cosignature:
    """Read a co-signature of a case."""
    return read_cosignature(decode(bytes.fromhex(hexed), bytes_max=1024))


@dataclass(frozen=True)
class Held:
    """What a case says is held, as `absorb` looks at it."""

    operations: Collection[Operation] = field(default_factory=list)
    records: Collection[Record] = field(default_factory=list)
    waiting: Collection[Record] = field(default_factory=list)

    def operations_of(self, identity: IdentityId) -> Collection[Operation]:
        return [item for item in self.operations if item.identity == identity]

    def records_at(self, address: Address) -> Collection[Record]:
        return [record for record in self.records if record.address == address]

    def records_of(self, author: IdentityId) -> Collection[Record]:
        return [record for record in self.records if record.author == author]

    def unknown_of(self, author: IdentityId, space: str) -> Collection[Record]:
        return [record for record in self.records_of(author) if record.space == space and record.kind not in KINDS]

    def waiting_for(self, author: IdentityId) -> Collection[Record]:
        return [record for record in self.waiting if record.author == author]

"""What counts: the records that states are derived from, live and exhibited, each once.

Spec: state.md#evidence
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar, cast

from folkmoot.agreement import Document
from folkmoot.chain import Chain
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds import KINDS
from folkmoot.kinds.consent import AGREEMENT, DRAFT, EXHIBIT, carried_document, carried_record
from folkmoot.record import Address, Record
from folkmoot.replica import shown
from folkmoot.rules import CLOSED_RULE, Accept, Ignore, is_due, judge_author

REMEMBERED_MAX = 100_000
"""Answers that one evidence remembers; what is asked beyond is worked out each time."""

_CARRY_DOCUMENTS = frozenset({DRAFT.name, AGREEMENT.name})

_Asked = TypeVar("_Asked", bound=Hashable)
_Derived = TypeVar("_Derived")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records that count at one moment; made by `gather`.

    Attributes:
        now_ms: That moment.
        network: Name of the network.
        chains: The operations held, read, by identity.
        live: What is shown at each address.
        counted: Live and exhibited records by id, tombstones left out.
        documents: The documents that counted drafts and agreements carry.
    """

    now_ms: int
    network: str
    chains: Mapping[IdentityId, Chain]
    live: Mapping[Address, Record]
    counted: Mapping[RecordId, Record]
    documents: Mapping[DocumentId, Document]
    _referring: Mapping[tuple[str, str, bytes], tuple[Record, ...]]
    _by_kind: Mapping[str, tuple[Record, ...]]
    _remembered: dict[tuple[Callable[..., object], Hashable], object] = field(default_factory=dict, compare=False)

    def referring(self, kind: str, relation: str, target: bytes) -> tuple[Record, ...]:
        """Return the counted records of a kind that name a target, lowest id first."""
        return self._referring.get((kind, relation, target), ())

    def of_kind(self, kind: str) -> tuple[Record, ...]:
        """Return the counted records of a kind, lowest id first."""
        return self._by_kind.get(kind, ())

    def is_live(self, record: Record) -> bool:
        """Tell whether a counted record is what its author shows at its address now."""
        live = self.live.get(record.address)
        return live is not None and live.id == record.id

    def successor(self, record: Record) -> Record | None:
        """Return what its author put in a record's place later, a tombstone included, or `None`."""
        live = self.live.get(record.address)
        return live if live is not None and live.order > record.order else None

    def recall(self, fold: Callable[["Evidence", _Asked], _Derived], asked: _Asked) -> _Derived:
        """Return what a fold makes of this evidence, worked out once; the evidence never changes."""
        place = (fold, asked)
        if place in self._remembered:
            return cast("_Derived", self._remembered[place])
        derived = fold(self, asked)
        if len(self._remembered) < REMEMBERED_MAX:
            self._remembered[place] = derived
        return derived


def remembered(fold: Callable[[Evidence, _Asked], _Derived]) -> Callable[[Evidence, _Asked], _Derived]:
    """Make a fold of evidence and one more thing that is worked out once for each; folds ask each other a lot."""

    @wraps(fold)
    def recalled(evidence: Evidence, asked: _Asked) -> _Derived:
        return evidence.recall(fold, asked)

    return recalled


def gather(held: Iterable[Record], chains: Mapping[IdentityId, Chain], *, now_ms: int, network: str) -> Evidence:
    """Work out which records count, from records held in any order.

    An exhibited record counts like a live one once its author's operations authorise it; an exhibit of what the
    reader cannot judge waits.

    Spec: state.md#evidence
    """
    places: dict[Address, list[Record]] = defaultdict(list)
    for record in held:
        places[record.address].append(record)
    live: dict[Address, Record] = {}
    for address, records in places.items():
        visible = shown(records, now_ms)
        if visible is not None:
            live[address] = visible
    counted = {record.id: record for record in live.values() if not record.is_tombstone and record.kind in KINDS}
    for record in list(counted.values()):
        if record.kind == EXHIBIT.name:
            inner = carried_record(record.body, network)
            if is_due(inner, now_ms) and _counts(inner, chains.get(inner.author)):
                counted.setdefault(inner.id, inner)
    referring: dict[tuple[str, str, bytes], list[Record]] = defaultdict(list)
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(counted.values(), key=lambda r: r.id):
        by_kind[record.kind].append(record)
        for ref in record.refs:
            referring[record.kind, ref.relation, ref.target].append(record)
    index = {key: tuple(records) for key, records in referring.items()}
    kinds = {kind: tuple(records) for kind, records in by_kind.items()}
    documents = {
        document.id: document
        for record in counted.values()
        if record.kind in _CARRY_DOCUMENTS
        for document in [carried_document(record.body, network)]
    }
    return Evidence(now_ms, network, chains, live, counted, documents, index, kinds)


def _counts(exhibited: Record, chain: Chain | None) -> bool:
    """Tell whether an exhibited record counts; closing an identity takes no evidence back."""
    match judge_author(exhibited, chain):
        case Accept():
            return True
        case Ignore(rule):
            return rule == CLOSED_RULE
        case _:
            return False

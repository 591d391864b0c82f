"""What counts: the records that states are derived from, live and exhibited, each once.

Spec: state.md#evidence
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from folkmoot.agreement import Document
from folkmoot.chain import Chain
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.kinds import KINDS
from folkmoot.kinds.consent import AGREEMENT, DRAFT, EXHIBIT, carried_document, carried_record
from folkmoot.record import Address, Record
from folkmoot.replica import shown
from folkmoot.rules import CLOSED_RULE, Accept, Ignore, is_due, judge_author

_CARRY_DOCUMENTS = frozenset({DRAFT.name, AGREEMENT.name})


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
    _referring: Mapping[tuple[str, bytes], tuple[Record, ...]]

    def referring(self, kind: str, relation: str, target: bytes) -> tuple[Record, ...]:
        """Return the counted records of a kind that name a target, lowest id first."""
        return tuple(r for r in self._referring.get((relation, target), ()) if r.kind == kind)

    def of_kind(self, kind: str) -> tuple[Record, ...]:
        """Return the counted records of a kind, lowest id first."""
        return tuple(sorted((r for r in self.counted.values() if r.kind == kind), key=lambda r: r.id))

    def is_live(self, record: Record) -> bool:
        """Tell whether a counted record is what its author shows at its address now."""
        live = self.live.get(record.address)
        return live is not None and live.id == record.id

    def successor(self, record: Record) -> Record | None:
        """Return what its author put in a record's place later, a tombstone included, or `None`."""
        live = self.live.get(record.address)
        return live if live is not None and live.order > record.order else None


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
    referring: dict[tuple[str, bytes], list[Record]] = defaultdict(list)
    for record in sorted(counted.values(), key=lambda r: r.id):
        for ref in record.refs:
            referring[ref.relation, ref.target].append(record)
    index = {key: tuple(records) for key, records in referring.items()}
    documents = {
        document.id: document
        for record in counted.values()
        if record.kind in _CARRY_DOCUMENTS
        for document in [carried_document(record.body, network)]
    }
    return Evidence(now_ms, network, chains, live, counted, documents, index)


def _counts(exhibited: Record, chain: Chain | None) -> bool:
    """Tell whether an exhibited record counts; closing an identity takes no evidence back."""
    match judge_author(exhibited, chain):
        case Accept():
            return True
        case Ignore(rule):
            return rule == CLOSED_RULE
        case _:
            return False

"""Whether an agreement still has to be published: a document's co-signatures complete it, and copies of it are few.

Clients of the parties act on this unasked, so all of them have to see the same set and count the same copies.

Spec: state.md#formation
"""

from collections import defaultdict
from collections.abc import Iterable

from folkmoot.agreement import Cosignature, Document, completion
from folkmoot.kinds.consent import carried_cosignatures
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence
from folkmoot.state.lineage import known_cosignatures, withdrawn

COPIES_WANTED = 3
"""Live copies of an agreement with which a client is content."""


def complete_set(evidence: Evidence, document: Document) -> tuple[Cosignature, ...] | None:
    """Return one co-signature for every place, the least of each.

    `None` while any is missing, or when somebody took theirs back before it was complete.
    """
    if withdrawn(evidence, document):
        return None
    by_place: dict[int, list[Cosignature]] = defaultdict(list)
    for item in known_cosignatures(evidence, document):
        by_place[item.party].append(item)
    if len(by_place) < len(document.parties):
        return None
    return tuple(min(by_place[place]) for place in sorted(by_place))


def whole_copies(evidence: Evidence, document: Document) -> tuple[Record, ...]:
    """Return the live agreement records on a document that complete it each by itself."""
    return tuple(
        record
        for record in evidence.referring("agreement", "document", document.id)
        if evidence.is_live(record) and _is_whole(evidence, document, carried_cosignatures(record.body))
    )


def _is_whole(evidence: Evidence, document: Document, items: Iterable[Cosignature]) -> bool:
    return completion(document, items, evidence.chains, network=evidence.network).is_complete

"""Ways of working, and what those who chose one say became of it.

Spec: work.md#patterns
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from folkmoot.documents import ENGAGEMENT, TEAM
from folkmoot.ids import DocumentId, RecordId
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence
from folkmoot.state.lineage import formation

_CHOOSING = frozenset({ENGAGEMENT, TEAM})
"""Types of document whose parties choose a way of working."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The values reported for one measure, ascending."""

    values: tuple[int, ...]

    @property
    def median(self) -> int:
        """The middle value; of two in the middle the lower."""
        return self.values[(len(self.values) - 1) // 2]


@dataclass(frozen=True, slots=True)
class PatternState:
    """A pattern and what became of it.

    Attributes:
        id: Of its record.
        record: What it says.
        used_by: Complete teams and engagements that named it.
        outcomes: The reports that count.
        verdicts: How many say keep, change or drop.
        measures: What was reported, by the name of the measure.
    """

    id: RecordId
    record: Record
    used_by: tuple[DocumentId, ...]
    outcomes: tuple[RecordId, ...]
    verdicts: Mapping[str, int]
    measures: Mapping[str, Measured]


def derive_pattern(evidence: Evidence, pattern_id: RecordId) -> PatternState | None:
    """Derive what became of a pattern; `None` when it is not held.

    Spec: work.md#patterns
    """
    record = evidence.counted.get(pattern_id)
    if record is None or record.kind != "pattern":
        return None
    used_by = tuple(
        document_id
        for document_id, document in sorted(evidence.documents.items())
        if document.type in _CHOOSING
        and document.terms.get("pattern") == pattern_id
        and formation(evidence, document).is_complete
    )
    outcomes = _outcomes(evidence, pattern_id, used_by)
    values: dict[str, list[int]] = {}
    for outcome in outcomes:
        for name, value in _measured(outcome).items():
            values.setdefault(name, []).append(value)
    return PatternState(
        id=pattern_id,
        record=record,
        used_by=used_by,
        outcomes=tuple(outcome.id for outcome in outcomes),
        verdicts=dict(sorted(Counter(str(outcome.body["verdict"]) for outcome in outcomes).items())),
        measures={name: Measured(tuple(sorted(found))) for name, found in sorted(values.items())},
    )


def _outcomes(evidence: Evidence, pattern_id: RecordId, used_by: tuple[DocumentId, ...]) -> list[Record]:
    # PTN-1: An outcome counts from a party of a complete document that chose the pattern, the latest of each party.
    latest: dict[tuple[bytes, bytes], Record] = {}
    for outcome in evidence.referring("pattern-outcome", "pattern", pattern_id):
        document_id = DocumentId(outcome.targets("document")[0])
        if document_id in used_by and evidence.documents[document_id].indices_of(outcome.author):
            key = (outcome.author, document_id)
            if key not in latest or (outcome.rev, outcome.id) > (latest[key].rev, latest[key].id):
                latest[key] = outcome
    return sorted(latest.values(), key=lambda outcome: outcome.id)


def _measured(outcome: Record) -> dict[str, int]:
    """Return one value for each measure that an outcome gives: the first."""
    found: dict[str, int] = {}
    for measure in cast("list[dict[str, str | int]]", outcome.body.get("measures", [])):
        found.setdefault(str(measure["name"]), cast("int", measure["value"]))
    return found

"""Ways of working, and what those who chose one say became of it."""

from collections.abc import Mapping
from typing import cast

from typing_extensions import TypedDict

from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.kinds.practice import OUTCOME_WORDS
from folkmoot.state.patterns import PatternState, derive_pattern
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.shapes import Json
from folkmoot_node.views.viewpoint import Scene, Viewpoint

PATTERNS_MAX = 100
"""Patterns in a list, the newest."""


class MeasureShape(TypedDict):
    """What was reported for one measure: every value, ascending, and the middle one."""

    name: str
    unit: str
    values: list[int]
    median: int | None


class PatternSummary(TypedDict):
    """A pattern in a list; `verdicts` counts those who would keep, change or drop it."""

    id: str
    name: str
    intent: str
    author: str
    author_name: str
    used: int
    verdicts: dict[str, int]


class OutcomeShape(TypedDict):
    """What one party to a team or an engagement says became of it."""

    id: str
    author: str
    author_name: str
    document: str
    verdict: str
    measures: list[Json]
    note: str


class PatternShape(PatternSummary):
    """A pattern, who chose it, and what became of it."""

    body: Json
    derived_from: str | None
    used_by: list[str]
    measures: list[MeasureShape]
    outcomes: list[OutcomeShape]
    is_whole: bool


class PatternList(TypedDict):
    """Patterns, newest first."""

    items: list[PatternSummary]


async def patterns(view: Viewpoint, *, limit: int) -> PatternList:
    """List patterns, newest first."""
    known = await view.store.by_kind("pattern", limit=min(limit, PATTERNS_MAX))
    scene = await view.around(*(record.id for record in known))
    states = await view.work(lambda: [derive_pattern(scene.evidence, record.id) for record in known])
    return {"items": [_summary_json(scene, state) for state in states if state is not None]}


async def pattern(view: Viewpoint, pattern_id: RecordId) -> PatternShape:
    """Return a pattern and what became of it.

    Raises:
        UnknownIdError: No such pattern is held.
    """
    scene, state = await found_pattern(view, pattern_id)
    return await view.work(lambda: _pattern_json(scene, state))


async def found_pattern(view: Viewpoint, pattern_id: RecordId) -> tuple[Scene, PatternState]:
    """Find a pattern that is held.

    Raises:
        UnknownIdError: It is not.
    """
    scene = await view.around(pattern_id)
    state = await view.work(lambda: derive_pattern(scene.evidence, pattern_id))
    if state is None:
        raise UnknownIdError(f"no pattern {record_text(pattern_id)} is known here", advice=SYNC_ADVICE)
    return scene, state


def measure_units(body: Mapping[str, Value]) -> dict[str, str]:
    """Return the measures that a pattern names, each with its unit or nothing."""
    measures = cast("list[Mapping[str, str]]", body.get("measures", []))
    return {measure["name"]: measure.get("unit", "") for measure in measures}


def _summary_json(scene: Scene, state: PatternState) -> PatternSummary:
    return {
        "id": record_text(state.id),
        "name": str(state.record.body["name"]),
        "intent": str(state.record.body["intent"]),
        "author": identity_text(state.record.author),
        "author_name": scene.name(state.record.author),
        "used": len(state.used_by),
        "verdicts": {word: state.verdicts.get(word, 0) for word in OUTCOME_WORDS},
    }


def _pattern_json(scene: Scene, state: PatternState) -> PatternShape:
    body = body_json(state.record.body)
    return {
        **_summary_json(scene, state),
        "body": body,
        "derived_from": cast("str | None", body.get("derived_from")),
        "used_by": [document_text(document_id) for document_id in state.used_by],
        "measures": _measures_json(state),
        "outcomes": [_outcome_json(scene, outcome) for outcome in state.outcomes],
        "is_whole": scene.is_whole,
    }


def _measures_json(state: PatternState) -> list[MeasureShape]:
    """Return the measures that the pattern names, then others that somebody reported."""
    units = measure_units(state.record.body)
    items: list[MeasureShape] = []
    for name in dict.fromkeys([*units, *state.measures]):
        found = state.measures.get(name)
        items.append(
            {
                "name": name,
                "unit": units.get(name, ""),
                "values": list(found.values) if found is not None else [],
                "median": found.median if found is not None else None,
            }
        )
    return items


def _outcome_json(scene: Scene, outcome_id: RecordId) -> OutcomeShape:
    record = scene.evidence.counted[outcome_id]
    body = body_json(record.body)
    return {
        "id": record_text(outcome_id),
        "author": identity_text(record.author),
        "author_name": scene.name(record.author),
        "document": cast("str", body["document"]),
        "verdict": str(body["verdict"]),
        "measures": cast("list[Json]", body.get("measures", [])),
        "note": str(body.get("note", "")),
    }

"""Ways of working, and what became of them: `pattern` and `pattern-outcome`.

Spec: kinds/practice.md
"""

from folkmoot.kinds.kind import Kind, refer
from folkmoot.shape import ID, Choice, Fields, Integer, Many, Text

_YEAR_DAYS = 366
OUTCOME_WORDS = ("change", "drop", "keep")
_MEASURES_MAX = 16

PATTERN = Kind(
    name="pattern",
    slots=32,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    shape=Fields(
        {"name": Text(120), "intent": Text(1000), "steps": Many(Text(500), 32)},
        {
            "roles": Many(Fields({"title": Text(80)}, {"duties": Text(500)}), 16),
            "agreements": Many(Text(500), 16),
            "measures": Many(Fields({"name": Text(80)}, {"unit": Text(32)}), _MEASURES_MAX),
            "derived_from": ID,
        },
    ),
    refs=refer("derived_from"),
)

PATTERN_OUTCOME = Kind(
    name="pattern-outcome",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    shape=Fields(
        {"pattern": ID, "document": ID, "verdict": Choice(OUTCOME_WORDS)},
        {
            "measures": Many(Fields({"name": Text(80), "value": Integer()}), _MEASURES_MAX),
            "note": Text(2000),
        },
    ),
    refs=refer("pattern", "document"),
)

"""Coming into a team and going out of it: `apply` and `leave`.

Spec: kinds/membership.md
"""

from folkmoot.kinds.kind import Kind, refer
from folkmoot.limits import PARTIES_MAX, SHARES_TOTAL
from folkmoot.shape import ID, Choice, Fields, Integer, Text

_YEAR_DAYS = 366
LEAVE_REASONS = ("availability", "health", "other", "scope", "terms")

APPLY = Kind(
    name="apply",
    slots=64,
    days_max=_YEAR_DAYS,
    evidence=True,
    shape=Fields(
        {"document": ID, "party": Integer(0, PARTIES_MAX - 1), "text": Text(2000)},
        {"share": Integer(0, SHARES_TOTAL)},
    ),
    refs=refer("document"),
)

LEAVE = Kind(
    name="leave",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"document": ID, "reason": Choice(LEAVE_REASONS)}, {"note": Text(1000)}),
    refs=refer("document"),
)

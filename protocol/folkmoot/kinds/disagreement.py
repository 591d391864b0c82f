"""Disagreement, said in the open: `dispute`, and what follows it in `dispute-step`.

Spec: kinds/disagreement.md
"""

from folkmoot.errors import DecodeError
from folkmoot.kinds.kind import Kind, refer
from folkmoot.limits import MILESTONES_MAX
from folkmoot.record import Record
from folkmoot.shape import ID, Choice, Fields, Integer, Text

_YEAR_DAYS = 366
DISPUTE_STEPS = ("finding", "reply", "take", "withdraw")
FINDING_REASONS = ("client-at-fault", "no-fault", "provider-at-fault", "shared", "unproven")

DISPUTE = Kind(
    name="dispute",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields(
        {"about": ID, "text": Text(4000)}, {"milestone": Integer(0, MILESTONES_MAX - 1), "asks": Text(2000)}
    ),
    refs=refer("about"),
)


def _check_step(record: Record, _network: str) -> None:
    # DIS-1: A finding gives its reason, and nothing else does.
    if (record.body["step"] == "finding") != ("reason" in record.body):
        raise DecodeError("DIS-1", "a finding gives its reason, and no other step has one")


DISPUTE_STEP = Kind(
    name="dispute-step",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields(
        {"dispute": ID, "step": Choice(DISPUTE_STEPS)}, {"text": Text(4000), "reason": Choice(FINDING_REASONS)}
    ),
    refs=refer("dispute"),
    rules=_check_step,
)

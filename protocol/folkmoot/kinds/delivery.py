"""Work under an engagement: `delivery`, `review-of-delivery`, `payment`, `seen` and `closing`.

Nobody writes a status: whether a milestone is accepted, deemed accepted, paid or overdue follows from these; see
`folkmoot.state.engagement`.

Spec: kinds/delivery.md
"""

from itertools import pairwise
from typing import cast

from folkmoot.errors import DecodeError
from folkmoot.keys import DIGEST_BYTES
from folkmoot.kinds.kind import Kind, refer, refer_each
from folkmoot.limits import CRITERIA_MAX, MILESTONES_MAX, PARTIES_MAX, SEEN_MAX
from folkmoot.record import Record
from folkmoot.shape import ID, Bytes, Choice, Fields, Integer, Many, Text

_YEAR_DAYS = 366
_MILESTONE = Integer(0, MILESTONES_MAX - 1)

REVIEW_VERDICTS = ("accept", "reject")
PAYMENT_WAYS = ("received", "sent")
CLOSING_WAYS = ("cause", "completed", "convenience", "lapsed")

DELIVERY = Kind(
    name="delivery",
    slots=128,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields(
        {
            "document": ID,
            "milestone": _MILESTONE,
            "evidence": Many(
                Fields({"sha256": Bytes(DIGEST_BYTES)}, {"name": Text(160), "uri": Text(512), "length": Integer()}),
                16,
                0,
            ),
        },
        {"note": Text(2000)},
    ),
    refs=refer("document"),
)


def _check_review(record: Record, _network: str) -> None:
    # DRV-1: A rejection names the criteria that failed, in order, each once; an acceptance names none.
    failed = cast("list[int]", record.body.get("failed", []))
    if (record.body["verdict"] == "reject") != bool(failed):
        raise DecodeError("DRV-1", "a rejection names the criteria that failed, and an acceptance none")
    if any(earlier >= later for earlier, later in pairwise(failed)):
        raise DecodeError("DRV-1", "the criteria that failed are out of order or repeated")


REVIEW_OF_DELIVERY = Kind(
    name="review-of-delivery",
    slots=128,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields(
        {"delivery": ID, "verdict": Choice(REVIEW_VERDICTS)},
        {"failed": Many(Integer(0, CRITERIA_MAX - 1), CRITERIA_MAX), "note": Text(2000)},
    ),
    refs=refer("delivery"),
    rules=_check_review,
)

PAYMENT = Kind(
    name="payment",
    slots=128,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields(
        {
            "document": ID,
            "milestone": _MILESTONE,
            "way": Choice(PAYMENT_WAYS),
            "amount_minor": Integer(1),
            "currency": Text(3),
        },
        {"payee": Integer(0, PARTIES_MAX - 1), "note": Text(500)},
    ),
    refs=refer("document"),
)


def _check_seen(record: Record, _network: str) -> None:
    # SEE-1: What was seen ascends, each once.
    of = cast("list[bytes]", record.body["of"])
    if any(earlier >= later for earlier, later in pairwise(of)):
        raise DecodeError("SEE-1", "what was seen is out of order or repeated")


SEEN = Kind(
    name="seen",
    slots=128,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"of": Many(ID, SEEN_MAX)}),
    refs=refer_each("of"),
    rules=_check_seen,
)

CLOSING = Kind(
    name="closing",
    slots=64,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"document": ID, "way": Choice(CLOSING_WAYS)}, {"note": Text(2000)}),
    refs=refer("document"),
)

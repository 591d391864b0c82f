"""What is said around bids: `question`, `clarification`, `bid-commit`, `bid-list` and `counter`.

Spec: kinds/bidding.md
"""

from itertools import pairwise
from typing import cast

from folkmoot.errors import DecodeError
from folkmoot.ids import RecordId
from folkmoot.keys import DIGEST_BYTES
from folkmoot.kinds.kind import Kind, refer
from folkmoot.kinds.work import PRICE
from folkmoot.limits import BID_COMMITS_LISTED_MAX, PARTIES_MAX, SHARES_TOTAL
from folkmoot.record import Record
from folkmoot.shape import ID, Bytes, Fields, Integer, Many, Text

_YEAR_DAYS = 366

QUESTION = Kind(
    name="question",
    slots=32,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    shape=Fields({"opportunity": ID, "text": Text(2000)}),
    refs=refer("opportunity"),
)

CLARIFICATION = Kind(
    name="clarification",
    slots=64,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"opportunity": ID, "text": Text(4000)}, {"question": ID}),
    refs=refer("opportunity", "question"),
)

BID_COMMIT = Kind(
    name="bid-commit",
    slots=64,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"opportunity": ID, "digest": Bytes(DIGEST_BYTES)}),
    refs=refer("opportunity"),
)


def listed_commits(record: Record) -> tuple[RecordId, ...]:
    """Return the commits that a bid list names."""
    return tuple(cast("list[RecordId]", record.body["commits"]))


def _check_bid_list(record: Record, _network: str) -> None:
    # BDL-1: The commits of a list ascend, each once, so that the same commits are the same list.
    if any(earlier >= later for earlier, later in pairwise(listed_commits(record))):
        raise DecodeError("BDL-1", "its commits are out of order or repeated")


BID_LIST = Kind(
    name="bid-list",
    slots=32,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"opportunity": ID, "commits": Many(ID, BID_COMMITS_LISTED_MAX, 0)}),
    refs=refer("opportunity"),
    rules=_check_bid_list,
)


def _check_counter(record: Record, _network: str) -> None:
    # COU-1: It answers either a bid, to which a price belongs, or a document, to which a seat's share belongs.
    body = record.body
    if ("bid" in body) == ("document" in body):
        raise DecodeError("COU-1", "it does not answer exactly one bid or document")
    if ("price" in body and "bid" not in body) or (body.keys() & {"party", "share"} and "document" not in body):
        raise DecodeError("COU-1", "a price answers a bid; a party and a share answer a document")


COUNTER = Kind(
    name="counter",
    slots=64,
    days_max=_YEAR_DAYS,
    evidence=True,
    shape=Fields(
        {"text": Text(2000)},
        {
            "bid": ID,
            "document": ID,
            "price": PRICE,
            "party": Integer(0, PARTIES_MAX - 1),
            "share": Integer(0, SHARES_TOTAL),
        },
    ),
    refs=refer("bid", "document"),
    rules=_check_counter,
)

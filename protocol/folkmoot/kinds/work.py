"""From the call for proposals to the answer: `opportunity`, `bid`, `award` and `decline`.

Nobody writes a status. An opportunity is open, awarded or lapsed because of who signed what; see
`folkmoot.state.opportunity`.

Spec: kinds/work.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from folkmoot.errors import DecodeError
from folkmoot.ids import DocumentId, RecordId
from folkmoot.kinds.kind import Body, Kind
from folkmoot.record import Record, Ref
from folkmoot.sealed import SALT_BYTES
from folkmoot.shape import ID, Bytes, Choice, Fields, Flag, Integer, Many, Text

_YEAR_DAYS = 366
_CURRENCY = Text(3)
BIDS_OF_ONE_MAX = 16
"""The greatest number of bids that an opportunity can allow one identity."""

PRICE_UNITS = ("fixed", "hour", "day", "week", "month")
BUDGET_MODELS = (*PRICE_UNITS, "year", "retainer")
CLOSING_REASONS = ("filled-elsewhere", "cancelled", "budget", "revised", "other")
BID_MODES = ("open", "sealed")
DECLINE_REASONS = ("budget", "capacity", "fit", "other", "other-bid", "skills", "terms", "timing")

_ROLE = Fields(
    {"title": Text(80), "seats": Integer(1, 16)},
    {"skills": Many(Text(64), 32), "prefer": Many(Text(64), 32), "indifferent": Many(Text(64), 32)},
)
_BUDGET = Fields(
    {"model": Choice(BUDGET_MODELS), "currency": _CURRENCY}, {"min_minor": Integer(), "max_minor": Integer()}
)
PRICE = Fields({"amount_minor": Integer(), "currency": _CURRENCY, "unit": Choice(PRICE_UNITS)})


@dataclass(frozen=True, slots=True)
class Opportunity:
    """What of an opportunity the rules look at; times in ms, clauses that flow down by their names."""

    bids_close: int
    decide_by: int
    revises: RecordId | None
    closed: str | None
    is_sealed: bool
    bids_max: int | None
    parent: RecordId | None
    deliver_by: int | None
    flow_down: Mapping[str, str]


def read_opportunity(record: Record) -> Opportunity:
    """Read a filled record of this kind that passed its rules."""
    return read_call(record.body)


def read_call(body: Body) -> Opportunity:
    """Read the body of an opportunity that has the shape of its kind, before it is one."""
    closed = cast("dict[str, str]", body.get("closed", {}))
    parent = cast("dict[str, RecordId]", body.get("parent", {}))
    clauses = cast("list[dict[str, str]]", body.get("flow_down", []))
    return Opportunity(
        bids_close=cast("int", body["bids_close"]),
        decide_by=cast("int", body["decide_by"]),
        revises=cast("RecordId | None", body.get("revises")),
        closed=closed.get("reason"),
        is_sealed=body.get("mode") == "sealed",
        bids_max=cast("int | None", body.get("bids_max")),
        parent=parent.get("opportunity"),
        deliver_by=cast("int | None", body.get("deliver_by")),
        flow_down={clause["name"]: clause["text"] for clause in clauses},
    )


def _opportunity_refs(body: Body, _network: str) -> Iterable[Ref]:
    refs = {Ref("revises", cast("bytes", body["revises"]))} if "revises" in body else set()
    parent = cast("dict[str, bytes]", body.get("parent", {}))
    return refs | {Ref("parent", parent["opportunity"])} if parent else refs


def _check_opportunity(record: Record, _network: str) -> None:
    # OPP-1: Bids close at or before the moment by which the client decides.
    read = read_opportunity(record)
    if read.bids_close > read.decide_by:
        raise DecodeError("OPP-1", "bids close after the client decides")
    # OPP-2: A budget's least amount is not above its greatest.
    budget = cast("dict[str, int]", record.body.get("budget", {}))
    if "max_minor" in budget and budget.get("min_minor", 0) > budget["max_minor"]:
        raise DecodeError("OPP-2", "the budget's least amount is above its greatest")
    # OPP-3: A clause that flows down has a name of its own.
    if len(read.flow_down) != len(cast("list[Body]", record.body.get("flow_down", []))):
        raise DecodeError("OPP-3", "two clauses that flow down have one name")


OPPORTUNITY = Kind(
    name="opportunity",
    slots=32,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    shape=Fields(
        {
            "title": Text(160),
            "need": Text(4000),
            "roles": Many(_ROLE, 16),
            "bids_close": Integer(),
            "decide_by": Integer(),
        },
        {
            "skills": Many(Text(64), 64),
            "budget": _BUDGET,
            "criteria": Many(Fields({"name": Text(80), "weight": Integer(1, 100)}), 16),
            "client_name": Text(128),
            "location": Fields({}, {"city": Text(96), "region": Text(96), "country": Text(2), "remote": Flag()}),
            "engagement": Text(160),
            "language": Text(35),
            "start_day": Integer(),
            "uri": Text(512),
            "source": Fields({"format": Text(48), "day": Integer()}),
            "mode": Choice(BID_MODES),
            "bids_max": Integer(1, BIDS_OF_ONE_MAX),
            "uris": Many(Fields({"label": Text(64), "uri": Text(512)}), 64),
            "deliver_by": Integer(),
            "parent": Fields({"opportunity": ID, "seat": Text(80)}),
            "flow_down": Many(Fields({"name": Text(80), "text": Text(1000)}), 16),
            "revises": ID,
            "closed": Fields({"reason": Choice(CLOSING_REASONS)}, {"note": Text(500)}),
        },
    ),
    refs=_opportunity_refs,
    deadlines=lambda body, _network: (cast("int", body["bids_close"]), cast("int", body["decide_by"])),
    rules=_check_opportunity,
)


@dataclass(frozen=True, slots=True)
class Bid:
    """What of a bid the rules look at; `valid_until` in ms."""

    opportunity: RecordId
    valid_until: int
    team: DocumentId | None
    commit: RecordId | None
    salt: bytes | None


def read_bid(record: Record) -> Bid:
    """Read a filled record of this kind that passed its rules."""
    return Bid(
        opportunity=cast("RecordId", record.body["opportunity"]),
        valid_until=cast("int", record.body["valid_until"]),
        team=cast("DocumentId | None", record.body.get("team")),
        commit=cast("RecordId | None", record.body.get("commit")),
        salt=cast("bytes | None", record.body.get("salt")),
    )


def _bid_refs(body: Body, _network: str) -> Iterable[Ref]:
    refs = {Ref(name, cast("bytes", body[name])) for name in ("opportunity", "commit", "counter") if name in body}
    return refs | {Ref("document", cast("bytes", body["team"]))} if "team" in body else refs


def _check_bid(record: Record, _network: str) -> None:
    # BID-5: A bid that opens a commit gives the salt, and no other has one.
    if ("commit" in record.body) != ("salt" in record.body):
        raise DecodeError("BID-5", "a commit and its salt belong together")


BID = Kind(
    name="bid",
    slots=64,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    shape=Fields(
        {"opportunity": ID, "price": PRICE, "plan": Text(4000), "valid_until": Integer()},
        {
            "team": ID,
            "allocations": Many(Fields({"party": Integer(0, 63), "amount_minor": Integer()}), 64),
            "assumptions": Text(2000),
            "commit": ID,
            "salt": Bytes(SALT_BYTES),
            "counter": ID,
        },
    ),
    refs=_bid_refs,
    rules=_check_bid,
    deadlines=lambda body, _network: (cast("int", body["valid_until"]),),
)

AWARD = Kind(
    name="award",
    slots=32,
    days_max=5 * _YEAR_DAYS,
    evidence=True,
    withdrawable=False,
    shape=Fields({"opportunity": ID, "bid": ID}, {"note": Text(1000)}),
    refs=lambda body, _network: (
        Ref("opportunity", cast("bytes", body["opportunity"])),
        Ref("bid", cast("bytes", body["bid"])),
    ),
)


def _decline_refs(body: Body, _network: str) -> Iterable[Ref]:
    return {Ref(name, cast("bytes", body[name])) for name in ("bid", "document") if name in body}


def _check_decline(record: Record, _network: str) -> None:
    # DEC-1: It declines either a bid or a document.
    if ("bid" in record.body) == ("document" in record.body):
        raise DecodeError("DEC-1", "it does not decline exactly one bid or document")


DECLINE = Kind(
    name="decline",
    slots=64,
    days_max=2 * _YEAR_DAYS,
    evidence=True,
    shape=Fields({"reason": Choice(DECLINE_REASONS)}, {"bid": ID, "document": ID, "note": Text(1000)}),
    refs=_decline_refs,
    rules=_check_decline,
)

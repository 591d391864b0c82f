"""Terms of an engagement as people type and edit them: dates, amounts and shares as text, ids as they are.

Theory of operation: what a draft begins with comes from the daemon, as the API has it. A file and options are laid
over it. `readable` writes the whole for a file that people change, and `parse_plan` reads such a file back; both
know only the fields that are kept in other units than people use, and leave all else to the daemon to judge.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from folkmoot_node.cli.dates import day_text, parse_day
from folkmoot_node.cli.files import TEXT_BYTES_MAX, read_file
from folkmoot_node.cli.forms import SHARES_TOTAL, parse_share
from folkmoot_node.cli.money import money, parse_amount, parse_price
from folkmoot_node.errors import ConfigError, FileError

ACCEPT_DAYS = 5
ON_SILENCE = "accept"
CLIENT = "client"

_FEES = ("kill_fee", "late_fee")
_NARROW_SPACE = "\u202f"
_PARTS_OF_MILESTONE = 4
_MILESTONE_ADVICE = "Write name, money, day and criteria: 'First half:2400EUR:+14d:It runs.;It is tested.'"

Terms = dict[str, Any]


@dataclass(slots=True)
class Plan:
    """What is to be drafted: parties with capacity and identity, and terms, both as the API has them."""

    parties: list[dict[str, Any]] = field(default_factory=list)
    terms: Terms = field(default_factory=dict)

    def take(self, other: "Plan") -> None:
        """Lay what another says over this; new parties come with their own shares, or with none."""
        if other.parties:
            self.parties = other.parties
            self.terms.pop("shares", None)
        self.terms.update(other.terms)

    def request(self, begun: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a request; what was suggested and is no longer there is taken away by name."""
        gone = dict.fromkeys(begun["terms"].keys() - self.terms.keys())
        return {"parties": self.parties, "terms": {**gone, **self.terms}}


def parse_milestone(given: str, *, now_ms: int) -> tuple[dict[str, Any], str]:
    """Read a milestone such as `First half:2400EUR:+14d:It runs.;It is tested.`; return it and its currency.

    Raises:
        ConfigError: It is not of that form.
    """
    parts = [part.strip() for part in given.split(":", _PARTS_OF_MILESTONE - 1)]
    criteria = [item.strip() for item in parts[-1].split(";") if item.strip()]
    if len(parts) < _PARTS_OF_MILESTONE or not parts[0] or not criteria:
        raise ConfigError(f"{given!r} is not a milestone", advice=_MILESTONE_ADVICE)
    price = parse_price(parts[1])
    if price["unit"] != "fixed":
        raise ConfigError(f"a milestone is worth an amount, not {parts[1]}", advice=_MILESTONE_ADVICE)
    milestone = {
        "name": parts[0],
        "amount_minor": price["amount_minor"],
        "due_day": parse_day(parts[2], now_ms=now_ms),
        "criteria": criteria,
        "accept_days": ACCEPT_DAYS,
        "on_silence": ON_SILENCE,
    }
    return milestone, str(price["currency"])


def parse_milestones(given: list[str], *, now_ms: int) -> Terms:
    """Read milestones, all in one currency, which is the engagement's.

    Raises:
        ConfigError: One is not of its form, or they are in several currencies.
    """
    read = [parse_milestone(item, now_ms=now_ms) for item in given]
    currencies = sorted({currency for _item, currency in read})
    if len(currencies) > 1:
        raise ConfigError(f"one engagement has one currency, not {' and '.join(currencies)}")
    return {"currency": currencies[0], "milestones": [item for item, _currency in read]} if read else {}


def shares_of(seats: list[dict[str, Any]]) -> Terms:
    """Return the shares that were typed with parties, the client's being nothing; none if nobody typed one.

    Raises:
        ConfigError: Some who work have a share and some have none, or they make no whole.
    """
    workers = [seat for seat in seats if seat["capacity"].strip() != CLIENT]
    shares = [int(seat["share"]) for seat in seats if seat.get("share")]
    if not shares:
        return {}
    if any(seat.get("share") is None for seat in workers) or sum(shares) != SHARES_TOTAL:
        raise ConfigError(
            "the shares of those who work do not make 100 %",
            advice="Give everybody but the client a share, or nobody.",
        )
    return {"shares": [int(seat.get("share") or 0) for seat in seats]}


def read_plan(path: Path, *, now_ms: int) -> Plan:
    """Read parties and terms from a file such as `--print` writes.

    Raises:
        FileError: It cannot be read, or is no such JSON.
        ConfigError: A date, an amount or a share in it makes no sense.
    """
    data = read_file(path, bytes_max=TEXT_BYTES_MAX)
    try:
        loose = json.loads(data)
    except ValueError as error:
        raise FileError(f"{path} is not JSON", advice="`folkmoot engagement draft --print` shows one.") from error
    match loose:
        case {"terms": dict() as terms, **rest} if rest.keys() <= {"parties"}:
            return parse_plan(rest.get("parties", []), terms, now_ms=now_ms)
        case _:
            raise FileError(
                f"{path} does not hold `terms` and `parties` alone",
                advice="`folkmoot engagement draft --print` shows one.",
            )


def parse_plan(parties: object, terms: Terms, *, now_ms: int) -> Plan:
    """Turn what people write into what the API takes.

    Raises:
        ConfigError: A date, an amount or a share makes no sense, or parties or milestones are no lists of objects.
    """
    read: Terms = dict(terms)
    currency = str(read.get("currency", ""))
    if "milestones" in read:
        read["milestones"] = [
            _milestone(item, currency, now_ms) for item in _objects(read["milestones"], "milestones")
        ]
    read.update({name: parse_share(read[name]) for name in _FEES if isinstance(read.get(name), str)})
    seats = [_party(item) for item in _objects(parties, "parties")]
    if seats:
        read.update(shares_of(seats))
    return Plan([{name: seat[name] for name in ("capacity", "identity") if name in seat} for seat in seats], read)


def readable(plan: Plan) -> dict[str, Any]:
    """Write a plan as people read and change it; `parse_plan` reads it back."""
    terms = dict(plan.terms)
    shares = terms.pop("shares", [])
    currency = str(terms.get("currency", ""))
    if "milestones" in terms:
        terms["milestones"] = [_readable_milestone(item, currency) for item in terms["milestones"]]
    terms.update({name: share_text(terms[name]) for name in _FEES if name in terms})
    parties = [
        {**party, **({"share": share_text(shares[place])} if place < len(shares) else {})}
        for place, party in enumerate(plan.parties)
    ]
    return {"parties": parties, "terms": terms}


def share_text(share: int) -> str:
    """Write basis points as they can be typed back."""
    whole, rest = divmod(share, 100)
    return f"{whole}.{rest:02d}%" if rest else f"{whole}%"


def _objects(loose: object, what: str) -> list[dict[str, Any]]:
    if not isinstance(loose, list) or not all(isinstance(item, dict) for item in loose):
        raise ConfigError(
            f"the {what} are not a list of objects", advice="See `folkmoot engagement draft --print`."
        )
    return loose


def _milestone(item: dict[str, Any], currency: str, now_ms: int) -> dict[str, Any]:
    read = dict(item)
    if "amount" in read:
        read["amount_minor"] = parse_amount(str(read.pop("amount")), currency)
    if "due" in read:
        read["due_day"] = parse_day(str(read.pop("due")), now_ms=now_ms)
    return read


def _party(item: dict[str, Any]) -> dict[str, Any]:
    read = {
        "capacity": str(item.get("capacity", "")),
        **{name: item[name] for name in ("identity",) if name in item},
    }
    share = item.get("share")
    return read if share is None else {**read, "share": parse_share(str(share))}


def _readable_milestone(item: Mapping[str, Any], currency: str) -> dict[str, Any]:
    amount = money(item["amount_minor"], currency).replace(_NARROW_SPACE, "")
    kept = {name: value for name, value in item.items() if name not in ("name", "amount_minor", "due_day")}
    return {"name": item["name"], "amount": amount, "due": day_text(item["due_day"]), **kept}

"""The types of document that this edition knows, and what their terms hold.

Spec: agreement.md#types, documents.md
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from folkmoot.agreement import Document
from folkmoot.canonical import Value
from folkmoot.errors import DecodeError
from folkmoot.ids import ID_BYTES, DocumentId, IdentityId, RecordId
from folkmoot.limits import (
    CRITERIA_MAX,
    MILESTONES_MAX,
    PARTIES_MAX,
    SHARES_TOTAL,
    WITNESSES_MAX,
)
from folkmoot.shape import ID, Choice, Fields, Integer, Many, Text, unnamed

TEAM = "team"
ENGAGEMENT = "engagement"
CLOSING = "closing"
SETTLEMENT = "settlement"

CLIENT = "client"
"""Capacity of the party of an engagement that commissions the work."""

SILENCE_WORDS = ("accept", "nothing", "reject")
CLOSING_WORDS = ("completed", "mutual")

_RELATIONS = ("bid", "dispute", "engagement", "opportunity", "pattern", "team")
_PARTY = Integer(0, PARTIES_MAX - 1)
_SHARES = Many(Integer(0, SHARES_TOTAL), PARTIES_MAX)

TYPES: Mapping[str, Fields] = {
    TEAM: Fields(
        {"name": Text(120), "purpose": Text(2000), "lead": _PARTY},
        {
            "opportunity": ID,
            "shares": _SHARES,
            "decide": Text(500),
            "replace": Text(500),
            "exit": Text(500),
            "scoping": Many(Fields({"party": _PARTY, "share": Integer(1, SHARES_TOTAL)}), PARTIES_MAX),
            "filled_by": Many(Fields({"seat": Text(80), "opportunity": ID}), 16),
            "pattern": ID,
        },
    ),
    ENGAGEMENT: Fields(
        {
            "title": Text(160),
            "deliverables": Many(Text(500), 32),
            "currency": Text(3),
            "milestones": Many(
                Fields(
                    {
                        "name": Text(120),
                        "amount_minor": Integer(),
                        "due_day": Integer(),
                        "criteria": Many(Text(300), CRITERIA_MAX),
                        "accept_days": Integer(1, 90),
                        "on_silence": Choice(SILENCE_WORDS),
                    }
                ),
                MILESTONES_MAX,
            ),
            "pay_days": Integer(0, 365),
        },
        {
            "opportunity": ID,
            "bid": ID,
            "team": ID,
            "pattern": ID,
            "shares": _SHARES,
            "out_of_scope": Many(Text(500), 16),
            "expenses": Text(500),
            "kill_fee": Integer(0, SHARES_TOTAL),
            "late_fee": Integer(0, SHARES_TOTAL),
            "change": Text(1000),
            "rights": Text(1000),
            "confidentiality": Text(1000),
            "notice_days": Integer(0, 365),
            "review_days": Integer(1, 60),
            "dispute_path": Many(Text(300), 8),
            "resolver": ID,
            "witnesses": Many(ID, WITNESSES_MAX),
            "flow_down": Many(Fields({"name": Text(80), "text": Text(1000)}), 16),
        },
    ),
    CLOSING: Fields({"engagement": ID, "way": Choice(CLOSING_WORDS)}, {"text": Text(2000)}),
    SETTLEMENT: Fields({"dispute": ID, "text": Text(4000)}, {"engagement": ID}),
}


@dataclass(frozen=True, slots=True)
class TeamTerms:
    """What a team agrees on.

    Attributes:
        name: What it is called.
        purpose: What it is for.
        lead: The party that bids for it.
        opportunity: What it was formed to bid on.
        shares: In basis points by party, empty when nothing is said.
        filled_by: The sub-opportunities by which seats are to be filled, with the name of each seat.
        scoping: Credit in basis points for those who scoped the work, by party.
        pattern: The way of working that the team has chosen.
    """

    name: str
    purpose: str
    lead: int
    opportunity: RecordId | None
    shares: tuple[int, ...]
    filled_by: tuple[tuple[str, RecordId], ...] = ()
    scoping: tuple[tuple[int, int], ...] = ()
    pattern: RecordId | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A part of the work with its own acceptance and payment.

    Attributes:
        name: What it is called.
        amount_minor: What is due for it, in minor units of the engagement's currency, for all payees together.
        due_day: The day by which it is to be delivered, in days since 1970.
        criteria: By which it is accepted.
        accept_days: Days that the client has to answer a delivery.
        on_silence: What it means when they pass: `accept`, `reject` or `nothing`.
    """

    name: str
    amount_minor: int
    due_day: int
    criteria: tuple[str, ...]
    accept_days: int
    on_silence: str


@dataclass(frozen=True, slots=True)
class EngagementTerms:
    """What the parties of an engagement agree on, as far as states are derived from it.

    Attributes:
        title: What it is called.
        client: The party that commissions.
        currency: Of every amount, as in ISO 4217.
        milestones: In the order in which they are numbered.
        pay_days: Days from acceptance to payment.
        shares: How each amount is divided, in basis points by party; what the client's place holds is nothing.
        review_days: Days from the closing for blind reviews.
        witnesses: Whose receipts prove when something was seen.
        resolver: Who takes a dispute, or `None`.
        bid: The awarded bid that it was drafted from.
        opportunity: The opportunity that was awarded.
        team: The team that provides.
        pattern: The way of working that the parties have chosen.
        flow_down: Clauses that were passed on, by name.
    """

    title: str
    client: int
    currency: str
    milestones: tuple[Milestone, ...]
    pay_days: int
    shares: tuple[int, ...]
    review_days: int
    witnesses: tuple[IdentityId, ...]
    resolver: IdentityId | None
    bid: RecordId | None
    opportunity: RecordId | None
    team: DocumentId | None
    pattern: RecordId | None
    flow_down: Mapping[str, str]


REVIEW_DAYS = 14
"""Days for blind reviews where an engagement does not say."""


def check_terms(document: Document) -> None:
    """Check the terms of a document whose type this edition knows; others are left alone.

    Spec: agreement.md#types, documents.md

    Raises:
        DecodeError: TEA-1, TEA-2, TEA-4, ENG-1 to ENG-5, CLO-1 or SET-1.
    """
    checks: Mapping[str, tuple[str, Callable[[Document], None]]] = {
        TEAM: ("TEA-1", _check_team),
        ENGAGEMENT: ("ENG-1", _check_engagement),
        CLOSING: ("CLO-1", _pass),
        SETTLEMENT: ("SET-1", _pass),
    }
    if document.type not in checks:
        return
    rule, check = checks[document.type]
    # TEA-1, ENG-1, CLO-1, SET-1: The terms have the shape of their type.
    try:
        TYPES[document.type].check(dict(document.terms), "terms")
    except DecodeError as error:
        raise DecodeError(rule, error.why) from error
    check(document)


def _pass(_document: Document) -> None:
    return None


def _check_team(document: Document) -> None:
    # TEA-2: The lead is a party; shares, where given, are one for each party and make a whole.
    terms = team_terms(document)
    seats = len(document.parties)
    shares_fit = not terms.shares or (len(terms.shares) == seats and sum(terms.shares) == SHARES_TOTAL)
    if terms.lead >= seats or not shares_fit:
        raise DecodeError("TEA-2", "the lead is no party, or the shares do not make a whole")
    # TEA-4: Credit for scoping is of parties in ascending order, each once, and at most a whole.
    credited = [party for party, _share in terms.scoping]
    if credited != sorted(set(credited)) or any(party >= seats for party in credited):
        raise DecodeError("TEA-4", "credit for scoping goes to no party, or to one twice")
    if sum(share for _party, share in terms.scoping) > SHARES_TOTAL:
        raise DecodeError("TEA-4", "the credit for scoping is more than a whole")


def _check_engagement(document: Document) -> None:
    # ENG-2: One party is the client, somebody else works, and nobody commissions themselves.
    clients = [place for place, party in enumerate(document.parties) if party.capacity == CLIENT]
    if len(clients) != 1 or len(document.parties) == 1:
        raise DecodeError("ENG-2", "it does not have exactly one client and somebody who works")
    client = document.parties[clients[0]].identity
    if client is not None and len(document.indices_of(client)) > 1:
        raise DecodeError("ENG-2", "its client holds another place as well")
    # ENG-3: Shares are one for each party, none of it the client's, and make a whole.
    shares = cast("list[int]", document.terms.get("shares", []))
    fits = len(shares) == len(document.parties) and shares[clients[0]] == 0 and sum(shares) == SHARES_TOTAL
    if shares and not fits:
        raise DecodeError("ENG-3", "the shares are not one for each party that works, or make no whole")
    # ENG-4: No party is a witness or resolves disputes.
    outsiders = {*cast("list[bytes]", document.terms.get("witnesses", [])), document.terms.get("resolver")}
    if any(party.identity in outsiders for party in document.parties if party.identity is not None):
        raise DecodeError("ENG-4", "a party is its own witness or resolver")
    # ENG-5: A clause that flows down has a name of its own.
    clauses = cast("list[dict[str, str]]", document.terms.get("flow_down", []))
    if len({clause["name"] for clause in clauses}) != len(clauses):
        raise DecodeError("ENG-5", "two clauses that flow down have one name")


def team_terms(document: Document) -> TeamTerms:
    """Read the terms of a team document that passed `check_terms`."""
    terms = document.terms
    filled_by = cast("list[dict[str, Value]]", terms.get("filled_by", []))
    scoping = cast("list[dict[str, int]]", terms.get("scoping", []))
    return TeamTerms(
        name=cast("str", terms["name"]),
        purpose=cast("str", terms["purpose"]),
        lead=cast("int", terms["lead"]),
        opportunity=cast("RecordId | None", terms.get("opportunity")),
        shares=tuple(cast("list[int]", terms.get("shares", []))),
        filled_by=tuple((cast("str", item["seat"]), cast("RecordId", item["opportunity"])) for item in filled_by),
        scoping=tuple((item["party"], item["share"]) for item in scoping),
        pattern=cast("RecordId | None", terms.get("pattern")),
    )


def engagement_terms(document: Document) -> EngagementTerms:
    """Read the terms of an engagement that passed `check_terms`."""
    terms = document.terms
    client = next(place for place, party in enumerate(document.parties) if party.capacity == CLIENT)
    clauses = cast("list[dict[str, str]]", terms.get("flow_down", []))
    return EngagementTerms(
        title=cast("str", terms["title"]),
        client=client,
        currency=cast("str", terms["currency"]),
        milestones=tuple(_milestone(item) for item in cast("list[dict[str, Value]]", terms["milestones"])),
        pay_days=cast("int", terms["pay_days"]),
        shares=tuple(cast("list[int]", terms.get("shares", [])) or _even_shares(len(document.parties), client)),
        review_days=cast("int", terms.get("review_days", REVIEW_DAYS)),
        witnesses=tuple(cast("list[IdentityId]", terms.get("witnesses", []))),
        resolver=cast("IdentityId | None", terms.get("resolver")),
        bid=cast("RecordId | None", terms.get("bid")),
        opportunity=cast("RecordId | None", terms.get("opportunity")),
        team=cast("DocumentId | None", terms.get("team")),
        pattern=cast("RecordId | None", terms.get("pattern")),
        flow_down={clause["name"]: clause["text"] for clause in clauses},
    )


def _milestone(fields: Mapping[str, Value]) -> Milestone:
    return Milestone(
        name=cast("str", fields["name"]),
        amount_minor=cast("int", fields["amount_minor"]),
        due_day=cast("int", fields["due_day"]),
        criteria=tuple(cast("list[str]", fields["criteria"])),
        accept_days=cast("int", fields["accept_days"]),
        on_silence=cast("str", fields["on_silence"]),
    )


def _even_shares(parties: int, client: int) -> list[int]:
    """Divide a whole among all but the client; what does not divide goes to the first of them."""
    share, rest = divmod(SHARES_TOTAL, parties - 1)
    workers = [place for place in range(parties) if place != client]
    return [0 if place == client else share + (rest if place == workers[0] else 0) for place in range(parties)]


def named(document: Document) -> Iterator[tuple[str, bytes]]:
    """Yield what the terms of a document name, whatever its type, with the relation; records refer to these.

    Spec: documents.md#references
    """
    for relation in _RELATIONS:
        target = document.terms.get(relation)
        if _is_id(target):
            yield relation, cast("bytes", target)
    filled_by = document.terms.get("filled_by")
    for item in filled_by if isinstance(filled_by, list) else []:
        target = item.get("opportunity") if isinstance(item, dict) else None
        if _is_id(target):
            yield "filled_by", cast("bytes", target)


def _is_id(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == ID_BYTES


def unknown_to_us(document: Document) -> frozenset[str]:
    """Return the keys of a document that this edition cannot explain to the person asked to sign it.

    Nobody signs what their client cannot show; an unknown type is unknown as a whole. A key inside a term is given
    with the term, as in `milestones.penalty`.

    Spec: agreement.md#co-signature
    """
    shape = TYPES.get(document.type)
    if shape is None:
        return document.unknown | {"type"}
    return document.unknown | frozenset(unnamed(shape, dict(document.terms)))

"""The types of document that this edition knows, and what their terms hold.

Spec: agreement.md#types
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from folkmoot.agreement import Document
from folkmoot.errors import DecodeError
from folkmoot.ids import RecordId
from folkmoot.limits import PARTIES_MAX
from folkmoot.shape import ID, Fields, Integer, Many, Text

TEAM = "team"
SHARES_TOTAL = 10_000
"""A whole, in basis points."""

TYPES: Mapping[str, Fields] = {
    TEAM: Fields(
        {"name": Text(120), "purpose": Text(2000), "lead": Integer(0, PARTIES_MAX - 1)},
        {
            "opportunity": ID,
            "shares": Many(Integer(0, SHARES_TOTAL), PARTIES_MAX),
            "decide": Text(500),
            "replace": Text(500),
            "exit": Text(500),
        },
    )
}


@dataclass(frozen=True, slots=True)
class TeamTerms:
    """What a team agrees on; `shares` in basis points by party, empty when nothing is said."""

    name: str
    purpose: str
    lead: int
    opportunity: RecordId | None
    shares: tuple[int, ...]


def check_terms(document: Document) -> None:
    """Check the terms of a document whose type this edition knows; others are left alone.

    Spec: agreement.md#team-rules

    Raises:
        DecodeError: TEA-1 or TEA-2.
    """
    shape = TYPES.get(document.type)
    if shape is None:
        return
    # TEA-1: The terms have the shape of their type.
    try:
        shape.check(dict(document.terms), "terms")
    except DecodeError as error:
        raise DecodeError("TEA-1", error.why) from error
    # TEA-2: The lead is a party; shares, where given, are one for each party and make a whole.
    terms = team_terms(document)
    shares_fit = not terms.shares or (
        len(terms.shares) == len(document.parties) and sum(terms.shares) == SHARES_TOTAL
    )
    if terms.lead >= len(document.parties) or not shares_fit:
        raise DecodeError("TEA-2", "the lead is no party, or the shares do not make a whole")


def team_terms(document: Document) -> TeamTerms:
    """Read the terms of a team document that passed `check_terms`."""
    terms = document.terms
    return TeamTerms(
        name=cast("str", terms["name"]),
        purpose=cast("str", terms["purpose"]),
        lead=cast("int", terms["lead"]),
        opportunity=cast("RecordId | None", terms.get("opportunity")),
        shares=tuple(cast("list[int]", terms.get("shares", []))),
    )


def unknown_to_us(document: Document) -> frozenset[str]:
    """Return the keys of a document that this edition cannot explain to the person asked to sign it.

    Nobody signs what their client cannot show; an unknown type is unknown as a whole.

    Spec: agreement.md#co-signature
    """
    shape = TYPES.get(document.type)
    if shape is None:
        return document.unknown | {"type"}
    return document.unknown | (document.terms.keys() - shape.required.keys() - shape.optional.keys())

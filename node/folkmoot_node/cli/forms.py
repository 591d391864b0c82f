"""The small forms in which options take more than one thing: seats, roles, skills, languages, criteria, shares."""

import re
from typing import Any, TypeVar

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

ME = "me"
OPEN = "open"
SHARES_TOTAL = 10_000
"""A whole, in basis points."""

_SEAT_ADVICE = "Write a seat like 'backend=folk1…:40%', 'lead=me:3000' or 'captions=open'; 4000 is 40 %."
_BASIS_POINTS_DIGITS = 2
_MARKS = {"prefer": "+", "indifferent": "~"}
"""What stands before a skill of a role that is not asked for, by its list."""

_T = TypeVar("_T")


def parse_seat(given: str) -> dict[str, Any]:
    """Read a seat such as `backend=folk1…:4000`; `me` stays as it is, an open seat has no identity.

    Raises:
        ConfigError: It is not of that form.
        UnknownIdError: The identity is mistyped.
    """
    role, equals, rest = given.partition("=")
    holder, colon, share = rest.partition(":")
    if not equals or not role.strip() or not holder.strip():
        raise ConfigError(f"{given!r} is not a seat", advice=_SEAT_ADVICE)
    holder = holder.strip()
    identity = holder if holder == ME else None if holder == OPEN else checked_id(holder, IdPrefix.IDENTITY)
    seat: dict[str, Any] = {"role": role.strip(), "identity": identity}
    return {**seat, "share": parse_share(share)} if colon else seat


def parse_share(given: str) -> int:
    """Read a share, in per cent or in basis points, into basis points.

    Raises:
        ConfigError: It is neither, or above the whole.
    """
    found = re.fullmatch(r"([0-9]{1,5})(?:\.([0-9]{1,2}))?(%?)", given.strip())
    if found is None or (found[2] and not found[3]):
        raise ConfigError(f"{given!r} is not a share", advice=_SEAT_ADVICE)
    share = int(found[1] + (found[2] or "").ljust(_BASIS_POINTS_DIGITS, "0")) if found[3] else int(found[1])
    if share > SHARES_TOTAL:
        raise ConfigError(f"a share of {given.strip()} is more than the whole", advice=_SEAT_ADVICE)
    return share


def check_seats(seats: list[dict[str, Any]]) -> None:
    """Check that shares are given for every seat or for none, and make a whole.

    Raises:
        ConfigError: They do not.
    """
    shares = [seat["share"] for seat in seats if "share" in seat]
    if shares and len(shares) != len(seats):
        raise ConfigError("some seats have a share and some have none", advice="Give every seat a share, or none.")
    if shares and sum(shares) != SHARES_TOTAL:
        raise ConfigError(
            f"the shares make {percent(sum(shares))}, not 100 %",
            advice="Shares are per cent, or basis points where no % stands: 4000 is 40 %.",
        )


def percent(share: int) -> str:
    """Write basis points as per cent."""
    whole, rest = divmod(share, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


def parse_role(given: str) -> dict[str, Any]:
    """Read a role of an opportunity such as `backend:1:python,postgres,+rust,~php`.

    A skill is asked for; with a plus before it, it is preferred, and with a tilde it does not matter.

    Raises:
        ConfigError: It is not of that form.
    """
    title, *rest = (part.strip() for part in given.split(":", 2))
    seats = rest[0] if rest else "1"
    if not title or not seats.isdecimal() or int(seats) < 1:
        raise ConfigError(
            f"{given!r} is not a role", advice="Write title, seats and skills, like 'backend:1:python,+rust,~php'."
        )
    named = [skill.strip() for skill in rest[1].split(",")] if len(rest) > 1 else []
    role: dict[str, Any] = {"title": title, "seats": int(seats)}
    role["skills"] = [skill for skill in named if skill and skill[0] not in _MARKS.values()]
    for name, mark in _MARKS.items():
        marked = [skill[1:].strip() for skill in named if skill.startswith(mark) and skill[1:].strip()]
        role |= {name: marked} if marked else {}
    return role


def role_query(role: dict[str, Any]) -> str:
    """Write a role in the one form that the import of an opportunity takes."""
    marked = [mark + skill for name, mark in _MARKS.items() for skill in role.get(name, [])]
    return f"{role['title']}:{role['seats']}:{','.join([*role['skills'], *marked])}"


def parse_named(given: str) -> tuple[str, str]:
    """Read the label of a skill, and its entry in a catalogue where one is given: `Python=https://…`.

    Raises:
        ConfigError: There is no label, or no entry after the sign.
    """
    label, equals, uri = (part.strip() for part in given.partition("="))
    if not label or (equals and not uri):
        raise ConfigError(f"{given!r} is not a skill", advice="Write it like 'Python' or 'Python=https://…'.")
    return label, uri


def parse_clause(given: str) -> dict[str, str]:
    """Read a clause such as `GDPR: personal data stays in the EU`.

    Raises:
        ConfigError: It has no name or no text.
    """
    name, _colon, text = given.partition(":")
    if not name.strip() or not text.strip():
        raise ConfigError(
            f"{given!r} is not a clause", advice="Write its name and its text, like 'GDPR: data stays in the EU'."
        )
    return {"name": name.strip(), "text": text.strip()}


def parse_credit(given: str) -> dict[str, int]:
    """Read credit of a seat for scoping, such as `0=5%`.

    Raises:
        ConfigError: It is not of that form.
    """
    seat, equals, share = given.partition("=")
    if not equals or not seat.strip().isdecimal():
        raise ConfigError(
            f"{given!r} is not credit", advice="Write seat number and share, like 0=5%; `team show` numbers them."
        )
    return {"place": int(seat), "share": parse_share(share)}


def parse_filled(given: str) -> dict[str, str]:
    """Read by which opportunity a seat is filled, such as `captions=rec1…`.

    Raises:
        ConfigError: It is not of that form.
        UnknownIdError: The id is mistyped.
    """
    seat, equals, opportunity = given.partition("=")
    if not equals or not seat.strip():
        raise ConfigError(f"{given!r} fills no seat", advice="Write the seat and its opportunity: captions=rec1….")
    return {"seat": seat.strip(), "opportunity": checked_id(opportunity.strip(), IdPrefix.RECORD)}


def parse_skill(given: str) -> dict[str, Any]:
    """Read a skill such as `Python`, `Python:expert` or `Python:expert=https://…`.

    Raises:
        ConfigError: There is no label.
    """
    named, _equals, uri = given.partition("=")
    label, _colon, level = named.partition(":")
    if not label.strip():
        raise ConfigError(f"{given!r} is not a skill", advice="Write it like 'Python', or 'Python:expert'.")
    skill = {"label": label.strip(), "level": level.strip(), "uri": uri.strip()}
    return without_empty(skill)


def parse_language(given: str) -> dict[str, Any]:
    """Read a language such as `French:native`.

    Raises:
        ConfigError: There is no label.
    """
    label, _colon, fluency = given.partition(":")
    if not label.strip():
        raise ConfigError(f"{given!r} is not a language", advice="Write it like 'French' or 'French:native'.")
    return without_empty({"label": label.strip(), "fluency": fluency.strip()})


def parse_criterion(given: str) -> dict[str, Any]:
    """Read a criterion such as `craft:40`.

    Raises:
        ConfigError: It has no name or no weight.
    """
    name, _colon, weight = given.rpartition(":")
    if not name.strip() or not weight.strip().isdecimal():
        raise ConfigError(f"{given!r} is not a criterion", advice="Write a name and a weight, like 'craft:40'.")
    return {"name": name.strip(), "weight": int(weight)}


def without_empty(fields: dict[str, _T]) -> dict[str, _T]:
    """Leave out what was not given."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}

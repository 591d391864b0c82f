"""Who somebody is and when they have time: `profile` and `availability`.

No kind has a field for contact data: what is published here is copied by strangers for good.

Spec: kinds/people.md
"""

from collections.abc import Iterable
from typing import cast

from folkmoot.errors import DecodeError
from folkmoot.ids import RecordId
from folkmoot.kinds.kind import Body, Kind
from folkmoot.record import Record, Ref
from folkmoot.shape import ID, Choice, Fields, Integer, Many, Text

SHOWN_MAX = 64
DAYS_IN_YEAR = 366
HOURS_IN_WEEK = 168

_URI = Text(512)
_DATE = Text(10)
_SELF_ASSERTED = {"claim": Choice(("self-asserted",))}
_PERIOD = {"from": _DATE, "to": _DATE}

_SKILL = Fields({"label": Text(64)}, {"level": Text(32), "uri": _URI})
_WORK = Fields(
    _SELF_ASSERTED,
    {
        "title": Text(160),
        "organisation": Text(160),
        "summary": Text(600),
        "highlights": Many(Text(240), 8),
        **_PERIOD,
    },
)
_EDUCATION = Fields(
    _SELF_ASSERTED, {"institution": Text(160), "area": Text(160), "qualification": Text(160), **_PERIOD}
)
_PROJECT = Fields(
    {"title": Text(160), **_SELF_ASSERTED},
    {"summary": Text(600), "uri": _URI, "roles": Many(Text(64), 8), **_PERIOD},
)
_CREDENTIAL = Fields({"title": Text(160), **_SELF_ASSERTED}, {"issuer": Text(160), "day": _DATE, "uri": _URI})


def _shown_refs(body: Body, _network: str) -> Iterable[Ref]:
    return {Ref("shows", shown) for shown in shown_endorsements(body)}


def _check_profile(record: Record, _network: str) -> None:
    # PRO-1: No endorsement is listed twice.
    shown = shown_endorsements(record.body)
    if len(set(shown)) != len(shown):
        raise DecodeError("PRO-1", "an endorsement is shown twice")


def shown_endorsements(body: Body) -> tuple[RecordId, ...]:
    """Return the endorsements that a profile's owner shows; only these appear beside the profile."""
    return tuple(cast("list[RecordId]", body.get("shown", [])))


PROFILE = Kind(
    name="profile",
    slots=1,
    days_max=2 * DAYS_IN_YEAR,
    commons_only=True,
    shape=Fields(
        {"name": Text(128)},
        {
            "headline": Text(256),
            "summary": Text(2000),
            "skills": Many(_SKILL, 64),
            "languages": Many(Fields({"label": Text(64)}, {"fluency": Text(64)}), 16),
            "work": Many(_WORK, 24),
            "education": Many(_EDUCATION, 12),
            "projects": Many(_PROJECT, 24),
            "credentials": Many(_CREDENTIAL, 24),
            "location": Fields({}, {"city": Text(96), "region": Text(96), "country": Text(2)}),
            "interests": Many(Text(96), 16),
            "looking_for": Text(500),
            "source": Fields({"format": Text(48), "day": Integer()}),
            "shown": Many(ID, SHOWN_MAX),
        },
    ),
    refs=_shown_refs,
    rules=_check_profile,
)


def _check_availability(record: Record, _network: str) -> None:
    # AVL-1: The window ends on or after its first day and lasts at most 366 days.
    first, last = cast("int", record.body["from"]), cast("int", record.body["until"])
    if not first <= last <= first + DAYS_IN_YEAR:
        raise DecodeError("AVL-1", "the window is empty or longer than 366 days")


AVAILABILITY = Kind(
    name="availability",
    slots=1,
    days_max=DAYS_IN_YEAR,
    commons_only=True,
    shape=Fields(
        {"hours_per_week": Integer(0, HOURS_IN_WEEK), "from": Integer(), "until": Integer()}, {"note": Text(280)}
    ),
    rules=_check_availability,
)

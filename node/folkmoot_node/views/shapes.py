"""What each view gives back, field by field: the contract of the API's answers and of its description.

Ids are text, moments are ms since 1970 in UTC, days are counted from 1970-01-01, amounts are in minor units.
"""

from typing_extensions import TypedDict  # pydantic reads these, and wants this one before Python 3.12

Json = dict[str, object]


class RecordShape(TypedDict):
    """One record as its author said it; bytes that are no id are in hex."""

    id: str
    kind: str
    author: str
    space: str
    slot: int
    rev: int
    expires_day: int
    refs: list[list[str]]
    body: Json
    received_ms: int | None
    is_live: bool


class SeatShape(TypedDict):
    """One seat of a team; `share` in hundredths of a per cent."""

    place: int
    role: str
    identity: str | None
    name: str | None
    share: int | None
    status: str


class TeamSummary(TypedDict):
    """A team offer in a list."""

    id: str
    name: str
    purpose: str
    status: str
    drafter: str
    drafter_name: str
    lead: int
    opportunity: str | None
    accept_by: int
    prev: str | None
    superseded_by: str | None
    seats: list[SeatShape]


class RefusedShape(TypedDict):
    """An acceptance that does not count for a team offer, and the rule that says so."""

    record: str
    author: str
    author_name: str
    document: str
    rule: str


class TeamList(TypedDict):
    """Team offers, newest first."""

    items: list[TeamSummary]


class OpportunitySummary(TypedDict):
    """An opportunity in a list."""

    id: str
    title: str
    client: str
    client_name: str
    status: str
    bids_close: int
    decide_by: int
    roles: list[Json]
    skills: list[str]
    budget: Json | None
    bids: int


class OpportunityList(TypedDict):
    """Opportunities."""

    items: list[OpportunitySummary]


class FoundPerson(TypedDict):
    """Somebody who matches a search, and why."""

    identity: str
    name: str
    headline: str
    skills: list[str]
    hours_per_week: int | None
    is_stale: bool
    shown_endorsements: int
    why: list[str]


class Findings(TypedDict):
    """What a search found."""

    people: list[FoundPerson]
    opportunities: list[OpportunitySummary]


class PostShape(TypedDict):
    """One post."""

    id: str
    author: str
    author_name: str
    text: str
    title: str
    topic: str
    tags: list[str]
    about: str | None
    replies: str | None
    rev: int


class PostList(TypedDict):
    """Posts, newest first."""

    items: list[PostShape]


class StateShape(TypedDict):
    """The whole state in one number, and of how much it is made."""

    state_hash: str
    as_of_ms: int
    records: int
    operations: int


class Holdings(TypedDict):
    """Who the owner of a node is, and how much the node holds."""

    spec: str
    network: str
    identity: str
    name: str
    now_ms: int
    records: dict[str, int]
    identities: int
    waiting: int
    database_bytes: int

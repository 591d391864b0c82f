"""What requests hold, as the OpenAPI description shows it; what it means is decided by the acts."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from folkmoot.kinds.work import BIDS_OF_ONE_MAX
from folkmoot.limits import INTEGER_MAX

Id = Annotated[str, Field(min_length=1, max_length=100)]
Moment = Annotated[int, Field(ge=0, le=INTEGER_MAX, description="A moment, in milliseconds since 1970 in UTC.")]
Day = Annotated[int, Field(ge=0, le=1_000_000, description="A day, counted from 1970-01-01 in UTC.")]
Amount = Annotated[int, Field(ge=0, le=INTEGER_MAX, description="An amount in minor units, such as cents.")]


class _Request(BaseModel):
    """Strict: a field that does not exist and a number given as text are mistakes, and the caller hears of them."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Skill(_Request):
    """A skill in a profile."""

    label: str = Field(max_length=64)
    level: str | None = Field(None, max_length=32)
    uri: str | None = Field(None, max_length=512, description="Its entry in a catalogue such as ESCO.")


class Language(_Request):
    """A language in a profile."""

    label: str = Field(max_length=64)
    fluency: str | None = Field(None, max_length=64)


class Place(_Request):
    """Where somebody is, no closer than a city."""

    city: str | None = Field(None, max_length=96)
    region: str | None = Field(None, max_length=96)
    country: str | None = Field(None, max_length=2, description="ISO 3166-1, two letters.")


class WorkPlace(Place):
    """Where the work is done."""

    remote: bool | None = None


class Profile(_Request):
    """Fields of the owner's profile; what is left out stays as it was."""

    name: str = Field(max_length=128)
    headline: str | None = Field(None, max_length=256)
    summary: str | None = Field(None, max_length=2000)
    skills: list[Skill] | None = Field(None, max_length=64)
    location: Place | None = None
    languages: list[Language] | None = Field(None, max_length=16)
    looking_for: str | None = Field(None, max_length=500)
    allow_contacts: bool = Field(False, description="Publish even what looks like contact data.")


class Availability(_Request):
    """When the owner has time."""

    hours_per_week: int = Field(ge=0, le=168)
    until_day: Day
    from_day: Day | None = Field(None, description="Today when left out.")
    note: str = Field("", max_length=280)


class Role(_Request):
    """Who is looked for."""

    title: str = Field(max_length=80)
    seats: int = Field(1, ge=1, le=16)
    skills: list[str] = Field([], max_length=32, description="Without which nobody can do it.")
    prefer: list[str] = Field([], max_length=32, description="Welcome, and not asked for.")
    indifferent: list[str] = Field([], max_length=32, description="What does not matter, said aloud.")


class Budget(_Request):
    """What may be spent."""

    model: Literal["fixed", "hour", "day", "week", "month", "year", "retainer"]
    currency: str = Field(min_length=3, max_length=3, description="ISO 4217.")
    min_minor: Amount | None = None
    max_minor: Amount | None = None


class Criterion(_Request):
    """By what bids are compared."""

    name: str = Field(max_length=80)
    weight: int = Field(ge=1, le=100)


class Named(_Request):
    """Where something that has a label is described."""

    label: str = Field(min_length=1, max_length=64)
    uri: str = Field(min_length=1, max_length=512, description="Such as the entry of a skill in ESCO.")


class Clause(_Request):
    """A clause that everybody further down passes on word for word."""

    name: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=1000)


class Parent(_Request):
    """What an opportunity hangs on, and the seat there that it is to fill."""

    opportunity: Id
    seat: str = Field(min_length=1, max_length=80)


class Opportunity(_Request):
    """A call for proposals."""

    title: str = Field(max_length=160)
    need: str = Field(max_length=4000)
    roles: list[Role] = Field(min_length=1, max_length=16)
    bids_close: Moment
    decide_by: Moment | None = Field(None, description="14 days after bids close when left out.")
    deliver_by: Moment | None = Field(None, description="When the work is to be done; the parent's when left out.")
    mode: Literal["open", "sealed"] | None = Field(None, description="Whether bids are sealed until they close.")
    bids_max: int | None = Field(None, ge=1, le=BIDS_OF_ONE_MAX, description="Bids that one bidder may make.")
    budget: Budget | None = None
    skills: list[str] = Field([], max_length=64)
    uris: list[Named] = Field([], max_length=64, description="Entries of the skills in a catalogue.")
    criteria: list[Criterion] = Field([], max_length=16)
    location: WorkPlace | None = None
    language: str | None = Field(None, max_length=35, description="BCP 47.")
    engagement: str | None = Field(None, max_length=160)
    start_day: Day | None = None
    parent: Parent | None = None
    flow_down: list[Clause] = Field([], max_length=16, description="The parent's come down without being named.")
    space: str | None = Field(
        None, max_length=48, description="Where it lives; where its parent does, or `commons`, when left out."
    )


class Closing(_Request):
    """Why a call for proposals is withdrawn."""

    reason: Literal["filled-elsewhere", "cancelled", "budget", "revised", "other"]
    note: str = Field("", max_length=500)


class Seat(_Request):
    """One seat of a team."""

    role: str = Field(min_length=1, max_length=80)
    identity: Id | None = Field(None, description="For whom it is; nobody yet when left out.")
    share: int | None = Field(None, ge=0, le=10_000, description="In hundredths of a per cent.")


class Filled(_Request):
    """A seat that is filled by an opportunity of its own."""

    seat: str = Field(min_length=1, max_length=80)
    opportunity: Id


class Credit(_Request):
    """Credit of a seat for having scoped the work."""

    place: int = Field(ge=0, le=63, description="A seat's number, from 0.")
    share: int = Field(ge=1, le=10_000, description="In hundredths of a per cent.")


class Team(_Request):
    """What a team is to agree on."""

    name: str = Field(min_length=1, max_length=120)
    purpose: str = Field(min_length=1, max_length=2000)
    seats: list[Seat] = Field(min_length=1, max_length=64)
    lead: int | None = Field(None, ge=0, le=63, description="The seat of who bids for the team.")
    opportunity: Id | None = None
    accept_by: Moment | None = Field(None, description="Seven days from now when left out.")
    replaces: Id | None = Field(None, description="The offer that this one is to replace.")
    decide: str = Field("", max_length=500)
    exit: str = Field("", max_length=500)
    replace: str = Field("", max_length=500)
    scoping: list[Credit] = Field([], max_length=64)
    filled_by: list[Filled] = Field([], max_length=16)
    pattern: Id | None = Field(None, description="The way of working that the team chooses.")


class Acceptance(_Request):
    """Which seat to sign."""

    seat: int | None = Field(None, ge=0, le=63, description="All of the owner's that wait when left out.")


_DeclineReason = Literal["budget", "capacity", "fit", "other", "other-bid", "skills", "terms", "timing"]


class Declining(_Request):
    """Why a seat is declined."""

    reason: _DeclineReason
    note: str = Field("", max_length=1000)


class Price(_Request):
    """What a bid asks."""

    amount_minor: Amount
    currency: str = Field(min_length=3, max_length=3, description="ISO 4217.")
    unit: Literal["fixed", "hour", "day", "week", "month"]


class Allocation(_Request):
    """What of the price one seat gets."""

    party: int = Field(ge=0, le=63)
    amount_minor: Amount


class Bid(_Request):
    """An answer to a call for proposals."""

    opportunity: Id
    price: Price
    plan: str = Field(min_length=1, max_length=4000)
    valid_until: Moment | None = Field(None, description="30 days from now when left out.")
    team: Id | None = None
    allocations: list[Allocation] = Field([], max_length=64)
    assumptions: str = Field("", max_length=2000)
    adopts: Id | None = Field(None, description="The client's counter to a bid that this one takes the place of.")


class Award(_Request):
    """Which bid is taken."""

    bid: Id
    note: str = Field("", max_length=1000)


class BidDecline(_Request):
    """Which bid is not taken, and why."""

    bid: Id
    reason: _DeclineReason
    note: str = Field("", max_length=1000)


class EndorsedSkill(_Request):
    """The skill that an endorsement is about."""

    label: str = Field(max_length=64)
    uri: str | None = Field(None, max_length=512)


class Endorsement(_Request):
    """A good word for somebody."""

    subject: Id
    text: str = Field(min_length=1, max_length=1000)
    skill: EndorsedSkill | None = None
    relation: str = Field("", max_length=80)
    basis: Id | None = Field(
        None, description="What both signed, a team or an engagement; without it, it is shown and never counted."
    )
    milestone: int | None = Field(None, ge=0, le=64, description="Of that engagement, counted from 0.")


class Post(_Request):
    """Something said to everybody."""

    text: str = Field(min_length=1, max_length=4000)
    title: str = Field("", max_length=160)
    topic: Literal["", "ask", "gathering", "lesson", "offer", "question", "talk"] = ""
    about: Id | None = None
    replies: Id | None = None
    tags: list[str] = Field([], max_length=8)
    space: str | None = Field(None, max_length=48)


class PeerAddress(_Request):
    """Whom to dial."""

    address: str = Field(
        min_length=1, max_length=512, description="A multiaddress that ends in /p2p/ and a peer id."
    )


class ClockOffset(_Request):
    """How far ahead of the machine's the clock of a test node runs."""

    offset_ms: int = Field(ge=-INTEGER_MAX, le=INTEGER_MAX)

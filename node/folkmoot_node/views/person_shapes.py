"""What views of people, of what they did and of what is said of them give back, field by field.

As in `folkmoot_node.views.shapes`: ids are text, moments ms since 1970, days are counted.
"""

from typing_extensions import TypedDict

from folkmoot_node.views.shapes import Json


class AvailabilityShape(TypedDict):
    """When somebody has time."""

    hours_per_week: int
    from_day: int
    until_day: int
    note: str
    is_stale: bool


class ObjectionShape(TypedDict):
    """A dispute that stands beside what was said; `reason` where there is a finding."""

    id: str
    by_name: str
    status: str
    text: str
    reason: str


EndorsementShape = TypedDict(
    "EndorsementShape",
    {
        "id": str,
        "author": str,
        "author_name": str,
        "text": str,
        "skill": Json | None,
        "relation": str | None,
        "class": str,
        "why": str,
        "basis": str | None,
        "milestone": int | None,
        "is_shown": bool,
        "given": int,
        "disputes": list[ObjectionShape],
    },
)
"""One endorsement of a person.

Class E3 has accepted work behind it, E2 an agreement that both signed, E1 neither; `why` says why it is of no
higher class, and `given` how many endorsements its author has standing.
"""


class TeamName(TypedDict):
    """A team that somebody is in."""

    id: str
    name: str


class FactShape(TypedDict):
    """How often something happened, and the ids of what shows it."""

    count: int
    proofs: list[str]


class CompanionShape(TypedDict):
    """Somebody with whom a person has worked, and where."""

    identity: str
    name: str
    proofs: list[str]


class FactsShape(TypedDict):
    """What a person has done, without any opinion; `is_whole` is false when there was too much to look at.

    `engagements` are by how they ended. `payment_days` are the days from each acceptance until the person, as the
    client, had paid all of it.
    """

    identity: str
    name: str
    engagements: dict[str, FactShape]
    one_sided: FactShape
    milestones: FactShape
    accepted_first_time: FactShape
    accepted: FactShape
    late: FactShape
    payment_days: list[int]
    payments: FactShape
    payments_overdue: FactShape
    bids_received: FactShape
    bids_answered: FactShape
    lapsed: FactShape
    unrevealed: FactShape
    left: FactShape
    companions: list[CompanionShape]
    is_whole: bool


class ReviewShape(TypedDict):
    """What one party says, or has promised to say, of another; `is_kept` where this node keeps what it will say."""

    author: str
    author_name: str
    subject: str | None
    subject_name: str | None
    document: str
    status: str
    text: str
    again: str
    commit: str | None
    review: str | None
    is_kept: bool
    disputes: list[ObjectionShape]


class ReviewList(TypedDict):
    """The reviews of an engagement."""

    items: list[ReviewShape]


class PersonShape(TypedDict):
    """What is known of a person: what they did before what others say of it."""

    identity: str
    name: str
    profile: Json | None
    profile_id: str | None
    availability: AvailabilityShape | None
    facts: FactsShape
    endorsements: list[EndorsementShape]
    reviews: list[ReviewShape]
    teams: list[TeamName]
    is_disputed: bool


class TieShape(TypedDict):
    """Something that ties one person to another, in words and by the id that shows it."""

    kind: str
    proof: str
    words: str


class TieStepShape(TypedDict):
    """One step of a way: from whom to whom, and by what they are tied."""

    giver: str
    giver_name: str
    receiver: str
    receiver_name: str
    ties: list[TieShape]


class WayShape(TypedDict):
    """One way by which trust reaches somebody, and how much comes by it."""

    amount: int
    steps: list[TieStepShape]


class TrustShape(TypedDict):
    """How far the owner's own ties reach somebody: no property of that person, and nobody else's answer.

    `amount` is at most `amount_max`; `distance` is null when no tie leads there. `is_whole` is false when not
    everybody within reach was looked at.
    """

    viewer: str
    identity: str
    name: str
    amount: int
    amount_max: int
    distance: int | None
    ways: list[WayShape]
    looked_at: int
    is_whole: bool

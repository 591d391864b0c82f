"""What views of engagements, disputes and documents to sign give back, field by field.

As in `folkmoot_node.views.shapes`: ids are text, moments ms since 1970, days counted, amounts in minor units.
Parties, milestones and criteria are numbered from 0, as in the document that was signed.
"""

from typing_extensions import TypedDict

from folkmoot_node.views.shapes import Json, RefusedShape


class PartyShape(TypedDict):
    """One place in an engagement; `share` in hundredths of a per cent."""

    place: int
    capacity: str
    identity: str | None
    name: str | None
    share: int
    signed: bool


class OutsiderShape(TypedDict):
    """Somebody who is no party and whom the terms give a part: `resolver` or `witness`."""

    part: str
    identity: str
    name: str


class PaymentShape(TypedDict):
    """What one payee is to get for a milestone; what was sent is the client's word."""

    payee: str
    payee_name: str
    place: int
    amount_minor: int
    received_minor: int
    sent_minor: int
    due_day: int | None
    overdue_days: int
    status: str


class FileShape(TypedDict):
    """One file of a delivery, known by its SHA-256 in hex."""

    sha256: str
    name: str
    uri: str
    length: int | None


class DeliveryShape(TypedDict):
    """One delivery of a milestone; `seen_by` are the names of those whose receipt counts."""

    id: str
    by: str
    by_name: str
    at: int
    files: list[FileShape]
    note: str
    seen_by: list[str]


class MilestoneShape(TypedDict):
    """One milestone and what became of it.

    `failed` are numbers of criteria, `answer` what the client said with it, and `answer_by` the moment at which
    silence decides, once somebody but the deliverer has shown when the delivery was seen.
    """

    place: int
    name: str
    amount_minor: int
    due_day: int
    criteria: list[str]
    accept_days: int
    on_silence: str
    status: str
    deliveries: list[DeliveryShape]
    failed: list[int]
    answer: str
    answer_by: int | None
    accepted_at: int | None
    is_late: bool
    payments: list[PaymentShape]
    proofs: list[str]


class EngagementSummary(TypedDict):
    """An engagement in a list."""

    id: str
    title: str
    status: str
    currency: str
    drafter: str
    drafter_name: str
    accept_by: int
    prev: str | None
    superseded_by: str | None
    parties: list[PartyShape]
    milestones: list[MilestoneShape]


class EngagementList(TypedDict):
    """Engagements, newest first."""

    items: list[EngagementSummary]


class EndingShape(TypedDict):
    """How an engagement ended, and whether all have signed that it did."""

    way: str
    by: list[str]
    by_names: list[str]
    is_one_sided: bool
    at: int
    proof: str


class OfferShape(TypedDict):
    """A change order, closing or settlement that hangs on an engagement or a dispute, and who has signed it."""

    id: str
    type: str
    way: str
    text: str
    status: str
    drafter_name: str
    accept_by: int
    signed: list[str]
    waiting: list[str]


class StepShape(TypedDict):
    """One step of a dispute; `reason` where it is a finding."""

    id: str
    by: str
    by_name: str
    step: str
    text: str
    reason: str
    at: int


class DisputeShape(TypedDict):
    """A dispute and how far it has come; `settlements` are documents that would end it, signed by all or not."""

    id: str
    by: str
    by_name: str
    at: int
    about: str
    engagement: str | None
    milestone: int | None
    status: str
    reason: str
    text: str
    asks: str
    resolver: str | None
    resolver_name: str | None
    settlement: str | None
    settlements: list[OfferShape]
    steps: list[StepShape]


class EngagementShape(EngagementSummary):
    """Everything about an engagement.

    `remarks` say what it leaves open, `changed` which terms differ from those of the document before it, and
    `offers` which documents about it wait for signatures or had all of them.
    """

    outsiders: list[OutsiderShape]
    endings: list[EndingShape]
    disputes: list[DisputeShape]
    offers: list[OfferShape]
    remarks: list[str]
    changed: list[str]
    refused: list[RefusedShape]
    terms: Json
    is_whole: bool


class PartyTerms(TypedDict):
    """A place as it is typed when an engagement is drafted."""

    capacity: str
    identity: str


class SuggestionShape(TypedDict):
    """Parties and terms to begin an engagement or a change order with."""

    parties: list[PartyTerms]
    terms: Json


class DocumentShape(TypedDict):
    """A document of any type, as whoever is asked to sign it needs to see it; `unknown` terms cannot be shown."""

    id: str
    type: str
    status: str
    drafter: str
    drafter_name: str
    accept_by: int
    signed: list[str]
    waiting: list[str]
    unknown: list[str]
    terms: Json

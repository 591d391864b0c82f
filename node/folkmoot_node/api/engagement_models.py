"""What requests about engagements hold, as the OpenAPI description shows it; what it means is decided by the acts.

Parties, milestones and criteria are numbered from 0, as in the document that is signed.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from folkmoot.limits import (
    CRITERIA_MAX,
    INTEGER_MAX,
    MILESTONES_MAX,
    PARTIES_MAX,
    SEEN_MAX,
    SHARES_TOTAL,
    WITNESSES_MAX,
)
from folkmoot_node.api.models import Amount, Day, Id, Moment

Number = Annotated[int, Field(ge=0, le=MILESTONES_MAX - 1, description="A milestone's number, from 0.")]
Place = Annotated[int, Field(ge=0, le=PARTIES_MAX - 1, description="A party's number, from 0.")]
Share = Annotated[int, Field(ge=0, le=SHARES_TOTAL, description="In hundredths of a per cent.")]
Currency = Annotated[str, Field(min_length=3, max_length=3, description="ISO 4217.")]


class _Request(BaseModel):
    """Strict, as all requests are; see `folkmoot_node.api.models`."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Party(_Request):
    """A place in an engagement; the capacity of one is `client`."""

    capacity: str = Field(min_length=1, max_length=80)
    identity: Id


class Milestone(_Request):
    """A part of the work with its own acceptance and payment."""

    name: str = Field(min_length=1, max_length=120)
    amount_minor: Amount
    due_day: Day
    criteria: list[Annotated[str, Field(max_length=300)]] = Field(min_length=1, max_length=CRITERIA_MAX)
    accept_days: int = Field(ge=1, le=90)
    on_silence: Literal["accept", "nothing", "reject"]


class Clause(_Request):
    """A clause that was passed on from the opportunity."""

    name: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=1000)


class Terms(_Request):
    """Terms of an engagement; they go before those that are suggested, and null takes one of these away."""

    title: str | None = Field(None, max_length=160)
    deliverables: list[Annotated[str, Field(max_length=500)]] | None = Field(None, max_length=32)
    currency: Currency | None = None
    milestones: list[Milestone] | None = Field(None, max_length=MILESTONES_MAX)
    pay_days: int | None = Field(None, ge=0, le=365)
    opportunity: Id | None = None
    bid: Id | None = None
    team: Id | None = None
    pattern: Id | None = None
    shares: list[Share] | None = Field(None, max_length=PARTIES_MAX)
    out_of_scope: list[Annotated[str, Field(max_length=500)]] | None = Field(None, max_length=16)
    expenses: str | None = Field(None, max_length=500)
    kill_fee: Share | None = None
    late_fee: Share | None = None
    change: str | None = Field(None, max_length=1000)
    rights: str | None = Field(None, max_length=1000)
    confidentiality: str | None = Field(None, max_length=1000)
    notice_days: int | None = Field(None, ge=0, le=365)
    review_days: int | None = Field(None, ge=1, le=60)
    dispute_path: list[Annotated[str, Field(max_length=300)]] | None = Field(None, max_length=8)
    resolver: Id | None = None
    witnesses: list[Id] | None = Field(None, max_length=WITNESSES_MAX)
    flow_down: list[Clause] | None = Field(None, max_length=16)


class Engagement(_Request):
    """What is to be agreed on: from an awarded bid, as a change of an engagement, or from nothing."""

    award: Id | None = Field(None, description="The awarded bid that it is drafted from.")
    changes: Id | None = Field(None, description="The engagement of which this is a change order.")
    parties: list[Party] = Field([], max_length=PARTIES_MAX, description="As suggested when left out.")
    terms: Terms | None = None
    accept_by: Moment | None = Field(None, description="Seven days from now when left out.")


class Refusal(_Request):
    """Why a document is not signed."""

    reason: Literal["budget", "capacity", "fit", "other", "other-bid", "skills", "terms", "timing"]
    note: str = Field("", max_length=1000)


class File(_Request):
    """A file that is delivered; it stays where it is."""

    sha256: str = Field(min_length=64, max_length=64, description="In hex.")
    name: str = Field("", max_length=160)
    uri: str = Field("", max_length=512)
    length: Annotated[int, Field(ge=0, le=INTEGER_MAX)] | None = None


class Delivery(_Request):
    """What is delivered."""

    milestone: Number
    files: list[File] = Field([], max_length=16)
    note: str = Field("", max_length=2000)


class Answer(_Request):
    """What the client says of a delivery: accepted, or rejected for the criteria that it failed."""

    failed: list[Annotated[int, Field(ge=0, le=CRITERIA_MAX - 1)]] = Field([], max_length=CRITERIA_MAX)
    note: str = Field("", max_length=2000)


class Receipt(_Request):
    """What the owner has seen."""

    of: list[Id] = Field(min_length=1, max_length=SEEN_MAX)


class Payment(_Request):
    """Money that was sent or has come; all that is open when no amount is given."""

    milestone: Number
    amount_minor: Annotated[int, Field(ge=1, le=INTEGER_MAX)] | None = None
    currency: Currency | None = Field(None, description="With an amount, and only then.")
    note: str = Field("", max_length=500)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.amount_minor is None) != (self.currency is None):
            raise ValueError("an amount and its currency belong together")
        return self


class SentPayment(Payment):
    """Money that the client has sent."""

    payee: Place | None = Field(None, description="May be left out where there is but one.")


class Ending(_Request):
    """How an engagement ends."""

    way: Literal["cause", "completed", "convenience", "lapsed", "mutual"]
    alone: bool = Field(False, description="Say `completed` without asking the others to sign.")
    note: str = Field("", max_length=2000)


class Dispute(_Request):
    """What is wrong, and what is asked for."""

    about: Id = Field(description="An engagement, something under it, or an endorsement or review of the owner.")
    text: str = Field(min_length=1, max_length=4000)
    milestone: Number | None = None
    asks: str = Field("", max_length=2000)


class Step(_Request):
    """A step in a dispute that needs no reason."""

    step: Literal["reply", "take", "withdraw"]
    text: str = Field("", max_length=4000)


class Finding(_Request):
    """What the named resolver finds."""

    reason: Literal["client-at-fault", "no-fault", "provider-at-fault", "shared", "unproven"]
    text: str = Field("", max_length=4000)


class Settlement(_Request):
    """On what terms a dispute is over."""

    text: str = Field(min_length=1, max_length=4000)

"""What requests around bids and membership hold, as the OpenAPI description shows it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from folkmoot.limits import PARTIES_MAX, SHARES_TOTAL
from folkmoot_node.api.models import Budget, Clause, Criterion, Id, Moment, Named, Price, Role


class _Request(BaseModel):
    """Strict, as all requests are; see `folkmoot_node.api.models`."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Revision(_Request):
    """What of an opportunity is another from now on; what is left out stays."""

    title: str | None = Field(None, max_length=160)
    need: str | None = Field(None, max_length=4000)
    roles: list[Role] | None = Field(None, min_length=1, max_length=16)
    bids_close: Moment | None = None
    decide_by: Moment | None = None
    deliver_by: Moment | None = None
    bids_max: int | None = Field(None, ge=1, le=16)
    budget: Budget | None = None
    skills: list[str] | None = Field(None, max_length=64)
    uris: list[Named] | None = Field(None, max_length=64)
    criteria: list[Criterion] | None = Field(None, max_length=16)
    flow_down: list[Clause] | None = Field(None, max_length=16, description="All of them, the parent's included.")


class Question(_Request):
    """What somebody wants to know."""

    text: str = Field(min_length=1, max_length=2000)


class Clarification(_Request):
    """What a client says about an opportunity, to everybody."""

    text: str = Field(min_length=1, max_length=4000)
    question: Id | None = Field(None, description="The question that it answers.")


class BidCounter(_Request):
    """What a client would rather have than a bid."""

    text: str = Field(min_length=1, max_length=2000)
    price: Price | None = None


class TeamCounter(_Request):
    """What a party would rather have in a team offer."""

    text: str = Field(min_length=1, max_length=2000)
    seat: int | None = Field(None, ge=0, le=PARTIES_MAX - 1, description="The seat whose share it is about.")
    share: int | None = Field(None, ge=0, le=SHARES_TOTAL, description="In hundredths of a per cent.")


class Application(_Request):
    """Why somebody would be good at an open seat."""

    seat: int = Field(ge=0, le=PARTIES_MAX - 1)
    text: str = Field(min_length=1, max_length=2000)
    share: int | None = Field(None, ge=0, le=SHARES_TOTAL, description="In hundredths of a per cent.")


class Leaving(_Request):
    """Why a member leaves."""

    reason: Literal["availability", "health", "other", "scope", "terms"]
    note: str = Field("", max_length=1000)

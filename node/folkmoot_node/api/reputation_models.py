"""What requests about vouches, reviews and ways of working hold; what it means is decided by the acts."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from folkmoot.limits import INTEGER_MAX
from folkmoot_node.api.models import Id


class _Request(BaseModel):
    """Strict, as all requests are."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Vouch(_Request):
    """Somebody whom the owner knows."""

    subject: Id
    how: str = Field(min_length=1, max_length=500, description="How they know each other.")


class Review(_Request):
    """What the owner says of another party to an engagement."""

    document: Id
    subject: Id
    text: str = Field(min_length=1, max_length=4000)
    again: Literal["gladly", "no", "perhaps"] | None = Field(None, description="Whether to work with them again.")


class Role(_Request):
    """Who does what in a way of working."""

    title: str = Field(min_length=1, max_length=80)
    duties: str = Field("", max_length=500)


class Measure(_Request):
    """By what to tell whether a way of working works."""

    name: str = Field(min_length=1, max_length=80)
    unit: str = Field("", max_length=32)


class Pattern(_Request):
    """A way of working."""

    name: str = Field(min_length=1, max_length=120)
    intent: str = Field(min_length=1, max_length=1000)
    steps: list[str] = Field(min_length=1, max_length=32)
    roles: list[Role] = Field([], max_length=16)
    agreements: list[str] = Field([], max_length=16)
    measures: list[Measure] = Field([], max_length=16)
    derived_from: Id | None = None
    space: str = Field("commons", max_length=48)


class Measured(_Request):
    """What came out for one measure."""

    name: str = Field(min_length=1, max_length=80)
    value: int = Field(ge=-INTEGER_MAX, le=INTEGER_MAX)


class Outcome(_Request):
    """What became of a way of working that the owner has chosen."""

    pattern: Id
    document: Id
    verdict: Literal["change", "drop", "keep"]
    measures: list[Measured] = Field([], max_length=16)
    note: str = Field("", max_length=2000)

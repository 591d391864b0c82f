"""Shapes: what a body's fields may hold, declared as data.

A kind declares its body once; the check, its bounds and the text of its errors follow. Fields that a shape does not
name are left alone, because later editions may add optional ones.

Spec: kinds.md#shapes
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from folkmoot.canonical import Value, is_integer
from folkmoot.errors import DecodeError
from folkmoot.limits import INTEGER_MAX

RULE = "KND-4"


class Shape(Protocol):
    """Anything that can check a value."""

    def check(self, value: Value, where: str) -> None:
        """Pass, or say what is wrong and where.

        Raises:
            DecodeError: KND-4.
        """
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text of 1 to `length_max` characters."""

    length_max: int

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, str) or not 1 <= len(value) <= self.length_max:
            raise _wrong(where, f"text of 1 to {self.length_max} characters")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list of words."""

    words: Collection[str]

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, str) or value not in self.words:
            raise _wrong(where, f"one of {', '.join(sorted(self.words))}")


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer within bounds, both included."""

    least: int = 0
    greatest: int = INTEGER_MAX

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        if not is_integer(value, self.least, self.greatest):
            raise _wrong(where, f"an integer from {self.least} to {self.greatest}")


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, bool):
            raise _wrong(where, "true or false")


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes of 1 to `length_max`, or of exactly that many."""

    length_max: int
    exact: bool = True

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        least = self.length_max if self.exact else 1
        if not isinstance(value, bytes) or not least <= len(value) <= self.length_max:
            raise _wrong(where, f"bytes, {'' if self.exact else 'at most '}{self.length_max} of them")


ID = Bytes(32)


@dataclass(frozen=True, slots=True)
class Many:
    """An array of `least` to `most` items of one shape."""

    item: Shape
    most: int
    least: int = 1

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise _wrong(where, f"an array of {self.least} to {self.most} items")
        for position, item in enumerate(value):
            self.item.check(item, f"{where}[{position}]")


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value; a rule of the kind's own looks at it."""

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A map with required and optional fields."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)

    def check(self, value: Value, where: str) -> None:
        """See `Shape`."""
        if not isinstance(value, dict):
            raise _wrong(where, "a map")
        for name, shape in self.required.items():
            if name not in value:
                raise DecodeError(RULE, f"{where}.{name} is missing")
            shape.check(value[name], f"{where}.{name}")
        for name, shape in self.optional.items():
            if name in value:
                shape.check(value[name], f"{where}.{name}")


def unnamed(shape: Shape, value: Value, where: str = "") -> Iterator[str]:
    """Yield the fields of a value that its shape does not name, at any level, each with the fields around it."""
    match shape:
        case Fields(required, optional) if isinstance(value, dict):
            known = {**required, **optional}
            for name, item in value.items():
                place = f"{where}.{name}" if where else name
                if name in known:
                    yield from unnamed(known[name], item, place)
                else:
                    yield place
        case Many(item=inner) if isinstance(value, list):
            for entry in value:
                yield from unnamed(inner, entry, where)
        case _:
            return


def _wrong(where: str, wanted: str) -> DecodeError:
    return DecodeError(RULE, f"{where} is not {wanted}")

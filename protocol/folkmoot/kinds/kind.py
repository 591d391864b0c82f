"""What a kind of record is: its bounds, its body and its own rules, as one value.

Spec: kinds.md
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from folkmoot.canonical import Value
from folkmoot.record import Record, Ref
from folkmoot.shape import Fields

Body = Mapping[str, Value]


def _no_refs(_body: Body, _network: str) -> Iterable[Ref]:
    return ()


def _no_deadlines(_body: Body, _network: str) -> Iterable[int]:
    return ()


def _no_rules(_record: Record, _network: str) -> None:
    return None


def refer(*fields: str) -> Callable[[Body, str], Iterable[Ref]]:
    """Return what refers to the id in each of some fields, where present, under the field's own name."""

    def refs(body: Body, _network: str) -> Iterable[Ref]:
        return {Ref(name, cast("bytes", body[name])) for name in fields if name in body}

    return refs


def refer_each(field_name: str) -> Callable[[Body, str], Iterable[Ref]]:
    """Return what refers to every id in a field that is an array, under the field's own name."""

    def refs(body: Body, _network: str) -> Iterable[Ref]:
        return {Ref(field_name, target) for target in cast("list[bytes]", body[field_name])}

    return refs


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record.

    Attributes:
        name: As it stands in a record.
        slots: How many an author has in one space.
        days_max: Longest life, in days after the day of its rev.
        shape: What a filled body holds.
        commons_only: Whether it may live only in the space `commons`.
        evidence: Whether another author may exhibit it.
        withdrawable: Whether a later version at its address takes back what it said.
        refs: What the body refers to; a record's references are exactly these.
        deadlines: The moments in ms that the record has to outlive by the evidence margin.
        rules: The kind's own checks on a filled record; raises `DecodeError` with a rule of its own.
    """

    name: str
    slots: int
    days_max: int
    shape: Fields
    commons_only: bool = False
    evidence: bool = False
    withdrawable: bool = True
    refs: Callable[[Body, str], Iterable[Ref]] = field(default=_no_refs)
    deadlines: Callable[[Body, str], Iterable[int]] = field(default=_no_deadlines)
    rules: Callable[[Record, str], None] = field(default=_no_rules)

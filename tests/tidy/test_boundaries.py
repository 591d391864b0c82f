"""Every integer that a format names has vectors at its bounds: the least, the greatest, and one beyond each."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgpack
import pytest
from tidy.project import suites

from folkmoot.documents import TYPES
from folkmoot.kinds import KINDS
from folkmoot.limits import INTEGER_MAX
from folkmoot.shape import Fields, Integer, Many, Shape

_BODY = 9
"""Place of the body in a record's payload."""

_CASES = {suite: {case["name"]: case for case in loaded["cases"]} for suite, loaded in suites()}


class Field(NamedTuple):
    """An integer of a body: the kind, the way to it and its bounds."""

    kind: str
    path: tuple[str | int, ...]
    shape: Integer

    def __str__(self) -> str:
        steps = [str(step).replace("_", "-") for step in self.path if not isinstance(step, int)]
        return "-".join([self.kind, *steps])


class Bounds(NamedTuple):
    """An integer beside the bodies, and the cases in which it is at its bounds or one beyond."""

    suite: str
    one_below: str
    least: str
    greatest: str
    one_above: str


def _integers(shape: Shape, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Integer]]:
    match shape:
        case Integer():
            yield path, shape
        case Many(item=item):
            yield from _integers(item, (*path, 0))
        case Fields(required=required, optional=optional):
            for name, inner in {**required, **optional}.items():
                yield from _integers(inner, (*path, name))
        case _:
            return


_FIELDS = [Field(kind.name, path, shape) for kind in KINDS.values() for path, shape in _integers(kind.shape)]

_BESIDE: Mapping[str, Bounds] = {
    "record.slot": Bounds("record", "slot-negative", "slot-0", f"slot-{INTEGER_MAX}", f"slot-{INTEGER_MAX + 1}"),
    "record.rev": Bounds("record", "rev-negative", "rev-0", f"rev-{INTEGER_MAX}", f"rev-{INTEGER_MAX + 1}"),
    # The least day that a record can name is 1: day 0 is that of the least rev.
    "record.expires": Bounds(
        "record", "expires-0", "rev-0", f"expires-{INTEGER_MAX}", f"expires-{INTEGER_MAX + 1}"
    ),
    "record.version": Bounds("record", "version-0", "plain", "plain", "version-2"),
    "operation.version": Bounds("identity", "version-0", "rotation-alone", "rotation-alone", "version-2"),
    "operation.rank": Bounds("identity", "rank-negative", "rotation-alone", "rank-9", "rank-10"),
    "recovery.rank": Bounds(
        "identity",
        "recovery-entry-of-rank-0",
        "recovery-entry-of-rank-1",
        "recovery-entry-of-rank-9",
        "recovery-entry-of-rank-10",
    ),
    "recovery.threshold": Bounds(
        "identity",
        "recovery-threshold-0",
        "recovery-entry-of-rank-1",
        "recovery-9-of-9-and-a-paper-key",
        "recovery-threshold-beyond-the-keys",
    ),
    "revocation.last_rev": Bounds(
        "identity", "last-rev-negative", "last-rev-0", f"last-rev-{INTEGER_MAX}", f"last-rev-{INTEGER_MAX + 1}"
    ),
    "document.drafted": Bounds(
        "agreement", "drafted-negative", "drafted-0-accept-by-1", "accept-by-2-53-minus-1", "drafted-2-53-minus-1"
    ),
    "document.accept_by": Bounds(
        "agreement", "accept-by-0", "drafted-0-accept-by-1", "accept-by-2-53-minus-1", "accept-by-2-53"
    ),
    "team.lead": Bounds("agreement", "terms-lead-negative", "team-of-two", "terms-lead-63", "terms-lead-64"),
    "team.shares": Bounds(
        "agreement",
        "terms-share-negative",
        "terms-with-a-share-of-nothing",
        "terms-with-a-share-of-nothing",
        "terms-share-10001",
    ),
    "cosignature.index": Bounds(
        "agreement",
        "cosignature-index-negative",
        "cosignature-form-index-0",
        "cosignature-form-index-63",
        "cosignature-index-64",
    ),
    "cosignature.at": Bounds(
        "agreement",
        "cosignature-at-negative",
        "cosignature-form-at-0",
        f"cosignature-form-at-{INTEGER_MAX}",
        "cosignature-at-2-53",
    ),
}


def _value(case: Mapping[str, Any], path: tuple[str | int, ...]) -> object:
    """Return what stands at a place in the body of a case's record, whether or not the record opens."""
    payload, _signature = msgpack.unpackb(bytes.fromhex(case["wire"]))
    value = msgpack.unpackb(payload)[_BODY]
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("field", _FIELDS, ids=str)
def test_an_integer_of_a_body_is_shown_at_its_bounds(field: Field) -> None:
    least, greatest = field.shape.least, field.shape.greatest
    is_small = greatest < INTEGER_MAX
    shown = {
        "one-below-the-least": least - 1,
        "at-the-least": least,
        "at-the-greatest" if is_small else str(INTEGER_MAX): greatest,
        "one-above-the-greatest" if is_small else str(INTEGER_MAX + 1): greatest + 1,
    }
    for name, value in shown.items():
        case = _CASES["kinds"][f"{field}-{name}"]
        assert _value(case, field.path) == value
        assert least <= value <= greatest or case["rule"] in {"KND-4", "ENC-3"}
    assert _CASES["kinds"][f"{field}-at-the-least"]["expect"] == "accept"


@pytest.mark.parametrize("field", _FIELDS, ids=str)
def test_the_greatest_is_taken_or_another_rule_says_why_not(field: Field) -> None:
    is_small = field.shape.greatest < INTEGER_MAX
    case = _CASES["kinds"][f"{field}-{'at-the-greatest' if is_small else INTEGER_MAX}"]
    assert case.get("rule") in {None, "OPP-1", "KND-6"}, "a deadline that no record outlives"


@pytest.mark.parametrize("name", _BESIDE)
def test_an_integer_beside_the_bodies_is_shown_at_its_bounds(name: str) -> None:
    bounds = _BESIDE[name]
    cases = _CASES[bounds.suite]
    assert cases[bounds.least]["expect"] == cases[bounds.greatest]["expect"] == "accept"
    assert cases[bounds.one_below]["expect"] == cases[bounds.one_above]["expect"] == "refuse"


_TERMS = [Field(f"{name}-terms", path, shape) for name, terms in TYPES.items() for path, shape in _integers(terms)]


@pytest.mark.parametrize("field", _TERMS, ids=str)
def test_an_integer_of_the_terms_of_a_document_is_shown_at_its_bounds(field: Field) -> None:
    is_small = field.shape.greatest < INTEGER_MAX
    names = ("one-below-the-least", "one-above-the-greatest" if is_small else str(INTEGER_MAX + 1))
    assert {_CASES["agreement"][f"{field}-{name}"]["expect"] for name in names} == {"refuse"}
    for name in ("at-the-least", "at-the-greatest"):
        case = _CASES["agreement"][f"{field}-{name}"]
        assert case["expect"] == "accept" or case["rule"] in {"TEA-2", "TEA-4", "ENG-3"}, "the whole decides"

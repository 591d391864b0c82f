"""Cases of the suite `kinds`: filled records of every kind, and all the ways in which one field can be wrong.

Most cases are made from the shapes themselves: each leaf of a body that has every field is bent in turn.
"""

from collections.abc import Iterator, Mapping

from vectors import cases_consent, cases_drafts, cases_kind_rules
from vectors.bending import Leaf, Path, bends, changed, leaves, named
from vectors.bodies import FULL, FULL_OTHERWISE, MINIMAL
from vectors.craft import DAY, INTEGER_BOUNDARIES, Case, accepted, refused
from vectors.filled import filled, implied

from folkmoot.kinds import KINDS, Kind
from folkmoot.limits import EXHIBITED_BYTES_MAX
from folkmoot.record import Ref
from folkmoot.shape import Integer

_TOGETHER = {"from": "until", "until": "from", "min_minor": "max_minor", "max_minor": "min_minor"}
"""Fields that a rule compares: a boundary value is put into both."""

_TOGETHER_AT_LEAST = {**_TOGETHER, "decide_by": "bids_close"}
"""Fields that a rule compares when one of them is the least that it can be."""

_DEADLINES = {"bids_close": "OPP-1", "decide_by": "KND-6", "valid_until": "KND-6"}
"""Deadlines, and the rule that the greatest integer breaks in each."""


def cases() -> list[Case]:
    """Return every case of the suite."""
    built: list[Case] = []
    for name, body in FULL.items():
        built += _bounds(KINDS[name])
        built += _bent(KINDS[name], body)
        built += _otherwise(KINDS[name])
    return [
        *built,
        *cases_kind_rules.cases(),
        *_evidence_bounds(),
        *cases_consent.cases(),
        *cases_drafts.cases(),
    ]


def _bounds(kind: Kind) -> list[Case]:
    """Cases about a record of a kind as a whole."""
    body, name = FULL[kind.name], kind.name
    bare, refs = MINIMAL[name], implied(kind, body)
    too_long = DAY + kind.days_max + 1
    built = [
        accepted(f"{name}-with-every-field", wire=filled(kind, body, refs)),
        accepted(f"{name}-with-the-least", wire=filled(kind, bare, implied(kind, bare))),
        accepted(f"{name}-with-a-field-unknown", wire=filled(kind, {**body, "x-mood": "blue"}, refs)),
        accepted(f"{name}-tombstone", wire=filled(kind, {})),
        accepted(f"{name}-in-its-last-slot", wire=filled(kind, body, refs, slot=kind.slots - 1)),
        refused(f"{name}-beyond-its-last-slot", "KND-1", wire=filled(kind, body, refs, slot=kind.slots)),
        refused(f"{name}-in-slot-2-53-minus-1", "KND-1", wire=filled(kind, body, refs, slot=2**53 - 1)),
        refused(f"{name}-tombstone-beyond-its-last-slot", "KND-1", wire=filled(kind, {}, slot=999)),
        refused(f"{name}-lives-a-day-too-long", "KND-2", wire=filled(kind, body, refs, expires=too_long)),
        refused(
            f"{name}-with-a-reference-too-many",
            "KND-5",
            wire=filled(kind, body, [*refs, Ref("x-more", bytes(32))]),
        ),
    ]
    elsewhere = filled(kind, body, refs, space="design.fr")
    if kind.commons_only:
        built.append(refused(f"{name}-outside-commons", "KND-3", wire=elsewhere))
    else:
        built.append(accepted(f"{name}-outside-commons", wire=elsewhere))
    if implied(kind, bare):
        built.append(refused(f"{name}-without-its-references", "KND-5", wire=filled(kind, body)))
    return built


def _otherwise(kind: Kind) -> Iterator[Case]:
    """Cases about the fields that a kind has only in the place of others."""
    body = FULL_OTHERWISE.get(kind.name)
    if body is not None:
        yield accepted(f"{kind.name}-otherwise", wire=filled(kind, body, implied(kind, body)))
        yield from _bent(kind, body, beside=FULL[kind.name])


def _bent(kind: Kind, body: Mapping[str, object], beside: Mapping[str, object] | None = None) -> Iterator[Case]:
    for path, shape, required in leaves(kind.shape, body):
        if beside is not None and path[0] in beside:
            continue
        where = named(kind.name, path)
        if required:
            yield refused(f"{where}-missing", "KND-4", wire=_changed(kind, body, path, None))
        for fault, value in bends(shape):
            yield refused(f"{where}-{fault}", "KND-4", wire=_changed(kind, body, path, value))
        if isinstance(shape, Integer):
            yield from _boundaries(kind, body, (path, shape, required))


def _boundaries(kind: Kind, body: Mapping[str, object], leaf: Leaf) -> Iterator[Case]:
    path, shape, _required = leaf
    where, last = named(kind.name, path), str(path[-1])
    assert isinstance(shape, Integer)
    yield accepted(f"{where}-at-the-least", wire=_changed(kind, body, path, shape.least))
    if shape.greatest < INTEGER_BOUNDARIES[0]:
        yield accepted(f"{where}-at-the-greatest", wire=_changed(kind, body, path, shape.greatest))
    for value in INTEGER_BOUNDARIES:
        wire = _changed(kind, body, path, value)
        if value == INTEGER_BOUNDARIES[-1]:
            yield refused(f"{where}-{value}", "ENC-3", wire=wire)
        elif value > shape.greatest:
            yield refused(f"{where}-{value}", "KND-4", wire=wire)
        elif last in _DEADLINES and value == 2**53 - 1:
            yield refused(f"{where}-{value}", _DEADLINES[last], wire=wire)
        elif last == "decide_by":
            yield refused(f"{where}-{value}", "OPP-1", wire=wire)
        else:
            yield accepted(f"{where}-{value}", wire=wire)


def _changed(kind: Kind, body: Mapping[str, object], path: Path, value: object) -> bytes:
    """Return a full record with one place changed, or left out when the value is `None`."""
    places = [(path, value)]
    if isinstance(value, int) and not isinstance(value, bool) and (value == 0 or value >= 2**31):
        together = _TOGETHER if value else _TOGETHER_AT_LEAST
        places += [((*path[:-1], together[str(path[-1])]), value)] if path[-1] in together else []
    left = changed(body, *places) or {"x-more": 1}  # an empty body would be a tombstone
    return filled(kind, left, implied(kind, body))


def _evidence_bounds() -> list[Case]:
    """Cases about the greatest record of a kind that others can exhibit."""
    opportunity = KINDS["opportunity"]
    body = dict(MINIMAL["opportunity"])

    def of_length(length: int) -> bytes:
        spare = {**body, "x-more": bytes(8000), "x-rest": bytes(4000)}
        missing = length - len(filled(opportunity, spare))
        return filled(opportunity, {**spare, "x-rest": bytes(4000 + missing)})

    return [
        accepted("evidence-of-14-kib", rules=["KND-8"], wire=of_length(EXHIBITED_BYTES_MAX)),
        refused("evidence-of-14-kib-and-a-byte", "KND-8", wire=of_length(EXHIBITED_BYTES_MAX + 1)),
    ]

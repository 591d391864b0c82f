"""Cases of the suite `kinds`: filled records of every kind, and all the ways in which one field can be wrong.

Most cases are made from the shapes themselves: each leaf of a body that has every field is bent in turn.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from support.keys import NETWORK, Person
from vectors import cases_consent
from vectors.bodies import FULL, MINIMAL
from vectors.craft import (
    ALICE,
    BOB,
    DAY,
    INTEGER_BOUNDARIES,
    NOON_MS,
    Case,
    accepted,
    payload_fields,
    refs_value,
    refused,
    sealed,
)

from folkmoot.kinds import KINDS, Kind
from folkmoot.limits import DAY_MS, EVIDENCE_MARGIN_DAYS, EXHIBITED_BYTES_MAX
from folkmoot.record import Ref
from folkmoot.shape import Anything, Bytes, Choice, Fields, Flag, Integer, Many, Shape, Text

Path = tuple[str | int, ...]
Leaf = tuple[Path, Shape, bool]
"""A place in a body, what belongs there, and whether it may not be left out."""

_TOGETHER = {"from": "until", "until": "from", "min_minor": "max_minor", "max_minor": "min_minor"}
"""Fields that a rule compares: a boundary value is put into both."""

_TOGETHER_AT_LEAST = {**_TOGETHER, "decide_by": "bids_close"}
"""Fields that a rule compares when one of them is the least that it can be."""

_DEADLINES = {"bids_close": "OPP-1", "decide_by": "KND-6", "valid_until": "KND-6"}
"""Deadlines, and the rule that the greatest integer breaks in each."""


def filled(  # noqa: PLR0913 - the fields of a record, each by name
    kind: Kind,
    body: Mapping[str, object],
    *,
    author: Person = ALICE,
    slot: int = 0,
    expires: int | None = None,
    space: str = "commons",
    refs: Sequence[Ref] | None = None,
) -> bytes:
    """Return a sealed record with any body; its references are those the full body of its kind implies."""
    implied = kind.refs(FULL.get(kind.name, {}), NETWORK) if refs is None else refs  # type: ignore[arg-type]
    fields = payload_fields(
        author,
        kind=kind.name,
        space=space,
        slot=slot,
        expires=DAY + kind.days_max if expires is None else expires,
        refs=refs_value(set(implied)),
        body=_in_order(body),
    )
    return sealed(fields, author.key)


def cases() -> list[Case]:
    """Return every case of the suite."""
    built: list[Case] = []
    for name in FULL:
        built += _bounds(KINDS[name])
        built += _bent(KINDS[name])
    return [*built, *_own_rules(), *_evidence_bounds(), *cases_consent.cases()]


def _in_order(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _bounds(kind: Kind) -> list[Case]:
    """Cases about a record of a kind as a whole."""
    body, name = FULL[kind.name], kind.name
    bare = MINIMAL[name]
    too_long = DAY + kind.days_max + 1
    bare_refs = list(kind.refs(cast("Mapping[str, bytes]", bare), NETWORK))
    built = [
        accepted(f"{name}-with-every-field", wire=filled(kind, body)),
        accepted(f"{name}-with-the-least", wire=filled(kind, bare, refs=bare_refs)),
        accepted(f"{name}-with-a-field-unknown", wire=filled(kind, {**body, "x-mood": "blue"})),
        accepted(f"{name}-tombstone", wire=filled(kind, {}, refs=[])),
        accepted(f"{name}-in-its-last-slot", wire=filled(kind, body, slot=kind.slots - 1)),
        refused(f"{name}-beyond-its-last-slot", "KND-1", wire=filled(kind, body, slot=kind.slots)),
        refused(f"{name}-in-slot-2-53-minus-1", "KND-1", wire=filled(kind, body, slot=2**53 - 1)),
        refused(f"{name}-tombstone-beyond-its-last-slot", "KND-1", wire=filled(kind, {}, slot=999, refs=[])),
        refused(f"{name}-lives-a-day-too-long", "KND-2", wire=filled(kind, body, expires=too_long)),
        refused(f"{name}-with-a-reference-too-many", "KND-5", wire=_with_refs(kind, [Ref("x-more", bytes(32))])),
    ]
    elsewhere = filled(kind, body, space="design.fr")
    if kind.commons_only:
        built.append(refused(f"{name}-outside-commons", "KND-3", wire=elsewhere))
    else:
        built.append(accepted(f"{name}-outside-commons", wire=elsewhere))
    if bare_refs:
        built.append(refused(f"{name}-without-its-references", "KND-5", wire=filled(kind, body, refs=[])))
    return built


def _with_refs(kind: Kind, more: Sequence[Ref]) -> bytes:
    body = FULL[kind.name]
    implied = kind.refs(cast("Mapping[str, bytes]", body), NETWORK)
    return filled(kind, body, refs=[*implied, *more])


def _bent(kind: Kind) -> Iterator[Case]:
    for path, shape, required in _leaves(kind.shape, FULL[kind.name]):
        where = "-".join([kind.name, *(str(step).replace("_", "-") for step in path if not isinstance(step, int))])
        if required and path:
            yield refused(f"{where}-missing", "KND-4", wire=_changed(kind, path, None))
        bend = _BENDS.get(type(shape))
        for fault, value in bend(shape) if bend else []:
            yield refused(f"{where}-{fault}", "KND-4", wire=_changed(kind, path, value))
        if isinstance(shape, Integer):
            yield from _boundaries(kind, path, shape, where)


def _leaves(
    shape: Shape, value: object, path: Path = (), *, required: bool = False
) -> Iterator[tuple[Path, Shape, bool]]:
    """Yield every place in a full body with its shape."""
    if path:
        yield path, shape, required
    if isinstance(shape, Fields):
        assert isinstance(value, Mapping)
        for name, inner in {**shape.required, **shape.optional}.items():
            if name not in value:
                continue  # a decline names a bid or a document, not both
            yield from _leaves(inner, value[name], (*path, name), required=name in shape.required)
    elif isinstance(shape, Many):
        assert isinstance(value, list)
        yield from _leaves(shape.item, value[0], (*path, 0))


def _bent_text(shape: Text) -> list[tuple[str, object]]:
    return [("empty", ""), (f"of-{shape.length_max + 1}-characters", "a" * (shape.length_max + 1))]


def _bent_integer(shape: Integer) -> list[tuple[str, object]]:
    built: list[tuple[str, object]] = [("true", True), ("one-below-the-least", shape.least - 1)]
    return built + ([("one-above-the-greatest", shape.greatest + 1)] if shape.greatest < 2**31 else [])


_BENDS: Mapping[type, Callable[..., list[tuple[str, object]]]] = {
    Text: _bent_text,
    Integer: _bent_integer,
    Choice: lambda _shape: [("of-no-known-word", "x-none")],
    Flag: lambda _shape: [("1-for-true", 1)],
    Bytes: lambda shape: [("one-byte-short", bytes(shape.length_max - 1)), ("text", "a" * shape.length_max)],
    Many: lambda _shape: [("of-no-items", []), ("a-map", {})],
    Fields: lambda _shape: [("an-array", [])],
    Anything: lambda _shape: [],
}


def _boundaries(kind: Kind, path: Path, shape: Integer, where: str) -> Iterator[Case]:
    last = str(path[-1])
    yield accepted(f"{where}-at-the-least", wire=_changed(kind, path, shape.least))
    if shape.greatest < INTEGER_BOUNDARIES[0]:
        yield accepted(f"{where}-at-the-greatest", wire=_changed(kind, path, shape.greatest))
    for value in INTEGER_BOUNDARIES:
        changed = _changed(kind, path, value)
        if value == INTEGER_BOUNDARIES[-1]:
            yield refused(f"{where}-{value}", "ENC-3", wire=changed)
        elif value > shape.greatest:
            yield refused(f"{where}-{value}", "KND-4", wire=changed)
        elif last in _DEADLINES and value == 2**53 - 1:
            yield refused(f"{where}-{value}", _DEADLINES[last], wire=changed)
        elif last == "decide_by":
            yield refused(f"{where}-{value}", "OPP-1", wire=changed)
        else:
            yield accepted(f"{where}-{value}", wire=changed)


def _changed(kind: Kind, path: Path, value: object) -> bytes:
    """Return a full record with one place changed, or left out when the value is `None`."""
    body = copy.deepcopy(dict(FULL[kind.name]))
    places = [path]
    if isinstance(value, int) and not isinstance(value, bool) and (value == 0 or value >= 2**31):
        together = _TOGETHER if value else _TOGETHER_AT_LEAST
        places += [(*path[:-1], together[str(path[-1])])] if path[-1] in together else []
    for place in places:
        inner: dict[str | int, object] = body  # type: ignore[assignment]
        for step in place[:-1]:
            inner = inner[step]  # type: ignore[assignment]
        if value is None:
            del inner[place[-1]]
        else:
            inner[place[-1]] = value
    return filled(kind, body)


def _own_rules() -> list[Case]:
    """Cases of the rules that one kind has for itself, but for those of consent."""
    profile, availability, opportunity = (KINDS[name] for name in ("profile", "availability", "opportunity"))
    decline, endorsement, bid = KINDS["decline"], KINDS["endorsement"], KINDS["bid"]
    post = KINDS["post"]
    work = dict(MINIMAL["opportunity"])
    both = {"bid": bytes(32), "document": bytes(32), "reason": "fit"}
    window = {"hours_per_week": 8, "from": DAY}
    now = {"bids_close": NOON_MS, "decide_by": NOON_MS}
    late = NOON_MS + (opportunity.days_max - EVIDENCE_MARGIN_DAYS) * DAY_MS
    last_valid = NOON_MS + (bid.days_max - EVIDENCE_MARGIN_DAYS) * DAY_MS
    too_long = last_valid + DAY_MS
    offer = dict(MINIMAL["bid"])
    to = [Ref("opportunity", cast("bytes", offer["opportunity"]))]

    def money(**amounts: int) -> dict[str, object]:
        return {**work, "budget": {"model": "fixed", "currency": "EUR", **amounts}}

    about_self = {"subject": ALICE.id, "text": "A pleasure to work with."}
    return [
        refused(
            "profile-shows-one-twice",
            "PRO-1",
            wire=filled(profile, {"name": "A", "shown": [bytes(32)] * 2}, refs=[Ref("shows", bytes(32))]),
        ),
        accepted("availability-of-one-day", wire=filled(availability, {**window, "until": DAY})),
        accepted("availability-of-366-days", wire=filled(availability, {**window, "until": DAY + 366})),
        refused("availability-ends-before", "AVL-1", wire=filled(availability, {**window, "until": DAY - 1})),
        refused("availability-too-long", "AVL-1", wire=filled(availability, {**window, "until": DAY + 367})),
        _work(
            "opportunity-decided-when-bids-close",
            opportunity,
            {**work, **now},
        ),
        _work(
            "opportunity-bids-close-later",
            opportunity,
            {**work, **now, "bids_close": NOON_MS + 1},
            "OPP-1",
        ),
        _work("opportunity-decided-at-the-last", opportunity, {**work, "decide_by": late}),
        _work("opportunity-decided-too-late", opportunity, {**work, "decide_by": late + DAY_MS}, "KND-6"),
        _work("budget-without-a-greatest", opportunity, money(min_minor=5)),
        _work("budget-of-one-amount", opportunity, money(min_minor=5, max_minor=5)),
        _work("budget-upside-down", opportunity, money(min_minor=6, max_minor=5), "OPP-2"),
        accepted("bid-valid-to-the-last", wire=filled(bid, {**offer, "valid_until": last_valid}, refs=to)),
        refused(
            "bid-valid-too-long",
            "KND-6",
            wire=filled(bid, {**offer, "valid_until": too_long}, refs=to),
        ),
        refused("decline-of-nothing", "DEC-1", wire=filled(decline, {"reason": "fit"}, refs=[])),
        refused(
            "decline-of-two",
            "DEC-1",
            wire=filled(decline, both, refs=[Ref("bid", bytes(32)), Ref("document", bytes(32))]),
        ),
        refused(
            "endorsement-of-oneself",
            "END-1",
            wire=filled(endorsement, about_self, refs=[Ref("subject", ALICE.id)]),
        ),
        accepted(
            "endorsement-of-somebody",
            wire=filled(endorsement, about_self, author=BOB, refs=[Ref("subject", ALICE.id)]),
        ),
        accepted("post-text-counted-in-code-points", wire=filled(post, {"text": "\U0001f600" * 3900}, refs=[])),
    ]


def _work(name: str, kind: Kind, body: Mapping[str, object], rule: str = "") -> Case:
    wire = filled(kind, body, refs=[])
    return refused(name, rule, wire=wire) if rule else accepted(name, wire=wire)


def _evidence_bounds() -> list[Case]:
    """Cases about the greatest record of a kind that others can exhibit."""
    opportunity = KINDS["opportunity"]
    body = dict(MINIMAL["opportunity"])

    def of_length(length: int) -> bytes:
        spare = {**body, "x-more": bytes(8000), "x-rest": bytes(4000)}
        missing = length - len(filled(opportunity, spare, refs=[]))
        return filled(opportunity, {**spare, "x-rest": bytes(4000 + missing)}, refs=[])

    return [
        accepted("evidence-of-14-kib", rules=["KND-8"], wire=of_length(EXHIBITED_BYTES_MAX)),
        refused("evidence-of-14-kib-and-a-byte", "KND-8", wire=of_length(EXHIBITED_BYTES_MAX + 1)),
    ]

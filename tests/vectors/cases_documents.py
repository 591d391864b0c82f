"""Cases of the suite `agreement`: the terms of each type of document, and how each of them can be wrong."""

from collections.abc import Iterator, Mapping, Sequence

from vectors.bending import Path, bends, changed, in_order, leaves, named
from vectors.cases_agreement import TERMS, document, document_fields, party
from vectors.craft import ALICE, BOB, CAROL, DAY, INTEGER_BOUNDARIES, Case, accepted, raw, refused

from folkmoot.agreement import Document
from folkmoot.documents import TYPES
from folkmoot.limits import MILESTONES_MAX, SHARES_TOTAL, WITNESSES_MAX
from folkmoot.shape import Integer

Terms = Mapping[str, object]

_OPPORTUNITY, _BID, _TEAM, _PATTERN, _DISPUTE, _ENGAGEMENT = (bytes([number]) * 32 for number in range(1, 7))
_WITNESS, _RESOLVER = bytes([8]) * 32, bytes([9]) * 32
_MILESTONE = {
    "name": "North side",
    "amount_minor": 300_000,
    "due_day": DAY + 30,
    "criteria": ["Two coats.", "No runs."],
    "accept_days": 5,
    "on_silence": "accept",
}
_ENGAGED = [party("client", ALICE.id), party("painter", BOB.id), party("climber", CAROL.id)]

FULL_TERMS: Mapping[str, Terms] = {
    "team": {
        **TERMS,
        "opportunity": _OPPORTUNITY,
        "shares": [7000, 3000],
        "decide": "Both agree.",
        "replace": "The other finds somebody.",
        "exit": "Ten days' notice.",
        "scoping": [{"party": 0, "share": 300}],
        "filled_by": [{"seat": "video", "opportunity": _DISPUTE}],
        "pattern": _PATTERN,
    },
    "engagement": {
        "title": "The south tower",
        "deliverables": ["A white tower."],
        "currency": "EUR",
        "milestones": [_MILESTONE],
        "pay_days": 14,
        "opportunity": _OPPORTUNITY,
        "bid": _BID,
        "team": _TEAM,
        "pattern": _PATTERN,
        "shares": [0, 6000, 4000],
        "out_of_scope": ["The lamp."],
        "expenses": "Paint at cost.",
        "kill_fee": 2500,
        "late_fee": 100,
        "change": "By a new document that all sign.",
        "rights": "Photographs may be shown.",
        "confidentiality": "None.",
        "notice_days": 10,
        "review_days": 14,
        "dispute_path": ["Talk.", "Ask the resolver."],
        "resolver": _RESOLVER,
        "witnesses": [_WITNESS],
        "flow_down": [{"name": "safety", "text": "Nobody climbs alone."}],
    },
    "closing": {"engagement": _ENGAGEMENT, "way": "completed", "text": "White again."},
    "settlement": {"dispute": _DISPUTE, "text": "Half is paid by Friday.", "engagement": _ENGAGEMENT},
}
"""Terms with every field, by type."""

LEAST_TERMS: Mapping[str, Terms] = {
    "team": TERMS,
    "engagement": {
        "title": "T",
        "deliverables": ["D"],
        "currency": "EUR",
        "milestones": [{**_MILESTONE, "amount_minor": 0, "accept_days": 1, "on_silence": "nothing"}],
        "pay_days": 0,
    },
    "closing": {"engagement": _ENGAGEMENT, "way": "mutual"},
    "settlement": {"dispute": _DISPUTE, "text": "S"},
}
"""Terms with the fields that have to be there, by type."""

_SHAPE_RULES = {"team": "TEA-1", "engagement": "ENG-1", "closing": "CLO-1", "settlement": "SET-1"}


_BEYOND_SHAPE: Mapping[tuple[object, ...], str] = {
    ("team", "lead", "lead", "at-the-greatest"): "TEA-2",
    ("team", "shares", 0, "at-the-least"): "TEA-2",
    ("team", "shares", 0, "at-the-greatest"): "TEA-2",
    ("team", "scoping", "party", "at-the-greatest"): "TEA-4",
    ("engagement", "shares", 0, "at-the-greatest"): "ENG-3",
}
"""Bounds of a shape at which another rule decides: who is meant, or what is shared out, follows from the whole."""


def agreed_on(kind: str, terms: Terms, parties: Sequence[object] | None = None) -> dict[str, object]:
    """Return the fields of a document of a type; an engagement has a client and two who work."""
    usual = document_fields()["parties"] if kind == "team" else _ENGAGED
    return document_fields(type=kind, terms=in_order(terms), parties=usual if parties is None else parties)


def full_document(kind: str) -> Document:
    """Return a document of a type with every term."""
    return document(**agreed_on(kind, FULL_TERMS[kind]))


def cases() -> list[Case]:
    """Return every case of the terms of documents, but for those of teams that `cases_agreement` has."""
    return [
        *(case for kind in FULL_TERMS for case in (*_whole(kind), *_bent(kind))),
        *_scoping(),
        *_engagements(),
    ]


def _whole(kind: str) -> Iterator[Case]:
    yield _good(f"{kind}-with-every-term", kind, FULL_TERMS[kind])
    yield _good(f"{kind}-with-the-least", kind, LEAST_TERMS[kind])
    yield _good(f"{kind}-with-a-term-unknown", kind, {**FULL_TERMS[kind], "x-mood": "blue"})


def _bent(kind: str) -> Iterator[Case]:
    rule, terms = _SHAPE_RULES[kind], FULL_TERMS[kind]
    for path, shape, required in leaves(TYPES[kind], terms):
        where = named(f"{kind}-terms", path)
        if required:
            yield _bad(f"{where}-missing", rule, kind, changed(terms, (path, None)))
        for fault, value in bends(shape):
            yield _bad(f"{where}-{fault}", rule, kind, changed(terms, (path, value)))
        if isinstance(shape, Integer):
            yield from _boundaries(kind, path, shape)


def _boundaries(kind: str, path: Path, shape: Integer) -> Iterator[Case]:
    for where, value in (("at-the-least", shape.least), ("at-the-greatest", shape.greatest)):
        rule = _BEYOND_SHAPE.get((kind, path[0], path[-1], where), "")
        terms = changed(FULL_TERMS[kind], (path, value))
        name = f"{named(f'{kind}-terms', path)}-{where}"
        yield _bad(name, rule, kind, terms) if rule else _good(name, kind, terms)
    for value in INTEGER_BOUNDARIES:
        name = f"{named(f'{kind}-terms', path)}-{value}"
        terms = changed(FULL_TERMS[kind], (path, value))
        if value == INTEGER_BOUNDARIES[-1]:
            yield _bad(name, "ENC-3", kind, terms)
        elif value > shape.greatest:
            yield _bad(name, _SHAPE_RULES[kind], kind, terms)
        else:
            yield _good(name, kind, terms)


def _scoping() -> list[Case]:
    def credit(*shares: tuple[int, int]) -> Terms:
        return {**TERMS, "scoping": [{"party": party, "share": share} for party, share in shares]}

    return [
        _good("scoping-of-all", "team", credit((0, 9700), (1, 300))),
        _bad("scoping-by-no-party", "TEA-4", "team", credit((2, 300))),
        _bad("scoping-by-one-twice", "TEA-4", "team", credit((0, 100), (0, 200))),
        _bad("scoping-out-of-order", "TEA-4", "team", credit((1, 100), (0, 200))),
        _bad("scoping-of-more-than-all", "TEA-4", "team", credit((0, SHARES_TOTAL), (1, 1))),
    ]


def _engagements() -> list[Case]:
    least, full = LEAST_TERMS["engagement"], FULL_TERMS["engagement"]
    client, painter, climber = _ENGAGED
    to_be_named = [party("client"), party("painter", BOB.id), party("climber")]
    milestones = [{**_MILESTONE, "name": f"Part {number}"} for number in range(MILESTONES_MAX + 1)]
    witnesses = [bytes([number]) * 32 for number in range(10, 10 + WITNESSES_MAX + 1)]
    parties: Mapping[str, tuple[str, Sequence[object]]] = {
        "engagement-without-a-client": ("ENG-2", [painter, climber]),
        "engagement-with-two-clients": ("ENG-2", [client, party("client", BOB.id)]),
        "engagement-of-a-client-alone": ("ENG-2", [client]),
        "engagement-with-a-client-who-also-works": ("ENG-2", [client, painter, party("climber", ALICE.id)]),
        "engagement-with-a-client-in-capitals": ("ENG-2", [party("Client", ALICE.id), painter]),
    }
    shares = {
        "one-too-few": [0, 10_000],
        "one-too-many": [0, 5000, 4000, 1000],
        "with-some-for-the-client": [1, 5999, 4000],
        "of-9999": [0, 5999, 4000],
        "of-10001": [0, 6001, 4000],
    }
    clauses = [{"name": "safety", "text": text} for text in ("Ropes.", "Helmets.")]
    return [
        _good("engagement-with-places-open", "engagement", least, to_be_named),
        _good("engagement-with-the-client-last", "engagement", least, [painter, client]),
        _good("engagement-with-one-who-works-in-two-places", "engagement", least, [client, painter, painter]),
        _good("engagement-of-32-milestones", "engagement", {**least, "milestones": milestones[:-1]}),
        _bad("engagement-of-33-milestones", "ENG-1", "engagement", {**least, "milestones": milestones}),
        _good("engagement-with-9-witnesses", "engagement", {**least, "witnesses": witnesses[:-1]}),
        _bad("engagement-with-10-witnesses", "ENG-1", "engagement", {**least, "witnesses": witnesses}),
        *(_bad(name, rule, "engagement", least, among) for name, (rule, among) in parties.items()),
        *(
            _bad(f"engagement-shares-{name}", "ENG-3", "engagement", {**full, "shares": items})
            for name, items in shares.items()
        ),
        _good("engagement-with-all-for-one", "engagement", {**full, "shares": [0, 0, SHARES_TOTAL]}),
        _bad("engagement-witnessed-by-a-party", "ENG-4", "engagement", {**full, "witnesses": [_WITNESS, BOB.id]}),
        _bad("engagement-with-a-party-as-resolver", "ENG-4", "engagement", {**full, "resolver": ALICE.id}),
        _good("engagement-with-a-witness-as-resolver", "engagement", {**full, "resolver": _WITNESS}),
        _bad("engagement-with-two-clauses-of-one-name", "ENG-5", "engagement", {**full, "flow_down": clauses}),
    ]


def _good(name: str, kind: str, terms: Terms, parties: Sequence[object] | None = None) -> Case:
    read = document(**agreed_on(kind, terms, parties))
    return accepted(name, document=read.data.hex(), id=read.id.hex(), unknown=sorted(read.unknown))


def _bad(name: str, rule: str, kind: str, terms: Terms, parties: Sequence[object] | None = None) -> Case:
    return refused(name, rule, document=raw(agreed_on(kind, terms, parties)).hex())

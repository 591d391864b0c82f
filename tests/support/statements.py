"""Records of every kind that are good as they stand: one body each, for tests to publish or to spoil."""

from collections.abc import Mapping
from typing import NamedTuple

from support.agreements import TERMS, team, yes
from support.keys import NETWORK, Person, person

from folkmoot.agreement import cosignature_value
from folkmoot.canonical import Value
from folkmoot.ids import IdentityId
from folkmoot.keys import SecretKey
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS
from folkmoot.record import Content, Record, Ref, day_of, seal

NOW = 1_700_000_000_000
TODAY = day_of(NOW)
SOON = NOW + 7 * DAY_MS
DOCUMENT = team("alice", "bob", terms=TERMS)


class Place(NamedTuple):
    """Where, when and for how long something is said."""

    slot: int = 0
    rev: int = NOW
    days: int = 200
    space: str = "commons"


def said(who: Person, kind: str, body: Mapping[str, Value], place: Place = Place()) -> Record:  # noqa: B008
    """Let somebody say something, with the references that it implies."""
    return said_by(who.id, who.key, kind, body, place)


def said_by(
    author: IdentityId,
    key: SecretKey,
    kind: str,
    body: Mapping[str, Value],
    place: Place = Place(),  # noqa: B008 - it cannot be changed
) -> Record:
    """Let a device say something for an author."""
    refs: list[Ref] = list(KINDS[kind].refs(body, NETWORK)) if kind in KINDS and body else []
    expires = day_of(place.rev) + place.days
    content = Content(kind, place.space, place.slot, place.rev, expires, sorted(refs), body)
    return seal(content, author=author, key=key, network=NETWORK)


OPPORTUNITY: dict[str, Value] = {
    "title": "A kite",
    "need": "One that flies.",
    "roles": [{"title": "maker", "seats": 1, "skills": ["sewing"]}],
    "bids_close": SOON,
    "decide_by": SOON,
    "budget": {"model": "fixed", "currency": "EUR", "min_minor": 100, "max_minor": 100},
    "criteria": [{"name": "price", "weight": 100}],
    "location": {"city": "Lyon", "remote": True},
}
BID: dict[str, Value] = {
    "opportunity": bytes(32),
    "price": {"amount_minor": 100, "currency": "EUR", "unit": "fixed"},
    "plan": "Sew it.",
    "valid_until": SOON,
    "team": b"\x01" * 32,
    "allocations": [{"party": 0, "amount_minor": 100}],
}

BODIES: dict[str, dict[str, Value]] = {
    "profile": {
        "name": "Alice",
        "skills": [{"label": "sewing", "level": "good"}],
        "work": [{"claim": "self-asserted", "title": "Tailor", "from": "2019"}],
        "projects": [{"title": "A tent", "claim": "self-asserted"}],
        "shown": [bytes(32), b"\x01" * 32],
    },
    "availability": {"hours_per_week": 20, "from": TODAY, "until": TODAY + 30, "note": "mornings"},
    "opportunity": OPPORTUNITY,
    "bid": BID,
    "award": {"opportunity": bytes(32), "bid": b"\x01" * 32},
    "decline": {"reason": "fit", "bid": bytes(32)},
    "draft": {"document": DOCUMENT.data},
    "accept": {"document": DOCUMENT.id, "cosignature": cosignature_value(yes(DOCUMENT, person("alice")))},
    "agreement": {
        "document": DOCUMENT.data,
        "cosignatures": [cosignature_value(yes(DOCUMENT, person(name))) for name in ("alice", "bob")],
    },
    "exhibit": {"record": said(person("bob"), "bid", BID).wire},
    "endorsement": {"subject": person("bob").id, "text": "Good work.", "basis": DOCUMENT.id},
    "post": {"text": "Hello", "about": bytes(32), "topic": "ask", "tags": ["kites"]},
    "question": {"opportunity": bytes(32), "text": "How long is the tail?"},
    "clarification": {"opportunity": bytes(32), "text": "Two metres.", "question": b"\x01" * 32},
    "bid-commit": {"opportunity": bytes(32), "digest": b"\x01" * 32},
    "bid-list": {"opportunity": bytes(32), "commits": [bytes(32), b"\x01" * 32]},
    "counter": {"text": "A little less.", "bid": bytes(32), "price": BID["price"]},
    "apply": {"document": DOCUMENT.id, "party": 1, "text": "I sew.", "share": 5000},
    "leave": {"document": DOCUMENT.id, "reason": "availability"},
    "delivery": {
        "document": bytes(32),
        "milestone": 0,
        "evidence": [{"sha256": bytes(32), "name": "kite.jpg", "length": 8}],
    },
    "review-of-delivery": {"delivery": bytes(32), "verdict": "reject", "failed": [0, 2]},
    "payment": {"document": bytes(32), "milestone": 0, "way": "received", "amount_minor": 1, "currency": "EUR"},
    "seen": {"of": [bytes(32), b"\x01" * 32]},
    "closing": {"document": bytes(32), "way": "convenience"},
    "dispute": {"about": bytes(32), "text": "It does not fly.", "asks": "Another one."},
    "dispute-step": {"dispute": bytes(32), "step": "finding", "reason": "no-fault", "text": "No wind."},
    "vouch": {"subject": person("bob").id, "how": "We went to school together."},
    "review-commit": {"document": bytes(32), "digest": bytes(32)},
    "review": {
        "document": bytes(32),
        "subject": person("bob").id,
        "text": "Patient.",
        "commit": bytes(32),
        "salt": bytes(16),
        "counterpart": b"\x01" * 32,
    },
    "pattern": {"name": "Two at a kite", "intent": "It flies sooner.", "steps": ["One runs.", "One lets go."]},
    "pattern-outcome": {"pattern": bytes(32), "document": DOCUMENT.id, "verdict": "keep"},
}
"""A body that is good when Alice says it, by kind."""

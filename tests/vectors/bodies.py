"""One body with every field, and one with the least, for each kind whose body is made of plain fields."""

from collections.abc import Mapping

from vectors.craft import BOB, DAY, NOON_MS

from folkmoot.limits import DAY_MS

Bodies = Mapping[str, Mapping[str, object]]

_OPPORTUNITY, _BID, _DOCUMENT, _RECORD, _COMMIT, _DIGEST = (bytes([number]) * 32 for number in range(1, 7))
_SALT = bytes(range(16))
_PERIOD = {"from": "2021-03", "to": "2023-11"}
_PLACE = {"city": "Brest", "region": "Brittany", "country": "FR"}
_CLAIM = {"claim": "self-asserted"}
_WEEK_MS = 7 * DAY_MS

FULL: Bodies = {
    "profile": {
        "name": "Alice Martin",
        "headline": "Painter of lighthouses",
        "summary": "Coastal towers, inside and out.",
        "skills": [{"label": "painting", "level": "expert", "uri": "https://example.org/painting"}],
        "languages": [{"label": "French", "fluency": "native"}],
        "work": [
            {
                "title": "Painter",
                "organisation": "Harbour works",
                "summary": "Two towers.",
                "highlights": ["No accident in three years"],
                **_PERIOD,
                **_CLAIM,
            }
        ],
        "education": [
            {"institution": "Trade school", "area": "Coatings", "qualification": "CAP", **_PERIOD, **_CLAIM}
        ],
        "projects": [
            {
                "title": "The north tower",
                "summary": "White again.",
                "uri": "https://example.org/tower",
                "roles": ["lead"],
                **_PERIOD,
                **_CLAIM,
            }
        ],
        "credentials": [
            {
                "title": "Work at height",
                "issuer": "Safety board",
                "day": "2023-05-01",
                "uri": "https://example.org/c",
                **_CLAIM,
            }
        ],
        "location": _PLACE,
        "interests": ["tides"],
        "looking_for": "A mason.",
        "source": {"format": "json-resume", "day": DAY},
        "shown": [_RECORD],
    },
    "availability": {"hours_per_week": 24, "from": DAY, "until": DAY + 90, "note": "Not in storms."},
    "opportunity": {
        "title": "Repaint the south tower",
        "need": "Scrape, prime, two coats.",
        "roles": [{"title": "Painter", "seats": 2, "skills": ["painting"], "prefer": ["ropes"]}],
        "bids_close": NOON_MS + _WEEK_MS,
        "decide_by": NOON_MS + 2 * _WEEK_MS,
        "skills": ["painting"],
        "budget": {"model": "fixed", "currency": "EUR", "min_minor": 500_000, "max_minor": 900_000},
        "criteria": [{"name": "experience", "weight": 60}],
        "client_name": "Port of Brest",
        "location": {**_PLACE, "remote": False},
        "engagement": "One season.",
        "language": "fr",
        "start_day": DAY + 60,
        "uri": "https://example.org/call",
        "source": {"format": "jsonld", "day": DAY},
        "mode": "sealed",
        "bids_max": 2,
        "uris": [{"label": "Plans", "uri": "https://example.org/plans"}],
        "deliver_by": NOON_MS + 20 * _WEEK_MS,
        "parent": {"opportunity": _RECORD, "seat": "Painter"},
        "flow_down": [{"name": "safety", "text": "Nobody climbs alone."}],
        "revises": _OPPORTUNITY,
        "closed": {"reason": "revised", "note": "See the new call."},
    },
    "bid": {
        "opportunity": _OPPORTUNITY,
        "price": {"amount_minor": 750_000, "currency": "EUR", "unit": "fixed"},
        "plan": "Three weeks, from the top down.",
        "valid_until": NOON_MS + 3 * _WEEK_MS,
        "team": _DOCUMENT,
        "allocations": [{"party": 0, "amount_minor": 400_000}],
        "assumptions": "Dry weather.",
        "commit": _COMMIT,
        "salt": _SALT,
        "counter": _RECORD,
    },
    "award": {"opportunity": _OPPORTUNITY, "bid": _BID, "note": "Start on Monday."},
    "decline": {"reason": "timing", "bid": _BID, "note": "Next season, gladly."},
    "endorsement": {
        "subject": BOB.id,
        "text": "Careful on a rope, and punctual.",
        "skill": {"label": "rope access", "uri": "https://example.org/ropes"},
        "relation": "same team",
        "basis": _DOCUMENT,
        "milestone": 1,
    },
    "post": {
        "text": "Who has a spare compressor in May?",
        "about": _OPPORTUNITY,
        "replies": _RECORD,
        "topic": "ask",
        "title": "Compressor",
        "tags": ["tools"],
    },
    "question": {"opportunity": _OPPORTUNITY, "text": "Is there a crane?"},
    "clarification": {"opportunity": _OPPORTUNITY, "text": "There is none.", "question": _RECORD},
    "bid-commit": {"opportunity": _OPPORTUNITY, "digest": _DIGEST},
    "bid-list": {"opportunity": _OPPORTUNITY, "commits": [_BID, _COMMIT]},
    "counter": {
        "text": "For a little less, gladly.",
        "bid": _BID,
        "price": {"amount_minor": 700_000, "currency": "EUR", "unit": "fixed"},
    },
    "apply": {"document": _DOCUMENT, "party": 1, "text": "I have painted two towers.", "share": 2500},
    "leave": {"document": _DOCUMENT, "reason": "health", "note": "A broken wrist."},
    "delivery": {
        "document": _DOCUMENT,
        "milestone": 0,
        "evidence": [
            {"sha256": _DIGEST, "name": "north.jpg", "uri": "https://example.org/n.jpg", "length": 81_234}
        ],
        "note": "The north side, two coats.",
    },
    "review-of-delivery": {
        "delivery": _RECORD,
        "verdict": "reject",
        "failed": [1],
        "note": "The primer shows through.",
    },
    "payment": {
        "document": _DOCUMENT,
        "milestone": 0,
        "way": "sent",
        "amount_minor": 300_000,
        "currency": "EUR",
        "payee": 1,
        "note": "By bank, this morning.",
    },
    "seen": {"of": [_BID, _RECORD]},
    "closing": {"document": _DOCUMENT, "way": "convenience", "note": "The season is over."},
    "dispute": {
        "about": _DOCUMENT,
        "text": "The second coat was never paid.",
        "milestone": 1,
        "asks": "Payment within a week.",
    },
    "dispute-step": {
        "dispute": _RECORD,
        "step": "finding",
        "text": "The coat is there, and the invoice is right.",
        "reason": "client-at-fault",
    },
    "vouch": {"subject": BOB.id, "how": "We shared a workshop in 2019."},
    "review-commit": {"document": _DOCUMENT, "digest": _DIGEST},
    "review": {
        "document": _DOCUMENT,
        "subject": BOB.id,
        "text": "Punctual, and frank about delays.",
        "again": "gladly",
        "commit": _COMMIT,
        "salt": _SALT,
        "counterpart": _RECORD,
    },
    "pattern": {
        "name": "Two on every rope",
        "intent": "Nobody works at height alone.",
        "steps": ["One climbs.", "One holds.", "Change every hour."],
        "roles": [{"title": "Climber", "duties": "Paints."}],
        "agreements": ["Whoever is afraid comes down."],
        "measures": [{"name": "falls", "unit": "in a season"}],
        "derived_from": _RECORD,
    },
    "pattern-outcome": {
        "pattern": _RECORD,
        "document": _DOCUMENT,
        "verdict": "keep",
        "measures": [{"name": "falls", "value": 0}],
        "note": "Slower, and worth it.",
    },
}

FULL_OTHERWISE: Bodies = {
    "decline": {"reason": "terms", "document": _DOCUMENT, "note": "Not for that share."},
    "counter": {"text": "For a greater share.", "document": _DOCUMENT, "party": 1, "share": 4000},
}
"""Where some fields of a kind exclude others, a body with the others."""

_ROLE = {"title": "Painter", "seats": 1}

MINIMAL: Bodies = {
    "profile": {"name": "A"},
    "availability": {"hours_per_week": 0, "from": DAY, "until": DAY},
    "opportunity": {
        "title": "T",
        "need": "N",
        "roles": [_ROLE],
        "bids_close": NOON_MS + _WEEK_MS,
        "decide_by": NOON_MS + _WEEK_MS,
    },
    "bid": {
        "opportunity": _OPPORTUNITY,
        "price": {"amount_minor": 0, "currency": "EUR", "unit": "hour"},
        "plan": "P",
        "valid_until": NOON_MS,
    },
    "award": {"opportunity": _OPPORTUNITY, "bid": _BID},
    "decline": {"reason": "other", "document": _DOCUMENT},
    "endorsement": {"subject": BOB.id, "text": "E"},
    "post": {"text": "P"},
    "question": {"opportunity": _OPPORTUNITY, "text": "Q"},
    "clarification": {"opportunity": _OPPORTUNITY, "text": "C"},
    "bid-commit": {"opportunity": _OPPORTUNITY, "digest": _DIGEST},
    "bid-list": {"opportunity": _OPPORTUNITY, "commits": []},
    "counter": {"text": "C", "bid": _BID},
    "apply": {"document": _DOCUMENT, "party": 0, "text": "A"},
    "leave": {"document": _DOCUMENT, "reason": "other"},
    "delivery": {"document": _DOCUMENT, "milestone": 0, "evidence": []},
    "review-of-delivery": {"delivery": _RECORD, "verdict": "accept"},
    "payment": {
        "document": _DOCUMENT,
        "milestone": 0,
        "way": "received",
        "amount_minor": 1,
        "currency": "EUR",
    },
    "seen": {"of": [_RECORD]},
    "closing": {"document": _DOCUMENT, "way": "completed"},
    "dispute": {"about": _RECORD, "text": "D"},
    "dispute-step": {"dispute": _RECORD, "step": "take"},
    "vouch": {"subject": BOB.id, "how": "H"},
    "review-commit": {"document": _DOCUMENT, "digest": _DIGEST},
    "review": {"document": _DOCUMENT, "subject": BOB.id, "text": "R"},
    "pattern": {"name": "P", "intent": "I", "steps": ["S"]},
    "pattern-outcome": {"pattern": _RECORD, "document": _DOCUMENT, "verdict": "drop"},
}

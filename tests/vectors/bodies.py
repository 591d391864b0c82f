"""One body with every field, and one with the least, for each kind whose body is made of plain fields."""

from collections.abc import Mapping

from vectors.craft import BOB, DAY, NOON_MS

from folkmoot.limits import DAY_MS

Bodies = Mapping[str, Mapping[str, object]]

_OPPORTUNITY, _BID, _DOCUMENT, _RECORD = (bytes([number]) * 32 for number in range(1, 5))
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
    },
    "award": {"opportunity": _OPPORTUNITY, "bid": _BID, "note": "Start on Monday."},
    "decline": {"reason": "timing", "bid": _BID, "note": "Next season, gladly."},
    "endorsement": {
        "subject": BOB.id,
        "text": "Careful on a rope, and punctual.",
        "skill": {"label": "rope access", "uri": "https://example.org/ropes"},
        "relation": "same team",
        "basis": _DOCUMENT,
    },
    "post": {
        "text": "Who has a spare compressor in May?",
        "about": _OPPORTUNITY,
        "replies": _RECORD,
        "topic": "ask",
        "title": "Compressor",
        "tags": ["tools"],
    },
}

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
}

"""What JSON Resume 1.0.0 asks of a file, written afresh as a JSON Schema document.

No package on PyPI carries the published schema (the one named `resumeschema` holds a draft of 2016), so the
constraints are stated here. It is stricter in one point: keys that the format does not know are refused, as in
our own examples they would be slips.
"""

from collections.abc import Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped]

DATE_PATTERN = r"^[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?$"

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_DATE: dict[str, Any] = {"type": "string", "pattern": DATE_PATTERN}
_URI: dict[str, Any] = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}
_EMAIL: dict[str, Any] = {"type": "string", "pattern": r"^[^@\s]+@[^@\s]+$"}


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _entries(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(**properties)}


_SPAN = {"startDate": _DATE, "endDate": _DATE}

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "$schema": _URI,
        "basics": _object(
            name=_TEXT,
            label=_TEXT,
            image=_TEXT,
            email=_EMAIL,
            phone=_TEXT,
            url=_URI,
            summary=_TEXT,
            location=_object(address=_TEXT, postalCode=_TEXT, city=_TEXT, countryCode=_TEXT, region=_TEXT),
            profiles=_entries(network=_TEXT, username=_TEXT, url=_URI),
        ),
        "work": _entries(
            name=_TEXT,
            location=_TEXT,
            description=_TEXT,
            position=_TEXT,
            url=_URI,
            summary=_TEXT,
            highlights=_TEXTS,
            **_SPAN,
        ),
        "volunteer": _entries(
            organization=_TEXT, position=_TEXT, url=_URI, summary=_TEXT, highlights=_TEXTS, **_SPAN
        ),
        "education": _entries(
            institution=_TEXT, url=_URI, area=_TEXT, studyType=_TEXT, score=_TEXT, courses=_TEXTS, **_SPAN
        ),
        "awards": _entries(title=_TEXT, date=_DATE, awarder=_TEXT, summary=_TEXT),
        "certificates": _entries(name=_TEXT, date=_DATE, url=_URI, issuer=_TEXT),
        "publications": _entries(name=_TEXT, publisher=_TEXT, releaseDate=_DATE, url=_URI, summary=_TEXT),
        "skills": _entries(name=_TEXT, level=_TEXT, keywords=_TEXTS),
        "languages": _entries(language=_TEXT, fluency=_TEXT),
        "interests": _entries(name=_TEXT, keywords=_TEXTS),
        "references": _entries(name=_TEXT, reference=_TEXT),
        "projects": _entries(
            name=_TEXT,
            description=_TEXT,
            highlights=_TEXTS,
            keywords=_TEXTS,
            url=_URI,
            roles=_TEXTS,
            entity=_TEXT,
            type=_TEXT,
            **_SPAN,
        ),
        "meta": _object(canonical=_URI, version=_TEXT, lastModified=_TEXT),
    },
}


def faults(resume: object) -> list[str]:
    """Say what in a file is not as the format asks."""
    errors = jsonschema.Draft7Validator(SCHEMA).iter_errors(resume)
    return [f"{error.json_path}: {error.message}" for error in errors]

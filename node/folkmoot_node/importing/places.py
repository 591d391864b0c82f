"""Where somebody or some work is, no finer than the town: no street, no postal code."""

import re
from collections.abc import Mapping

from folkmoot.canonical import Value
from folkmoot_node.importing.countries import country_code
from folkmoot_node.importing.report import Report
from folkmoot_node.importing.text import line, loose_text

PLACE_CHARS_MAX = 64
ADDRESS_WHY = "a street address or postal code is never published; town, region and country are kept"

_ANYWHERE = frozenset(["remote", "anywhere", "worldwide", "global", "international", "virtual", "work from home"])
_PLACES_APART = re.compile(r"\s*,\s*")
_WORD_WITH_DIGIT = re.compile(r"\S*\d\S*")


def read_place(parts: Mapping[str, object], where: str, report: Report) -> dict[str, Value]:
    """Read town, region and country from the parts of an address.

    Args:
        parts: Loose values under `city`, `region` and `country`.
        where: What the place is of, for the report.
        report: Takes what is left out.
    """
    place: dict[str, Value] = {}
    country = line(parts.get("country"), f"{where}.country", PLACE_CHARS_MAX, report)
    code = country_code(country) if country else None
    for key in ("city", "region"):
        text = _without_numbers(line(parts.get(key), f"{where}.{key}", PLACE_CHARS_MAX, report), where, report)
        is_country = code is not None and len(text) > len("USA") and country_code(text) == code
        if text and text.casefold() not in _ANYWHERE and not (key == "city" and is_country):
            place[key] = text
    if code is not None:
        place["country"] = code
    elif country and country.casefold() not in _ANYWHERE:
        report.note(f"the country in {where} is not one of ISO 3166-1 and was left out")
    return place


def is_anywhere(loose: object) -> bool:
    """Whether somebody wrote, in the place of a place, that any place will do."""
    return loose_text(loose).strip().casefold() in _ANYWHERE


def read_written_place(loose: object, where: str, report: Report) -> dict[str, Value]:
    """Read a place written in one line, such as `Lyon, Rhône, France`; anything with a number in it goes."""
    written = loose_text(loose)[: PLACE_CHARS_MAX * 4]
    parts = [part for part in _PLACES_APART.split(written.strip()) if part]
    if len(parts) > 1 and any(_WORD_WITH_DIGIT.search(part) for part in parts):
        report.leave_out(f"address in {where}", ADDRESS_WHY)
        parts = [part for part in parts if not _WORD_WITH_DIGIT.search(part)]
    if not parts:
        return {}
    if len(parts) == 1:
        key = "country" if country_code(parts[0]) else "city"
        return read_place({key: parts[0]}, where, report)
    *earlier, last = parts
    # Two letters after a town are far more often a state of the USA than a country's code.
    if len(earlier) == 1 and re.fullmatch("[A-Z]{2}", last):
        return read_place({"city": earlier[0], "region": last}, where, report)
    if country_code(last) is None:
        return read_place({"city": earlier[-1], "region": last}, where, report)
    middle = earlier[-1] if len(earlier) > 1 else None
    town = earlier[-2] if len(earlier) > 1 else earlier[0]
    return read_place({"city": town, "region": middle, "country": last}, where, report)


def _without_numbers(text: str | None, where: str, report: Report) -> str:
    if text is None or not _WORD_WITH_DIGIT.search(text):
        return text or ""
    report.leave_out(f"postal code in {where}", ADDRESS_WHY)
    return " ".join(_WORD_WITH_DIGIT.sub(" ", text).split()).strip(" ,-")

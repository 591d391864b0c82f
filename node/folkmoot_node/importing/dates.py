"""Dates as people write them, cut to what is known, and moments in milliseconds."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from folkmoot.limits import DAY_MS

YEAR_MIN, YEAR_MAX = 1900, 2199

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero janeiro gennaio",
            "feb february februar février febrero fevereiro febbraio",
            "mar march märz mars marzo março",
            "apr april avril abril aprile",
            "may mai mayo maio maggio",
            "jun june juni juin junio junho giugno",
            "jul july juli juillet julio julho luglio",
            "aug august août agosto",
            "sep sept september septembre septiembre setembro settembre",
            "oct october oktober octobre octubre outubro ottobre okt",
            "nov november novembre noviembre novembro",
            "dec december dezember décembre diciembre dezembro dicembre dez",
        ),
        start=1,
    )
    for name in names.split()
}
_OPEN = frozenset(
    """
present|current|currently|now|ongoing|today|till date|till-date|to date|to-date|to present|heute|laufend|actuel
actuellement|aujourd'hui|actualidad|actual|presente|atual|oggi|n/a|-|\u2013|\u2014|至今|今|现在|現在|настоящее время
по настоящее время
""".strip()
    .replace("\n", "|")
    .split("|")
)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.年 ]\s?(\d{1,2})(?:[-/.月 ]\s?(\d{1,2})日?)?月?)?年?")
_YEAR_LAST = re.compile(r"(?:(\d{1,2})[-/. ])?(\d{1,2})[-/. ](\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{0,2})?",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?\s+)?([^\W\d_]{3,12})\.?,?(?:\s+(\d{1,2})(?:st|nd|rd|th)?,)?\s+'?(\d{4})"
)


def is_open(text: str) -> bool:
    """Whether a date says that something has not ended."""
    return text.strip().casefold() in _OPEN


def iso_date(text: str) -> str | None:
    """Read a date as `2014`, `2014-06` or `2014-06-29`, cut to what is known, or None.

    Of day and month in doubt (`05/06/2014`) only the year is taken.
    """
    text = text.strip()[:80]
    moment = _TIME.match(text)
    if moment is not None:
        text = moment.group(1)
    for pattern in (_COMPACT, _YEAR_FIRST):
        match = pattern.fullmatch(text)
        if match is not None:
            return _iso(*match.groups())
    match = _YEAR_LAST.fullmatch(text)
    if match is not None:
        return _iso_year_last(*match.groups())
    match = _WORDS.fullmatch(text)
    if match is not None and match.group(2).casefold() in _MONTHS:
        return _iso(match.group(4), str(_MONTHS[match.group(2).casefold()]), match.group(1) or match.group(3))
    return None


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    if not YEAR_MIN <= int(year) <= YEAR_MAX:
        return None
    if month is None or not 1 <= int(month) <= 12:  # noqa: PLR2004 - months of a year
        return year if month is None or int(month) == 0 else None
    if day is None or int(day) == 0:
        return f"{year}-{int(month):02}"
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return f"{year}-{int(month):02}"


def _iso_year_last(first: str | None, second: str, year: str) -> str | None:
    if first is None:
        return _iso(year, second, None)
    if int(first) > 12 or first == second:  # noqa: PLR2004 - only one of the two can be a month
        return _iso(year, second, first)
    if int(second) > 12:  # noqa: PLR2004
        return _iso(year, first, second)
    return _iso(year, None, None)


def day_number(iso: str) -> int | None:
    """Count the days from 1970-01-01 to a whole date, or None when the date is cut."""
    try:
        return date.fromisoformat(iso).toordinal() - _EPOCH_ORDINAL if len(iso) == len("2014-06-29") else None
    except ValueError:
        return None


def day_text(moment_ms: int) -> str:
    """Show the day of a moment, in UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment_ms)).date().isoformat()


def closing_ms(text: str) -> int | None:
    """Read when something ends: the moment given, or the last millisecond, in UTC, of the date given."""
    match = _TIME.match(text.strip())
    if match is not None:
        moment = _moment_ms(match)
        if moment is not None:
            return moment
    iso = iso_date(text)
    if iso is None or len(iso) == len("2014"):
        return None
    if len(iso) == len("2014-06"):
        year, month = (int(part) for part in iso.split("-"))
        after = date(year + month // 12, month % 12 + 1, 1).isoformat()
        last = day_number(after)
        return None if last is None else last * DAY_MS - 1
    day = day_number(iso)
    return None if day is None else (day + 1) * DAY_MS - 1


def _moment_ms(match: re.Match[str]) -> int | None:
    day, hour, minute, second, fraction, offset = match.groups()
    zone = _zone(offset)
    try:
        moment = datetime.fromisoformat(day).replace(
            hour=int(hour), minute=int(minute), second=min(int(second or 0), 59), tzinfo=zone
        )
    except ValueError:
        return None
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        return None
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return whole + int(((fraction or "0") + "00")[:3])


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:4])
    if minutes >= 24 * 60:
        return UTC
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))

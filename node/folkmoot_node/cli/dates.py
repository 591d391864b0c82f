"""Moments and days: typed in local time or as a distance from now, kept in milliseconds or days since 1970."""

import re
from datetime import UTC, date, datetime, time, timedelta

from folkmoot.limits import DAY_MS
from folkmoot_node.errors import ConfigError

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_STEPS_MS = {"m": _MINUTE_MS, "h": _HOUR_MS, "d": DAY_MS, "w": 7 * DAY_MS}
_DISTANCE = re.compile(r"\+(?P<count>[0-9]{1,6})(?P<step>[mhdw])")
_LAST_SECOND = time(23, 59, 59)
_EPOCH = date(1970, 1, 1)
_ADVICE = "Write it like 2026-12-24, 2026-12-24T17:00, +7d or +48h."
_HOURS_SHOWN_MAX = 48
_MINUTES_SHOWN_MAX = 90


def parse_moment(given: str, *, now_ms: int) -> int:
    """Read a moment; a date alone means the end of that day here.

    Raises:
        ConfigError: It is no moment.
    """
    distance = _DISTANCE.fullmatch(given.strip())
    if distance:
        return now_ms + int(distance["count"]) * _STEPS_MS[distance["step"]]
    try:
        day = _date(given)
        read = datetime.fromisoformat(given.strip()) if day is None else datetime.combine(day, _LAST_SECOND)
        return int(read.astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(f"{given!r} is not a date or time", advice=_ADVICE) from error


def parse_past(given: str, *, now_ms: int) -> int:
    """Read a moment in the past.

    Raises:
        ConfigError: It is none, or in the future.
    """
    moment = 2 * now_ms - parse_moment("+" + given[1:], now_ms=now_ms) if given.startswith("-") else None
    moment = parse_moment(given, now_ms=now_ms) if moment is None else moment
    if moment > now_ms:
        raise ConfigError(f"{given} is in the future", advice="Give a moment like 2026-11-20T18:00 or -3d.")
    return moment


def parse_deadline(given: str, *, now_ms: int, what: str) -> int:
    """Read a moment that must lie ahead.

    Args:
        given: What was typed.
        now_ms: Our clock.
        what: What happens then, to begin the sentence with.

    Raises:
        ConfigError: It is no moment, or is past.
    """
    moment_ms = parse_moment(given, now_ms=now_ms)
    if moment_ms <= now_ms:
        raise ConfigError(
            f"{what} must lie ahead, and {moment_text(moment_ms, now_ms=now_ms)} is past",
            advice="Give a later date, or a distance such as +7d.",
        )
    return moment_ms


def parse_day(given: str, *, now_ms: int) -> int:
    """Read a day: a date, `today`, or a distance in days or weeks.

    Raises:
        ConfigError: It is no day.
    """
    today = _local(now_ms).date()
    if given.strip() == "today":
        return (today - _EPOCH).days
    distance = _DISTANCE.fullmatch(given.strip())
    if distance and distance["step"] in "dw":
        return (today - _EPOCH).days + int(distance["count"]) * _STEPS_MS[distance["step"]] // DAY_MS
    day = _date(given)
    if day is None:
        raise ConfigError(f"{given!r} is not a day", advice="Write it like 2026-12-24, today, +14d or +2w.")
    return (day - _EPOCH).days


def moment_text(moment_ms: int, *, now_ms: int) -> str:
    """Write a moment in local time, with its distance from now."""
    try:
        local = _local(moment_ms)
    except (ValueError, OverflowError, OSError):
        return f"{moment_ms} ms after 1970"
    return f"{local:%Y-%m-%d %H:%M %Z} ({distance_text(moment_ms - now_ms)})"


def distance_text(distance_ms: int) -> str:
    """Write how far off something is, ahead or past."""
    minutes = abs(distance_ms) // _MINUTE_MS
    hours, days = minutes // 60, minutes // (24 * 60)
    if minutes < 1:
        return "now"
    if minutes < _MINUTES_SHOWN_MAX:
        length = f"{minutes} min"
    elif hours < _HOURS_SHOWN_MAX:
        length = f"{hours} h"
    else:
        length = f"{days} days"
    return f"in {length}" if distance_ms > 0 else f"{length} ago"


def day_text(day: int) -> str:
    """Write a day that is counted from 1970."""
    try:
        return (_EPOCH + timedelta(days=day)).isoformat()
    except OverflowError:
        return f"day {day}"


def _date(given: str) -> date | None:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return None


def _local(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, tz=UTC).astimezone()

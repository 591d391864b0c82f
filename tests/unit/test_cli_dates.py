import time
from collections.abc import Callable, Iterator

import pytest

from folkmoot.limits import DAY_MS
from folkmoot_node.cli.dates import day_text, distance_text, moment_text, parse_day, parse_deadline, parse_moment
from folkmoot_node.errors import ConfigError, ExitCode

NOW = 1_789_999_200_000  # 2026-09-21T14:00:00Z
TODAY = NOW // DAY_MS
HOUR_MS = 3_600_000


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("given", "distance_ms"), [("+7d", 7 * DAY_MS), ("+48h", 2 * DAY_MS), ("+90m", 5_400_000), ("+2w", 14 * DAY_MS)]
)
def test_a_distance_counts_from_now(given: str, distance_ms: int) -> None:
    assert parse_moment(given, now_ms=NOW) == NOW + distance_ms


def test_a_date_alone_means_the_end_of_that_day_here(live_in: Callable[[str], None]) -> None:
    live_in("UTC")
    in_london = parse_moment("2026-12-24", now_ms=NOW)
    assert moment_text(in_london, now_ms=NOW).startswith("2026-12-24 23:59 UTC")
    live_in("CET-1")
    assert parse_moment("2026-12-24", now_ms=NOW) == in_london - HOUR_MS


def test_a_time_with_a_zone_means_the_same_everywhere(live_in: Callable[[str], None]) -> None:
    live_in("UTC")
    here = parse_moment("2026-12-24T17:00", now_ms=NOW)
    live_in("CET-1")
    assert parse_moment("2026-12-24T17:00Z", now_ms=NOW) == here
    assert parse_moment("2026-12-24T18:00", now_ms=NOW) == here
    assert parse_moment("2026-12-24 18:00+01:00", now_ms=NOW) == here


@pytest.mark.parametrize("given", ["", "soon", "24.12.2026", "2026-13-01", "+d", "7d", "+7y", "+7", "99999-01-01"])
def test_what_is_no_moment_is_refused(given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_moment(given, now_ms=NOW)
    assert caught.value.exit_code is ExitCode.USAGE
    assert "2026-12-24" in caught.value.advice


def test_a_deadline_that_is_past_is_refused_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match=r"^the close of bids must lie ahead, and 2020-01-01 .* is past$"):
        parse_deadline("2020-01-01", now_ms=NOW, what="the close of bids")


def test_a_deadline_is_not_now() -> None:
    with pytest.raises(ConfigError):
        parse_deadline("+0d", now_ms=NOW, what="the end")
    assert parse_deadline("+1m", now_ms=NOW, what="the end") == NOW + 60_000


@pytest.mark.parametrize(
    ("given", "day"), [("today", TODAY), ("+14d", TODAY + 14), ("+2w", TODAY + 14), ("2026-09-22", TODAY + 1)]
)
def test_a_day_is_counted_from_1970(given: str, day: int, live_in: Callable[[str], None]) -> None:
    live_in("UTC")
    assert parse_day(given, now_ms=NOW) == day


def test_today_is_where_the_user_is(live_in: Callable[[str], None]) -> None:
    live_in("XYZ-14")
    assert parse_day("today", now_ms=NOW) == TODAY + 1


@pytest.mark.parametrize("given", ["+48h", "tomorrow", "2026-09-22T10:00"])
def test_what_is_no_day_is_refused(given: str) -> None:
    with pytest.raises(ConfigError):
        parse_day(given, now_ms=NOW)


@pytest.mark.parametrize(
    ("distance_ms", "shown"),
    [
        (0, "now"),
        (-59_999, "now"),
        (60_000, "in 1 min"),
        (-89 * 60_000, "89 min ago"),
        (2 * HOUR_MS, "in 2 h"),
        (-47 * HOUR_MS, "47 h ago"),
        (7 * DAY_MS, "in 7 days"),
    ],
)
def test_a_distance_is_shown_in_the_unit_that_fits(distance_ms: int, shown: str) -> None:
    assert distance_text(distance_ms) == shown


def test_a_moment_beyond_all_calendars_is_shown_as_its_number() -> None:
    assert moment_text(2**53 - 1, now_ms=NOW) == f"{2**53 - 1} ms after 1970"
    assert day_text(2**53 - 1) == f"day {2**53 - 1}"

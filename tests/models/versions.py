"""Versions of one record: everything that can differ between records at one address, in lives of a few days.

All are Alice's posts in slot 0. The first day is `DAY`; times of the day are 09:00 and 12:00.
"""

from support.keys import person
from support.statements import Place, said

from folkmoot.limits import DAY_MS
from folkmoot.record import Record

DAY = 20_000
HOUR_MS = 3_600_000
NINE = DAY * DAY_MS + 9 * HOUR_MS
TIMES = tuple(NINE + day * DAY_MS + hours * HOUR_MS for day in range(5) for hours in (0, 3))
"""Nine o'clock and noon of five days."""
ALICE = person("alice")


def _post(text: str, *, rev: int, expires: int) -> Record:
    """Make a version that expires so many days after the first."""
    days = DAY + expires - rev // DAY_MS
    return said(ALICE, "post", {"text": text} if text else {}, Place(rev=rev, days=days))


VERSIONS = (
    _post("first", rev=NINE, expires=2),
    _post("another of the same times", rev=NINE, expires=2),
    _post("newer, and sooner gone", rev=NINE + 1, expires=1),
    _post("older, and later gone", rev=NINE - DAY_MS, expires=3),
    _post("", rev=NINE + 2, expires=3),
    _post("due at eleven", rev=NINE + 2 * HOUR_MS, expires=3),
    _post("due tomorrow at ten", rev=NINE + DAY_MS + HOUR_MS, expires=4),
)

"""Making a body fit a record: what goes first is what matters least, always in the same order."""

from collections.abc import Callable, Iterator

from folkmoot.canonical import Value, encode
from folkmoot_node.importing.report import Report
from folkmoot_node.importing.text import clip

PROFILE_BODY_BYTES_MAX = 12_000
OPPORTUNITY_BODY_BYTES_MAX = 12_000

_SUMMARY_CHARS_SHORT = 160
_SKILLS_SHORT_MAX = 24
_NEED_CHARS_SHORT, _NEED_CHARS_LEAST, _NEED_CHARS_STEP = 2_000, 400, 100

Entry = dict[str, Value]
Step = tuple[str, Callable[[], object]]


def fit_profile(body: dict[str, Value], report: Report) -> None:
    """Shorten a profile body in place until it is within `PROFILE_BODY_BYTES_MAX`."""
    _fit(body, PROFILE_BODY_BYTES_MAX, _profile_steps(body), "the profile", report)


def fit_opportunity(body: dict[str, Value], report: Report) -> None:
    """Shorten an opportunity body in place until it is within `OPPORTUNITY_BODY_BYTES_MAX`."""
    _fit(body, OPPORTUNITY_BODY_BYTES_MAX, _opportunity_steps(body), "the opportunity", report)


def _fit(body: dict[str, Value], bytes_max: int, steps: Iterator[Step], name: str, report: Report) -> None:
    counts: dict[str, int] = {}
    while len(encode(body)) > bytes_max:
        what, act = next(steps)
        act()
        counts[what] = counts.get(what, 0) + 1
    for what, count in counts.items():
        times = f" ({count} times)" if count > 1 else ""
        report.note(f"{name} was over {bytes_max} bytes, so {what}{times}")


def _profile_steps(body: dict[str, Value]) -> Iterator[Step]:
    work = entries_of(body, "work")
    oldest_first = sorted(work, key=_age)
    for entry in oldest_first:
        if "highlights" in entry:
            yield "highlights were dropped, oldest work first", _dropping(entry, "highlights")
    projects = sorted(entries_of(body, "projects"), key=_age)
    for entry in [*oldest_first, *projects]:
        summary = entry.get("summary")
        if isinstance(summary, str) and len(summary) > _SUMMARY_CHARS_SHORT:
            yield "summaries of work and projects were shortened, oldest first", _clipping(entry)
    for entry in [*oldest_first, *projects]:
        if "summary" in entry:
            yield "summaries of work and projects were dropped, oldest first", _dropping(entry, "summary")
    for key, kept in (
        ("skills", _SKILLS_SHORT_MAX),
        ("interests", 0),
        ("credentials", 0),
        ("projects", 0),
        ("work", 0),
    ):
        yield from _thinning(body, key, kept)
    for key in ("education", "skills", "languages"):
        yield from _thinning(body, key, 0)


def _opportunity_steps(body: dict[str, Value]) -> Iterator[Step]:
    yield from _shortening_need(body, _NEED_CHARS_SHORT)
    for role in entries_of(body, "roles")[::-1]:
        if "skills" in role:
            yield "the skills of roles were dropped, last role first", _dropping(role, "skills")
    yield from _thinning(body, "skills", 0)
    yield from _shortening_need(body, _NEED_CHARS_LEAST)


def _shortening_need(body: dict[str, Value], chars: int) -> Iterator[Step]:
    while isinstance(need := body.get("need"), str) and len(need) > chars:
        yield "the need was shortened", _setting(body, "need", clip(need, max(chars, len(need) - _NEED_CHARS_STEP)))


def _thinning(body: dict[str, Value], key: str, kept: int) -> Iterator[Step]:
    while isinstance(entries := body.get(key), list) and len(entries) > kept:
        # Entries without dates are taken from the end, as people put first what matters most.
        dated = [entry for entry in entries_of(body, key) if "from" in entry or "day" in entry]
        victim: Value = min(dated, key=_age) if dated else entries[-1]
        yield f"entries of {key} were dropped, oldest or last first", _removing(body, entries, key, victim)


def entries_of(body: dict[str, Value], key: str) -> list[Entry]:
    """The entries of a list in a body that are maps."""
    entries = body.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _age(entry: Entry) -> str:
    """What sorts entries from the oldest to the newest; what has not ended is newest."""
    since = entry.get("from") or entry.get("day")
    until = entry.get("to") or entry.get("day")
    return f"{until if isinstance(until, str) else '9999'} {since if isinstance(since, str) else ''}"


def _dropping(entry: Entry, key: str) -> Callable[[], object]:
    return lambda: entry.pop(key, None)


def _setting(body: dict[str, Value], key: str, value: Value) -> Callable[[], object]:
    return lambda: body.update({key: value})


def _clipping(entry: Entry) -> Callable[[], object]:
    return lambda: entry.update(summary=clip(str(entry["summary"]), _SUMMARY_CHARS_SHORT))


def _removing(body: dict[str, Value], entries: list[Value], key: str, victim: Value) -> Callable[[], object]:
    def remove() -> None:
        at = next(index for index, entry in enumerate(entries) if entry is victim)
        del entries[at]
        if not entries:
            del body[key]

    return remove

"""How facts about a person are shown: counts in words, each with the ids that prove it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.money import EN_DASH
from folkmoot_node.cli.terminal import facts, heading, hint, indented, whole_id
from folkmoot_node.cli.texts import plain, short_id, who

_PROOFS_SHOWN_MAX = 20
_PROOFS_BESIDE_MAX = 3
_NOTHING = "Nothing that can be counted is known here yet."
_NOT_WHOLE = "There is more than was looked at, so these are at least so many."


class _Row(NamedTuple):
    """One fact in words, and what proves it."""

    name: str
    words: str
    proofs: list[str]


def facts_lines(answer: Answer) -> Iterable[RenderableType]:
    """Show facts with their proofs, whole and to be copied."""
    yield heading(Text.assemble("What ", who(answer["name"], answer["identity"]), " did"))
    rows = list(_rows(answer))
    for row in rows:
        yield indented(f"{row.name}: {row.words}")
        for proof in row.proofs[:_PROOFS_SHOWN_MAX]:
            yield whole_id(proof)
        if len(row.proofs) > _PROOFS_SHOWN_MAX:
            yield indented(f"and {len(row.proofs) - _PROOFS_SHOWN_MAX} more, with --json", style="dim")
    if not rows:
        yield indented(_NOTHING, style="dim")
    if not answer.get("is_whole", True):
        yield hint(_NOT_WHOLE)


def facts_summary(answer: Answer) -> Iterable[RenderableType]:
    """Show facts in a few lines, with the short ids of some proofs."""
    rows = list(_rows(answer))
    if rows:
        yield indented("What they did", style="bold")
        named: dict[str, list[Text]] = {}
        for row in rows:
            named.setdefault(row.name, []).append(_with_proofs(row))
        yield facts({name: Text("\n").join(words) for name, words in named.items()})
    else:
        yield indented(_NOTHING, style="dim")
    if not answer.get("is_whole", True):
        yield indented(_NOT_WHOLE, style="dim")


def _with_proofs(row: _Row) -> Text:
    shown = [short_id(proof) for proof in row.proofs[:_PROOFS_BESIDE_MAX]]
    rest = len(row.proofs) - len(shown)
    more = [f"{rest} more"] if rest else []
    return Text(row.words).append(f"  {', '.join([*shown, *more])}", style="dim")


def _rows(answer: Answer) -> Iterator[_Row]:
    """Return the facts that there are; what never happened is not listed."""
    for way, fact in answer["engagements"].items():
        yield _Row(f"engagements {plain(way)}", str(fact["count"]), fact["proofs"])
    yield from _counted("ended on one side's word", answer["one_sided"])
    delivered, accepted, first = answer["milestones"], answer["accepted"], answer["accepted_first_time"]
    if delivered["count"]:
        words = f"{accepted['count']} of {delivered['count']}, {first['count']} as first delivered"
        yield _Row("milestones accepted", words, delivered["proofs"])
    yield from _counted("delivered late", answer["late"])
    if answer["payment_days"]:
        yield _Row("days to payment", _spread(answer["payment_days"]), answer["payments"]["proofs"])
    yield from _counted("payments overdue", answer["payments_overdue"])
    received, answered = answer["bids_received"], answer["bids_answered"]
    if received["count"]:
        yield _Row("bids answered", f"{answered['count']} of {received['count']}", received["proofs"])
    yield from _counted("opportunities lapsed", answer["lapsed"])
    yield from _counted("reviews not shown", answer["unrevealed"])
    yield from _counted("teams left, no fault", answer["left"])
    for companion in answer["companions"]:
        name = who(companion["name"], companion["identity"]).plain
        yield _Row("worked with", f"{name}, {_times(len(companion['proofs']))}", companion["proofs"])


def _counted(name: str, fact: Answer) -> Iterator[_Row]:
    if fact["count"]:
        yield _Row(name, str(fact["count"]), fact["proofs"])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _spread(days: list[int]) -> str:
    """Write days, which are ascending, as the middle one and how far they go."""
    middle = days[(len(days) - 1) // 2]
    return str(middle) if days[0] == days[-1] else f"{middle} in the middle, {days[0]}{EN_DASH}{days[-1]}"

"""The little HTML that an evidence page is made of; whatever comes from records is escaped here, nowhere else."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import NewType

from folkmoot.limits import DAY_MS

Html = NewType("Html", str)
"""Markup that is safe to put into the page."""

NOTHING = Html("")
_SHORT_MIN = 24
_SHOWN = 14


def text(foreign: object) -> Html:
    """Return words of anybody's as they are. No record holds characters that hide or turn text (ENC-4)."""
    return Html(escape(str(foreign)))


def joined(parts: Iterable[Html]) -> Html:
    """Put markup together."""
    return Html("".join(parts))


def tag(name: str, content: Html, css: str = "") -> Html:
    """Wrap markup in an element."""
    shown = f' class="{css}"' if css else ""
    return Html(f"<{name}{shown}>{content}</{name}>")


def badge(status: object) -> Html:
    """Show a status as a word that stands out."""
    return tag("span", text(status), "badge")


def link(identifier: str, held: frozenset[str]) -> Html:
    """Show an id in short; one that is in the file leads to where the page shows it."""
    short = f"{identifier[:_SHOWN]}…" if len(identifier) > _SHORT_MIN else identifier
    if identifier not in held:
        return Html(f'<code title="{escape(identifier)} is not in this file">{escape(short)}</code>')
    return Html(f'<a href="#{escape(identifier)}"><code title="{escape(identifier)}">{escape(short)}</code></a>')


def table(heads: Sequence[str], rows: Iterable[Sequence[Html]]) -> Html:
    """Lay out rows below heads; nothing where there are no rows."""
    cells = [joined(tag("td", cell) for cell in row) for row in rows]
    if not cells:
        return NOTHING
    head = tag("tr", joined(tag("th", text(item)) for item in heads))
    return tag("table", joined([tag("thead", head), tag("tbody", joined(tag("tr", row) for row in cells))]))


def section(title: str, *parts: Html) -> Html:
    """Put a heading over parts; nothing where they are all empty."""
    if not any(parts):
        return NOTHING
    return tag("section", joined([tag("h2", text(title)), *parts]))


def moment(moment_ms: int) -> str:
    """Write a moment in UTC, which is the same for every reader."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def day(number: int) -> str:
    """Write a day."""
    return datetime.fromtimestamp(number * DAY_MS / 1000, UTC).strftime("%Y-%m-%d")

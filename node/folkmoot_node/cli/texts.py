"""Foreign text on a terminal: what others wrote is shown, and does nothing.

Names, titles and reasons come from strangers. A terminal obeys control characters and a reader is misled by
characters that hide or turn text around, so both are taken out here, and nothing foreign is ever read as markup.
"""

import unicodedata
from collections.abc import Mapping

from rich.text import Text

from folkmoot.errors import DecodeError
from folkmoot.ids import IdPrefix, id_from_text
from folkmoot_node.errors import ConfigError, UnknownIdError

_HEAD_LENGTH = 6
_TAIL_LENGTH = 4
_SHOWN_LENGTH_MAX = 80
_MISTYPED = ("IDS-2", "IDS-3")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

STATUS_STYLES: Mapping[str, str] = {
    **dict.fromkeys(
        ("open", "formed", "awarded", "signed", "standing", "verified", "connected", "firm", "opened"), "green"
    ),
    **dict.fromkeys(("accepted", "deemed-accepted", "complete", "in-force", "received", "settled"), "green"),
    **dict.fromkeys(("acceptance-claimed", "delivered", "due", "found", "replied", "taken"), "yellow"),
    **dict.fromkeys(("deemed-rejected", "overdue", "rejected"), "bold red"),
    **dict.fromkeys(("closed", "not-due"), "dim"),
    "revealed": "green", "late": "yellow", "unrevealed": "bold red",
    **dict.fromkeys(
        ("offered", "waiting", "closed-to-bids", "incomplete", "stale", "conditional", "committed"), "yellow"
    ),
    **dict.fromkeys(
        ("contested", "void", "repudiated", "damaged", "does not count", "disputed", "not-listed", "unopened"),
        "bold red",
    ),
    **dict.fromkeys(("superseded", "declined", "lapsed", "withdrawn", "expired", "not connected", "left"), "dim"),
}


def plain(foreign: object, *, keep_lines: bool = False) -> str:
    """Return text without control, bidirectional and invisible characters.

    Args:
        foreign: What somebody else wrote; `None` is nothing.
        keep_lines: Keep line feeds; else they, and tabs, become spaces.
    """
    if foreign is None:
        return ""
    return "".join(
        _stand_in(character, keep_lines) if unicodedata.category(character) in _HIDDEN_CATEGORIES else character
        for character in str(foreign)
    )


def _stand_in(character: str, keep_lines: bool) -> str:
    if character == "\n" and keep_lines:
        return character
    return " " if character in "\n\t\u2028\u2029" else ""


def short_id(text: str) -> str:
    """Shorten the text of an id so that people can tell two apart; it cannot be read back."""
    text = plain(text)
    head = text.find("1") + 1 + _HEAD_LENGTH
    return text if len(text) <= head + _TAIL_LENGTH else f"{text[:head]}…{text[-_TAIL_LENGTH:]}"


def who(name: object, identity: str) -> Text:
    """Name somebody: anybody can take a name, so the short id always stands beside it."""
    shown, short = plain(name), short_id(identity)
    if shown in ("", short):
        return Text(short, style="bold").append(" (no profile here)", style="not bold dim")
    return Text(shown, style="bold").append(f" ({short})", style="not bold dim")


def status_text(status: object) -> Text:
    """Write a status, in a colour that says no more than its word does."""
    word = plain(status)
    return Text(word, style=STATUS_STYLES.get(word, ""))


def checked_id(given: str, *expected: IdPrefix) -> str:
    """Return an id that a person gave, in lower case.

    Raises:
        UnknownIdError: It is mistyped.
        ConfigError: It is no id, only the short form of one, or names something else.
    """
    given = given.strip()
    if "…" in given or "..." in given:
        raise ConfigError(
            f"{plain(given)} is the short form of an id",
            advice="Give the whole id; every list and `show` prints it once on a line of its own.",
        )
    try:
        id_from_text(given, *expected)
    except DecodeError as error:
        advice = f"Copy the id again; you gave {plain(given)[:_SHOWN_LENGTH_MAX]}."
        if error.rule in _MISTYPED:
            raise UnknownIdError(error.why, advice=advice, rule=error.rule) from error
        raise ConfigError(error.why, advice=advice, rule=error.rule) from error
    return given.lower()


def person_id(given: str) -> str:
    """Return the id of an identity, or `me`.

    Raises:
        ConfigError: It is neither.
        UnknownIdError: It is mistyped.
    """
    return "me" if given == "me" else checked_id(given, IdPrefix.IDENTITY)

"""How identities, and what a revocation keeps and loses, are shown."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.terminal import heading, hint, indented, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, status_text, who

LISTED_MAX = 40
"""Items of one list that are shown to a person; programs get all."""

_RANKS = {0: "rotation", 1: "paper (1)", 2: "guardians (2)", 3: "paper (3)"}
_KEY_LENGTH = 16


def identity_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show an identity: its operations, its devices, and who can recover it."""
    yield heading(who(answer["name"], answer["identity"]), status_text(answer["status"]))
    yield whole_id(answer["identity"])
    yield ""
    yield table(
        ("#", "operation", "signed with", "what changed"),
        ((str(item["depth"]), short_id(item["id"]), _rank(item), _changes(item)) for item in answer["operations"]),
    )
    yield ""
    yield table(
        ("device", "scope", "standing", "#kept"),
        (
            (plain(item["key"])[:_KEY_LENGTH], plain(item["scope"]), _standing(item, now_ms), str(item["kept"]))
            for item in answer["devices"]
        ),
    )
    yield ""
    yield table(
        ("can recover", "it takes"),
        (
            (_RANKS.get(item["rank"], f"rank {item['rank']}"), f"{item['threshold']} of {item['keys']}")
            for item in answer["recovery"]
        ),
    )
    if answer["status"] == "disputed":
        yield indented("Two branches of equal rank are known, and nothing decides between them.", style="yellow")
        yield hint("The owner ends a dispute with a recovery key of a higher rank: folkmoot identity recover …")


def losses_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show what of a device's word would be kept and what would be lost."""
    for title, items, style in (("Kept", answer["kept"], "green"), ("Lost", answer["lost"], "yellow")):
        yield Text(f"{title}: {len(items) or 'nothing'}", style=style)
        if items:
            yield table(
                ("what", "said", "", "id"),
                (
                    (
                        plain(item["kind"]),
                        moment_text(item["at_ms"], now_ms=now_ms),
                        "others build on it" if item["is_needed"] else "",
                        plain(item["id"]),
                    )
                    for item in items[:LISTED_MAX]
                ),
            )
        if len(items) > LISTED_MAX:
            yield hint(f"… and {len(items) - LISTED_MAX} more; --json lists all.")


def _rank(item: Answer) -> str:
    signed = _RANKS.get(item["rank"], f"rank {item['rank']}") if item["depth"] else "the first device"
    return f"{signed}, disputed" if item["is_disputed"] else signed


def _changes(item: Answer) -> str:
    return "; ".join(plain(change) for change in item["changes"])


def _standing(item: Answer, now_ms: int) -> str:
    until = f", up to {moment_text(item['until'], now_ms=now_ms)}" if item.get("until") is not None else ""
    return f"{plain(item['standing'])}{until}"

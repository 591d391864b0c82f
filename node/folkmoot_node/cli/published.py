"""How a command says what it has just published."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import day_text
from folkmoot_node.cli.terminal import hint, indented, sentence_text, whole_id
from folkmoot_node.cli.texts import plain


def published_lines(answer: Answer, what: str, *, after: str = "") -> Iterable[RenderableType]:
    """Describe a published record.

    Args:
        answer: What the daemon said of it.
        what: What the user did.
        after: A command to go on with, in which `{document}` and `{id}` are filled in.
    """
    yield Text(what, style="bold green")
    if answer["kind"] == "draft" and answer.get("document"):
        yield indented("document", style="dim")
        yield whole_id(answer["document"])
        yield indented("record", style="dim")
    yield whole_id(answer["id"])
    yield indented(f"Kept by others until {day_text(answer['expires_day'])} unless renewed.", style="dim")
    for note in answer.get("notes", []):
        yield indented(sentence_text(note))
    if after:
        filled = after.replace("{document}", plain(answer.get("document"))).replace("{id}", plain(answer["id"]))
        yield hint(f"Next: {filled}")

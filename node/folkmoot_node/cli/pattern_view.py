"""How ways of working are shown, and what became of them beside each other."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.terminal import facts, heading, hint, indented, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, who

_VALUES_SHOWN_MAX = 20


def pattern_list_lines(answer: Answer) -> Iterable[RenderableType]:
    """Show patterns in a list."""
    for item in answer["items"]:
        yield heading(plain(item["name"]), Text(_verdicts(item), style="dim"))
        yield indented(plain(item["intent"]))
        yield indented(Text.assemble("by ", who(item["author_name"], item["author"])), style="dim")
        yield whole_id(item["id"])
        yield ""
    if not answer["items"]:
        yield "No patterns here."
        yield hint("This node shows only what it holds; more arrives with every sync.")


def pattern_lines(answer: Answer) -> Iterable[RenderableType]:
    """Show a pattern and compare what became of it."""
    yield from pattern_list_lines({"items": [answer]})
    body = answer["body"]
    for number, step in enumerate(body["steps"], 1):
        yield indented(f"{number}. {plain(step)}")
    roles = {plain(role["title"]): plain(role.get("duties")) or "takes part" for role in body.get("roles", [])}
    if roles:
        yield ""
        yield facts(dict(roles))
    for agreement in body.get("agreements", []):
        yield indented(f"We agree: {plain(agreement)}")
    if answer.get("derived_from"):
        yield indented("made from", style="dim")
        yield whole_id(answer["derived_from"])
    yield ""
    yield from _compared(answer)


def _compared(answer: Answer) -> Iterable[RenderableType]:
    if answer["measures"]:
        rows = [
            (plain(item["name"]), _number(item["median"]), _values(item["values"]), plain(item["unit"]))
            for item in answer["measures"]
        ]
        yield table(("measure", "#median", "all values", "unit"), rows)
    for outcome in answer["outcomes"]:
        said = Text.assemble(
            who(outcome["author_name"], outcome["author"]), ": ", (plain(outcome["verdict"]), "bold")
        )
        note = f" · “{plain(outcome['note'])}”" if outcome.get("note") else ""
        yield indented(said.append(f", after {short_id(outcome['document'])}{note}"))
    if not answer["outcomes"]:
        yield indented("Nobody who chose it has said yet what became of it.", style="dim")
    if not answer.get("is_whole", True):
        yield hint("There is more than was looked at, so this compares only a part.")


def _verdicts(item: Answer) -> str:
    said = ", ".join(f"{count} {plain(word)}" for word, count in item["verdicts"].items() if count)
    used = item["used"]
    chosen = "chosen once" if used == 1 else f"chosen {used} times" if used else "not chosen yet"
    return f"{chosen} · {said}" if said else chosen


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _values(values: list[int]) -> str:
    shown = ", ".join(str(value) for value in values[:_VALUES_SHOWN_MAX])
    return f"{shown} … ({len(values)})" if len(values) > _VALUES_SHOWN_MAX else shown

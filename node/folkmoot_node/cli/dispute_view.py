"""How disputes are shown."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.terminal import facts, heading, indented, whole_id
from folkmoot_node.cli.texts import plain, status_text, who


def dispute_summary_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show a dispute beside what it is about."""
    status = status_text(item["status"])
    if item.get("reason"):
        status.append(f" ({plain(item['reason'])})")
    yield Text.assemble(("Dispute by ", "bold"), who(item["by_name"], item["by"]), ": ", status)
    yield indented(plain(item["text"], keep_lines=True))
    yield indented(moment_text(item["at"], now_ms=now_ms), style="dim")
    yield whole_id(item["id"])


def dispute_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show a dispute in full, step by step."""
    status = status_text(item["status"])
    if item.get("reason"):
        status.append(f" ({plain(item['reason'])})")
    yield heading(Text.assemble(("Dispute by ", "bold"), who(item["by_name"], item["by"])), status)
    yield whole_id(item["id"])
    yield ""
    yield indented(plain(item["text"], keep_lines=True))
    yield ""
    resolver = who(item["resolver_name"], item["resolver"]) if item.get("resolver") else "nobody is named"
    yield facts(
        {
            "asks for": plain(item.get("asks"), keep_lines=True),
            "opened": moment_text(item["at"], now_ms=now_ms),
            "milestone": "" if item.get("milestone") is None else str(item["milestone"]),
            "resolver": resolver,
        }
    )
    yield indented("about", style="dim")
    yield whole_id(item["about"])
    if item.get("engagement") and item["engagement"] != item["about"]:
        yield indented("under the engagement", style="dim")
        yield whole_id(item["engagement"])
    for step in item.get("steps", []):
        yield from _step_lines(step, now_ms)
    for offer in item.get("settlements", []):
        yield ""
        yield Text.assemble(
            (f"Settlement by {plain(offer['drafter_name'])}: ", "bold"), status_text(offer["status"])
        )
        yield indented(plain(offer["text"], keep_lines=True))
        if offer["waiting"]:
            yield indented(f"waits for {plain(', '.join(offer['waiting']))}", style="dim")
        yield whole_id(offer["id"])


def _step_lines(step: Answer, now_ms: int) -> Iterable[RenderableType]:
    reason = f", {plain(step['reason'])}" if step.get("reason") else ""
    yield ""
    yield Text.assemble((f"{plain(step['step'])}{reason} ", "bold"), "by ", who(step["by_name"], step["by"]))
    if step.get("text"):
        yield indented(plain(step["text"], keep_lines=True))
    yield indented(moment_text(step["at"], now_ms=now_ms), style="dim")

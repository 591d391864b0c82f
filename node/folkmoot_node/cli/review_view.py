"""How reviews are shown, and the disputes that stand beside them."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.terminal import heading, hint, indented, whole_id
from folkmoot_node.cli.texts import plain, status_text, who

_AGAIN = {"gladly": "would work with them again, gladly", "perhaps": "would perhaps", "no": "would not again"}
_MEANINGS = {
    "committed": "promised; nobody else can read it yet",
    "unrevealed": "promised and not shown in time",
    "late": "late: its author may have read the other's first",
}


def review_list_lines(answer: Answer) -> Iterable[RenderableType]:
    """Show the reviews of an engagement."""
    for item in answer["items"]:
        yield from review_lines(item)
        yield ""
    if not answer["items"]:
        yield "No reviews yet."
        yield hint("Promise yours with `folkmoot review commit`.")


def review_lines(item: Answer) -> Iterable[RenderableType]:
    """Show one review, as far as it can be read."""
    title = Text.assemble("Review by ", who(item["author_name"], item["author"]))
    if item.get("subject"):
        title.append(" of ").append_text(who(item["subject_name"], item["subject"]))
    yield heading(title, status_text(item["status"]))
    if item.get("text"):
        yield indented(f"“{plain(item['text'], keep_lines=True)}”")
    remarks = [_AGAIN.get(plain(item.get("again")), ""), _MEANINGS.get(plain(item["status"]), "")]
    if any(remarks):
        yield indented(" · ".join(remark for remark in remarks if remark), style="dim")
    yield from objection_lines(item.get("disputes", []))
    yield whole_id(item.get("review") or item["commit"])


def objection_lines(disputes: Iterable[Answer]) -> Iterable[RenderableType]:
    """Show the disputes that stand beside what somebody said."""
    for dispute in disputes:
        finding = f", {plain(dispute['reason'])}" if dispute.get("reason") else ""
        title = Text.assemble("Disputed by ", plain(dispute["by_name"]), " (")
        title.append_text(status_text(dispute["status"])).append(f"{finding}): “{plain(dispute['text'])}”")
        yield indented(title)
        yield whole_id(dispute["id"])

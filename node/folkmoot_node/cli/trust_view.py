"""How trust from one's own key is shown: the amount, the distance, and the ways in words with their proofs."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.terminal import heading, hint, indented, whole_id
from folkmoot_node.cli.texts import plain, who


def trust_lines(answer: Answer) -> Iterable[RenderableType]:
    """Show how far the viewer's ties reach somebody."""
    yield heading(Text.assemble("From your own key to ", who(answer["name"], answer["identity"])))
    amount, most, distance = answer["amount"], answer["amount_max"], answer["distance"]
    yield indented(Text.assemble((str(amount), "bold"), f" of at most {most} · {_how_far(distance)}"))
    for way in answer["ways"]:
        yield ""
        steps = [" and ".join(plain(tie["words"]) for tie in step["ties"]) for step in way["steps"]]
        yield indented(f"{way['amount']} by this way: {'; '.join(steps)}.")
        for step in way["steps"]:
            for tie in step["ties"]:
                yield whole_id(tie["proof"])
    if not answer["is_whole"]:
        yield hint(f"Not everybody within reach was looked at, only the nearest {answer['looked_at']}.")
    yield hint("This is what your own ties say; others have answers of their own.")


def _how_far(distance: int | None) -> str:
    if distance is None:
        return "no tie of yours leads there"
    if distance == 0:
        return "that is you"
    return "one tie away" if distance == 1 else f"{distance} ties away"

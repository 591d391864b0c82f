"""How a team offer is shown: its seats, who applies for them, what was said to it, and what it names."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.forms import percent
from folkmoot_node.cli.opportunity_view import counter_lines
from folkmoot_node.cli.terminal import facts, heading, indented, table, whole_id
from folkmoot_node.cli.texts import plain, short_id, status_text, who


def team_lines(item: Answer, now_ms: int) -> Iterable[RenderableType]:
    """Show a team in full."""
    yield heading(plain(item["name"]), status_text(item["status"]))
    yield whole_id(item["id"])
    yield ""
    yield indented(plain(item.get("purpose"), keep_lines=True))
    yield ""
    terms = item.get("terms", {})
    yield facts(
        {
            "offered by": who(item.get("drafter_name"), item["drafter"]),
            "sign by": moment_text(item["accept_by"], now_ms=now_ms),
            "decides": plain(terms.get("decide")),
            "on leaving": plain(terms.get("exit")),
            "to replace": plain(terms.get("replace")),
            "for scoping": ", ".join(
                f"seat {credit['place']} {percent(credit['share'])}" for credit in item.get("scoping", [])
            ),
        }
    )
    yield ""
    yield table(
        ("#seat", "role", "who", "#share", ""),
        (
            (
                str(seat["place"]),
                _role_text(seat, is_lead=seat["place"] == item.get("lead")),
                who(seat["name"], seat["identity"]) if seat["identity"] else Text("nobody yet", style="dim"),
                "" if seat.get("share") is None else percent(seat["share"]),
                status_text(seat["status"]),
            )
            for seat in item["seats"]
        ),
    )
    yield ""
    for refused in item.get("refused", []):
        yield _refused_text(refused, item["id"])
    for application in item.get("applications", []):
        yield from _application_lines(application)
    yield from counter_lines(item.get("counters", []))
    for filled in item.get("filled_by", []):
        yield indented(f"{plain(filled['seat'])} is filled by the opportunity", style="dim")
        yield whole_id(filled["opportunity"])
    for field, words in (
        ("opportunity", "for the opportunity"),
        ("prev", "replaces the offer"),
        ("superseded_by", "superseded by"),
        ("agreement", "signed by all in the agreement record"),
        ("pattern", "works by the pattern"),
    ):
        if item.get(field):
            yield indented(words, style="dim")
            yield whole_id(item[field])


def _application_lines(application: Answer) -> Iterable[RenderableType]:
    wants = f", for {percent(application['share'])}" if application.get("share") is not None else ""
    applicant = who(application["applicant_name"], application["applicant"])
    yield indented(Text.assemble(applicant, f" applies for seat {application['place']}{wants}"))
    yield indented(plain(application["text"], keep_lines=True))
    yield whole_id(application["id"])


def _role_text(seat: Answer, *, is_lead: bool) -> str:
    role = plain(seat["role"])
    return f"{role} (lead)" if is_lead and role.casefold() != "lead" else role


def _refused_text(refused: Answer, document: str) -> RenderableType:
    author = who(refused["author_name"], refused["author"])
    rule = plain(refused["rule"])
    if refused.get("document") and refused["document"] != document:
        what = f" signed another wording ({short_id(refused['document'])}), which does not count here: {rule}"
    else:
        what = f" signed, but it does not count: {rule}"
    return indented(Text.assemble(author, (what, "yellow")))

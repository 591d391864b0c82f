"""How people, and what imports made of them, are shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import day_text
from folkmoot_node.cli.facts_view import facts_summary
from folkmoot_node.cli.money import EN_DASH
from folkmoot_node.cli.published import published_lines
from folkmoot_node.cli.review_view import objection_lines, review_lines
from folkmoot_node.cli.terminal import facts, heading, hint, indented, sentence_text, whole_id
from folkmoot_node.cli.texts import plain, status_text, who

_ENTRIES = {"work": "Work", "projects": "Projects", "education": "Education", "credentials": "Credentials"}
_CLASS_MEANINGS = {
    "E3": "E3, on accepted work",
    "E2": "E2, on what both signed",
    "E1": "E1, bare word",
}
_WHY_NOT_HIGHER = {
    "none-named": "it names nothing that both signed",
    "not-held": "what it rests on has not arrived here",
    "not-shared": "not both have a place in what it rests on",
    "not-in-force": "what it rests on does not stand",
    "nothing-accepted": "nothing of it is accepted yet",
    "repudiated": "a signature that it rests on is repudiated",
    "closed-for-cause": "what it rests on was ended for cause",
}


def person_lines(answer: Answer) -> Iterable[RenderableType]:
    """Show all that is known of a person."""
    yield heading(
        who(answer["name"], answer["identity"]), status_text("disputed") if answer.get("is_disputed") else None
    )
    yield whole_id(answer["identity"])
    profile = answer.get("profile")
    time = availability_text(answer.get("availability"))
    if profile is None:
        yield indented("No profile has arrived here yet.", style="dim")
        yield facts({"time": time})
    else:
        yield from _profile_lines(profile, time)
    if answer.get("facts"):
        yield ""
        yield from facts_summary(answer["facts"])
    for team in answer.get("teams", []):
        yield ""
        yield heading(Text.assemble("Team ", (plain(team["name"]), "bold")))
        yield whole_id(team["id"])
    for endorsement in answer.get("endorsements", []):
        yield ""
        yield from endorsement_lines(endorsement)
    for review in answer.get("reviews", []):
        yield ""
        yield from review_lines(review)


def endorsement_lines(endorsement: Answer) -> Iterable[RenderableType]:
    """Show one endorsement: who says it, what it rests on, and what they say."""
    skill = endorsement.get("skill")
    label = plain(skill.get("label") if isinstance(skill, Mapping) else skill)
    grade = plain(endorsement["class"])
    title = Text.assemble("Endorsed by ", who(endorsement["author_name"], endorsement["author"]))
    if label:
        title.append(f" for {label}")
    hidden = Text("not shown to others", style="yellow")
    yield heading(title, None if endorsement.get("is_shown") else hidden)
    yield indented(f"“{plain(endorsement['text'])}”")
    milestone = endorsement.get("milestone")
    parts = [
        _CLASS_MEANINGS.get(grade, grade),
        _WHY_NOT_HIGHER.get(plain(endorsement.get("why")), ""),
        f"milestone {milestone}" if milestone is not None else "",
        plain(endorsement.get("relation")),
        f"one of {endorsement['given']} that they gave" if endorsement.get("given", 0) > 1 else "",
    ]
    yield indented(" · ".join(part for part in parts if part), style="dim")
    yield from objection_lines(endorsement.get("disputes", []))
    yield whole_id(endorsement["id"])


def availability_text(availability: Mapping[str, Any] | None) -> Text:
    """Write how much time somebody has, and whether that is old news."""
    if availability is None:
        return Text("not stated", style="dim")
    window = f"{day_text(availability['from_day'])} to {day_text(availability['until_day'])}"
    text = Text(f"{availability['hours_per_week']} h a week, {window}")
    if availability.get("note"):
        text.append(f" · {plain(availability['note'])}")
    if availability.get("is_stale"):
        text.append(" · ").append_text(status_text("stale"))
    return text


def import_lines(answer: Answer, sentence: str) -> Iterable[RenderableType]:
    """Show what an import took, left out and noted."""
    published = answer.get("published")
    if published:
        yield from published_lines(published, sentence)
    else:
        yield Text("Nothing was published yet; this is what would be:", style="bold")
    body = answer.get("body", {})
    yield from _profile_lines(body) if "name" in body else ()
    if "title" in body:
        yield indented(plain(body["title"]), style="bold")
    left_out = answer.get("left_out", [])
    if left_out:
        yield Text("Left out:", style="bold")
        yield facts({plain(item["what"]): plain(item["why"]) for item in left_out})
    for note in answer.get("notes", []):
        yield indented(sentence_text(note))
    if not published:
        yield hint("Run it again without --dry-run to publish.")


def _profile_lines(profile: Mapping[str, Any], time: Text | None = None) -> Iterable[RenderableType]:
    if profile.get("headline"):
        yield indented(plain(profile["headline"]))
    if profile.get("summary"):
        yield ""
        yield indented(plain(profile["summary"], keep_lines=True))
        yield ""
    place = profile.get("location", {})
    yield facts(
        {
            "time": time or "",
            "skills": ", ".join(_labelled(skill, "level") for skill in profile.get("skills", [])),
            "languages": ", ".join(_labelled(item, "fluency") for item in profile.get("languages", [])),
            "place": ", ".join(plain(place[part]) for part in ("city", "region", "country") if place.get(part)),
            "looking for": plain(profile.get("looking_for")),
            "interests": ", ".join(plain(item) for item in profile.get("interests", [])),
        }
    )
    for field, title in _ENTRIES.items():
        entries = profile.get(field, [])
        if entries:
            yield indented(f"{title} (self-asserted)", style="dim")
            yield from (indented(_entry_text(entry)) for entry in entries)


def _entry_text(entry: Mapping[str, Any]) -> Text:
    what = entry.get("title") or entry.get("qualification") or entry.get("area") or ""
    where = entry.get("organisation") or entry.get("institution") or entry.get("issuer") or ""
    years = EN_DASH.join(plain(entry[end]) for end in ("from", "to") if entry.get(end)) or plain(entry.get("day"))
    return Text("  " + " · ".join(part for part in (plain(what), plain(where), years) if part))


def _labelled(item: Mapping[str, Any], detail: str) -> str:
    label = plain(item.get("label"))
    return f"{label} ({plain(item[detail])})" if item.get(detail) else label

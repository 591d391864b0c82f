"""Commands about people: `profile`, `availability` and `find`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer, AnswerError, Daemon
from folkmoot_node.cli.dates import day_text, parse_day
from folkmoot_node.cli.files import read_file, text_or_file
from folkmoot_node.cli.forms import parse_language, parse_skill, without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.opportunity_view import summary_lines
from folkmoot_node.cli.people_view import import_lines, person_lines
from folkmoot_node.cli.terminal import heading, hint, indented, whole_id
from folkmoot_node.cli.texts import person_id, plain, status_text, who
from folkmoot_node.errors import ConfigError, ExitCode

RESUME_BYTES_MAX = 1024 * 1024

profile = group("Publish, import and read profiles.")
availability = group("Say when you have time, and how much.")

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="An identity folk1…, or me.")]


@command(
    profile,
    "publish",
    example="folkmoot profile publish --name 'Eli Sand' --headline 'Backend engineer' --skill Python:expert",
)
def publish_profile(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Needed the first time.")] = None,
    headline: Annotated[str | None, typer.Option(metavar="TEXT", help="What you do, in one line.")] = None,
    summary: Annotated[str | None, typer.Option(metavar="TEXT", help="What you do, in a paragraph.")] = None,
    summary_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read the summary from a file; - for standard input.")
    ] = None,
    skill: Annotated[
        list[str] | None, typer.Option(metavar="LABEL[:LEVEL][=URI]", help="A skill, best with its ESCO URI.")
    ] = None,
    language: Annotated[list[str] | None, typer.Option(metavar="LABEL[:FLUENCY]", help="A language.")] = None,
    city: Annotated[str | None, typer.Option(metavar="CITY", help="Where you are.")] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="Where you are.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CC", help="Country in two letters, such as FR.")] = None,
    looking_for: Annotated[str | None, typer.Option(metavar="TEXT", help="The work you look for.")] = None,
    allow_contacts: Annotated[
        bool, typer.Option("--allow-contacts", help="Publish even what looks like contact data.")
    ] = False,
) -> None:
    """Publish your profile, or change it.

    What you give replaces what stood there, and the rest stays. A profile is public and copied by strangers for
    good, so it has no place for an address or a phone number.
    """
    here = session(ctx)
    daemon = here.daemon()
    body: dict[str, Any] = {
        "headline": headline,
        "summary": text_or_file(summary, summary_file, what="summary"),
        "skills": [parse_skill(item) for item in skill or []],
        "languages": [parse_language(item) for item in language or []],
        "location": without_empty({"city": city, "region": region, "country": country and country.upper()}),
        "looking_for": looking_for,
    }
    named = name or _present_name(daemon)
    if not named:
        raise ConfigError("a profile needs a name", advice="Give it with --name; later it may be left out.")
    answer = daemon.put("/profile", {"name": named, **without_empty(body), "allow_contacts": allow_contacts})
    here.published(answer, "Profile published.", after="profile show me")


def _present_name(daemon: Daemon) -> str:
    try:
        return str((daemon.get("/people/me").get("profile") or {}).get("name", ""))
    except AnswerError as error:
        if error.exit_code is not ExitCode.NOT_FOUND:
            raise
        return ""


@command(profile, "show", example="folkmoot profile show folk1…")
def show_profile(ctx: typer.Context, person: PersonArgument = "me") -> None:
    """Show what is known of a person: profile, time, what they did, and then what others say of it.

    What they did comes from signed acts. Of yourself you also see endorsements that you do not show to others.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/people/{person_id(person)}")
    here.answer(answer, person_lines(answer))


@command(profile, "import", example="folkmoot profile import resume.json --dry-run")
def import_profile(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON Resume; - for standard input.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be published, and stop.")] = False,
) -> None:
    """Publish a profile from a JSON Resume file.

    Its entries are marked as your own word. Contact data is left out, and what is left out is listed with the
    reason.
    """
    here = session(ctx)
    data = read_file(file, bytes_max=RESUME_BYTES_MAX)
    answer = here.daemon().upload("/profile/import", data, {"dry_run": str(dry_run).lower()})
    here.answer(answer, import_lines(answer, "Profile published from the file."))


@command(availability, "set", example="folkmoot availability set 20 --until +8w --note 'mornings, CET'")
def set_availability(
    ctx: typer.Context,
    hours: Annotated[int, typer.Argument(metavar="HOURS", help="Hours a week.", min=0, max=168)],
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Last day: 2026-12-24, +14d or +2w.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day; today if left out.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A word on it.")] = None,
) -> None:
    """Say how many hours a week you have, in a window of days.

    The window is two weeks if you name no last day. After that day others see it as stale, so nobody counts on
    old news.
    """
    here = session(ctx)
    now_ms = here.clock.now_ms()
    last_day = parse_day(until or "+2w", now_ms=now_ms)
    body: dict[str, Any] = {
        "hours_per_week": hours,
        "from_day": parse_day(from_, now_ms=now_ms) if from_ else None,
        "until_day": last_day,
        "note": note,
    }
    answer = here.daemon().put("/availability", without_empty(body))
    here.published(answer, f"{hours} h a week until {day_text(last_day)}, published.")


def find(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="Words to look for.")] = None,
    skill: Annotated[list[str] | None, typer.Option(metavar="LABEL", help="A skill; all given must match.")] = None,
    hours: Annotated[int | None, typer.Option(metavar="HOURS", help="At least so many hours a week.")] = None,
    limit: Annotated[int, typer.Option(metavar="COUNT", help="At most so many of each.", min=1)] = 20,
) -> None:
    """Find people and opportunities among what this node holds.

    People stand in a stated order: more of the skills asked for, then time that is not stale, then by id. No score.
    """
    here = session(ctx)
    answer = here.daemon().get("/find", {"skill": skill, "hours": hours, "text": text, "limit": limit})
    here.answer(answer, _found_lines(answer, here.clock.now_ms()))


def _found_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    people, opportunities = answer["people"], answer["opportunities"]
    for person in people:
        yield heading(who(person["name"], person["identity"]), _time_of(person))
        if person.get("headline"):
            yield indented(plain(person["headline"]))
        why = ", ".join(plain(reason) for reason in person.get("why", []))
        shown = person.get("shown_endorsements", 0)
        endorsed = f"{shown} endorsement{'' if shown == 1 else 's'} shown" if shown else "no endorsements shown yet"
        yield indented(
            " · ".join(part for part in (f"matches {why}" if why else "", endorsed) if part), style="dim"
        )
        yield whole_id(person["identity"])
        yield ""
    for opportunity in opportunities:
        yield from summary_lines(opportunity, now_ms)
        yield ""
    if not people and not opportunities:
        yield "Nobody and nothing here matches."
        yield hint("This node finds only what it holds; more arrives with every sync.")


def _time_of(person: Answer) -> Text:
    if person.get("hours_per_week") is None:
        return Text("time not stated", style="dim")
    hours = Text(f"{person['hours_per_week']} h a week")
    return hours.append(" · ").append_text(status_text("stale")) if person.get("is_stale") else hours

"""Commands about what people say: `endorse`, `endorsement`, `post` and `posts`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import moment_text
from folkmoot_node.cli.files import text_or_file
from folkmoot_node.cli.forms import without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.people_view import endorsement_lines
from folkmoot_node.cli.terminal import heading, hint, indented, whole_id
from folkmoot_node.cli.texts import checked_id, person_id, plain, short_id, who
from folkmoot_node.errors import ConfigError

endorsement = group("Choose which endorsements of you others see, and take back those you gave.")

Topic = Literal["ask", "gathering", "lesson", "offer", "question", "talk"]

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="An identity, folk1….")]
EndorsementArgument = Annotated[str, typer.Argument(metavar="ENDORSEMENT", help="Its id, rec1….")]


def endorse(
    ctx: typer.Context,
    person: PersonArgument,
    text: Annotated[str, typer.Option(metavar="TEXT", help="What you say of them, in your own words.")],
    skill: Annotated[str | None, typer.Option(metavar="LABEL[=URI]", help="The skill you speak of.")] = None,
    relation: Annotated[str | None, typer.Option(metavar="TEXT", help="How you know: colleague, client …")] = None,
    basis: Annotated[
        str | None, typer.Option(metavar="DOCUMENT", help="The team or engagement doc1… that you both signed.")
    ] = None,
    milestone: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The milestone of that engagement, from 0.", min=0)
    ] = None,
) -> None:
    """Endorse somebody.

    It stands beside their profile once they choose to show it. With --basis it rests on accepted work (E3) or on
    what you both signed (E2); without, it is a bare word (E1).
    """
    here = session(ctx)
    body: dict[str, Any] = {
        "subject": checked_id(person, IdPrefix.IDENTITY),
        "text": text,
        "skill": _skill(skill) if skill else None,
        "relation": relation,
        "basis": checked_id(basis, IdPrefix.DOCUMENT) if basis else None,
        "milestone": milestone,
    }
    here.published(here.daemon().post("/endorsements", without_empty(body)), "Endorsement published.")


def _skill(given: str) -> dict[str, str]:
    label, _equals, uri = given.partition("=")
    return without_empty({"label": label.strip(), "uri": uri.strip()})


@command(endorsement, "show", example="folkmoot endorsement show rec1…")
def show_endorsement(ctx: typer.Context, endorsement_id: EndorsementArgument) -> None:
    """Show an endorsement of you to others.

    Your profile is published anew with it.
    """
    here = session(ctx)
    wanted = checked_id(endorsement_id, IdPrefix.RECORD)
    here.published(here.daemon().post(f"/endorsements/{wanted}/show"), "Endorsement shown in your profile.")


@command(endorsement, "hide", example="folkmoot endorsement hide rec1…")
def hide_endorsement(ctx: typer.Context, endorsement_id: EndorsementArgument) -> None:
    """No longer show an endorsement of you.

    It stays what it is: its author's word.
    """
    here = session(ctx)
    wanted = checked_id(endorsement_id, IdPrefix.RECORD)
    here.published(here.daemon().post(f"/endorsements/{wanted}/hide"), "Endorsement no longer shown.")


@command(endorsement, "revoke", example="folkmoot endorsement revoke rec1…")
def revoke_endorsement(
    ctx: typer.Context,
    endorsement_id: Annotated[str, typer.Argument(metavar="ENDORSEMENT", help="One that you gave, rec1….")],
) -> None:
    """Take back an endorsement that you gave.

    Copies of it that others keep no longer count.
    """
    here = session(ctx)
    wanted = checked_id(endorsement_id, IdPrefix.RECORD)
    here.published(here.daemon().delete(f"/endorsements/{wanted}"), "Endorsement revoked.")


@command(endorsement, "list", example="folkmoot endorsement list")
def list_endorsements(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="An identity folk1…; you if left out.")] = "me",
) -> None:
    """List endorsements of you, or of somebody else.

    Yours are listed whether you show them or not; of others, you see those they show.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/people/{person_id(person)}")
    items = answer.get("endorsements", [])
    here.answer({"items": items}, _endorsement_list(items))


def _endorsement_list(items: list[Answer]) -> Iterable[RenderableType]:
    for item in items:
        yield from endorsement_lines(item)
        yield ""
    if not items:
        yield "No endorsements here."


def post(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What you want to say.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read it from a file; - for standard input.")
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="A title.")] = None,
    topic: Annotated[Topic | None, typer.Option(metavar="TOPIC", help="What kind of word it is.")] = None,
    about: Annotated[str | None, typer.Option(metavar="ID", help="What it is about: any id.")] = None,
    replies: Annotated[str | None, typer.Option(metavar="POST", help="The post rec1… it answers.")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="WORD", help="A tag.")] = None,
    space: Annotated[str | None, typer.Option(metavar="NAME", help="The space it is published in.")] = None,
) -> None:
    """Publish a post, on its own or about any record.

    Say with --topic what it is: a question, a lesson, an offer, an ask, a gathering or talk.
    """
    here = session(ctx)
    said = text_or_file(text, file, what="text")
    if not said:
        raise ConfigError("the post says nothing", advice="Give its text, or --file.")
    body: dict[str, Any] = {
        "text": said,
        "title": title,
        "topic": topic,
        "about": checked_id(about) if about else None,
        "replies": checked_id(replies, IdPrefix.RECORD) if replies else None,
        "tags": tag,
        "space": space,
    }
    here.published(here.daemon().post("/posts", without_empty(body)), "Posted.")


def posts(
    ctx: typer.Context,
    about: Annotated[str | None, typer.Option(metavar="ID", help="Only those about this id.")] = None,
    limit: Annotated[int, typer.Option(metavar="COUNT", help="At most so many.", min=1)] = 50,
) -> None:
    """Read posts that this node holds."""
    here = session(ctx)
    answer = here.daemon().get("/posts", {"about": checked_id(about) if about else None, "limit": limit})
    here.answer(answer, _post_lines(answer, here.clock.now_ms()))


def _post_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    for item in answer["items"]:
        title, topic = plain(item.get("title")), plain(item.get("topic"))
        author = who(item["author_name"], item["author"])
        yield heading(Text.assemble(author, f"  {title}" if title else ""), Text(topic, style="dim"))
        yield indented(plain(item["text"], keep_lines=True))
        about = f" · about {short_id(item['about'])}" if item.get("about") else ""
        yield indented(f"{moment_text(item['rev'], now_ms=now_ms)}{about}", style="dim")
        yield whole_id(item["id"])
        yield ""
    if not answer["items"]:
        yield "No posts here."
        yield hint("This node shows only what it holds; more arrives with every sync.")

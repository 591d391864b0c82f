"""Commands about ways of working: `pattern publish`, `list`, `show` and `outcome`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.files import TEXT_BYTES_MAX, read_file
from folkmoot_node.cli.forms import without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.pattern_view import pattern_lines, pattern_list_lines
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError, FileError

pattern = group("Publish, choose and compare ways of working.")

Verdict = Literal["change", "drop", "keep"]
PatternArgument = Annotated[str, typer.Argument(metavar="PATTERN", help="Its id, rec1….")]
_MEASURED = re.compile(r"(?P<name>[^=]+)=(?P<value>-?[0-9]{1,15})")


@command(
    pattern,
    "publish",
    example="folkmoot pattern publish --name 'Two weeks' --intent 'Short rounds.' --step 'Plan.' --step 'Show.'",
)
def publish_pattern(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What it is called.")] = None,
    intent: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is good for.")] = None,
    step: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What is done; in order.")] = None,
    role: Annotated[list[str] | None, typer.Option(metavar="TITLE[:DUTIES]", help="Who does what.")] = None,
    agreement: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What all keep to.")] = None,
    measure: Annotated[
        list[str] | None, typer.Option(metavar="NAME[:UNIT]", help="By what to tell whether it works.")
    ] = None,
    derived_from: Annotated[
        str | None, typer.Option(metavar="PATTERN", help="The pattern from which you made it.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the fields from JSON; options go before it.")
    ] = None,
    space: Annotated[str | None, typer.Option(metavar="NAME", help="The space it is published in.")] = None,
) -> None:
    """Publish a way of working that teams and engagements can name as theirs.

    A file has the fields `name`, `intent`, `steps`, `roles`, `agreements`, `measures` and `derived_from`.
    """
    here = session(ctx)
    given: dict[str, Any] = {
        "name": name,
        "intent": intent,
        "steps": step,
        "roles": [_pair(item, "title", "duties") for item in role or []],
        "agreements": agreement,
        "measures": [_pair(item, "name", "unit") for item in measure or []],
        "derived_from": checked_id(derived_from, IdPrefix.RECORD) if derived_from else None,
        "space": space,
    }
    body = {**(_fields(file) if file else {}), **without_empty(given)}
    missing = [field for field in ("name", "intent", "steps") if field not in body]
    if missing:
        raise ConfigError(
            f"the pattern has no {' and no '.join(missing)}", advice="Give them as options or in --file."
        )
    here.published(here.daemon().post("/patterns", body), "Pattern published.", after="pattern show {id}")


@command(pattern, "list", example="folkmoot pattern list")
def list_patterns(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(metavar="COUNT", help="At most so many.", min=1)] = 50,
) -> None:
    """List ways of working that this node holds, and how many would keep, change or drop each."""
    here = session(ctx)
    answer = here.daemon().get("/patterns", {"limit": limit})
    here.answer(answer, pattern_list_lines(answer))


@command(pattern, "show", example="folkmoot pattern show rec1…")
def show_pattern(ctx: typer.Context, pattern_id: PatternArgument) -> None:
    """Show a way of working, who chose it, and what they say became of it, compared."""
    here = session(ctx)
    answer = here.daemon().get(f"/patterns/{checked_id(pattern_id, IdPrefix.RECORD)}")
    here.answer(answer, pattern_lines(answer))


@command(
    pattern,
    "outcome",
    example="folkmoot pattern outcome rec1… doc1… --verdict keep --measure 'days to first show=9'",
)
def publish_outcome(
    ctx: typer.Context,
    pattern_id: PatternArgument,
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="The team or engagement in which you tried it, doc1….")
    ],
    verdict: Annotated[Verdict, typer.Option(metavar="WORD", help="Next time: keep, change or drop.")],
    measure: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="What came out, in whole numbers.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="A word on it.")] = None,
) -> None:
    """Say what became of a way of working that your team or engagement has chosen."""
    here = session(ctx)
    body: dict[str, Any] = {
        "pattern": checked_id(pattern_id, IdPrefix.RECORD),
        "document": checked_id(document, IdPrefix.DOCUMENT),
        "verdict": verdict,
        "measures": [_measured(item) for item in measure or []],
        "note": note,
    }
    answer = here.daemon().post("/pattern-outcomes", without_empty(body))
    here.published(answer, "Outcome published.", after=f"pattern show {body['pattern']}")


def _pair(given: str, first: str, second: str) -> dict[str, str]:
    head, _colon, rest = given.partition(":")
    return without_empty({first: head.strip(), second: rest.strip()})


def _measured(given: str) -> dict[str, Any]:
    found = _MEASURED.fullmatch(given.strip())
    if found is None:
        raise ConfigError(f"{given!r} is not a measure", advice="Write a name and a whole number, like 'falls=0'.")
    return {"name": found["name"].strip(), "value": int(found["value"])}


def _fields(file: Path) -> dict[str, Any]:
    try:
        fields = json.loads(read_file(file, bytes_max=TEXT_BYTES_MAX))
    except (ValueError, RecursionError) as error:
        raise FileError(f"{file} is not JSON", advice="See the help for its fields.") from error
    if not isinstance(fields, dict):
        raise FileError(f"{file} holds no pattern", advice="It is an object with a name, an intent and steps.")
    return fields

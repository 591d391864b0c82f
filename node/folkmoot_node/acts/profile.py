"""Saying who one is and when one has time: `profile` and `availability`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from folkmoot.canonical import Value
from folkmoot.record import Record, day_of
from folkmoot.rules import COMMONS
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.importing import find_contacts, read_resume
from folkmoot_node.importing.report import LeftOut

_SLOT = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import; `published` is `None` after a dry run."""

    published: Published | None
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    body: Mapping[str, Value]


@in_turn
async def publish_profile(
    author: Author, fields: Mapping[str, object], *, allow_contacts: bool = False
) -> Published:
    """Publish the profile: fields given replace those published before, an empty one removes it, the others stay.

    Raises:
        RefusedError: A text holds contact data, or the profile breaks a rule of its kind.
    """
    given = filled(**fields)
    if not allow_contacts:
        _refuse_contacts(given)
    before = await current_profile(author)
    body = {**{name: value for name, value in before.items() if name not in fields}, **given}
    return Published(await author.publish("profile", body, slot=_SLOT))


@in_turn
async def import_resume(author: Author, data: bytes, *, dry_run: bool = False) -> Imported:
    """Publish a profile from a JSON Resume file; fields that the file lacks stay as they were.

    Raises:
        FileError: It is no résumé.
        RefusedError: It names nobody and no profile was published before, or breaks a rule.
    """
    read = read_resume(data, day=day_of(author.clock.now_ms()))
    body = {**await current_profile(author), **read.body}
    if "name" not in body:
        raise RefusedError(
            "the résumé names nobody", advice="Publish a profile with a name first, or add one to the file."
        )
    if dry_run:
        return Imported(None, read.left_out, read.notes, body)
    published = Published(await author.publish("profile", body, slot=_SLOT), notes=read.notes)
    return Imported(published, read.left_out, read.notes, body)


@in_turn
async def publish_availability(
    author: Author, *, hours_per_week: int, until_day: int, from_day: int | None = None, note: str = ""
) -> Published:
    """Say how many hours a week one has in a window of days.

    Raises:
        ConfigError: The window is over.
        RefusedError: The window is empty, or longer than 366 days.
    """
    today = day_of(author.clock.now_ms())
    first = from_day if from_day is not None else min(today, until_day)
    if until_day < today:
        raise ConfigError("the window is over already", advice="Give a last day from today on.")
    body = filled(hours_per_week=hours_per_week, until=until_day, note=note)
    body["from"] = first
    return Published(await author.publish("availability", body, slot=_SLOT))


async def current_profile(author: Author) -> Mapping[str, Value]:
    """Return the body of the owner's profile as it was published last; empty when there is none."""
    record = await own_profile(author)
    return record.body if record is not None else {}


async def own_profile(author: Author) -> Record | None:
    """Return the owner's profile as it was published last, due or not."""
    held = await author.store.own_records(author.identity, "profile", COMMONS)
    return max((record for record in held if not record.is_tombstone), key=lambda r: r.order, default=None)


def _refuse_contacts(body: Mapping[str, Value]) -> None:
    for where, text in _texts(dict(body), ""):
        contacts = find_contacts(text)
        if contacts:
            raise RefusedError(
                f"{where} seems to hold contact data ({contacts[0].kind}), and what is published stays copied",
                advice="Take it out, or publish it all the same with --allow-contacts.",
            )


def _texts(value: Value, where: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield where, value
        case list():
            for item in value:
                yield from _texts(item, where)
        case dict():
            for name, item in value.items():
                if name != "uri":
                    yield from _texts(item, f"{where}.{name}" if where else name)
        case _:
            return

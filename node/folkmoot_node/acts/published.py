"""What an act gives back, and how bodies are made from what people typed."""

from dataclasses import dataclass

from folkmoot.canonical import Value, clean_text
from folkmoot.ids import DocumentId
from folkmoot.record import Record
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, StoreError


@dataclass(frozen=True, slots=True)
class Published:
    """One record that an act published.

    Attributes:
        record: The record; when an act published several, the one that it is about.
        document: The document that it drafts or signs, if any.
        notes: Sentences about what else happened or is worth knowing.
    """

    record: Record
    document: DocumentId | None = None
    notes: tuple[str, ...] = ()


def filled(**fields: object) -> dict[str, Value]:
    """Return a body of the fields that were given, with clean text; what is `None` or empty is left out."""
    return {
        name: _clean(value) for name, value in fields.items() if value is not None and value not in ("", [], {}, ())
    }


async def exhibited(author: Author, record: Record) -> tuple[str, ...]:
    """Keep a copy of somebody else's record; return notes, above all when that is not possible.

    It comes last in an act, whose own record is published by then, so nothing is raised any more.
    """
    try:
        await author.exhibit(record)
    except (RefusedError, StoreError) as error:
        return (f"no copy of the {record.kind} could be kept, so it lasts as long as its author wants: {error}",)
    return ()


def _clean(value: object) -> Value:
    match value:
        case str():
            return clean_text(value).strip()
        case list() | tuple():
            return [_clean(item) for item in value]
        case dict():
            return filled(**value)
        case bool() | int() | bytes():
            return value
        case _:
            raise TypeError(f"a body holds no {type(value).__name__}")

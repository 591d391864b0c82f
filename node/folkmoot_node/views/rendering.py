"""Bodies and references of records as plain JSON: ids as text where it is clear what they are, else hex."""

from collections.abc import Iterable, Mapping

from folkmoot.canonical import Value
from folkmoot.ids import ID_BYTES, IdPrefix, id_to_text
from folkmoot.record import Ref
from folkmoot_node.views.shapes import Json

_PREFIX_OF_FIELD = {
    "subject": IdPrefix.IDENTITY,
    "opportunity": IdPrefix.RECORD,
    "bid": IdPrefix.RECORD,
    "revises": IdPrefix.RECORD,
    "replies": IdPrefix.RECORD,
    "shown": IdPrefix.RECORD,
    "document": IdPrefix.DOCUMENT,
    "team": IdPrefix.DOCUMENT,
    "basis": IdPrefix.DOCUMENT,
    "engagement": IdPrefix.DOCUMENT,
    "delivery": IdPrefix.RECORD,
    "dispute": IdPrefix.RECORD,
    "pattern": IdPrefix.RECORD,
    "commit": IdPrefix.RECORD,
    "commits": IdPrefix.RECORD,
    "counter": IdPrefix.RECORD,
    "counterpart": IdPrefix.RECORD,
    "derived_from": IdPrefix.RECORD,
    "question": IdPrefix.RECORD,
    "of": IdPrefix.RECORD,
    "resolver": IdPrefix.IDENTITY,
    "witnesses": IdPrefix.IDENTITY,
}
_PREFIX_OF_RELATION = {
    "subject": IdPrefix.IDENTITY,
    "opportunity": IdPrefix.RECORD,
    "bid": IdPrefix.RECORD,
    "revises": IdPrefix.RECORD,
    "replies": IdPrefix.RECORD,
    "shows": IdPrefix.RECORD,
    "exhibits": IdPrefix.RECORD,
    "document": IdPrefix.DOCUMENT,
    "prev": IdPrefix.DOCUMENT,
    "engagement": IdPrefix.DOCUMENT,
    "team": IdPrefix.DOCUMENT,
    "delivery": IdPrefix.RECORD,
    "dispute": IdPrefix.RECORD,
    "pattern": IdPrefix.RECORD,
    "parent": IdPrefix.RECORD,
    "filled_by": IdPrefix.RECORD,
    "commit": IdPrefix.RECORD,
    "counter": IdPrefix.RECORD,
    "counterpart": IdPrefix.RECORD,
    "derived_from": IdPrefix.RECORD,
    "question": IdPrefix.RECORD,
    "of": IdPrefix.RECORD,
}


def body_json(body: Mapping[str, Value]) -> Json:
    """Return a body with its bytes as text."""
    return {name: _json(value, _PREFIX_OF_FIELD.get(name)) for name, value in body.items()}


def refs_json(refs: Iterable[Ref]) -> list[list[str]]:
    """Return references as pairs of a relation and an id."""
    return [[ref.relation, _bytes_text(ref.target, _PREFIX_OF_RELATION.get(ref.relation))] for ref in refs]


def _json(value: Value, prefix: IdPrefix | None) -> object:
    match value:
        case bytes():
            return _bytes_text(value, prefix)
        case list():
            return [_json(item, prefix) for item in value]
        case dict():
            return body_json(value)
        case _:
            return value


def _bytes_text(value: bytes, prefix: IdPrefix | None) -> str:
    # A `document` is an id in an acceptance and whole bytes in a draft.
    return id_to_text(prefix, value) if prefix is not None and len(value) == ID_BYTES else value.hex()

"""Ids as people see and type them, with one clear error for each way to get one wrong."""

from folkmoot.errors import DecodeError
from folkmoot.ids import DocumentId, IdentityId, IdPrefix, RecordId, id_from_text, id_to_text
from folkmoot_node.errors import ConfigError, UnknownIdError

SYNC_ADVICE = "Check the id, or sync and try again."
"""What to do when an id is well formed and nothing here has it."""

_MISTYPED = frozenset({"IDS-2", "IDS-3"})


def identity_text(value: bytes) -> str:
    """Write the id of an identity."""
    return id_to_text(IdPrefix.IDENTITY, value)


def record_text(value: bytes) -> str:
    """Write the id of a record."""
    return id_to_text(IdPrefix.RECORD, value)


def document_text(value: bytes) -> str:
    """Write the id of a document."""
    return id_to_text(IdPrefix.DOCUMENT, value)


def operation_text(value: bytes) -> str:
    """Write the id of an operation."""
    return id_to_text(IdPrefix.OPERATION, value)


def identity_id(text: str) -> IdentityId:
    """Read the id of an identity.

    Raises:
        UnknownIdError: It is mistyped (IDS-2, IDS-3).
        ConfigError: It is no id (IDS-1), or names something else (IDS-4).
    """
    return IdentityId(_read(text, IdPrefix.IDENTITY))


def record_id(text: str) -> RecordId:
    """Read the id of a record; raises as `identity_id` does.

    Raises:
        UnknownIdError: It is mistyped (IDS-2, IDS-3).
        ConfigError: It is no id (IDS-1), or names something else (IDS-4).
    """
    return RecordId(_read(text, IdPrefix.RECORD))


def document_id(text: str) -> DocumentId:
    """Read the id of a document; raises as `identity_id` does.

    Raises:
        UnknownIdError: It is mistyped (IDS-2, IDS-3).
        ConfigError: It is no id (IDS-1), or names something else (IDS-4).
    """
    return DocumentId(_read(text, IdPrefix.DOCUMENT))


def any_id(text: str) -> tuple[IdPrefix, bytes]:
    """Read the id of an identity, a record or a document, and say which it is.

    Raises:
        UnknownIdError: It is mistyped (IDS-2, IDS-3).
        ConfigError: It is no id (IDS-1), or names something else (IDS-4).
    """
    value = _read(text, IdPrefix.IDENTITY, IdPrefix.RECORD, IdPrefix.DOCUMENT)
    name = text.lower().rpartition("1")[0]
    return IdPrefix(name), value


def _read(text: str, *expected: IdPrefix) -> bytes:
    try:
        return id_from_text(text, *expected)
    except DecodeError as error:
        if error.rule in _MISTYPED:
            raise UnknownIdError(error.why, advice="Copy the id whole and try again.", rule=error.rule) from error
        raise ConfigError(error.why, advice=_ADVICE.get(error.rule, ""), rule=error.rule) from error


_ADVICE = {
    "IDS-1": "People begin with folk1, records with rec1, team offers and other documents with doc1.",
    "IDS-4": "People begin with folk1, records with rec1, team offers and other documents with doc1.",
}

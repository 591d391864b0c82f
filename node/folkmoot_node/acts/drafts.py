"""Documents that the owner drafts or signs, whatever they agree on: checked, signed in every place, published."""

from collections.abc import Iterable

from folkmoot.agreement import Document, cosignature_value
from folkmoot.canonical import Value
from folkmoot.documents import check_terms, unknown_to_us
from folkmoot.errors import DecodeError
from folkmoot.limits import ACCEPT_WINDOW_DAYS_MAX, DAY_MS, RECORD_BYTES_MAX
from folkmoot.record import Record
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError

ACCEPT_DAYS = 7
"""Days for which a document can be signed, unless another moment is given."""

_COSIGNATURE_BYTES = 160
_AGREEMENT_HEADER_BYTES = 600


def last_moment(author: Author, accept_by: int | None) -> int:
    """Return the last moment in ms to sign a document drafted now: the one given, or seven days from now.

    Raises:
        ConfigError: It is past.
        RefusedError: It is too far.
    """
    now_ms = author.clock.now_ms()
    if accept_by is None:
        return now_ms + ACCEPT_DAYS * DAY_MS
    if accept_by <= now_ms:
        raise ConfigError("the moment to sign is past already", advice="Give a moment in the future.", rule="DOC-5")
    if accept_by > now_ms + ACCEPT_WINDOW_DAYS_MAX * DAY_MS:
        raise RefusedError(f"a document can be signed for at most {ACCEPT_WINDOW_DAYS_MAX} days", rule="DOC-5")
    return accept_by


def check_document(document: Document) -> None:
    """Refuse what could never be completed.

    Raises:
        RefusedError: Its terms break a rule of its type, or it has no room for everybody's signature.
    """
    try:
        check_terms(document)
    except DecodeError as error:
        raise RefusedError(error.why, rule=error.rule) from error
    complete = len(document.data) + _COSIGNATURE_BYTES * len(document.parties) + _AGREEMENT_HEADER_BYTES
    if complete > RECORD_BYTES_MAX:
        raise RefusedError(
            "the document is too long: together with everybody's signatures it would not fit into a record",
            advice="Shorten its texts or have fewer parties.",
        )


def refuse_unreadable(document: Document) -> None:
    """Refuse to have anybody sign what this edition cannot show them.

    Raises:
        RefusedError: The document has such terms, or is of such a type.
    """
    unknown = unknown_to_us(document)
    if unknown:
        raise RefusedError(
            f"the document has terms that this version cannot show you: {', '.join(sorted(unknown))}",
            advice="Nobody should sign what they cannot read; install a newer version, or ask for another offer.",
        )


async def signed_seats(author: Author, document: Document, places: Iterable[int]) -> list[dict[str, Value]]:
    """Sign places of a document, and return the bodies of the acceptances; nothing is published yet.

    Raises:
        RefusedError: A place is not the author's, or the document has fields that this edition cannot show.
    """
    cosignatures = [await author.cosign(document, place) for place in places]
    return [{"document": document.id, "cosignature": cosignature_value(item)} for item in cosignatures]


async def publish_draft(author: Author, document: Document, space: str) -> Record:
    """Check a document of the owner's making, publish it, and sign the owner's own places; return the draft.

    Raises:
        RefusedError: Nobody could complete it, or the owner may not sign it; nothing was published.
    """
    check_document(document)
    acceptances = await signed_seats(author, document, document.indices_of(author.identity))
    record = await author.publish("draft", {"document": document.data}, space=space)
    for acceptance in acceptances:
        await author.publish("accept", acceptance, space=space)
    return record

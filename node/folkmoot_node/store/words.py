"""By which words, labels and people a record is found, beside what it refers to.

All are pure functions of the record: what was put into an index has to be taken out by the same entries, so
whoever changes an answer here adds a migration that builds the index anew.
"""

from collections.abc import Iterator

from folkmoot.canonical import Value
from folkmoot.ids import IdentityId
from folkmoot.kinds.consent import AGREEMENT, DRAFT, carried_document
from folkmoot.record import Record

PARTY = "~party"
"""Relation of drafts and agreements to the identities that their document names as parties."""

SEARCHED_KINDS = frozenset({"opportunity", "post", "profile"})
_CARRY_DOCUMENTS = frozenset({AGREEMENT.name, DRAFT.name})
_NOT_FOR_PEOPLE = frozenset({"claim", "from", "source", "until", "uri"})


def words_of(record: Record) -> str:
    """Return the text of a record that a search looks at; empty for kinds that are not searched."""
    if record.kind not in SEARCHED_KINDS:
        return ""
    return "\n".join(_texts({name: record.body[name] for name in sorted(record.body)}))


def labels_of(record: Record) -> frozenset[str]:
    """Return the skills that a record names, in folded case."""
    match record.kind:
        case "profile":
            found = [_at(skill, "label") for skill in _items(record.body.get("skills"))]
        case "opportunity":
            roles = _items(record.body.get("roles"))
            found = [*_items(record.body.get("skills"))]
            found += [label for role in roles for name in ("skills", "prefer") for label in _items(_at(role, name))]
        case "post":
            found = [*_items(record.body.get("tags"))]
        case "endorsement":
            found = [_at(record.body.get("skill"), "label")]
        case _:
            found = []
    return frozenset(folded(label) for label in found if isinstance(label, str))


def parties_of(record: Record, *, network: str) -> frozenset[IdentityId]:
    """Return the identities that the document in a draft or an agreement names as parties."""
    if record.kind not in _CARRY_DOCUMENTS or record.is_tombstone:
        return frozenset()
    document = carried_document(record.body, network)
    return frozenset(party.identity for party in document.parties if party.identity is not None)


def folded(label: str) -> str:
    """Return a label in the form in which labels are compared."""
    return " ".join(label.casefold().split())


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _NOT_FOR_PEOPLE:
                yield from _texts(item)


def _items(value: Value | None) -> list[Value]:
    return value if isinstance(value, list) else []


def _at(value: Value | None, name: str) -> Value | None:
    return value.get(name) if isinstance(value, dict) else None

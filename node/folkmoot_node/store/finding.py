"""Lists and searches: newest first, a page at a time, and only what is shown now."""

import itertools
import json
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from folkmoot.ids import IdentityId, RecordId
from folkmoot.limits import INTEGER_MAX
from folkmoot.record import Address, Record, read_stored
from folkmoot_node.store.words import folded

LIMIT_MAX = 1000
"""Records in one page."""

MATCHES_MAX = 100_000
"""Matches of a text that are looked at, the latest to arrive first; a commoner word finds only these."""

SKILLS_MAX = 16
WORDS_MAX = 16
"""Skills and words that one search may ask for; more are not looked at."""

_WORD = re.compile(r"[^\W_]+")
_PREFIX_LENGTH_MIN = 3

_PAGE = """
 AND shown_from <= :now AND shown_until > :now
 AND records.rev <= :rev AND (records.rev < :rev OR records.id < :id)
ORDER BY records.rev DESC, records.id DESC LIMIT :limit"""


def _paged(query: str, *, by: str = "records") -> str:
    """Return a query for one page of what it finds; `by` is the table whose index gives the order."""
    return query + _PAGE.replace("ORDER BY records", f"ORDER BY {by}")


_WITH_SKILL = """
SELECT wire FROM skills JOIN records USING (row)
WHERE skills.label = :skill AND skills.kind = :kind AND skills.rev <= :rev
  AND NOT EXISTS (
    SELECT 1 FROM json_each(:others) AS other WHERE NOT EXISTS (
      SELECT 1 FROM skills AS own
      WHERE own.label = other.value AND own.kind = skills.kind AND own.rev = skills.rev AND own.row = skills.row
    )
  )"""
_WITH_WORDS = """
  AND records.row IN (SELECT rowid FROM search WHERE search MATCH :words ORDER BY rowid DESC LIMIT :matches)"""

_BY_AUTHOR = _paged("SELECT wire FROM records INDEXED BY records_by_author WHERE author = :author")
_BY_AUTHOR_AND_KIND = _paged(
    "SELECT wire FROM records INDEXED BY records_by_author WHERE author = :author AND kind = :kind"
)
_BY_KIND = _paged("SELECT wire FROM records WHERE kind = :kind")
_BY_SKILL = _paged(_WITH_SKILL, by="skills")
_BY_SKILL_AND_WORDS = _paged(_WITH_SKILL + _WITH_WORDS, by="skills")
_BY_WORDS = _paged("""
SELECT wire FROM (SELECT rowid FROM search WHERE search MATCH :words ORDER BY rowid DESC LIMIT :matches) AS found
CROSS JOIN records ON records.row = found.rowid WHERE records.kind = :kind""")
_REFERRING = _paged(
    """
SELECT wire FROM refs JOIN records USING (row)
WHERE refs.target = :target AND refs.relation = :relation AND refs.rev <= :rev
  AND (:author IS NULL OR records.author = :author) AND (:kind IS NULL OR records.kind = :kind)""",
    by="refs",
)


class Cursor(NamedTuple):
    """The last record of a page; the next page begins after it."""

    rev: int
    id: RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What to look for.

    Attributes:
        kind: Of which kind.
        skills: Labels that a record must all name, in any case.
        text: Words that it must all hold; the last may be the beginning of one.
    """

    kind: str
    skills: Sequence[str] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referring:
    """Which records refer to what; an author or a kind of `None` means any."""

    target: bytes
    relations: Collection[str]
    author: IdentityId | None
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list: at most `limit` records, all older than `before`."""

    limit: int
    before: Cursor | None
    now_ms: int

    @property
    def values(self) -> dict[str, object]:
        """The page as the queries name it."""
        rev, record_id = self.before or (INTEGER_MAX, b"")
        return {"now": self.now_ms, "rev": rev, "id": record_id, "limit": max(0, min(self.limit, LIMIT_MAX))}


def by_author(
    connection: sqlite3.Connection, author: IdentityId, kind: str | None, page: Page, *, network: str
) -> list[Record]:
    """Return the records of an author, of one kind or of all."""
    query = _BY_AUTHOR if kind is None else _BY_AUTHOR_AND_KIND
    return _records(connection, query, {"author": author, "kind": kind, **page.values}, network)


def by_kind(connection: sqlite3.Connection, kind: str, page: Page, *, network: str) -> list[Record]:
    """Return the records of a kind."""
    return _records(connection, _BY_KIND, {"kind": kind, **page.values}, network)


def at(connection: sqlite3.Connection, address: Address, *, now_ms: int, network: str) -> Record | None:
    """Return the record that is shown at an address."""
    query = (
        "SELECT wire FROM records INDEXED BY records_by_address"
        " WHERE author = :author AND kind = :kind AND space = :space AND slot = :slot"
        " AND shown_from <= :now AND shown_until > :now"
    )
    found = _records(connection, query, {**address._asdict(), "now": now_ms}, network)
    return found[0] if found else None


def own_records(
    connection: sqlite3.Connection, author: IdentityId, kind: str, space: str, *, network: str
) -> list[Record]:
    """Return the winner in every slot that an author uses for a kind in a space, tombstones among them."""
    query = (
        "SELECT wire FROM records INDEXED BY records_by_address"
        " WHERE author = :author AND kind = :kind AND space = :space AND is_winner = 1 ORDER BY slot"
    )
    return _records(connection, query, {"author": author, "kind": kind, "space": space}, network)


def referring(connection: sqlite3.Connection, wanted: Referring, page: Page, *, network: str) -> list[Record]:
    """Return the records that refer to an id under any of some relations."""
    values = {"target": wanted.target, "author": wanted.author, "kind": wanted.kind, **page.values}
    found = {
        item.id: item
        for relation in wanted.relations
        for item in _records(connection, _REFERRING, {"relation": relation, **values}, network)
    }
    newest_first = sorted(found.values(), key=lambda item: (item.rev, item.id), reverse=True)
    return newest_first[: page.limit]


def find(connection: sqlite3.Connection, search: Search, page: Page, *, network: str) -> list[Record]:
    """Return the records that a search finds; one that asks for nothing finds all of its kind."""
    labels = list(dict.fromkeys(folded(label) for label in search.skills))[:SKILLS_MAX]
    words = match_expression(search.text)
    if words is None:
        return []
    values = {"kind": search.kind, "words": words, "matches": MATCHES_MAX, **page.values}
    if not labels:
        query = _BY_WORDS if words else _BY_KIND
        return _records(connection, query, values, network)
    values |= {"skill": labels[0], "others": json.dumps(labels[1:])}
    return _records(connection, _BY_SKILL_AND_WORDS if words else _BY_SKILL, values, network)


def match_expression(text: str) -> str | None:
    """Turn what a person typed into a search into FTS5's language; `None` when it holds nothing to look for.

    Every word must be there, whatever the order; the last, once it has three letters, may be unfinished.
    """
    words = list(itertools.islice((match.group() for match in _WORD.finditer(text)), WORDS_MAX))
    if not words:
        return None if text.strip() else ""
    quoted = [f'"{word}"' for word in words]
    if len(words[-1]) >= _PREFIX_LENGTH_MIN:
        quoted[-1] += "*"
    return " ".join(quoted)


def _records(
    connection: sqlite3.Connection, query: str, values: Mapping[str, object], network: str
) -> list[Record]:
    return [read_stored(wire, network=network) for (wire,) in connection.execute(query, values)]

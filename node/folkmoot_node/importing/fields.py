"""Single fields of entries, read the same way in résumés and postings."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from folkmoot.canonical import Value
from folkmoot_node.importing.contacts import find_contacts
from folkmoot_node.importing.dates import is_open, iso_date
from folkmoot_node.importing.report import Report
from folkmoot_node.importing.text import CONTACT_WHY, RAW_CHARS_MAX, clean, loose_text, plain

URI_CHARS_MAX = 256
LIST_MAX = 4_096
"""How many elements of one list in a file are looked at."""

WORDS_MAX = 512
"""How many labels are looked at in one list; more than any field keeps."""

_TEXT_DATE_CHARS_MAX = 80
_APART = re.compile(r"[,;\n\r|•·、\uff0c\uff1b]|\s/\s")


def first_of(entry: Mapping[str, object], *keys: str) -> object:
    """The first of several keys that has anything in it, or None."""
    return next((entry[key] for key in keys if entry.get(key) not in (None, "", [], {})), None)


def elements(loose: object) -> list[object]:
    """The elements of a list; a single text or object counts as a list of one, a number as none."""
    if loose is None or loose == "" or isinstance(loose, int | float):
        return []
    return loose[:LIST_MAX] if isinstance(loose, list) else [loose]


def read_date(loose: object, where: str, report: Report) -> str | None:
    """Read a date cut to what is known; what cannot be read is left out with a note, `Present` without one."""
    text = loose_text(loose).strip()
    if not text or is_open(text):
        return None
    iso = iso_date(text)
    if iso is None:
        report.note(f"the date in {where} could not be read and was left out")
    elif re.fullmatch(r"\d{1,2}([-/.])\d{1,2}\1\d{4}", text[:_TEXT_DATE_CHARS_MAX]) and len(iso) == len("2014"):
        report.note(f"day and month in {where} could be either way round, so only the year was taken")
    return iso


def read_uri(loose: object, where: str, report: Report) -> str | None:
    """Read a web address that leads to a work, not to a person's inbox."""
    text = clean(loose_text(loose)[: URI_CHARS_MAX * 4]).strip()
    if not text:
        return None
    if find_contacts(text):
        report.leave_out(f"contact link in {where}", CONTACT_WHY)
        return None
    if re.match(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?:[/?#]|$)", text, re.IGNORECASE):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        usable = False
    if not usable or len(text) > URI_CHARS_MAX or re.search(r"\s", text):
        report.note(f"the web address in {where} is not usable and was left out")
        return None
    return text


def split_words(loose: object) -> list[str]:
    """Read short labels from a list, or from one text with commas, bullets or lines between them."""
    words: list[str] = []
    for element in elements(loose):
        text = clean(plain(loose_text(element)[:RAW_CHARS_MAX]))
        words += [word for part in _outside_brackets(text) if (word := part.strip(" \t-\u2013\u2014*.:").strip())]
        if len(words) > WORDS_MAX:
            break
    return words[:WORDS_MAX]


def _outside_brackets(text: str) -> Iterable[str]:
    """Split a text at its separators, except inside round brackets, as in `AWS (EC2, S3)`."""
    start = depth = 0
    for match in re.finditer(rf"[()]|{_APART.pattern}", text):
        found = match.group()
        if found in "()":
            depth = max(0, depth + (1 if found == "(" else -1))
        elif depth == 0 or "\n" in found:
            yield text[start : match.start()]
            start, depth = match.end(), 0
    yield text[start:]


def put(entry: dict[str, Value], key: str, value: "Value | None") -> None:
    """Set a key unless there is nothing to set: absence is a key left out."""
    if value is not None and value not in ("", []):
        entry[key] = value

"""Free text from loose values: plain, clean, without contact data, and within its bound."""

import re
from html.parser import HTMLParser

from folkmoot.canonical import clean_text
from folkmoot_node.importing.contacts import CONTACT_LEFT_OUT, find_contacts
from folkmoot_node.importing.report import Report

RAW_CHARS_MAX = 8_000
"""What is looked at of one value that holds many labels."""

_RAW_CHARS_BASE, _RAW_CHARS_TIMES = 1_000, 8  # tags and contacts go first, so more is looked at than is kept

CONTACT_WHY = "contact data is never published; it travels sealed, after both sides agreed"

_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\u000b\u000c]")
_TAG = re.compile(
    r"</?(?:p|br|ul|ol|li|b|i|u|em|strong|span|div|a|h[1-6]|table|tr|td|font)\b[^<>]{0,500}/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLOCKS = frozenset(["p", "br", "div", "ul", "ol", "tr", "table", "section", "h1", "h2", "h3", "h4", "h5", "h6"])
_SILENT = frozenset(["script", "style", "head", "title", "template"])


class _Stripper(HTMLParser):
    """Keeps the text of HTML, with line breaks where blocks begin and end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: str | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent = tag
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent is None:
            self.parts.append(data)


def plain(text: str) -> str:
    """Turn HTML into plain text; text without tags comes back as it is, entities decoded.

    Escaped twice is common in feeds, so a second pass follows when the first one uncovers tags.
    """
    for _ in range(2):
        if _TAG.search(text) is None and _ENTITY.search(text) is None:
            break
        stripper = _Stripper()
        # Declarations and comments carry no text, and the parser of the standard library may assert on broken ones.
        stripper.feed(_COMMENT.sub(" ", text).replace("<!", " ").replace("<?", " "))
        stripper.close()
        text = "".join(stripper.parts)
    return text


def clean(text: str) -> str:
    """Take away what free text may not contain, and what could hide an address from the search for contacts."""
    return clean_text(_INVISIBLE.sub("", _BREAKS.sub("\n", text)))


def loose_text(loose: object) -> str:
    """Find the text in a value that should be one: a number, a list of lines, or a JSON-LD value object."""
    match loose:
        case str():
            return loose
        case bool() | None:
            return ""
        case int() | float():
            return f"{loose:g}" if isinstance(loose, float) else str(loose)
        case list():
            return "\n".join(filter(None, (loose_text(part) for part in loose)))
        case dict():
            return next((loose_text(loose[key]) for key in ("@value", "name", "value") if loose.get(key)), "")
        case _:
            return ""


def without_contacts(text: str, where: str, report: Report) -> str:
    """Replace the contact data in a text, and report where it stood and of what kind it was."""
    pieces: list[str] = []
    done = 0
    for contact in find_contacts(text):
        report.leave_out(f"{contact.kind} in {where}", CONTACT_WHY)
        pieces += [text[done : contact.start], CONTACT_LEFT_OUT]
        done = contact.end
    return "".join([*pieces, text[done:]])


def paragraph(loose: object, where: str, chars_max: int, report: Report) -> str | None:
    """Read a text of several lines, or None when there is none."""
    raw = _bounded(loose, chars_max)
    text = without_contacts(clean(plain(raw)), where, report)
    lines = [" ".join(part.split(" ")).rstrip() for part in text.replace("\t", " ").split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(" {2,}", " ", entry).strip() for entry in lines)).strip()
    return _clipped(text, where, chars_max, report)


def line(loose: object, where: str, chars_max: int, report: Report) -> str | None:
    """Read a text of one line, or None when there is none."""
    raw = _bounded(loose, chars_max)
    text = " ".join(without_contacts(clean(plain(raw)), where, report).split())
    return _clipped(text, where, chars_max, report)


def _bounded(loose: object, chars_max: int) -> str:
    return loose_text(loose)[: _RAW_CHARS_BASE + _RAW_CHARS_TIMES * chars_max]


def clip(text: str, chars_max: int) -> str:
    """Shorten a text to its bound, at a space when one is near, and show that it was."""
    if len(text) <= chars_max:
        return text
    cut = text[: chars_max - 1]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    if space >= chars_max * 2 // 3:
        cut = cut[:space]
    return cut.rstrip(" \n,;") + "…"


def _clipped(text: str, where: str, chars_max: int, report: Report) -> str | None:
    if not text or text.replace(CONTACT_LEFT_OUT, "").strip(" .,;:|/-") == "":
        return None  # nothing, or nothing but contact data
    if len(text) > chars_max:
        report.note(f"{where} was shortened to {chars_max} characters")
    return clip(text, chars_max)

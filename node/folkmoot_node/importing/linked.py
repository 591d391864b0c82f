"""Finding the job posting in JSON-LD, however it is wrapped, with the names of schema.org made plain."""

import re
from collections.abc import Iterator, Mapping

from folkmoot_node.errors import FileError
from folkmoot_node.importing.document import read_json
from folkmoot_node.importing.fields import elements
from folkmoot_node.importing.report import Report
from folkmoot_node.importing.text import line

KIND = "a schema.org JobPosting"
_ADVICE = "give a JSON-LD file whose `@type` is JobPosting, as job pages embed for search engines"
_PREFIX = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:|sdo:)", re.IGNORECASE)
_BLOCK = re.compile(r"<script[^<>]{0,400}ld\+json[^<>]{0,400}>(.*?)(?:</script|\Z)", re.IGNORECASE | re.DOTALL)
_WRAPPERS = ("@graph", "mainEntity", "itemListElement", "item", "@included")
_NODES_MAX = 50_000
_REFERENCE_KEYS_MAX = 2  # a node with `@id` and at most `@type` says nothing itself, it points


def read_linked(text: str, report: Report) -> object:
    """Read the JSON-LD of a file: the text itself, or the blocks embedded in a saved web page.

    Raises:
        FileError: There is no JSON-LD, or it is not JSON.
    """
    if not text.lstrip().startswith("<"):
        return _plain_names(read_json(text, kind=KIND, report=report))
    blocks = [block.strip().rstrip(";") for block in _BLOCK.findall(text)]
    if not blocks:
        raise FileError("this is a web page without any JSON-LD in it, not a JobPosting", advice=_ADVICE)
    report.note("the file is a web page; its embedded JSON-LD was read")
    return _plain_names(_readable(blocks, report))


def _readable(blocks: list[str], report: Report) -> list[object]:
    """Read the blocks of a page; a broken one beside others is passed over, as browsers do."""
    read: list[object] = []
    broken: FileError | None = None
    for block in blocks:
        try:
            read.append(read_json(block, kind=KIND, report=report))
        except FileError as error:
            broken = error
    if not read and broken is not None:
        raise broken
    if broken is not None:
        report.note("a part of the page's JSON-LD could not be read and was passed over")
    return read


def find_posting(loose: object, report: Report) -> Mapping[str, object]:
    """Find the first JobPosting, and follow its references to other nodes of the file.

    Raises:
        FileError: There is none; what was found instead is said.
    """
    postings = [node for node in _wrapped(loose) if "JobPosting" in types_of(node)]
    if not postings:
        raise FileError(f"this is not a JobPosting: {_found_instead(loose)}", advice=_ADVICE)
    if len(postings) > 1:
        report.note(f"the file holds {len(postings)} job postings; the first was read")
    named = {
        str(node["@id"]): node for node in _all_nodes(loose) if "@id" in node and len(node) > _REFERENCE_KEYS_MAX
    }
    return {key: _followed(value, named) for key, value in postings[0].items()}


def types_of(node: Mapping[str, object]) -> list[str]:
    """The types of a node without their prefix; a plain `type` is accepted too."""
    return [
        _PREFIX.sub("", name, count=1)
        for name in elements(node.get("@type", node.get("type")))
        if isinstance(name, str)
    ]


def _followed(value: object, named: Mapping[str, Mapping[str, object]]) -> object:
    if isinstance(value, list):
        return [_followed(element, named) for element in value]
    if isinstance(value, dict) and "@id" in value and len(value) <= _REFERENCE_KEYS_MAX:
        return named.get(str(value["@id"]), value)
    return value


def _plain_names(loose: object) -> object:
    """Take the prefix of schema.org from every key; depth is bounded by the reader of the file."""
    if isinstance(loose, list):
        return [_plain_names(element) for element in loose]
    if isinstance(loose, dict):
        return {_PREFIX.sub("", key, count=1): _plain_names(value) for key, value in loose.items()}
    return loose


def _wrapped(loose: object) -> Iterator[dict[str, object]]:
    """The nodes that a file is about: at its top, in its graph, or the main thing of its page."""
    if isinstance(loose, list):
        for element in loose:
            yield from _wrapped(element)
    elif isinstance(loose, dict):
        yield loose
        if "JobPosting" not in types_of(loose):
            for key in _WRAPPERS:
                yield from _wrapped(loose.get(key))


def _all_nodes(loose: object) -> Iterator[dict[str, object]]:
    if isinstance(loose, list):
        for element in loose:
            yield from _all_nodes(element)
    elif isinstance(loose, dict):
        yield loose
        for value in loose.values():
            yield from _all_nodes(value)


def _found_instead(loose: object) -> str:
    if not isinstance(loose, (dict, list)):
        return "the file holds a single value, not an object"
    nodes = [node for _, node in zip(range(_NODES_MAX), _wrapped(loose), strict=False)]
    if any(isinstance(node.get("basics"), dict) for node in nodes):
        return "it looks like a résumé (use `folkmoot profile import`)"
    types = sorted({name[:32] for node in nodes for name in types_of(node)})[:5]
    if types:
        return f"it is of type {_shown(types)}"
    keys = [str(key)[:32] for node in nodes[:1] for key in node][:5]
    return f"it has no `@type`, only {_shown(keys)}" if keys else "it is empty"


def _shown(names: list[str]) -> str:
    return line(", ".join(names), "names", 160, Report()) or "something unreadable"

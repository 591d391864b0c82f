"""The registries: numbers, kinds, rules, relations and names, as tables that other clients can read.

Numbers and kinds come from the code, rules from the pages, and the rest from here; tests keep all of them equal.
"""

import ast
import inspect
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from folkmoot import SPEC_VERSION, limits
from folkmoot.bundle import LABEL
from folkmoot.documents import TYPES
from folkmoot.ids import IdPrefix
from folkmoot.kinds import EDITION, KINDS, Kind
from folkmoot.rules import COMMONS
from folkmoot.session import MAJOR
from folkmoot.shape import Anything, Bytes, Choice, Fields, Flag, Integer, Many, Shape, Text

Table = Mapping[str, object]

_RULE = re.compile(r"^- \*\*(?P<id>[A-Z]{3}-\d+)\*\* \[(?P<verdict>[A-Z]+)\] (?P<meaning>.+)$", re.MULTILINE)

PAGES_OF_KINDS = {
    **dict.fromkeys(("profile", "availability"), "kinds/people.md"),
    **dict.fromkeys(("opportunity", "bid", "award", "decline"), "kinds/work.md"),
    **dict.fromkeys(("question", "clarification", "bid-commit", "bid-list", "counter"), "kinds/bidding.md"),
    **dict.fromkeys(("draft", "accept", "agreement", "exhibit"), "kinds/consent.md"),
    **dict.fromkeys(("apply", "leave"), "kinds/membership.md"),
    **dict.fromkeys(("delivery", "review-of-delivery", "payment", "seen", "closing"), "kinds/delivery.md"),
    **dict.fromkeys(("dispute", "dispute-step"), "kinds/disagreement.md"),
    **dict.fromkeys(("vouch", "review-commit", "review"), "kinds/reputation.md"),
    **dict.fromkeys(("endorsement", "post"), "kinds/word.md"),
    **dict.fromkeys(("pattern", "pattern-outcome"), "kinds/practice.md"),
}

RELATIONS = (
    ("about", "any id", "what a post or a dispute is about"),
    ("bid", "record", "the bid that is awarded, declined or answered, or from which a document was drafted"),
    ("commit", "record", "the commit that a bid or a review opens"),
    ("counter", "record", "the counter-proposal that a bid adopts"),
    ("counterpart", "record", "the commit of the other side that the author of a review has seen"),
    ("delivery", "record", "the delivery that is reviewed"),
    ("derived_from", "record", "the pattern from which another one was made"),
    ("dispute", "record", "the dispute that a step belongs to or that a document settles"),
    ("document", "document", "the document that is carried, or that a record is about"),
    ("engagement", "document", "the engagement that a document closes or settles"),
    ("exhibits", "record", "the record that an exhibit carries"),
    ("filled_by", "record", "an opportunity by which a team means to fill one of its seats"),
    ("of", "any id", "what a witness has seen"),
    ("opportunity", "record", "the opportunity that is asked about, bid on, awarded, or answered by a document"),
    ("parent", "record", "the opportunity of which another one is a part"),
    ("pattern", "record", "the way of working that a document has chosen or that an outcome is about"),
    ("prev", "document", "the document that the carried one is to replace"),
    ("question", "record", "the question that is answered"),
    ("replies", "record", "the post that is answered"),
    ("revises", "record", "the version of an opportunity that this one replaces"),
    ("shows", "record", "an endorsement that a profile shows"),
    ("subject", "identity", "who is endorsed, vouched for or reviewed"),
    ("team", "document", "the team that provides under an engagement"),
)

PURPOSES = (
    ("record", "a record's payload: signed by a device, its digest is the record's id"),
    ("identity", "an operation's bytes: signed by every key that must, its digest is the operation's id"),
    ("document", "a document's bytes: its digest is the document's id; never signed as such"),
    ("cosign", "what a co-signature says: signed by a device"),
    ("key", "a public key: its digest promises the key"),
    ("work", "a genesis' bytes: its digest is the cheap hash"),
    ("commit", "an author, a salt and a body: the digest promises the body"),
    ("rotation", "a secret seed and a depth: the digest is the seed of a rotation key"),
)

SHOWN_AS = {
    "KEY-1": ["REC-4", "OPR-1", "OPR-5", "COS-1"],
    "KEY-2": ["REC-4", "OPR-1", "OPR-5", "COS-1"],
    "KEY-3": ["REC-9", "OPR-8", "COS-5"],
    "KEY-4": ["REC-9", "OPR-8", "COS-5"],
}
"""Rules without a code of their own in an implementation, and the rules under which a reader meets them."""

SHOWN_BY: Mapping[str, str] = {
    "SYN-6": "tests/simulation/test_nodes.py::test_records_of_spaces_that_are_not_ours_are_not_taken_by_sync"
}
"""Rules that no vector can show, and the test that shows them instead."""


def tables(spec: Path) -> dict[str, Table]:
    """Return every registry by its file name."""
    return {
        "constants.json": {"spec": SPEC_VERSION, "constants": list(_constants())},
        "documents.json": {
            "spec": SPEC_VERSION,
            "types": [
                {"name": name, "page": "documents.md", "terms": _shape(shape)} for name, shape in TYPES.items()
            ],
        },
        "kinds.json": {
            "spec": SPEC_VERSION,
            "edition": EDITION,
            "kinds": [_kind(kind) for kind in KINDS.values()],
        },
        "names.json": _names(),
        "relations.json": {
            "spec": SPEC_VERSION,
            "relations": [{"name": name, "target": target, "meaning": text} for name, target, text in RELATIONS],
        },
        "rules.json": {"spec": SPEC_VERSION, "rules": list(rules_of(spec))},
    }


def _constants() -> Iterator[Table]:
    body = ast.parse(inspect.getsource(limits)).body
    for assigned, text in itertools.pairwise(body):
        match assigned, text:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(meaning))):
                yield {"name": name, "value": getattr(limits, name), "meaning": " ".join(meaning.split())}
            case _:
                continue  # the module's own docstring, or a docstring before the next constant


def _kind(kind: Kind) -> Table:
    return {
        "name": kind.name,
        "page": PAGES_OF_KINDS[kind.name],
        "slots": kind.slots,
        "days_max": kind.days_max,
        "commons_only": kind.commons_only,
        "evidence": kind.evidence,
        "withdrawable": kind.withdrawable,
        "body": _shape(kind.shape),
    }


def _shape(shape: Shape) -> Table:
    match shape:
        case Text(length_max):
            return {"shape": "text", "length_max": length_max}
        case Choice(words):
            return {"shape": "choice", "words": sorted(words)}
        case Integer(least, greatest):
            return {"shape": "integer", "least": least, "greatest": greatest}
        case Flag():
            return {"shape": "flag"}
        case Bytes(length_max, exact):
            return {"shape": "bytes", "length_min": length_max if exact else 1, "length_max": length_max}
        case Many(item, most, least):
            return {"shape": "many", "least": least, "most": most, "item": _shape(item)}
        case Anything():
            return {"shape": "anything"}
        case Fields(required, optional):
            return {
                "shape": "fields",
                "required": {name: _shape(inner) for name, inner in required.items()},
                "optional": {name: _shape(inner) for name, inner in optional.items()},
            }
        case _:
            raise AssertionError(shape)


def _names() -> Table:
    return {
        "spec": SPEC_VERSION,
        "preimage": "folkmoot/1/<network>/<purpose> 0x00 <payload>",
        "purposes": [{"name": name, "meaning": text} for name, text in PURPOSES],
        "work_salt": "folkmoot/1/work",
        "bundle_label": LABEL,
        "topic": "/folkmoot/<network>/1/<space>",
        "protocols": [{"id": f"/folkmoot/sync/{MAJOR}", "page": "sync.md"}],
        "networks": [
            {"name": "main", "meaning": "the network of people"},
            {"name": "test", "meaning": "the network of the vectors; worthless keys"},
        ],
        "spaces": [{"name": COMMONS, "meaning": "the space in which everybody takes part"}],
        "text_prefixes": [{"prefix": known.value, "names": known.name.lower()} for known in IdPrefix],
    }


def rules_of(spec: Path) -> Iterator[dict[str, object]]:
    """Read every rule from the pages, in the order of ids."""
    found: dict[tuple[str, int], dict[str, object]] = {}
    for page in sorted(spec.rglob("*.md")):
        for match in _RULE.finditer(page.read_text(encoding="utf-8")):
            rule, meaning = match["id"], match["meaning"]
            family, _, number = rule.partition("-")
            assert (family, int(number)) not in found, f"{rule} stands twice"
            entry: dict[str, object] = {
                "id": rule,
                "verdict": match["verdict"].lower(),
                "page": page.relative_to(spec).as_posix(),
                "meaning": meaning,
            }
            if rule in SHOWN_AS:
                entry["shown_as"] = SHOWN_AS[rule]
            if rule in SHOWN_BY:
                entry["shown_by"] = SHOWN_BY[rule]
            found[family, int(number)] = entry
    return (found[key] for key in sorted(found))

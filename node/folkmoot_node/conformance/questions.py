"""What is asked about each case of each suite, and the answer that has to come.

Spec: conformance.md#suites
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from folkmoot_node.conformance.suites import Case

_RECORD_FIELDS = ("id", "kind", "author", "device", "space", "slot", "rev", "expires", "refs", "tombstone")
_COMPLETION_FIELDS = ("signed", "missing", "repudiated", "refused")
_BUNDLE_FIELDS = ("operations", "records")
_STATES = (
    "opportunity",
    "team",
    "person",
    "call",
    "seats",
    "engagement",
    "dispute",
    "reviews",
    "pattern",
    "facts",
)
_OF_PEOPLE = ("person", "facts")


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and the answer that has to come.

    Attributes:
        request: The request, without its number.
        wanted: The answer, without its number; of what is `ok`, only the fields that are named are compared.
    """

    request: Mapping[str, Any]
    wanted: Mapping[str, Any]


def questions_of(suite: str, case: Case) -> list[Question]:
    """Return what is asked about a case; all of it has to be answered as wanted."""
    return list(_SUITES[suite](case))


def _encoding(case: Case) -> Iterator[Question]:
    value = {"value": case["value"]} if "value" in case else {}
    yield _ask(case, "decode", ("wire", "bytes_max"), value)
    if value:
        yield Question({"do": "encode", **value}, {"ok": {"wire": case["wire"]}})


def _text_forms(case: Case) -> Iterator[Question]:
    yield _ask(case, "read-id", ("text", "expected"), _taken(case, ("prefix", "id")))
    if case["expect"] == "accept":
        yield _ask(case, "write-id", ("prefix", "id"), {"text": case["text"].lower()})


def _keys(case: Case) -> Iterator[Question]:
    if "preimage" in case:
        yield _ask(case, "preimage", ("network", "purpose", "payload"), _taken(case, ("preimage", "digest")))
        if "salt" in case:
            yield _ask(case, "commitment", ("body", "author", "salt"), _taken(case, ("digest",)))
        return
    counts = {"ok": {"counts": case["expect"] == "accept"}}
    asked = "verify" if "signature" in case else "check-key"
    yield Question({"do": asked, **_taken(case, ("key", "signature", "message"))}, counts)


def _record(case: Case) -> Iterator[Question]:
    yield _ask(case, "open-record", ("wire",), _taken(case, _RECORD_FIELDS))


def _kinds(case: Case) -> Iterator[Question]:
    yield _ask(case, "check-record", ("wire",), {})


def _identity(case: Case) -> Iterator[Question]:
    if "wire" in case:
        said = _taken(case, ("id", "rank", "close"))
        if said:
            said |= {"identity": case.get("identity", case["id"]), "parent": case.get("parent")}
        yield _ask(case, "open-operation", ("wire",), said)
    elif "landing" in case:
        landed = {"path": case["path"], "kept": False, "rule": case["rule"]}
        yield Question({"do": "land-operation", **_taken(case, ("operations", "landing"))}, {"ok": landed})
    elif "standing" in case:
        for asked in case["standing"]:
            request = {"do": "standing", "operations": case["operations"], **asked}
            del request["standing"]
            yield Question(request, {"ok": {"standing": asked["standing"]}})
    else:
        read = {**_taken(case, ("path", "rivals", "kept", "closed")), "disputed": bool(case["rivals"])}
        given = case["operations"]
        for order in (given, given[::-1], [*given[1:], *given[:1]]):
            yield Question({"do": "read-chain", "operations": order}, {"ok": read})


def _agreement(case: Case) -> Iterator[Question]:
    if "signed" in case:
        request = {"do": "complete", **_taken(case, ("document", "cosignatures", "operations"))}
        yield Question(request, {"ok": _taken(case, _COMPLETION_FIELDS)})
    elif "cosignature" in case:
        yield _ask(case, "read-cosignature", ("cosignature",), {})
    else:
        yield _ask(case, "open-document", ("document",), _taken(case, ("id", "unknown")))


def _bundle(case: Case) -> Iterator[Question]:
    if "gossip" in case:
        yield _ask(case, "check-gossip", ("gossip", "space"), {})
        return
    opened = _taken(case, _BUNDLE_FIELDS)
    yield _ask(case, "open-bundle", ("bundle",), {**opened, "damages": case.get("damages", [])} if opened else {})


def _rules(case: Case) -> Iterator[Question]:
    names = ("operations", "held", "waiting", "landing_operations", "landing", "now_ms")
    after = {"verdict": case["expect"], "rule": case.get("rule", ""), **_taken(case, ("after", "kept"))}
    yield Question({"do": "absorb", **_taken(case, names)}, {"ok": after})


def _state(case: Case) -> Iterator[Question]:
    asked = next(name for name in _STATES if name in case)
    identified = case[asked]["identity" if asked in _OF_PEOPLE else "id"]
    request = {"do": "derive", **_taken(case, ("operations", "held", "now_ms")), asked: identified}
    wanted = {"ok": _taken(case, (asked, "state_hash"))}
    yield Question(request, wanted)
    yield Question({**request, "held": case["held"][::-1], "operations": case["operations"][::-1]}, wanted)


def _trust(case: Case) -> Iterator[Question]:
    if "shown" in case:
        request = {"do": "ties", **_taken(case, ("operations", "held", "now_ms"))}
        yield Question(request, {"ok": _taken(case, ("shown",))})
        return
    request = {"do": "trust", **_taken(case, ("ties", "viewer", "who", "group"))}
    yield Question(request, {"ok": _taken(case, ("amount", "distance"))})
    yield Question({**request, "ties": case["ties"][::-1]}, {"ok": _taken(case, ("amount", "distance"))})


def _sync(case: Case) -> Iterator[Question]:
    request = {"do": "talk", **_taken(case, ("own", "holdings", "frames"))}
    if case["expect"] == "accept":
        yield Question(request, {"ok": _taken(case, ("effects",))})
        return
    frames = case["frames"]
    yield Question({**request, "frames": frames[:-1]}, {"ok": {}})
    yield Question(request, {"refuse": case["rule"], "frame": len(frames) - 1})


_SUITES: Mapping[str, Callable[[Case], Iterator[Question]]] = {
    "encoding": _encoding,
    "text-forms": _text_forms,
    "keys": _keys,
    "ed25519": _keys,
    "record": _record,
    "kinds": _kinds,
    "identity": _identity,
    "agreement": _agreement,
    "bundle": _bundle,
    "rules": _rules,
    "state": _state,
    "sync": _sync,
    "trust": _trust,
    "work": _state,
}


def _ask(case: Case, do: str, arguments: tuple[str, ...], ok: Mapping[str, Any]) -> Question:
    """Return a question whose bytes are either taken or refused by the rule of the case."""
    wanted = {"ok": ok} if case["expect"] == "accept" else {"refuse": case["rule"]}
    return Question({"do": do, **_taken(case, arguments)}, wanted)


def _taken(case: Case, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: case[name] for name in names if name in case}

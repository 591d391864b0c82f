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
_SIDE_ARGUMENTS = ("own", "opens", "seed", "items", "first_symbols", "declines_identities", "declines_items")


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
    if "orders" in case:
        wanted = {"ok": case["end"]}
        asked = _states_asked(case["end"])
        for messages in _orders(case):
            operations = [wire for message in messages for wire in message["operations"]]
            held = [wire for message in messages for wire in message["records"]]
            given = {"operations": operations, "held": held, "now_ms": case["now_ms"]}
            yield Question({"do": "derive", **given, **asked}, wanted)
    elif "signed" in case:
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
    if "file" in case:
        told = {**opened, **_taken(case, ("bundles", "fault")), "damages": case.get("damages", [])}
        yield _ask(case, "open-file", ("file",), told if opened else {})
        return
    yield _ask(case, "open-bundle", ("bundle",), {**opened, "damages": case.get("damages", [])} if opened else {})


def _rules(case: Case) -> Iterator[Question]:
    names = ("operations", "held", "waiting", "landing_operations", "landing", "now_ms")
    after = {"verdict": case["expect"], "rule": case.get("rule", ""), **_taken(case, ("after", "kept"))}
    yield Question({"do": "absorb", **_taken(case, names)}, {"ok": after})


def _sequence(case: Case) -> Iterator[Question]:
    begin = {"do": "replay", **_taken(case, ("operations", "held", "waiting", "messages"))}
    if "orders" not in case:
        steps = [{**_taken(step, ("now_ms", "message")), **_states_asked(step)} for step in case["steps"]]
        wanted = [
            {name: step[name] for name in step if name not in {"now_ms", "message"}} for step in case["steps"]
        ]
        yield Question({**begin, "steps": steps}, {"ok": {"steps": wanted}})
        return
    for order in case["orders"]:
        played = [{"now_ms": case["now_ms"], "message": int(place)} for place in order]
        played[-1] |= _states_asked(case["end"])
        yield Question({**begin, "steps": played, "end_only": True}, {"ok": {"end": case["end"]}})


def _orders(case: Case) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the messages of a case in each of its orders."""
    for order in case["orders"]:
        yield [case["messages"][int(place)] for place in order]


def _states_asked(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return what has to be asked so that the answer holds the states that are wanted."""
    return {name: wanted[name]["identity" if name in _OF_PEOPLE else "id"] for name in _STATES if name in wanted}


def _state(case: Case) -> Iterator[Question]:
    asked = _states_asked(case)
    request = {"do": "derive", **_taken(case, ("operations", "held", "now_ms")), **asked}
    wanted = {"ok": _taken(case, (*asked, "state_hash"))}
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
    request = {"do": "talk", **_taken(case, (*_SIDE_ARGUMENTS, "frames"))}
    if case["expect"] == "accept":
        yield Question(request, {"ok": _taken(case, ("effects",))})
        return
    frames = case["frames"]
    yield Question({**request, "frames": frames[:-1]}, {"ok": {}})
    yield Question(request, {"refuse": case["rule"], "frame": len(frames) - 1})


def _reconcile(case: Case) -> Iterator[Question]:
    if "seeds" in case:
        yield _ask(case, "walk", ("seeds", "limit"), _taken(case, ("cells",)))
    elif "walks" in case:
        yield _ask(case, "walk-many", ("walks", "limit"), _taken(case, ("digest",)))
    elif "start" in case:
        shown = _taken(case, ("key", "size", "fingerprint", "estimator", "symbols"))
        yield _ask(case, "sketch", ("items", "nonces", "start", "count"), shown)
    elif "list" in case:
        yield _ask(case, "write-list", ("items", "nonces"), _taken(case, ("list", "placed")))
    elif "parts" in case:
        names = ("items", "nonces", "listed", "parts")
        yield from _with_and_without_the_last(case, "read-list", names, _taken(case, ("values", "lacked", "extra")))
    else:
        found = {**_taken(case, ("solved", "theirs", "ours")), "right": "theirs" in case}
        names = ("items", "nonces", "symbols", "fingerprint")
        yield from _with_and_without_the_last(case, "find-difference", names, found)


def _with_and_without_the_last(
    case: Case, do: str, names: tuple[str, ...], ok: Mapping[str, Any]
) -> Iterator[Question]:
    """Ask about parts that come one after the other, of which the last may be the one that is refused."""
    request = {"do": do, **_taken(case, names)}
    if case["expect"] != "refuse":
        yield Question(request, {"ok": ok})
        return
    parts = "parts" if "parts" in case else "symbols"
    if len(case[parts]) > 1:
        yield Question({**request, parts: case[parts][:-1]}, {"ok": {}})
    yield Question(request, {"refuse": case["rule"]})


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
    "reconcile": _reconcile,
    "rules": _rules,
    "sequence": _sequence,
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

"""What inputs are made from: the questions about the vectors, and the operations and records in them."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.keys import NETWORK

from folkmoot.errors import DecodeError
from folkmoot.identity import open_operation
from folkmoot.record import open_record
from folkmoot_node.conformance.questions import questions_of
from folkmoot_node.conformance.suites import Profile, read_suites

VECTORS = Path(__file__).resolve().parents[2] / "spec" / "vectors"

Request = dict[str, Any]


STATES = (
    *("opportunity", "team", "person", "call", "seats"),
    *("engagement", "dispute", "reviews", "pattern", "facts"),
)
"""What `derive` is asked for."""

STATES_OVER_TIME = frozenset({"opportunity", "team", "person"})
"""What `replay` is asked for at a step."""


@dataclass(frozen=True, slots=True)
class Pools:
    """Everything that the vectors hold, sorted for use.

    Attributes:
        seeds: The questions about the vectors, by what they ask.
        sound: Those of them whose bytes are taken.
        families: Operations by identity, the genesis first; identities without one are left out.
        records: Records that stand beside others, by author.
        asked: What is asked of states: the name of what, and the id.
    """

    seeds: dict[str, list[Request]]
    sound: dict[str, list[Request]]
    families: dict[bytes, list[str]]
    records: dict[bytes, list[str]]
    asked: list[tuple[str, str]]


def read_pools() -> Pools:
    """Read the vectors."""
    seeds: dict[str, list[Request]] = defaultdict(list)
    sound: dict[str, list[Request]] = defaultdict(list)
    for suite in read_suites(VECTORS, Profile.FULL.suites):
        for case in suite.cases:
            for question in questions_of(suite.name, case):
                request = dict(question.request)
                seeds[request["do"]].append(request)
                if "ok" in question.wanted:
                    sound[request["do"]].append(request)
    everything = [request for requests in seeds.values() for request in requests]
    return Pools(
        seeds=dict(seeds),
        sound=dict(sound),
        families=_families(_wires(everything, "operations", "landing_operations")),
        records=_records(_wires(everything, "held", "landing", "waiting", "records")),
        asked=[(name, request[name]) for request in seeds["derive"] for name in STATES if name in request],
    )


def _wires(requests: list[Request], *names: str) -> list[str]:
    """Return what stands under some names, each once, in a fixed order."""
    found: dict[str, None] = {}
    for request in requests:
        for holder in (request, *request.get("messages", ())):
            for name in names:
                if isinstance(holder.get(name), list):
                    found.update(dict.fromkeys(holder[name]))
    return list(found)


def _families(wires: list[str]) -> dict[bytes, list[str]]:
    families: dict[bytes, list[str]] = {}
    later: list[tuple[bytes, str]] = []
    for wire in wires:
        try:
            opened = open_operation(bytes.fromhex(wire), network=NETWORK)
        except DecodeError:
            continue
        if opened.parent is None:
            families[opened.identity] = [wire]
        else:
            later.append((opened.identity, wire))
    for identity, wire in later:
        if identity in families:
            families[identity].append(wire)
    return families


def _records(wires: list[str]) -> dict[bytes, list[str]]:
    records: dict[bytes, list[str]] = defaultdict(list)
    for wire in wires:
        try:
            records[open_record(bytes.fromhex(wire), network=NETWORK).author].append(wire)
        except DecodeError:
            continue
    return dict(records)

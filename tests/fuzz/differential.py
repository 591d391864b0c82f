"""The same odd inputs for two clients: whatever they answer differently is a fault in one of them, or in a page.

Run it as `python tests/fuzz/differential.py --count 200000 --seed 1 -- COMMAND…`; the first client is the reference
client. It prints every sort of difference with an input that shows it, and ends with exit code 1 if there is any.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.inputs import Inputs
from fuzz.pools import STATES, Request

from folkmoot_node.conformance.comparison import in_one_order, outcome
from folkmoot_node.conformance.harness import started
from folkmoot_node.conformance.process import Answer, ClientFaultError, ClientProcess, Limits

REFERENCE = (sys.executable, "-m", "folkmoot_node.conformance.client")
_BATCH = 512
_SHOWN_OF_EACH_SORT = 2

_FIELDS: Mapping[str, Sequence[str]] = {
    "decode": ("value",),
    "read-id": ("prefix", "id"),
    "check-key": ("counts",),
    "verify": ("counts",),
    "open-record": (
        "id",
        "kind",
        "author",
        "device",
        "space",
        "slot",
        "rev",
        "expires",
        "refs",
        "tombstone",
    ),
    "check-record": ("id",),
    "open-operation": ("id", "identity", "parent", "rank", "close"),
    "open-document": ("id", "unknown"),
    "read-cosignature": ("index", "head", "at", "device", "signature"),
    "open-bundle": ("operations", "records", "damages"),
    "open-file": ("bundles", "operations", "records", "damages", "fault"),
    "check-gossip": (),
    "read-chain": ("path", "rivals", "kept", "closed", "disputed"),
    "land-operation": ("path", "kept", "rule"),
    "standing": ("standing",),
    "complete": ("signed", "missing", "repudiated", "refused"),
    "absorb": ("verdict", "rule", "after", "kept", "waits"),
    "derive": (*STATES, "state_hash"),
    "ties": ("shown",),
    "trust": ("amount", "distance"),
    "replay": ("steps", "end"),
    "walk": ("cells",),
    "sketch": ("key", "size", "fingerprint", "estimator", "symbols"),
    "find-difference": ("solved", "right", "theirs", "ours"),
    "write-list": ("list", "placed"),
    "read-list": ("values", "lacked", "extra"),
    "talk": ("effects",),
}
"""The fields of each answer that the page names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An input that two clients answer differently."""

    request: Request
    answers: tuple[Answer, Answer]

    @property
    def sort(self) -> str:
        """What kind of difference it is: the question, and where the answers part."""
        one, other = self.answers
        if "ok" in one and "ok" in other:
            apart = [name for name in _FIELDS[self.request["do"]] if _field(one, name) != _field(other, name)]
            return f"{self.request['do']}: {', '.join(apart)}"
        return f"{self.request['do']}: {outcome(one)[:60]} / {outcome(other)[:60]}"


@dataclass(slots=True)
class Findings:
    """What came of a run.

    Attributes:
        differences: Every input that was answered differently.
        faults: How a client hung, died or answered what is no answer, and the input.
        unsupported: Inputs that one of them does not support, by what is asked.
        outcomes: How often the first client gave each outcome; rules by id.
    """

    differences: list[Difference] = field(default_factory=list)
    faults: list[tuple[str, Request | None]] = field(default_factory=list)
    unsupported: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether the two agree on everything that both support."""
        return not self.differences and not self.faults

    def take(self, request: Request, one: Answer, other: Answer) -> None:
        """Compare two answers to one input."""
        self.outcomes[_told(one)] += 1
        if "unsupported" in one or "unsupported" in other:
            self.unsupported[request["do"]] += 1
        elif not is_same(request, one, other):
            self.differences.append(Difference(request, (one, other)))


def is_same(request: Mapping[str, Any], one: Answer, other: Answer) -> bool:
    """Tell whether two answers to one request say the same; an answer that failed never does."""
    if "failed" in one or "failed" in other:
        return False
    if "ok" not in one or "ok" not in other:
        return [one.get(name) for name in ("refuse", "frame")] == [other.get(name) for name in ("refuse", "frame")]
    return all(_field(one, name) == _field(other, name) for name in _FIELDS[request["do"]])


def _field(answer: Answer, name: str) -> object:
    return in_one_order(answer["ok"].get(name), name)


def _told(answer: Answer) -> str:
    """Return the rule that an answer names, or in one word what it says."""
    match answer:
        case {"ok": {"rule": str() as rule}} if rule:
            return rule
        case {"refuse": str() as rule}:
            return rule
        case _:
            return outcome(answer).partition(":")[0]


class Pair:
    """Two clients, asked the same at the same time."""

    def __init__(self, commands: tuple[Sequence[str], Sequence[str]], limits: Limits) -> None:
        self._commands = commands
        self._limits = limits
        self._clients: list[ClientProcess] = [started(command, limits)[0] for command in commands]
        self._threads = ThreadPoolExecutor(2)

    def ask(self, requests: list[Request], findings: Findings) -> None:
        """Ask both about some inputs; where one of them breaks, find out on which."""
        given = [self._threads.submit(client.ask, requests) for client in self._clients]
        broken = [place for place, answers in enumerate(given) if answers.exception() is not None]
        if not broken:
            for request, one, other in zip(requests, given[0].result(), given[1].result(), strict=True):
                findings.take(request, one, other)
            return
        error = given[broken[0]].exception()
        assert isinstance(error, ClientFaultError), "nothing else is expected"
        for place in broken:
            self._clients[place] = started(self._commands[place], self._limits)[0]
        if len(requests) == 1:
            findings.faults.append((f"client {broken[0] + 1}: {error}", requests[0]))
            return
        half = len(requests) // 2
        self.ask(requests[:half], findings)
        self.ask(requests[half:], findings)

    def close(self) -> None:
        """End both."""
        for client in self._clients:
            client.close()
        self._threads.shutdown()


def compare(
    command: Sequence[str], *, count: int, seed: int, only: Collection[str] = (), limits: Limits | None = None
) -> Findings:
    """Ask the reference client and another about some inputs; of some questions only, where any are named."""
    inputs, findings = Inputs(seed, only), Findings()
    pair = Pair((REFERENCE, command), limits or Limits())
    try:
        with ThreadPoolExecutor(1) as ahead:
            asked: Future[None] | None = None
            for first in range(0, count, _BATCH):
                # The next inputs are made while the clients are at the last ones.
                batch = [inputs.next() for _ in range(min(_BATCH, count - first))]
                if asked is not None:
                    asked.result()
                asked = ahead.submit(pair.ask, batch, findings)
            if asked is not None:
                asked.result()
    finally:
        pair.close()
    return findings


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Ask the reference client and another the same odd questions.")
    parser.add_argument("--count", type=int, default=20_000, help="how many inputs")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs")
    parser.add_argument("--only", action="append", default=[], choices=_FIELDS, help="a question; may be repeated")
    parser.add_argument("command", nargs="+", help="the other client, after --")
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    findings = compare(chosen.command, count=chosen.count, seed=chosen.seed, only=chosen.only)
    _print(findings, seconds=time.monotonic() - begun)
    return 0 if findings.is_clean else 1


def _print(findings: Findings, *, seconds: float) -> None:
    sorts: Counter[str] = Counter()
    for difference in findings.differences:
        sorts[difference.sort] += 1
        if sorts[difference.sort] <= _SHOWN_OF_EACH_SORT:
            print(f"\n{difference.sort}\n{json.dumps(difference.request)}")
            print(*(json.dumps(answer) for answer in difference.answers), sep="\n")
    for fault, request in findings.faults:
        print(f"\n{fault}\n{json.dumps(request)}")
    for sort, count in sorts.most_common():
        print(f"{count:6} {sort}")
    total = sum(findings.outcomes.values())
    rules = [told for told in findings.outcomes if told[-1:].isdigit()]
    print(f"{total} inputs in {seconds:.0f} s, {findings.outcomes['ok']} of them taken, {len(rules)} rules reached")
    if findings.unsupported:
        print(f"not compared, for want of support: {dict(findings.unsupported)}")
    print(f"{len(findings.differences)} differences, {len(findings.faults)} faults")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

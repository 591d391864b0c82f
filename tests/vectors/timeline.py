"""What the cases of the suite `sequence` are made with: steps in time, with all that has to be there after each.

What is expected is written down by hand, as sets of records and operations; only the hash of the state is computed,
and from those sets. Nothing here asks the replica, so that it can be found wrong.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any, NamedTuple

from support.keys import NETWORK
from vectors.craft import NOON_MS, Case, accepted, judged, wires
from vectors.suites import chains_of

from folkmoot.identity import Operation
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash


class Broken(NamedTuple):
    """An item that does not open; `what` is `operations` or `records`."""

    what: str
    wire: bytes


Item = Operation | Record | Broken
State = Mapping[str, object]


def later(days: int = 0, ms: int = 0) -> int:
    """Return a moment, counted from noon of the first day."""
    return NOON_MS + days * DAY_MS + ms


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """What is there after a step; in a step, `None` means as before, and what is shown are the winners."""

    winners: Collection[Record] | None = None
    shown: Collection[Record] | None = None
    kept: Collection[Operation] | None = None
    waits: Collection[Record] | None = None

    def after(self, before: "There") -> "There":
        """Return all that is there, when this is what changed."""
        seen = self.shown if self.shown is not None else self.winners
        return There(
            winners=before.winners if self.winners is None else self.winners,
            shown=before.shown if seen is None else seen,
            kept=before.kept if self.kept is None else self.kept,
            waits=before.waits if self.waits is None else self.waits,
        )

    def fields(self, now_ms: int) -> dict[str, object]:
        """Return this as a case says it."""
        shown, kept = self.shown or (), self.kept or ()
        evidence = gather(shown, chains_of(kept), now_ms=now_ms, network=NETWORK)
        return {
            "winners": ids(self.winners or ()),
            "shown": ids(shown),
            "kept": ids(kept),
            "waits": ids(self.waits or ()),
            "state_hash": state_hash(evidence).hex(),
        }


NOTHING = There(winners=(), shown=(), kept=(), waits=())


@dataclass(frozen=True, slots=True)
class Message:
    """Items that come together from somebody, or a bundle's bytes."""

    items: Sequence[Item] = ()
    sender: str = "bob"
    bundle: bytes = b""

    def value(self) -> Case:
        """Return the message as a case says it."""
        if self.bundle:
            return {"from": self.sender, "bundle": self.bundle.hex()}
        found: dict[str, list[str]] = {"operations": [], "records": []}
        for item in self.items:
            what = item.what if isinstance(item, Broken) else _part_of(item)
            found[what].append(item.wire.hex())
        return {"from": self.sender, **found}


@dataclass(frozen=True, slots=True)
class Step:
    """A moment, what comes then, the verdicts on it, and what is there afterwards."""

    now_ms: int
    message: Message | None
    says: str
    there: There
    state: State


def comes(
    now_ms: int,
    *items: Item,
    says: str = "accept",
    sender: str = "bob",
    bundle: bytes = b"",
    state: State | None = None,
    **there: Collection[Record] | Collection[Operation],
) -> Step:
    """Return a step at which something comes.

    Args:
        now_ms: The reader's clock.
        items: What comes, operations before records.
        says: The verdicts, one for each item, such as `accept, ignore SLT-2`.
        sender: Who sends it.
        bundle: The bytes of a bundle, in the place of items.
        state: A state that is derived afterwards, under its name.
        there: What `There` says.
    """
    message = Message(items, sender, bundle)
    return Step(now_ms, message, says, There(**there), state or {})  # type: ignore[arg-type]


def passes(now_ms: int, *, state: State | None = None, **there: Collection[Record]) -> Step:
    """Return a step at which nothing comes: only time has passed."""
    return Step(now_ms, None, "", There(**there), state or {})  # type: ignore[arg-type]


def sequence(
    name: str, *steps: Step, start: There = NOTHING, rules: Sequence[str] = (), void: str = "", why: str = ""
) -> Case:
    """Return a case: what is there at first, and the steps.

    Args:
        name: Of the case, by its fault where it has one.
        steps: In the order in which they happen.
        start: What a node holds at first.
        rules: What the case is about, where no verdict says so.
        void: The rule by which something that was taken has no effect, where the case is about that.
        why: See `craft.accepted`.
    """
    told: list[Case] = []
    messages: list[Case] = []
    there = start.after(NOTHING)
    for step in steps:
        there = step.there.after(there)
        said: Case = {"now_ms": str(step.now_ms)}
        if step.message is not None:
            message = step.message.value()
            messages += [] if message in messages else [message]
            said["message"] = messages.index(message)
        verdicts = [_verdict(word) for word in step.says.split(", ") if word]
        told.append({**said, "verdicts": verdicts, **there.fields(step.now_ms), **step.state})
    fields: dict[str, Any] = {**_begin(start), "messages": messages, "steps": told}
    denied = [_verdict(word) for step in steps for word in step.says.split(", ") if word and word != "accept"]
    if void:
        return judged(name, "void", void, why=why, **fields)
    if denied:
        verdict, rule = denied[-1]
        return judged(name, verdict, rule, why=why, **fields)
    return accepted(name, rules=rules, why=why, **fields)


def every_order(  # noqa: PLR0913 - what comes, and what follows in whatever order
    name: str,
    *messages: Message,
    end: There,
    start: There = NOTHING,
    now_ms: int = NOON_MS,
    orders: Sequence[str] = (),
    state: State | None = None,
    rules: Sequence[str] = (),
    why: str = "",
) -> Case:
    """Return a case whose messages lead to one end in every order, or in those given."""
    found = orders or ["".join(order) for order in permutations("0123456789"[: len(messages)])]
    there = replace(end, shown=end.winners if end.shown is None else end.shown).after(start.after(NOTHING))
    return accepted(
        name,
        rules=rules,
        why=why,
        **_begin(start),
        messages=[message.value() for message in messages],
        now_ms=str(now_ms),
        orders=list(found),
        end={**there.fields(now_ms), **(state or {})},
    )


def ids(items: Collection[Record] | Collection[Operation]) -> list[str]:
    """Return ids as a case lists a set of them."""
    return sorted(item.id.hex() for item in items)


def _begin(start: There) -> Case:
    held = {record.id: record for record in (*(start.winners or ()), *(start.shown or ()))}
    return {
        "operations": wires(start.kept or ()),
        "held": wires(held.values()),
        "waiting": wires(start.waits or ()),
    }


def _part_of(item: Operation | Record) -> str:
    return "operations" if isinstance(item, Operation) else "records"


def _verdict(word: str) -> list[str]:
    verdict, _, rule = word.partition(" ")
    return [verdict, rule]

"""Answers about what happens over time: messages that come one after the other, each at its moment.

Theory of operation: at each step what has had its day is let go first, then the message is absorbed, then is said
what is there. So an answer depends on the messages, their order and the reader's clock alone, and not on when a
node finds the time to tidy.

Spec: conformance.md#over-time
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from folkmoot.bundle import unpack
from folkmoot.chain import Chain
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, OperationId
from folkmoot.limits import CLOSED_HIDDEN_DAYS, DAY_MS
from folkmoot.record import Address, Record, day_of
from folkmoot.replica import Changes, absorb, shown, winner
from folkmoot.rules import Accept
from folkmoot.state.evidence import gather
from folkmoot_node.conformance.inputs import Held, Request, chains_of, opened_operation, opened_record
from folkmoot_node.conformance.states import state_asked

Answer = dict[str, Any]
Said = list[str]
"""A verdict and its rule, which is empty for accept."""


def replay(request: Request) -> Answer:
    """Play messages to a node, step by step, and say after each what it holds.

    Raises:
        DecodeError: What is held at first does not open.
    """
    timeline = Timeline(request)
    said: list[Answer] = []
    *before, last = request["steps"]
    for step in before:
        verdicts = timeline.play(step, request)
        if not request.get("end_only", False):
            said.append({"verdicts": verdicts, **timeline.there(step)})
    verdicts, end = timeline.play(last, request), timeline.there(last)
    return {"steps": [*said, {"verdicts": verdicts, **end}], "end": end}


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a message: what it opens to, or why it does not."""

    opened: Operation | Record | None
    rule: str = ""


class Timeline:
    """What a node holds while time passes.

    Attributes:
        waiting: What is deferred or hidden, by id.
    """

    def __init__(self, request: Request) -> None:
        self._network = request.network
        self._operations: dict[OperationId, Operation] = {
            item.id: item for item in request.operations("operations")
        }
        self._records = {item.id: item for item in request.records("held")}
        self.waiting = {item.id: item for item in request.records("waiting")}
        self._closed_since_ms: dict[IdentityId, int] = {}

    def play(self, step: Mapping[str, Any], request: Request) -> list[Said]:
        """Let the time of a step come, and its message if it has one; return the verdicts."""
        now_ms, place = int(step["now_ms"]), step.get("message")
        self.let_go(now_ms)
        return [] if place is None else self.take(request["messages"][place], now_ms)

    def let_go(self, now_ms: int) -> None:
        """Forget what has expired, what was beaten and is shown no longer, and what was hidden for long enough."""
        today, hidden_until = day_of(now_ms), now_ms - CLOSED_HIDDEN_DAYS * DAY_MS
        over = {identity for identity, since_ms in self._closed_since_ms.items() if since_ms <= hidden_until}
        live = [record for record in self._records.values() if record.expires > today]
        self._records = {record.id: record for here in _places(live).values() for record in _staying(here, now_ms)}
        self.waiting = {
            key: record
            for key, record in self.waiting.items()
            if record.expires > today and record.author not in over
        }

    def take(self, message: Mapping[str, Any], now_ms: int) -> list[Said]:
        """Absorb a message and return the verdict on each of its items, the operations first."""
        try:
            operations, records = self._opened(Request(message, self._network))
        except DecodeError as error:
            return [["reject", error.rule]]
        changes = absorb(
            Held(self._operations.values(), self._records.values(), self.waiting.values()),
            [item.opened for item in operations if isinstance(item.opened, Operation)],
            [item.opened for item in records if isinstance(item.opened, Record)],
            now_ms=now_ms,
            network=self._network,
        )
        self._apply(changes)
        self._note_closings(now_ms)
        return [*(_said(item, self._operations) for item in operations), *_judged(changes, records)]

    def there(self, step: Mapping[str, Any]) -> Answer:
        """Return what is held, what waits and what follows from it at the time of a step."""
        now_ms = int(step["now_ms"])
        places = _places(self._records.values())
        visible = [record for here in places.values() if (record := shown(here, now_ms)) is not None]
        evidence = gather(visible, self._chains(), now_ms=now_ms, network=self._network)
        return {
            "winners": _ids(winner(here) for here in places.values()),
            "shown": _ids(visible),
            "kept": _ids(self._operations.values()),
            "waits": _ids(self.waiting.values()),
            **state_asked(evidence, step),
        }

    def _opened(self, message: Request) -> tuple[list[_Item], list[_Item]]:
        """Open every item of a message by itself.

        Raises:
            DecodeError: It is a bundle, and none as a whole.
        """
        operations, records = message.several("operations"), message.several("records")
        if "bundle" in message.fields:
            bundle = unpack(message.data("bundle"), network=self._network)
            operations, records = [*bundle.operations], [*bundle.records]
        return [self._item(opened_operation, wire) for wire in operations], [
            self._item(opened_record, wire) for wire in records
        ]

    def _item(self, open_wire: Callable[[bytes, str], Operation | Record], wire: bytes) -> _Item:
        try:
            return _Item(open_wire(wire, self._network))
        except DecodeError as error:
            return _Item(None, error.rule)

    def _apply(self, changes: Changes) -> None:
        _change(self._operations, changes.put_operations, changes.drop_operations)
        _change(self._records, changes.put_records, changes.drop_records)
        _change(self.waiting, changes.park, changes.unpark)

    def _note_closings(self, now_ms: int) -> None:
        """Remember since when each identity has been closed."""
        closed = {identity for identity, chain in self._chains().items() if chain.is_closed}
        self._closed_since_ms = {identity: self._closed_since_ms.get(identity, now_ms) for identity in closed}

    def _chains(self) -> Mapping[IdentityId, Chain]:
        return chains_of(self._operations.values(), self._network)


def _said(item: _Item, kept: Mapping[OperationId, Operation]) -> Said:
    """Return the verdict on an operation: whether one of its id is kept."""
    if not isinstance(item.opened, Operation):
        return ["reject", item.rule]
    return ["accept", ""] if item.opened.id in kept else ["ignore", "CHN-5"]


def _judged(changes: Changes, records: Sequence[_Item]) -> Iterator[Said]:
    """Return the verdicts on the records of a message; those that waited were judged before them."""
    opened = sum(item.opened is not None for item in records)
    verdicts = iter(changes.verdicts[len(changes.verdicts) - opened :])
    for item in records:
        if item.opened is None:
            yield ["reject", item.rule]
            continue
        _record, verdict = next(verdicts)
        yield ["accept", ""] if isinstance(verdict, Accept) else [type(verdict).__name__.lower(), verdict.rule]


def _places(records: Iterable[Record]) -> Mapping[Address, list[Record]]:
    places: dict[Address, list[Record]] = defaultdict(list)
    for record in records:
        places[record.address].append(record)
    return places


def _staying(here: Sequence[Record], now_ms: int) -> set[Record]:
    visible = shown(here, now_ms)
    return {winner(here)} if visible is None else {winner(here), visible}


def _change(there: dict[Any, Any], put: Iterable[Operation | Record], gone: Iterable[Operation | Record]) -> None:
    for item in gone:
        del there[item.id]
    for item in put:
        there[item.id] = item


def _ids(items: Iterable[Operation | Record]) -> list[str]:
    return sorted(item.id.hex() for item in items)

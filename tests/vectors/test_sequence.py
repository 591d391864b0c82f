"""The suite `sequence`, played to a replica in memory through `replica` and `state`."""

from collections.abc import Iterable
from typing import Any

import pytest
from support.memory_view import MemoryReplica
from vectors.suites import NETWORK, Case, cases_of, chains_of, name_of, operations_of, records_of

from folkmoot.bundle import unpack
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, open_operation
from folkmoot.ids import IdentityId
from folkmoot.limits import CLOSED_HIDDEN_DAYS, DAY_MS
from folkmoot.record import Record, day_of, open_record
from folkmoot.replica import shown, winner
from folkmoot.rules import Accept
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash


class Player:
    """A replica that lets go of everything at the moment at which it may."""

    def __init__(self, case: Case) -> None:
        self.replica = MemoryReplica()
        for operation in operations_of(case):
            self.replica.operations[operation.identity][operation.id] = operation
        self.replica.records = {record.id: record for record in records_of(case, "held")}
        self.replica.waiting = {record.id: record for record in records_of(case, "waiting")}
        self.closed: dict[IdentityId, int] = {}

    def tidy(self, now_ms: int) -> None:
        self.replica.sweep(day_of(now_ms))
        for here in self._places():
            staying = {winner(here), shown(here, now_ms)}
            for record in set(here) - staying:
                del self.replica.records[record.id]
        for identity, since_ms in self.closed.items():
            if now_ms - since_ms >= CLOSED_HIDDEN_DAYS * DAY_MS:
                for record in self.replica.waiting_for(identity):
                    del self.replica.waiting[record.id]

    def take(self, message: Case, now_ms: int) -> list[list[str]]:
        wires = (
            [bytes.fromhex(w) for w in message.get("operations", [])],
            [bytes.fromhex(w) for w in message.get("records", [])],
        )
        if "bundle" in message:
            try:
                bundle = unpack(bytes.fromhex(message["bundle"]), network=NETWORK)
            except DecodeError as error:
                return [["reject", error.rule]]
            wires = [*bundle.operations], [*bundle.records]
        operations = [_opened(open_operation, wire) for wire in wires[0]]
        records = [_opened(open_record, wire) for wire in wires[1]]
        good = (
            [item for item in operations if not isinstance(item, str)],
            [item for item in records if not isinstance(item, str)],
        )
        changes = self.replica.take(good[0], good[1], now_ms=now_ms)
        for identity in self.replica.operations:
            chain = self.replica.chain(identity)
            if chain is not None and chain.is_closed:
                self.closed.setdefault(identity, now_ms)
            else:
                self.closed.pop(identity, None)
        judged = iter(changes.verdicts[len(changes.verdicts) - len(good[1]) :])
        return [self._on_operation(item) for item in operations] + [
            ["reject", item] if isinstance(item, str) else _word(next(judged)[1]) for item in records
        ]

    def _on_operation(self, item: Operation | str) -> list[str]:
        if isinstance(item, str):
            return ["reject", item]
        return ["accept", ""] if item.id in self.replica.operations[item.identity] else ["ignore", "CHN-5"]

    def there(self, now_ms: int) -> Case:
        winners = [winner(here) for here in self._places()]
        visible = [record for here in self._places() if (record := shown(here, now_ms))]
        kept = [item for held in self.replica.operations.values() for item in held.values()]
        evidence = gather(visible, chains_of(kept), now_ms=now_ms, network=NETWORK)
        return {
            "winners": _ids(winners),
            "shown": _ids(visible),
            "kept": _ids(kept),
            "waits": _ids(self.replica.waiting.values()),
            "state_hash": state_hash(evidence).hex(),
        }

    def _places(self) -> list[list[Record]]:
        addresses = {record.address for record in self.replica.records.values()}
        return [self.replica.records_at(address) for address in addresses]


def _opened(open_wire: Any, wire: bytes) -> Any:  # noqa: ANN401 - one of the two functions that open
    try:
        return open_wire(wire, network=NETWORK)
    except DecodeError as error:
        return error.rule


def _word(verdict: Any) -> list[str]:  # noqa: ANN401 - one of four verdicts
    return ["accept", ""] if isinstance(verdict, Accept) else [type(verdict).__name__.lower(), verdict.rule]


def _ids(items: Iterable[Record | Operation]) -> list[str]:
    return sorted(item.id.hex() for item in items)


@pytest.mark.parametrize("case", cases_of("sequence", "steps"), ids=name_of)
def test_after_each_step_there_is_what_the_case_says(case: Case) -> None:
    player = Player(case)
    for number, step in enumerate(case["steps"]):
        now_ms = int(step["now_ms"])
        player.tidy(now_ms)
        message = case["messages"][step["message"]] if "message" in step else None
        assert (player.take(message, now_ms) if message else []) == step["verdicts"], number
        there = player.there(now_ms)
        assert there == {name: step[name] for name in there}, number


@pytest.mark.parametrize("case", cases_of("sequence", "orders"), ids=name_of)
def test_the_end_is_the_same_in_every_order(case: Case) -> None:
    now_ms = int(case["now_ms"])
    for order in case["orders"]:
        player = Player(case)
        for place in order:
            player.tidy(now_ms)
            player.take(case["messages"][int(place)], now_ms)
        there = player.there(now_ms)
        assert there == {name: case["end"][name] for name in there}, order


@pytest.mark.parametrize("case", cases_of("sequence"), ids=name_of)
def test_what_a_case_says_of_itself_is_in_its_steps(case: Case) -> None:
    denied = [verdict for step in case.get("steps", []) for verdict in step["verdicts"] if verdict[1]]
    if case["expect"] == "void":
        assert denied == []
    else:
        assert [case["expect"], case.get("rule", "")] == (denied[-1] if denied else ["accept", ""])


def test_times_never_fall() -> None:
    for case in cases_of("sequence", "steps"):
        times = [int(step["now_ms"]) for step in case["steps"]]
        assert times == sorted(times), case["name"]


def test_there_are_sixty_sequences_and_more_than_half_of_them_deny_something() -> None:
    outcomes = [case["expect"] for case in cases_of("sequence", "steps")]
    assert len(outcomes) >= 60
    assert sum(outcome != "accept" for outcome in outcomes) >= 0.6 * len(outcomes)

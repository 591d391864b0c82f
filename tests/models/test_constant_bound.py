"""Invariant 4: a constant bound, against one adversarial author.

Whatever an author with all of the identity's keys publishes, in any order and for ever: a node holds at most two
records at an address, no address outside the slots of a known kind, at most `UNKNOWN_KIND_RECORDS_MAX` addresses of
unknown kinds in a space, and at most one operation more than twice the greatest depth. Sizes are bounded by the
form of a record and of an operation, so this bounds bytes.

Bounds: every state that any sequence of records, however long, can reach, of a universe of 18 records (a known kind
with one slot and a slot beyond it, two unknown kinds with slots 0, 1 and 16 between them, each in three versions,
of which one is dated ahead and one longer-lived and dated ahead) with room for two unknown addresses; every
labelled tree of 4 operations of rank 0 or 1, with chains cut at depth 1. Both bounds are reached.

Cases: 546 states and 9,828 steps between them; 2,000 trees.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import pytest
from models.arrivals import Arrivals
from models.test_operations_commute import ROOT, trees
from models.versions import ALICE, NINE
from support.keys import NETWORK
from support.statements import Place, said

from folkmoot import chain, replica, rules
from folkmoot.canonical import Value
from folkmoot.identity import Operation
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS, UNKNOWN_KIND_SLOTS
from folkmoot.record import Record

AT_AN_ADDRESS = 2
UNKNOWN_ROOM = 2
DEPTH = 1


class Reached(NamedTuple):
    """Every state was looked at: how many, how many steps between them, and the most records in one."""

    states: int
    steps: int
    most: int


def _versions(kind: str, slot: int) -> list[Record]:
    body: dict[str, Value] = {"name": "A"} if kind == "profile" else {"text": "A"}
    return [
        said(ALICE, kind, body, Place(slot, NINE + ahead, days))
        for ahead, days in ((0, 30), (DAY_MS, 30), (DAY_MS // 2, 40))
    ]


UNIVERSE = (
    *_versions("profile", 0),
    *_versions("profile", 1),
    *_versions("letter", 0),
    *_versions("letter", 1),
    *_versions("letter", 16),
    *_versions("note", 0),
)


def check_records() -> Reached:
    """Follow every record from every state that can be reached."""
    arrivals = Arrivals([*UNIVERSE, (ALICE.genesis,)])
    start = arrivals.land(arrivals.nothing, (len(UNIVERSE),), now_ms=NINE)
    met, ahead = {start}, [start]
    steps = 0
    while ahead:
        state = ahead.pop()
        _check_room(arrivals.states[state].records)
        for number in range(len(UNIVERSE)):
            after = arrivals.land(state, (number,), now_ms=NINE)
            steps += 1
            if after not in met:
                met.add(after)
                ahead.append(after)
    return Reached(len(met), steps, max(len(arrivals.states[state].records) for state in met))


def _check_room(held: frozenset[Record]) -> None:
    at_address = Counter(record.address for record in held)
    assert all(count <= AT_AN_ADDRESS for count in at_address.values())
    assert all(at.slot < KINDS[at.kind].slots for at in at_address if at.kind in KINDS)
    unknown = [at for at in at_address if at.kind not in KINDS]
    assert len(unknown) <= UNKNOWN_ROOM
    assert all(at.slot < UNKNOWN_KIND_SLOTS for at in unknown)


def check_operations(size: int) -> tuple[int, int]:
    """Read every tree; return how many there were and the most operations kept of one."""
    most = count = 0
    for tree in trees(size, (0, 1)):
        read = chain.read_chain([ROOT, *tree], network=NETWORK)
        assert read is not None
        assert len(read.kept) <= 1 + 2 * DEPTH
        assert len(read.path) <= 1 + DEPTH
        most = max(most, len(read.kept))
        count += 1
    return count, most


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "UNKNOWN_KIND_RECORDS_MAX", UNKNOWN_ROOM)
    monkeypatch.setattr(chain, "ROTATION_DEPTH_MAX", DEPTH)
    monkeypatch.setattr(chain, "RECOVERY_DEPTH_MAX", DEPTH)


def test_an_author_takes_up_constant_room_whatever_they_publish() -> None:
    assert check_records() == Reached(states=546, steps=9828, most=6)


def test_an_identity_takes_up_constant_room_whatever_its_keys_sign() -> None:
    assert check_operations(4) == (2000, 3)


def test_the_model_finds_beaten_records_that_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: what is beaten is held on to."""
    monkeypatch.setattr(replica, "_staying", lambda records, _now_ms: {record.id: record for record in records})
    with pytest.raises(AssertionError):
        check_records()


def test_the_model_finds_unknown_kinds_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: records of unknown kinds are taken as they come."""
    monkeypatch.setattr(replica._Absorption, "_is_crowded_out", lambda _run, _record: False)
    with pytest.raises(AssertionError):
        check_records()


def test_the_model_finds_slots_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: nobody looks at the form of a record, so every slot is as good as any."""
    monkeypatch.setattr(rules, "check_form", lambda _record, **_settings: None)
    with pytest.raises(AssertionError):
        check_records()


def test_the_model_finds_operations_kept_because_they_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: every valid operation is kept."""
    walk: Callable[..., chain.Chain] = chain._walk

    def hoarding(root: Operation, tree: chain._Tree, weights: dict[bytes, int]) -> chain.Chain:
        read = walk(root, tree, weights)
        return chain.Chain(read.identity, read.path, read.rivals, frozenset(read.held.values()), read.held)

    monkeypatch.setattr(chain, "_walk", hoarding)
    with pytest.raises(AssertionError):
        check_operations(4)

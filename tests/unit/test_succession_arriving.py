"""The operations of one identity come in one go, however bundles divide them, and then no order matters."""

from collections.abc import Sequence
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from support.keys import NETWORK, person
from support.lineage import Plan, root, step
from support.memory_view import MemoryReplica
from support.statements import NOW

from folkmoot.chain import read_chain
from folkmoot.identity import Operation, open_operation
from folkmoot_node.arriving import OPERATIONS_MAX, WAITING_BYTES_MAX, Arriving, Batch

# Two branches of equal weight, each given its weight by its second operation: part of them says something else.
ROOT = root()
ONE, OTHER = (step(ROOT, Plan(next_key=name)) for name in ("a", "b"))
ONE_UP, OTHER_UP = (step(parent, Plan(next_key="c"), rank=1, signers=("paper",)) for parent in (ONE, OTHER))
FORK = (ROOT, ONE, ONE_UP, OTHER, OTHER_UP)
BOB = person("bob").genesis


def gathered(bundles: Sequence[Sequence[Operation]], *, records: Sequence[bytes] = ()) -> list[Batch]:
    """Hand over bundles, the last with records, and return what was to be taken together."""
    arriving = Arriving()
    found: list[Batch] = []
    for place, bundle in enumerate(bundles):
        last = place == len(bundles) - 1
        found += arriving.add([item.wire for item in bundle], records if last else ())
    return found + arriving.rest()


def taken(batches: Sequence[Batch]) -> MemoryReplica:
    replica = MemoryReplica()
    for batch in batches:
        replica.take([open_operation(wire, network=NETWORK) for wire in batch.operations], now_ms=NOW)
    return replica


def every_cut(items: Sequence[Operation]) -> list[list[Sequence[Operation]]]:
    """Return every way to divide a sequence into bundles."""
    if not items:
        return [[]]
    return [[items[:size], *rest] for size in range(1, len(items) + 1) for rest in every_cut(items[size:])]


def test_in_several_goes_part_of_a_fork_is_lost() -> None:
    """What this is all about: the same operations, absorbed one by one, lose a branch."""
    one_by_one = taken([Batch((item.wire,), ()) for item in FORK])
    assert len(one_by_one.operations[ROOT.identity]) < len(FORK)


def test_however_bundles_divide_them_the_operations_of_an_identity_end_the_same() -> None:
    whole = read_chain(FORK, network=NETWORK)
    assert whole is not None
    assert whole.is_disputed
    for order in permutations(FORK[1:]):
        for cut in every_cut((ROOT, *order)):
            replica = taken(gathered(cut))
            assert set(replica.operations[ROOT.identity].values()) == whole.kept


def test_records_come_after_all_operations_in_the_same_go() -> None:
    [batch] = gathered([FORK[:2], FORK[2:]], records=[b"record"])
    assert (len(batch.operations), batch.records) == (len(FORK), (b"record",))


def test_nothing_is_handed_out_when_nothing_came() -> None:
    assert gathered([()]) == []


@given(st.integers(1, 3))
def test_many_identities_are_handed_out_in_portions_that_cut_none_in_two(size: int) -> None:
    wires = [BOB.wire, *(item.wire for item in FORK)] * 200
    arriving = Arriving()
    found = [batch for at in range(0, len(wires), size) for batch in arriving.add(wires[at : at + size], ())]
    found += arriving.rest()
    assert [wire for batch in found for wire in batch.operations] == wires
    assert all(batch.operations[0] in (BOB.wire, ROOT.wire) for batch in found)
    assert max(len(batch.operations) for batch in found) <= OPERATIONS_MAX + len(FORK) + 3
    assert len(found) > 1


def test_who_sends_no_genesis_is_not_waited_for_without_end() -> None:
    junk = b"x" * 16_384
    arriving = Arriving()
    handed = [batch for _ in range(WAITING_BYTES_MAX // len(junk) + 1) for batch in arriving.add([junk], ())]
    assert len(handed) == 1
    assert arriving.rest() == []

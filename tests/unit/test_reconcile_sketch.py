"""Sketches of sets."""

import hashlib

import pytest

from folkmoot.errors import MisuseError
from folkmoot.limits import CELLS_MAX
from folkmoot.reconcile import ESTIMATOR_BYTES, SYMBOL_BYTES, Sketch
from folkmoot.reconcile.lanes import LaneSum, lanes_of

ITEMS = [hashlib.sha256(name).digest()[:16] for name in (b"a", b"b", b"c")]
KEPT = Sketch(ITEMS).to_bytes()


def state(sketch: Sketch) -> tuple[object, ...]:
    """Return all that others see of a sketch."""
    return sketch.size, sketch.fingerprint(), sketch.estimator(), sketch.symbols(0, CELLS_MAX)


def slow_fingerprint(items: list[bytes]) -> bytes:
    """Add the lanes one by one."""
    lanes = [0] * 1024
    for item in items:
        expanded = hashlib.shake_128(b"\x04" + item).digest(2048)
        for lane in range(1024):
            lanes[lane] += expanded[2 * lane] + 256 * expanded[2 * lane + 1]
    return hashlib.sha256(b"".join((lane % 2**16).to_bytes(2, "little") for lane in lanes)).digest()


def test_the_cells_of_three_items_are_those_of_the_page() -> None:
    sketch = Sketch(ITEMS)
    everything = "dac9450763729e62aca78b63cbaae8dc3702b3cd03"
    first = "ca978112ca1bbdcafac231b39a23dc4de608d3bf01"
    others = "e4eaad11634bc7289f2ec406af4b59e8f9eac5e502"
    wanted = [everything, everything, first, others, *["00" * SYMBOL_BYTES] * 3, first]
    assert sketch.symbols(0, 8).hex() == "".join(wanted)
    assert sketch.symbols(2, 1).hex() == first


def test_the_fingerprint_adds_lane_by_lane() -> None:
    items = [bytes([n]) * 16 for n in range(40)]
    assert Sketch(items).fingerprint() == slow_fingerprint(items)
    assert Sketch().fingerprint() == slow_fingerprint([]) == hashlib.sha256(bytes(2048)).digest()


def test_what_is_removed_leaves_nothing_behind() -> None:
    sketch = Sketch(ITEMS)
    for item in ITEMS:
        sketch.remove(item)
    assert state(sketch) == state(Sketch())


def test_items_that_go_before_others_come_leave_the_sketch_right() -> None:
    sketch = Sketch(ITEMS[:1])
    sketch.remove(ITEMS[0])
    sketch.add(ITEMS[1])
    assert state(sketch) == state(Sketch(ITEMS[1:2]))


def test_lanes_keep_their_room_over_many_changes() -> None:
    item = max(ITEMS, key=lanes_of)
    total = LaneSum()
    for _ in range(2**15 + 10):
        total.add(item)
    lanes = lanes_of(item).to_bytes(2048, "little")
    expected = b"".join(
        (int.from_bytes(lanes[at : at + 2], "little") * (2**15 + 10) % 2**16).to_bytes(2, "little")
        for at in range(0, 2048, 2)
    )
    assert total.to_bytes() == expected
    for _ in range(2**15 + 11):
        total.remove(item)
    negative = LaneSum()
    negative.remove(item)
    assert total.to_bytes() == negative.to_bytes()


def test_the_sketch_of_two_sets_is_the_sum_of_theirs() -> None:
    left, right = Sketch(ITEMS[:1]), Sketch(ITEMS[1:])
    left.merge(right)
    assert state(left) == state(Sketch(ITEMS))
    assert state(right) == state(Sketch(ITEMS[1:]))


def test_a_copy_goes_its_own_way() -> None:
    sketch = Sketch(ITEMS[:1])
    before = state(sketch)
    sketch.copy().add(ITEMS[1])
    assert state(sketch) == before
    copied = sketch.copy()
    sketch.add(ITEMS[2])
    assert state(copied) == before


def test_changes_can_be_tried_without_making_them() -> None:
    sketch = Sketch(ITEMS[:2])
    before = state(sketch)
    assert sketch.with_changes(ITEMS[2:], ITEMS[:1]) == Sketch(ITEMS[1:]).fingerprint()
    assert state(sketch) == before


def test_what_is_kept_comes_back() -> None:
    sketch = Sketch(ITEMS)
    restored = Sketch.from_bytes(sketch.to_bytes())
    assert state(restored) == state(sketch)
    restored.remove(ITEMS[0])
    assert state(restored) == state(Sketch(ITEMS[1:]))


@pytest.mark.parametrize("kept", [KEPT[:-1], b"\x02" + KEPT[1:], b""], ids=["cut", "another form", "nothing"])
def test_something_else_is_not_taken_for_a_sketch(kept: bytes) -> None:
    with pytest.raises(MisuseError, match="not a sketch"):
        Sketch.from_bytes(kept)


@pytest.mark.parametrize(("start", "count"), [(0, CELLS_MAX + 1), (CELLS_MAX, 1), (-1, 1), (0, -1)])
def test_there_are_no_cells_beyond_the_bound(start: int, count: int) -> None:
    with pytest.raises(MisuseError, match="not within"):
        Sketch().symbols(start, count)


def test_a_count_of_256_is_written_as_none() -> None:
    sketch = Sketch(bytes([n]) * 16 for n in range(256))
    assert sketch.size == 256
    assert sketch.symbols(0, 1)[-1] == 0
    assert len(sketch.estimator()) == ESTIMATOR_BYTES

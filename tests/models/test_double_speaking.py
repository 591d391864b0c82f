"""Invariant 16: an honest client never speaks double.

A client composes a record over what its disk holds, seals it, commits it and only then announces it; a crash
between any two of these loses what is in memory and nothing else. Two devices of one identity act, offline until
they sync. Then, of everything that anybody can ever see:

- no device has signed two different records with one address and one `rev`;
- of two records in one slot of a kind with a slot for each record, one was made on top of the other: nobody's
  record, and so nothing that others refer to, was overwritten by a device that had not seen it;
- whatever was announced is on the disk of a device, or something is that was made on top of it.

A device that lost its disk, or got an older one back, hears first what others have of its identity, and then acts.

Known limit, asserted exactly: the second law holds as long as a device has a free slot in its own residue class.

Bounds: every sequence of 3 steps of two devices, each step a new record, a new version of the device's last one or
a new version of the profile that both share, cut off before any of its four parts or not at all; or a sync; or a
restore; under a clock that stands still, one that ticks and one that goes back an hour after every step. Every
sequence of 4 steps without profile and restore, under a clock that stands still.

Cases: 59,049 sequences of three steps and 83,521 of four.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import NamedTuple, TypeAlias, cast

import pytest
from models.versions import HOUR_MS, NINE
from support.keys import NETWORK
from support.lineage import Plan, key, root

from folkmoot import authoring, replica
from folkmoot.authoring import DEVICE_CLASSES
from folkmoot.canonical import Value
from folkmoot.identity import Scope
from folkmoot.ids import RecordId
from folkmoot.kinds import KINDS, Kind
from folkmoot.limits import DAY_MS
from folkmoot.record import Address, Content, Record

DEVICES = tuple(sorted(("phone", "laptop"), key=lambda name: key(name).public))
OWNER = root(Plan(devices=tuple((name, Scope.ALL) for name in DEVICES))).identity
NEW, EDIT, PROFILE = "new", "edit", "profile"
SYNC, RESTORE = "sync", "restore"
PARTS = ("compose", "seal", "commit", "announce")
"""What happens to a record, in order."""
CLOCKS = (0, 1, -HOUR_MS)
"""By how much a clock goes on from one step to the next."""

Disk: TypeAlias = frozenset[Record]
"""What a device has committed."""


class Step(NamedTuple):
    """What a device does, and how many of the parts of publishing happen before it crashes."""

    device: int
    act: str
    parts: int = len(PARTS)


class World(NamedTuple):
    """The disks of the devices, what has been announced, and which record was made on top of which."""

    disks: tuple[Disk, Disk]
    announced: Disk
    over: frozenset[tuple[RecordId, RecordId]]


START = World((frozenset(), frozenset()), frozenset(), frozenset())


def steps(acts: Sequence[str], *, with_restore: bool) -> list[Step]:
    """Return every step."""
    published = [Step(d, act, parts) for d in (0, 1) for act in acts for parts in range(1, len(PARTS) + 1)]
    return [*published, Step(0, SYNC), *(Step(d, RESTORE) for d in (0, 1) if with_restore)]


def check_client(moves: Sequence[Step], length: int, clock_ms: int, parts: Sequence[str] = PARTS) -> int:
    """Take every sequence of moves; return how many there are. Worlds that are equal go on together."""
    worlds = Counter({START: 1})
    for number in range(length):
        after: Counter[World] = Counter()
        for world, ways in worlds.items():
            for move in moves:
                after[_after(world, move, NINE + number * clock_ms, parts, number)] += ways
        for world in after:
            _check(world)
        worlds = after
    return worlds.total()


def _check(world: World) -> None:
    committed = world.disks[0] | world.disks[1]
    visible = committed | world.announced
    for one, other in combinations(visible, 2):
        if one.address == other.address:
            assert one.device != other.device or one.rev != other.rev, "no device spoke double"
            if one.kind != "profile":
                is_known = (one.id, other.id) in world.over or (other.id, one.id) in world.over
                assert is_known, "nothing was overwritten unseen"
    for record in world.announced - committed:
        newer = [other for other in committed if other.address == record.address]
        assert any((other.id, record.id) in world.over or record.kind == "profile" for other in newer), (
            "none is lost"
        )


def _after(world: World, move: Step, now_ms: int, parts: Sequence[str], number: int) -> World:
    if move.act == SYNC:
        both = winners(world.disks[0] | world.disks[1])
        return world._replace(disks=(both, both))
    if move.act == RESTORE:
        return world._replace(disks=_with(world.disks, move.device, restored(world, move.device)))
    disk, device = world.disks[move.device], DEVICES[move.device]
    content, before = _composed(move, disk, now_ms, f"{move.act} {number} by {device}")
    record = _sealed(device, content)
    done = parts[: move.parts]
    disks, announced, over = world
    if "commit" in done:
        disks = _with(disks, move.device, winners(disk | {record}))
    if "announce" in done:
        announced |= {record}
    if "commit" in done or "announce" in done:
        below = {other.id for other in before}
        below |= {older for newer, older in over if newer in below}
        over |= {(record.id, older) for older in below}
    return World(disks, announced, over)


def restored(world: World, device: int) -> Disk:
    """Return the disk of a device that lost its own and heard from others what they have."""
    return winners(world.announced | world.disks[1 - device])


def winners(records: Disk) -> Disk:
    """Return what a disk holds on to: the winner at each address."""
    return frozenset(replica.winner(r for r in records if r.address == at) for at in {r.address for r in records})


def _with(disks: tuple[Disk, Disk], device: int, disk: Disk) -> tuple[Disk, Disk]:
    return (disk, disks[1]) if device == 0 else (disks[0], disk)


def _composed(move: Step, disk: Disk, now_ms: int, text: str) -> tuple[Content, list[Record]]:
    """Compose a record as a client does: over what is on the disk, in a slot that is free or that it replaces."""
    kind = "profile" if move.act == PROFILE else "post"
    body: dict[str, Value] = {"name": text} if kind == "profile" else {"text": text}
    held = [record for record in disk if record.kind == kind]
    own = [record.slot for record in held if record.device == key(DEVICES[move.device]).public]
    if kind == "profile":
        slot = 0
    elif move.act == EDIT and own:
        slot = max(own)
    else:
        slot = authoring.free_slot(kind, held, device_index=move.device, today=now_ms // DAY_MS)
    before = [record for record in held if record.slot == slot]
    address = Address(OWNER, "commons", kind, slot)
    content = authoring.compose(body, address=address, replaces=before, now_ms=now_ms, network=NETWORK)
    return content, before


_SEALED: dict[tuple[object, ...], Record] = {}


def _sealed(device: str, content: Content) -> Record:
    """Seal a record; the same one is signed once."""
    what = (device, content.kind, content.slot, content.rev, content.expires, *content.body.values())
    if what not in _SEALED:
        _SEALED[what] = authoring.seal_own(content, author=OWNER, key=key(device), network=NETWORK)
    return _SEALED[what]


@pytest.mark.parametrize("clock_ms", CLOCKS)
def test_no_crash_restore_or_second_device_makes_a_client_speak_double(clock_ms: int) -> None:
    assert check_client(steps((NEW, EDIT, PROFILE), with_restore=True), 3, clock_ms) == 27**3


def test_nor_do_four_steps_of_two_devices_that_write_and_rewrite() -> None:
    assert check_client(steps((NEW, EDIT), with_restore=False), 4, 0) == 17**4


def test_a_device_out_of_slots_of_its_own_class_is_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two slots in a class, two new records of each device collide with nobody, and a third can."""
    monkeypatch.setitem(cast("dict[str, Kind]", KINDS), "post", replace(KINDS["post"], slots=2 * DEVICE_CLASSES))
    news = [Step(device, NEW) for device in (0, 1)]
    crowded = [[Step(0, NEW)] * 3 + [news[1]], [Step(1, NEW)] * 3 + [news[0]]]
    for order in product(news, repeat=4):
        takes = [sum(step.device == device for step in order) for device in (0, 1)]
        if max(takes) <= 2:
            run(order)
    for moves in crowded:
        with pytest.raises(AssertionError, match="overwritten unseen"):
            run(moves)


def run(moves: Sequence[Step]) -> None:
    """Take one sequence of moves."""
    world = START
    for number, move in enumerate(moves):
        world = _after(world, move, NINE, PARTS, number)
        _check(world)


FEW = steps((NEW, EDIT), with_restore=True)


def test_the_model_finds_records_announced_before_they_are_kept() -> None:
    """Mutant: others hear of a record before it is committed."""
    with pytest.raises(AssertionError):
        check_client(FEW, 2, 0, ("compose", "seal", "announce", "commit"))


def test_the_model_finds_devices_that_take_the_same_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: the residue class of a device is ignored."""
    free_slot = authoring.free_slot

    def classless(kind_name: str, held: list[Record], *, device_index: int, today: int) -> int:
        return free_slot(kind_name, held, device_index=0 * device_index, today=today)

    monkeypatch.setattr(authoring, "free_slot", classless)
    with pytest.raises(AssertionError, match="overwritten unseen"):
        check_client(FEW, 2, 1)


def test_the_model_finds_a_rev_that_is_only_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: `rev` is what the clock shows, whatever is at the address."""
    monkeypatch.setattr(authoring, "next_rev", lambda now_ms, _at_address: now_ms)
    with pytest.raises(AssertionError):
        check_client(FEW, 2, 0)


def test_the_model_finds_a_restored_device_that_does_not_listen_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: after a restore, a device acts before it has heard what it had announced."""
    monkeypatch.setitem(globals(), "restored", lambda _world, _device: frozenset())
    with pytest.raises(AssertionError):
        check_client(FEW, 3, 0)

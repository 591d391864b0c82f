"""Whatever kills the node, a record that was acknowledged is on the disk."""

import os
import random
import subprocess
import sys
from pathlib import Path

from support.keys import NETWORK, person
from support.shelf import opened
from support.world import Place, post

from folkmoot.bundle import pack
from folkmoot.record import Record

ALICE = person("alice")
KILLS = 3
SPACES = 5
SLOTS = 128
TESTS = Path(__file__).parents[1]


def _records() -> list[Record]:
    return [
        post(ALICE, f"words and more words {slot}", Place(slot, space=f"space-{number}"), tags=["a", "b"])
        for number in range(SPACES)
        for slot in range(SLOTS)
    ]


def _start(*arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "support.acknowledge", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def _killed_in_the_middle(folder: Path, bundle: Path, *, after_ids: int) -> set[str]:
    """Run the program, kill it while it writes, and return the ids that it vouched for."""
    with _start(folder, bundle) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(after_ids)]
        assert program.poll() is None, "the program was over before it was killed"
        program.kill()
        return {line.decode("ascii").strip() for line in (*lines, *program.stdout)}


async def test_every_acknowledged_record_survives_being_killed(tmp_path: Path) -> None:
    records = _records()
    bundle = tmp_path / "bundle"
    bundle.write_bytes(pack([ALICE.genesis], records, network=NETWORK))
    dice = random.Random(7)
    acknowledged: set[str] = set()
    for _ in range(KILLS):
        acknowledged |= _killed_in_the_middle(tmp_path, bundle, after_ids=dice.randint(1, 60))
    async with opened(tmp_path) as shelf:
        held = {record_id.hex() for record_id in await shelf.held()}
        assert len(acknowledged) >= KILLS
        assert acknowledged <= held
        assert shelf.damage() == []
        shelf.store._writing._connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        await shelf.take(*records)
        assert len(await shelf.held()) == len(records)


async def test_a_disk_that_refuses_writes_loses_nothing_and_is_used_again(tmp_path: Path) -> None:
    """The system lets no file grow, in the middle of the work of four writers; later it lets them."""
    records = _records()[: 4 * SLOTS]
    bundle = tmp_path / "bundle"
    bundle.write_bytes(pack([ALICE.genesis], records, network=NETWORK))
    with _start(tmp_path, bundle, 600_000) as program:
        output, _ = program.communicate(timeout=60)
        assert program.returncode == 0
    lines = output.decode("utf-8").splitlines()
    failures = {line for line in lines if line.startswith("!")}
    assert failures == {"! The disk failed while the database was read or written."}
    assert {line for line in lines if not line.startswith("!")} == {record.id.hex() for record in records}
    async with opened(tmp_path) as shelf:
        assert await shelf.held() == {record.id for record in records}
        assert shelf.damage() == []

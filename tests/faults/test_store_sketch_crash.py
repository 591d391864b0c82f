"""Whatever kills the node, its sketches are those of what is on the disk when it starts again."""

import os
import random
import subprocess
import sys
from pathlib import Path

from structlog.testing import capture_logs
from support.keys import NETWORK, person
from support.shelf import opened
from support.sketched import check, scope_of
from support.world import TODAY, Place, post

from folkmoot.bundle import pack

ALICE = person("alice")
KILLS = 4
SPACES = tuple(f"space-{number}" for number in range(3))
SLOTS = 128
TESTS = Path(__file__).parents[1]
PROGRAM = """
import runpy
from folkmoot_node.store import sketches
sketches.CHANGES_MAX = 5
runpy.run_module("support.acknowledge", run_name="__main__")
"""


def _killed_in_the_middle(folder: Path, bundle: Path, *, after_ids: int) -> None:
    """Run a program that writes its sketches down all the time, and kill it while it does."""
    command = [sys.executable, "-c", PROGRAM, str(folder), str(bundle)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as program:
        assert program.stdout is not None
        for _ in range(after_ids):
            program.stdout.readline()
        assert program.poll() is None, "the program was over before it was killed"
        program.kill()
        program.stdout.read()


async def test_being_killed_never_parts_sketches_and_records(tmp_path: Path) -> None:
    records = [
        post(ALICE, f"words {slot}", Place(slot, expires=TODAY + 1 + slot % 9, space=space))
        for space in SPACES
        for slot in range(SLOTS)
    ]
    bundle = tmp_path / "bundle"
    bundle.write_bytes(pack([ALICE.genesis], records, network=NETWORK))
    dice = random.Random(11)
    for _ in range(KILLS):
        _killed_in_the_middle(tmp_path, bundle, after_ids=dice.randint(1, 40))
        with capture_logs() as logs:
            async with opened(tmp_path) as shelf:
                for day in (TODAY, TODAY + 4):
                    await check(shelf, scope_of(day, spaces=SPACES))
                assert shelf.damage() == []
        assert logs == []
    async with opened(tmp_path) as shelf:
        await shelf.take(*records)
        snapshot = await shelf.store.snapshot(scope_of(TODAY, spaces=SPACES))
        assert snapshot.sketch.size == len(records) + 1

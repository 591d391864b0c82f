"""A program that takes records and says which are on the disk, so that a test can kill it and hold it to its word.

`python -m support.acknowledge FOLDER BUNDLE [BYTES]`: ids go to standard output, one a line in hexadecimal, as soon
as `take` has returned. With BYTES no file may grow beyond that: once a take fails, its sentence goes out as `! …`,
the bound is lifted, and the program goes on where it stopped.
"""

import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import trio
from support.keys import NETWORK
from support.world import StoppedClock

from folkmoot.bundle import unpack
from folkmoot_node.errors import StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.store import Store

WRITERS = 4
BATCH = 7


async def main(folder: Path, bundle: bytes, file_bytes_max: int | None) -> None:
    """Take everything, a few records at a time, from several tasks at once."""
    items = unpack(bundle, network=NETWORK)
    clock = StoppedClock()
    async with await Store.open(folder, network=NETWORK, clock=clock) as store:
        ingest = Ingest(store, clock)
        await ingest.take(items.operations, [], source="test")
        if file_bytes_max is not None:
            _bound_files(file_bytes_max)
        async with trio.open_nursery() as nursery:
            for writer in range(WRITERS):
                nursery.start_soon(_write, ingest, items.records[writer::WRITERS])


async def _write(ingest: Ingest, wires: Sequence[bytes]) -> None:
    for start in range(0, len(wires), BATCH):
        batch = wires[start : start + BATCH]
        try:
            taken = await ingest.take([], batch, source="test")
        except StoreError as error:
            _say(f"! {error.message}")
            _bound_files(resource.RLIM_INFINITY)
            taken = await ingest.take([], batch, source="test")
        _say("".join(f"{record_id.hex()}\n" for record_id in taken.new_records).strip())


def _bound_files(bytes_max: int) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, hard))


def _say(text: str) -> None:
    """Write at once and in one piece, so that being killed cuts no line."""
    if text:
        os.write(sys.stdout.fileno(), text.encode("utf-8") + b"\n")


if __name__ == "__main__":
    trio.run(
        main,
        Path(sys.argv[1]),
        Path(sys.argv[2]).read_bytes(),
        int(sys.argv[3]) if len(sys.argv) > 3 else None,
    )

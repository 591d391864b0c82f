"""The same sets by range-based reconciliation (negentropy), as another's implementation of it does it.

It compares ids of 32 bytes, ordered by the time of their records, and ends when each difference is known to the
side that has the record, or to the one that lacks it, which then asks for it by its id. The implementation is that
of the package `nostr-tools`.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.differences import Case

_FOLDER = Path(__file__).resolve().parent / "negentropy"
_PROGRAM = _FOLDER / "measure.mjs"
_PATIENCE_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """What range-based reconciliation costs."""

    size_bytes: int
    round_trips: int
    opener_cpu_s: float
    answerer_cpu_s: float


def is_there() -> bool:
    """Tell whether the other's implementation is installed; `make bench` does that."""
    return (_FOLDER / "node_modules").is_dir()


def ranges(cases: Sequence[Case], node: Path) -> Mapping[str, Ranges]:
    """Compare the sets of cases, by their names; what was ground is nothing special to it, and left out."""
    asked = []
    for case in cases:
        opener, answerer = case.lacking()
        size = case.common + case.opener + case.answerer
        asked.append({"name": case.name, "size": size, "opener": [*opener], "answerer": [*answerer]})
    ran = subprocess.run(
        [node, _PROGRAM],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=_FOLDER,
        timeout=_PATIENCE_S,
    )
    found: dict[str, Ranges] = {}
    for case, said in zip(cases, json.loads(ran.stdout), strict=True):
        assert said["found"] == case.opener + case.answerer, f"{case.name}: it has not found what differs"
        found[case.name] = Ranges(
            size_bytes=int(said["bytes"]),
            round_trips=said["roundTrips"],
            opener_cpu_s=said["openerCpu"],
            answerer_cpu_s=said["answererCpu"],
        )
    return found

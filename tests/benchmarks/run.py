"""What sync costs, measured in one go: tables for people, and `bench-output/*.json` for programs.

Run it as `python tests/benchmarks/run.py`, or `--quick` for sets so small that it takes seconds. Bytes and round
trips are the same on every machine; a run in which they exceed their bounds ends with exit code 1. Times are not,
and decide nothing.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.catching_up import catching_up
from benchmarks.corpus import corpus
from benchmarks.differences import Case, Measured, Sets, cases, cases_of_a_million
from benchmarks.ranges import Ranges, is_there, ranges
from benchmarks.report import faults, show_catching_up, show_differences
from rich.console import Console

from folkmoot_node.logs import set_up

OUTPUT = Path(__file__).resolve().parents[2] / "bench-output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many records everything is measured with."""

    compared: int
    million: int
    caught_up: int


FULL = Sizes(compared=100_000, million=1_000_000, caught_up=100_000)
QUICK = Sizes(compared=4_000, million=20_000, caught_up=256)


def measure(sizes: Sizes, console: Console, output: Path, node: Path | None) -> list[str]:
    """Measure everything, show it and write it down; return which bounds are not kept."""
    output.mkdir(exist_ok=True)
    # The largest sets come last: memory that was used once would hide how much the others need.
    broken = []
    for name, size, some in (
        ("reconciliation", sizes.compared, cases(sizes.compared)),
        ("million", sizes.million, cases_of_a_million(sizes.million)),
    ):
        with console.status(f"Comparing sets of {size:,} records"):
            sets = Sets(size)
            rows = [(case, sets.measure(case)) for case in some]
            others = ranges(some, node) if node is not None and name == "reconciliation" else {}
        show_differences(console, f"Comparing {size:,} records", rows, others)
        _write(output / f"{name}.json", _value(size, rows, others))
        broken += [fault for case, measured in rows for fault in faults(case, measured)]
    with console.status(f"Catching up on {sizes.caught_up:,} records"):
        caught_up = catching_up(corpus(sizes.caught_up))
    show_catching_up(console, caught_up)
    _write(output / "catching-up.json", {**asdict(caught_up), "share": caught_up.share})
    return broken


def _value(size: int, rows: Sequence[tuple[Case, Measured]], others: Mapping[str, Ranges]) -> object:
    return {
        "records": size,
        "cases": [
            {
                "case": asdict(case),
                "measured": asdict(measured),
                "negentropy": asdict(others[case.name]) if case.name in others else None,
            }
            for case, measured in rows
        ],
    }


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sets, for a look that it works")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder for the figures")
    arguments = parser.parse_args()
    found = shutil.which("node", path=str(Path(sys.executable).parent))
    node = Path(found) if found and is_there() else None
    set_up("warning", "console")
    console = Console(width=200 if not sys.stdout.isatty() else None)
    broken = measure(QUICK if arguments.quick else FULL, console, arguments.output, node)
    for fault in broken:
        console.print(f"[red]beyond its bound:[/] {fault}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""What a node of a network of any size has to pay for: measured at several sizes, fitted, and written into a page.

Run it as `python tests/benchmarks/fit_scale.py`; it simulates for some minutes, and writes `scale.json` beside this
file and the tables of `spec/scale.md`. With `--again` it writes the tables from what was measured before.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.catching_up import catching_up
from benchmarks.corpus import corpus
from benchmarks.growth import (
    SIZES,
    SPACE_IDENTITIES,
    SPACES,
    Fit,
    Foretold,
    Law,
    Simulated,
    Stored,
    foretell,
    law,
)

from folkmoot.limits import LISTED_MAX
from folkmoot_node.logs import set_up
from folkmoot_node.simulation.course import run
from folkmoot_node.simulation.options import Options

FIGURES = Path(__file__).resolve().parent / "scale.json"
PAGE = Path(__file__).resolve().parents[2] / "spec" / "scale.md"
BEGIN, END = "<!-- table: {} -->", "<!-- end of table -->"

_NETWORKS = ((10, 240), (10, 480), (10, 960), (20, 480), (40, 480))
"""Nodes and records of the simulated networks."""

_STORES = ((10, 128), (20, 128), (20, 32), (40, 128), (80, 8))
"""Identities, and the records of each, of the stores."""

_SEED = 1
_UNITS = ("B", "KB", "MB", "GB", "TB")
_STEP = 1000


def simulated(nodes: int, records: int) -> Simulated:
    """Simulate a network in which nothing goes wrong."""
    outcome = run(Options(nodes=nodes, records=records), _SEED)
    assert outcome.is_well, outcome.faults
    traffic = outcome.traffic.values()
    return Simulated(
        nodes=nodes,
        identities=outcome.identities,
        records=outcome.published,
        copies=sum(one.received for one in traffic) / sum(one.received - one.duplicates for one in traffic),
        gossip_bytes=sum(one.received_bytes for one in traffic) / nodes,
        # What one node sends another receives; a sync is counted by both.
        sync_bytes=2 * sum(one.sync_bytes for one in traffic) / nodes,
        syncs=sum(one.syncs for one in traffic) / nodes,
    )


def stored(identities: int, each: int) -> Stored:
    """Let a new node take all that there is."""
    found = catching_up(corpus(identities * each, each=each))
    return Stored(
        identities=identities,
        records=identities * each,
        database_bytes=found.database_bytes,
        first_bytes=found.sync_bytes,
    )


def read(figures: Path) -> tuple[list[Simulated], list[Stored]]:
    """Read what was measured before."""
    value = json.loads(figures.read_text(encoding="utf-8"))
    return [Simulated(**one) for one in value["simulated"]], [Stored(**one) for one in value["stored"]]


def tables(networks: Sequence[Simulated], stores: Sequence[Stored]) -> dict[str, list[str]]:
    """Return the tables of the page, by name."""
    found = law(networks, stores)
    return {
        "simulated": list(_simulated_table(networks)),
        "stored": list(_stored_table(stores)),
        "law": list(_law_table(found)),
        "foretold": list(_foretold_table(found)),
    }


def embedded(page: str, named: dict[str, list[str]]) -> str:
    """Return the page with its tables written anew."""
    for name, lines in named.items():
        begin = BEGIN.format(name)
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(END)
        page = "\n".join([before + begin, "", *lines, "", END]) + after
    return page


def _simulated_table(networks: Sequence[Simulated]) -> Iterator[str]:
    yield "| nodes | identities | records published | copies | gossip, each record | syncs | each sync |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in networks:
        counts = f"| {one.nodes} | {one.identities} | {one.records} "
        gossip, sync = amount(one.gossip_bytes / one.records), amount(one.sync_bytes / one.syncs)
        yield f"{counts}| {one.copies:.1f} | {gossip} | {one.syncs:.0f} | {sync} |"


def _stored_table(stores: Sequence[Stored]) -> Iterator[str]:
    yield "| identities | records of 500 bytes | database | first sync |"
    yield "| --- | --- | --- | --- |"
    for one in stores:
        yield (f"| {one.identities} | {one.records} | {amount(one.database_bytes)} | {amount(one.first_bytes)} |")


def _law_table(found: Law) -> Iterator[str]:
    yield "| cost | law | farthest from what was measured |"
    yield "| --- | --- | --- |"
    for name, one, parts in (
        ("received by gossip", found.gossip, ("copy of a record published",)),
        ("sent and received in syncs", found.sync, ("sync", "record published")),
        ("database", found.disk, ("identity", "record held")),
        ("first sync", found.first, ("identity", "record held")),
    ):
        yield f"| {name} | {_in_words(one, parts)} | {one.error:.0%} |"


def _in_words(one: Fit, parts: Sequence[str]) -> str:
    return ", ".join(f"{amount(cost)} for each {part}" for cost, part in zip(one.coefficients, parts, strict=True))


def _foretold_table(found: Law) -> Iterator[str]:
    yield "| identities | spaces | records of | items compared | disk | first sync | gossip a day | syncs a day |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for identities in SIZES:
        few = min(identities, SPACES * SPACE_IDENTITIES)
        for name, hosted in (("one for all", identities), ("its own", few)):
            if name == "one for all" or few < identities:
                yield _foretold_row(identities, name, foretell(found, identities, hosted=hosted))


def _foretold_row(identities: int, name: str, one: Foretold) -> str:
    items = f"{one.items:,}" + (" (!)" if one.items > LISTED_MAX else "")
    costs = (one.disk_bytes, one.first_bytes, one.gossip_bytes, one.sync_bytes)
    return f"| {identities:,} | {name} | {one.hosted:,} | {items} | {' | '.join(map(amount, costs))} |"


def amount(size_bytes: float) -> str:
    """Write a number of bytes as people read it, with two digits."""
    unit = 0
    while size_bytes >= _STEP and unit < len(_UNITS) - 1:
        size_bytes /= _STEP
        unit += 1
    return f"{size_bytes:.2g} {_UNITS[unit]}" if size_bytes < _STEP / 10 else f"{size_bytes:.0f} {_UNITS[unit]}"


def main() -> None:
    """Measure, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="from what was measured before")
    if not parser.parse_args().again:
        set_up("warning", "console")
        networks = [simulated(*one) for one in _NETWORKS]
        stores = [stored(*one) for one in _STORES]
        value = {"simulated": [asdict(one) for one in networks], "stored": [asdict(one) for one in stores]}
        FIGURES.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    named = tables(*read(FIGURES))
    PAGE.write_text(embedded(PAGE.read_text(encoding="utf-8"), named), encoding="utf-8")
    print("\n\n".join("\n".join(lines) for lines in named.values()))


if __name__ == "__main__":
    main()

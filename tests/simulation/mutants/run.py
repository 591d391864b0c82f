"""Plant each bug in turn and simulate until it is found: `python tests/simulation/mutants/run.py [NAME...]`.

Exit code 0 means that every planted bug was found, and that the same seeds are well without it.
"""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from simulation.mutants.planted import PLANTED

from folkmoot_node.simulation.course import run
from folkmoot_node.simulation.options import Options

OPTIONS = Options(nodes=10, records=120).in_rough_weather()
SEEDS_MAX = 12


def hunt(name: str) -> bool:
    """Simulate with a bug planted until it is found; tell whether it was found, and only because of the bug."""
    for seed in range(1, SEEDS_MAX + 1):
        with PLANTED[name]():
            found = run(OPTIONS, seed)
        if found.is_well:
            continue
        is_clean = run(OPTIONS, seed).is_well
        print(f"{name}: found by SEED={seed}: {found.faults[0]}")
        if not is_clean:
            print(f"{name}: but SEED={seed} is not well without it either")
        return is_clean
    print(f"{name}: NOT FOUND by seeds 1 to {SEEDS_MAX}")
    return False


def main(names: Sequence[str]) -> int:
    """Hunt for some bugs, or for all."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found = [hunt(name) for name in names or PLANTED]
    print(f"{sum(found)} of {len(found)} planted bugs found")
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

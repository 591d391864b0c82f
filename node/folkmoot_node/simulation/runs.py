"""Many runs, one seed each, in this process or in several, each seed in exactly the same way."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import structlog

from folkmoot_node.errors import ConfigError
from folkmoot_node.simulation.course import run
from folkmoot_node.simulation.options import Options
from folkmoot_node.simulation.outcome import Outcome


def run_all(
    options: Options, seeds: Sequence[int], *, jobs: int, on_progress: Callable[[float], None]
) -> Iterator[Outcome]:
    """Simulate once for each seed, and yield what came of it in the order of the seeds.

    Args:
        options: What the network is like.
        seeds: One run each.
        jobs: Processes to run in; with 1 it is this one.
        on_progress: Told how many runs are done, with fractions where this process does them.
    """
    if jobs == 1:
        _hush()
        for place, seed in enumerate(seeds):
            yield run(options, seed, on_progress=_counted_on(place, on_progress))
            on_progress(place + 1)
        return
    with ProcessPoolExecutor(jobs, initializer=_hush) as pool:
        for place, outcome in enumerate(pool.map(partial(run, options), seeds)):
            on_progress(place + 1)
            yield outcome


def _counted_on(done: int, on_progress: Callable[[float], None]) -> Callable[[float], None]:
    return lambda part: on_progress(done + part)


def read_seeds(path: Path) -> list[int]:
    """Read a file of seeds: a number a line, and why after a `#`.

    Raises:
        ConfigError: It cannot be read, or a line is no number.
    """
    try:
        lines = [line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
        return [int(line) for line in lines if line]
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read seeds from {path}: {error}") from error


def _hush() -> None:
    """Say nothing of what every simulated node meets: there are many, and hostile ones are meant to be refused."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

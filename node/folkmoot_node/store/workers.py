"""Where blocking work is done: in threads beside the event loop, or at once where time is simulated."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import trio

_T = TypeVar("_T")


class Workers(Protocol):
    """Somewhere to do work that would hold up the event loop."""

    async def run(self, work: Callable[[], _T]) -> _T:
        """Do the work to its end, even when the caller is cancelled meanwhile, and return what it returns."""
        ...


class Threads:
    """Threads of the system, a bounded number of them at work at a time.

    A call costs about 120 microseconds, so callers hand over work in chunks.
    """

    def __init__(self, threads_max: int) -> None:
        self._limiter = trio.CapacityLimiter(threads_max)

    async def run(self, work: Callable[[], _T]) -> _T:
        """See `Workers`."""
        return await trio.to_thread.run_sync(work, limiter=self._limiter)


class Inline:
    """The event loop itself: a simulation with a virtual clock must not wait for threads."""

    async def run(self, work: Callable[[], _T]) -> _T:
        """See `Workers`."""
        await trio.lowlevel.checkpoint()
        return work()

"""Virtual time: what is to happen, in order, and a clock that jumps from one thing to the next."""

import heapq
from collections.abc import Awaitable, Callable
from typing import Any

Act = Callable[..., Awaitable[None] | None]
"""Something that happens; what it starts, it has finished when it is over."""


class Timeline:
    """A queue of acts by their moment; of two at one moment the one that was planned first comes first.

    Attributes:
        now_ms: The true time of the simulation, in ms since 1970.
        acts: How many acts have happened.
    """

    def __init__(self, start_ms: int) -> None:
        self.now_ms = start_ms
        self.acts = 0
        self._planned = 0
        self._queue: list[tuple[int, int, Act, tuple[Any, ...]]] = []

    def after(self, delay_ms: int, act: Act, *details: object) -> None:
        """Plan an act some time from now."""
        self.at(self.now_ms + delay_ms, act, *details)

    def at(self, moment_ms: int, act: Act, *details: object) -> None:
        """Plan an act for a moment; one that is past means now."""
        self._planned += 1
        heapq.heappush(self._queue, (max(moment_ms, self.now_ms), self._planned, act, details))

    async def run_until(self, end_ms: int) -> None:
        """Let everything happen that is due by a moment, and then make it that moment."""
        queue = self._queue
        while queue and queue[0][0] <= end_ms:
            self.now_ms, _place, act, details = heapq.heappop(queue)
            self.acts += 1
            work = act(*details)
            if work is not None:
                await work
        self.now_ms = max(self.now_ms, end_ms)


class MemberClock:
    """A clock that is wrong by a fixed amount."""

    def __init__(self, timeline: Timeline, off_ms: int) -> None:
        self._timeline = timeline
        self.off_ms = off_ms

    def now_ms(self) -> int:
        """See `folkmoot_node.clock.Clock`."""
        return self._timeline.now_ms + self.off_ms

"""The one place that reads the clock and throws dice; everything else is handed these."""

import secrets
import time
from collections.abc import Sequence
from typing import Protocol, TypeVar

_T = TypeVar("_T")


class Clock(Protocol):
    """Tells the time of day."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC, as this machine believes."""
        ...


class Entropy(Protocol):
    """Dice: secure ones in a node, seeded ones in a simulation."""

    def randbytes(self, n: int) -> bytes:
        """Return `n` random bytes."""
        ...

    def random(self) -> float:
        """Return a number in [0, 1)."""
        ...

    def choice(self, seq: Sequence[_T]) -> _T:
        """Return one of several."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC."""
        return time.time_ns() // 1_000_000


class MovableClock:
    """A clock that runs ahead of the machine's, or behind it; for test networks."""

    def __init__(self) -> None:
        self.offset_ms = 0
        self._machine = SystemClock()

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC, moved."""
        return self._machine.now_ms() + self.offset_ms


def system_entropy() -> Entropy:
    """Return the operating system's dice, fit for keys."""
    return secrets.SystemRandom()

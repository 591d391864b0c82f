"""Whether this node may speak in its owner's name now, and what its owner should be told unasked.

A clock that is far from everybody else's would lock the owner's own slots, and a node restored from a backup does
not know what it said since: both wait, and say why. On the clock only nodes vote that this one chose to dial, one
vote for each network address: strangers who connect can silence nobody.
"""

import statistics
from collections import deque

import trio

from folkmoot.limits import CLOCK_SKEW_MS_MAX
from folkmoot_node.errors import RefusedError

VOTES_MAX = 64
"""Clocks that are remembered."""

VOTES_WANTED = 3
"""Votes without which a clock that seems wrong is told, and nothing is refused."""

VOTE_S_MAX = 3600.0
"""Seconds after which a clock that was not heard of again counts no longer."""

NOTES_MAX = 16
"""Notes that are kept; the oldest gives way."""

_MINUTE_MS = 60_000
_OPERATION_SYNCS = 0
_RECORD_SYNCS = 1


class Readiness:
    """What is known of this node's clock and of its memory."""

    def __init__(self, *, syncs_missing: int = 0) -> None:
        self.syncs_missing = syncs_missing
        """Syncs that a restored node has to complete before its memory is whole again."""
        self.standing: tuple[str, ...] = ()
        """What the owner should know of the identity as it stands."""
        self._clocks: dict[str, tuple[int, float]] = {}
        self._notes: deque[str] = deque(maxlen=NOTES_MAX)

    def heard_clock(self, voter: str, their_ms: int) -> None:
        """Remember what time it is at a network address that this node dialled."""
        # Against the monotonic clock: when the machine's own clock is set right, what was heard stays true.
        self._clocks.pop(voter, None)
        self._clocks[voter] = (their_ms, trio.current_time())
        if len(self._clocks) > VOTES_MAX:
            del self._clocks[next(iter(self._clocks))]

    def clock_off_ms(self, now_ms: int) -> int | None:
        """Return how far our clock is ahead of the median of the votes, or `None` without any."""
        theirs = self._votes()
        return now_ms - statistics.median_low(theirs) if theirs else None

    def require_for_record(self, now_ms: int) -> None:
        """Refuse to sign a record while the clock is wrong or the memory has holes.

        Raises:
            RefusedError: So it is.
        """
        self._require_clock(now_ms)
        if self.syncs_missing > _RECORD_SYNCS:
            raise _unsynced("has not yet caught up with anybody who knows you")

    def require_for_operation(self, now_ms: int) -> None:
        """Refuse to change the identity while the clock is wrong or the memory may have holes.

        Raises:
            RefusedError: So it is.
        """
        self._require_clock(now_ms)
        if self.syncs_missing > _OPERATION_SYNCS:
            raise _unsynced("changes your identity only after two syncs with nodes that know you")

    def note(self, sentence: str) -> None:
        """Keep something to tell the owner."""
        if sentence not in self._notes:
            self._notes.append(sentence)

    def notes(self, now_ms: int) -> tuple[str, ...]:
        """Return what the owner should know: what holds now, then what happened."""
        return (*self._hindrances(now_ms), *self.standing, *self._notes)

    def _hindrances(self, now_ms: int) -> list[str]:
        found = [clock] if (clock := self._wrong_clock(now_ms)) else []
        if self.syncs_missing > _OPERATION_SYNCS:
            found.append(_unsynced("changes your identity only after two syncs with nodes that know you").message)
        return found

    def _require_clock(self, now_ms: int) -> None:
        sentence = self._wrong_clock(now_ms)
        if sentence and len(self._votes()) >= VOTES_WANTED:
            raise RefusedError(
                f"{sentence}, so nothing is signed", advice="Set the clock and try again.", rule="clock"
            )

    def _wrong_clock(self, now_ms: int) -> str:
        """Return a sentence on how wrong the clock seems, or nothing."""
        off_ms = self.clock_off_ms(now_ms)
        if off_ms is None or abs(off_ms) <= CLOCK_SKEW_MS_MAX:
            return ""
        side = "ahead of" if off_ms > 0 else "behind"
        return f"this machine's clock is {abs(off_ms) // _MINUTE_MS} minutes {side} that of the nodes it dialled"

    def _votes(self) -> list[int]:
        now_s = trio.current_time()
        fresh = [vote for vote in self._clocks.values() if now_s - vote[1] <= VOTE_S_MAX]
        return [their_ms + round((now_s - heard_s) * 1000) for their_ms, heard_s in fresh]


def _unsynced(what: str) -> RefusedError:
    return RefusedError(
        f"this node was restored from a backup and {what}",
        advice="Let it meet a node that knows you; restore with --alone only if there is none.",
        rule="restored",
    )

"""Counts what the adapter kept away from the rest of the node.

Libp2p 0.8.1 lets one malformed message, or one exception in a handler, end the whole process. Everything that
is caught instead is counted here under a short signature, so that an operator sees it and a test can ask.
"""

import traceback
from collections import Counter
from collections.abc import Iterator, Mapping

SIGNATURES_MAX = 256
OVERFLOW = "others"


class Contained:
    """A bounded count of contained faults, by signature."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def note(self, signature: str) -> None:
        """Count one breach of a limit. The signature must not hold anything a peer chose."""
        if signature not in self._counts and len(self._counts) >= SIGNATURES_MAX:
            signature = OVERFLOW
        self._counts[signature] += 1

    def record(self, where: str, error: BaseException) -> None:
        """Count one contained exception under its type and the function that raised it."""
        for leaf in _leaves(error):
            frames = traceback.extract_tb(leaf.__traceback__)
            origin = frames[-1].name if frames else "?"
            self.note(f"{where}: {type(leaf).__name__} in {origin}")

    def counts(self) -> Mapping[str, int]:
        """Return a copy of the counts."""
        return dict(self._counts)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error

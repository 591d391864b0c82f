"""Invariant 3: no resurrection.

Once a node that holds a winner which is due has let go of a version, or refused it, that version is never held or
shown there again: not as days pass, not after the winner has expired, and whoever sends it again and however often.

Bounds: every 3 of 7 versions of one record, each arriving at every subset of three moments on three days, watched
from the first moment until the last has expired. What arrives is looked at by the clock of that moment only.

Cases: 17,920 runs, in which 24,606 versions are let go.
"""

from collections.abc import Sequence
from itertools import combinations, product

import pytest
from models.arrivals import Arrivals
from models.versions import ALICE, TIMES, VERSIONS

from folkmoot import replica
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.rules import is_due

ARRIVALS = (0, 2, 4)
"""Which of the moments bring something: nine o'clock of the first three days."""
SUBSETS = tuple(part for size in range(4) for part in combinations(ARRIVALS, size))


def check_resurrection(versions: Sequence[Record], together: int) -> tuple[int, int]:
    """Let versions arrive and arrive again; return how many runs there were, and how many versions were let go."""
    arrivals = Arrivals([(ALICE.genesis,), *versions])
    founded = arrivals.land(arrivals.nothing, (0,), now_ms=TIMES[0])
    by_number = [frozenset[Record](), *(frozenset({version}) for version in versions)]
    runs = let_go = 0
    for numbers in combinations(range(1, len(versions) + 1), together):
        for when in product(SUBSETS, repeat=together):
            state, met, gone = founded, frozenset[Record](), frozenset[Record]()
            for place, moment in enumerate(TIMES):
                state = arrivals.swept(state, today=moment // DAY_MS)
                batch = tuple(number for number, days in zip(numbers, when, strict=True) if place in days)
                if batch:
                    state = arrivals.land(state, batch, now_ms=moment)
                    met = met.union(*(by_number[number] for number in batch))
                held = arrivals.states[state].records
                assert not gone & held, "what was let go is never held again"
                if batch and held and is_due(replica.winner(held), moment):
                    gone |= met - held
            runs += 1
            let_go += len(gone)
    return runs, let_go


def test_nothing_that_was_let_go_is_ever_held_again() -> None:
    assert check_resurrection(VERSIONS, 3) == (17_920, 24_606)


def test_the_model_finds_a_newest_version_that_wins_whenever_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: winning goes by `rev`, and expiring by `expires`."""
    monkeypatch.setattr(Record, "order", property(lambda record: (record.rev, record.id)))
    with pytest.raises(AssertionError, match="never held again"):
        check_resurrection(VERSIONS, 2)

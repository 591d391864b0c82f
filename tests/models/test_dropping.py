"""Invariant 2: dropping commutes.

A node drops what is beaten at once and sweeps what has expired away. For every set S that it takes at one time and
every set S' that it takes later, from others who have dropped nothing yet, what is live is at every later moment
what it would be had nothing ever been dropped: the winner is the same, and so is what is shown, once the winner is
due.

Known limit: while the winner is dated ahead and not yet due, what is shown can depend on when a third record came
that is dated ahead too, because only the winner and what is shown beside it are held. Dates reach no further than
the end of tomorrow, and only the author can bring this about.

Bounds: every two sets S and S' of 7 versions of one record (equal times, a newer one that expires sooner, an older
one that expires later, a tombstone, two dated ahead), S at the first of ten moments in five days, S' at every one
of the first five, looked at in every later moment.

Cases: 81,920 pairs of sets, compared 655,360 times; 24,576 times what is shown differs before its winner is due.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product
from typing import NamedTuple

import pytest
from models.arrivals import Arrivals
from models.versions import ALICE, DAY, TIMES, VERSIONS

from folkmoot import replica
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.rules import is_due

LATER = 5


class Tally(NamedTuple):
    """How often live records were compared, and how often what is shown differed before the winner was due."""

    compared: int
    ahead: int


def check_dropping(versions: Sequence[Record]) -> Tally:
    """Compare a node that drops with one that never does, for every pair of sets."""
    arrivals = Arrivals([*versions, (ALICE.genesis,)])
    founded = arrivals.land(arrivals.nothing, (len(versions),), now_ms=TIMES[0])
    sets = [part for size in range(len(versions) + 1) for part in combinations(range(len(versions)), size)]
    valid = {(part, place): _valid(versions, part, TIMES[place]) for part in sets for place in range(LATER)}
    looked: dict[tuple[int, frozenset[Record], int], bool] = {}
    compared = ahead = 0
    for first, second, late in product(sets, sets, range(LATER)):
        state = arrivals.land(founded, first, now_ms=TIMES[0])
        for place in range(late):
            state = arrivals.swept(state, today=TIMES[place] // DAY_MS)
        state = arrivals.land(state, second, now_ms=TIMES[late])
        kept = valid[first, 0] | valid[second, late]
        for place in range(late, len(TIMES)):
            moment = TIMES[place]
            state = arrivals.swept(state, today=moment // DAY_MS)
            case = (state, kept, place)
            if case not in looked:
                looked[case] = _is_ahead(arrivals.states[state].records, kept, moment)
            ahead += looked[case]
            compared += 1
    return Tally(compared, ahead)


def check_shown(versions: Sequence[Record]) -> None:
    """Check that nothing is shown other than it would be had nothing been dropped."""
    assert check_dropping(versions).ahead == 0


def _valid(versions: Sequence[Record], numbers: Iterable[int], moment: int) -> frozenset[Record]:
    """Return those of the versions that a node takes at a moment, by its clock."""
    today = moment // DAY_MS
    records = (versions[number] for number in numbers)
    return frozenset(r for r in records if r.expires > today and r.rev // DAY_MS <= today + 1)


def _is_ahead(held: Collection[Record], kept: Collection[Record], moment: int) -> bool:
    """Compare what is live with and without dropping; return whether what is shown early is the only difference."""
    live = [record for record in kept if record.expires > moment // DAY_MS]
    winner = max(live, key=_order, default=None)
    assert max(held, key=_order, default=None) == winner
    if winner is None:
        return False
    shown = max((record for record in live if is_due(record, moment)), key=_order, default=None)
    if replica.shown(held, moment) == shown:
        return False
    assert not is_due(winner, moment), "a winner that is due is what is shown"
    assert moment // DAY_MS <= DAY + 1, "nothing is dated beyond the end of tomorrow"
    return True


def _order(record: Record) -> tuple[int, int, bytes]:
    return record.expires, record.rev, record.id


def test_what_is_live_is_what_it_would_be_had_nothing_been_dropped() -> None:
    assert check_dropping(VERSIONS) == Tally(compared=655_360, ahead=24_576)


def test_the_model_finds_a_newest_version_that_wins_whenever_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: winning goes by `rev`, and expiring by `expires`."""
    monkeypatch.setattr(Record, "order", property(lambda record: (record.rev, record.id)))
    with pytest.raises(AssertionError):
        check_dropping(VERSIONS[:4])


def test_the_model_finds_a_replica_that_drops_what_is_still_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: only the winner is held, due or not."""

    def winner_only(records: list[Record], _now_ms: int) -> dict[bytes, Record]:
        return {replica.winner(records).id: replica.winner(records)}

    monkeypatch.setattr(replica, "_staying", winner_only)
    with pytest.raises(AssertionError):
        check_shown((VERSIONS[0], VERSIONS[6]))


def test_one_date_ahead_makes_no_difference_and_two_do() -> None:
    check_shown((*VERSIONS[:2], *VERSIONS[4:6]))
    check_shown((*VERSIONS[:2], VERSIONS[6]))
    assert check_dropping((VERSIONS[0], *VERSIONS[5:])).ahead > 0

"""The sets that are compared, what comparing them may cost, and what it did cost."""

import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from random import Random

from benchmarks.exchange import Side, Talk, item_of, talked

from folkmoot.reconcile import Sketch, check_of, indices

_CONFINED_CELLS = 256
_KILOBYTE = 1024
_DRAWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a comparison may cost.

    Attributes:
        round_trips: Until both sides have everything.
        compared_bytes: All but the frames with records.
        beside_bytes: All but the records themselves, where that is bounded.
        cpu_s: Of each side: a goal, since it depends on the machine.
    """

    round_trips: float
    compared_bytes: int
    beside_bytes: int | None = None
    cpu_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Two sets of one size or nearly so.

    Attributes:
        name: What they differ in.
        common: Records that both have.
        opener: Records that only the opener has.
        answerer: Records that only the answerer has.
        newest: Whether what differs is the newest of all; else it is anywhere.
        draws: How often it is measured, with other records each time, since the number of differences is guessed.
            The bounds are those of the median.
        ground: Items only the answerer has that were ground to stall a coding without a key.
        bounds: What it may cost.
    """

    name: str
    common: int
    opener: int = 0
    answerer: int = 0
    newest: bool = False
    draws: int = 1
    ground: int = 0
    bounds: Bounds

    @property
    def differences(self) -> int:
        """In how many records they differ."""
        return self.opener + self.answerer + self.ground

    def lacking(self, draw: int = 0) -> tuple[Sequence[int], Sequence[int]]:
        """Return the numbers, of all up to the size of the union, that the opener and the answerer lack."""
        size = self.common + self.opener + self.answerer
        apart = self.opener + self.answerer
        chosen = (
            range(size - apart, size) if self.newest else Random(f"{self.name} {draw}").sample(range(size), apart)
        )
        return chosen[: self.answerer], chosen[self.answerer :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a comparison did cost.

    Attributes:
        frames: How many frames.
        compared_bytes: All bytes but those of the frames with records.
        envelopes_bytes: What stands around the records in those.
        worst_bytes: The bytes compared of the worst draw.
        records: How many records moved that were lacking.
        needless: How many moved beside them.
        round_trips: Until both sides had everything.
        rounds: Rounds of the session.
        listed: How often a side had to go through all its items.
        opener_cpu_s: Of the opener, without reading and writing records.
        answerer_cpu_s: Of the answerer.
        growth_bytes: By how much the most memory that the process had used grew meanwhile, both sides together.
    """

    frames: int
    compared_bytes: int
    envelopes_bytes: int
    worst_bytes: int
    records: int
    needless: int
    round_trips: float
    rounds: int
    listed: int
    opener_cpu_s: float
    answerer_cpu_s: float
    growth_bytes: int


def cases(size: int) -> list[Case]:
    """Return the comparisons of sets of about so many records."""
    small, great = size // 100, size // 2
    few = Bounds(round_trips=2, compared_bytes=1_500, beside_bytes=1_500, cpu_s=0.05)
    some = Bounds(round_trips=3, compared_bytes=1_500 + 87 * small // 2, cpu_s=0.3)
    # Whoever lacks all of it has to ask for all of it.
    asked = replace(some, compared_bytes=some.compared_bytes + 4 * small)
    half, all_new = small // 2, great // 2
    return [
        Case(name="equal", common=size, bounds=Bounds(round_trips=1, compared_bytes=300, cpu_s=0.05)),
        Case(name="10 anywhere", common=size - 5, opener=5, answerer=5, draws=_DRAWS, bounds=few),
        Case(name="newest 10", common=size - 10, answerer=10, newest=True, bounds=few),
        Case(name=f"{small} anywhere", common=size - half, opener=half, answerer=half, draws=_DRAWS, bounds=some),
        Case(name=f"newest {small}", common=size - small, answerer=small, newest=True, bounds=asked),
        Case(
            name=f"{great} anywhere",
            common=size - all_new,
            opener=all_new,
            answerer=all_new,
            bounds=Bounds(round_trips=4, compared_bytes=8_000 + 73 * size // 25),
        ),
        # Records that somebody has published so that no coding without a key tells them apart.
        Case(
            name="10 anywhere, 2 stall",
            common=size - 5,
            opener=5,
            answerer=5,
            ground=2,
            bounds=Bounds(round_trips=10, compared_bytes=8_000),
        ),
    ]


def cases_of_a_million(size: int) -> list[Case]:
    """Return the comparisons of very large sets, where nothing may depend on the size."""
    few = Bounds(round_trips=2, compared_bytes=1_500, beside_bytes=1_500)
    some = Bounds(round_trips=4, compared_bytes=45_000, cpu_s=0.3)
    return [
        Case(name="equal", common=size, bounds=Bounds(round_trips=1, compared_bytes=300)),
        Case(name="10 anywhere", common=size - 5, opener=5, answerer=5, draws=_DRAWS, bounds=few),
        Case(name="1000 anywhere", common=size - 500, opener=500, answerer=500, draws=_DRAWS, bounds=some),
    ]


def confined(first: int) -> bytes:
    """Return an item that is in no cell but the first, of so many as two small sets ever compare."""
    candidates = (item_of(number) for number in count(first))
    return next(item for item in candidates if list(indices(check_of(item), _CONFINED_CELLS)) == [0])


class Sets:
    """The sketch of some many records, from which those of all cases follow by a few steps."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._sketch = Sketch(item_of(number) for number in range(size))

    def measure(self, case: Case) -> Measured:
        """Compare two sets as often as the case says, and return the median; see `_once`."""
        drawn = sorted((self._once(case, draw) for draw in range(case.draws)), key=lambda one: one.compared_bytes)
        return replace(drawn[len(drawn) // 2], worst_bytes=drawn[-1].compared_bytes)

    def _once(self, case: Case, draw: int) -> Measured:
        """Compare two sets; both end up with everything, or this fails."""
        ground = [confined(10**9 * (place + 1)) for place in range(case.ground)]
        size = case.common + case.opener + case.answerer
        lacked_by_opener, lacked_by_answerer = case.lacking(draw)
        opener = self._side(size, lacked_by_opener, lacked_by_answerer, ([], ground))
        answerer = self._side(size, lacked_by_answerer, lacked_by_opener, (ground, []))
        before = _peak_bytes()
        talk = talked(opener, answerer)
        growth_bytes = _peak_bytes() - before
        assert opener.got == opener.lacks, "the opener has not got what it lacked"
        assert answerer.got == answerer.lacks, "the answerer has not got what it lacked"
        return _measured(talk, growth_bytes)

    def _side(
        self,
        size: int,
        lacked: Sequence[int],
        peculiar: Sequence[int],
        ground: tuple[Sequence[bytes], Sequence[bytes]],
    ) -> Side:
        """Return a side; of the items that were ground, given as its own and the other's."""
        own, other = ground
        sketch = self._sketch.copy()
        for number in lacked:
            if number < self._size:
                sketch.remove(item_of(number))
        absent = set(lacked)
        for number in range(self._size, size):
            if number not in absent:
                sketch.add(item_of(number))
        for item in own:
            sketch.add(item)
        # Numbers beyond the union that the sketch was made of are in neither set.
        for number in range(size, self._size):
            sketch.remove(item_of(number))
        return Side(
            sketch,
            _all_but(size, absent, own),
            peculiar=[*map(item_of, peculiar), *own],
            lacks=frozenset([*map(item_of, lacked), *other]),
        )


def _all_but(size: int, absent: set[int], ground: Sequence[bytes]) -> Callable[[], Iterator[bytes]]:
    return lambda: chain((item_of(number) for number in range(size) if number not in absent), ground)


def _measured(talk: Talk, growth_bytes: int) -> Measured:
    return Measured(
        frames=talk.frames.total(),
        compared_bytes=talk.compared_bytes,
        envelopes_bytes=talk.envelopes_bytes,
        worst_bytes=talk.compared_bytes,
        records=sum(len(side.got) for side in talk.sides),
        needless=sum(side.needless for side in talk.sides),
        round_trips=talk.round_trips,
        rounds=talk.rounds,
        listed=sum(side.heavy for side in talk.sides),
        opener_cpu_s=talk.sides[0].cpu_s,
        answerer_cpu_s=talk.sides[1].cpu_s,
        growth_bytes=growth_bytes,
    )


def _peak_bytes() -> int:
    """Return the most memory that this process has used so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KILOBYTE

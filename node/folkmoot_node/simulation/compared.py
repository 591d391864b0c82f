"""What a simulated node is compared by in a sync: a sketch of its operations and live records, kept up to date."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from folkmoot.identity import Operation
from folkmoot.limits import ITEM_BYTES
from folkmoot.reconcile import Sketch
from folkmoot.record import Address
from folkmoot_node.simulation.replica import Replica


class Compared:
    """The sketch of a replica. A change waits until somebody looks, so that what comes and goes costs nothing."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._sketch = Sketch()
        self._after_day = 0
        self._stale: set[Address] = set()
        self._operations: Counter[bytes] = Counter()
        self._places: dict[Address, tuple[bytes, int]] = {}
        self._days: dict[int, dict[Address, bytes]] = defaultdict(dict)

    def note(
        self, touched: Iterable[Address], put: Iterable[Operation] = (), dropped: Iterable[Operation] = ()
    ) -> None:
        """Note the addresses at which records changed, and the operations that came or went."""
        self._stale.update(touched)
        self._operations.update(item.id[:ITEM_BYTES] for item in put)
        self._operations.subtract(item.id[:ITEM_BYTES] for item in dropped)

    def sketch(self, as_of: int) -> Sketch:
        """Return a sketch, the caller's own, of all operations and of the winners that expire later than a day."""
        self._catch_up()
        if as_of > self._after_day:
            for day in [day for day in self._days if self._after_day < day <= as_of]:
                for item in self._days[day].values():
                    self._sketch.remove(item)
            self._after_day = as_of
        found = self._sketch.copy()
        for day in range(as_of + 1, self._after_day + 1):
            for item in self._days.get(day, {}).values():
                found.add(item)
        return found

    def _catch_up(self) -> None:
        for item, step in self._operations.items():
            if step > 0:
                self._sketch.add(item)
            elif step < 0:
                self._sketch.remove(item)
        self._operations.clear()
        for address in self._stale:
            winner = self._replica.winners.get(address)
            now = None if winner is None else (winner.id[:ITEM_BYTES], winner.expires)
            before = self._places.get(address)
            if now == before:
                continue
            if before is not None:
                self._forget(address, *before)
            if now is not None:
                self._count(address, *now)
        self._stale.clear()

    def _forget(self, address: Address, item: bytes, day: int) -> None:
        del self._places[address]
        del self._days[day][address]
        if day > self._after_day:
            self._sketch.remove(item)

    def _count(self, address: Address, item: bytes, day: int) -> None:
        self._places[address] = (item, day)
        self._days[day][address] = item
        if day > self._after_day:
            self._sketch.add(item)

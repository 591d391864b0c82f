"""What this node remembers of the peers it syncs with: what they do not hold, and how much work they make.

What a peer has declined is not compared with it again, so that it is not sent at every sync. A peer can make this
node work for seconds by letting cheap codings fail; each has a share of that, which fills up again with time.
"""

from collections import OrderedDict
from collections.abc import Iterable

import trio

from folkmoot.ids import IdentityId
from folkmoot_node.errors import PeerError

PEERS_MAX = 256
"""Peers that are remembered; who was not met for longest is forgotten first."""

IDENTITIES_MAX = 4096
"""Identities that one peer does not host and that are left out for it; of more, the first are offered again."""

ITEMS_MAX = 4096
"""Items that one peer does not hold and that are left out for it; of more, the first are offered again."""

WORK_S_MAX = 120.0
"""Seconds of costly work that one peer can have at once."""

WORK_REFILL_S = 3600.0
"""Seconds in which an exhausted share is full again."""


class Acquaintance:
    """One peer, as far as syncs go."""

    def __init__(self) -> None:
        self._hosting = 0
        self._day = 0
        self._identities: OrderedDict[IdentityId, None] = OrderedDict()
        self._items: OrderedDict[bytes, None] = OrderedDict()
        self._work_s = 0.0
        self._looked_s = 0.0

    @property
    def not_hosted(self) -> frozenset[IdentityId]:
        """Identities that it does not host."""
        return frozenset(self._identities)

    @property
    def holds_all(self) -> bool:
        """Whether nothing is remembered that it does not hold."""
        return not (self._identities or self._items)

    def declined_items(self, day: int) -> frozenset[bytes]:
        """Return what else it does not hold, by what it said on a day; the day after, its clock may take it."""
        if day != self._day:
            self._day = day
            self._items.clear()
        return frozenset(self._items)

    def hosts(self, hosting: int) -> bool:
        """Take note of its choice of whom to host; tell whether it is the one that is remembered."""
        is_known = hosting == self._hosting or not self._identities
        if not is_known:
            self._identities.clear()
        self._hosting = hosting
        return is_known

    def declined(self, identities: Iterable[bytes], items: Iterable[bytes]) -> None:
        """Take note of what it was sent and does not hold."""
        for identity in identities:
            self._identities[IdentityId(identity)] = None
        for item in items:
            self._items[item] = None
        for remembered, most in ((self._identities, IDENTITIES_MAX), (self._items, ITEMS_MAX)):
            while len(remembered) > most:
                remembered.popitem(last=False)

    def sends(self, identities: Iterable[bytes], items: Iterable[bytes]) -> None:
        """Take note of what came from it, and so is held by it after all."""
        for identity in identities:
            self._identities.pop(IdentityId(identity), None)
        for item in items:
            self._items.pop(item, None)

    def require_work(self, peer: str) -> None:
        """Refuse to work on for a peer that has used its share.

        Raises:
            PeerError: It has.
        """
        self._refill()
        if self._work_s >= WORK_S_MAX:
            raise PeerError(peer, "makes this node compare everything again and again")

    def worked(self, seconds: float) -> None:
        """Take note of costly work that was done for it."""
        self._refill()
        self._work_s += seconds

    def _refill(self) -> None:
        now_s = trio.current_time()
        self._work_s = max(0.0, self._work_s - (now_s - self._looked_s) * WORK_S_MAX / WORK_REFILL_S)
        self._looked_s = now_s


class Acquaintances:
    """The peers that are remembered."""

    def __init__(self) -> None:
        self._peers: OrderedDict[str, Acquaintance] = OrderedDict()

    def of(self, peer: str) -> Acquaintance:
        """Return what is remembered of a peer, and remember it from now on."""
        known = self._peers.setdefault(peer, Acquaintance())
        self._peers.move_to_end(peer)
        if len(self._peers) > PEERS_MAX:
            self._peers.popitem(last=False)
        return known

"""Who wants to know what changed: one notice for each commit, and no reader can hold up the writer."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import trio

from folkmoot.ids import IdentityId, RecordId
from folkmoot.record import Record

NOTICES_MAX = 64
"""Notices that wait for a slow reader; it then loses some and is told so."""


class Entry(NamedTuple):
    """A record as a notice names it."""

    id: RecordId
    kind: str
    author: IdentityId
    space: str
    expires: int


def entry(record: Record) -> Entry:
    """Name a record."""
    return Entry(record.id, record.kind, record.author, record.space, record.expires)


@dataclass(frozen=True, slots=True)
class Notice:
    """What one commit changed.

    Attributes:
        put: Records that are held from now on.
        dropped: Records that are held no longer.
        identities: Identities whose operations changed.
        missed: Whether notices were lost in this place, so that the reader has to look at everything again.
    """

    put: tuple[Entry, ...] = ()
    dropped: tuple[Entry, ...] = ()
    identities: frozenset[IdentityId] = frozenset()
    missed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.put or self.dropped or self.identities or self.missed)


class Subscription:
    """Notices for one reader, in the order of commits."""

    def __init__(self, leave: Callable[["Subscription"], None]) -> None:
        self._leave = leave
        self._notices: deque[Notice] = deque()
        self._has_missed = False
        self._news = trio.Event()

    async def next(self) -> Notice:
        """Wait for the next notice."""
        await trio.lowlevel.checkpoint()
        while not (self._notices or self._has_missed):
            self._news = trio.Event()
            await self._news.wait()
        if self._notices:
            return self._notices.popleft()
        self._has_missed = False
        return Notice(missed=True)

    def tell(self, notice: Notice) -> None:
        """Let a notice wait for the reader, or lose it when too many do."""
        if len(self._notices) < NOTICES_MAX and not self._has_missed:
            self._notices.append(notice)
        else:
            self._has_missed = True
        self._news.set()

    def close(self) -> None:
        """Ask for no more notices."""
        self._leave(self)


class Noticeboard:
    """Everyone who has subscribed."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self) -> Subscription:
        """Let somebody read what changes from now on, until they close the subscription."""
        subscription = Subscription(self._subscriptions.remove)
        self._subscriptions.append(subscription)
        return subscription

    def tell(self, notice: Notice) -> None:
        """Tell everyone of a change; of nothing, nobody."""
        if not notice.is_empty:
            for subscription in self._subscriptions:
                subscription.tell(notice)

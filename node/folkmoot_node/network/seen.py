"""Remembers which gossip was seen and which of it still waits for a verdict, both within bounds."""

from collections import OrderedDict
from dataclasses import dataclass

import trio
from libp2p.peer.id import ID
from libp2p.pubsub.pb import rpc_pb2

from folkmoot_node.network.contained import Contained
from folkmoot_node.network.limits import Limits


class Seen:
    """The message ids of the last minutes, the oldest forgotten first.

    An id is the hash of the data and a verdict depends on nothing else, so remembering an id cannot be used to
    keep its message from anyone.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def has(self, message_id: bytes) -> bool:
        """Tell whether a message was seen lately."""
        until = self._until.get(message_id)
        return until is not None and until > trio.current_time()

    def add(self, message_id: bytes) -> bool:
        """Remember a message; `False` if it was seen already."""
        if self.has(message_id):
            return False
        now = trio.current_time()
        while self._until and (
            len(self._until) >= self._limits.seen_max or next(iter(self._until.values())) <= now
        ):
            self._until.popitem(last=False)
        self._until[message_id] = now + self._limits.seen_s
        return True


@dataclass(frozen=True, slots=True)
class Pending:
    """A message that was delivered and not judged yet."""

    forwarder: ID
    message: rpc_pb2.Message
    until: float


class Docket:
    """The messages that wait for their verdict."""

    def __init__(self, limits: Limits, contained: Contained) -> None:
        self._limits = limits
        self._contained = contained
        self._pending: OrderedDict[int, Pending] = OrderedDict()
        self._room = trio.Semaphore(limits.tickets_max)
        self._last_ticket = 0

    async def enter(self, forwarder: ID, message: rpc_pb2.Message) -> int:
        """Give a message a ticket, waiting until there is room."""
        await self._room.acquire()
        self._last_ticket += 1
        until = trio.current_time() + self._limits.ticket_s
        self._pending[self._last_ticket] = Pending(forwarder, message, until)
        return self._last_ticket

    def settle(self, ticket: int) -> Pending | None:
        """Take a message out; `None` if its time is up or it was judged before."""
        pending = self._pending.pop(ticket, None)
        if pending is not None:
            self._room.release()
        return pending

    async def serve(self) -> None:
        """Drop what nobody judges in time, for ever."""
        while True:
            await trio.sleep(self._limits.ticket_s / 4)
            now = trio.current_time()
            for ticket in [ticket for ticket, pending in self._pending.items() if pending.until <= now]:
                self.settle(ticket)
                self._contained.note("gossip: nobody judged a message")

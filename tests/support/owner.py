"""An owner of a transport, as the contract wants one: it reads every event and judges every message once."""

from collections.abc import Callable
from typing import TypeVar

import trio

from folkmoot_node.transport import Delivered, GossipVerdict, PeerId, Transport, TransportEvent

E = TypeVar("E", bound=TransportEvent)


class Owner:
    """Reads a transport's events into `history`, judging gossip as `verdict` says; `None` leaves it unjudged."""

    def __init__(
        self, transport: Transport, verdict: Callable[[Delivered], GossipVerdict | None] | None = None
    ) -> None:
        self.transport = transport
        self.history: list[TransportEvent] = []
        self.scope = trio.CancelScope()
        self.stopped = trio.Event()
        self.reading = trio.Event()
        self.reading.set()
        self._verdict = verdict or (lambda _delivered: GossipVerdict.ACCEPT)
        self._changed = trio.Event()

    @property
    def peer_id(self) -> PeerId:
        return self.transport.peer_id

    @property
    def address(self) -> str:
        return self.transport.addresses[0]

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        try:
            with self.scope:
                async with trio.open_nursery() as nursery:
                    await nursery.start(self.transport.serve)
                    nursery.start_soon(self._read)
                    task_status.started()
        finally:
            self.stopped.set()

    async def stop(self) -> None:
        self.scope.cancel()
        await self.stopped.wait()

    async def _read(self) -> None:
        await self.reading.wait()
        async for event in self.transport.events:
            self.history.append(event)
            self._changed.set()
            self._changed = trio.Event()
            if isinstance(event, Delivered):
                verdict = self._verdict(event)
                if verdict is not None:
                    await self.transport.judge(event.ticket, verdict)
            await self.reading.wait()

    def seen(self, kind: type[E]) -> list[E]:
        return [event for event in self.history if isinstance(event, kind)]

    def messages(self) -> list[bytes]:
        return [delivered.data for delivered in self.seen(Delivered)]

    async def wait_for(self, kind: type[E], count: int = 1) -> E:
        """Return the `count`-th event of a kind, once it is there."""
        while len(self.seen(kind)) < count:
            await self._changed.wait()
        return self.seen(kind)[count - 1]

    async def wait_for_message(self, data: bytes) -> None:
        while data not in self.messages():
            await self._changed.wait()

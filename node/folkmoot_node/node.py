"""A node without its owner: it hears, keeps, passes on and catches up. The owner's hand and the API come on top.

Theory of operation: one task reads the transport's events and never waits for a peer: gossip is queued for a task
of its own, and syncs run apart.
"""

from typing import assert_never

import structlog
import trio

from folkmoot_node.context import Context
from folkmoot_node.errors import StoreError
from folkmoot_node.gossip import Gossip
from folkmoot_node.ingest import Ingest
from folkmoot_node.peers import Peers
from folkmoot_node.store import Store
from folkmoot_node.sync import Sync
from folkmoot_node.transport import Delivered, PeerConnected, PeerDisconnected, StreamOpened, Transport

SWEEP_INTERVAL_S = 3600.0

_log = structlog.get_logger(__name__)


class Node:
    """The parts of a node that need nobody's keys, run together.

    Attributes:
        peers: Who is connected, and whom to keep connected.
        sync: Catching up.
        gossip: What is new, out and in.
    """

    def __init__(
        self, store: Store, ingest: Ingest, transport: Transport, context: Context, *, sync_interval_s: float
    ) -> None:
        self._ingest = ingest
        self._transport = transport
        self.peers = Peers(transport, context)
        self.sync = Sync(store, ingest, transport, self.peers, context, interval_s=sync_interval_s)
        self.gossip = Gossip(store, ingest, transport, self.sync, context)
        self.sync.pass_on = self.gossip.pass_on

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run until cancelled; started once the transport listens and gossip is joined.

        Raises:
            ConfigError: The transport cannot listen where it was told to.
        """
        async with trio.open_nursery() as nursery:
            await nursery.start(self._transport.serve)
            await self.gossip.join()
            nursery.start_soon(self._dispatch)
            nursery.start_soon(self.gossip.serve)
            nursery.start_soon(self.peers.serve)
            nursery.start_soon(self.sync.serve)
            nursery.start_soon(self._sweep)
            task_status.started()

    async def _dispatch(self) -> None:
        async for event in self._transport.events:
            match event:
                case PeerConnected():
                    await self.peers.on_connected(event)
                    if event.dialled:
                        self.sync.request(event.peer)
                case PeerDisconnected():
                    await self.peers.on_disconnected(event)
                case Delivered():
                    await self.gossip.hear(event)
                case StreamOpened(_, stream):
                    await self.sync.answer(stream)
                case _:
                    assert_never(event)

    async def _sweep(self) -> None:
        while True:
            await trio.sleep(SWEEP_INTERVAL_S)
            try:
                swept = await self._ingest.sweep(confirmed_day=self.sync.confirmed_day)
            except StoreError as error:
                _log.error("cannot sweep", reason=error.message)
            else:
                _log.info("swept", records=swept)

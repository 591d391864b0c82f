"""Gossip: the node's new records go out at once, and what comes in is checked before anybody else gets it from us.

A message is passed on only if it brought something new that won its place. Losing one is harmless: sync repairs it.
Peers are heard in turn, so that one who talks all the time does not keep the others from being heard.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

import structlog

from folkmoot.bundle import gossip_bundles
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, RecordId
from folkmoot.record import Record
from folkmoot_node.context import Context
from folkmoot_node.errors import StoreError
from folkmoot_node.ingest import Ingest, Taken
from folkmoot_node.transport import Delivered, GossipVerdict, PeerId
from folkmoot_node.turns import Turns

_log = structlog.get_logger(__name__)


def topic_of(network: str, space: str) -> str:
    """Return the gossip topic of a space.

    Spec: gossip.md#topics
    """
    return f"/folkmoot/{network}/1/{space}"


def verdict_on(taken: Taken) -> GossipVerdict:
    """Say what becomes of a message after it was taken in: it is passed on only if it brought something new."""
    if taken.rejected:
        return GossipVerdict.REJECT
    return GossipVerdict.ACCEPT if taken.new_records else GossipVerdict.IGNORE


class Shelf(Protocol):
    """What gossip reads of what is held."""

    async def operations(self, identities: Iterable[IdentityId]) -> list[Operation]:
        """See `folkmoot_node.store.Store`."""
        ...

    async def record(self, record_id: RecordId) -> Record | None:
        """See `folkmoot_node.store.Store`."""
        ...


class Topics(Protocol):
    """The part of a transport that carries gossip; see `folkmoot_node.transport.Transport`."""

    async def subscribe(self, topic: str) -> None:
        """Take part in the gossip of one topic."""
        ...

    async def publish(self, topic: str, data: bytes) -> None:
        """Hand one message to the gossip."""
        ...

    async def judge(self, ticket: int, verdict: GossipVerdict) -> None:
        """Say what becomes of a delivered message."""
        ...


class Requests(Protocol):
    """Whoever can be asked for a sync with a peer; see `folkmoot_node.sync.Sync`."""

    def request(self, peer: PeerId) -> None:
        """Ask for a sync with a peer soon."""
        ...


class Gossip:
    """Says what is new here, and hears what is new elsewhere."""

    def __init__(self, store: Shelf, ingest: Ingest, transport: Topics, sync: Requests, context: Context) -> None:
        self._store = store
        self._ingest = ingest
        self._transport = transport
        self._sync = sync
        self._network = context.network
        self._spaces = {topic_of(context.network, space): space for space in context.spaces}
        self._turns = Turns()

    async def join(self) -> None:
        """Take part in the gossip of every space of this node."""
        for topic in self._spaces:
            await self._transport.subscribe(topic)

    async def announce(self, records: Sequence[Record]) -> None:
        """Tell the network of records that are on disk here; best effort, since sync carries what is not heard."""
        groups: dict[tuple[IdentityId, str], list[Record]] = defaultdict(list)
        for record in records:
            groups[record.author, record.space].append(record)
        for (author, space), group in sorted(groups.items()):
            try:
                operations = await self._store.operations([author])
            except StoreError as error:
                _log.error("cannot announce", reason=error.message)
                return
            for message in gossip_bundles(operations, sorted(group, key=lambda r: r.id), network=self._network):
                await self._transport.publish(topic_of(self._network, space), message)
            _log.debug("announced", author=author.hex()[:12], space=space, records=len(group))

    async def pass_on(self, record_ids: Sequence[RecordId]) -> None:
        """Tell the network of records that came by sync and are new here."""
        found = [await self._store.record(record_id) for record_id in record_ids]
        await self.announce([record for record in found if record is not None])

    async def hear(self, message: Delivered) -> None:
        """Queue one message; when its sender has too many waiting already, it is dropped, and sync repairs that."""
        if not self._turns.add(message):
            await self._transport.judge(message.ticket, GossipVerdict.IGNORE)

    async def serve(self) -> None:
        """Judge what waits, one message of each sender in turn, and say what may be passed on."""
        while True:
            message = await self._turns.next()
            try:
                verdict = await self.verdict(message)
            except Exception:  # a bug that a peer's bytes reached; the outermost handler of its message
                _log.exception("gossip failed", peer=message.peer)
                verdict = GossipVerdict.IGNORE
            await self._transport.judge(message.ticket, verdict)

    async def judge_waiting(self) -> bool:
        """Judge one message if any waits, as `serve` does; tell whether more wait.

        For whoever has no task to run `serve` in, such as the simulator; a bug is not contained.
        """
        if not self._turns.is_empty:
            message = self._turns.take()
            await self._transport.judge(message.ticket, await self.verdict(message))
        return not self._turns.is_empty

    async def verdict(self, message: Delivered) -> GossipVerdict:
        """Take a message in and say what becomes of it; ask its sender for a sync where operations are missing."""
        space = self._spaces.get(message.topic)
        if space is None:
            return GossipVerdict.IGNORE
        try:
            taken = await self._ingest.take_gossip(message.data, space=space, source=message.peer)
        except DecodeError as error:
            _log.info("gossip refused", peer=message.peer, rule=error.rule, reason=error.why)
            return GossipVerdict.REJECT
        except StoreError as error:
            _log.error("gossip cannot be stored", reason=error.message)
            return GossipVerdict.IGNORE
        if taken.deferred:
            self._sync.request(message.peer)
        return verdict_on(taken)

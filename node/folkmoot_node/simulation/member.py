"""One honest node of a simulation: the real ingest and the real gossip, over a store and on simulated links."""

from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from folkmoot.chain import read_chain
from folkmoot.identity import Operation
from folkmoot.ids import IdPrefix, OperationId, RecordId, short
from folkmoot.record import Record
from folkmoot.replica import Changes
from folkmoot.rules import Accept, is_due, judge_author
from folkmoot_node.acquaintances import Acquaintances
from folkmoot_node.context import Context
from folkmoot_node.gossip import Gossip
from folkmoot_node.gossip import Shelf as GossipShelf
from folkmoot_node.ingest import Ingest, Taken
from folkmoot_node.ingest import Shelf as IngestShelf
from folkmoot_node.opening import Openings
from folkmoot_node.simulation.links import Links, Packet, packet
from folkmoot_node.simulation.options import MINUTE_MS
from folkmoot_node.simulation.timeline import Timeline
from folkmoot_node.simulation.witness import Witness
from folkmoot_node.store import Batch, Counts, Everything, Found, Held, Scope, Snapshot, Swept, Wires, Workers
from folkmoot_node.transport import Delivered, GossipVerdict, PeerId

OWN = "own"
SEEN_MAX = 65_536
SEEN_MS = 5 * MINUTE_MS
"""For how long a message is recognised; after that it may come again, and is judged again."""

TICKETS_MAX = 512
REJECTED_MAX = 32
"""Messages of one neighbour that no honest peer sends, before nothing is taken from it any more."""


class Shelf(IngestShelf, GossipShelf, Protocol):
    """What of a store a simulated node needs: what takes things in, and what sync asks."""

    async def everything(self) -> Everything:
        """See `folkmoot_node.store.Store`."""
        ...

    async def counts(self) -> Counts:
        """See `folkmoot_node.store.Store`."""
        ...

    async def snapshot(self, scope: Scope, *, with_items: bool = False) -> Snapshot:
        """See `folkmoot_node.store.Store`."""
        ...

    async def ids_of(self, prefixes: Collection[bytes], scope: Scope) -> Found:
        """See `folkmoot_node.store.Store`."""
        ...

    async def whole_identities(self, operation_ids: Iterable[bytes]) -> list[bytes]:
        """See `folkmoot_node.store.Store`."""
        ...

    async def wires(self, ids: Sequence[bytes]) -> Wires:
        """See `folkmoot_node.store.Store`."""
        ...


class _Watched:
    """A store of which somebody hears every change."""

    def __init__(self, store: Shelf, tell: Callable[[Changes], Awaitable[None]]) -> None:
        self._store = store
        self._tell = tell
        self.network = store.network
        self.workers: Callable[[int], Workers] = store.workers

    async def held(self, operation_ids: Iterable[OperationId], record_ids: Iterable[RecordId]) -> Held:
        """See `folkmoot_node.store.Store`."""
        return await self._store.held(operation_ids, record_ids)

    async def absorb(self, batch: Batch, *, now_ms: int) -> Changes:
        """See `folkmoot_node.store.Store`."""
        changes = await self._store.absorb(batch, now_ms=now_ms)
        await self._tell(changes)
        return changes

    async def sweep(self, *, now_ms: int, confirmed_day: int | None) -> Swept:
        """See `folkmoot_node.store.Store`."""
        return await self._store.sweep(now_ms=now_ms, confirmed_day=confirmed_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node runs, over all its lives.

    Attributes:
        node: Its number.
        context: Its network, spaces, clock and dice.
        timeline: When things happen.
        links: Whom it can talk to.
        openings: How it opens bytes.
        service_ms: How long it takes over one gossip message.
        witness: Told of every change.
    """

    node: int
    context: Context
    timeline: Timeline
    links: Links
    openings: Openings
    service_ms: int
    witness: Witness


class Life:
    """A node from one start to the next crash. It is its own transport.

    Attributes:
        place: Where it runs.
        store: What it keeps.
        ingest: How it takes things in.
        gossip: How it says and hears what is new.
        acquaintances: What it remembers of its peers.
        syncing: The nodes with which it is in a sync.
        confirmed_day: The latest day that the clock of a peer has named.
        is_over: Whether it has crashed.
        is_up: Whether the network reaches it.
    """

    def __init__(self, place: Place, store: Shelf, *, want_sync: Callable[[int], None]) -> None:
        self.place = place
        self.store = store
        self.ingest = Ingest(_Watched(store, self._tell), place.context.clock, place.openings)
        self.gossip = Gossip(store, self.ingest, self, self, place.context)
        self.acquaintances = Acquaintances()
        self.syncing: set[int] = set()
        self.confirmed_day = 0
        self.is_over = False
        self.is_up = True
        self._want_sync = want_sync
        self._seen: OrderedDict[bytes, int] = OrderedDict()
        self._tickets: OrderedDict[int, tuple[int, Packet]] = OrderedDict()
        self._last_ticket = 0
        self._free_ms = 0
        self._is_awaited = False
        self._rejected: Counter[int] = Counter()

    # What its owner does.

    async def say(self, operations: Sequence[Operation], records: Sequence[Record]) -> Taken:
        """Keep what the owner says, and tell the network."""
        taken = await self.ingest.take_opened(operations, records, source=OWN)
        held = set(taken.new_records)
        await self.gossip.announce([record for record in records if record.id in held])
        return taken

    # What the network does.

    def arrive(self, sender: int, sent: Packet) -> Awaitable[None] | None:
        """Take a gossip message from a neighbour."""
        links, node = self.place.links, self.place.node
        if self.is_over or not self.is_up:
            return None
        traffic = links.traffic[node]
        traffic.received += 1
        traffic.received_bytes += len(sent.data)
        if not links.reaches(sender, node) or not self._see(sent.id):
            traffic.duplicates += 1
            return None
        return self._hear(sender, sent)

    async def _hear(self, sender: int, sent: Packet) -> None:
        self._last_ticket += 1
        self._tickets[self._last_ticket] = (sender, sent)
        if len(self._tickets) > TICKETS_MAX:
            self._tickets.popitem(last=False)
        await self.gossip.hear(Delivered(peer_of(sender), sent.topic, sent.data, self._last_ticket))
        await self._work()

    async def _work(self) -> None:
        """Judge a message if the node is free, and see to it that the next one is judged in its time."""
        now_ms = self.place.timeline.now_ms
        if self.is_over:
            return
        are_waiting = True
        if now_ms >= self._free_ms:
            are_waiting = await self.gossip.judge_waiting()
            self._free_ms = now_ms + self.place.service_ms
        if are_waiting and not self._is_awaited:
            self._is_awaited = True
            self.place.timeline.at(self._free_ms, self._wake)

    async def _wake(self) -> None:
        self._is_awaited = False
        await self._work()

    def _see(self, packet_id: bytes) -> bool:
        now_ms, seen = self.place.timeline.now_ms, self._seen
        if seen.get(packet_id, 0) > now_ms:
            return False
        seen.pop(packet_id, None)
        seen[packet_id] = now_ms + SEEN_MS
        if len(seen) > SEEN_MAX:
            seen.popitem(last=False)
        return True

    async def _tell(self, changes: Changes) -> None:
        node, witness = self.place.node, self.place.witness
        for record, other in witness.note_changes(node, changes):
            # What is not due yet by this clock beats another, which is shown all the same until then.
            if not is_due(other, self.place.context.clock.now_ms()):
                continue
            chain = read_chain(await self.store.operations([record.author]), network=self.store.network)
            if isinstance(judge_author(other, chain), Accept):
                what = short(IdPrefix.RECORD, record.id)
                witness.fault(f"node {node}: {what} came back although {short(IdPrefix.RECORD, other.id)} beat it")

    # What its gossip asks of a transport, and of syncs.

    async def subscribe(self, topic: str) -> None:
        """See `folkmoot_node.gossip.Topics`: everybody takes part in everything."""

    async def publish(self, topic: str, data: bytes) -> None:
        """See `folkmoot_node.gossip.Topics`."""
        sent = packet(topic, data)
        if self._see(sent.id):
            self.place.links.flood(self.place.node, sent)

    async def judge(self, ticket: int, verdict: GossipVerdict) -> None:
        """See `folkmoot_node.gossip.Topics`."""
        delivered = self._tickets.pop(ticket, None)
        if delivered is None:
            return
        sender, sent = delivered
        if verdict is GossipVerdict.ACCEPT:
            self.place.links.flood(self.place.node, sent, except_to=sender)
        elif verdict is GossipVerdict.REJECT:
            self._rejected[sender] += 1
            if self._rejected[sender] > REJECTED_MAX:
                self.place.links.refuse(self.place.node, sender)

    def request(self, peer: PeerId) -> None:
        """See `folkmoot_node.gossip.Requests`."""
        self._want_sync(node_of(peer))


def peer_of(node: int) -> PeerId:
    """Return the name of a node in the transport."""
    return PeerId(f"node {node}")


def node_of(peer: str) -> int:
    """Return the number of the node that has a name."""
    return int(peer.removeprefix("node "))

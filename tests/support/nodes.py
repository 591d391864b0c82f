"""Nodes in memory: the real store, ingest, gossip and sync over the in-memory network, under a virtual clock."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trio
from support.keys import NETWORK, Person, person

from folkmoot.authoring import compose, free_slot, seal_own
from folkmoot.canonical import Value
from folkmoot.ids import OperationId
from folkmoot.limits import DAY_MS
from folkmoot.record import Address, Record, day_of
from folkmoot_node.context import Context
from folkmoot_node.ingest import Ingest
from folkmoot_node.memory import MemoryHub, MemoryTransport
from folkmoot_node.node import Node
from folkmoot_node.store import Selection, Store

START_MS = 20_000 * DAY_MS


class VirtualClock:
    """Trio's clock as a time of day."""

    def now_ms(self) -> int:
        return START_MS + int(trio.current_time() * 1000)


@dataclass
class Member:
    """One node and the person whose it is."""

    who: Person
    store: Store
    ingest: Ingest
    transport: MemoryTransport
    node: Node
    clock: VirtualClock
    network: str
    published: list[Record] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.transport.addresses[0]

    async def publish(self, kind: str, body: Mapping[str, Value]) -> Record:
        """Say something as this node's owner: on disk first, then in the gossip."""
        [record] = await self.keep([(kind, body)])
        await self.node.gossip.announce([record])
        return record

    async def keep(self, contents: Sequence[tuple[str, Mapping[str, Value]]]) -> list[Record]:
        """Put records on disk without telling anybody."""
        records = []
        for kind, body in contents:
            now_ms = self.clock.now_ms()
            own = [record for record in self.published if record.kind == kind]
            slot = 0 if kind == "profile" else free_slot(kind, own, device_index=0, today=day_of(now_ms))
            at_address = [record for record in own if record.slot == slot]
            address = Address(self.who.id, "commons", kind, slot)
            content = compose(body, address=address, replaces=at_address, now_ms=now_ms, network=self.network)
            records.append(seal_own(content, author=self.who.id, key=self.who.key, network=self.network))
            self.published.append(records[-1])
        await self.ingest.take([self.who.genesis.wire], [record.wire for record in records], source="own")
        return records

    async def holds(self) -> tuple[frozenset[bytes], frozenset[OperationId]]:
        """Return the ids of everything live here."""
        chosen = await self.store.choose(Selection(day=day_of(self.clock.now_ms()), spaces=("commons",)))
        everything = await self.store.everything()
        return frozenset(chosen.records), frozenset(item.id for item in everything.operations)

    async def until_holds(self, *records: Record, within_s: float = 60.0) -> None:
        """Wait until this node holds these records."""
        wanted = {record.id for record in records}
        with trio.fail_after(within_s):
            while not wanted <= (await self.holds())[0]:
                await trio.sleep(0.05)


@asynccontextmanager
async def running(
    hub: MemoryHub, name: str, *, peers: Sequence[str] = (), network: str = NETWORK, sync_interval_s: float = 5.0
) -> AsyncIterator[Member]:
    """Run a node of the person of this name for as long as the block lasts."""
    clock = VirtualClock()
    context = Context(network, ("commons",), clock, random.Random(name))
    transport = MemoryTransport(hub, name)
    async with await Store.in_memory(network=network, clock=clock) as store:
        ingest = Ingest(store, clock)
        node = Node(store, ingest, transport, context, sync_interval_s=sync_interval_s)
        async with trio.open_nursery() as nursery:
            await nursery.start(node.serve)
            for peer in peers:
                node.peers.keep(peer)
            yield Member(person(name), store, ingest, transport, node, clock, network)
            nursery.cancel_scope.cancel()

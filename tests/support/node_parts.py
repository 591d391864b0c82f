"""The parts of a node that a person uses: author, store and ingest, with a real store and without a network."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import trio
from starlette.types import ASGIApp
from support.keys import NETWORK, Person, person
from support.world import StoppedClock

from folkmoot.record import Record
from folkmoot_node.api import Daemon, Facts, PeerFacts, application, serve
from folkmoot_node.author import Author
from folkmoot_node.automation import Automation
from folkmoot_node.errors import ConfigError
from folkmoot_node.ingest import Ingest
from folkmoot_node.store import Store
from folkmoot_node.unopened import Unopened
from folkmoot_node.views.viewpoint import Viewpoint


@dataclass
class NodeParts:
    """One person's node without its network; what it announces is kept in `announced`."""

    who: Person
    store: Store
    ingest: Ingest
    author: Author
    clock: StoppedClock
    announced: list[Record] = field(default_factory=list)

    @property
    def view(self) -> Viewpoint:
        """See what this node's owner sees."""
        return Viewpoint.of(self.author)

    async def settle(self) -> None:
        """Let the node do what it does by itself."""
        await Automation(self.author).look_at_everything()

    async def hear(self, *others: "NodeParts") -> None:
        """Take everything that other nodes hold, as a sync would bring it."""
        for other in others:
            held = await other.store.everything()
            taken = await self.ingest.take(
                [item.wire for item in held.operations], [record.wire for record in held.records], source="peer"
            )
            assert not taken.rejected


@asynccontextmanager
async def node_parts(name: str, clock: StoppedClock, folder: Path | None = None) -> AsyncIterator[NodeParts]:
    """Run the parts of a node for somebody of `support.keys`: in memory, or on disk in a folder of their own."""
    who = person(name)
    async with await _opened(name, clock, folder) as store:
        ingest = Ingest(store, clock)
        await store.adopt(who.id)
        await ingest.take([who.genesis.wire], [], source="own")
        announced: list[Record] = []

        async def announce(records: Sequence[Record]) -> None:
            announced.extend(records)

        author = Author(
            identity=who.id,
            key=who.key,
            store=store,
            ingest=ingest,
            clock=clock,
            entropy=Random(name),
            network=NETWORK,
            announce=announce,
            unopened=_unopened(name, who, folder),
        )
        yield NodeParts(who, store, ingest, author, clock, announced)


def _unopened(name: str, who: Person, folder: Path | None) -> Unopened:
    if folder is None:
        return Unopened()
    return Unopened.open(folder / name, key=who.key, network=NETWORK, entropy=Random(f"{name} seals"))


async def _opened(name: str, clock: StoppedClock, folder: Path | None) -> Store:
    if folder is None:
        return await Store.in_memory(network=NETWORK, clock=clock)
    place = folder / name
    place.mkdir(exist_ok=True)
    return await Store.open(place, network=NETWORK, clock=clock)


async def share(*nodes: NodeParts) -> None:
    """Let every node hear everything that any of them holds."""
    for node in nodes:
        await node.hear(*(other for other in nodes if other is not node))


TOKEN = "token-of-this-test"


class QuietSurroundings:
    """A daemon without a network, as the API sees it."""

    def __init__(self) -> None:
        self.dialled: list[str] = []
        self.apart: set[str] = set()

    def facts(self) -> Facts:
        peer = PeerFacts(
            peer="12D3Koo", address="/ip4/10.0.0.7/tcp/4001", connected=True, dialled=False, failures=0
        )
        return Facts(
            peer_id="12D3Me",
            addresses=["/ip4/127.0.0.1/tcp/4001"],
            api_url="http://127.0.0.1:1",
            data_dir="/data",
            started_ms=1,
            peers=[peer],
            contained={"frame too long": 2},
        )

    async def sync(self) -> int:
        return 1

    async def dial(self, address: str) -> str:
        if not address.startswith("/"):
            raise ConfigError(f"{address!r} is no address", advice="give one that begins with /ip4")
        self.dialled.append(address)
        return "12D3Koo"

    async def block(self, peer: str) -> None:
        self.apart.add(peer)

    async def unblock(self, peer: str) -> None:
        self.apart.discard(peer)

    async def forget(self, peer: str) -> None:
        self.dialled = [address for address in self.dialled if peer not in address]

    async def move_clock(self, offset_ms: int) -> None:
        raise ConfigError(f"the clock stays where it is, and not {offset_ms} ms away")


@asynccontextmanager
async def served(parts: NodeParts, app: ASGIApp | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the API of a node on a free port, and give a client that carries its token."""
    daemon = Daemon(parts.author, parts.view, QuietSurroundings())
    async with trio.open_nursery() as nursery:
        url = await nursery.start(serve, app or application(daemon, token=TOKEN))
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=f"{url}/v1", headers=headers, timeout=20, verify=False) as client:
            yield client
        nursery.cancel_scope.cancel()

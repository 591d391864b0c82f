"""A machine at work on an identity that it does not have yet: it looks around among peers, and then takes it back.

No daemon runs meanwhile: the data folder is locked as if one did.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import trio

from folkmoot.bundle import unpack
from folkmoot.ids import IdentityId
from folkmoot.limits import BUNDLE_BYTES_MAX
from folkmoot.record import Record
from folkmoot_node.author import Author
from folkmoot_node.clock import Clock, Entropy
from folkmoot_node.context import Context
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.ingest import Ingest
from folkmoot_node.newcomer import Newcomer
from folkmoot_node.node import Node
from folkmoot_node.store import Store
from folkmoot_node.transport import Transport
from folkmoot_node.views.naming import identity_text

LOOKING_S_MAX = 90.0
_SYNC_INTERVAL_S = 10.0


@asynccontextmanager
async def rescuer(
    folder: Path, newcomer: Newcomer, identity: IdentityId, *, clock: Clock, entropy: Entropy
) -> AsyncIterator[Author]:
    """Hold the data folder and give the hand that works on an identity there, with a machine's own key.

    Raises:
        AlreadyRunningError: A daemon runs there.
        ConfigError: The folder is another network's.
        StoreError: The disk does not do its work.
    """
    async with await Store.open(folder, network=newcomer.network, clock=clock) as store:
        await store.adopt(identity)
        yield Author(
            identity=identity,
            key=newcomer.key,
            store=store,
            ingest=Ingest(store, clock),
            clock=clock,
            entropy=entropy,
            network=newcomer.network,
            announce=_to_nobody,
        )


async def look_around(author: Author, transport: Transport, peers: Sequence[str], *, spaces: Sequence[str]) -> int:
    """Sync with peers until each has given all it has, or time is up; return how many did."""
    context = Context(author.network, tuple(spaces), author.clock, author.entropy)
    node = Node(author.store, author.ingest, transport, context, sync_interval_s=_SYNC_INTERVAL_S)
    heard = _Heard(len(peers))
    node.sync.listen(heard)
    with trio.move_on_after(LOOKING_S_MAX):
        async with trio.open_nursery() as nursery:
            await nursery.start(node.serve)
            for address in peers:
                node.peers.keep(address)
            await heard.all_done.wait()
            nursery.cancel_scope.cancel()
    return len(heard.done)


async def take_bundle(author: Author, data: bytes) -> None:
    """Take in what a bundle in a file shows.

    Raises:
        DecodeError: The file is no bundle of this network.
        StoreError: The disk does not do its work.
    """
    bundle = unpack(data, network=author.network, bytes_max=BUNDLE_BYTES_MAX)
    await author.ingest.take(bundle.operations, bundle.records, source="file")


async def require_known(author: Author) -> None:
    """Refuse to go on when nothing of the identity has come in.

    Raises:
        UnknownIdError: So it is.
    """
    if not await author.store.operations([author.identity]):
        raise UnknownIdError(
            f"nothing of {identity_text(author.identity)} is known here",
            advice="Name nodes that know you with --peer, or a bundle with --bundle.",
        )


class _Heard:
    """Listens to syncs, and knows when every peer has answered."""

    def __init__(self, peers: int) -> None:
        self._peers = peers
        self.done: set[str] = set()
        self.all_done = trio.Event()
        self._look()

    def heard_clock(self, peer: str, their_ms: int) -> None:
        """See `sync.Listener`; recovering signs nothing that a clock could lock."""

    async def completed(self, peer: str, lacked: frozenset[bytes]) -> None:  # noqa: ARG002 - the listener's form
        """See `sync.Listener`."""
        self.done.add(peer)
        self._look()

    def _look(self) -> None:
        if len(self.done) >= self._peers:
            self.all_done.set()


async def _to_nobody(_records: Sequence[Record]) -> None:
    """Announce nothing: the daemon that runs afterwards syncs."""

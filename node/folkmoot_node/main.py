"""The composition root: makes every part of a node, hands each what it needs, and runs them until told to stop."""

import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
import trio

from folkmoot.chain import read_chain
from folkmoot.ids import IdPrefix, id_to_text
from folkmoot_node import logs
from folkmoot_node.api import Daemon, Handle, application, removed_handle, serve, written_handle
from folkmoot_node.author import Author
from folkmoot_node.automation import Automation
from folkmoot_node.clock import MovableClock, SystemClock, system_entropy
from folkmoot_node.config import Settings
from folkmoot_node.context import Context
from folkmoot_node.errors import ConfigError, NodeError, RefusedError, StoreError
from folkmoot_node.hosting import Hosting, let_go
from folkmoot_node.ingest import Ingest
from folkmoot_node.keyfile import KEY_FILE, Keys
from folkmoot_node.keyring import KeyRing
from folkmoot_node.network import Libp2pTransport
from folkmoot_node.node import Node
from folkmoot_node.readiness import Readiness
from folkmoot_node.settling import Settling
from folkmoot_node.store import Store
from folkmoot_node.surroundings import NodeSurroundings
from folkmoot_node.transport import PeerId
from folkmoot_node.unopened import Unopened
from folkmoot_node.views.viewpoint import Viewpoint

AUTOMATION_RETRY_S = 10.0
_TOKEN_BYTES = 32

_log = structlog.get_logger(__name__)


def run(settings: Settings, passphrase: str | None) -> int:
    """Run a daemon until SIGTERM or SIGINT.

    Args:
        settings: What the operator chose.
        passphrase: Opens the key file, if it is sealed.

    Returns:
        The exit code: 0 after a clean stop.

    Raises:
        NodeError: The daemon could not start; nothing is left running.
    """
    logs.set_up(settings.log_level, settings.log_format)
    ring = KeyRing.open(settings.data_dir / KEY_FILE, passphrase, system_entropy())
    keys = ring.keys
    if settings.network not in (None, keys.network):
        raise ConfigError(
            f"this identity lives on the network {keys.network}, not on {settings.network}",
            advice=f"Start with --network {keys.network}, or make an identity in another folder.",
        )
    try:
        trio.run(_run, settings, ring, strict_exception_groups=True)
    except* NodeError as group:
        raise _first(group) from group
    _log.info("stopped")
    return 0


async def _run(settings: Settings, ring: KeyRing) -> None:
    keys = ring.keys
    hosting = Hosting.of(settings.not_hosted)
    clock = MovableClock() if settings.movable_clock else SystemClock()
    context = Context(keys.network, settings.spaces, clock, system_entropy())
    transport = Libp2pTransport(keys.transport_seed, settings.listen, context.clock)
    started_ms = context.clock.now_ms()
    async with await Store.open(settings.data_dir, network=keys.network, clock=context.clock) as store:
        await let_go(hosting, store, own=[keys.identity])
        ingest = Ingest(store, context.clock, hosting=hosting)
        await _adopt(store, ingest, keys)
        node = Node(store, ingest, transport, context, sync_interval_s=settings.sync_interval_s)
        author = Author(
            identity=keys.identity,
            key=keys.device,
            store=store,
            ingest=ingest,
            clock=context.clock,
            entropy=context.entropy,
            network=keys.network,
            announce=node.gossip.announce,
            ring=ring,
            readiness=Readiness(syncs_missing=keys.syncs_missing),
            spaces=frozenset(context.spaces),
            unopened=Unopened.open(
                settings.data_dir, key=keys.device, network=keys.network, entropy=context.entropy
            ),
        )
        settling = Settling(author, ring, urge=partial(_sync_with_all, node), voter_of=partial(_voter_of, node))
        node.sync.listen(settling)
        surroundings = NodeSurroundings(node, store, transport, data_dir=settings.data_dir, started_ms=started_ms)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_stop_on_signal, nursery.cancel_scope)
            await nursery.start(node.serve)
            for address in settings.peers:
                node.peers.keep(address)
            await surroundings.redial()
            nursery.start_soon(_again_and_again, settling.serve)
            nursery.start_soon(_again_and_again, partial(_automate, author, ring))
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            app = application(Daemon(author, Viewpoint.of(author), surroundings), token=token)
            surroundings.api_url = await nursery.start(partial(serve, app, port=settings.api_port))
            async with _announced(settings.data_dir, Handle(surroundings.api_url, token, os.getpid())):
                _log.info(
                    "ready",
                    identity=id_to_text(IdPrefix.IDENTITY, keys.identity),
                    addresses=list(transport.addresses),
                    api=surroundings.api_url,
                )
                await trio.sleep_forever()


async def _adopt(store: Store, ingest: Ingest, keys: Keys) -> None:
    """Make the owner's identity known to the store, which archives every record of it from now on.

    Raises:
        StoreError: The store does not do its work.
    """
    await store.adopt(keys.identity)
    await ingest.take([item.wire for item in keys.operations], [], source="own")
    if read_chain(await store.operations([keys.identity]), network=keys.network) is None:
        raise StoreError("the store does not keep the owner's own identity")


def _sync_with_all(node: Node) -> None:
    for peer in node.peers.connected:
        node.sync.request(peer)


def _voter_of(node: Node, peer: str) -> str | None:
    """Return the network address of a peer that this node dialled; others have no say on the clock."""
    link = node.peers.connected.get(PeerId(peer))
    return "/".join(link.address.split("/")[:3]) if link is not None and link.dialled else None


async def _automate(author: Author, ring: KeyRing) -> None:
    """Do what the owner would want done, once this node may sign in the owner's name.

    Raises:
        StoreError: The store does not do its work.
    """
    try:
        author.readiness.require_for_record(author.clock.now_ms())
    except RefusedError as error:
        _log.info("not acting for the owner yet", reason=error.message)
        return
    if ring.keys.joining is None:
        await Automation(author).serve()


async def _again_and_again(serve: Callable[[], Awaitable[None]]) -> None:
    """Run a part of the node, and start it over when it has ended or the disk fails for a while."""
    while True:
        try:
            await serve()
        except StoreError as error:
            _log.error("cannot act for the owner now", reason=error.message)
        await trio.sleep(AUTOMATION_RETRY_S)


@asynccontextmanager
async def _announced(folder: Path, handle: Handle) -> AsyncIterator[None]:
    """Tell commands where the API answers, for as long as it does."""
    written_handle(folder, handle)
    try:
        yield
    finally:
        removed_handle(folder, handle)


async def _stop_on_signal(scope: trio.CancelScope) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for number in signals:
            _log.info("stopping", signal=signal.Signals(number).name)
            scope.cancel()
            return


def _first(group: BaseExceptionGroup[NodeError]) -> NodeError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, NodeError)
    return error

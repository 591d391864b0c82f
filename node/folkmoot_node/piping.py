"""A sync of a data folder through a command or over standard input and output, while no daemon has the folder.

Theory of operation: whoever has the command opens the conversation; the command, on whatever machine it runs, comes
to a `folkmoot sync --pipe` that answers. The conversation is the same as between two nodes on a network.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import trio

from folkmoot.errors import DecodeError
from folkmoot_node.acquaintances import Acquaintance
from folkmoot_node.clock import Clock, Entropy
from folkmoot_node.config import Settings
from folkmoot_node.context import Context
from folkmoot_node.conversation import Conversation, Here
from folkmoot_node.errors import ConfigError, NodeError, PeerError
from folkmoot_node.hosting import Hosting, let_go
from folkmoot_node.ingest import Ingest
from folkmoot_node.keyfile import KEY_FILE, read_published
from folkmoot_node.pipe import OTHER_END, PipeStream
from folkmoot_node.store import Store

ENDING_S_MAX = 10.0
"""How long a command may take to end once all was said."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of it: how much is held now, and how much more than before."""

    records: int
    operations: int
    more_records: int
    more_operations: int


def sync_over(settings: Settings, command: str, *, clock: Clock, entropy: Entropy) -> Synced:
    """Sync a data folder with what a command leads to.

    Raises:
        AlreadyRunningError: A daemon has the folder.
        ConfigError: There is no node in the folder, or no such command.
        PeerError: The other end went away or says something else than a sync.
        StoreError: The disk does not do its work; what was taken in by then stays.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ConfigError(f"the command cannot be read: {str(error).lower()}") from error
    if not words:
        raise ConfigError("the command is empty")
    return _run(settings, partial(_process, words), opens=True, context=(clock, entropy))


def sync_on_standard_streams(settings: Settings, *, clock: Clock, entropy: Entropy) -> Synced:
    """Answer a sync on standard input and output; raises as `sync_over`."""
    return _run(settings, _standard_streams, opens=False, context=(clock, entropy))


def _run(
    settings: Settings,
    opened: Callable[[], AbstractAsyncContextManager[PipeStream]],
    *,
    opens: bool,
    context: tuple[Clock, Entropy],
) -> Synced:
    try:
        return trio.run(
            partial(_sync, settings, opened, opens=opens, context=context), strict_exception_groups=True
        )
    except BaseExceptionGroup as group:
        told = _told(group)
        if told is None:
            raise
        raise told from group


async def _sync(
    settings: Settings,
    opened: Callable[[], AbstractAsyncContextManager[PipeStream]],
    *,
    opens: bool,
    context: tuple[Clock, Entropy],
) -> Synced:
    clock, entropy = context
    published = read_published(settings.data_dir / KEY_FILE)
    hosting = Hosting.of(settings.not_hosted)
    async with await Store.open(settings.data_dir, network=published.network, clock=clock) as store:
        await let_go(hosting, store, own=[published.identity])
        ingest = Ingest(store, clock, hosting=hosting)
        await store.adopt(published.identity)
        await ingest.take(published.operations, [], source="own")
        before = await store.counts()
        here = Here(store, ingest, Context(published.network, settings.spaces, clock, entropy), store.workers(1))
        async with opened() as stream:
            await Conversation(stream, here, Acquaintance(), opens=opens).run()
        after = await store.counts()
    records, records_before = sum(after.records.values()), sum(before.records.values())
    return Synced(records, after.operations, records - records_before, after.operations - before.operations)


@asynccontextmanager
async def _process(words: list[str]) -> AsyncIterator[PipeStream]:
    try:
        process = await trio.lowlevel.open_process(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError as error:
        raise ConfigError(
            f"{words[0]} cannot be run: {(error.strerror or str(error)).lower()}",
            advice="Give a command that ends in `folkmoot sync --pipe` on the other machine.",
        ) from error
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield PipeStream(process.stdout, process.stdin)
    finally:
        with trio.move_on_after(ENDING_S_MAX, shield=True):
            await process.wait()
        if process.returncode is None:
            process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()


@asynccontextmanager
async def _standard_streams() -> AsyncIterator[PipeStream]:
    ends = (sys.stdin.fileno(), sys.stdout.fileno())
    were_blocking = [os.get_blocking(end) for end in ends]
    reading, writing = (trio.lowlevel.FdStream(os.dup(end)) for end in ends)
    try:
        yield PipeStream(reading, writing)
    finally:
        for end, was_blocking in zip(ends, were_blocking, strict=True):
            os.set_blocking(end, was_blocking)


def _told(group: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """Return what of a group a person is to hear; `None` when it is a bug."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case NodeError() | KeyboardInterrupt():
            return error
        case trio.TooSlowError():
            return PeerError(OTHER_END, "it does not answer in time")
        case DecodeError():
            return PeerError(OTHER_END, str(error))
        case _:
            return None

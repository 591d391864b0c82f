"""Runs the library's services so that one task that fails does not end the service, and the process with it."""

from collections.abc import Awaitable, Callable
from typing import Any

import trio
from libp2p.tools.anyio_service.api import ServiceAPI
from libp2p.tools.anyio_service.exceptions import LifecycleError
from libp2p.tools.anyio_service.trio_manager import TrioManager

from folkmoot_node.network.contained import Contained


class ContainingManager(TrioManager):
    """The library's task manager, without its rule that any failing task cancels all others.

    Tasks named as daemons stay fatal: none of them handles what peers send, so their failure is a bug of ours.
    """

    def __init__(self, service: ServiceAPI, contained: Contained) -> None:
        super().__init__(service)
        self._contained = contained
        # The library sets this in `run`, too late for whoever needs the service from its start.
        service._manager = self  # noqa: SLF001 - the attribute is the library's way to wire them

    def run_task(
        self,
        async_fn: Callable[..., Awaitable[Any]],
        *args: object,
        daemon: bool = False,
        name: str | None = None,
        _internal: bool = False,
    ) -> None:
        """Run a task in the background; count what it raises instead of passing it on."""
        task = async_fn if daemon or _internal else self._containing(async_fn)
        try:
            super().run_task(task, *args, daemon=daemon, name=name or str(async_fn), _internal=_internal)
        except (RuntimeError, LifecycleError) as error:
            # "Nursery is closed to new arrivals": traffic still flowed when the service stopped.
            if not (self.is_cancelled or self.is_finished):
                raise
            self._contained.record("service", error)

    def _containing(self, async_fn: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        async def contain(*args: object) -> None:
            try:
                await async_fn(*args)
            except* Exception as error:  # a group may hold a cancellation too, which must go on
                self._contained.record("service", error)

        return contain

    async def serve(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run the service until it is stopped; report when it has started."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.run)
            await self.wait_started()
            task_status.started()

"""People who type commands for their nodes, all within one process: real commands, API and store; no network."""

import io
import os
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import trio
from support.command_line import Outcome
from support.node_parts import TOKEN, NodeParts, node_parts, served, share
from support.world import StoppedClock

from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.api.handle import Handle, written_handle
from folkmoot_node.cli.program import run
from folkmoot_node.views.naming import identity_text


@dataclass(frozen=True, slots=True)
class Typist:
    """Somebody with a node who types commands for it."""

    parts: NodeParts
    folder: Path

    @property
    def id(self) -> str:
        """The text of their identity."""
        return identity_text(self.parts.who.id)

    async def type(self, line: str) -> Outcome:
        """Type a command, and return what it left behind."""
        return await trio.to_thread.run_sync(partial(self._run, shlex.split(line)))

    async def do(self, line: str) -> dict[str, Any]:
        """Type a command that succeeds, and return its answer for programs."""
        outcome = await self.type(f"{line} --json")
        assert outcome.code == 0, outcome.out
        return cast("dict[str, Any]", outcome.json)

    async def refused(self, line: str) -> str:
        """Type a command that the node refuses, and return what is said."""
        outcome = await self.type(line)
        assert outcome.code in (2, 4, 5), outcome.out
        return outcome.err

    def _run(self, words: list[str]) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([*words, "--data", str(self.folder)], clock=self.parts.clock)
        return Outcome(code, out.getvalue(), err.getvalue())


@asynccontextmanager
async def typists(folder: Path, *names: str) -> AsyncIterator[list[Typist]]:
    """Give people of `support.keys` a node each, who know each other's profiles; their clock is one."""
    clock = StoppedClock()
    async with AsyncExitStack() as stack:
        found = []
        for name in names:
            parts = await stack.enter_async_context(node_parts(name, clock))
            http = await stack.enter_async_context(served(parts))
            home = folder / name
            home.mkdir()
            url = str(http.base_url).removesuffix("/").removesuffix("/v1")
            written_handle(home, Handle(url, TOKEN, os.getpid()))
            await publish_profile(parts.author, {"name": parts.who.name.title()})
            found.append(Typist(parts, home))
        await share(*(one.parts for one in found))
        yield found


async def settled(*people: Typist) -> None:
    """Let everybody hear of everything, act on it by themselves, and hear of that."""
    nodes = [one.parts for one in people]
    await share(*nodes)
    for node in nodes:
        await node.settle()
    await share(*nodes)

"""Keeps a test network up for whoever wants to try things, until they have had enough."""

import contextlib
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.table import Table
from rich.text import Text

from folkmoot_node.testnet.network import LocalNetwork, stopped_in_order
from folkmoot_node.testnet.telling import folder_for

NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hugo")
"""Whose nodes there can be."""


@contextmanager
def standing(nodes: int, *, keep: Path | None) -> Iterator[LocalNetwork]:
    """Start so many connected nodes, each with an identity of its own and a movable clock; stop them at the end.

    Args:
        nodes: At most as many as there are names.
        keep: Where their folders stay; nowhere if left out.

    Raises:
        ConfigError: The folder to keep is in use.
        TestnetError: A node does not come up.
    """
    with ExitStack() as stack:
        stack.enter_context(stopped_in_order())
        network = LocalNetwork(NAMES[:nodes], stack.enter_context(folder_for(keep)))
        stack.callback(network.stop)
        network.start()
        for node in network.everybody:
            node.put("/profile", {"name": node.name})
        yield network


def value(network: LocalNetwork) -> dict[str, object]:
    """Describe a network for programs."""
    return {
        "nodes": [
            {
                "name": node.name,
                "identity": node.identity,
                "data": str(node.folder),
                "address": node.address,
                "api_url": node.url,
            }
            for node in network.everybody
        ]
    }


def lines(network: LocalNetwork) -> Sequence[Table | Text]:
    """Describe a network for people, with commands that they can copy."""
    table = Table.grid(padding=(0, 2))
    for node in network.everybody:
        table.add_row(Text(node.name, style="cyan"), Text(f"folkmoot --data {node.folder} status", no_wrap=True))
    count = len(network.nodes)
    plural = "s are" if count > 1 else " is"
    return (
        Text(f"{count} node{plural} up and connected. Talk to each by its data folder:", style="bold green"),
        table,
        Text("Their clocks can be moved by PUT /v1/clock of the local API. Ctrl-C stops them all.", style="dim"),
    )


def wait_until_told() -> None:
    """Wait for Ctrl-C, or for the signal by which a service is stopped."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            signal.pause()

"""A node without an owner, in a process of its own, that takes in whatever is written to its standard input.

By it a story lets somebody break the rules: their own node would refuse to sign such a thing, and what all others
make of it is seen only when it comes from elsewhere. One line of JSON in, one out: `offset_ms` of the clock, and
wires of `operations` and `records` in hex; then what became of them.
"""

import json
import sys
from pathlib import Path

import trio

from folkmoot_node import logs
from folkmoot_node.clock import MovableClock, system_entropy
from folkmoot_node.context import Context
from folkmoot_node.ingest import Ingest, Taken
from folkmoot_node.network import Libp2pTransport
from folkmoot_node.node import Node
from folkmoot_node.store import Store

LINE_BYTES_MAX = 32 * 1024 * 1024
_SEED_BYTES = 32
_SYNC_INTERVAL_S = 5.0
_SPACES = ("commons",)
_LISTEN = ("/ip4/127.0.0.1/tcp/0",)


async def run(folder: Path, network: str, peers: list[str]) -> None:
    """Serve until the standard input ends.

    Raises:
        NodeError: The node cannot start.
    """
    clock, entropy = MovableClock(), system_entropy()
    transport = Libp2pTransport(entropy.randbytes(_SEED_BYTES), _LISTEN, clock)
    async with await Store.open(folder, network=network, clock=clock) as store, trio.open_nursery() as nursery:
        ingest = Ingest(store, clock)
        context = Context(network, _SPACES, clock, entropy)
        node = Node(store, ingest, transport, context, sync_interval_s=_SYNC_INTERVAL_S)
        await nursery.start(node.serve)
        while line := await trio.to_thread.run_sync(sys.stdin.readline, LINE_BYTES_MAX, abandon_on_cancel=True):
            asked = json.loads(line)
            # Nobody is dialled before the first line: whoever's clock is a day off is not listened to.
            clock.offset_ms = asked["offset_ms"]
            for address in peers:
                node.peers.keep(address)
            operations, records = (
                [bytes.fromhex(item) for item in asked[what]] for what in ("operations", "records")
            )
            taken = await ingest.take(operations, records, source="courier")
            await node.gossip.pass_on(taken.new_records)
            for peer in node.peers.connected:
                node.sync.request(peer)
            sys.stdout.write(json.dumps(_summary(taken)) + "\n")
            sys.stdout.flush()
        nursery.cancel_scope.cancel()


def _summary(taken: Taken) -> dict[str, object]:
    refused = [[refusal.rule, refusal.why] for refusal in (*taken.ignored, *taken.rejected)]
    return {"new": len(taken.new_records), "refused": refused}


if __name__ == "__main__":
    logs.set_up("warning", "console")
    trio.run(run, Path(sys.argv[1]), sys.argv[2], sys.argv[3:])

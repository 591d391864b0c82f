"""A test network: real nodes on this machine, all connected, with a clock of their own and cuts between them.

Theory of operation: the network's clock starts some days before today, and only moves forward, so that what a story
leaves behind is of the past when it ends. Nodes a day apart do not listen to each other; all clocks are moved at
once, and then a sync brings everything together again.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from folkmoot.limits import DAY_MS
from folkmoot.record import day_of
from folkmoot_node.clock import SystemClock
from folkmoot_node.testnet.processes import ActRefusedError, NodeProcess, TestnetError
from folkmoot_node.testnet.rogue import Courier

NETWORK = "testnet"
CONNECT_S_MAX = 120.0
SETTLE_S_MAX = 90.0
VERIFY_S_MAX = 120.0
_POLL_S = 0.1
_CLOCK_NOTE = "this machine's clock"


class LocalNetwork:
    """Nodes by the names of their people, and what can be done to all of them.

    Attributes:
        nodes: Everybody's node.
        offset_ms: How far the network's clock is from the machine's.
    """

    def __init__(self, names: Sequence[str], folder: Path, *, starts_days_ago: int = 0) -> None:
        self.folder = folder
        self.nodes = {name: NodeProcess(name, folder, network=NETWORK) for name in names}
        self.offset_ms = -starts_days_ago * DAY_MS
        self._courier: Courier | None = None
        self._alone: set[str] = set()

    @property
    def everybody(self) -> list[NodeProcess]:
        """All nodes, in the order of their names' appearance."""
        return list(self.nodes.values())

    @property
    def _together(self) -> list[NodeProcess]:
        """Nodes that are not cut off."""
        return [node for name, node in self.nodes.items() if name not in self._alone]

    @property
    def now_ms(self) -> int:
        """The time of the network."""
        return SystemClock().now_ms() + self.offset_ms

    @property
    def today(self) -> int:
        """The day of the network."""
        return day_of(self.now_ms)

    def start(self) -> None:
        """Make the identities, start the nodes, set their clocks, and connect each with every other.

        Raises:
            TestnetError: A node does not come up, or does not find the others.
        """
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(NodeProcess.create, self.everybody))
            list(pool.map(lambda node: node.start(flags=["--movable-clock"]), self.everybody))
        self._set_clocks()
        for position, node in enumerate(self.everybody):
            for earlier in self.everybody[:position]:
                node.post("/peers", {"address": earlier.address})
        self._until_connected()

    def stop(self) -> None:
        """Stop whatever runs."""
        self._dismiss_courier()
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(NodeProcess.stop, self.everybody))

    def advance(self, *, days: int = 0, ms: int = 0) -> None:
        """Let time pass for everybody, and wait until all have synced at the new hour.

        Raises:
            TestnetError: They do not come together again.
        """
        self.offset_ms += days * DAY_MS + ms
        self._set_clocks()
        # Whoever is cut off has nobody by whose clock to set their own, and waits for nobody.
        _until("the clocks agree", self._together, _agrees, CONNECT_S_MAX)
        self._until_connected()

    def cut(self, name: str) -> None:
        """Cut one node off from all others."""
        # It is connected to everybody, and would carry what is said across the cut.
        self._dismiss_courier()
        alone = self.nodes[name]
        for other in self.everybody:
            if other is not alone:
                other.post(f"/peers/{alone.peer}/block")
                alone.post(f"/peers/{other.peer}/block")
        self._alone.add(name)

    def heal(self, name: str) -> None:
        """Join a node that was cut off to the others again.

        Raises:
            TestnetError: They do not find each other.
        """
        alone = self.nodes[name]
        others = [node for node in self.everybody if node is not alone]
        for other in others:
            other.post(f"/peers/{alone.peer}/unblock")
            alone.post(f"/peers/{other.peer}/unblock")
        for other in others:
            alone.post("/peers", {"address": other.address})
        self._alone.discard(name)
        self._until_connected()
        alone.post("/sync")

    def courier(self) -> Courier:
        """Return the node by which people who break the rules reach everybody."""
        if self._courier is None:
            addresses = [node.address for node in self.everybody]
            self._courier = Courier(self.folder / "courier", NETWORK, addresses)
        return self._courier

    def same_state(self) -> str:
        """Wait until all nodes derive one state at one moment, and return its hash.

        Raises:
            TestnetError: They never do.
        """
        give_up = time.monotonic() + SETTLE_S_MAX
        while True:
            as_of_ms = self.now_ms
            states = {
                name: str(node.get("/state", as_of_ms=as_of_ms)["state_hash"]) for name, node in self.nodes.items()
            }
            if len(set(states.values())) == 1:
                return next(iter(states.values()))
            if time.monotonic() > give_up:
                raise TestnetError(f"the nodes derive different states: {states}")
            time.sleep(_POLL_S)

    def _dismiss_courier(self) -> None:
        if self._courier is not None:
            self._courier.stop()
            self._courier = None

    def _set_clocks(self) -> None:
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(lambda node: node.put("/clock", {"offset_ms": self.offset_ms}), self.everybody))
            list(pool.map(lambda node: node.post("/sync"), self.everybody))

    def _until_connected(self) -> None:
        wanted = len(self._together) - 1
        _until("all are connected", self._together, lambda node: _connected(node) >= wanted, CONNECT_S_MAX)


@contextmanager
def stopped_in_order() -> Iterator[None]:
    """Take the signal that stops a service as Ctrl-C, so that no node outlives whoever started it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def verify_offline(bundle: Path, fresh: Path) -> str:
    """Verify a file with a data folder that is not there and no network; return the last line of the answer.

    Args:
        bundle: The file.
        fresh: A folder that nobody has used.

    Raises:
        TestnetError: It does not verify.
    """
    words = ["-m", "folkmoot_node.testnet.offline", "--data", str(fresh), "verify", str(bundle)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *words], capture_output=True, text=True, check=False, timeout=VERIFY_S_MAX
    )
    if done.returncode != 0:
        raise TestnetError(f"{bundle.name} does not verify: {done.stdout.strip()} {done.stderr.strip()}")
    return done.stdout.strip().splitlines()[-1].strip()


def _until(what: str, nodes: Sequence[NodeProcess], holds: Callable[[NodeProcess], bool], s_max: float) -> None:
    give_up = time.monotonic() + s_max
    for node in nodes:
        while not holds(node):
            if time.monotonic() > give_up:
                raise TestnetError(f"after {s_max:.0f} s it is not so at {node.name}'s node that {what}")
            time.sleep(_POLL_S)


def _connected(node: NodeProcess) -> int:
    return sum(bool(peer["connected"]) for peer in node.get("/status")["peers"])


def _agrees(node: NodeProcess) -> bool:
    try:
        return not any(note.startswith(_CLOCK_NOTE) for note in node.get("/status")["notes"])
    except ActRefusedError:
        return False

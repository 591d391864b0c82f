"""What a simulated network is like, and what it has to suffer."""

from dataclasses import dataclass, replace
from typing import Literal

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One simulation, but for its seed. Shares and chances are from 0 to 1.

    Attributes:
        nodes: How many nodes there are, hostile ones included.
        records: How many records honest people publish, about.
        days: Over how many days.
        burst: The most things that somebody says when they sit down; they travel together.
        degree: Links of each node, on average.
        loss: Chance that a gossip message does not arrive.
        delay_ms: Median delay of a link.
        duplication: Chance that a message arrives twice.
        reordering: Chance that a message is held up for seconds, so that later ones overtake it.
        partitions: How often the network falls into two parts for some minutes.
        churn: Share of the nodes that are away for a while each day.
        crashes: How many nodes crash and start again.
        lost_disks: How many of them come back with an empty disk.
        skew_ms_max: How far the clocks of honest nodes are from the true time, either way.
        slow: Share of the honest nodes that take seconds over each message.
        hostile: Share of the nodes that mean harm.
        sync_s: Seconds between two syncs that a node starts by itself.
        store: Where nodes keep what they hold: in dictionaries, or in real databases.
    """

    nodes: int = 20
    records: int = 1000
    days: int = 3
    burst: int = 8
    degree: int = 4
    loss: float = 0.0
    delay_ms: int = 50
    duplication: float = 0.0
    reordering: float = 0.0
    partitions: int = 0
    churn: float = 0.0
    crashes: int = 0
    lost_disks: int = 0
    skew_ms_max: int = 0
    slow: float = 0.0
    hostile: float = 0.0
    sync_s: int = 240
    store: Literal["memory", "sqlite"] = "memory"

    def in_rough_weather(self) -> "Options":
        """Return the same network with everything going wrong at once."""
        return replace(
            self,
            loss=max(self.loss, 0.2),
            duplication=max(self.duplication, 0.1),
            reordering=max(self.reordering, 0.1),
            partitions=max(self.partitions, 2),
            churn=max(self.churn, 0.2),
            crashes=max(self.crashes, 3),
            lost_disks=max(self.lost_disks, 1),
            skew_ms_max=max(self.skew_ms_max, 9 * MINUTE_MS),
            slow=max(self.slow, 0.1),
            hostile=max(self.hostile, 0.1),
        )

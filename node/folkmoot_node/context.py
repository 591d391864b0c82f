"""What every part of one node is told alike: its network, its spaces, its clock and its dice."""

from dataclasses import dataclass

from folkmoot_node.clock import Clock, Entropy


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when a node runs.

    Attributes:
        network: Name of the network.
        spaces: The spaces whose records the node keeps and passes on.
        clock: Tells the time.
        entropy: Throws the dice.
    """

    network: str
    spaces: tuple[str, ...]
    clock: Clock
    entropy: Entropy

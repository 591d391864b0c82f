"""The links between simulated nodes: what is sent over them is late, lost, doubled, overtaken, or cut off."""

import hashlib
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from folkmoot_node.simulation.dice import Dice, dice
from folkmoot_node.simulation.options import Options
from folkmoot_node.simulation.timeline import Timeline

_SPREAD = 0.5
"""Standard deviation of the logarithm of a delay."""

_HELD_UP_MS_MAX = 20_000
_SPACING_MS = 1


class Packet(NamedTuple):
    """One gossip message on its way; its id is the hash of its data, as in the real network."""

    topic: str
    data: bytes
    id: bytes


def packet(topic: str, data: bytes) -> Packet:
    """Wrap a gossip message."""
    return Packet(topic, data, hashlib.sha256(data).digest())


class Party(Protocol):
    """Whoever is at an end of links."""

    @property
    def is_up(self) -> bool:
        """Whether it takes part at the moment."""
        ...

    def arrive(self, sender: int, sent: Packet, /) -> Awaitable[None] | None:
        """Take a gossip message."""
        ...


@dataclass(slots=True)
class Traffic:
    """What one node sent and received, in messages and bytes."""

    sent: int = 0
    sent_bytes: int = 0
    received: int = 0
    received_bytes: int = 0
    duplicates: int = 0
    sync_bytes: int = 0
    syncs: int = 0


class Links:
    """Who is linked with whom, and what the links do to what is sent.

    Attributes:
        traffic: By node.
        fates: How many messages were lost, doubled and held up.
    """

    def __init__(self, timeline: Timeline, options: Options, seed: int) -> None:
        self._timeline = timeline
        self._options = options
        self._dice = dice(seed, "links")
        self._parties: dict[int, Party] = {}
        self._neighbours: dict[int, list[int]] = {}
        self._sides: dict[int, int] = {}
        self._refused: set[tuple[int, int]] = set()
        self.traffic: dict[int, Traffic] = {}
        self.fates: Counter[str] = Counter()

    def enter(self, node: int, party: Party) -> None:
        """Put somebody at a node."""
        self._parties[node] = party
        self.traffic.setdefault(node, Traffic())
        self._neighbours.setdefault(node, [])

    def connect(self, one: int, other: int) -> None:
        """Link two nodes, once."""
        if one != other and other not in self._neighbours[one]:
            self._neighbours[one].append(other)
            self._neighbours[other].append(one)

    def neighbours(self, node: int) -> list[int]:
        """Return whom a node is linked with, reachable or not."""
        return self._neighbours[node]

    def divide(self, sides: dict[int, int]) -> None:
        """Let nodes reach only those on the same side; without sides, everybody."""
        self._sides = sides

    def refuse(self, node: int, sender: int) -> None:
        """Let a node take nothing from a sender any more."""
        self._refused.add((node, sender))

    def reaches(self, one: int, other: int) -> bool:
        """Tell whether two nodes can talk now."""
        if (one, other) in self._refused or (other, one) in self._refused:
            return False
        is_apart = bool(self._sides) and self._sides.get(one, 0) != self._sides.get(other, 0)
        return not is_apart and self._parties[one].is_up and self._parties[other].is_up

    def reachable(self, node: int) -> list[int]:
        """Return the linked nodes that a node can talk with now."""
        return [other for other in self._neighbours[node] if self.reaches(node, other)]

    def delay_ms(self) -> int:
        """Throw how long something takes over a link."""
        return int(self._options.delay_ms * self._dice.lognormvariate(0.0, _SPREAD)) + _SPACING_MS

    def send(self, sender: int, receiver: int, sent: Packet) -> None:
        """Send a gossip message; best effort."""
        tally, options, chance = self.traffic[sender], self._options, self._dice.random
        tally.sent += 1
        tally.sent_bytes += len(sent.data)
        if not self.reaches(sender, receiver):
            return
        if options.loss and chance() < options.loss:
            self.fates["lost"] += 1
            return
        delay_ms = self.delay_ms()
        if options.reordering and chance() < options.reordering:
            self.fates["held up"] += 1
            delay_ms += int(chance() * _HELD_UP_MS_MAX)
        self._timeline.after(delay_ms, self._parties[receiver].arrive, sender, sent)
        if options.duplication and chance() < options.duplication:
            self.fates["doubled"] += 1
            self._timeline.after(2 * delay_ms, self._parties[receiver].arrive, sender, sent)

    def flood(self, sender: int, sent: Packet, *, except_to: int = -1) -> None:
        """Send a gossip message to everybody linked but one."""
        for other in self._neighbours[sender]:
            if other != except_to:
                self.send(sender, other, sent)


def weave(links: Links, honest: list[int], hostile: list[int], degree: int, thrown: Dice) -> None:
    """Link nodes: the honest ones hang together without the others, and all else is chance."""
    for place, node in enumerate(honest):
        links.connect(node, honest[(place + 1) % len(honest)])
    everybody = honest + hostile
    wanted = max(len(everybody), len(everybody) * degree // 2)
    chords = max(0, wanted - len(honest))
    for node in hostile:
        for other in thrown.sample(honest, min(len(honest), max(2, degree))):
            links.connect(node, other)
            chords -= 1
    for _chord in range(max(0, chords)):
        links.connect(thrown.choice(everybody), thrown.choice(everybody))

"""What came of a simulation, and whether it is as it must be."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from folkmoot_node.simulation.links import Traffic
from folkmoot_node.simulation.options import Options

_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that is told of one run; the same seed and options give the same, to the last bit.

    Attributes:
        seed: What all chance came from.
        options: What the network was like.
        faults: What is not as it must be; empty when all is well.
        hashes: The state hash of each honest node at the end, in hex.
        converged_ms: Virtual time from the end of all trouble until all honest nodes held the same, or `None`.
        published: Records that honest people published.
        held: Records that are live at the end.
        identities: Identities that are known at the end.
        delays: How long records took from one honest node to another, in ms, with how often.
        traffic: What each honest node sent and received.
        fates: What became of messages and syncs that went wrong.
        refused: How often honest nodes decided by each rule against an item.
        virtual_ms: How much virtual time passed.
        acts: How many things happened.
    """

    seed: int
    options: Options
    faults: Sequence[str]
    hashes: Mapping[int, str]
    converged_ms: int | None
    published: int
    held: int
    identities: int
    delays: Counter[int]
    traffic: Mapping[int, Traffic]
    fates: Mapping[str, int]
    refused: Mapping[str, int]
    virtual_ms: int
    acts: int

    @property
    def is_well(self) -> bool:
        """Whether everything is as it must be."""
        return not self.faults

    def delay_ms(self, percent: int) -> int | None:
        """Return the time within which so many of a hundred arrivals happened, or `None` when there was none."""
        left = -(-self.delays.total() * percent // _PERCENT)
        for delay_ms in sorted(self.delays):
            left -= self.delays[delay_ms]
            if left <= 0:
                return delay_ms
        return None

    def value(self) -> dict[str, Any]:
        """Return all of it as programs read it."""
        return {
            "seed": self.seed,
            "options": asdict(self.options),
            "faults": list(self.faults),
            "hashes": {str(node): text for node, text in self.hashes.items()},
            "converged_ms": self.converged_ms,
            "published": self.published,
            "held": self.held,
            "identities": self.identities,
            "delays": {str(delay_ms): self.delays[delay_ms] for delay_ms in sorted(self.delays)},
            "traffic": {str(node): asdict(item) for node, item in self.traffic.items()},
            "fates": dict(sorted(self.fates.items())),
            "refused": dict(sorted(self.refused.items())),
            "virtual_ms": self.virtual_ms,
            "acts": self.acts,
        }

    @property
    def digest(self) -> str:
        """A digest of all of it: two runs did the same exactly when their digests are equal."""
        return hashlib.sha256(json.dumps(self.value(), sort_keys=True).encode()).hexdigest()

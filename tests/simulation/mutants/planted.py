"""Bugs planted into the product, to show that the simulator finds them; each is a context that mends it again."""

import collections
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

from folkmoot import replica
from folkmoot.chain import Chain
from folkmoot.reconcile import Sketch
from folkmoot.record import Record
from folkmoot.rules import Verdict, judge
from folkmoot_node.simulation.memory_store import Image, MemoryStore

Plant = Callable[[], AbstractContextManager[None]]


@contextmanager
def order_dependent_fold() -> Iterator[None]:
    """Of two records at one address with the same lifetime and time, the one that came first stays."""
    with patch.object(Record, "order", property(lambda record: (record.expires, record.rev, b""))):
        yield


@contextmanager
def beaten_record_returns() -> Iterator[None]:
    """The later record wins even if it expires sooner, so that what it beat outlives it."""
    with patch.object(Record, "order", property(lambda record: (record.rev, 0, record.id))):
        yield


@contextmanager
def quarantine_lost_on_restart() -> Iterator[None]:
    """What waits is not on the disk."""
    image = MemoryStore.image

    def without_waiting(store: MemoryStore) -> Image:
        whole = image(store)
        return Image(whole.operations, whole.records, (), whole.closings)

    with patch.object(MemoryStore, "image", without_waiting):
        yield


@contextmanager
def fingerprint_drift() -> Iterator[None]:
    """Now and then what goes is not taken out of what nodes are compared by."""
    remove = Sketch.remove
    removals: collections.Counter[str] = collections.Counter()

    def forgetful(sketch: Sketch, item: bytes) -> None:
        removals["all"] += 1
        if removals["all"] % 40:
            remove(sketch, item)

    with patch.object(Sketch, "remove", forgetful):
        yield


@contextmanager
def verdict_cached() -> Iterator[None]:
    """What a node said of a record once it says of it again, whatever operations have come since."""
    look = replica._Absorption._judge
    said: dict[tuple[int, bytes], Verdict] = {}
    looking: list[int] = [0]

    def at_node(absorption: replica._Absorption, record: Record) -> Verdict:
        looking[0] = id(absorption._view)
        return look(absorption, record)

    def from_memory(record: Record, chain: Chain | None, *, now_ms: int, network: str) -> Verdict:
        key = (looking[0], record.id)
        if key not in said:
            said[key] = judge(record, chain, now_ms=now_ms, network=network)
        return said[key]

    with patch.object(replica, "judge", from_memory), patch.object(replica._Absorption, "_judge", at_node):
        yield


PLANTED: dict[str, Plant] = {
    "order-dependent-fold": order_dependent_fold,
    "beaten-record-returns": beaten_record_returns,
    "quarantine-lost-on-restart": quarantine_lost_on_restart,
    "fingerprint-drift": fingerprint_drift,
    "verdict-cached": verdict_cached,
}

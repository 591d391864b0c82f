"""What is said in the cases of the suite `sync`, and who says it."""

from collections.abc import Iterable, Sequence

from support.keys import NETWORK
from vectors.craft import DAY, NOON_MS, Case, raw
from vectors.talks import item

from folkmoot.reconcile import Sketch

MANY = [item(number) for number in range(100)]
"""So many that a few differences are told in cells."""

FEW = [item(number) for number in range(6)]
OTHERS = [item(f"other {number}") for number in range(3)]
SEED, PEER_SEED = bytes(range(16)), bytes(range(16, 32))
NONCE = bytes(range(32, 48))


def hello(**changes: object) -> bytes:
    """Return a hello, with changes to its fields."""
    fields: dict[str, object] = {
        "name": "hello",
        "network": NETWORK,
        "major": 1,
        "edition": 1,
        "now": NOON_MS,
        "spaces": ["commons"],
        "hosting": 0,
    }
    assert changes.keys() <= fields.keys()
    return raw(list({**fields, **changes}.values()))


def summary(items: Sequence[bytes], day: int = DAY) -> bytes:
    """Return the summary of some items."""
    sketch = Sketch(items)
    return raw(["summary", day, sketch.size, sketch.fingerprint(), sketch.estimator()])


def cells(items: Sequence[bytes], start: int, count: int, end: int) -> bytes:
    """Return some symbols of items, without a key."""
    sketch = Sketch(items)
    return raw(["cells", b"", sketch.fingerprint(), start, end, sketch.symbols(start, count)])


EQUAL, WANTED, SENT = raw(["equal"]), raw(["wanted"]), raw(["sent"])
DONE, AGAIN = raw(["done", False]), raw(["done", True])
LIST_OF_NONE = raw(["list", NONCE, 0, b""])


def side_of(
    items: Iterable[bytes],
    *,
    opens: bool,
    seed: bytes = SEED,
    identities: Sequence[bytes] = (),
    declines: Sequence[bytes] = (),
) -> Case:
    """Return the fields of a case that say what the side is."""
    held = [one.hex() for one in items]
    return {
        "own": {"network": NETWORK, "edition": 1, "spaces": ["commons"], "now": str(NOON_MS), "hosting": 0},
        "opens": opens,
        "seed": seed.hex(),
        "items": held,
        "first_symbols": 24 if len(held) > len(FEW) else 0,
        "declines_identities": [one.hex() for one in identities],
        "declines_items": [one.hex() for one in declines],
    }

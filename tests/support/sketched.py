"""What the sketches of a store have to be, worked out anew from every wire that is held."""

from collections.abc import Sequence

from support.keys import NETWORK
from support.shelf import Shelf

from folkmoot.identity import read_stored_operation
from folkmoot.limits import ITEM_BYTES
from folkmoot.reconcile import Sketch
from folkmoot.record import Address, Record, read_stored
from folkmoot_node.store import Scope

SPACES = ("commons", "design.fr")


def scope_of(as_of: int, *, spaces: Sequence[str] = SPACES) -> Scope:
    """Return the scope of everything in some spaces on a day."""
    return Scope(spaces=tuple(spaces), as_of=as_of)


def expected(shelf: Shelf, scope: Scope) -> list[bytes]:
    """Return the items that count in a scope, by the rules of the protocol."""
    connection = shelf.store._writing._connection
    operations = [
        read_stored_operation(wire, network=NETWORK)
        for (wire,) in connection.execute("SELECT wire FROM operations")
    ]
    winners: dict[Address, Record] = {}
    for (wire,) in connection.execute("SELECT wire FROM records"):
        record = read_stored(wire, network=NETWORK)
        if record.address not in winners or winners[record.address].order < record.order:
            winners[record.address] = record
    live = [item for item in winners.values() if item.space in scope.spaces and item.expires > scope.as_of]
    counting: list[bytes] = [item.id for item in operations if scope.counts(item.id, item.identity)]
    counting += [item.id for item in live if scope.counts(item.id, item.author)]
    return sorted(item_id[:ITEM_BYTES] for item_id in counting)


def assert_same(found: Sketch, items: Sequence[bytes]) -> None:
    """Check that a sketch is that of some items, in all that it can say."""
    made = Sketch(items)
    assert found.size == len(items)
    assert found.fingerprint() == made.fingerprint()
    assert found.estimator() == made.estimator()
    assert found.symbols(0, 512) == made.symbols(0, 512)
    assert found.to_bytes() == made.to_bytes()


async def check(shelf: Shelf, scope: Scope) -> None:
    """Check what a store says of a scope, with and without its items."""
    items = expected(shelf, scope)
    assert_same((await shelf.store.snapshot(scope)).sketch, items)
    listed = await shelf.store.snapshot(scope, with_items=True)
    assert listed.items == tuple(items)
    assert_same(listed.sketch, items)

"""What a sync brings goes to the disk in few transactions, each identity whole, and nothing of it is forgotten."""

from collections.abc import AsyncIterator

import pytest
from support.keys import NETWORK, person
from support.shelf import Shelf, opened
from support.sketched import scope_of
from support.world import TODAY, Place, post

from folkmoot.bundle import pack_wires
from folkmoot.ids import IdentityId
from folkmoot.limits import ITEM_BYTES
from folkmoot.record import Record
from folkmoot_node.acquaintances import Acquaintance
from folkmoot_node.taking import Taking

ALICE, BOB = person("alice"), person("bob")
POSTS = [post(ALICE, f"post {number}", Place(number)) for number in range(6)]
SCOPE = scope_of(TODAY, spaces=("commons",))


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    async with opened(None) as shelf:
        yield shelf


def taking(shelf: Shelf, peer: Acquaintance | None = None) -> Taking:
    return Taking(shelf.store, shelf.ingest, "peer", peer or Acquaintance())


def bundle(*records: Record, operations: tuple[bytes, ...] = ()) -> bytes:
    return pack_wires(operations, [record.wire for record in records], network=NETWORK)


async def test_bundles_that_came_together_are_one_transaction(shelf: Shelf) -> None:
    news, takes = shelf.ingest.subscribe(), taking(shelf)
    first = bundle(*POSTS[:2], operations=(ALICE.genesis.wire,))
    await takes.bundles(map(takes.unpacked, [first, bundle(*POSTS[2:4]), bundle(*POSTS[4:])]), SCOPE)
    assert {entry.id for entry in (await news.next()).put} == {record.id for record in POSTS}


async def test_operations_begin_a_transaction_so_that_an_identity_is_never_divided(shelf: Shelf) -> None:
    news, takes = shelf.ingest.subscribe(), taking(shelf)
    theirs = post(BOB)
    some = bundle(*POSTS[:2], operations=(ALICE.genesis.wire,))
    others = bundle(theirs, operations=(BOB.genesis.wire,))
    await takes.bundles(map(takes.unpacked, [some, bundle(POSTS[2]), others]), SCOPE)
    first, second = await news.next(), await news.next()
    assert (set(first.identities), len(first.put)) == ({ALICE.id}, 3)
    assert (set(second.identities), [entry.id for entry in second.put]) == ({BOB.id}, [theirs.id])


async def test_what_a_peer_sends_is_no_longer_remembered_as_declined(shelf: Shelf) -> None:
    peer = Acquaintance()
    peer.declined_items(TODAY)
    peer.declined([IdentityId(ALICE.id)], [POSTS[0].id[:ITEM_BYTES], POSTS[5].id[:ITEM_BYTES]])
    assert not peer.holds_all
    takes = taking(shelf, peer)
    await takes.bundle(bundle(POSTS[0], operations=(ALICE.genesis.wire,)), SCOPE)
    assert peer.not_hosted == frozenset()
    assert peer.declined_items(TODAY) == {POSTS[5].id[:ITEM_BYTES]}


async def test_what_is_not_held_afterwards_is_declined(shelf: Shelf) -> None:
    takes = taking(shelf)
    damaged = POSTS[1].wire[:-1] + bytes([POSTS[1].wire[-1] ^ 1])
    await takes.bundle(bundle(POSTS[0], operations=(ALICE.genesis.wire,)), SCOPE)
    await takes.bundle(pack_wires([], [damaged], network=NETWORK), SCOPE)
    assert await takes.settled(SCOPE) == ([], [POSTS[1].id[:ITEM_BYTES]])
    assert await takes.settled(SCOPE) == ([], [])

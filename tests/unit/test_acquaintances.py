"""What is remembered of peers between syncs, and for how long."""

import pytest
import trio
import trio.testing

from folkmoot.ids import IdentityId
from folkmoot_node.acquaintances import (
    IDENTITIES_MAX,
    ITEMS_MAX,
    PEERS_MAX,
    WORK_REFILL_S,
    WORK_S_MAX,
    Acquaintance,
    Acquaintances,
)
from folkmoot_node.errors import PeerError

SOMEBODY, SOMEBODY_ELSE = IdentityId(b"s" * 32), IdentityId(b"e" * 32)
ITEM = b"i" * 16
DAY = 20_000


def known() -> Acquaintance:
    """Return a peer that has declined something."""
    peer = Acquaintance()
    peer.hosts(5)
    peer.declined_items(DAY)
    peer.declined([SOMEBODY, SOMEBODY_ELSE], [ITEM, b"j" * 16])
    return peer


def test_what_was_declined_is_remembered_until_it_comes_from_the_peer() -> None:
    peer = known()
    assert peer.not_hosted == {SOMEBODY, SOMEBODY_ELSE}
    peer.sends([SOMEBODY, IdentityId(b"?" * 32)], [ITEM, b"?" * 16])
    assert peer.not_hosted == {SOMEBODY_ELSE}
    assert peer.declined_items(DAY) == {b"j" * 16}


def test_identities_are_remembered_as_long_as_the_peer_hosts_the_same() -> None:
    peer = known()
    assert peer.hosts(5)
    assert peer.not_hosted
    assert not peer.hosts(6)
    assert peer.not_hosted == frozenset()
    assert peer.hosts(7), "nothing that it would take now is left out"


def test_items_are_remembered_for_the_day() -> None:
    peer = known()
    assert peer.declined_items(DAY)
    assert peer.declined_items(DAY + 1) == frozenset()
    assert peer.not_hosted, "those do not depend on the day"


def test_of_too_much_the_first_is_forgotten() -> None:
    peer = Acquaintance()
    peer.declined_items(DAY)
    peer.declined(
        [number.to_bytes(32) for number in range(IDENTITIES_MAX + 1)],
        [number.to_bytes(16) for number in range(ITEMS_MAX + 2)],
    )
    assert len(peer.not_hosted) == IDENTITIES_MAX
    assert bytes(32) not in peer.not_hosted
    assert len(peer.declined_items(DAY)) == ITEMS_MAX
    assert (1).to_bytes(16) not in peer.declined_items(DAY)


def test_who_was_not_met_for_longest_is_forgotten() -> None:
    peers = Acquaintances()
    first, second = peers.of("first"), peers.of("second")
    for number in range(PEERS_MAX - 2):
        peers.of(f"{number}")
    assert peers.of("first") is first
    peers.of("one more")
    assert peers.of("first") is first
    assert peers.of("second") is not second


async def test_work_is_shared_out_and_the_share_fills_up(autojump_clock: trio.testing.MockClock) -> None:
    peer = Acquaintance()
    peer.worked(WORK_S_MAX)
    with pytest.raises(PeerError):
        peer.require_work("peer")
    await trio.sleep(WORK_REFILL_S / 2)
    peer.require_work("peer")
    peer.worked(WORK_S_MAX / 2)
    with pytest.raises(PeerError):
        peer.require_work("peer")
    await trio.sleep(10 * WORK_REFILL_S)
    peer.worked(WORK_S_MAX - 1)
    peer.require_work("peer")

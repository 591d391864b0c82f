"""The address book: whom to dial first, and whom to forget."""

from pathlib import Path

import pytest
from support.shelf import opened
from support.world import NOW_MS

from folkmoot_node.store import PeerEntry, addressbook


async def test_peers_are_remembered_across_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as shelf:
        await shelf.store.peer_seen("p", "/ip4/10.0.0.1/tcp/1")
        await shelf.store.peer_seen("p", "/ip4/10.0.0.2/tcp/1")
    async with opened(tmp_path) as shelf:
        assert await shelf.store.peers() == [PeerEntry("p", "/ip4/10.0.0.2/tcp/1", NOW_MS, 0)]


async def test_peers_that_answer_come_before_peers_that_fail() -> None:
    async with opened(None) as shelf:
        for name in ("fails", "long ago", "just now"):
            shelf.clock.at_ms += 1000
            await shelf.store.peer_seen(name, "/somewhere")
        await shelf.store.peer_failed("fails")
        await shelf.store.peer_failed("nobody")
        assert [entry.peer for entry in await shelf.store.peers()] == ["just now", "long ago", "fails"]
        assert [entry.peer for entry in await shelf.store.peers(limit=1)] == ["just now"]
        await shelf.store.peer_seen("fails", "/somewhere")
        assert [entry.failures for entry in await shelf.store.peers()] == [0, 0, 0]


async def test_a_peer_can_be_forgotten() -> None:
    async with opened(None) as shelf:
        await shelf.store.peer_seen("p", "/somewhere")
        await shelf.store.forget_peer("p")
        assert await shelf.store.peers() == []


async def test_of_too_many_peers_the_least_useful_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addressbook, "PEERS_MAX", 2)
    async with opened(None) as shelf:
        await shelf.store.peer_seen("fails", "/somewhere")
        await shelf.store.peer_failed("fails")
        await shelf.store.peer_seen("a", "/somewhere")
        await shelf.store.peer_seen("b", "/somewhere")
        assert [entry.peer for entry in await shelf.store.peers()] == ["a", "b"]

"""Where peers were last reached, so that a node finds its network again after a restart."""

import sqlite3
from dataclasses import dataclass

PEERS_MAX = 1000
"""Peers remembered; of more, those that failed most and were seen longest ago are forgotten."""

_SEEN = """
INSERT INTO peers VALUES (:peer, :address, :now, 0)
ON CONFLICT (peer) DO UPDATE SET address = :address, seen_ms = max(seen_ms, :now), failures = 0"""
_TRIM = """
DELETE FROM peers WHERE peer IN (
  SELECT peer FROM peers ORDER BY failures, seen_ms DESC, peer LIMIT -1 OFFSET ?
)"""


@dataclass(frozen=True, slots=True)
class PeerEntry:
    """One peer in the address book.

    Attributes:
        peer: Its name in the transport.
        address: Where it was reached last.
        seen_ms: When.
        failures: How often it could not be reached since.
    """

    peer: str
    address: str
    seen_ms: int
    failures: int


def peer_seen(connection: sqlite3.Connection, peer: str, address: str, *, now_ms: int) -> None:
    """Remember where a peer was reached."""
    connection.execute(_SEEN, {"peer": peer, "address": address, "now": now_ms})
    connection.execute(_TRIM, (PEERS_MAX,))


def peer_failed(connection: sqlite3.Connection, peer: str) -> None:
    """Remember that a peer could not be reached."""
    connection.execute("UPDATE peers SET failures = failures + 1 WHERE peer = ?", (peer,))


def forget_peer(connection: sqlite3.Connection, peer: str) -> None:
    """Forget a peer."""
    connection.execute("DELETE FROM peers WHERE peer = ?", (peer,))


def peers(connection: sqlite3.Connection, *, limit: int) -> list[PeerEntry]:
    """Return the peers most worth dialling, best first."""
    rows = connection.execute(
        "SELECT peer, address, seen_ms, failures FROM peers ORDER BY failures, seen_ms DESC, peer LIMIT ?", (limit,)
    )
    return [PeerEntry(*row) for row in rows]

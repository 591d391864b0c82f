"""Every bound of the libp2p adapter, in one frozen value, so that a test can shrink the slow ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of this node strangers may use. The defaults suit a small server.

    The bounds relate: a connection can hold `streams_max` streams of one window each, but never more than
    `buffered_bytes_max` of unread bytes in all; a peer may have `connections_per_peer_max` of those and one
    network address `connections_per_address_max`.
    """

    connections_max: int = 256
    connections_per_peer_max: int = 3
    connections_per_address_max: int = 64
    handshakes_per_address_max: int = 16
    handshake_s: float = 10.0
    dial_s: float = 10.0
    negotiation_s: float = 10.0

    streams_max: int = 64
    streams_opened_burst_max: int = 128
    streams_opened_per_s: float = 16.0
    buffered_bytes_max: int = 2 * 1024 * 1024
    write_stall_s: float = 20.0
    keep_alive_s: float = 15.0
    keep_alive_answer_s: float = 10.0
    half_closed_s: float = 30.0

    events_max: int = 256
    tickets_max: int = 512
    ticket_s: float = 60.0
    rejected_per_peer_max: int = 32
    seen_max: int = 65_536
    seen_s: float = 300.0
    outbox_max: int = 1024
    publish_wait_s: float = 2.0

"""Multiaddrs: the only module that imports their untyped library."""

from dataclasses import dataclass

from libp2p.peer.id import ID
from libp2p.transport.exceptions import OpenConnectionError
from multiaddr import Multiaddr  # type: ignore[import-untyped]
from multiaddr.exceptions import Error as MultiaddrError  # type: ignore[import-untyped]

from folkmoot_node.errors import ConfigError, PeerError

_HOSTS = ("ip4", "ip6", "dns", "dns4", "dns6")
_ADVICE = "Use /ip4/127.0.0.1/tcp/0, with /ws at the end for a WebSocket."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a multiaddr says of where to connect to, and how."""

    host: str
    port: int
    is_websocket: bool


def listening_address(address: str) -> Multiaddr:
    """Read an address to listen on.

    Raises:
        ConfigError: It is not a TCP multiaddr, nor one of a WebSocket.
    """
    try:
        maddr = Multiaddr(address)
        endpoint_of(maddr)
    except (MultiaddrError, OpenConnectionError, ValueError) as error:
        raise ConfigError(f"not an address to listen on: {address}", advice=_ADVICE) from error
    return maddr


def dialling_address(address: str) -> tuple[Multiaddr, ID]:
    """Read an address to dial, which must name the peer: without its name nobody could tell who answers.

    Raises:
        PeerError: It is not the multiaddr of a TCP port or a WebSocket, with a peer id.
    """
    try:
        maddr = Multiaddr(address)
        endpoint_of(maddr)
        name = str(maddr.value_for_protocol("p2p"))
    except (MultiaddrError, OpenConnectionError, ValueError) as error:
        raise PeerError(
            address, "is not of the form /ip4/…/tcp/…/p2p/<peer id>, with /ws before /p2p for a WebSocket"
        ) from error
    return maddr, peer_id_of(name)


def peer_id_of(name: str) -> ID:
    """Read a peer id.

    Raises:
        PeerError: It is none.
    """
    try:
        return ID.from_string(name)
    except ValueError as error:
        raise PeerError(name, "is not a peer id") from error


def address_of(endpoint: Endpoint) -> Multiaddr:
    """Return the multiaddr of an endpoint whose host is an IP address."""
    family = "ip6" if ":" in endpoint.host else "ip4"
    return Multiaddr(f"/{family}/{endpoint.host}/tcp/{endpoint.port}{'/ws' if endpoint.is_websocket else ''}")


def endpoint_of(maddr: Multiaddr) -> Endpoint:
    """Take a multiaddr of a TCP port or of a WebSocket apart.

    Raises:
        OpenConnectionError: It is not one.
    """
    host, *rest = [protocol.name for protocol in maddr.protocols()] or [""]
    if rest[-1:] == ["p2p"]:
        rest.pop()
    if host not in _HOSTS or rest not in (["tcp"], ["tcp", "ws"]):
        raise OpenConnectionError(f"neither a TCP address nor one of a WebSocket: {maddr}")
    try:
        return Endpoint(str(maddr.value_for_protocol(host)), int(maddr.value_for_protocol("tcp")), "ws" in rest)
    except (MultiaddrError, TypeError, ValueError) as error:
        raise OpenConnectionError(f"not an address: {maddr}") from error


__all__ = [
    "Endpoint", "Multiaddr", "address_of", "dialling_address", "endpoint_of", "listening_address", "peer_id_of",
]  # fmt: skip

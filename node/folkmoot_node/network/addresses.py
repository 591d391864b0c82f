"""Multiaddrs: the only module that imports their untyped library."""

from libp2p.peer.id import ID
from libp2p.transport.exceptions import OpenConnectionError
from multiaddr import Multiaddr  # type: ignore[import-untyped]
from multiaddr.exceptions import Error as MultiaddrError  # type: ignore[import-untyped]

from folkmoot_node.errors import ConfigError, PeerError

_HOSTS = ("ip4", "ip6", "dns", "dns4", "dns6")


def listening_address(address: str) -> Multiaddr:
    """Read an address to listen on.

    Raises:
        ConfigError: It is not a TCP multiaddr.
    """
    try:
        maddr = Multiaddr(address)
        host_and_port(maddr)
    except (MultiaddrError, OpenConnectionError, ValueError) as error:
        raise ConfigError(f"not an address to listen on: {address}", advice="Use /ip4/127.0.0.1/tcp/0.") from error
    return maddr


def dialling_address(address: str) -> tuple[Multiaddr, ID]:
    """Read an address to dial, which must name the peer: without its name nobody could tell who answers.

    Raises:
        PeerError: It is not a TCP multiaddr with a peer id.
    """
    try:
        maddr = Multiaddr(address)
        host_and_port(maddr)
        name = str(maddr.value_for_protocol("p2p"))
    except (MultiaddrError, OpenConnectionError, ValueError) as error:
        raise PeerError(address, "is not of the form /ip4/…/tcp/…/p2p/<peer id>") from error
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


def tcp_address(host: str, port: int) -> Multiaddr:
    """Return the multiaddr of an IP address and a TCP port."""
    return Multiaddr(f"/{'ip6' if ':' in host else 'ip4'}/{host}/tcp/{port}")


def host_and_port(maddr: Multiaddr) -> tuple[str, int]:
    """Take a TCP multiaddr apart.

    Raises:
        OpenConnectionError: It is not one.
    """
    names = [protocol.name for protocol in maddr.protocols()]
    if names[:1] not in [[host] for host in _HOSTS] or names[1:] not in (["tcp"], ["tcp", "p2p"]):
        raise OpenConnectionError(f"not a TCP address: {maddr}")
    try:
        return str(maddr.value_for_protocol(names[0])), int(maddr.value_for_protocol("tcp"))
    except (MultiaddrError, TypeError, ValueError) as error:
        raise OpenConnectionError(f"not a TCP address: {maddr}") from error


__all__ = [
    "Multiaddr", "dialling_address", "host_and_port", "listening_address", "peer_id_of", "tcp_address",
]  # fmt: skip

"""TCP for libp2p: exact buffered reads of bounded size, and a listener that lives in our own nursery.

The library's listener runs as a system task of trio, so it outlives whoever started it, and shares its port with
any other process of the same user. Its reads ask the socket twice for every Noise message and give up on a
message that arrives in more than a hundred pieces.
"""

from collections.abc import Sequence

import trio
from libp2p.abc import IListener, IRawConnection
from libp2p.io.abc import ReadWriteCloser
from libp2p.io.exceptions import ConnectionClosedError
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.transport.exceptions import OpenConnectionError
from libp2p.transport.tcp.tcp import TCP

from folkmoot_node.network.addresses import Multiaddr, host_and_port, tcp_address

READ_BYTES_MAX = 128 * 1024
"""Twice the greatest Noise message: nobody has a reason to announce more at this level."""

_CHUNK_BYTES = 64 * 1024


class TcpStream(ReadWriteCloser):
    """A TCP connection as libp2p wants it, with reads that return exactly what was asked for."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self._unread = bytearray()
        self._remote = _remote(stream)

    async def read(self, n: int | None = None) -> bytes:
        """Read exactly `n` bytes.

        Raises:
            ConnectionClosedError: The connection ended before, or `n` is more than anyone may ask for.
        """
        size = 1 if n is None or n < 0 else n
        if size > READ_BYTES_MAX:
            raise ConnectionClosedError("an absurd length was announced", transport="tcp")
        while len(self._unread) < size:
            try:
                chunk = await self._stream.receive_some(_CHUNK_BYTES)
            except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
                raise ConnectionClosedError("the connection broke", transport="tcp") from error
            if not chunk:
                raise ConnectionClosedError("the connection ended", transport="tcp")
            self._unread += chunk
        taken = len(self._unread) if n is None or n < 0 else n
        data = bytes(self._unread[:taken])
        del self._unread[:taken]
        return data

    async def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            ConnectionClosedError: The connection is gone.
        """
        try:
            await self._stream.send_all(data)
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise ConnectionClosedError("the connection broke", transport="tcp") from error

    async def close(self) -> None:
        """Close the socket."""
        await self._stream.aclose()

    def get_remote_address(self) -> tuple[str, int] | None:
        """Return the IP address and port of the other end."""
        return self._remote


def _remote(stream: trio.SocketStream) -> tuple[str, int] | None:
    try:
        host, port, *_ = stream.socket.getpeername()
    except OSError:
        return None  # it is gone already; the first read will say so
    return str(host), int(port)


class Tcp(TCP):
    """Dials TCP addresses."""

    async def dial(self, maddr: Multiaddr) -> IRawConnection:
        """Open a connection.

        Raises:
            OpenConnectionError: Nobody answers, or it is not a TCP address.
        """
        host, port = host_and_port(maddr)
        try:
            stream = await trio.open_tcp_stream(host, port)
        except OSError as error:
            raise OpenConnectionError(f"nobody answers at {maddr}") from error
        return RawConnection(TcpStream(stream), True)


class Listener(IListener):
    """The bound sockets of one listening address, for whoever asks the host for its addresses."""

    def __init__(self, sockets: Sequence[trio.SocketListener]) -> None:
        self.sockets = list(sockets)
        self._addresses = tuple(tcp_address(*listener.socket.getsockname()[:2]) for listener in sockets)

    @classmethod
    async def bind(cls, maddr: Multiaddr) -> "Listener":
        """Bind one address.

        Raises:
            OpenConnectionError: It is not a TCP address, or it is taken.
        """
        host, port = host_and_port(maddr)
        try:
            return cls(await trio.open_tcp_listeners(port, host=host))
        except OSError as error:
            raise OpenConnectionError(f"cannot listen on {maddr}: {error.strerror}") from error

    async def listen(self, maddr: Multiaddr) -> None:  # noqa: ARG002
        """Do nothing: the sockets listen from `bind` on."""
        await trio.lowlevel.checkpoint()

    def get_addrs(self) -> tuple[Multiaddr, ...]:
        """Return the addresses with the ports the system chose."""
        return self._addresses

    async def close(self) -> None:
        """Close the sockets."""
        for listener in self.sockets:
            await listener.aclose()

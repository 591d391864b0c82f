"""TCP for libp2p, plain or under a WebSocket: exact reads of bounded size, and a listener in our own nursery.

The library's listener runs as a system task of trio, so it outlives whoever started it, and shares its port with
any other process of the same user. Its reads ask the socket twice for every Noise message and give up on a
message that arrives in more than a hundred pieces.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

import trio
from libp2p.abc import IListener, IRawConnection
from libp2p.io.abc import ReadWriteCloser
from libp2p.io.exceptions import ConnectionClosedError
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.transport.exceptions import OpenConnectionError
from libp2p.transport.tcp.tcp import TCP

from folkmoot_node.network.addresses import Endpoint, Multiaddr, address_of, endpoint_of
from folkmoot_node.network.websocket import answer_upgrade, ask_upgrade

READ_BYTES_MAX = 128 * 1024
"""Twice the greatest Noise message: nobody has a reason to announce more at this level."""

_CHUNK_BYTES = 64 * 1024

Welcome = Callable[[trio.SocketStream], Awaitable[trio.abc.Stream]]
"""What makes the stream of bytes out of a caller's connection, however long the caller takes over it."""


class ExactStream(ReadWriteCloser):
    """A connection as libp2p wants it, with reads that return exactly what was asked for."""

    def __init__(self, stream: trio.abc.Stream, remote: tuple[str, int] | None) -> None:
        self._stream = stream
        self._unread = bytearray()
        self._remote = remote

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


def remote_of(stream: trio.SocketStream) -> tuple[str, int] | None:
    """Return the IP address and port of the other end, unless it is gone already; the first read will say so."""
    try:
        host, port, *_ = stream.socket.getpeername()
    except OSError:
        return None
    return str(host), int(port)


class Tcp(TCP):
    """Dials TCP addresses and WebSockets."""

    def can_dial(self, maddr: Multiaddr) -> bool:
        """Tell whether `dial` knows this form of address."""
        try:
            endpoint_of(maddr)
        except OpenConnectionError:
            return False
        return True

    async def dial(self, maddr: Multiaddr) -> IRawConnection:
        """Open a connection.

        Raises:
            OpenConnectionError: Nobody answers, or not with a WebSocket, or the address has another form.
        """
        endpoint = endpoint_of(maddr)
        async with AsyncExitStack() as opened:
            try:
                socket = await trio.open_tcp_stream(endpoint.host, endpoint.port)
                opened.push_async_callback(trio.aclose_forcefully, socket)
                stream = await ask_upgrade(socket, endpoint) if endpoint.is_websocket else socket
            except (OSError, trio.BrokenResourceError) as error:
                raise OpenConnectionError(f"nobody answers at {maddr}") from error
            opened.pop_all()
        remote = remote_of(socket)
        there = [] if remote is None else [address_of(replace(endpoint, host=remote[0]))]
        return RawConnection(ExactStream(stream, remote), True, addresses=there)


class Listener(IListener):
    """The bound sockets of one listening address, for whoever asks the host for its addresses."""

    def __init__(self, sockets: Sequence[trio.SocketListener], *, is_websocket: bool) -> None:
        self.sockets = list(sockets)
        self.welcome: Welcome = answer_upgrade if is_websocket else _as_it_is
        bound = [listener.socket.getsockname()[:2] for listener in sockets]
        self._addresses = tuple(address_of(Endpoint(host, port, is_websocket)) for host, port in bound)

    @classmethod
    async def bind(cls, maddr: Multiaddr) -> "Listener":
        """Bind one address.

        Raises:
            OpenConnectionError: It has another form, or it is taken.
        """
        endpoint = endpoint_of(maddr)
        try:
            sockets = await trio.open_tcp_listeners(endpoint.port, host=endpoint.host)
        except OSError as error:
            raise OpenConnectionError(f"cannot listen on {maddr}: {error.strerror}") from error
        return cls(sockets, is_websocket=endpoint.is_websocket)

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


async def _as_it_is(stream: trio.SocketStream) -> trio.abc.Stream:
    await trio.lowlevel.checkpoint()
    return stream

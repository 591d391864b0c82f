"""WebSocket for libp2p, for browsers have nothing else to dial with: bytes in binary messages on a TCP connection.

Theory of operation: the bounds come from never holding anything. What arrives in a message is passed on as it
comes, however long the message says it is, and Noise and yamux bound the bytes as they do on plain TCP. A request
to upgrade has the 16 KiB that the HTTP parser allows. Compression is not agreed to, so nothing grows on arrival.
Pings are answered with the next thing that is written, or at once if nothing is. A text message, a broken frame, or
a run of frames with nothing in them ends the connection.
"""

import trio
from libp2p.transport.exceptions import OpenConnectionError
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from folkmoot_node.network.addresses import Endpoint

EMPTY_FRAMES_MAX = 256
"""Frames without data in a row: more than any honest peer sends between two that carry some."""

_PIECE_BYTES = (
    16 * 1024
)  # a piece full of tiny frames takes some milliseconds, and others have their turn between two
_GOODBYE_S = 1.0
_GONE = (trio.BrokenResourceError, trio.ClosedResourceError, LocalProtocolError)


class WebSocket(trio.abc.Stream):
    """The bytes of an upgraded connection, whichever messages they are cut into."""

    def __init__(self, stream: trio.abc.Stream, frames: WSConnection) -> None:
        self._stream = stream
        self._frames = frames
        self._sending = trio.Lock()
        self._unread = bytearray()
        self._pong = b""
        self._empty_frames = 0
        self._is_over = False
        self._goodbye: int = CloseReason.NORMAL_CLOSURE

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Wait for bytes; none when the connection is over, in good order or not.

        Raises:
            trio.BrokenResourceError: The connection broke.
            trio.ClosedResourceError: This side has closed it.
        """
        self._take_frames()  # some may have come together with the answer to the upgrade
        while not self._unread and not self._is_over:
            wire = await self._stream.receive_some(_PIECE_BYTES)
            if not wire:
                break
            self._frames.receive_data(bytes(wire))
            self._take_frames()
            if self._pong and not self._sending.locked():
                await self._send(b"")
        data = bytes(self._unread[:max_bytes])
        del self._unread[:max_bytes]
        return data

    def _take_frames(self) -> None:
        for event in self._frames.events():
            if isinstance(event, BytesMessage) and event.data:
                self._unread += event.data
                self._empty_frames = 0
            else:
                self._take_other(event)
            if self._is_over:
                return

    def _take_other(self, event: Event) -> None:
        self._empty_frames += 1
        if isinstance(event, CloseConnection):
            self._end(event.code)
        elif isinstance(event, TextMessage):
            self._end(CloseReason.UNSUPPORTED_DATA)
        elif self._empty_frames > EMPTY_FRAMES_MAX:
            self._end(CloseReason.POLICY_VIOLATION)
        elif isinstance(event, Ping) and self._frames.state is ConnectionState.OPEN:
            self._pong = self._frames.send(event.response())  # RFC 6455, 5.5.3: the latest ping is enough

    def _end(self, reason: int) -> None:
        self._is_over, self._goodbye = True, reason

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes as one message.

        Raises:
            trio.BrokenResourceError: The connection broke, or the peer has closed it.
            trio.ClosedResourceError: This side has closed it.
        """
        try:
            await self._send(self._frames.send(BytesMessage(data=bytes(data))))
        except LocalProtocolError as error:
            raise trio.BrokenResourceError("the peer has closed the connection") from error

    async def _send(self, wire: bytes) -> None:
        async with self._sending:
            await self._stream.send_all(wire)
            while self._pong:
                pong, self._pong = self._pong, b""
                await self._stream.send_all(pong)

    async def wait_send_all_might_not_block(self) -> None:
        """Wait until sending may be possible.

        Raises:
            trio.BrokenResourceError: The connection broke.
        """
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        """Say goodbye if that is possible at once, and close."""
        try:
            with trio.move_on_after(_GOODBYE_S):
                if not self._sending.locked():
                    self._pong = b""
                    await self._send(self._frames.send(CloseConnection(code=self._goodbye)))
        except _GONE:
            return  # nobody is left to say goodbye to
        finally:
            await self._stream.aclose()


async def answer_upgrade(stream: trio.abc.Stream) -> WebSocket:
    """Wait for a client's upgrade request and accept it, whatever path and origin it names.

    Neither means anything here: who is there, the Noise handshake shows, and a web page is a stranger like any.

    Raises:
        OpenConnectionError: Something else came, or nothing more.
        trio.BrokenResourceError: The connection broke.
    """
    frames = WSConnection(ConnectionType.SERVER)
    if not isinstance(await _first_event(stream, frames), Request):
        raise OpenConnectionError("not a request to upgrade")
    await stream.send_all(frames.send(AcceptConnection()))
    return WebSocket(stream, frames)


async def ask_upgrade(stream: trio.abc.Stream, endpoint: Endpoint) -> WebSocket:
    """Ask a server to upgrade a fresh connection.

    Raises:
        OpenConnectionError: It refuses, or talks of something else.
        trio.BrokenResourceError: The connection broke.
    """
    frames = WSConnection(ConnectionType.CLIENT)
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    try:
        request = frames.send(Request(host=f"{host}:{endpoint.port}", target="/"))
    except ValueError as error:
        raise OpenConnectionError("not the name of a host") from error
    await stream.send_all(request)
    if not isinstance(await _first_event(stream, frames), AcceptConnection):
        raise OpenConnectionError("the other side refuses to upgrade")
    return WebSocket(stream, frames)


async def _first_event(stream: trio.abc.Stream, frames: WSConnection) -> Event:
    while True:
        wire = await stream.receive_some(_PIECE_BYTES)
        if not wire:
            raise OpenConnectionError("the connection ended before the upgrade")
        try:
            frames.receive_data(bytes(wire))
            for event in frames.events():
                return event
        except (RemoteProtocolError, LocalProtocolError, ValueError) as error:
            raise OpenConnectionError("not an upgrade to a WebSocket") from error

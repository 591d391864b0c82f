"""Whole frames over a pair of pipes, so that a sync can go through whatever carries bytes, such as ssh.

A frame is four bytes of length, then so many bytes, as on a stream between peers.

Spec: sync.md#stream
"""

import trio

from folkmoot_node.errors import PeerError
from folkmoot_node.transport import FRAME_BYTES_MAX, PeerId

OTHER_END = PeerId("the other end of the pipe")

_LENGTH_BYTES = 4
_READ_BYTES = 64 * 1024


class PipeStream:
    """A `FrameStream` over two pipes; it owns both."""

    def __init__(self, reading: trio.abc.ReceiveStream, writing: trio.abc.SendStream) -> None:
        self._reading = reading
        self._writing = writing
        self._unparsed = bytearray()
        self._sending = trio.Lock()

    @property
    def peer(self) -> PeerId:
        """Whom this stream leads to."""
        return OTHER_END

    async def send(self, frame: bytes) -> None:
        """See `folkmoot_node.transport.FrameStream`."""
        if len(frame) > FRAME_BYTES_MAX:
            raise ValueError(f"a frame of {len(frame)} bytes is over {FRAME_BYTES_MAX}")
        async with self._sending:
            try:
                await self._writing.send_all(len(frame).to_bytes(_LENGTH_BYTES) + frame)
            except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
                raise PeerError(OTHER_END, "it is gone") from error

    async def receive(self) -> bytes | None:
        """See `folkmoot_node.transport.FrameStream`."""
        if not await self._has(_LENGTH_BYTES):
            return None
        length = int.from_bytes(self._unparsed[:_LENGTH_BYTES])
        if length > FRAME_BYTES_MAX:
            raise PeerError(OTHER_END, "what it says is no sync of Folkmoot")
        end = _LENGTH_BYTES + length
        if not await self._has(end):
            raise PeerError(OTHER_END, "it broke off in the middle")
        frame = bytes(self._unparsed[_LENGTH_BYTES:end])
        del self._unparsed[:end]
        return frame

    async def aclose(self) -> None:
        """Close both pipes."""
        await trio.aclose_forcefully(self._reading)
        await self._writing.aclose()

    async def _has(self, size_bytes: int) -> bool:
        """Read until there are so many bytes; tell whether there are, or the pipe has ended before the first.

        Raises:
            PeerError: It ended within them.
        """
        while len(self._unparsed) < size_bytes:
            try:
                piece = await self._reading.receive_some(_READ_BYTES)
            except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
                raise PeerError(OTHER_END, "it is gone") from error
            if not piece:
                if self._unparsed:
                    raise PeerError(OTHER_END, "it broke off in the middle")
                return False
            self._unparsed += piece
        return True

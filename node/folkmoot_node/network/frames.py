"""Whole frames on a libp2p stream: four bytes of length, then so many bytes."""

import trio
from libp2p.abc import INetStream
from libp2p.io.exceptions import IOException
from libp2p.network.stream.exceptions import StreamEOF

from folkmoot_node.errors import PeerError
from folkmoot_node.transport import FRAME_BYTES_MAX, PeerId

_LENGTH_BYTES = 4
_READ_BYTES = 64 * 1024


class Libp2pFrameStream:
    """A `FrameStream` over one libp2p stream."""

    def __init__(self, stream: INetStream, write_stall_s: float) -> None:
        self._stream = stream
        self._write_stall_s = write_stall_s
        self._peer = PeerId(str(stream.muxed_conn.peer_id))
        self._unparsed = bytearray()
        self._send_lock = trio.Lock()
        self._broken = False
        self.over = trio.Event()
        """Set once this side is done with the stream."""

    @property
    def peer(self) -> PeerId:
        """Whom this stream leads to."""
        return self._peer

    async def send(self, frame: bytes) -> None:
        """Send one frame, waiting for room.

        Raises:
            PeerError: The stream is gone, or the peer takes nothing for too long.
            ValueError: The frame is over `FRAME_BYTES_MAX`.
        """
        if len(frame) > FRAME_BYTES_MAX:
            raise ValueError(f"a frame of {len(frame)} bytes is over {FRAME_BYTES_MAX}")
        async with self._send_lock:
            self._check()
            whole = False
            try:
                with trio.fail_after(self._write_stall_s):
                    await self._stream.write(len(frame).to_bytes(_LENGTH_BYTES, "big") + frame)
                whole = True
            except IOException as error:
                raise PeerError(self._peer, "the stream broke") from error
            except trio.TooSlowError as error:
                raise PeerError(self._peer, "takes no more data") from error
            finally:
                if not whole:  # cancelled half-way, perhaps: nothing sensible can follow half a frame
                    await self._break()

    async def receive(self) -> bytes | None:
        """Wait for the next frame; `None` when the peer closed the stream in good order.

        Raises:
            PeerError: The stream broke, or the peer sent a frame over `FRAME_BYTES_MAX`.
        """
        self._check()
        while True:
            length = int.from_bytes(self._unparsed[:_LENGTH_BYTES], "big")
            if len(self._unparsed) >= _LENGTH_BYTES:
                if length > FRAME_BYTES_MAX:
                    await self._break()
                    raise PeerError(self._peer, f"sent a frame of {length} bytes, over {FRAME_BYTES_MAX}")
                end = _LENGTH_BYTES + length
                if len(self._unparsed) >= end:
                    frame = bytes(self._unparsed[_LENGTH_BYTES:end])
                    del self._unparsed[:end]
                    return frame
            try:
                self._unparsed += await self._stream.read(_READ_BYTES)
            except StreamEOF as error:
                if not self._unparsed:
                    return None
                raise PeerError(self._peer, "closed the stream within a frame") from error
            except IOException as error:
                raise PeerError(self._peer, "the stream broke") from error

    async def aclose(self) -> None:
        """Close the stream in good order; never raises for a peer that is gone already."""
        if not self.over.is_set():
            self.over.set()
            try:
                await self._stream.close()
            except IOException:
                self._broken = True

    def _check(self) -> None:
        if self._broken or self.over.is_set():
            raise PeerError(self._peer, "the stream is closed")

    async def _break(self) -> None:
        self._broken = True
        self.over.set()
        with trio.move_on_after(1, shield=True):
            await self._stream.reset()

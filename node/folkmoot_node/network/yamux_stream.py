"""One stream of a yamux connection: two byte queues with a window each."""

from types import TracebackType
from typing import Protocol, Self

import trio
from libp2p.abc import IMuxedConn, IMuxedStream
from libp2p.stream_muxer.exceptions import MuxedStreamClosed, MuxedStreamEOF, MuxedStreamReset

WINDOW_BYTES = 256 * 1024
"""The window either side starts with; we never grant more than this."""

SEND_WINDOW_BYTES_MAX = 2**31
BODY_BYTES_MAX = 32 * 1024
"""The greatest body of a frame we send: small enough that streams take turns."""


class Carrier(Protocol):
    """What a stream needs of its connection. None of these waits, except `push_data` for room."""

    def push_close(self, stream: "YamuxStream") -> None:
        """Say that nothing more comes on this stream."""
        ...

    def push_reset(self, stream: "YamuxStream") -> None:
        """Say that this stream is over at once, and forget it."""
        ...

    def push_credit(self, stream: "YamuxStream", increment: int) -> None:
        """Let the peer send more."""
        ...

    async def push_data(self, stream: "YamuxStream", body: bytes) -> None:
        """Send one body, waiting for room in the connection's outbox."""
        ...


class YamuxStream(IMuxedStream):
    """A byte stream with back-pressure both ways; a `write` is never interleaved with another one."""

    def __init__(self, muxed_conn: IMuxedConn, carrier: Carrier, stream_id: int) -> None:
        self.muxed_conn = muxed_conn
        self.stream_id = stream_id
        self.ours_closed_at: float | None = None
        self.theirs_closed = False
        self.was_reset = False
        self.gone = trio.Event()
        self.credit = WINDOW_BYTES
        """What the peer may still send."""
        self._carrier = carrier
        self._unread = bytearray()
        self._unreturned = 0
        self._window = WINDOW_BYTES
        self._changed = trio.Event()
        self._write_lock = trio.Lock()

    @property
    def unread_bytes(self) -> int:
        """How much the peer has sent that nobody has read yet."""
        return len(self._unread)

    async def read(self, n: int | None = None) -> bytes:
        """Read at least one and at most `n` bytes.

        Raises:
            MuxedStreamEOF: The peer closed its side in good order.
            MuxedStreamReset: The stream or its connection broke.
        """
        if n == 0:
            return b""
        while not self._unread:
            if self.was_reset:
                raise MuxedStreamReset("the stream was reset")
            if self.theirs_closed:
                raise MuxedStreamEOF("the peer closed the stream")
            await self._changed.wait()
        size = len(self._unread) if n is None or n < 0 else min(n, len(self._unread))
        data = bytes(self._unread[:size])
        del self._unread[:size]
        self._unreturned += size
        if self._unreturned >= WINDOW_BYTES // 2 and not (self.theirs_closed or self.was_reset):
            # Credit goes back in large steps: one update for each read costs a third of all CPU time.
            self.credit += self._unreturned
            self._carrier.push_credit(self, self._unreturned)
            self._unreturned = 0
        return data

    async def write(self, data: bytes) -> None:
        """Send all of `data`, waiting for the peer's window as long as it takes.

        Raises:
            MuxedStreamClosed: We closed the stream already.
            MuxedStreamReset: The stream or its connection broke.
        """
        async with self._write_lock:
            sent = 0
            while sent < len(data):
                while self._window == 0 and self._writable():
                    await self._changed.wait()
                self._writable()
                body = data[sent : sent + min(self._window, BODY_BYTES_MAX)]
                self._window -= len(body)
                await self._carrier.push_data(self, body)
                sent += len(body)

    def _writable(self) -> bool:
        if self.was_reset:
            raise MuxedStreamReset("the stream was reset")
        if self.ours_closed_at is not None:
            raise MuxedStreamClosed("the stream is closed")
        return True

    async def close(self) -> None:
        """Close our side; the peer may still send for a while."""
        if self.ours_closed_at is None and not self.was_reset:
            self.ours_closed_at = trio.current_time()
            self._carrier.push_close(self)
            self._notify()
        await trio.lowlevel.checkpoint()

    async def reset(self) -> None:
        """End the stream at once, both ways."""
        if not self.gone.is_set():
            self._carrier.push_reset(self)
        await trio.lowlevel.checkpoint()

    def accept_data(self, body: bytes) -> bool:
        """Take a body from the peer; `False` when it is over what the peer was allowed to send."""
        if len(body) > self.credit:
            return False
        self.credit -= len(body)
        self._unread += body
        self._notify()
        return True

    def accept_credit(self, increment: int) -> None:
        """Take leave to send more."""
        self._window = min(self._window + increment, SEND_WINDOW_BYTES_MAX)
        self._notify()

    def accept_close(self) -> None:
        """Learn that the peer sends no more."""
        self.theirs_closed = True
        self._notify()

    def end(self, *, broken: bool) -> None:
        """Learn that the connection has forgotten this stream."""
        self.was_reset = self.was_reset or broken
        self.gone.set()
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    def set_deadline(self, ttl: int) -> None:
        """Do nothing of the kind: callers use cancel scopes.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("use a trio cancel scope")

    def get_remote_address(self) -> tuple[str, int] | None:
        """Return the IP address and port of the other end, if known."""
        address = getattr(self.muxed_conn, "get_remote_address", None)
        return address() if address is not None else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.close()

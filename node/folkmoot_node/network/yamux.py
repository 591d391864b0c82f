"""Our own yamux, put in the place of libp2p's through its muxer option.

The library's one answers a peer that ignores the window with a log line, opens as many streams as a peer asks
for, may interleave two writes on one stream and may wait for ever on a peer that stopped reading. Here those are
impossible by construction, and a peer that tries loses its connection.

Theory of operation: three tasks. The reader parses frames and never waits for anything but bytes; whatever it has
to answer goes to the outbox. The writer empties the outbox, many frames at a time. The keeper asks a silent
peer for a sign of life and clears half-closed streams away. When any of them ends, the connection ends.
"""

import struct
from collections import deque
from collections.abc import Awaitable, Callable
from enum import IntEnum, IntFlag

import trio
from libp2p.abc import IMuxedConn, IMuxedStream, ISecureConn
from libp2p.connection_types import ConnectionType
from libp2p.io.exceptions import IOException
from libp2p.network.connection.exceptions import RawConnError
from libp2p.peer.id import ID
from libp2p.stream_muxer.exceptions import MuxedConnError, MuxedConnUnavailable, MuxedStreamReset

from folkmoot_node.network.addresses import Multiaddr
from folkmoot_node.network.contained import Contained
from folkmoot_node.network.limits import Limits
from folkmoot_node.network.yamux_stream import WINDOW_BYTES, YamuxStream

YAMUX_ID = "/yamux/1.0.0"

_HEADER = struct.Struct("!BBHII")
_BATCH_BYTES_MAX = 60 * 1024  # fits one Noise message
_OUTBOX_BYTES_MAX = 256 * 1024
_OUTBOX_FRAMES_MAX = 4096
_FLUSH_S = 1.0
_TEARDOWN_S = 5.0
_GONE = (IOException, RawConnError, OSError, trio.BrokenResourceError, trio.ClosedResourceError)


class _Type(IntEnum):
    DATA = 0
    WINDOW = 1
    PING = 2
    GO_AWAY = 3


class _Flag(IntFlag):
    NONE = 0
    SYN = 1
    ACK = 2
    FIN = 4
    RST = 8


class ViolationError(MuxedConnError):
    """A peer broke the rules of yamux, or went beyond what it may use."""


class Yamux(IMuxedConn):
    """One multiplexed connection to one peer."""

    def __init__(
        self,
        secured_conn: ISecureConn,
        peer_id: ID,
        limits: Limits,
        contained: Contained,
    ) -> None:
        self.peer_id = peer_id
        self.secured_conn = secured_conn
        self.event_started = trio.Event()
        self.event_closed = trio.Event()
        self.on_close: Callable[[], Awaitable[None]] | None = None
        self._limits = limits
        self._contained = contained
        self._streams: dict[int, YamuxStream] = {}
        self._next_id = 1 if secured_conn.is_initiator else 2
        self._accept_in, self._accept_out = trio.open_memory_channel[YamuxStream](self._limits.streams_max)
        self._outbox: deque[bytes] = deque()
        self._outbox_bytes = 0
        self._outbox_filled = trio.Event()
        self._outbox_drained = trio.Event()
        self._writing = False
        self._heard = trio.Event()
        self._heard_at = 0.0
        self._opening_allowance = float(self._limits.streams_opened_burst_max)
        self._opening_counted_at = 0.0
        self._stray_allowance = 0
        self._scope = trio.CancelScope()
        self._ending = False

    # What libp2p asks of a muxed connection.

    @property
    def is_initiator(self) -> bool:
        """Whether we dialled."""
        return self.secured_conn.is_initiator

    @property
    def is_established(self) -> bool:
        """Whether streams can be opened."""
        return self.event_started.is_set() and not self._ending

    @property
    def is_closed(self) -> bool:
        """Whether the connection is over."""
        return self.event_closed.is_set()

    def get_transport_addresses(self) -> list[Multiaddr]:
        """Return the address of the other end."""
        return self.secured_conn.get_transport_addresses()

    def get_connection_type(self) -> ConnectionType:
        """Return the kind of connection underneath."""
        return self.secured_conn.get_connection_type()

    def get_remote_address(self) -> tuple[str, int] | None:
        """Return the IP address and port of the other end, if known."""
        return self.secured_conn.get_remote_address()

    async def start(self) -> None:
        """Carry the connection until it ends, for whatever reason."""
        self._heard_at = self._opening_counted_at = trio.current_time()
        self.event_started.set()
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._write)
                    nursery.start_soon(self._keep_alive)
                    await self._read()
                    nursery.cancel_scope.cancel()
        except* Exception as error:  # a group may hold a cancellation too, which must go on
            if not _is_departure(error):
                self._contained.record("yamux", error)
        finally:
            await self._end()

    async def close(self) -> None:
        """Say goodbye, give it a moment to leave, and end."""
        if not self._ending:
            self._push(_Type.GO_AWAY, _Flag.NONE, 0, 0)
            with trio.move_on_after(_FLUSH_S):
                while self.event_started.is_set() and (self._outbox or self._writing):
                    await self._outbox_drained.wait()
        await self._end()

    async def open_stream(self) -> IMuxedStream:
        """Open a stream.

        Raises:
            MuxedConnUnavailable: The connection is over, or has too many streams.
        """
        await trio.lowlevel.checkpoint()
        if self._ending or len(self._streams) >= 2 * self._limits.streams_max:
            raise MuxedConnUnavailable("the connection takes no new streams")
        stream = YamuxStream(self, self, self._next_id)
        self._next_id += 2
        self._streams[stream.stream_id] = stream
        self._push(_Type.WINDOW, _Flag.SYN, stream.stream_id, 0)
        return stream

    async def accept_stream(self) -> IMuxedStream:
        """Wait for a stream that the peer opens.

        Raises:
            MuxedConnUnavailable: The connection is over.
        """
        try:
            return await self._accept_out.receive()
        except trio.EndOfChannel as error:
            raise MuxedConnUnavailable("the connection is over") from error

    # What a stream asks of its connection.

    def push_close(self, stream: YamuxStream) -> None:
        """Say that nothing more comes on this stream."""
        self._push(_Type.WINDOW, _Flag.FIN, stream.stream_id, 0)
        if stream.theirs_closed:
            self._forget(stream, broken=False)

    def push_reset(self, stream: YamuxStream) -> None:
        """Say that this stream is over at once, and forget it."""
        self._push(_Type.WINDOW, _Flag.RST, stream.stream_id, 0)
        self._forget(stream, broken=True)

    def push_credit(self, stream: YamuxStream, increment: int) -> None:
        """Let the peer send more."""
        self._push(_Type.WINDOW, _Flag.NONE, stream.stream_id, increment)

    async def push_data(self, stream: YamuxStream, body: bytes) -> None:
        """Send one body, waiting for room in the outbox.

        Raises:
            MuxedStreamReset: The connection is over.
        """
        await trio.lowlevel.checkpoint()
        while self._outbox_bytes >= _OUTBOX_BYTES_MAX and not self._ending:
            await self._outbox_drained.wait()
        if self._ending:
            raise MuxedStreamReset("the connection is over")
        self._push(_Type.DATA, _Flag.NONE, stream.stream_id, len(body), body)

    def _push(self, kind: _Type, flags: _Flag, stream_id: int, length: int, body: bytes = b"") -> None:
        if self._ending:
            return
        frame = _HEADER.pack(0, kind, flags, stream_id, length) + body
        self._outbox.append(frame)
        self._outbox_bytes += len(frame)
        self._outbox_filled.set()
        if len(self._outbox) > _OUTBOX_FRAMES_MAX:
            # Only answers are pushed without waiting: this peer asks and asks, and does not read.
            self._contained.note("yamux: answers pile up unread")
            self._scope.cancel()

    # The three tasks.

    async def _read(self) -> None:
        unparsed = bytearray()
        while True:
            unparsed += await self.secured_conn.read()
            self._heard_at = trio.current_time()
            self._heard.set()
            try:
                if not self._parse(unparsed):
                    return
            except ViolationError as violation:
                self._contained.note(f"yamux: {violation}")
                return

    async def _write(self) -> None:
        while True:
            await self._outbox_filled.wait()
            batch = bytearray()
            while self._outbox and len(batch) + len(self._outbox[0]) <= _BATCH_BYTES_MAX:
                batch += self._outbox.popleft()
            if not self._outbox:
                self._outbox_filled = trio.Event()
            self._writing = True
            with trio.move_on_after(self._limits.write_stall_s) as stall:
                await self.secured_conn.write(bytes(batch))
            if stall.cancelled_caught:
                self._contained.note("yamux: the peer stopped reading")
                self._scope.cancel()
                return
            self._writing = False
            self._outbox_bytes -= len(batch)
            self._wake_writers()

    async def _keep_alive(self) -> None:
        while True:
            await trio.sleep(self._limits.keep_alive_s)
            self._sweep()
            if trio.current_time() - self._heard_at < self._limits.keep_alive_s:
                continue
            self._heard = trio.Event()
            self._push(_Type.PING, _Flag.SYN, 0, 0)
            with trio.move_on_after(self._limits.keep_alive_answer_s) as silence:
                await self._heard.wait()
            if silence.cancelled_caught:
                self._contained.note("yamux: silent peer")
                self._scope.cancel()
                return

    # Frames.

    def _parse(self, unparsed: bytearray) -> bool:
        start = 0
        while len(unparsed) - start >= _HEADER.size:
            version, kind, flags, stream_id, length = _HEADER.unpack_from(unparsed, start)
            if version != 0 or kind not in _KINDS:
                raise ViolationError("unknown kind of frame")
            size = length if kind == _Type.DATA else 0
            if size > WINDOW_BYTES:
                raise ViolationError("window exceeded")
            end = start + _HEADER.size + size
            if end > len(unparsed):
                break
            body = bytes(unparsed[start + _HEADER.size : end])
            start = end
            if kind == _Type.GO_AWAY:
                return False
            if kind == _Type.PING:
                if flags & _Flag.SYN:
                    self._push(_Type.PING, _Flag.ACK, 0, length)
            else:
                self._take(_Flag(flags & 0xF), stream_id, body if kind == _Type.DATA else length)
        del unparsed[:start]
        return True

    def _take(self, flags: _Flag, stream_id: int, what: bytes | int) -> None:
        if flags & _Flag.SYN and not self._open(stream_id):
            return
        stream = self._streams.get(stream_id)
        if stream is None:
            # It is over for us, and the peer may not know yet; but then it is bound by the window it had.
            self._stray_allowance -= len(what) if isinstance(what, bytes) else 0
            if self._stray_allowance < 0:
                raise ViolationError("data for no stream")
            return
        if isinstance(what, int):
            stream.accept_credit(what)
        elif not stream.accept_data(what):
            raise ViolationError("window exceeded")
        elif sum(each.unread_bytes for each in self._streams.values()) > self._limits.buffered_bytes_max:
            raise ViolationError("too many unread bytes")
        if flags & _Flag.RST:
            self._forget(stream, broken=True)
        elif flags & _Flag.FIN:
            stream.accept_close()
            if stream.ours_closed_at is not None:
                self._forget(stream, broken=False)

    def _open(self, stream_id: int) -> bool:
        if stream_id in self._streams or stream_id == 0 or stream_id % 2 == self._next_id % 2:
            raise ViolationError("stream id not the peer's to open")
        now = trio.current_time()
        self._opening_allowance = min(
            self._opening_allowance + (now - self._opening_counted_at) * self._limits.streams_opened_per_s,
            float(self._limits.streams_opened_burst_max),
        )
        self._opening_counted_at = now
        self._opening_allowance -= 1
        if self._opening_allowance < -self._limits.streams_opened_burst_max:
            raise ViolationError("flood of new streams")
        theirs = sum(1 for known in self._streams if known % 2 == stream_id % 2)
        if theirs >= self._limits.streams_max or self._opening_allowance < 0:
            self._contained.note("yamux: stream refused")
            return self._refuse(stream_id)
        stream = YamuxStream(self, self, stream_id)
        try:
            self._accept_in.send_nowait(stream)
        except (trio.WouldBlock, trio.BrokenResourceError, trio.ClosedResourceError):
            return self._refuse(stream_id)
        self._streams[stream_id] = stream
        self._push(_Type.WINDOW, _Flag.ACK, stream_id, 0)
        return True

    def _refuse(self, stream_id: int) -> bool:
        self._stray_allowance += WINDOW_BYTES
        self._push(_Type.WINDOW, _Flag.RST, stream_id, 0)
        return False

    # Endings.

    def _sweep(self) -> None:
        since = trio.current_time() - self._limits.half_closed_s
        for stream in list(self._streams.values()):
            if stream.ours_closed_at is not None and stream.ours_closed_at < since:
                self.push_reset(stream)

    def _forget(self, stream: YamuxStream, *, broken: bool) -> None:
        self._streams.pop(stream.stream_id, None)
        self._stray_allowance += stream.credit
        stream.end(broken=broken)

    def _wake_writers(self) -> None:
        self._outbox_drained.set()
        self._outbox_drained = trio.Event()

    async def _end(self) -> None:
        if self._ending:
            return
        self._ending = True
        self._scope.cancel()
        self._accept_in.close()
        for stream in list(self._streams.values()):
            self._forget(stream, broken=True)
        self._outbox.clear()
        self._writing = False
        self._wake_writers()
        with trio.move_on_after(_TEARDOWN_S, shield=True):
            try:
                await self.secured_conn.close()
            except _GONE as error:
                self._contained.record("yamux: close", error)
            self.event_closed.set()
            if self.on_close is not None:
                await self.on_close()
        self.event_closed.set()


_KINDS = frozenset(_Type)


def _is_departure(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_departure(inner) for inner in error.exceptions)
    return isinstance(error, _GONE)

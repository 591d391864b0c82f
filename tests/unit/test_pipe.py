"""Frames over pipes: whole, in order, and one clear reason when the other end is no good."""

import pytest
import trio
import trio.testing

from folkmoot_node.errors import PeerError
from folkmoot_node.pipe import OTHER_END, PipeStream
from folkmoot_node.transport import FRAME_BYTES_MAX


def pair() -> tuple[PipeStream, PipeStream]:
    here_out, there_in = trio.testing.memory_stream_one_way_pair()
    there_out, here_in = trio.testing.memory_stream_one_way_pair()
    return PipeStream(here_in, here_out), PipeStream(there_in, there_out)


def hearing(data: bytes) -> PipeStream:
    """Return an end that hears some bytes and then the end of the pipe."""
    out, into = trio.testing.memory_stream_one_way_pair()
    into.put_data(data)
    into.put_eof()
    return PipeStream(into, out)


async def test_frames_come_whole_and_in_order() -> None:
    here, there = pair()
    frames = [b"", b"one", bytes(FRAME_BYTES_MAX), b"last"]
    for frame in frames:
        await here.send(frame)
    assert [await there.receive() for _ in frames] == frames
    await there.send(b"back")
    assert await here.receive() == b"back"
    await here.aclose()
    assert await there.receive() is None
    assert here.peer == OTHER_END


async def test_two_senders_do_not_mix_their_frames() -> None:
    here, there = pair()
    async with trio.open_nursery() as nursery:
        for letter in (b"a", b"b"):
            nursery.start_soon(here.send, letter * FRAME_BYTES_MAX)
    assert {await there.receive() for _ in range(2)} == {b"a" * FRAME_BYTES_MAX, b"b" * FRAME_BYTES_MAX}


async def test_a_frame_that_is_too_long_is_not_sent() -> None:
    here, there = pair()
    with pytest.raises(ValueError, match="is over"):
        await here.send(bytes(FRAME_BYTES_MAX + 1))
    await here.send(b"usable")
    assert await there.receive() == b"usable"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00", "broke off"),
        (b"\x00\x00\x00\x05hell", "broke off"),
        (b"Welcome to this machine!\n", "no sync of Folkmoot"),
        ((FRAME_BYTES_MAX + 1).to_bytes(4), "no sync of Folkmoot"),
    ],
)
async def test_what_is_no_frame_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(PeerError, match=reason):
        await hearing(data).receive()


async def test_an_end_that_is_gone_is_told() -> None:
    here, there = pair()
    await there.aclose()
    with pytest.raises(PeerError, match="gone"):
        await here.send(b"hello")
    await here.aclose()
    with pytest.raises(PeerError, match="gone"):
        await here.receive()

"""Logging never stops a node."""

import io

import pytest

from folkmoot_node.logs import Unfailing


class FullDisk(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else_happens() -> None:
    closed = io.StringIO()
    closed.close()
    for broken in (FullDisk(), closed):
        stream = Unfailing(broken)
        assert stream.write("line\n") == 5
        stream.flush()


def test_a_line_that_can_be_written_is_written() -> None:
    stream = io.StringIO()
    Unfailing(stream).write("line\n")
    Unfailing(stream).flush()
    assert stream.getvalue() == "line\n"


def test_the_broken_streams_are_broken() -> None:
    with pytest.raises(OSError, match="No space left"):
        FullDisk().write("line")

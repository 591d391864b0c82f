"""The client under test, as a process that is asked line by line and bounded in everything it may do.

Theory of operation: requests go out in windows, because a client that answers in step with its reader is slow.
While a window is out, its standard output and standard error are read as they come, so that neither side can block
the other. Whatever a client does that it should not, from silence to endless output, ends in a `ClientFaultError`
and in the end of its process and of every process that it started.

Spec: conformance.md#lines
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from folkmoot.errors import FolkmootError
from folkmoot_node.errors import ConfigError

Answer = dict[str, Any]

_READ_BYTES = 65_536
_STDERR_BYTES_MAX = 2048
_UNASKED = "it writes what nobody asked for"
_OUTCOMES = {"ok": dict, "refuse": str, "unsupported": bool, "failed": str}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take.

    Attributes:
        first_answer_seconds: From its start to its first answer.
        answer_seconds: From one answer to the next, while one is due.
        exit_seconds: From the end of its standard input to its own.
        line_bytes_max: One answer.
        window_max: Requests that are sent before their answers came.
        window_bytes_max: Their bytes, unless it is one request.
    """

    first_answer_seconds: float = 30.0
    answer_seconds: float = 10.0
    exit_seconds: float = 5.0
    line_bytes_max: int = 1 << 20
    window_max: int = 256
    window_bytes_max: int = 1 << 20


class ClientFaultError(FolkmootError):
    """The client did what no client may; its process has been ended.

    Attributes:
        complaints: The end of what it wrote to standard error.
    """

    def __init__(self, why: str, complaints: str = "") -> None:
        super().__init__(why)
        self.complaints = complaints


class ClientProcess:
    """A client that was started. Ask it, and close it in the end."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        """Start a client.

        Raises:
            ConfigError: There is no such program.
        """
        self._limits = limits
        self._number = 0
        self._received = bytearray()
        self._complaints = bytearray()
        self._patience_seconds = limits.first_answer_seconds
        try:
            self._process = subprocess.Popen(  # noqa: S603 - to start what the user names is what this is for
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"the client cannot be started: {error}",
                advice="Give the command as you would type it, after `--`.",
            ) from error
        self._pipes = [_pipe(self._process.stdin), _pipe(self._process.stdout), _pipe(self._process.stderr)]
        for pipe in self._pipes:
            os.set_blocking(pipe.fileno(), False)

    @property
    def complaints(self) -> str:
        """The end of what it wrote to standard error, for people."""
        return self._complaints.decode("utf-8", "replace").strip()

    def ask(self, requests: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Ask any number of questions; answers come in their order, without their numbers.

        Raises:
            ClientFaultError: It hangs, ends, or answers what is no answer.
        """
        answers: list[Answer] = []
        for first, lines in self._windows(requests):
            try:
                answers += self._exchange(lines, first)
            except ClientFaultError as error:
                self.kill()
                raise ClientFaultError(str(error), self.complaints) from error
        return answers

    def close(self) -> str:
        """End its input, wait for it to leave, and end it if it does not.

        Returns:
            What was wrong with the way it left, or nothing.
        """
        self._pipes[0].close()
        try:
            code = self._left_with()
        except ClientFaultError as error:
            return str(error)
        finally:
            self.kill()
        return f"it left with exit code {code}" if code else ""

    def kill(self) -> None:
        """End the process and all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in self._pipes:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _windows(self, requests: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, list[bytes]]]:
        """Number requests and put them into windows; yield the first number of each."""
        lines: list[bytes] = []
        room = 0
        for request in requests:
            line = json.dumps({"n": self._number, **request}).encode("ascii") + b"\n"
            if lines and (len(lines) == self._limits.window_max or len(line) > room):
                yield self._number - len(lines), lines
                lines = []
            if not lines:
                room = self._limits.window_bytes_max
            lines.append(line)
            room -= len(line)
            self._number += 1
        if lines:
            yield self._number - len(lines), lines

    def _exchange(self, lines: list[bytes], first: int) -> list[Answer]:
        requests, out, complaints = self._pipes
        ahead = memoryview(b"".join(lines))
        answers: list[Answer] = []
        deadline = time.monotonic() + self._patience_seconds
        with selectors.DefaultSelector() as selector:
            selector.register(requests, selectors.EVENT_WRITE)
            selector.register(out, selectors.EVENT_READ)
            selector.register(complaints, selectors.EVENT_READ)
            while len(answers) < len(lines):
                ready = {key.fileobj for key, _events in selector.select(max(0.0, deadline - time.monotonic()))}
                if requests in ready:
                    ahead = ahead[_written(requests, ahead) :]
                    if not ahead:
                        selector.unregister(requests)
                if complaints in ready and not self._hear(complaints):
                    selector.unregister(complaints)
                fresh = self._read_answers(first + len(answers)) if out in ready else []
                answers += fresh
                if fresh:
                    self._patience_seconds = self._limits.answer_seconds
                    deadline = time.monotonic() + self._patience_seconds
                elif time.monotonic() >= deadline:
                    raise ClientFaultError(f"no answer within {self._patience_seconds:g} s")
        if self._received or len(answers) > len(lines):
            raise ClientFaultError(_UNASKED)
        return answers

    def _read_answers(self, number: int) -> list[Answer]:
        """Read what is there; return the answers that are whole."""
        data = os.read(self._pipes[1].fileno(), _READ_BYTES)
        if not data:
            raise ClientFaultError(self._ended_text())
        before = len(self._received)
        self._received += data
        if b"\n" not in data:
            if before + len(data) > self._limits.line_bytes_max:
                raise ClientFaultError(f"a line of more than {self._limits.line_bytes_max} bytes")
            return []
        *lines, rest = self._received.split(b"\n")
        self._received = rest
        return [_answer(bytes(line), number + place) for place, line in enumerate(lines)]

    def _hear(self, complaints: IO[bytes]) -> bool:
        """Keep the end of what comes over standard error; `False` when no more can come."""
        data = os.read(complaints.fileno(), _READ_BYTES)
        self._complaints = (self._complaints + data)[-_STDERR_BYTES_MAX:]
        return bool(data)

    def _ended_text(self) -> str:
        try:
            code = self._process.wait(self._limits.exit_seconds)
        except subprocess.TimeoutExpired:
            return "it closed its standard output"
        with contextlib.suppress(BlockingIOError):
            self._hear(self._pipes[2])
        return f"it ended with exit code {code}" if code >= 0 else f"it was ended by signal {-code}"

    def _left_with(self) -> int:
        """Wait for the end, reading on so that a client that still writes can come to it."""
        deadline = time.monotonic() + self._limits.exit_seconds
        is_talkative = False
        with selectors.DefaultSelector() as selector:
            for pipe in self._pipes[1:]:
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                for key, _events in ready:
                    data = os.read(key.fd, _READ_BYTES)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is self._pipes[1]:
                        is_talkative = True
                if time.monotonic() >= deadline:
                    break
        try:
            code = self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ClientFaultError(f"it did not end {self._limits.exit_seconds:g} s after its input did") from None
        if is_talkative:
            raise ClientFaultError(_UNASKED)
        return code


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "every stream is a pipe"
    return pipe


def _written(pipe: IO[bytes], ahead: memoryview) -> int:
    """Write as much as there is room for; a client that reads no longer is found out where it should answer."""
    try:
        return os.write(pipe.fileno(), ahead)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(ahead)


def _answer(line: bytes, number: int) -> Answer:
    try:
        loaded = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ClientFaultError(f"a line that is no JSON: {line[:80]!r}") from error
    if not isinstance(loaded, dict):
        raise ClientFaultError(f"a line that is no JSON object: {line[:80]!r}")
    numbered = loaded.pop("n", None)
    if type(numbered) is not int or numbered != number:
        raise ClientFaultError(f"an answer numbered {str(numbered)[:20]} where {number} is due")
    given = [name for name, kind in _OUTCOMES.items() if isinstance(loaded.get(name), kind)]
    if len(given) != 1:
        raise ClientFaultError(f"an answer that is none of {', '.join(_OUTCOMES)}: {line[:80]!r}")
    return loaded

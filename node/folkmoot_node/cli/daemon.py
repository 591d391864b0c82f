"""The daemon as a command meets it: where its local API is, and how to ask it for something.

A running daemon says where it is in `api.json`, which only its user can read. A file left behind by a daemon that
was killed is told from a live one by the process it names.

The standard library's client does for one request on the loopback. It knows no proxies, to which the token could
leak, and starts a second sooner than httpx, which brings trio and much else.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from folkmoot.limits import BUNDLE_BYTES_MAX
from folkmoot_node.errors import ExitCode, NoDaemonError, NodeError

if TYPE_CHECKING:
    from http.client import HTTPResponse

API_FILE = "api.json"

SIZE_HEADER = "folkmoot-about-bytes"
"""In an answer that is a large file: about how long it is."""

PIECE_BYTES = 256 * 1024
"""A large file is handed on in pieces of at most so much."""

Answer: TypeAlias = dict[str, Any]
"""A JSON object from our own daemon. What is in it may come from strangers; see `texts.plain`."""
Query: TypeAlias = Mapping[str, str | int | Sequence[str] | None]

_CONNECT_S = 5.0
_ANSWER_S = 120.0
_FILE_BYTES_MAX = 4096
_ANSWER_BYTES_MAX = 2 * BUNDLE_BYTES_MAX


class AnswerError(NodeError):
    """The daemon's own refusal, with the exit code that it names."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(
            str(error.get("message", "the daemon refused without a reason")),
            advice=str(error.get("advice", "")),
            rule=str(error.get("rule", "")),
        )
        self.exit_code = _exit_code(error.get("exit"))


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon's local API."""

    url: str
    token: str
    advice: str

    def get(self, path: str, query: Query | None = None) -> Answer:
        """Ask for something.

        Raises:
            AnswerError: The daemon refuses.
            NoDaemonError: It does not answer.
        """
        return self._json("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Do something. Raises as `get`."""
        return self._json("POST", path, body=body or {})

    def put(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Replace something. Raises as `get`."""
        return self._json("PUT", path, body=body)

    def delete(self, path: str) -> Answer:
        """Take something away. Raises as `get`."""
        return self._json("DELETE", path)

    def upload(self, path: str, data: bytes, query: Query) -> Answer:
        """Hand over the bytes of a file. Raises as `get`."""
        return self._object(self._send("POST", path, query=query, data=data))

    def download(self, path: str, query: Query) -> bytes:
        """Ask for the bytes of a file. Raises as `get`."""
        return self._send("GET", path, query=query)

    @contextmanager
    def pieces(self, path: str, query: Query) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Ask for the bytes of a file that may be large. Raises as `get`, also while it is read.

        Returns:
            About how long it is, in bytes, and its pieces.
        """
        with self._answered("GET", path, query=query) as response:
            about_bytes = int(response.headers.get(SIZE_HEADER) or response.headers.get("content-length") or 0)
            yield about_bytes, iter(partial(response.read, PIECE_BYTES), b"")

    def upload_pieces(self, path: str, pieces: Iterable[bytes]) -> Answer:
        """Hand over the bytes of a file that may be large. Raises as `get`."""
        with self._answered("POST", path, data=pieces) as response:
            return self._object(response.read(_ANSWER_BYTES_MAX))

    def command(self, path: str, body: Mapping[str, Any]) -> bytes:
        """Have something made that comes as bytes. Raises as `get`."""
        return self._send("POST", path, data=json.dumps(body).encode())

    def _json(self, method: str, path: str, *, query: Query | None = None, body: object = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        return self._object(self._send(method, path, query=query, data=data))

    def _object(self, data: bytes) -> Answer:
        try:
            answer: object = json.loads(data)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NoDaemonError(f"what answers at {self.url} is no Folkmoot daemon", advice=self.advice)
        return answer

    def _send(self, method: str, path: str, *, query: Query | None = None, data: bytes | None = None) -> bytes:
        with self._answered(method, path, query=query, data=data) as response:
            return response.read(_ANSWER_BYTES_MAX)

    @contextmanager
    def _answered(
        self, method: str, path: str, *, query: Query | None = None, data: bytes | Iterable[bytes] | None = None
    ) -> "Iterator[HTTPResponse]":
        """Ask for something, and give out the answer while the connection is open."""
        from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - help does without

        asked = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"/v1{path}?{urlencode(asked, doseq=True)}" if asked else f"/v1{path}"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=_CONNECT_S)
        try:
            connection.connect()
            connection.sock.settimeout(_ANSWER_S)
            connection.request(method, target, body=data, headers=headers)
            response = connection.getresponse()
            if response.status >= HTTPStatus.BAD_REQUEST:
                refusal = self._object(response.read(_ANSWER_BYTES_MAX)).get("error")
                raise AnswerError(refusal if isinstance(refusal, dict) else {})
            yield response
        except TimeoutError as error:
            raise NoDaemonError("the daemon does not answer in time", advice="Look at its log.") from error
        except (OSError, HTTPException) as error:
            raise NoDaemonError("the daemon does not answer", advice=self.advice) from error
        finally:
            connection.close()


def find_daemon(data_dir: Path, *, start: str, found: str) -> Daemon:
    """Find the daemon that runs for a data folder.

    Args:
        data_dir: The folder.
        start: The command that starts the daemon, for advice.
        found: The command that makes an identity, for advice.

    Raises:
        NoDaemonError: None runs.
    """
    path = data_dir / API_FILE
    advice = f"Start it with `{start}`"
    try:
        with path.open("rb") as file:
            said: object = json.loads(file.read(_FILE_BYTES_MAX))
    except FileNotFoundError as error:
        from folkmoot_node.keyfile import KEY_FILE  # noqa: PLC0415 - loads the cryptography, needed only here

        if not (data_dir / KEY_FILE).exists():
            raise NoDaemonError(
                f"there is no node in {data_dir} yet", advice=f"Make one with `{found}`, then `{start}`."
            ) from error
        raise NoDaemonError(f"no daemon runs for {data_dir}", advice=f"{advice}.") from error
    except (OSError, ValueError) as error:
        raise NoDaemonError(f"{path} cannot be read", advice=f"{advice} anew.") from error
    match said:
        case {"url": str() as url, "token": str() as token, "pid": int() as pid}:
            if not _is_alive(pid):
                raise NoDaemonError(f"the daemon for {data_dir} has died", advice=f"{advice} again.")
            return Daemon(url, token, f"{advice}.")
        case _:
            raise NoDaemonError(f"{path} does not say where the daemon is", advice=f"{advice} anew.")


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _exit_code(said: object) -> ExitCode:
    return next((code for code in ExitCode if code == said), ExitCode.REFUSED)

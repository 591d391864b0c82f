"""Who may speak to the API, and how much they may say.

A browser on this machine can be led to any local port by a page from elsewhere, under a name of that page's choice.
So a request must name a loopback host, carry the token that only this user can read, and stay within bounds, all
before any of it is interpreted.
"""

import hmac
import traceback
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from folkmoot_node.api.failures import failure, of_bug
from folkmoot_node.errors import ExitCode

BODY_BYTES_MAX = 64 * 1024
"""A request that carries JSON."""

IMPORT_BYTES_MAX = 1024 * 1024
"""A request that carries a file to import."""

STREAMED = frozenset({"/v1/bundles/import"})
"""Paths whose requests a route reads as they come and keeps none of: a file may be larger than memory."""

THROWN_AWAY_BYTES_MAX = 8 * 1024 * 1024
"""Of a request that is too large, at most this is received before it is refused."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

_log = structlog.get_logger("folkmoot.api")


class Guard:
    """The outermost layer of the API; also the last to catch what nobody foresaw."""

    def __init__(self, inner: ASGIApp, *, token: str) -> None:
        self._inner = inner
        self._expected = f"Bearer {token}".encode("latin-1")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection event as ASGI wants it."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
        refusal = self._refusal(headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if scope["path"] in STREAMED:
            await self._pass_on(scope, receive, send)
            return
        bytes_max = IMPORT_BYTES_MAX if str(scope["path"]).endswith("/import") else BODY_BYTES_MAX
        body = await _read_body(receive, bytes_max)
        if body is None:
            await _too_large(bytes_max)(scope, receive, send)
            return
        await self._pass_on(scope, _replayed(body, receive), send)

    def _refusal(self, headers: Mapping[bytes, bytes]) -> ASGIApp | None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name, separator, port = host.rpartition(":")
        if (name if separator and port.isdecimal() else host) not in _LOOPBACK:
            return failure(
                HTTPStatus.MISDIRECTED_REQUEST,
                code="unauthorised",
                exit_code=ExitCode.USAGE,
                message="the API answers only to requests for this machine by its loopback address",
                advice="Use the address in api.json.",
            )
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._expected):
            return failure(
                HTTPStatus.UNAUTHORIZED,
                code="unauthorised",
                exit_code=ExitCode.NO_DAEMON,
                message="the request does not carry this daemon's token",
                advice="Read the token from api.json in the data folder; it changes with each start.",
            )
        return None

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._inner(scope, receive, watched)
        except Exception as error:
            # The outermost handler of one request: whatever it was, the daemon lives on. The trace goes to the log
            # as text, because log renderers like to add the values of variables, and some of those are secret.
            trace = "".join(traceback.format_exception(error))
            _log.error("unexpected error", method=scope["method"], path=scope["path"], trace=trace)
            if not started:
                await of_bug()(scope, receive, send)


async def _read_body(receive: Receive, bytes_max: int) -> bytes | None:
    """Read a whole body within bounds; `None` when it is larger or its sender went away in the middle.

    Half a request must never be taken for a whole one. Of one that is too large, somewhat more is read and thrown
    away: a client that is still sending would not hear the answer.
    """
    body = bytearray()
    seen_bytes = 0
    while seen_bytes <= THROWN_AWAY_BYTES_MAX:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunk = message.get("body", b"")
        seen_bytes += len(chunk)
        if seen_bytes <= bytes_max:
            body += chunk
        if not message.get("more_body", False):
            return bytes(body) if seen_bytes <= bytes_max else None
    return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read to the application once, then what follows it."""
    ahead: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return ahead.pop() if ahead else await receive()

    return replay


def _too_large(bytes_max: int) -> ASGIApp:
    return failure(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        code="bad_file",
        exit_code=ExitCode.BAD_FILE,
        message=f"the request is over {bytes_max} bytes",
        advice="Send less; a record holds 16 KiB at most.",
    )

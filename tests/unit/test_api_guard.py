"""The outermost layer of the API, spoken to in its own language: what no HTTP client would send on purpose."""

import json
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from folkmoot_node.api.failures import of_node_error
from folkmoot_node.api.guard import THROWN_AWAY_BYTES_MAX, Guard
from folkmoot_node.errors import PeerError

Message = MutableMapping[str, Any]


class Conversation:
    """One connection to a guard: what it is told, what it answers, and what got through to the application."""

    def __init__(self, *told: Message) -> None:
        self.told = list(told)
        self.answers: list[Message] = []
        self.bodies: list[bytes] = []

    async def run(self, kind: str = "http") -> list[Message]:
        headers = [(b"host", b"localhost:1"), (b"authorization", b"Bearer t")]
        scope = {"type": kind, "path": "/v1/x", "method": "POST", "headers": headers}
        await Guard(self._application, token="t")(scope, self._receive, self._send)
        return self.answers

    async def _application(self, _scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def _receive(self) -> Message:
        return self.told.pop(0) if self.told else {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.answers.append(message)


def test_a_peer_out_of_reach_ends_a_command_and_a_request_with_one_exit_code() -> None:
    error = PeerError("/ip4/10.0.0.1/tcp/1", "nobody answers")
    answer = of_node_error(error)
    assert answer.status_code == 502
    told = json.loads(bytes(answer.body))["error"]
    assert (told["code"], told["exit"]) == ("not_found", error.exit_code)


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_gets_through_whole() -> None:
    conversation = Conversation(part(b"one ", more=True), part(b"two", more=False))
    await conversation.run()
    assert conversation.bodies == [b"one two"]


@pytest.mark.parametrize("told", [[], [part(b"{}", more=True)]])
async def test_half_a_request_is_never_taken_for_a_whole_one(told: list[Message]) -> None:
    conversation = Conversation(*told)
    await conversation.run()
    assert conversation.bodies == []


async def test_what_never_ends_is_not_listened_to_for_ever() -> None:
    parts = [part(b"x" * 1024 * 1024, more=True) for _ in range(20)]
    conversation = Conversation(*parts)
    answers = await conversation.run()
    assert answers[0]["status"] == 413
    assert len(conversation.told) == 20 - THROWN_AWAY_BYTES_MAX // (1024 * 1024) - 1


async def test_there_is_no_websocket_to_talk_to() -> None:
    assert await Conversation().run("websocket") == [{"type": "websocket.close", "code": 1008}]

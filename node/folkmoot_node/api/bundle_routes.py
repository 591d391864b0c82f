"""Routes that carry files of bundles: what is held, to be taken to another node, and what comes from one."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, NotRequired

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import TypedDict

from folkmoot.canonical import is_name
from folkmoot.ids import IdentityId
from folkmoot.record import day_of
from folkmoot_node.api.node_routes import BUNDLE_TYPE
from folkmoot_node.api.parts import Parts
from folkmoot_node.bundling import FileTaking, Intake, bundles
from folkmoot_node.errors import ConfigError, FileError, UnknownIdError
from folkmoot_node.store import Selection
from folkmoot_node.views import exporting
from folkmoot_node.views.naming import SYNC_ADVICE, identity_id

SIZE_HEADER = "folkmoot-about-bytes"
"""About how long an answer will be, for whoever shows how far it has come."""

_CHOSEN_MAX = 100

router = APIRouter(tags=["node"])


class _Streamed(StreamingResponse):
    """An answer that is made as it is sent, and no further when nobody takes it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as ASGI wants it."""
        pieces = self.body_iterator
        assert isinstance(pieces, AsyncGenerator)
        async with aclosing(pieces):
            await super().__call__(scope, receive, send)


class FaultShape(TypedDict):
    """Why a file was not read to its end."""

    rule: str
    why: str


class IntakeShape(TypedDict):
    """What became of a file; `size_bytes` is up to where it was in order.

    `operations` and `records` are new here, `elsewhere` counts records of spaces that this node does not keep,
    `refused` counts by rule, `waiting` are authors whose operations are missing.
    """

    bundles: int
    size_bytes: int
    operations: int
    records: int
    held: int
    elsewhere: int
    refused: dict[str, int]
    waiting: int
    fault: NotRequired[FaultShape]


@router.get("/bundles", response_class=Response)
async def export_bundles(
    parts: Parts,
    *,
    author: Annotated[list[str] | None, Query(max_length=_CHOSEN_MAX, description="Whose records.")] = None,
    space: Annotated[list[str] | None, Query(max_length=_CHOSEN_MAX, description="In which spaces.")] = None,
    agreement: Annotated[
        list[str] | None, Query(max_length=_CHOSEN_MAX, description="What bears on these documents.")
    ] = None,
) -> Response:
    """Return a file of bundles with all that is live, or with what is asked for."""
    if agreement:
        if author or space:
            raise ConfigError("choose by agreement, or by author and space", advice="Export twice.")
        return Response(await exporting.export(parts.view, agreement), media_type=BUNDLE_TYPE)
    if not all(map(is_name, space or ())):
        raise ConfigError("names of spaces have only a-z, 0-9, dot, dash and underscore")
    selection = Selection(
        day=day_of(parts.view.now_ms()),
        authors=tuple(dict.fromkeys(_who(parts, text) for text in author or ())),
        spaces=tuple(dict.fromkeys(space or ())),
    )
    chosen = await parts.author.store.choose(selection)
    if (author or space) and not chosen.identities and not chosen.records:
        raise UnknownIdError("nothing is held of what you chose", advice=SYNC_ADVICE)
    return _Streamed(
        bundles(parts.author.store, chosen),
        media_type=BUNDLE_TYPE,
        headers={SIZE_HEADER: str(chosen.size_bytes)},
    )


@router.post("/bundles/import")
async def import_bundles(parts: Parts, request: Request) -> IntakeShape:
    """Take in a file of bundles, which is the body of the request, as far as it is in order."""
    taking = FileTaking(parts.author.ingest, network=parts.view.network, spaces=parts.author.spaces)
    return _intake_json(await taking.take(_body(request)))


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as error:
        raise FileError("the file did not come to its end", advice="What came is kept; import it again.") from error


def _who(parts: Parts, text: str) -> IdentityId:
    return parts.author.identity if text == "me" else identity_id(text)


def _intake_json(intake: Intake) -> IntakeShape:
    answer: IntakeShape = {
        "bundles": intake.bundles,
        "size_bytes": intake.size_bytes,
        "operations": intake.operations,
        "records": intake.records,
        "held": intake.held,
        "elsewhere": intake.elsewhere,
        "refused": dict(intake.refused),
        "waiting": len(intake.waiting),
    }
    if intake.fault is not None:
        answer["fault"] = {"rule": intake.fault.rule, "why": intake.fault.why}
    return answer

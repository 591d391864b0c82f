"""The API put together: routes, one shape for errors, and the guard around it all."""

from importlib.metadata import version
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from folkmoot_node.api import (
    bundle_routes,
    engagement_routes,
    failures,
    identity_routes,
    node_routes,
    people_routes,
    reputation_routes,
    tender_routes,
    work_routes,
)
from folkmoot_node.api.daemon import Daemon
from folkmoot_node.api.guard import Guard
from folkmoot_node.errors import NodeError

PREFIX = "/v1"


def application(daemon: Daemon, *, token: str) -> ASGIApp:
    """Put the API together.

    Its description at `/openapi.json` is behind the token like all else: a rule without an exception is one that
    nobody gets wrong. There are no pages that would load scripts from elsewhere.
    """
    app = FastAPI(
        title="Folkmoot node",
        version=version("folkmoot"),
        description="The local API of one node. Errors have one shape; times are ms since 1970, days are counted.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.daemon = daemon
    for routes in (
        node_routes,
        bundle_routes,
        identity_routes,
        people_routes,
        reputation_routes,
        work_routes,
        tender_routes,
        engagement_routes,
    ):
        app.include_router(routes.router, prefix=PREFIX)
    app.add_exception_handler(NodeError, _node_error)
    app.add_exception_handler(RequestValidationError, _faulty_request)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(Exception, _bug)
    return Guard(app, token=token)


async def _node_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NodeError)
    return failures.of_node_error(error)


async def _faulty_request(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return failures.of_faulty_request(cast("list[dict[str, Any]]", error.errors()))


async def _http_exception(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return failures.of_http_exception(error)


async def _bug(_request: Request, _error: Exception) -> Response:
    """Answer; the error goes on to the guard, which logs it."""
    return failures.of_bug()

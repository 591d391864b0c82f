"""The one shape of every error that the API answers with."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from folkmoot_node.errors import ExitCode, NodeError, PeerError

Json = dict[str, object]

_STATUS = {
    ExitCode.USAGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    ExitCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ExitCode.REFUSED: HTTPStatus.CONFLICT,
    ExitCode.BAD_FILE: HTTPStatus.BAD_REQUEST,
    ExitCode.UNVERIFIED: HTTPStatus.BAD_REQUEST,
    ExitCode.STORAGE: HTTPStatus.INSUFFICIENT_STORAGE,
}
_FAULTS_NAMED_MAX = 3
_WHERE_LEFT_OUT = frozenset({"body", "query", "path"})


def failure(
    status: int, *, code: str, exit_code: ExitCode, message: str, advice: str = "", rule: str = ""
) -> JSONResponse:
    """Answer with an error in the shape that every client of the API relies on."""
    error: Json = {"code": code, "exit": int(exit_code), "message": message, "advice": advice, "rule": rule}
    return JSONResponse({"error": error}, status_code=status)


def of_node_error(error: NodeError) -> JSONResponse:
    """Answer with an expected failure of the node."""
    if isinstance(error, PeerError):
        return failure(
            HTTPStatus.BAD_GATEWAY,
            code=error.exit_code.name.lower(),
            exit_code=error.exit_code,
            message=f"the peer cannot be reached: {error.reason}",
            advice="Check the address, and whether the other node runs.",
        )
    status = _STATUS.get(error.exit_code, HTTPStatus.INTERNAL_SERVER_ERROR)
    return failure(
        status,
        code=error.exit_code.name.lower(),
        exit_code=error.exit_code,
        message=error.message,
        advice=error.advice,
        rule=error.rule,
    )


def of_faulty_request(faults: Sequence[Json]) -> JSONResponse:
    """Answer to a request whose fields are not what the API describes, naming the fields."""
    named = "; ".join(_fault(fault) for fault in faults[:_FAULTS_NAMED_MAX])
    return failure(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code="usage",
        exit_code=ExitCode.USAGE,
        message=f"the request cannot be read: {named}",
        advice="Compare it with /openapi.json.",
    )


def of_http_exception(error: HTTPException) -> JSONResponse:
    """Answer to a path or a method that the API does not have."""
    is_path = error.status_code == HTTPStatus.NOT_FOUND
    return failure(
        error.status_code,
        code="not_found" if is_path else "usage",
        exit_code=ExitCode.NOT_FOUND if is_path else ExitCode.USAGE,
        message="the API has no such path" if is_path else "the API cannot answer this request",
        advice="See /openapi.json for what there is.",
    )


def of_bug() -> JSONResponse:
    """Answer when something happened that nobody foresaw; the log has the details."""
    return failure(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="bug",
        exit_code=ExitCode.BUG,
        message="the node met an error of its own; nothing else was harmed",
        advice="Look into the log of the daemon, and report what you find there.",
    )


def _fault(fault: Json) -> str:
    loose = fault.get("loc")
    steps = [step for step in loose if step not in _WHERE_LEFT_OUT] if isinstance(loose, (tuple, list)) else []
    where = ".".join(str(step) for step in steps)
    what = str(fault.get("msg", "not understood"))
    return f"{where}: {what}" if where else what

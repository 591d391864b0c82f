"""Running the API on Hypercorn's trio worker, as one task of the daemon."""

import logging
import socket
from functools import partial
from typing import cast

import hypercorn.trio
import trio
from hypercorn.config import Config
from hypercorn.typing import Framework
from starlette.types import ASGIApp

from folkmoot_node.errors import ConfigError

LOOPBACK = "127.0.0.1"
_STOPPING_SECONDS_MAX = 1.0
_HEADERS_BYTES_MAX = 16 * 1024


async def serve(
    app: ASGIApp,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled; the URL, with the port that was really taken, is the value of `start`.

    Args:
        app: What answers.
        host: A loopback address.
        port: 0 for any free port.
        task_status: See `trio.Nursery.start`.

    Raises:
        ConfigError: The port is in use or the address cannot be had.
    """
    listener = _bound(host, port)
    url = f"http://{host}:{listener.getsockname()[1]}"
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]  # Hypercorn owns the socket from here on
    config.accesslog = None  # it would hold what people look at
    config.errorlog = logging.getLogger("folkmoot.api.server")
    config.include_server_header = False
    config.h11_max_incomplete_size = _HEADERS_BYTES_MAX
    config.graceful_timeout = _STOPPING_SECONDS_MAX
    async with trio.open_nursery() as nursery:
        await nursery.start(partial(hypercorn.trio.serve, cast("Framework", app), config))
        task_status.started(url)


def _bound(host: str, port: int) -> socket.socket:
    """Take the port before the server starts, so that a port in use is one clear error."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise ConfigError(
            f"the API cannot listen on {host}:{port}: {error.strerror}", advice="Choose another port, or 0 for any."
        ) from error
    return taken

"""The ASGI server round the application: bind, serve, end.

The address is bound before anything else happens, so that a port in use is told at
once and by name. A stop ends the listening socket, the event streams and then the
loop, within `GRACE_S`.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from base.errors import ConfigError
from base.shutdown import StopSignal

GRACE_S = 1
"""How long answers under way may take after a stop; event streams leave in 0.2 s."""

STOP_POLL_S = 0.05
"""How soon a stop set by another thread is seen."""

BACKLOG = 256


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; whether `host` may be is asked of `api.hosts` before.

    Args:
        host: An address of this machine.
        port: 0 for any free one.

    Raises:
        ConfigError: The address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it,
    # head and body of an answer wait 40 ms for each other
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError((f"port: {host}:{port} cannot be used: {reason}",)) from error
    return listener


def serve(app: FastAPI, listener: socket.socket, stop: StopSignal) -> None:
    """Serve until `stop`; blocks, runs in any thread, takes over no signal handler.

    The socket is closed at the end.
    """
    settings = uvicorn.Config(
        app,
        http="h11",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        lifespan="on",
        ws="none",
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=32 * 1024,
    )
    asyncio.run(_serve(_Server(settings), listener, stop))


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the process has one stop signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def _serve(
    server: uvicorn.Server, listener: socket.socket, stop: StopSignal
) -> None:
    log = structlog.get_logger()
    host, port = listener.getsockname()[:2]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    log.info("api.started", host=host, port=port)
    while not stop.is_set() and not serving.done():
        await asyncio.wait([serving], timeout=STOP_POLL_S)
    server.should_exit = True
    await serving
    listener.close()
    log.info("api.stopped")

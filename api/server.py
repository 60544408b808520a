"""Running the service: in the foreground, or in a thread of a command that needs one for a while."""

import asyncio
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from typing_extensions import override

from api.bootstrap import build_service
from api.connections import KEPT_SECONDS, Connection
from api.footprint.resident_memory import keep_together
from api.listening.address import check_address
from api.mcp.endpoint import serve as serve_tools
from api.rest.app import create_app
from api.service import Service
from api.settings import Settings
from graph.errors import ConfigurationError, DependencyError

START_SECONDS = 600.0
"""For a command that starts a service of its own: from a slow disk the libraries take minutes to come."""
GRACE_SECONDS = 30
"""For requests in hand to be answered, once a signal says stop."""
LAST_CALL_SECONDS = 25.0
"""When those that are not answered by then are told that they will not be, while they can be told."""
REFUSING_SECONDS = 1.0
"""How long new requests are refused with an answer before nobody listens any more."""
SWITCH_SECONDS = 0.001
"""After so long a thread that computes lets others go on. With Python's own 5 ms every step of the event loop, health
checks among them, waits that long for each thread that answers a question."""


_log = structlog.get_logger("api")


def serve(settings: Settings) -> None:
    """Serve until a signal says stop, and end in order. Raises ConfigurationError in one line."""
    keep_together()
    settings.check()
    check_address(settings.host, settings.port)
    # uvicorn sends the signal once more when it has ended; Python's own way to take it would leave no time to tidy up
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    service = build_service(settings)
    _log.info("the data folder", folder=str(settings.data_dir))
    _server(settings, service).run()


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A service in a thread of this process; yields its URL once it is ready."""
    with running_with_key(settings) as (url, _):
        yield url


@contextmanager
def running_with_key(settings: Settings, *, rehearses: bool = True) -> Iterator[tuple[str, str]]:
    """As above; besides the URL a key that opens everything and that this process alone knows.

    Without rehearsal it is ready seconds sooner, and the first request that embeds something waits for the model.
    """
    settings.check()
    check_address(settings.host, settings.port)
    service = build_service(settings)
    if service.graph_problem:
        service.stop()
        raise DependencyError(service.graph_problem)
    service.rehearses = rehearses
    server = _server(settings, service)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        _wait_until_ready(service, server, thread)
        yield settings.own_url, service.cases.admission.access.own_key
    finally:
        server.should_exit = True
        thread.join(30)


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _Server(uvicorn.Server):
    """Tells the service when it begins to stop, so that it takes no new requests and ends what follows events."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.wind_down()
        asyncio.get_running_loop().call_later(LAST_CALL_SECONDS, self._service.last_call.end)
        # whoever has connected already, unseen by us as yet, is told so; once the port is closed they would be cut off
        await asyncio.sleep(REFUSING_SECONDS)
        await super().shutdown(sockets)


def _server(settings: Settings, service: Service) -> uvicorn.Server:
    sys.setswitchinterval(SWITCH_SECONDS)
    connection = type("Connection", (Connection,), {"connections_at_most": settings.max_connections})
    config = uvicorn.Config(
        create_app(service, serve_tools), host=settings.host, port=settings.port, http=connection, ws="none",
        log_config=None, access_log=False, timeout_keep_alive=KEPT_SECONDS, timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False, proxy_headers=False,
    )  # fmt: skip
    return _Server(config, service)


def _wait_until_ready(service: Service, server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (cause := service.not_ready() or _not_listening(server)) is not None:
        if not thread.is_alive() or time.monotonic() > deadline or cause.startswith("the service could not"):
            raise ConfigurationError(f"the service did not start: {cause}")
        time.sleep(0.05)


def _not_listening(server: uvicorn.Server) -> str | None:
    """Why the server cannot be reached yet: the application begins, and may be ready, before the port is open."""
    return None if server.started else "it does not listen yet"

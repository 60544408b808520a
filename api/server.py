"""Running the service: in the foreground, or in a thread of a command that needs one for a while."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.bootstrap import build_service
from api.rest.app import create_app
from api.service import Service
from api.settings import Settings
from graph.errors import ConfigurationError, DependencyError

START_SECONDS = 120.0
GRACE_SECONDS = 5


def serve(settings: Settings) -> None:
    """Serve until a signal says stop. Raises ConfigurationError in one line."""
    settings.check()
    _check_port(settings)
    _server(settings, build_service(settings)).run()


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A service in a thread of this process; yields its URL once it is ready."""
    settings.check()
    _check_port(settings)
    service = build_service(settings)
    if service.graph_problem:
        service.stop()
        raise DependencyError(service.graph_problem)
    server = _server(settings, service)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        _wait_until_ready(service, server, thread)
        yield f"http://{settings.host}:{settings.port}"
    finally:
        server.should_exit = True
        thread.join(30)


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _server(settings: Settings, service: Service) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(service), host=settings.host, port=settings.port, log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS, server_header=False, proxy_headers=False,
    )  # fmt: skip
    return uvicorn.Server(config)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror});"
                " set QUIPU_HOST or QUIPU_PORT"
            ) from error


def _wait_until_ready(service: Service, server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (cause := service.not_ready() or _not_listening(server)) is not None:
        if not thread.is_alive() or time.monotonic() > deadline or cause.startswith("the service could not"):
            raise ConfigurationError(f"the service did not start: {cause}")
        time.sleep(0.05)


def _not_listening(server: uvicorn.Server) -> str | None:
    """Why the server cannot be reached yet: the application begins, and may be ready, before the port is open."""
    return None if server.started else "it does not listen yet"

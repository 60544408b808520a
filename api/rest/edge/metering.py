"""Counts every request by route and status: those that fail, and those whose client goes away, as well."""

import time

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.problems import GONE

_log = structlog.get_logger()


class Metering:
    """``quipu_requests`` and ``quipu_request_seconds``.

    What is raised on its way out counts as a 500, since that is what the client is told, or what cut its stream short.
    """

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self._app = app
        self._requests = Counter("quipu_requests", "Requests by route and status", ["route", "status"],
                                 registry=registry)  # fmt: skip
        self._seconds = Histogram("quipu_request_seconds", "Time to answer, by route", ["route"], registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, then count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(receive, send)
        started = time.perf_counter()
        try:
            await self._app(scope, call.receive, call.send)
        except BaseException:
            call.status = 500
            raise
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            self._requests.labels(route, str(GONE if call.gone else call.status)).inc()
            self._seconds.labels(route).observe(time.perf_counter() - started)
            if call.gone:
                _log.debug("the client went away", route=route)


class _Call:
    """What becomes of one request."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.status = 500
        self.answered = False
        self.gone = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self.answered:
            self.gone = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered = True
            self.status = message["status"]
        await self._send(message)

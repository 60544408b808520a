"""The web application."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.responses import RedirectResponse, Response

from api.access import Access
from api.rest import docs_page, problems
from api.rest.calls import Call, CallWatcher
from api.rest.routes import (
    audit,
    changes,
    chat,
    documents,
    evals,
    graph,
    health,
    jobs,
    questions,
    quota,
    reindex,
    verify,
    watches,
)  # fmt: skip
from api.rest.security import Guard
from api.rest.usage_metrics import UsageMetrics
from api.service import Service

ROUTES = (
    documents, jobs, questions, chat, graph, changes, watches, evals, reindex, verify, quota, audit, health,
)  # fmt: skip

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False,
}  # fmt: skip
"""FastAPI's own, which would send addresses, queries and messages of errors; see :mod:`api.rest.calls` for ours."""


def create_app(service: Service) -> FastAPI:
    """The application over one service, which it starts and stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        async with service.watch_runner.running():
            yield
        await anyio.to_thread.run_sync(service.stop)  # it ends loops of its own, which cannot be done within this one

    app = FastAPI(
        title="Quipu",
        version=version("quipu"),
        summary="GraphRAG knowledge retrieval whose answers are as fresh as its documents.",
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.metrics = CollectorRegistry()
    problems.install(app)
    docs_page.install(app)
    for routes in ROUTES:
        app.include_router(routes.router)
    _count_requests(app)
    settings = service.settings
    app.add_middleware(
        Guard,
        access=Access(settings.api_key.get_secret_value() if settings.api_key else None),
        max_bytes=settings.max_request_mib * 1024 * 1024,
    )
    _watch_calls(app, service)  # around all others

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    return app


def _watch_calls(app: FastAPI, service: Service) -> None:
    usage = UsageMetrics(service, app.state.metrics)

    def told(call: Call) -> None:
        usage.called(call)
        service.audit.record(call.line)

    routes = [route for resource in ROUTES for route in resource.router.routes]
    app.add_middleware(CallWatcher, told=told, routes=routes)


def _count_requests(app: FastAPI) -> None:
    registry: CollectorRegistry = app.state.metrics
    requests = Counter("quipu_requests", "Requests by route and status", ["route", "status"], registry=registry)
    seconds = Histogram("quipu_request_seconds", "Time to answer, by route", ["route"], registry=registry)

    @app.middleware("http")
    async def count(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "unknown")
        requests.labels(route, str(response.status_code)).inc()
        seconds.labels(route).observe(time.perf_counter() - started)
        return response

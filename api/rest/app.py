"""The web application."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.responses import RedirectResponse, Response

from api.rest import docs_page, problems
from api.rest.doorkeeper import Doorkeeper
from api.rest.methods import Methods
from api.rest.openapi import DescribedApp
from api.rest.routes import (
    changes,
    chat,
    documents,
    evals,
    graph,
    health,
    jobs,
    keys,
    questions,
    reindex,
    verify,
    watches,
    workspaces,
)
from api.rest.safe_headers import SafeHeaders
from api.rest.security import Guard
from api.service import Service

ROUTERS = tuple(
    module.router
    for module in (
        documents, jobs, questions, chat, graph, changes, watches, evals, reindex, verify, keys, workspaces, health,
    )
)  # fmt: skip


def create_app(service: Service) -> FastAPI:
    """The application over one service, which it starts and stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        async with service.watch_runner.running():
            yield
        await anyio.to_thread.run_sync(service.stop)  # it ends loops of its own, which cannot be done within this one

    app = DescribedApp(
        title="Quipu",
        version=version("quipu"),
        summary="GraphRAG knowledge retrieval whose answers are as fresh as its documents.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.metrics = CollectorRegistry()
    problems.install(app)
    docs_page.install(app)
    for router in ROUTERS:
        app.include_router(router)
    _count_requests(app)
    settings, admission = service.settings, service.cases.admission
    app.needs_key = lambda: admission.access.needs_key
    app.add_middleware(Methods, application=app)
    app.add_middleware(
        Doorkeeper,
        access=admission.access,
        in_hand=admission.in_hand,
        principals_header=settings.principals_header,
        routes=[route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)],
    )
    app.add_middleware(Guard, access=admission.access, max_bytes=settings.max_request_mib * 1024 * 1024)
    app.add_middleware(SafeHeaders)

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    return app


def _count_requests(app: FastAPI) -> None:
    registry: CollectorRegistry = app.state.metrics
    requests = Counter("quipu_requests", "Requests by route and status", ["route", "status"], registry=registry)
    damage = Gauge("quipu_damage", "Things known to be damaged on the disk", registry=registry)
    damage.set_function(app.state.service.damage)
    seconds = Histogram("quipu_request_seconds", "Time to answer, by route", ["route"], registry=registry)

    @app.middleware("http")
    async def count(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "unknown")
        requests.labels(route, str(response.status_code)).inc()
        seconds.labels(route).observe(time.perf_counter() - started)
        return response

"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry, Gauge
from starlette.middleware.cors import CORSMiddleware

from api.rest import problems
from api.rest.doorkeeper import Doorkeeper
from api.rest.edge.addresses import Addresses
from api.rest.edge.backlog import Backlog
from api.rest.edge.calls import Call, CallWatcher
from api.rest.edge.json_bodies import JsonBodies
from api.rest.edge.lanes import Lanes
from api.rest.edge.metering import Metering
from api.rest.edge.methods import Methods
from api.rest.edge.origins import Origins
from api.rest.edge.prefix import Prefix
from api.rest.edge.unread_bodies import UnreadBodies
from api.rest.edge.usage_metrics import UsageMetrics
from api.rest.openapi import DescribedApp
from api.rest.pages import docs, page
from api.rest.protocols import chat, mcp, ollama
from api.rest.protocols.errors import ProtocolErrors
from api.rest.readiness import Standing
from api.rest.response_headers import ResponseHeaders
from api.rest.routes import (
    audit,
    changes,
    documents,
    evals,
    facts,
    graph,
    health,
    jobs,
    keys,
    questions,
    quota,
    sessions,
    upkeep,
    watches,
    workspaces,
)
from api.rest.security import Guard
from api.service import Service
from graph import release

ROUTERS = tuple(
    module.router
    for module in (
        documents, jobs, questions, sessions, chat, ollama, mcp, graph, facts, changes, watches, evals, upkeep, keys,
        workspaces, quota, audit, health,
    )
)  # fmt: skip
OPERATIONS = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False,
}  # fmt: skip
"""FastAPI's own, which would send queries and messages of errors; :mod:`api.rest.edge.calls` tells what may be told."""


def create_app(service: Service, tools: mcp.Tools) -> FastAPI:
    """The application over one service, which it starts and stops; ``tools`` answer MCP clients."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        async with service.watch_runner.running():
            yield
        await anyio.to_thread.run_sync(service.stop)  # it ends loops of its own, which cannot be done within this one

    app = DescribedApp(
        title="Quipu",
        version=release(),
        summary="GraphRAG knowledge retrieval whose answers are as fresh as its documents.",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "."}],  # where this document is, so that it is right behind a proxy as well
        telemetry=_NO_TELEMETRY,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.tools = tools
    app.state.metrics = CollectorRegistry()
    app.state.standing = Standing(service)
    damage = Gauge("quipu_damage", "Things known to be damaged on the disk", registry=app.state.metrics)
    damage.set_function(service.damage)
    problems.install(app)
    docs.install(app)
    page.install(app, service.settings.root_path)
    for router in ROUTERS:
        app.include_router(router)
    app.needs_key = lambda: service.cases.admission.access.needs_key
    _surround(app, service)
    return app


def _surround(app: DescribedApp, service: Service) -> None:
    """What each request passes before a route, from the innermost to the outermost."""
    settings, registry, admission = service.settings, app.state.metrics, service.cases.admission
    app.add_middleware(JsonBodies)  # after a place was found: nothing is read of what is refused
    app.add_middleware(Backlog, waiting=service.jobs_waiting, most=settings.max_queued)
    app.add_middleware(
        Lanes, service=service, registry=registry,
        at_work={
            "questions": settings.max_questions, "writes": settings.max_writes, "reads": settings.max_reads,
            "streams": settings.max_streams,
        },
    )  # fmt: skip
    app.add_middleware(
        Doorkeeper,
        access=admission.access,
        in_hand=admission.in_hand,
        principals_header=settings.principals_header,
        routes=OPERATIONS,
    )
    app.add_middleware(Methods, application=app)  # before roles are looked up: HEAD needs what GET needs
    app.add_middleware(Addresses)  # before roles and methods are looked up by the path
    app.add_middleware(Guard, access=admission.access, max_bytes=settings.max_request_mib * 1024 * 1024)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["*"],
            allow_headers=[
                "Authorization", "Content-Type", "If-Match", "Last-Event-ID", "X-Quipu-Workspace",
                "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name",
            ],
            expose_headers=["ETag", "Location", "Retry-After"],
        )  # fmt: skip
    app.add_middleware(Origins, allowed=settings.allowed_origins)
    app.add_middleware(UnreadBodies)
    app.add_middleware(ResponseHeaders)
    app.add_middleware(Metering, registry=registry)
    _watch_calls(app, service)
    app.add_middleware(ProtocolErrors)
    app.add_middleware(Prefix, prefix=settings.root_path)


def _watch_calls(app: DescribedApp, service: Service) -> None:
    usage = UsageMetrics(service, app.state.metrics, app.state.standing.counts)

    def told(call: Call) -> None:
        usage.called(call)
        service.audit.record(call.line)

    app.add_middleware(CallWatcher, told=told, routes=OPERATIONS)

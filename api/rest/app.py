"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio.to_thread
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse

from api.access import Access
from api.rest import docs_page, problems
from api.rest.edge.admission import Admission
from api.rest.edge.metering import Metering
from api.rest.edge.origins import Origins
from api.rest.edge.unread_bodies import UnreadBodies
from api.rest.readiness import Standing
from api.rest.response_headers import ResponseHeaders
from api.rest.routes import changes, chat, documents, evals, graph, health, jobs, questions, reindex, verify, watches
from api.rest.security import Guard
from api.service import Service


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
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.metrics = CollectorRegistry()
    app.state.standing = Standing(service)
    problems.install(app)
    docs_page.install(app)
    for routes in (documents, jobs, questions, chat, graph, changes, watches, evals, reindex, verify, health):
        app.include_router(routes.router)
    _surround(app, service)

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    return app


def _surround(app: FastAPI, service: Service) -> None:
    """What each request passes before a route, from the innermost to the outermost."""
    settings, registry = service.settings, app.state.metrics
    app.add_middleware(
        Admission, service=service, registry=registry,
        at_work={
            "questions": settings.max_questions, "writes": settings.max_writes, "reads": settings.max_reads,
            "streams": settings.max_streams,
        },
    )  # fmt: skip
    app.add_middleware(
        Guard,
        access=Access(settings.api_key.get_secret_value() if settings.api_key else None),
        max_bytes=settings.max_request_mib * 1024 * 1024,
    )
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.allowed_origins, allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "Last-Event-ID", "X-Quipu-Workspace"],
            expose_headers=["ETag", "Location", "Retry-After"],
        )  # fmt: skip
    app.add_middleware(Origins, allowed=settings.allowed_origins)
    app.add_middleware(UnreadBodies)
    app.add_middleware(ResponseHeaders)
    app.add_middleware(Metering, registry=registry)

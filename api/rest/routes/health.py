"""Whether the service is alive, ready, and how it does."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.rest.context import TheService, in_thread
from api.rest.problems import problem
from api.schemas.bodies import CountsBody, counts_body
from graph.model import DEFAULT_WORKSPACE

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """A word."""

    status: str


class Readiness(Health):
    """Ready, at which revision, over how much."""

    revision: int
    counts: CountsBody


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health(status="alive")


@router.get("/readyz", response_model=Readiness)
async def readyz(service: TheService) -> Response | Readiness:
    """Questions can be answered; otherwise 503 with the cause."""
    cause = service.not_ready()
    if cause is not None:
        return problem(503, "not-ready", cause, {"Retry-After": "1"})

    def read() -> Readiness:
        revision = service.views.catch_up(DEFAULT_WORKSPACE)
        counts = service.graph.counts(DEFAULT_WORKSPACE, revision)
        return Readiness(status="ready", revision=revision, counts=counts_body(counts))

    return await in_thread(service, read)


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Prometheus text format."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/config")
async def config(service: TheService) -> dict[str, str]:
    """Effective settings, secrets masked."""
    return service.settings.shown()

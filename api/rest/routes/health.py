"""Whether the service is alive, ready, how it does, and what it reads."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from api.rest.context import TheContext
from api.rest.problems import problem
from api.schemas.documents import FormatBodies, counts_body, format_bodies
from api.schemas.upkeep import Health, Readiness
from ingest.loaders.registry import FORMATS

router = APIRouter(tags=["service"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health(status="alive")


@router.get("/readyz", response_model=Readiness)
async def readyz(request: Request, context: TheContext) -> Response | Readiness:
    """Questions can be answered; otherwise 503 with the cause."""
    cause = context.service.not_ready()
    if cause is not None:
        return problem(503, "not-ready", cause, {"Retry-After": "1"})
    degraded = list(context.service.degraded())
    if request.state.caller is None or not request.state.caller.audience.unrestricted:
        return Readiness(status="ready", degraded=degraded)
    revision, counts = await request.app.state.standing.figures(context.workspace)
    return Readiness(status="ready", degraded=degraded, revision=revision, counts=counts_body(counts))


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, context: TheContext) -> Response:
    """Prometheus text format."""
    registry = request.app.state.metrics
    return Response(await context.in_thread(lambda: generate_latest(registry)), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/formats")
async def formats() -> FormatBodies:
    """Every format that can be read."""
    return format_bodies(FORMATS)


@router.get("/v1/config")
async def config(context: TheContext) -> dict[str, str]:
    """Effective settings, secrets masked; and, as ``parser_confinement``, what keeps documents from harm."""
    held = await context.in_thread(context.service.parser.held)
    return {**context.service.settings.shown(), "parser_confinement": held}

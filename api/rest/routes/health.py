"""Whether the service is alive, ready, how it does, for whom, what it reads, and samples to try it with."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from api.rest.context import TheContext
from api.rest.problems import problem
from api.rest.waiting import Wait, accepted_response
from api.sample_documents import sample_documents, sample_questions
from api.schemas.documents import AcceptedBodies, FormatBodies, counts_body, format_bodies
from api.schemas.keys import CallerBody
from api.schemas.upkeep import (
    Health,
    LanguageModelBodies,
    Readiness,
    SampleQuestionBody,
    SamplesBody,
    language_model_body,
)
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


@router.get("/v1/caller")
async def caller(context: TheContext) -> CallerBody:
    """Who the caller is for the service: what they may do, in which workspace, and how they may ask."""
    one = context.caller
    return CallerBody(
        workspace=one.workspace, role=one.role, operator=one.operator, reads_all=one.audience.unrestricted,
        key_id=one.key_id, modes=list(context.cases.questions.offered), mode=context.default_mode,
    )  # fmt: skip


@router.get("/v1/language-models")
async def language_models(context: TheContext) -> LanguageModelBodies:
    """The language models that the service uses: windows, calls at once and in line, measured tokens a second."""
    return LanguageModelBodies(models=[language_model_body(one) for one in context.service.models()])


@router.get("/v1/samples")
async def samples(context: TheContext) -> SamplesBody:
    """The sample documents that come with Quipu, and questions that they answer."""
    documents = await context.in_thread(sample_documents)
    return SamplesBody(
        documents=[one.document_id for one in documents if one.document_id is not None],
        questions=[SampleQuestionBody(text=one.text, language=one.language) for one in sample_questions()],
    )


@router.post("/v1/samples", status_code=202, response_model=AcceptedBodies, responses={200: {"model": AcceptedBodies}})
async def load_samples(request: Request, context: TheContext, wait: Wait = None) -> Response:
    """Upload the sample documents that come with Quipu, as any other upload; those that are there stay as they are."""
    intake = context.cases.intake
    accepted = await context.in_thread(
        lambda: intake.accept(context.workspace, sample_documents(), audience=context.audience, account=context.account)
    )
    return await accepted_response(request, context, accepted, wait)


@router.get("/v1/config")
async def config(context: TheContext) -> dict[str, str]:
    """Effective settings, secrets masked; and, as ``parser_confinement``, what keeps documents from harm."""
    held = await context.in_thread(context.service.parser.held)
    return {**context.service.settings.shown(), "parser_confinement": held}

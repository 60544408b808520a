"""Evaluations: the knowledge base measured on questions, as a job."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse

from api.rest.context import TheContext
from api.rest.edge.forms import Form, utf8_form
from api.rest.edge.json_bodies import json_body
from api.schemas.evaluations import (
    ComparisonBody,
    EvaluationBody,
    EvaluationState,
    EvaluationStates,
    comparison_body,
    figure_body,
)
from api.schemas.jobs import job_body
from api.schemas.strict import parse_body
from evals.evaluations import Evaluations
from evals.requests import UPLOADED
from evals.summary import Summary
from graph.errors import InputError, UnsupportedMediaType
from graph.jobs import Job

router = APIRouter(prefix="/v1/evals", tags=["evaluations"])
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A report holds texts of documents: nothing in it may run or be fetched."""


_FILE = {"type": "string", "format": "binary"}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {},  # its schema is what ``declarations.py`` says the operation reads
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["queries", "qrels"],
                    "properties": {
                        "queries": _FILE | {"description": "queries.jsonl"},
                        "qrels": _FILE | {"description": "qrels.tsv; names ids of documents of this service"},
                        "kind": {"type": "string"},
                        "mode": {"type": "string"},
                        "questions": {"type": "integer"},
                        "seed": {"type": "integer"},
                    },
                }
            },
        },
    }
}


@router.post("", status_code=202, openapi_extra=_FORM)
async def start(request: Request, context: TheContext) -> EvaluationState:
    """Ask a data set's questions of the knowledge base as it stands, and report. Its corpus is not taken in."""
    body, files = await _read(request)
    evaluations = context.cases.evaluations

    def submit() -> EvaluationState:
        if files:
            job = evaluations.start_uploaded(context.workspace, files, body.plan(), context.account)
        else:
            job = evaluations.start(context.workspace, body.dataset, body.plan(), context.account)
        return _state(evaluations, job)

    return await context.in_thread(submit)


@router.get("")
async def list_evaluations(
    context: TheContext, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> EvaluationStates:
    """Evaluations, newest first, with the figures of those that are done."""
    evaluations = context.cases.evaluations

    def read() -> EvaluationStates:
        found = evaluations.page(context.workspace, after=cursor, limit=limit + 1)
        more = found[limit - 1].id if len(found) > limit else None
        return EvaluationStates(evaluations=[_state(evaluations, job) for job in found[:limit]], next_cursor=more)

    return await context.in_thread(read)


@router.get("/{eval_id}")
async def evaluation(eval_id: str, context: TheContext) -> EvaluationState:
    """How far it is, and its figures once it is done."""
    evaluations = context.cases.evaluations
    return await context.in_thread(lambda: _state(evaluations, evaluations.job(context.workspace, eval_id)))


@router.get("/{eval_id}/report", response_class=HTMLResponse)
async def report(eval_id: str, context: TheContext, format: Literal["html", "json"] = "html") -> Response:  # noqa: A002
    """The report of an evaluation that is done: one page that needs nothing else, or its content as JSON."""
    evaluations = context.cases.evaluations
    content = await context.in_thread(lambda: evaluations.report(context.workspace, eval_id, format))
    if format == "json":
        return Response(content, media_type="application/json")
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})


@router.get("/{eval_id}/comparison")
async def comparison(
    eval_id: str, context: TheContext, before: Annotated[str, Query(description="The id of the evaluation before it.")]
) -> ComparisonBody:
    """An evaluation compared with one before it, question by question: what got better, what got worse."""
    evaluations = context.cases.evaluations
    found = await context.in_thread(lambda: evaluations.comparison(context.workspace, eval_id, before))
    return comparison_body(before, eval_id, found)


async def _read(request: Request) -> tuple[EvaluationBody, dict[str, bytes]]:
    """What is asked for, and the files that came with it."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return parse_body(EvaluationBody, json_body(request)), {}
    if kind != "multipart/form-data":
        raise UnsupportedMediaType(
            f"send application/json, or multipart/form-data with files, not {kind or 'nothing'!r}"
        )
    async with utf8_form(request, max_files=len(UPLOADED), max_fields=10) as form:
        files = {name: content for name in UPLOADED if (content := await _content(form, name)) is not None}
        if set(files) != set(UPLOADED):
            raise InputError("the form needs two files, 'queries' and 'qrels'")
        taken = {name.split(".", maxsplit=1)[0] for name in UPLOADED}
        fields = {name: value for name, value in form.fields.items() if name not in taken}
    return parse_body(EvaluationBody, fields), files


async def _content(form: Form, name: str) -> bytes | None:
    """A file of a form; clients may send its text as a field."""
    field = name.split(".", maxsplit=1)[0]
    if files := form.named(field):
        return await files[-1].read()
    return form.fields[field].encode("utf-8") if field in form.fields else None


def _state(evaluations: Evaluations, job: Job) -> EvaluationState:
    request, result = evaluations.request(job), evaluations.result(job)
    state = EvaluationState(
        id=job.id, state=job.state, stage=job.progress.stage, kind=request.plan.kind, mode=request.plan.mode,
        dataset=request.dataset, questions_done=job.progress.questions_done,
        questions_total=job.progress.questions_total, error=job_body(job).error,
        created_at=job.created_at, revision=None, metrics={}, numbers={}, failures={},
    )  # fmt: skip
    return state if result is None else state.model_copy(update=_figures(*result))


def _figures(revision: int, summary: Summary) -> dict[str, object]:
    metrics = {key: figure_body(found) for key, found in summary.metrics.items()}
    failures = {kind: len(ids) for kind, ids in summary.failures.items()}
    return {"revision": revision, "metrics": metrics, "numbers": dict(summary.numbers), "failures": failures}

"""Evaluations: the knowledge base measured on questions, as a job."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse

from api.rest.context import TheContext
from api.schemas.evaluations import EvaluationBody, EvaluationState, FigureBody
from api.schemas.jobs import job_body
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
            "application/json": {"schema": EvaluationBody.model_json_schema()},
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
            job = evaluations.start_uploaded(context.workspace, files, body.plan())
        else:
            job = evaluations.start(context.workspace, body.dataset, body.plan())
        return _state(evaluations, job)

    return await context.in_thread(submit)


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


async def _read(request: Request) -> tuple[EvaluationBody, dict[str, bytes]]:
    """What is asked for, and the files that came with it."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return _body(await request.body()), {}
    if kind != "multipart/form-data":
        raise UnsupportedMediaType(
            f"send application/json, or multipart/form-data with files, not {kind or 'nothing'!r}"
        )
    async with request.form(max_files=len(UPLOADED), max_fields=10) as form:
        parts = {name: form.get(name.split(".", maxsplit=1)[0]) for name in UPLOADED}
        files = {name: await _content(part) for name, part in parts.items() if part is not None}
        if set(files) != set(UPLOADED):
            raise InputError("the form needs two files, 'queries' and 'qrels'")
        taken = {name.split(".", maxsplit=1)[0] for name in UPLOADED}
        fields = {name: value for name, value in form.items() if isinstance(value, str) and name not in taken}
    return _body(fields), files


async def _content(part: UploadFile | str) -> bytes:
    """A file of a form; clients may send its text as a field."""
    return part.encode("utf-8", "replace") if isinstance(part, str) else await part.read()


def _body(raw: bytes | dict[str, str]) -> EvaluationBody:
    try:
        return EvaluationBody.model_validate_json(raw) if isinstance(raw, bytes) else EvaluationBody.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}" if where else first["msg"]) from error


def _state(evaluations: Evaluations, job: Job) -> EvaluationState:
    request, result = evaluations.request(job), evaluations.result(job)
    state = EvaluationState(
        id=job.id, state=job.state, stage=job.progress.stage, kind=request.plan.kind, mode=request.plan.mode,
        dataset=request.dataset, questions_done=job.progress.questions_done,
        questions_total=job.progress.questions_total, error=job_body(job).error,
        revision=None, metrics={}, numbers={}, failures={},
    )  # fmt: skip
    return state if result is None else state.model_copy(update=_figures(*result))


def _figures(revision: int, summary: Summary) -> dict[str, object]:
    metrics = {
        key: FigureBody(mean=found.mean, low=found.low, high=found.high, n=found.n)
        for key, found in summary.metrics.items()
    }
    failures = {kind: len(ids) for kind, ids in summary.failures.items()}
    return {"revision": revision, "metrics": metrics, "numbers": dict(summary.numbers), "failures": failures}

"""Evaluations: the knowledge base measured on questions, as a job."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse

from api.bootstrap import Service
from api.rest.context import TheService, in_thread
from api.schemas.bodies import JobErrorBody, job_body
from evals.model import Kind, Plan
from evals.requests import UPLOADED, from_payload, to_payload
from evals.runs import RunFolder
from evals.summary import summarise
from graph.errors import ConflictError, InputError, NotFoundError
from graph.jobs import Job, NewJob
from graph.model import DEFAULT_WORKSPACE
from retrieval.model import Mode

router = APIRouter(prefix="/v1/evals", tags=["evaluations"])
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A report holds texts of documents: nothing in it may run or be fetched."""


class EvaluationBody(BaseModel):
    """What to measure. ``dataset`` names one of the service's own; or upload ``queries`` and ``qrels`` as a form."""

    model_config = ConfigDict(extra="forbid")

    dataset: str = ""
    kind: Kind = "answers"
    mode: Mode = "hybrid"
    questions: int | None = Field(default=None, ge=1)
    seed: int = 0

    def plan(self) -> Plan:
        """The plan of the run."""
        return Plan(kind=self.kind, mode=self.mode, questions=self.questions, seed=self.seed)


class FigureBody(BaseModel):
    """A mean over ``n`` questions with its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


class EvaluationState(BaseModel):
    """An evaluation as it stands; figures once it is done."""

    id: str
    state: Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
    stage: str
    kind: Kind
    mode: str
    dataset: str | None
    questions_done: int
    questions_total: int
    revision: int | None
    metrics: dict[str, FigureBody]
    numbers: dict[str, float]
    failures: dict[str, int]
    error: JobErrorBody | None


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
async def start(request: Request, service: TheService) -> EvaluationState:
    """Ask a data set's questions of the knowledge base as it stands, and report. Its corpus is not taken in."""
    body, files = await _read(request)

    def submit() -> EvaluationState:
        folders = service.evaluations
        wanted = folders.uploaded(files, body.plan()) if files else folders.named(body.dataset, body.plan())
        new = NewJob(workspace=DEFAULT_WORKSPACE, kind="evaluation", payload=to_payload(wanted))
        return _state(service, service.jobs.submit([new])[0])

    state = await in_thread(service, submit)
    service.wake()
    return state


@router.get("/{eval_id}")
async def evaluation(eval_id: str, service: TheService) -> EvaluationState:
    """How far it is, and its figures once it is done."""
    return await in_thread(service, lambda: _state(service, _job(service, eval_id)))


@router.get("/{eval_id}/report", response_class=HTMLResponse)
async def report(eval_id: str, service: TheService, format: Literal["html", "json"] = "html") -> Response:  # noqa: A002
    """The report of an evaluation that is done: one page that needs nothing else, or its content as JSON."""

    def read() -> bytes:
        job = _job(service, eval_id)
        if job.state != "done":
            raise ConflictError(f"evaluation {eval_id!r} is {job.state}; its report comes when it is done")
        path = service.evaluations.run(from_payload(job.payload)) / f"report.{format}"
        if not path.exists():
            raise NotFoundError(f"the report of evaluation {eval_id!r} went with a document that was purged")
        return path.read_bytes()

    content = await in_thread(service, read)
    if format == "json":
        return Response(content, media_type="application/json")
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})


async def _read(request: Request) -> tuple[EvaluationBody, dict[str, bytes]]:
    """What is asked for, and the files that came with it."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return _body(await request.body()), {}
    if kind != "multipart/form-data":
        raise InputError(f"send application/json, or multipart/form-data with files, not {kind or 'nothing'!r}")
    async with request.form(max_files=len(UPLOADED), max_fields=10) as form:
        parts = {name: form.get(name.split(".", maxsplit=1)[0]) for name in UPLOADED}
        files = {name: await part.read() for name, part in parts.items() if isinstance(part, UploadFile)}
        if set(files) != set(UPLOADED):
            raise InputError("the form needs two files, 'queries' and 'qrels'")
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return _body(fields), files


def _body(raw: bytes | dict[str, str]) -> EvaluationBody:
    try:
        return EvaluationBody.model_validate_json(raw) if isinstance(raw, bytes) else EvaluationBody.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}" if where else first["msg"]) from error


def _job(service: Service, eval_id: str) -> Job:
    job = service.jobs.get(DEFAULT_WORKSPACE, eval_id)
    if job.kind != "evaluation":
        raise NotFoundError(f"no evaluation {eval_id!r}")
    return job


def _state(service: Service, job: Job) -> EvaluationState:
    request = from_payload(job.payload)
    folder = service.evaluations.run(request)
    figures: dict[str, Any] = _figures(folder) if job.state == "done" and folder.exists() else {}
    return EvaluationState(
        id=job.id, state=job.state, stage=job.progress.stage, kind=request.plan.kind, mode=request.plan.mode,
        dataset=request.dataset, questions_done=job.progress.questions_done,
        questions_total=job.progress.questions_total, error=job_body(job).error,
        **({"revision": None, "metrics": {}, "numbers": {}, "failures": {}} | figures),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _figures(folder: Path) -> dict[str, Any]:
    """The figures of a run that is done: it changes no more."""
    run = RunFolder(folder).load()
    summary = summarise(run)
    return {
        "revision": run.info.revision,
        "metrics": {
            key: FigureBody(mean=found.mean, low=found.low, high=found.high, n=found.n)
            for key, found in summary.metrics.items()
        },
        "numbers": dict(summary.numbers),
        "failures": {kind: len(ids) for kind, ids in summary.failures.items()},
    }

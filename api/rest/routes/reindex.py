"""Reading everything again, while what has been read goes on serving."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.rest.context import TheService, in_thread
from graph.errors import ConflictError
from graph.model import DEFAULT_WORKSPACE

router = APIRouter(prefix="/v1/reindex", tags=["documents"])


class ReindexBody(BaseModel):
    """What to do again."""

    model_config = ConfigDict(extra="forbid")

    extract: Literal[True]


class ReindexJobs(BaseModel):
    """One job per document."""

    jobs: list[str]


@router.post("", status_code=202)
async def reindex(body: ReindexBody, service: TheService) -> ReindexJobs:
    """Let the configured language model read every document again; each changes as a whole once it is read."""
    del body
    if service.model_worker is None:
        raise ConflictError("no language model reads documents here; set QUIPU_EXTRACT_LLM or QUIPU_LLM")
    jobs = await in_thread(service, lambda: service.intake.read_again(DEFAULT_WORKSPACE))
    service.wake()
    return ReindexJobs(jobs=[job.id for job in jobs])

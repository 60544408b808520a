"""Reading everything again, while what has been read goes on serving."""

from fastapi import APIRouter

from api.rest.context import TheContext
from api.schemas.upkeep import ReindexBody, ReindexJobs

router = APIRouter(prefix="/v1/reindex", tags=["documents"])


@router.post("", status_code=202)
async def reindex(body: ReindexBody, context: TheContext) -> ReindexJobs:
    """Let the configured language model read every document again; each changes as a whole once it is read."""
    del body
    jobs = await context.in_thread(lambda: context.cases.rereading.order(context.workspace))
    return ReindexJobs(jobs=[job.id for job in jobs])

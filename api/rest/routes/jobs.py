"""Jobs: how far ingestion is."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from api.rest.context import RequestContext, TheContext
from api.rest.event_stream import event_stream
from api.schemas.jobs import JobBodies, JobBody, job_body
from graph.jobs import TERMINAL, Job, JobState
from ingest.given_names import MAX_ID

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
POLL_SECONDS = 0.1


@router.get("")
async def list_jobs(
    context: TheContext,
    state: JobState | None = None,
    document_id: Annotated[str | None, Query(min_length=1, max_length=MAX_ID)] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> JobBodies:
    """Jobs, newest first."""
    documents = context.documents

    def read() -> JobBodies:
        found = documents.jobs(
            context.workspace, state=state, document_id=document_id, after=cursor, limit=limit + 1
        )  # fmt: skip
        more = found[limit - 1].id if len(found) > limit else None
        return JobBodies(jobs=_bodies(context, found[:limit]), next_cursor=more)

    return await context.in_thread(read)


@router.get("/{job_id}")
async def job(job_id: str, context: TheContext) -> JobBody:
    """One job."""
    return await context.in_thread(lambda: _bodies(context, [context.documents.job(context.workspace, job_id)])[0])


@router.get("/{job_id}/events", response_class=StreamingResponse)
async def job_events(job_id: str, context: TheContext) -> StreamingResponse:
    """The job as server-sent events named ``job``, one per change, until it ends."""
    first = await context.in_thread(lambda: context.documents.job(context.workspace, job_id))

    def shown(job: Job) -> JobBody:
        return _bodies(context, [job])[0]

    async def events() -> AsyncIterator[tuple[str, JobBody]]:
        current = first
        yield "job", await context.in_thread(partial(shown, first))
        while current.state not in TERMINAL and not context.service.winding_down.is_set():
            await anyio.sleep(POLL_SECONDS)
            newer = await context.in_thread(lambda: context.documents.job(context.workspace, job_id))
            if newer != current:
                current = newer
                yield "job", await context.in_thread(partial(shown, newer))

    return event_stream(events())


@router.post("/{job_id}/cancel")
async def cancel(job_id: str, context: TheContext) -> JobBody:
    """Cancel: at once while it waits, else at its next step."""
    return job_body(await context.in_thread(lambda: _request(context, job_id, "cancel")))


@router.post("/{job_id}/retry")
async def retry(job_id: str, context: TheContext) -> JobBody:
    """Try a failed or cancelled job again."""
    return job_body(await context.in_thread(lambda: _request(context, job_id, "retry")))


def _bodies(context: RequestContext, jobs: Sequence[Job]) -> list[JobBody]:
    """Jobs for people; one that is done tells how its document was read."""
    done = {one.id: (one.document_id or "", one.version or 0) for one in jobs if one.state == "done"}
    readings = context.documents.readings(context.workspace, list(done.values()))
    foreseen = context.cases.reading_ends.foreseen(jobs)
    return [job_body(one, readings.get(done.get(one.id, ("", 0)))) for one in foreseen]


def _request(context: RequestContext, job_id: str, action: str) -> Job:
    context.documents.job(context.workspace, job_id)
    return context.service.jobs.request(context.workspace, job_id, action)

"""Bodies of jobs."""

from datetime import datetime

from pydantic import BaseModel

from api.schemas.readings import ReadingBody, reading_body, remaining_seconds
from graph.jobs import Job, JobState
from ingest.model import ReadingReport
from ingest.outcomes import Update, update_by


class JobErrorBody(BaseModel):
    """Why a job failed."""

    type: str
    code: str
    stage: str
    detail: str
    retriable: bool


class JobBody(BaseModel):
    """A job as it stands; ``revision`` is where its change can be read.

    ``chunks_failed`` could not be read by the language model, ``chunks_partly`` only in part; ``failures`` tells why.
    Of the passages of a version ``chunks_kept`` were in the one before as well; ``chunks_removed`` were only there.
    ``calls`` and ``tokens`` are those of every attempt. ``nothing_added`` counts passages to which a language model
    added nothing, by reason. ``remaining_seconds`` is how long until it is expected to end, in line or under way, while
    the passages that a language model has read so far tell. Once it is done, ``update`` tells what it did to its
    document, and ``reading`` how the file was read.
    """

    id: str
    kind: str
    document_id: str | None
    version: int | None
    state: JobState
    stage: str
    chunks_done: int
    chunks_total: int
    chunks_reused: int
    chunks_kept: int
    chunks_added: int
    chunks_removed: int
    entities: int
    relations: int
    calls: int
    tokens: int
    seconds: float
    remaining_seconds: float | None = None
    chunks_failed: int
    chunks_partly: int = 0
    failures: dict[str, str]
    rejected: dict[str, int]
    nothing_added: dict[str, int] = {}
    revision: int | None
    attempt: int
    error: JobErrorBody | None
    update: Update | None
    reading: ReadingBody | None
    created_at: datetime
    updated_at: datetime


class JobBodies(BaseModel):
    """Jobs, newest first; ask again with ``cursor=next_cursor``."""

    jobs: list[JobBody]
    next_cursor: str | None


def job_body(job: Job, reading: ReadingReport | None = None) -> JobBody:
    """A job for people; ``reading`` where it has read a version."""
    progress, error = job.progress, job.error
    return JobBody(
        id=job.id, kind=job.kind, document_id=job.document_id, version=job.version, state=job.state,
        stage=progress.stage, chunks_done=progress.chunks_done, chunks_total=progress.chunks_total,
        chunks_reused=progress.chunks_reused, chunks_kept=progress.chunks_kept, chunks_added=progress.chunks_added,
        chunks_removed=progress.chunks_removed,
        entities=progress.entities, relations=progress.relations, calls=progress.calls, tokens=progress.tokens,
        seconds=progress.seconds, remaining_seconds=remaining_seconds(job), chunks_failed=progress.chunks_failed,
        chunks_partly=progress.chunks_partly, failures=dict(progress.failures), rejected=dict(progress.rejected),
        nothing_added=dict(progress.nothing_added), revision=progress.revision, attempt=job.attempt,
        created_at=job.created_at, updated_at=job.updated_at,
        error=JobErrorBody(
            type=f"urn:quipu:problem:{error.code}", code=error.code, stage=error.stage, detail=error.message,
            retriable=error.retriable,
        ) if error else None,
        update=update_by(job),
        reading=reading_body(reading) if reading is not None else None,
    )  # fmt: skip

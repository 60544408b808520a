"""How documents are read: what of a file is in the text, and how far a language model is with it."""

import time
from typing import Literal

from pydantic import BaseModel, Field

from graph.jobs import Job, JobState
from ingest.model import ReadingReport
from ingest.reading_reports import SecondReading


class SkippedBody(BaseModel):
    """Parts of a file that are not in its text. ``unread``: a reader of the file sees them; else nobody does."""

    part: str
    reason: str
    count: int
    unread: bool


class ReadingBody(BaseModel):
    """How a file was read; a list of documents has its ``state`` alone.

    ``state`` is ``whole``, ``partly read`` where something that a reader of the file sees is not in the text, or
    ``unknown`` until it is read (again). ``parts`` counts what was read by its kind, ``replaced`` the bytes that are no
    text in ``encoding``; ``guessed``: nothing in the file says that it is this one.
    """

    state: Literal["whole", "partly read", "unknown"]
    parts: dict[str, int] = {}
    skipped: list[SkippedBody] = []
    pages: int | None = None
    encoding: str = ""
    guessed: bool = False
    replaced: int = 0
    bytes: int = 0
    characters: int = 0


class ModelReadingBody(BaseModel):
    """The second reading of a document, by a language model, after that by rule.

    ``nothing_added`` counts passages to which it added nothing, by reason; ``added`` those to which it added something.
    ``remaining_seconds``: how long until it is read, with all that is before it in line, at the pace of what the model
    has read last; null where no pace is known yet.
    ``calls`` and ``tokens`` are what models have cost for this document in all, over every attempt.
    """

    job_id: str
    state: JobState
    chunks_done: int
    chunks_total: int
    chunks_failed: int
    added: int
    nothing_added: dict[str, int] = Field(default={}, examples=[{"empty answer": 8}])
    remaining_seconds: float | None = None
    calls: int
    tokens: int
    reason: str | None = None


def reading_body(report: ReadingReport | None) -> ReadingBody:
    """How a file was read, for people."""
    if report is None:
        return ReadingBody(state="unknown")
    return ReadingBody(
        state="partly read" if report.partly else "whole", parts=dict(report.parts),
        skipped=[SkippedBody(part=s.part, reason=s.reason, count=s.count, unread=s.unread) for s in report.skipped],
        pages=report.pages, encoding=report.encoding, guessed=report.guessed, replaced=report.replaced,
        bytes=report.bytes, characters=report.characters,
    )  # fmt: skip


def model_reading_body(second: SecondReading | None) -> ModelReadingBody | None:
    """The second reading, for people; None where there is none."""
    if second is None:
        return None
    job, progress = second.job, second.job.progress
    return ModelReadingBody(
        job_id=job.id, state=job.state, chunks_done=progress.chunks_done, chunks_total=progress.chunks_total,
        chunks_failed=progress.chunks_failed, added=second.added, nothing_added=dict(progress.nothing_added),
        remaining_seconds=remaining_seconds(job), calls=second.calls, tokens=second.tokens,
        reason=job.error.message if job.error else None,
    )  # fmt: skip


def remaining_seconds(job: Job) -> float | None:
    """How long until a job is expected to end; None where nothing tells, or it neither runs nor stands in line."""
    if job.state not in {"queued", "running"} or job.progress.ends_at is None:
        return None
    return round(max(0.0, job.progress.ends_at - time.time()), 1)

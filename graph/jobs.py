"""A unit of durable background work and its state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

JobKind = Literal["ingest", "evaluation"]
JobState = Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
TERMINAL: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed: the ``code`` of a :class:`graph.errors.QuipuError`, its stage, and a sentence."""

    code: str
    stage: str
    message: str
    retriable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is, and once it is done, its yield. ``revision`` is where its change can be read."""

    stage: str = ""
    chunks_done: int = 0
    chunks_total: int = 0
    entities: int = 0
    relations: int = 0
    calls: int = 0
    tokens: int = 0
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What a submitter decides. ``payload`` is opaque to the queue."""

    workspace: str
    kind: JobKind
    document_id: str | None = None
    version: int | None = None
    payload: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands. Terminal states are ``done``, ``failed`` and ``cancelled``."""

    id: str
    workspace: str
    kind: JobKind
    document_id: str | None
    version: int | None
    payload: str
    priority: int
    state: JobState
    progress: JobProgress
    error: JobError | None
    attempt: int
    cancel_requested: bool
    created_at: datetime
    updated_at: datetime

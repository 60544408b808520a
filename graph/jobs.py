"""A unit of durable background work and its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

JobKind = Literal["ingest", "extract", "evaluation"]
JobState = Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
TERMINAL: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed: the ``code`` of a :class:`graph.errors.QuipuError`, and a sentence.

    ``stage`` is the step of the job at which it failed; the name is that of the stored field. A job that waits is
    taken up again after ``wait_seconds``; None: soon.
    """

    code: str
    stage: str
    message: str
    retriable: bool
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is, and once it is done, its yield. ``revision`` is where its change can be read.

    ``failures`` says of some chunks, by ordinal, why the model could not read them or, of ``chunks_partly``, not all of
    them; ``rejected`` counts what it said and the text does not bear out, by reason, and its answers that were cut off
    or repeated themselves; ``nothing_added`` counts chunks to which it added nothing, by reason. ``chunks_kept`` are
    those that the version before had as well; ``retitled``: that one had another title.
    ``seconds`` is wall clock; ``calls`` and ``tokens`` are those of all attempts. ``ends_at`` is when a job that runs
    is expected to end, in seconds since the epoch; None where nothing tells.
    """

    stage: str = ""
    chunks_done: int = 0
    chunks_total: int = 0
    chunks_reused: int = 0
    chunks_kept: int = 0
    chunks_added: int = 0
    chunks_removed: int = 0
    retitled: bool = False
    entities: int = 0
    relations: int = 0
    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    chunks_failed: int = 0
    chunks_partly: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    nothing_added: Mapping[str, int] = field(default_factory=dict)
    questions_done: int = 0
    questions_total: int = 0
    revision: int | None = None
    ends_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What a submitter decides. ``payload`` is opaque to the queue; ``account`` is the id of the key that pays for the
    models that the job asks, empty where no key does; ``progress`` is what is known of the work beforehand.
    """

    workspace: str
    kind: JobKind
    document_id: str | None = None
    version: int | None = None
    payload: str = ""
    priority: int = 0
    account: str = ""
    progress: JobProgress = JobProgress()


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
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """A job that has not ended, and how many of its passages are still to be read, as far as that is known."""

    id: str
    passages: int

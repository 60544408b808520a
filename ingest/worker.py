"""The background worker: claims jobs, runs the pipeline, and tells each job how far it is."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import structlog
from typing_extensions import override

from graph.errors import DependencyError, QuipuError, Superseded, TokensUsedUp
from graph.job_thread import JobThread, foreseen
from graph.jobs import Job, JobError, JobKind, JobProgress, JobState, NewJob
from graph.ports.jobs import WorkQueue
from graph.ports.operations import OperationalState
from graph.ports.spending import Cost
from graph.prompting import ModelSwitchedOff
from graph.tracing import span
from ingest.acknowledged import PICTURES
from ingest.model import Upload
from ingest.outcomes import Failure, IngestReport
from ingest.pipeline import IngestPipeline
from ingest.ports import VersionRegister
from ingest.reading_reports import ReadingReports
from ingest.under_way.beside import Beside
from ingest.under_way.expected_end import ExpectedEnd
from ingest.under_way.slicing import SLICE_DOCUMENTS
from ingest.under_way.work import COMMITTING, Progress

MAX_FAILURES_SHOWN = 20
LEASE_SECONDS = 600.0
LONGEST_WAIT = 300.0
"""Seconds after which jobs that wait for tokens look again: their workspace may have been given more."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Which jobs a worker takes, and how many at once; their chunks go together, and each still has its own revision.

    ``first`` is called before jobs are claimed: it does what must reach the graph ahead of them. ``check`` is told the
    workspace of claimed jobs and raises where they have to wait and others need not. ``refuse`` gives the reason why a
    job can no longer be done, which cancels it; None where it can. ``after`` is the
    kind of the jobs in which a model reads what this worker has read by rule. ``ended`` is called with the
    workspace and document of every job whose document went through or failed by itself; ``keep`` is told what each
    document that went through yields, in the transaction that ends its job. ``expected`` learns how long passages
    take.
    """

    kind: JobKind
    batch: int
    first: Callable[[], object] = lambda: None
    check: Callable[[str], object] = lambda _: None
    refuse: Callable[[Job], QuipuError | None] = lambda _: None
    after: JobKind | None = None
    ended: Callable[[str, str], None] = lambda *_: None
    keep: Callable[[str, IngestReport], None] = lambda *_: None
    expected: ExpectedEnd = field(default_factory=ExpectedEnd)


class KeptVersions(VersionRegister, ReadingReports, Protocol):
    """What a worker asks of the register, and keeps there."""


class Worker(JobThread):
    """Reads documents, a batch of them at a time and slice by slice; ``stop`` ends after the slice in hand.

    What fails unforeseen is taken apart until the one document that is to blame fails, with its cause.
    """

    def __init__(
        self, *, line: Line, jobs: WorkQueue, register: KeptVersions, pipeline: IngestPipeline,
        state: OperationalState, committed: Callable[[str], object],
    ) -> None:  # fmt: skip
        super().__init__(line.kind, jobs)
        self._line = line
        self._jobs = jobs
        self._register = register
        self._pipeline = pipeline
        self._state = state
        self._committed = committed
        self._progress: dict[str, JobProgress] = {}
        self._expected = line.expected

    @override
    def work(self) -> bool:
        self._line.first()
        jobs = self._jobs.claim(self._line.kind, self._line.batch, LEASE_SECONDS)
        if not jobs:
            return False
        self._progress = {job.id: _begun(job) for job in jobs}
        with span(f"{self.kind} jobs", {"quipu.workspace": jobs[0].workspace, "quipu.jobs": len(jobs)}):
            self._work_off(jobs)
        return True

    def _work_off(self, jobs: Sequence[Job]) -> None:
        """Bring jobs of one workspace to their end, or let those that are left wait."""
        groups: list[Sequence[Job]] = [jobs]
        tried: set[str] = set()
        while groups:
            group = groups.pop(0)
            try:
                self._line.check(group[0].workspace)
                left = foreseen(partial(self._carry_out, group))
            except DependencyError as error:
                self._wait([job for each in (group, *groups) for job in each], error)
                if isinstance(error, TokensUsedUp):
                    return  # those of other workspaces are next
                raise
            except QuipuError as error:
                groups[:0] = self._taken_apart(group, error, tried)
            else:
                groups[:0] = [left] if left else []

    def _carry_out(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Bring the first jobs to their end, as many as make a slice; returns the others."""
        pairs = [(job, self._upload(job)) for job in jobs[:SLICE_DOCUMENTS]]
        self._expected.begin()
        ready = [(job, upload) for job, upload in pairs if upload is not None]
        by_version = {(upload.document_id, upload.version): job for job, upload in ready}

        def spent(upload: Upload, cost: Cost) -> None:
            self._jobs.spent(by_version[upload.document_id, upload.version].id, cost)

        with self._reporter(by_version) as report:
            outcomes = self._pipeline.run([upload for _, upload in ready], report, spent)
        self._committed(jobs[0].workspace)
        self._finish([job for job, _ in ready[: len(outcomes)]], outcomes)
        return [*(job for job, _ in ready[len(outcomes) :]), *jobs[SLICE_DOCUMENTS:]]

    def _taken_apart(self, group: Sequence[Job], error: QuipuError, tried: set[str]) -> list[Sequence[Job]]:
        """What to try after a group failed as a whole: its halves, until the job that is to blame is alone.

        A job alone is tried twice, then it fails.
        """
        if len(group) > 1:
            middle = len(group) // 2
            return [group[:middle], group[middle:]]
        (job,) = group
        if job.id not in tried:
            tried.add(job.id)
            return [group]
        self._fail(job, error, self._progress[job.id].stage or "pipeline")
        return []

    def _upload(self, job: Job) -> Upload | None:
        """The version a job is about, unless it was withdrawn, cancelled or outdated meanwhile, or is refused."""
        if refusal := self._line.refuse(job):
            self._fail(job, refusal, "extract")
            return None
        upload = None
        if job.document_id is not None and job.version is not None:
            upload = self._register.get(job.workspace, job.document_id, job.version)
        if upload is None or not self._wanted(job):
            self._jobs.update(job.id, state="cancelled", progress=self._progress[job.id])
            return None
        return replace(upload, account=job.account)

    def _wanted(self, job: Job) -> bool:
        """Whether a job's outcome still matters. A model reads only a document's newest version."""
        job = self._jobs.get(job.workspace, job.id)
        if job.cancel_requested or job.document_id is None or job.version is None:
            return False
        if self._line.kind == "ingest":
            upload = self._register.get(job.workspace, job.document_id, job.version)
            return upload is not None and bool(upload.content_hash)
        latest = self._register.latest(job.workspace, job.document_id)
        return latest is not None and not latest.deleted and latest.upload.version == job.version

    @contextmanager
    def _reporter(self, jobs: dict[tuple[str, int], Job]) -> Iterator[Progress]:
        """Steps are kept here and written at most once a second: a thousand small files are one batch.

        While a change commits they are written by another thread: whoever changes readers waits for the graph store
        within a transaction of the operational state, and for that the commit must not wait in turn.
        """
        last = time.monotonic()
        unwanted: set[str] = set()

        def look() -> None:
            with self._state.transaction():
                for each in jobs.values():
                    self._jobs.update(each.id, state="running", progress=self._progress[each.id])
            unwanted.update(each.id for each in jobs.values() if not self._wanted(each))

        beside = Beside(look)

        def report(upload: Upload, step: str, done: int, total: int) -> bool:
            nonlocal last
            job = jobs[upload.document_id, upload.version]
            ends_at = self._expected.told(job.id, done, total) if step == "extract" else None
            self._progress[job.id] = replace(
                self._progress[job.id], stage=step, chunks_done=done, chunks_total=total, ends_at=ends_at
            )
            if time.monotonic() - last > 1.0:
                last = time.monotonic()
                (beside.begin if step == COMMITTING else look)()
            return job.id not in unwanted

        try:
            yield report
        finally:
            beside.settle()

    def _finish(self, jobs: Sequence[Job], outcomes: Sequence[IngestReport | Failure]) -> None:
        after = self._line.after
        with self._state.transaction():
            for job, outcome in zip(jobs, outcomes, strict=True):
                if isinstance(outcome, Failure):
                    self._fail(job, outcome.error, outcome.step)
                else:
                    self._line.keep(job.workspace, outcome)
                    self._register.set_reading(job.workspace, outcome.document_id, outcome.version, outcome.reading)
                    self._jobs.update(job.id, state="done", progress=_yield_of(outcome))
                    if after is not None and (outcome.chunks_pending or outcome.pages_pending):
                        self._jobs.submit([_next_job(job, after, outcome)])
                self._line.ended(job.workspace, str(job.document_id))

    def _fail(self, job: Job, error: QuipuError, step: str) -> None:
        state: JobState = "cancelled" if isinstance(error, Superseded | ModelSwitchedOff) else "failed"
        reason = JobError(code=error.code, stage=step, message=str(error), retriable=error.retriable)
        self._jobs.update(job.id, state=state, progress=self._progress[job.id], error=reason)
        _log.info("document not ingested", document=job.document_id, stage=step, cause=str(error))

    def _wait(self, jobs: Sequence[Job], error: DependencyError) -> None:
        wait = min(float(error.retry_seconds), LONGEST_WAIT) if isinstance(error, TokensUsedUp) else None
        reason = JobError(
            code=error.code, stage="waiting", message=str(error), retriable=True, wait_seconds=wait
        )  # fmt: skip
        with self._state.transaction():
            for job in jobs:
                self._jobs.update(job.id, state="waiting", progress=self._progress[job.id], error=reason)


def _yield_of(report: IngestReport) -> JobProgress:
    shown = sorted(report.failures)[:MAX_FAILURES_SHOWN]
    skipped = sorted(report.pages_skipped)[:MAX_FAILURES_SHOWN]
    return JobProgress(
        stage="done", chunks_done=report.chunks, chunks_total=report.chunks, chunks_reused=report.chunks_reused,
        chunks_kept=report.chunks_kept, chunks_added=report.chunks - report.chunks_kept,
        chunks_removed=report.chunks_removed, retitled=report.retitled, entities=report.entities,
        relations=report.relations, seconds=round(sum(report.seconds.values()), 3),
        chunks_failed=len(report.failures) - report.chunks_partly, chunks_partly=report.chunks_partly,
        failures={
            **{str(ordinal): report.failures[ordinal] for ordinal in shown},
            **{f"page {page}": report.pages_skipped[page] for page in skipped},
        },
        rejected=report.rejected, nothing_added=report.nothing_added, revision=report.revision,
    )  # fmt: skip


def _begun(job: Job) -> JobProgress:
    """The progress of a job that is claimed. What it has to read is known before it has looked at its document."""
    return JobProgress(stage="load", chunks_total=job.progress.chunks_total)


def _next_job(job: Job, kind: JobKind, report: IngestReport) -> NewJob:
    """The job in which a model reads what is left; of a page that is a picture it is not known how many passages it
    holds, and it counts as one.
    """
    total = report.chunks + report.pages_pending
    return NewJob(
        workspace=job.workspace, kind=kind, document_id=job.document_id, version=job.version,
        priority=job.priority, payload=PICTURES if report.pages_pending else "", account=job.account,
        progress=JobProgress(chunks_done=report.chunks - report.chunks_pending, chunks_total=total),
    )  # fmt: skip

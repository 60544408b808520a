"""The background worker: claims jobs, runs the pipeline, and tells each job how far it is."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import structlog

from graph.errors import DependencyError, QuipuError, Superseded
from graph.jobs import Job, JobError, JobProgress, JobState
from graph.ports import JobQueue
from ingest.model import IngestReport, Upload
from ingest.pipeline import Failure, IngestPipeline
from ingest.register import UploadRegister

BATCH = 256
"""Jobs taken at once; their chunks are embedded together, and each still has its own revision."""
LEASE_SECONDS = 600.0
RETRY_SECONDS = 5.0
IDLE_SECONDS = 30.0
_log = structlog.get_logger()


class Worker:
    """One thread. ``wake`` after a submit; ``stop`` ends after the batch in hand."""

    def __init__(
        self, *, jobs: JobQueue, register: UploadRegister, pipeline: IngestPipeline,
        together: Callable[[], AbstractContextManager[object]], committed: Callable[[str], object],
    ) -> None:  # fmt: skip
        self._jobs = jobs
        self._register = register
        self._pipeline = pipeline
        self._together = together
        self._committed = committed
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest-worker", daemon=True)
        self._progress: dict[str, JobProgress] = {}

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """End after the batch in hand; unfinished jobs are handed out again at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            pause = IDLE_SECONDS
            try:
                while not self._stopping.is_set() and self.work():
                    pass
            except DependencyError as error:
                _log.warning("ingestion waits", cause=str(error))
                pause = RETRY_SECONDS
            if not self._stopping.is_set():
                self._wake.wait(pause)

    def work(self) -> bool:
        """One batch; whether there was any. Raises DependencyError where the whole batch has to wait."""
        jobs = self._jobs.claim("ingest", BATCH, LEASE_SECONDS)
        if not jobs:
            return False
        self._progress = {job.id: JobProgress(stage="load") for job in jobs}
        pairs = [(job, self._upload(job)) for job in jobs]
        ready = [(job, upload) for job, upload in pairs if upload is not None]
        by_version = {(upload.document_id, upload.version): job for job, upload in ready}
        try:
            outcomes = self._pipeline.run([upload for _, upload in ready], self._reporter(by_version))
        except DependencyError as error:
            self._wait(jobs, error)
            raise
        except QuipuError as error:
            self._end_all(jobs, error)
            raise
        self._finish([job for job, _ in ready], outcomes)
        return True

    def _upload(self, job: Job) -> Upload | None:
        """The version a job is about, unless it was withdrawn or cancelled meanwhile."""
        upload = None
        if job.document_id is not None and job.version is not None:
            upload = self._register.get(job.workspace, job.document_id, job.version)
        if upload is None or not upload.content_hash or job.cancel_requested:
            self._jobs.update(job.id, state="cancelled", progress=self._progress[job.id])
            return None
        return upload

    def _reporter(self, jobs: dict[tuple[str, int], Job]) -> Callable[[Upload, str, int, int], None]:
        """Stages are kept here and written at most once a second: a thousand small files are one batch."""
        last = time.monotonic()

        def report(upload: Upload, stage: str, done: int, total: int) -> None:
            nonlocal last
            job = jobs[upload.document_id, upload.version]
            self._progress[job.id] = replace(self._progress[job.id], stage=stage, chunks_done=done, chunks_total=total)
            if time.monotonic() - last > 1.0:
                last = time.monotonic()
                with self._together():
                    for each in jobs.values():
                        self._jobs.update(each.id, state="running", progress=self._progress[each.id])

        return report

    def _finish(self, jobs: Sequence[Job], outcomes: Sequence[IngestReport | Failure]) -> None:
        for workspace in sorted({job.workspace for job in jobs}):
            self._committed(workspace)
        with self._together():
            for job, outcome in zip(jobs, outcomes, strict=True):
                if isinstance(outcome, IngestReport):
                    progress = JobProgress(
                        stage="done", chunks_done=outcome.chunks, chunks_total=outcome.chunks,
                        entities=outcome.entities, relations=outcome.relations, calls=outcome.calls,
                        tokens=outcome.tokens, revision=outcome.revision,
                    )  # fmt: skip
                    self._jobs.update(job.id, state="done", progress=progress)
                else:
                    self._fail(job, outcome.error, outcome.stage)

    def _fail(self, job: Job, error: QuipuError, stage: str) -> None:
        state: JobState = "cancelled" if isinstance(error, Superseded) else "failed"
        reason = JobError(code=error.code, stage=stage, message=str(error), retriable=error.retriable)
        self._jobs.update(job.id, state=state, progress=self._progress[job.id], error=reason)
        _log.info("document not ingested", document=job.document_id, stage=stage, cause=str(error))

    def _wait(self, jobs: Sequence[Job], error: DependencyError) -> None:
        reason = JobError(code=error.code, stage="waiting", message=str(error), retriable=True)
        with self._together():
            for job in jobs:
                self._jobs.update(job.id, state="waiting", progress=self._progress[job.id], error=reason)

    def _end_all(self, jobs: Sequence[Job], error: QuipuError) -> None:
        with self._together():
            for job in jobs:
                self._fail(job, error, "pipeline")

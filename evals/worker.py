"""The background worker for evaluations: one at a time, so that their times mean something."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from evals.judge import Judge
from evals.ports import KnowledgeService
from evals.reporting.sections import publish
from evals.requests import EvaluationFolders, from_payload
from evals.runner import Evaluation
from evals.runs import RunFolder
from graph.errors import DependencyError, QuipuError
from graph.jobs import Job, JobError, JobKind, JobProgress
from graph.ports.jobs import JobSource

LEASE_SECONDS = 600.0
IDLE_SECONDS = 30.0
TOLD_EVERY = 0.5
"""Seconds between reports of progress, each of which is a transaction."""
_log = structlog.get_logger()


class _Stop(Exception):
    """The service ends; the job goes on at its next start."""


class _Cancel(Exception):
    """Somebody asked for the end of the job."""


class EvaluationWorker:
    """One thread, which works whenever an evaluation is ready; ``stop`` ends after the question in hand.

    Args:
        jobs: where evaluations are queued.
        folders: where runs are kept and data sets are found.
        service: the knowledge base to ask.
        judge: makes the judge for a run, or None without one.
        token_price: of a million tokens.
    """

    def __init__(
        self, *, jobs: JobSource, folders: EvaluationFolders, service: KnowledgeService,
        judge: Callable[[], Judge | None], token_price: float,
    ) -> None:  # fmt: skip
        self._jobs = jobs
        self._folders = folders
        self._service = service
        self._judge = judge
        self._token_price = token_price
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="evaluation-worker", daemon=True)
        jobs.on_ready(self.kind, self._wake.set)

    @property
    def kind(self) -> JobKind:
        """The kind of jobs it does."""
        return "evaluation"

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """End after the question in hand; an unfinished run goes on at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                while not self._stopping.is_set() and self.work():
                    pass
            except DependencyError as error:
                _log.warning("evaluation waits", cause=str(error))
            if not self._stopping.is_set():
                self._wake.wait(IDLE_SECONDS)

    def work(self) -> bool:
        """One job; whether there was any. Raises DependencyError where the queue itself fails."""
        jobs = self._jobs.claim(self.kind, 1, LEASE_SECONDS)
        for job in jobs:
            with suppress(_Stop):
                self._work(job, _Told(self._jobs, job, self._stopping))
        return bool(jobs)

    def _work(self, job: Job, told: "_Told") -> None:
        try:
            self._evaluate(job, told)
        except _Cancel:
            self._jobs.update(job.id, state="cancelled", progress=told.progress)
        except QuipuError as error:
            stage = told.progress.stage or "load"
            reason = JobError(code=error.code, stage=stage, message=str(error), retriable=error.retriable)
            self._jobs.update(job.id, state="failed", progress=told.progress, error=reason)
            _log.info("evaluation failed", job=job.id, stage=stage, cause=str(error))
        else:
            self._jobs.update(job.id, state="done", progress=replace(told.progress, stage="done"))

    def _evaluate(self, job: Job, told: "_Told") -> None:
        request = from_payload(job.payload)
        folder = self._folders.run(request)
        Evaluation(
            plan=request.plan, dataset=self._folders.dataset(request), service=self._service,
            folder=RunFolder(folder), own_corpus=False,
            judge=self._judge() if request.plan.kind == "answers" else None, token_price=self._token_price,
        ).run(told)  # fmt: skip
        publish(folder)


class _Told:
    """Progress as a job shows it, and the place where a run learns that it is to end."""

    def __init__(self, jobs: JobSource, job: Job, stopping: threading.Event) -> None:
        self._jobs = jobs
        self._job = job
        self._stopping = stopping
        self._last = 0.0
        self.progress = JobProgress(stage="load")

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise _Stop
        changed = stage != self.progress.stage
        self.progress = replace(self.progress, stage=stage, questions_done=done, questions_total=total)
        if changed or time.monotonic() - self._last > TOLD_EVERY:
            self._last = time.monotonic()
            job = self._jobs.update(self._job.id, state="running", progress=self.progress)
            if job.cancel_requested or job.state == "cancelled":
                raise _Cancel

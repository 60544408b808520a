"""The background worker for evaluations. It runs one at a time, so that the times it measures mean something."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog
from typing_extensions import override

from evals.judge import Judge
from evals.ports import KnowledgeService
from evals.reporting.sections import publish
from evals.requests import EvaluationFolders, from_payload
from evals.runner import Evaluation
from evals.runs import RunFolder
from graph.errors import QuipuError
from graph.job_thread import JobThread, foreseen
from graph.jobs import Job, JobError, JobProgress, JobState
from graph.ports.jobs import JobSource
from graph.ports.spending import paid_by

LEASE_SECONDS = 600.0
REPORT_SECONDS = 0.5
"""Seconds between reports of progress, each of which is a transaction."""
_log = structlog.get_logger()


class _Stop(Exception):
    """The service ends; the job goes on when the service starts again."""


class _Cancel(Exception):
    """Somebody cancelled the job."""


class EvaluationWorker(JobThread):
    """Runs evaluations, one at a time; ``stop`` ends after the question in hand.

    Args:
        jobs: where evaluations are queued.
        folders: where runs are kept and data sets are found.
        service: gives the knowledge base of a workspace, to ask it.
        judge: makes the judge for a run of a workspace; gives None where no model is set.
        token_price: the price of a million tokens.
    """

    def __init__(
        self, *, jobs: JobSource, folders: EvaluationFolders, service: Callable[[str], KnowledgeService],
        judge: Callable[[str], Judge | None], token_price: float,
    ) -> None:  # fmt: skip
        super().__init__("evaluation", jobs)
        self._jobs = jobs
        self._folders = folders
        self._service = service
        self._judge = judge
        self._token_price = token_price

    @override
    def work(self) -> bool:
        jobs = self._jobs.claim(self.kind, 1, LEASE_SECONDS)
        for job in jobs:
            self._work(job, _Reporter(self._jobs, job, self._stopping))
        return bool(jobs)

    def _work(self, job: Job, reporter: "_Reporter") -> None:
        try:
            with paid_by(partial(self._jobs.spent, job.id)):
                state = foreseen(partial(self._ended, job, reporter))
        except QuipuError as error:
            step = reporter.progress.stage or "load"
            reason = JobError(code=error.code, stage=step, message=str(error), retriable=error.retriable)
            self._jobs.update(job.id, state="failed", progress=reporter.progress, error=reason)
            _log.info("evaluation failed", job=job.id, stage=step, cause=str(error))
        else:
            if state is not None:
                stage = "done" if state == "done" else reporter.progress.stage
                self._jobs.update(job.id, state=state, progress=replace(reporter.progress, stage=stage))

    def _ended(self, job: Job, reporter: "_Reporter") -> JobState | None:
        """Evaluate; how it ended, None where it goes on at the next start."""
        try:
            self._evaluate(job, reporter)
        except _Cancel:
            return "cancelled"
        except _Stop:
            return None
        return "done"

    def _evaluate(self, job: Job, reporter: "_Reporter") -> None:
        request = from_payload(job.payload)
        folder = self._folders.run(request)
        Evaluation(
            plan=request.plan, dataset=self._folders.dataset(request), service=self._service(job.workspace),
            folder=RunFolder(folder), own_corpus=False,
            judge=self._judge(job.workspace) if request.plan.kind == "answers" else None, token_price=self._token_price,
        ).run(reporter)  # fmt: skip
        publish(folder)


class _Reporter:
    """Reports a run's progress to its job, and raises where the service ends or the job was cancelled."""

    def __init__(self, jobs: JobSource, job: Job, stopping: threading.Event) -> None:
        self._jobs = jobs
        self._job = job
        self._stopping = stopping
        self._last = 0.0
        self.progress = JobProgress(stage="load")

    def __call__(self, step: str, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise _Stop
        changed = step != self.progress.stage
        self.progress = replace(self.progress, stage=step, questions_done=done, questions_total=total)
        if changed or time.monotonic() - self._last > REPORT_SECONDS:
            self._last = time.monotonic()
            job = self._jobs.update(self._job.id, state="running", progress=self.progress)
            if job.cancel_requested or job.state == "cancelled":
                raise _Cancel

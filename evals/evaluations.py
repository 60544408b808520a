"""Evaluations as jobs: here they are ordered and followed, and their reports are read."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from evals.comparison import Comparison, compare
from evals.model import Plan
from evals.requests import EvaluationFolders, EvaluationRequest, from_payload, to_payload
from evals.runs import Run, RunFolder
from evals.summary import Summary, summarise
from graph.errors import ConflictError, NotFoundError
from graph.jobs import Job, NewJob
from graph.ports.jobs import JobQueue


class Evaluations:
    """The use case of evaluations in a running service."""

    def __init__(self, folders: EvaluationFolders, jobs: JobQueue) -> None:
        self._folders = folders
        self._jobs = jobs

    def start(self, workspace: str, dataset: str, plan: Plan, account: str = "") -> Job:
        """Order a run on one of the service's own data sets, which ``account`` pays for. Raises InputError if it is not
        there, or not sound.
        """
        return self._submit(workspace, self._folders.named(workspace, dataset, plan), account)

    def start_uploaded(self, workspace: str, files: Mapping[str, bytes], plan: Plan, account: str = "") -> Job:
        """The same on files that came with the request, by name. Raises InputError if they are not sound."""
        return self._submit(workspace, self._folders.uploaded(workspace, files, plan), account)

    def page(self, workspace: str, *, after: str | None = None, limit: int = 20) -> tuple[Job, ...]:
        """The jobs of evaluations, newest first, older than the evaluation ``after``."""
        return self._jobs.list(workspace, kind="evaluation", after=after, limit=limit)

    def comparison(self, workspace: str, eval_id: str, before: str) -> Comparison:
        """An evaluation compared with one before it.

        Raises:
            ConflictError: one of them is not done.
            NotFoundError: there is no such evaluation, or its run went with a document that was purged.
            InputError: they share no question.
        """
        earlier, later = (self._run(workspace, one) for one in (before, eval_id))
        return compare(earlier, later)

    def job(self, workspace: str, eval_id: str) -> Job:
        """The job of an evaluation. Raises NotFoundError."""
        job = self._jobs.get(workspace, eval_id)
        if job.kind != "evaluation":
            raise NotFoundError(f"no evaluation {eval_id!r}")
        return job

    def request(self, job: Job) -> EvaluationRequest:
        """What a job is to do."""
        return from_payload(job.payload)

    def result(self, job: Job) -> tuple[int, Summary] | None:
        """The revision that was asked and the figures; None before a job is done, and once its run was purged."""
        folder = self._folders.run(self.request(job))
        return _result(folder) if job.state == "done" and folder.exists() else None

    def report(self, workspace: str, eval_id: str, kind: str) -> bytes:
        """The report as a file, ``html`` or ``json``.

        Raises:
            ConflictError: the evaluation is not done.
            NotFoundError: there is no such evaluation, or its report went with a document that was purged.
        """
        path = self._done(workspace, eval_id) / f"report.{kind}"
        if not path.exists():
            raise NotFoundError(f"the report of evaluation {eval_id!r} went with a document that was purged")
        return path.read_bytes()

    def _done(self, workspace: str, eval_id: str) -> Path:
        """The folder of an evaluation that is done."""
        job = self.job(workspace, eval_id)
        if job.state != "done":
            raise ConflictError(f"evaluation {eval_id!r} is {job.state}; its report comes when it is done")
        return self._folders.run(self.request(job))

    def _run(self, workspace: str, eval_id: str) -> Run:
        folder = self._done(workspace, eval_id)
        if not folder.exists():
            raise NotFoundError(f"the run of evaluation {eval_id!r} went with a document that was purged")
        return RunFolder(folder).load()

    def _submit(self, workspace: str, request: EvaluationRequest, account: str) -> Job:
        new = NewJob(workspace=workspace, kind="evaluation", payload=to_payload(request), account=account)
        return self._jobs.submit([new])[0]


@lru_cache(maxsize=256)
def _result(folder: Path) -> tuple[int, Summary]:
    """Revision and figures of a finished run. They are cached, because such a run no longer changes."""
    run = RunFolder(folder).load()
    return run.info.revision, summarise(run)

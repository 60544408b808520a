"""What is asked of the queue of background work: by whoever orders it, and by whoever does it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from graph.jobs import InLine, Job, JobError, JobKind, JobProgress, JobState, NewJob
from graph.ports.spending import Cost


class JobQueue(Protocol):
    """Durable work, as whoever orders it sees it. Workers learn by themselves of what is added here."""

    def submit(self, jobs: Sequence[NewJob]) -> tuple[Job, ...]:
        """Add jobs in order, as part of the surrounding transaction of the operational state if there is one."""
        ...

    def get(self, workspace: str, job_id: str) -> Job:
        """One job. Raises NotFoundError."""
        ...

    def list(
        self, workspace: str, *, state: JobState | None = None, document_id: str | None = None,
        kind: JobKind | None = None, after: str | None = None, limit: int = 100,
    ) -> tuple[Job, ...]:  # fmt: skip
        """Jobs, newest first; older than the job ``after`` where one is named, none where that is not there."""
        ...

    def request(self, workspace: str, job_id: str, action: str) -> Job:
        """``"cancel"`` (at once if queued, else at the next step) or ``"retry"`` (a failed or cancelled job)."""
        ...

    def forget(self, workspace: str) -> bool:
        """Cancel every job of a workspace that is deleted, and drop them all once none of them is under way.

        The result says whether they are gone; if not, ask again.
        """
        ...

    def counts(self) -> Mapping[tuple[str, JobState], int]:
        """How many jobs there are, by workspace and state."""
        ...


class JobSource(Protocol):
    """Durable work, as a worker sees it. The job of a worker that dies is handed out again once its lease ends."""

    def claim(self, kind: JobKind, limit: int, lease_seconds: float) -> tuple[Job, ...]:
        """Take up to ``limit`` jobs of one workspace: highest priority first, then in order of submission.

        Workspaces take turns: the one that was served longest ago comes first, whatever its jobs' priority.
        Waits for a transaction that is under way, so that a worker who is called by it finds what it added.
        """
        ...

    def update(self, job_id: str, *, state: JobState, progress: JobProgress, error: JobError | None = None) -> Job:
        """Record progress and renew the lease, or end the job. A terminal job is left as it is.

        What the progress says of calls and tokens is not recorded: see :meth:`spent`.
        """
        ...

    def spent(self, job_id: str, cost: Cost) -> None:
        """Add to what a job has cost, and to what its account has paid, durably and at once: no attempt, cancellation
        or kill takes it back.
        """
        ...

    def costs(self) -> Mapping[str, Cost]:
        """What jobs have cost in all, by the account that pays; those of deleted workspaces as well. All tokens are
        told as those of prompts.
        """
        ...

    def line(self, kind: JobKind, batch: int) -> Sequence[InLine]:
        """Jobs of a kind that are under way, then those that are queued in the order in which they are handed out,
        ``batch`` at a time, unless others come. Those of a workspace in which one waits for a dependency are left out.
        """
        ...

    def on_ready(self, kind: JobKind, call: Callable[[], object]) -> None:
        """Call back, from any thread and quickly, whenever a job of a kind is submitted or retried."""
        ...


class WorkQueue(JobQueue, JobSource, Protocol):
    """Both sides of the queue."""

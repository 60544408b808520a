"""What is asked of the queue of background work."""

from collections.abc import Sequence
from typing import Protocol

from graph.jobs import Job, JobError, JobProgress, JobState, NewJob


class JobQueue(Protocol):
    """Durable work. A job claimed by a worker that dies is handed out again once its lease ends."""

    def submit(self, jobs: Sequence[NewJob]) -> tuple[Job, ...]:
        """Add jobs in order, as part of the surrounding transaction of the operational state if there is one."""
        ...

    def claim(self, kind: str, limit: int, lease_seconds: float) -> tuple[Job, ...]:
        """Take up to ``limit`` jobs of one workspace: highest priority first, then in order of submission."""
        ...

    def update(self, job_id: str, *, state: JobState, progress: JobProgress, error: JobError | None = None) -> Job:
        """Record progress and renew the lease, or end the job. A terminal job is left as it is."""
        ...

    def get(self, workspace: str, job_id: str) -> Job:
        """One job. Raises NotFoundError."""
        ...

    def list(
        self, workspace: str, *, state: JobState | None = None, document_id: str | None = None, limit: int = 100
    ) -> tuple[Job, ...]:
        """Jobs, newest first."""
        ...

    def request(self, workspace: str, job_id: str, action: str) -> Job:
        """``"cancel"`` (at once if queued, else at the next step) or ``"retry"`` (a failed or cancelled job)."""
        ...

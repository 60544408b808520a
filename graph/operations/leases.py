"""Which jobs are handed out together, so that one that takes its process down is found among them. Pure.

A job's ``claims`` count how often it was handed out since it last got on for good: each is a death of the process, or
the present run. Jobs that died together come back in half as large a company, down to each by itself; then the others
are done, and the one that is to blame fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.jobs import JobError

MAX_DEATHS_ALONE = 5
"""A job that was this often under way, and nothing else was, when its process ended has taken it down: it fails."""
LEASE_RENEWAL_SECONDS = 60.0
"""Each report of progress keeps a job with its worker for at least this long."""
WAITING_SECONDS = 3.0
"""A job that waits for a dependency can be claimed again after this long; that is no death of a worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimable:
    """A job that can be handed out."""

    id: str
    workspace: str
    claims: int


def is_to_blame(job: Claimable, limit: int) -> bool:
    """Whether a job that heads a batch of at most ``limit`` has died alone too often to be handed out again."""
    return job.claims - limit.bit_length() + 1 >= MAX_DEATHS_ALONE


def company(jobs: Sequence[Claimable], limit: int) -> Sequence[Claimable]:
    """The first jobs of one workspace, half as many for each time that any of them was under way already."""
    most = 0
    together = len(jobs)
    for number, job in enumerate(jobs):
        most = max(most, job.claims)
        if number >= max(1, limit >> most):
            together = number
            break
    return [job for job in jobs[:together] if job.workspace == jobs[0].workspace]


def worker_died(claims: int) -> JobError:
    """Why a job fails that has taken its process down."""
    return JobError(
        code="worker-died", stage="unknown", retriable=False,
        message=f"the process ended {claims} times while this job ran, {MAX_DEATHS_ALONE} of them with no other",
    )  # fmt: skip

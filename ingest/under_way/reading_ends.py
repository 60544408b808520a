"""When the jobs that stand in line for a language model will have been read: what is before them, at its pace."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from graph.jobs import Job
from graph.ports.jobs import JobSource
from ingest.under_way.expected_end import ExpectedEnd

LOOK_SECONDS = 2.0
"""Between two looks at the line, which may be long."""


class ReadingEnds:
    """The use case that tells jobs for people when they will have ended.

    Args:
        jobs: where they stand in line.
        expected: what the worker that reads with the model tells its passages to.
        batch: how many jobs that worker takes at once.
        clock: seconds since the epoch.
    """

    def __init__(
        self, jobs: JobSource, expected: ExpectedEnd, batch: int, clock: Callable[[], float] = time.time
    ) -> None:  # fmt: skip
        self._jobs = jobs
        self._expected = expected
        self._batch = batch
        self._clock = clock
        self._looked = float("-inf")
        self._before: dict[str, int] = {}

    def foreseen(self, jobs: Sequence[Job]) -> list[Job]:
        """The same jobs; those in line for a model have their expected end, where a pace has been measured."""
        return [self._foreseen(job) if job.kind == "extract" and job.state == "queued" else job for job in jobs]

    def _foreseen(self, job: Job) -> Job:
        pace = self._expected.pace
        before = self._line().get(job.id) if pace else None
        own = job.progress.chunks_total - job.progress.chunks_done
        if pace is None or before is None or own <= 0:
            return job
        ends_at = max(pace.moment + before * pace.seconds, self._clock() + own * pace.seconds)
        return replace(job, progress=replace(job.progress, ends_at=ends_at))

    def _line(self) -> dict[str, int]:
        """Passages that are read until each job in line has ended."""
        if self._clock() - self._looked >= LOOK_SECONDS:
            line = self._jobs.line("extract", self._batch)
            self._before = dict(zip((one.id for one in line), accumulate(one.passages for one in line), strict=True))
            self._looked = self._clock()
        return self._before

"""The use case that tells whether answers contain what was acknowledged, and waits until they do."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from typing_extensions import override

from graph.audience import Audience
from graph.errors import NotFoundError
from graph.jobs import Job
from graph.ports.jobs import JobQueue
from graph.ports.own_writes import NOW, OwnWrites, Standing
from graph.ports.reading import SharedKnowledge
from ingest.acknowledged import AcknowledgedChange, AcknowledgedChanges

T = TypeVar("T")
MOST_LOOKED_AT = 1_000
"""Changes under way of which it is looked up whether somebody may read them, who may not read everything: for them no
more are counted.
"""
EXAMPLES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
"""Seconds between two looks; each pause is half as long again as the one before."""


class AcknowledgedWrites(OwnWrites):
    """The OwnWrites port. It waits in the event loop; a thread is held only while it looks."""

    def __init__(
        self, *, changes: AcknowledgedChanges, jobs: JobQueue, graph: SharedKnowledge, limiter: anyio.CapacityLimiter
    ) -> None:  # fmt: skip
        self._changes = changes
        self._jobs = jobs
        self._graph = graph
        self._limiter = limiter

    @override
    def pending(self, workspace: str, audience: Audience) -> int:
        if audience.unrestricted:
            return self._changes.count(workspace)
        return len(self._seen(workspace, audience, self._changes.under_way(workspace, limit=MOST_LOOKED_AT)))

    @override
    async def settled(self, workspace: str, audience: Audience, after: Sequence[str], seconds: float) -> Standing:
        deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
        up_to = await self._in_thread(self._changes.newest) if NOW in after else None
        look = partial(self._standing, workspace, audience, after, up_to)
        while True:
            standing = await self._in_thread(look)
            left = deadline - time.monotonic()
            if not standing.pending or left <= 0:
                return standing
            await anyio.sleep(min(pause, left))
            pause = min(1.5 * pause, LONGEST_PAUSE)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _standing(self, workspace: str, audience: Audience, after: Sequence[str], up_to: int | None) -> Standing:
        found: dict[tuple[str, int], AcknowledgedChange] = {}
        for token in [one for each in after for one in each.split(".") if one != NOW]:
            named = self._changes.named(workspace, token)
            if not named:
                raise NotFoundError(f"nothing was acknowledged under the token {token!r} in this workspace")
            found |= {(one.document_id, one.version): one for one in named}
        seen = self._seen(workspace, audience, list(found.values()))
        open_ones = [one for one in seen if one.state == "under way"]
        pending = len(open_ones)
        if up_to is not None:
            known = {(one.document_id, one.version) for one in open_ones}
            others = self._others(workspace, audience, up_to)
            open_ones += [one for one in others if (one.document_id, one.version) not in known]
            more = self._changes.count(workspace, up_to=up_to) if audience.unrestricted else 0
            pending = max(more, len(open_ones))
        missed = [one for one in seen if one.state in {"failed", "cancelled"}]
        return Standing(
            pending=pending,
            examples=tuple(self._told(workspace, one) for one in open_ones[:EXAMPLES]),
            missed=tuple(self._told(workspace, one) for one in missed),
        )

    def _others(self, workspace: str, audience: Audience, up_to: int) -> Sequence[AcknowledgedChange]:
        limit = EXAMPLES if audience.unrestricted else MOST_LOOKED_AT
        return self._seen(workspace, audience, self._changes.under_way(workspace, up_to=up_to, limit=limit))

    def _seen(
        self, workspace: str, audience: Audience, changes: Sequence[AcknowledgedChange]
    ) -> list[AcknowledgedChange]:  # fmt: skip
        """Those of some changes that exist for an audience."""
        if audience.unrestricted or not changes:
            return list(changes)
        rights = self._graph.rights(workspace, sorted({one.document_id for one in changes}))
        return [
            one
            for one in changes
            if one.kept and (one.document_id not in rights or audience.may_read(rights[one.document_id].readers))
        ]

    def _told(self, workspace: str, change: AcknowledgedChange) -> str:
        """How far a change is, in one sentence."""
        named = f"{change.document_id!r}, version {change.version}"
        if not change.job_id:
            return f"{named}: its deletion waits for the graph"
        return f"{named}: {_how_far(self._jobs.get(workspace, change.job_id))}"


def _how_far(job: Job) -> str:
    if job.state in {"failed", "cancelled", "waiting"} and job.error is not None:
        return f"{job.state}, {job.error.message}"
    if job.state == "running" and job.progress.stage:
        total = job.progress.chunks_total
        return job.progress.stage + (f", {job.progress.chunks_done} of {total} passages" if total else "")
    return "its pictures are still to be read" if job.state == "done" else str(job.state)

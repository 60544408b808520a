"""How documents go: noted in the register first, all at once, then carried out in the graph."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import partial

from graph.errors import DependencyError, QuipuError, Superseded
from graph.job_thread import foreseen
from graph.model import GraphCounts
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState, StorageRoom
from ingest.acknowledging.family import held_by
from ingest.model import RegisteredVersion, Withdrawal
from ingest.ports import AlteredGraph, BlobStore, Quota, UploadRegister

PUT_OFF_SECONDS = 60.0
"""After a deletion failed in a way that nobody foresaw, until it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Deletions that are noted: of a document, then of all that it holds."""

    withdrawals: Sequence[Withdrawal]
    jobs_cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What deletions took away, up to which revision, and the number of blobs."""

    revision: int
    counts: GraphCounts
    blobs: int


class Withdrawing:
    """Withdraws documents with all that they hold. As for its parts see :class:`ingest.intake.Intake`."""

    def __init__(  # noqa: PLR0913 - built in one place, from what a deletion touches
        self, *, state: OperationalState, register: UploadRegister, blobs: BlobStore, jobs: JobQueue,
        graph: AlteredGraph, quota: Quota, room: StorageRoom, forget: Callable[[str, str], object],
        committed: Callable[[str], object],
    ) -> None:  # fmt: skip
        self._state = state
        self._register = register
        self._blobs = blobs
        self._jobs = jobs
        self._graph = graph
        self._quota = quota
        self._room = room
        self._forget_more = forget
        self._committed = committed
        self._not_before: dict[Withdrawal, float] = {}
        self.alone = threading.RLock()
        """Held from what is noted to what is carried out of it, so that nobody else carries it out meanwhile."""

    def begin(self, latest: RegisteredVersion, *, purge: bool, token: str) -> Begun:
        """Note that a document and all that it holds go, whatever is still to come of them. Within a transaction."""
        workspace = latest.upload.workspace
        waiting = {one.document_id for one in self._register.withdrawals() if one.workspace == workspace}
        withdrawals, cancelled = [], 0
        for one in (latest, *held_by(self._register, workspace, latest.upload.document_id)):
            there = not one.deleted or one.upload.document_id in waiting or (purge and one.upload.content_hash)
            if there:
                cancelled += self._cancel_jobs(workspace, one.upload.document_id)
                withdrawals.append(self._note(one, purge, token))
        return Begun(withdrawals=withdrawals, jobs_cancelled=cancelled)

    def carry_out(self, withdrawals: Sequence[Withdrawal]) -> Gone:
        """Let deletions reach the graph.

        Raises:
            DependencyError: it cannot be reached. What is left is carried out before any other work.
        """
        with self.alone:
            revision, counts = 0, GraphCounts()
            for one in withdrawals:
                change = self._graph.purge if one.purge else self._graph.remove
                removal = change(one.workspace, one.document_id, one.version)
                revision, counts = max(revision, removal.revision), _added(counts, removal.gone)
                if not one.purge:
                    self._register.end_withdrawal(one)
            for workspace in {one.workspace for one in withdrawals}:
                self._committed(workspace)
            return Gone(revision=revision, counts=counts, blobs=self._forget([one for one in withdrawals if one.purge]))

    def finish(self) -> None:
        """Carry out what was noted and not done. See :meth:`ingest.intake.Intake.finish_withdrawals`."""
        for withdrawal in self._register.withdrawals():
            if self._not_before.get(withdrawal, 0.0) > time.monotonic():
                continue
            self._room.lend()
            try:
                foreseen(partial(self.carry_out, [withdrawal]))
            except Superseded:
                self._register.end_withdrawal(withdrawal)
            except DependencyError:
                raise
            except QuipuError:
                self._not_before[withdrawal] = time.monotonic() + PUT_OFF_SECONDS

    def _note(self, latest: RegisteredVersion, purge: bool, token: str) -> Withdrawal:
        workspace, document_id, version = latest.upload.workspace, latest.upload.document_id, latest.upload.version + 1
        marker = replace(latest.upload, version=version, updated_at=datetime.now(UTC), token=token)
        self._register.add(marker, deleted=True, job_id="")
        self._quota.give_back(workspace, document_id)
        withdrawal = Withdrawal(workspace=workspace, document_id=document_id, version=version, purge=purge)
        self._register.begin_withdrawal(withdrawal)
        return withdrawal

    def _cancel_jobs(self, workspace: str, document_id: str) -> int:
        jobs = self._jobs.list(workspace, document_id=document_id, limit=1000)
        open_jobs = [job for job in jobs if job.state in {"queued", "waiting", "running"}]
        for job in open_jobs:
            self._jobs.request(workspace, job.id, "cancel")
        return len(open_jobs)

    def _forget(self, purges: Sequence[Withdrawal]) -> int:
        """Remove what is kept of purged documents; the number of blobs."""
        removed = 0
        for one in purges:
            # one step: nobody is told meanwhile that the same bytes are there, and a crash leaves its hashes registered
            with self._state.transaction():
                orphans = self._register.forget(one.workspace, one.document_id, one.version)
                removed += sum(self._blobs.delete(digest) for digest in orphans)
            self._forget_more(one.workspace, one.document_id)
        if purges:
            self._state.erase_freed_pages()
            with self._state.transaction():
                for one in purges:
                    self._register.end_withdrawal(one)
        return removed


def _added(one: GraphCounts, other: GraphCounts) -> GraphCounts:
    return GraphCounts(**{each.name: getattr(one, each.name) + getattr(other, each.name) for each in fields(one)})

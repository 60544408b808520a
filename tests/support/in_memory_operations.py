"""The ports of operational state without a database: they show that the ports are whole, and need no file."""

import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from graph.errors import ConflictError, InputError, NotFoundError, StorageFull
from graph.jobs import TERMINAL, InLine, Job, JobError, JobKind, JobProgress, JobState, NewJob
from graph.operations.leases import (
    LEASE_RENEWAL_SECONDS,
    WAITING_SECONDS,
    Claimable,
    company,
    is_to_blame,
    worker_died,
)
from graph.operations.turns import Turns
from graph.ports.jobs import WorkQueue
from graph.ports.operations import GraphWitness, OperationalState, StorageRoom
from graph.ports.quotas import QuotaBook
from graph.ports.spending import Cost
from graph.quotas import Limits


class InMemoryState(OperationalState):
    """Hands out dictionaries of frozen values, and puts back what they held where a transaction fails."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._tables: list[dict[Any, Any]] = []
        self.erased = 0

    def table(self) -> dict[Any, Any]:
        self._tables.append({})
        return self._tables[-1]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            before = [dict(table) for table in self._tables] if self._depth == 0 else None
            self._depth += 1
            try:
                yield
            except BaseException:
                for table, held in zip(self._tables, before or (), strict=before is not None):
                    table.clear()
                    table.update(held)
                raise
            finally:
                self._depth -= 1

    def erase_freed_pages(self) -> None:
        self.erased += 1


class InMemoryRoom(StorageRoom):
    """As much room as a test leaves; counts what is asked of the reserve."""

    def __init__(self) -> None:
        self.full: str | None = None
        self.lent = 0
        self.given_back = 0

    def problems(self) -> Sequence[str]:
        return (self.full,) if self.full else ()

    def check(self, wanted: int = 0) -> None:
        if self.full:
            raise StorageFull(self.full)

    def lend(self) -> None:
        self.lent += 1

    def give_back(self) -> None:
        self.given_back += 1


class InMemoryQuotaBook(QuotaBook):
    def __init__(self, state: InMemoryState) -> None:
        self._limits: dict[str, Limits] = state.table()
        self._spent: dict[tuple[str, str], int] = state.table()

    def limits(self, workspace: str) -> Limits:
        return self._limits.get(workspace, Limits())

    def set_limits(self, workspace: str, limits: Limits) -> None:
        self._limits[workspace] = limits

    def spent(self, day: str) -> dict[str, int]:
        return {workspace: tokens for (at, workspace), tokens in self._spent.items() if at == day}

    def add_spent(self, day: str, tokens: Mapping[str, int]) -> None:
        for workspace, number in tokens.items():
            self._spent[day, workspace] = self._spent.get((day, workspace), 0) + number
        first = (date.fromisoformat(day) - timedelta(days=31)).isoformat()
        for key in [key for key in self._spent if key[0] < first]:
            del self._spent[key]

    def forget(self, workspace: str) -> None:
        self._limits.pop(workspace, None)
        for key in [key for key in self._spent if key[1] == workspace]:
            del self._spent[key]


class InMemoryWitness(GraphWitness):
    def __init__(self, state: InMemoryState) -> None:
        self._seen = state.table()
        self._owner = uuid.uuid4().hex

    @property
    def owner(self) -> str:
        return self._owner

    def adopt(self, owner: str) -> None:
        self._owner = owner

    def seen(self, workspace: str) -> int:
        return int(self._seen.get(workspace, 0))

    def note(self, workspace: str, revision: int) -> None:
        self._seen[workspace] = revision

    def forget(self, workspace: str) -> None:
        self._seen.pop(workspace, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    job: Job
    sequence: int
    claims: int = 0
    lease_until: float = 0.0


class InMemoryJobQueue(WorkQueue):
    def __init__(self, state: InMemoryState) -> None:
        self._state = state
        self._jobs: dict[str, _Kept] = state.table()
        self._turns = Turns()
        self._numbers = count()
        self._paid: dict[str, Cost] = state.table()
        self._calls: defaultdict[JobKind, list[Callable[[], object]]] = defaultdict(list)

    def recover(self) -> None:
        with self._state.transaction():
            for kept in list(self._jobs.values()):
                if kept.job.state in {"running", "waiting"}:
                    self._jobs[kept.job.id] = replace(kept, lease_until=0.0)

    def submit(self, jobs: Sequence[NewJob]) -> tuple[Job, ...]:
        with self._state.transaction():
            added = tuple(self._add(new) for new in jobs)
            self._call({job.kind for job in added})
            return added

    def on_ready(self, kind: JobKind, call: Callable[[], object]) -> None:
        self._calls[kind].append(call)

    def _call(self, kinds: Iterable[JobKind]) -> None:
        for kind in sorted(kinds):
            for call in self._calls[kind]:
                call()

    def _add(self, new: NewJob) -> Job:
        now = datetime.now(UTC)
        job = Job(
            id=uuid.uuid4().hex, workspace=new.workspace, kind=new.kind, document_id=new.document_id,
            version=new.version, payload=new.payload, priority=new.priority, state="queued", progress=new.progress,
            error=None, attempt=1, cancel_requested=False, created_at=now, updated_at=now,
            account=new.account,
        )  # fmt: skip
        self._jobs[job.id] = _Kept(job=job, sequence=next(self._numbers))
        return job

    def claim(self, kind: JobKind, limit: int, lease_seconds: float) -> tuple[Job, ...]:
        with self._state.transaction():
            workspaces = {kept.job.workspace for kept in self._jobs.values()}
            for workspace in self._turns.order(kind, workspaces):
                while found := self._claimable(kind, workspace, limit):
                    if not is_to_blame(found[0], limit):
                        break
                    self._write(found[0].id, "failed", None, worker_died(found[0].claims))
                if found:
                    self._turns.took(kind, workspace)
                    return tuple(self._hand_out(each.id, lease_seconds) for each in company(found, limit))
            return ()

    def forget(self, workspace: str) -> bool:
        with self._state.transaction():
            mine = [kept for kept in self._jobs.values() if kept.job.workspace == workspace]
            under_way = [kept for kept in mine if kept.job.state == "running" and kept.lease_until >= time.time()]
            for kept in mine:
                if not under_way:
                    del self._jobs[kept.job.id]
                elif kept.job.state not in TERMINAL:
                    self._cancel(kept.job)
            return not under_way

    def _claimable(self, kind: JobKind, workspace: str, limit: int) -> Sequence[Claimable]:
        now = time.time()
        found = []
        for kept in self._jobs.values():
            over = kept.job.state in {"running", "waiting"} and kept.lease_until < now
            if (
                (kept.job.kind, kept.job.workspace) == (kind, workspace)
                and (kept.job.state == "queued" or over)
                and not self._behind_another(kept)
            ):
                found.append(kept)
        found.sort(key=lambda kept: (-kept.job.priority, kept.sequence))
        return [
            Claimable(id=kept.job.id, workspace=kept.job.workspace, claims=kept.claims) for kept in found[:limit]
        ]  # fmt: skip

    def _behind_another(self, kept: _Kept) -> bool:
        def key(job: Job) -> tuple[str, str | None, str]:
            return job.workspace, job.document_id, job.kind

        return kept.job.document_id is not None and any(
            key(other.job) == key(kept.job) and other.sequence < kept.sequence and other.job.state not in TERMINAL
            for other in self._jobs.values()
        )

    def _hand_out(self, job_id: str, lease_seconds: float) -> Job:
        kept = self._jobs[job_id]
        job = replace(kept.job, state="running")
        self._jobs[job_id] = replace(
            kept, job=job, claims=kept.claims + 1, lease_until=time.time() + lease_seconds
        )  # fmt: skip
        return job

    def update(self, job_id: str, *, state: JobState, progress: JobProgress, error: JobError | None = None) -> Job:
        with self._state.transaction():
            if self._jobs[job_id].job.state not in TERMINAL:
                self._write(job_id, state, progress, error)
            return self._jobs[job_id].job

    def _write(self, job_id: str, state: JobState, progress: JobProgress | None, error: JobError | None) -> None:
        kept, now = self._jobs[job_id], time.time()
        forward = progress is not None and progress.chunks_done > 0 and kept.job.kind != "ingest"
        lease = max(kept.lease_until, now + LEASE_RENEWAL_SECONDS) if kept.lease_until > 0 else 0.0
        before = kept.job.progress
        self._jobs[job_id] = _Kept(
            job=replace(
                kept.job, state=state, error=error,
                progress=replace(progress or before, calls=before.calls, tokens=before.tokens),
                updated_at=datetime.now(UTC),
            ),
            sequence=kept.sequence,
            claims=0 if state == "waiting" or forward else kept.claims,
            lease_until=now + ((error and error.wait_seconds) or WAITING_SECONDS) if state == "waiting" else lease,
        )  # fmt: skip

    def spent(self, job_id: str, cost: Cost) -> None:
        with self._state.transaction():
            kept = self._jobs[job_id]
            before = kept.job.progress
            progress = replace(before, calls=before.calls + cost.calls, tokens=before.tokens + cost.tokens)
            self._jobs[job_id] = replace(kept, job=replace(kept.job, progress=progress))
            if account := kept.job.account:
                all_tokens = Cost(calls=cost.calls, prompt_tokens=cost.tokens)
                self._paid[account] = self._paid.get(account, Cost()) + all_tokens

    def line(self, kind: JobKind, batch: int) -> list[InLine]:
        mine = [kept for kept in self._jobs.values() if kept.job.kind == kind]
        waits = {kept.job.workspace for kept in mine if kept.job.state == "waiting"}
        under_way: list[InLine] = []
        queued: defaultdict[str, list[InLine]] = defaultdict(list)
        for kept in sorted(mine, key=lambda kept: (-kept.job.priority, kept.sequence)):
            job = kept.job
            one = InLine(id=job.id, passages=max(0, job.progress.chunks_total - job.progress.chunks_done))
            if job.state in {"running", "queued"} and job.workspace not in waits:
                (under_way if job.state == "running" else queued[job.workspace]).append(one)
        return [*under_way, *self._turns.line(kind, queued, batch)]

    def costs(self) -> dict[str, Cost]:
        return dict(self._paid)

    def get(self, workspace: str, job_id: str) -> Job:
        kept = self._jobs.get(job_id)
        if kept is None or kept.job.workspace != workspace:
            raise NotFoundError(f"no job {job_id!r}")
        return kept.job

    def list(
        self, workspace: str, *, state: JobState | None = None, document_id: str | None = None,
        kind: JobKind | None = None, after: str | None = None, limit: int = 100,
    ) -> tuple[Job, ...]:  # fmt: skip
        newest = self._jobs[after].sequence if after in self._jobs else 0
        found = [
            kept.job for kept in sorted(self._jobs.values(), key=lambda kept: -kept.sequence)
            if kept.job.workspace == workspace and state in {None, kept.job.state}
            and document_id in {None, kept.job.document_id} and kind in {None, kept.job.kind}
            and (after is None or kept.sequence < newest)
        ]  # fmt: skip
        return tuple(found[:limit])

    def kept(self) -> Sequence[_Kept]:
        return list(self._jobs.values())

    def counts(self) -> dict[tuple[str, JobState], int]:
        return dict(Counter((kept.job.workspace, kept.job.state) for kept in self._jobs.values()))

    def request(self, workspace: str, job_id: str, action: str) -> Job:
        with self._state.transaction():
            job = self.get(workspace, job_id)
            if action == "cancel":
                self._cancel(job)
            elif action == "retry":
                self._retry(job)
            else:
                raise InputError(f"unknown action {action!r}; use 'cancel' or 'retry'")
            return self._jobs[job_id].job

    def _cancel(self, job: Job) -> None:
        if job.state in {"queued", "waiting"}:
            self._write(job.id, "cancelled", None, None)
        elif job.state == "running":
            self._jobs[job.id] = replace(self._jobs[job.id], job=replace(job, cancel_requested=True))

    def _retry(self, job: Job) -> None:
        if job.state not in {"failed", "cancelled"}:
            raise ConflictError(f"job {job.id!r} is {job.state}; only a failed or cancelled job can be retried")
        again = replace(
            job, state="queued", error=None, cancel_requested=False, attempt=job.attempt + 1, progress=JobProgress()
        )  # fmt: skip
        self._jobs[job.id] = replace(self._jobs[job.id], job=again, claims=0)
        self._call({job.kind})

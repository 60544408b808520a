"""Durable jobs in the operational database."""

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, get_args

from typing_extensions import override

from graph.errors import ConflictError, InputError, NotFoundError
from graph.jobs import TERMINAL, InLine, Job, JobError, JobKind, JobProgress, JobState, NewJob
from graph.operations.database import OperationsDatabase
from graph.operations.job_rows import (
    CLAIMABLE,
    COLUMNS,
    LINE,
    MIGRATIONS,
    SPENT,
    SPENT_BY_ACCOUNT,
    WORKSPACES,
    WRITE,
    claimable,
    read_job,
    stored_part,
)
from graph.operations.leases import LEASE_RENEWAL_SECONDS, WAITING_SECONDS, company, is_to_blame, worker_died
from graph.operations.turns import Turns
from graph.ports.jobs import WorkQueue
from graph.ports.spending import Cost
from graph.view.verification import Check, check


class SqliteJobQueue(WorkQueue):
    """The JobQueue port over :class:`OperationsDatabase`. A document's jobs of a kind run one at a time, in order.

    ``claims`` counts deaths as :mod:`graph.operations.leases` says. Ingestion gets on by its commit alone; what a
    model has read is kept chunk by chunk.
    """

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        self._turns = Turns()
        self._calls: defaultdict[JobKind, list[Callable[[], object]]] = defaultdict(list)
        database.ensure_schema("jobs", MIGRATIONS)

    def recover(self) -> None:
        """Hand out again what a dead process left running. Call once, by the owner of the data folder."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE jobs SET lease_until=0 WHERE state IN ('running', 'waiting')")

    @override
    def submit(self, jobs: Sequence[NewJob]) -> tuple[Job, ...]:
        now = datetime.now(UTC)
        added = tuple(
            Job(
                id=uuid.uuid4().hex, workspace=new.workspace, kind=new.kind, document_id=new.document_id,
                version=new.version, payload=new.payload, priority=new.priority, state="queued",
                progress=new.progress, error=None, attempt=1, cancel_requested=False, created_at=now, updated_at=now,
                account=new.account,
            )
            for new in jobs
        )  # fmt: skip
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT INTO jobs({COLUMNS}, claims, lease_until) VALUES({','.join('?' * 17)}, 0, 0)",
                [
                    (
                        job.id, job.workspace, job.kind, job.document_id, job.version, job.payload, job.priority,
                        job.state, json.dumps(asdict(job.progress)), None, 1, False, now.isoformat(), now.isoformat(),
                        0, 0, job.account,
                    )
                    for job in added
                ],
            )  # fmt: skip
        self._call(job.kind for job in added)
        return added

    @override
    def on_ready(self, kind: JobKind, call: Callable[[], object]) -> None:
        self._calls[kind].append(call)

    @override
    def claim(self, kind: JobKind, limit: int, lease_seconds: float) -> tuple[Job, ...]:
        with self._database.transaction() as connection:
            now = time.time()
            workspaces = [name for (name,) in connection.execute(WORKSPACES, {"kind": kind, "now": now}).fetchall()]
            for workspace in self._turns.order(kind, workspaces):
                ids = self._company(connection, {"kind": kind, "workspace": workspace, "now": now, "limit": limit})
                if not ids:
                    continue
                self._turns.took(kind, workspace)
                connection.executemany(
                    "UPDATE jobs SET state='running', claims=claims+1, lease_until=? WHERE id=?",
                    [(now + lease_seconds, job_id) for job_id in ids],
                )
                return tuple(self._job(job_id) for job_id in ids)
            return ()

    @override
    def update(self, job_id: str, *, state: JobState, progress: JobProgress, error: JobError | None = None) -> Job:
        with self._database.transaction():
            job = self._job(job_id)
            if job.state not in TERMINAL:
                self._write(job_id, state, progress, error)
            return self._job(job_id)

    @override
    def spent(self, job_id: str, cost: Cost) -> None:
        with self._database.transaction() as connection:
            spent = {"calls": cost.calls, "tokens": cost.tokens, "id": job_id}
            connection.execute(SPENT, {**spent, "moment": datetime.now(UTC).isoformat()})
            connection.execute(SPENT_BY_ACCOUNT, spent)

    @override
    def get(self, workspace: str, job_id: str) -> Job:
        rows = self._database.read(f"SELECT {COLUMNS} FROM jobs WHERE id=? AND workspace=?", (job_id, workspace))
        if not rows:
            raise NotFoundError(f"no job {job_id!r}")
        return read_job(rows[0])

    @override
    def list(
        self, workspace: str, *, state: JobState | None = None, document_id: str | None = None,
        kind: JobKind | None = None, after: str | None = None, limit: int = 100,
    ) -> tuple[Job, ...]:  # fmt: skip
        # only asked like this does the index by document serve: a mailbox has twenty thousand jobs
        of_document = "" if document_id is None else " AND document_id=:d"
        older = "" if after is None else " AND sequence < (SELECT sequence FROM jobs WHERE workspace=:w AND id=:a)"
        given = {"w": workspace, "s": state, "k": kind, "n": limit, "d": document_id, "a": after}
        rows = self._database.read(
            f"SELECT {COLUMNS} FROM jobs WHERE workspace=:w AND (:s IS NULL OR state=:s) AND (:k IS NULL OR kind=:k)"
            f"{of_document}{older} ORDER BY sequence DESC LIMIT :n",
            given,
        )
        return tuple(read_job(row) for row in rows)

    def verify(self, workspace: str) -> Check:
        """Whether all that is stored of jobs can be read."""
        rows = self._database.read("SELECT id, state, progress, error FROM jobs WHERE workspace=?", (workspace,))
        broken = (
            f"what is stored of job {job_id} cannot be read"
            for job_id, state, progress, error in rows
            if state not in get_args(JobState)
            or stored_part(JobProgress, progress) is None
            or (error and stored_part(JobError, error) is None)
        )
        return check("stored jobs", len(rows), broken)

    @override
    def counts(self) -> Mapping[tuple[str, JobState], int]:
        rows = self._database.read("SELECT workspace, state, count(*) FROM jobs GROUP BY workspace, state")
        return {(workspace, state): number for workspace, state, number in rows}

    @override
    def costs(self) -> Mapping[str, Cost]:
        rows = self._database.read("SELECT account, calls, tokens FROM spent_by_account")
        return {account: Cost(calls=calls, prompt_tokens=tokens) for account, calls, tokens in rows}

    @override
    def line(self, kind: JobKind, batch: int) -> Sequence[InLine]:
        under_way: list[InLine] = []
        queued: defaultdict[str, list[InLine]] = defaultdict(list)
        for job_id, workspace, state, passages in self._database.read(LINE, {"kind": kind}):
            (under_way if state == "running" else queued[workspace]).append(InLine(id=job_id, passages=passages))
        return [*under_way, *self._turns.line(kind, queued, batch)]

    @override
    def request(self, workspace: str, job_id: str, action: str) -> Job:
        with self._database.transaction() as connection:
            job = self.get(workspace, job_id)
            if action == "cancel":
                if job.state in {"queued", "waiting"}:
                    self._write(job_id, "cancelled", None, None)
                elif job.state == "running":
                    connection.execute("UPDATE jobs SET cancel=1 WHERE id=?", (job_id,))
            elif action == "retry":
                if job.state not in {"failed", "cancelled"}:
                    raise ConflictError(f"job {job_id!r} is {job.state}; only a failed or cancelled job can be retried")
                connection.execute(
                    "UPDATE jobs SET state='queued', error=NULL, cancel=0, claims=0, attempt=attempt+1, progress=?"
                    " WHERE id=?",
                    (json.dumps(asdict(JobProgress())), job_id),
                )
                self._call([job.kind])
            else:
                raise InputError(f"unknown action {action!r}; use 'cancel' or 'retry'")
            return self._job(job_id)

    @override
    def forget(self, workspace: str) -> bool:
        with self._database.transaction() as connection:
            wanted = {"w": workspace, "now": time.time()}
            under_way = "workspace=:w AND state='running' AND lease_until >= :now"
            if connection.execute(f"SELECT 1 FROM jobs WHERE {under_way} LIMIT 1", wanted).fetchall():
                connection.execute(f"UPDATE jobs SET cancel=1 WHERE {under_way}", wanted)
                connection.execute(
                    "UPDATE jobs SET state='cancelled' WHERE workspace=:w AND state IN ('queued', 'waiting')", wanted
                )
                return False
            connection.execute("DELETE FROM jobs WHERE workspace=:w", wanted)
            self._turns.forget(workspace)
            return True

    def _company(self, connection: Any, wanted: dict[str, Any]) -> Sequence[str]:
        """The ids of a workspace's jobs that are to be handed out together; one that is to blame fails here."""
        limit = wanted["limit"]
        while found := claimable(connection.execute(CLAIMABLE, wanted).fetchall()):
            if not is_to_blame(found[0], limit):
                break
            self._write(found[0].id, "failed", None, worker_died(found[0].claims))
        return [job.id for job in company(found, limit)]

    def _call(self, kinds: Iterable[JobKind]) -> None:
        for kind in sorted(set(kinds)):
            for call in self._calls[kind]:
                call()

    def _write(self, job_id: str, state: str, progress: JobProgress | None, error: JobError | None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                WRITE,
                {
                    "state": state, "progress": json.dumps(asdict(progress)) if progress else None,
                    "error": json.dumps(asdict(error)) if error else None, "moment": datetime.now(UTC).isoformat(),
                    "again": time.time() + ((error and error.wait_seconds) or WAITING_SECONDS),
                    "lease": time.time() + LEASE_RENEWAL_SECONDS, "id": job_id,
                    "forward": progress is not None and progress.chunks_done > 0,
                },
            )  # fmt: skip

    def _job(self, job_id: str) -> Job:
        with self._database.transaction() as connection:
            return read_job(connection.execute(f"SELECT {COLUMNS} FROM jobs WHERE id=?", (job_id,)).fetchall()[0])

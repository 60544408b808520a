"""Rows of the table of jobs: its schema and statements, and jobs as they are read back, whatever release wrote them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from graph.jobs import Job, JobError, JobProgress, JobState
from graph.operations.leases import Claimable
from graph.parsing import read_stored, stored_moment

MIGRATIONS = (
    """
    CREATE TABLE jobs(
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workspace TEXT NOT NULL,
        kind TEXT NOT NULL, document_id TEXT, version INTEGER, payload TEXT NOT NULL, priority INTEGER NOT NULL,
        state TEXT NOT NULL, progress TEXT NOT NULL, error TEXT, attempt INTEGER NOT NULL, claims INTEGER NOT NULL,
        cancel INTEGER NOT NULL, lease_until REAL NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
    CREATE INDEX jobs_by_state ON jobs(state, kind, priority DESC, sequence);
    CREATE INDEX jobs_by_document ON jobs(workspace, document_id, sequence);
    """,
    """
    DROP INDEX jobs_by_state;
    CREATE INDEX jobs_by_workspace ON jobs(kind, state, workspace, priority DESC, sequence);
    """,
    """
    CREATE INDEX jobs_of_pictures ON jobs(workspace, state) WHERE payload='pictures';
    """,
    """
    ALTER TABLE jobs ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0;
    UPDATE jobs SET calls=coalesce(json_extract(progress, '$.calls'), 0),
      tokens=coalesce(json_extract(progress, '$.tokens'), 0) WHERE json_valid(progress);
    """,
    """
    ALTER TABLE jobs ADD COLUMN account TEXT NOT NULL DEFAULT '';
    CREATE TABLE spent_by_account(
        account TEXT PRIMARY KEY, calls INTEGER NOT NULL, tokens INTEGER NOT NULL) WITHOUT ROWID;
    """,
)
_LOST = JobError(code="damaged-record", stage="unknown", message="what was noted of it cannot be read", retriable=False)
Part = TypeVar("Part", JobProgress, JobError)
COLUMNS = (
    "id, workspace, kind, document_id, version, payload, priority, state, progress, error, attempt, cancel,"
    " created_at, updated_at, calls, tokens, account"
)
WORKSPACES = """
WITH RECURSIVE queued(workspace) AS (
  SELECT min(workspace) FROM jobs WHERE kind=:kind AND state='queued'
  UNION ALL SELECT (SELECT min(j.workspace) FROM jobs j
                    WHERE j.kind=:kind AND j.state='queued' AND j.workspace > queued.workspace)
  FROM queued WHERE queued.workspace IS NOT NULL)
SELECT workspace FROM queued WHERE workspace IS NOT NULL
UNION SELECT workspace FROM jobs WHERE kind=:kind AND state IN ('running', 'waiting') AND lease_until < :now
"""
"""Steps from name to name over the index, however many jobs each workspace has in the queue."""
CLAIMABLE = """
SELECT j.id, j.workspace, j.claims FROM jobs j
WHERE j.kind=:kind AND j.workspace=:workspace
  AND (j.state='queued' OR (j.state IN ('running', 'waiting') AND j.lease_until < :now))
  AND NOT EXISTS (SELECT 1 FROM jobs e WHERE e.workspace=j.workspace AND e.document_id=j.document_id
                  AND e.kind=j.kind AND e.sequence < j.sequence AND e.state IN ('queued', 'running', 'waiting'))
ORDER BY j.priority DESC, j.sequence LIMIT :limit
"""
WRITE = """
UPDATE jobs SET state=:state, progress=coalesce(:progress, progress), error=:error, updated_at=:moment,
  claims=CASE WHEN :state='waiting' OR (:forward AND kind<>'ingest') THEN 0 ELSE claims END,
  lease_until=CASE WHEN :state='waiting' THEN :again WHEN lease_until > 0 THEN max(lease_until, :lease) ELSE 0 END
WHERE id=:id
"""
LINE = """
SELECT id, workspace, state, CASE WHEN json_valid(progress) THEN
  max(0, coalesce(json_extract(progress, '$.chunks_total') - json_extract(progress, '$.chunks_done'), 0)) ELSE 0 END
FROM jobs WHERE kind=:kind AND state IN ('running', 'queued')
  AND workspace NOT IN (SELECT workspace FROM jobs WHERE kind=:kind AND state='waiting')
ORDER BY priority DESC, sequence
"""
SPENT = "UPDATE jobs SET calls=calls+:calls, tokens=tokens+:tokens, updated_at=:moment WHERE id=:id"
SPENT_BY_ACCOUNT = """
INSERT INTO spent_by_account SELECT account, :calls, :tokens FROM jobs WHERE id=:id AND account<>''
ON CONFLICT(account) DO UPDATE SET calls=calls+excluded.calls, tokens=tokens+excluded.tokens
"""
"""What accounts have paid outlives the jobs that they paid for."""


def claimable(rows: Iterable[Sequence[Any]]) -> Sequence[Claimable]:
    """What can be handed out; an id that is no text, whose bytes are shown as U+FFFD, cannot be named."""
    return [
        Claimable(id=job_id, workspace=workspace, claims=claims)
        for job_id, workspace, claims in rows
        if "\ufffd" not in job_id
    ]


def read_job(row: Sequence[Any]) -> Job:
    """The job of a row of :data:`COLUMNS`. What it cost is counted apart from its progress, over all attempts."""
    (
        job_id, workspace, kind, document_id, version, payload, priority, state, progress, error, attempt, cancel,
        created_at, updated_at, *cost, account,
    ) = row  # fmt: skip
    known = state in get_args(JobState)
    calls, tokens = (number if isinstance(number, int) else 0 for number in cost)
    return Job(
        id=job_id, workspace=workspace, kind=kind, document_id=document_id, version=version, payload=payload,
        priority=priority, state=state if known else "failed",
        progress=replace(stored_part(JobProgress, progress) or JobProgress(), calls=calls, tokens=tokens),
        error=(stored_part(JobError, error) or _LOST) if error or not known else None, attempt=attempt,
        cancel_requested=bool(cancel), created_at=stored_moment(created_at), updated_at=stored_moment(updated_at),
        account=account,
    )  # fmt: skip


def stored_part(kind: type[Part], raw: str | None) -> Part | None:
    """A part of a job as any release may have kept it; None where it cannot be read, which stops no job."""
    try:
        fields: dict[str, Any] = read_stored(raw or "null")
        part = kind(**fields)
    except (ValueError, TypeError):
        return None
    hints = get_type_hints(kind)
    return part if all(_fits(getattr(part, name), hints[name]) for name in fields) else None


def _fits(value: object, hint: Any) -> bool:
    allowed = get_args(hint) if isinstance(hint, UnionType) else (get_origin(hint) or hint,)
    return isinstance(value, (*allowed, int) if float in allowed else allowed)

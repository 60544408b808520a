"""Which acknowledged changes are under way, from the register, its withdrawals and the jobs: one database."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from graph.operations.database import OperationsDatabase
from ingest.acknowledged import AcknowledgedChange, AcknowledgedChanges, State

_OPEN = "state IN ('queued', 'running', 'waiting')"
_JOBS = f"""
SELECT sequence, workspace, document_id, version, id FROM jobs
WHERE kind='ingest' AND {_OPEN} AND workspace=:w AND sequence <= :n
UNION ALL
SELECT sequence, workspace, document_id, version, id FROM jobs
WHERE kind='extract' AND payload='pictures' AND {_OPEN} AND workspace=:w AND sequence <= :n
"""  # noqa: S608 - constants only
_COUNT = f"SELECT (SELECT count(*) FROM ({_JOBS})) + (SELECT count(*) FROM withdrawals WHERE workspace=:w)"  # noqa: S608
_UNDER_WAY = f"""
SELECT document_id, version, job_id, coalesce((
  SELECT content_hash FROM uploads u WHERE u.workspace=:w AND u.document_id=f.document_id AND u.version=f.version), '')
FROM (SELECT sequence, document_id, version, id AS job_id FROM ({_JOBS})
      UNION ALL SELECT 0, document_id, version, '' FROM withdrawals WHERE workspace=:w) f
ORDER BY sequence LIMIT :limit
"""  # noqa: S608
_CHANGE = f"""
SELECT u.document_id, u.version, u.job_id, u.content_hash, u.deleted, j.state,
  EXISTS (SELECT 1 FROM withdrawals w WHERE w.workspace=u.workspace AND w.document_id=u.document_id),
  EXISTS (SELECT 1 FROM jobs e WHERE e.workspace=u.workspace AND e.document_id=u.document_id AND e.version=u.version
          AND e.kind='extract' AND e.payload='pictures' AND e.{_OPEN}),
  (SELECT max(version) FROM uploads l WHERE l.workspace=u.workspace AND l.document_id=u.document_id)
FROM uploads u LEFT JOIN jobs j ON j.id=u.job_id
"""  # noqa: S608
_NAMED = f"{_CHANGE} WHERE u.token=? AND u.workspace=? ORDER BY u.document_id, u.version"
_VERSION = f"{_CHANGE} WHERE u.workspace=? AND u.document_id=? AND u.version=?"
_EVER = (1 << 63) - 1


class SqliteAcknowledgedChanges(AcknowledgedChanges):
    """The AcknowledgedChanges port over :class:`OperationsDatabase`, whose jobs and uploads have their tables."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database

    @override
    def newest(self) -> int:
        return int(self._database.read("SELECT coalesce(max(sequence), 0) FROM jobs")[0][0])

    @override
    def count(self, workspace: str, *, up_to: int | None = None) -> int:
        return int(self._database.read(_COUNT, {"w": workspace, "n": _EVER if up_to is None else up_to})[0][0])

    @override
    def under_way(self, workspace: str, *, up_to: int | None = None, limit: int) -> Sequence[AcknowledgedChange]:
        wanted = {"w": workspace, "n": _EVER if up_to is None else up_to, "limit": limit}
        return [
            AcknowledgedChange(
                document_id=document_id, version=version, state="under way", job_id=job_id, kept=bool(digest)
            )
            for document_id, version, job_id, digest in self._database.read(_UNDER_WAY, wanted)
        ]  # fmt: skip

    @override
    def named(self, workspace: str, token: str) -> Sequence[AcknowledgedChange]:
        rows = self._database.read(_NAMED, (token, workspace))
        return [self._change(workspace, row) for row in rows]

    def _change(self, workspace: str, row: Sequence[Any]) -> AcknowledgedChange:
        document_id, version, job_id, digest, deleted, state, going, pictures, newest = row
        if state in {"failed", "cancelled"} and newest > version:
            (last,) = self._database.read(_VERSION, (workspace, document_id, newest))
            return self._change(workspace, last)
        return AcknowledgedChange(
            document_id=document_id, version=version, job_id=job_id, kept=bool(digest),
            state=_state(state, deleted=deleted, going=going, pictures=pictures),
        )  # fmt: skip


def _state(job: str | None, *, deleted: bool, going: bool, pictures: bool) -> State:
    if deleted:
        return "under way" if going else "readable"
    if job in {"queued", "running", "waiting"} or pictures:
        return "under way"
    return "failed" if job == "failed" else "cancelled" if job == "cancelled" else "readable"

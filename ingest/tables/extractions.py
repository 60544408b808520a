"""What a language model answered, by all that its answer depends on, so that nothing is paid for twice.

It stands in the operational database, because it is work and not knowledge. A row is deleted once no document's text
leads to it any more: :meth:`SqliteExtractionCache.forget` is part of purging.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from typing_extensions import override

from graph.model import Document
from graph.operations.database import OperationsDatabase
from ingest.model_reading import ModelReading
from ingest.ports import ExtractionCache, VersionRegister

_BATCH = 500
_MIGRATIONS = (
    """
    CREATE TABLE extractions(
        digest TEXT PRIMARY KEY, answer TEXT NOT NULL, failure TEXT NOT NULL, answered_at TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE extraction_uses(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, digest TEXT NOT NULL,
        PRIMARY KEY(workspace, document_id, digest)) WITHOUT ROWID;
    CREATE INDEX extraction_uses_by_digest ON extraction_uses(digest);
    """,
)


class SqliteExtractionCache(ExtractionCache):
    """The ExtractionCache port over :class:`OperationsDatabase`. ``versions`` says what has been purged."""

    def __init__(self, database: OperationsDatabase, versions: VersionRegister) -> None:
        self._database = database
        self._versions = versions
        database.ensure_schema("extractions", _MIGRATIONS)

    @override
    def get(self, digests: Sequence[str]) -> Mapping[str, ModelReading]:
        found: dict[str, ModelReading] = {}
        for start in range(0, len(digests), _BATCH):
            batch = digests[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            sql = f"SELECT digest, answer, failure FROM extractions WHERE digest IN ({marks})"  # noqa: S608 - marks
            rows = self._database.read(sql, batch)
            found |= {digest: ModelReading(answer=answer, failure=failure) for digest, answer, failure in rows}
        return found

    @override
    def put(self, workspace: str, document: Document, digest: str, reading: ModelReading) -> None:
        with self._database.transaction() as connection:
            if self._there(workspace, document):
                connection.execute(
                    "INSERT OR REPLACE INTO extractions VALUES(?, ?, ?, ?)",
                    (digest, reading.answer, reading.failure, datetime.now(UTC).isoformat()),
                )
                self._use(workspace, document, [digest])

    @override
    def use(self, workspace: str, document: Document, digests: Sequence[str]) -> None:
        with self._database.transaction():
            if digests and self._there(workspace, document):
                self._use(workspace, document, digests)

    @override
    def forget_failures(self, workspace: str, document_id: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM extractions WHERE failure<>'' AND digest IN"
                " (SELECT digest FROM extraction_uses WHERE workspace=? AND document_id=?)",
                (workspace, document_id),
            )

    @override
    def forget(self, workspace: str, document_id: str) -> int:
        with self._database.transaction() as connection:
            key = (workspace, document_id)
            digests = connection.execute(
                "DELETE FROM extraction_uses WHERE workspace=? AND document_id=? RETURNING digest", key
            ).fetchall()
            gone = 0
            for (digest,) in digests:
                if not connection.execute("SELECT 1 FROM extraction_uses WHERE digest=?", (digest,)).fetchall():
                    connection.execute("DELETE FROM extractions WHERE digest=?", (digest,))
                    gone += 1
            return gone

    @override
    def forget_workspace(self, workspace: str) -> None:
        with self._database.transaction() as connection:
            digests = connection.execute(
                "DELETE FROM extraction_uses WHERE workspace=? RETURNING digest", (workspace,)
            ).fetchall()
            connection.executemany(
                "DELETE FROM extractions WHERE digest=?1 AND NOT EXISTS"
                " (SELECT 1 FROM extraction_uses WHERE digest=?1)",
                sorted(set(digests)),
            )

    def _there(self, workspace: str, document: Document) -> bool:
        upload = self._versions.get(workspace, document.id, document.version)
        return upload is not None and bool(upload.content_hash)

    def _use(self, workspace: str, document: Document, digests: Sequence[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO extraction_uses VALUES(?, ?, ?)",
                [(workspace, document.id, digest) for digest in digests],
            )

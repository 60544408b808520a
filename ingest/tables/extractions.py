"""What a language model answered, by all that its answer depends on, so that nothing is paid for twice.

It stands in the operational database: it is work, not knowledge. A row goes once no document's text led to it any
more: :meth:`ExtractionCache.forget` is part of purging.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graph.model import Document
from graph.operations.database import OperationsDatabase

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
_STILL_THERE = """
SELECT 1 FROM uploads WHERE workspace=? AND document_id=? AND version=? AND content_hash<>''
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReading:
    """A model's literal answer about one chunk, or why there is none that can be read."""

    answer: str
    failure: str = ""


class ExtractionCache:
    """Answers by digest (see :func:`ingest.extraction.prompt.prompt_digest`), and which documents they are about."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("extractions", _MIGRATIONS)

    def get(self, digests: Sequence[str]) -> Mapping[str, ModelReading]:
        """Those that are held."""
        found: dict[str, ModelReading] = {}
        for start in range(0, len(digests), _BATCH):
            batch = digests[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            sql = f"SELECT digest, answer, failure FROM extractions WHERE digest IN ({marks})"  # noqa: S608 - marks
            rows = self._database.read(sql, batch)
            found |= {row[0]: ModelReading(answer=row[1], failure=row[2]) for row in rows}
        return found

    def put(self, workspace: str, document: Document, digest: str, reading: ModelReading) -> None:
        """Keep an answer, durably, unless its document was purged while the model was at it."""
        with self._database.transaction() as connection:
            if self._there(workspace, document):
                connection.execute(
                    "INSERT OR REPLACE INTO extractions VALUES(?, ?, ?, ?)",
                    (digest, reading.answer, reading.failure, datetime.now(UTC).isoformat()),
                )
                self._use(workspace, document, [digest])

    def use(self, workspace: str, document: Document, digests: Sequence[str]) -> None:
        """Note that a document's text leads to these answers."""
        with self._database.transaction():
            if digests and self._there(workspace, document):
                self._use(workspace, document, digests)

    def forget_failures(self, workspace: str, document_id: str) -> None:
        """Let what could not be read be asked again: it is kept only until its job ends."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM extractions WHERE failure<>'' AND digest IN"
                " (SELECT digest FROM extraction_uses WHERE workspace=? AND document_id=?)",
                (workspace, document_id),
            )

    def forget(self, workspace: str, document_id: str) -> int:
        """Drop what only this document leads to; how many answers went."""
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

    def _there(self, workspace: str, document: Document) -> bool:
        with self._database.transaction() as connection:
            return bool(connection.execute(_STILL_THERE, (workspace, document.id, document.version)).fetchall())

    def _use(self, workspace: str, document: Document, digests: Sequence[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO extraction_uses VALUES(?, ?, ?)",
                [(workspace, document.id, digest) for digest in digests],
            )

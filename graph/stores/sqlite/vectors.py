"""VectorExchange over SQLite."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from graph.errors import ConflictError
from graph.model import Chunk, FloatArray
from graph.ports.writing import VectorExchange
from graph.stores.sqlite.reading import SqliteReading
from graph.stores.sqlite.rows import CHUNK, moment_text, read_chunk

_EMBEDDER = "SELECT 1 FROM facts WHERE name='staged_embedder' AND value=?"
_UNSTAGED = f"""
SELECT {CHUNK}, (
    SELECT v.title FROM lives l JOIN versions v ON v.workspace=c.workspace AND v.document_id=c.document_id
    WHERE l.chunk=c.id AND v.valid_from < l.valid_to AND l.valid_from < v.valid_to LIMIT 1)
FROM chunks c WHERE c.workspace=(SELECT id FROM workspaces WHERE name=:w)
  AND NOT (EXISTS ({_EMBEDDER.replace("?", ":identity")}) AND c.id IN (SELECT chunk FROM staged_vectors))
ORDER BY c.id LIMIT :n
"""
_BEGIN = (
    "DELETE FROM staged_vectors",
    "INSERT OR REPLACE INTO facts VALUES('staged_embedder', ?)",
)
_STAGE = """
INSERT OR REPLACE INTO staged_vectors
SELECT id, ? FROM chunks WHERE workspace=(SELECT id FROM workspaces WHERE name=?) AND chunk_id=?
"""
_MISSING = "SELECT count(*) FROM chunks WHERE id NOT IN (SELECT chunk FROM staged_vectors)"
_ADOPT = (
    "DELETE FROM facts WHERE name IN ('embedder', 'dimension')",
    "INSERT INTO facts SELECT 'dimension', CAST(length(vector) / 4 AS TEXT) FROM staged_vectors LIMIT 1",
    "UPDATE chunks SET vector=(SELECT s.vector FROM staged_vectors s WHERE s.chunk=chunks.id)",
    "DELETE FROM staged_vectors",
    "UPDATE facts SET name='embedder' WHERE name='staged_embedder'",
    "UPDATE workspaces SET revision=revision + 1 WHERE revision > 0",
)
_LOG = "INSERT INTO log SELECT id, revision, 'reembed', NULL, NULL, ? FROM workspaces WHERE revision > 0"


class SqliteVectorExchange(SqliteReading, VectorExchange):
    """The part of the store that changes embedders. Vectors wait in a table of their own."""

    @override
    def lacking(self, workspace: str, identity: str, *, limit: int = 256) -> tuple[tuple[str, Chunk], ...]:
        rows = self._file.read(_UNSTAGED, {"w": workspace, "identity": identity, "n": limit})
        return tuple((row[-1], read_chunk(row)) for row in rows)

    @override
    def add_beside(self, workspace: str, identity: str, vectors: Mapping[str, FloatArray]) -> None:
        with self._file.transaction() as connection:
            if not connection.execute(_EMBEDDER, (identity,)).fetchall():
                connection.execute(_BEGIN[0])
                connection.execute(_BEGIN[1], (identity,))
            connection.executemany(
                _STAGE,
                [(vector.astype("float32").tobytes(), workspace, chunk) for chunk, vector in vectors.items()],
            )  # fmt: skip

    @override
    def adopt(self, identity: str) -> None:
        with self._file.transaction() as connection:
            missing = self._missing(connection, identity)
            if missing:
                raise ConflictError(f"{missing} passages have no vector by {identity!r} yet")
            for statement in _ADOPT:
                connection.execute(statement)
            connection.execute(_LOG, (moment_text(datetime.now(UTC)),))
        self._file.erase_freed_pages()

    def _missing(self, connection: Any, identity: str) -> int:
        if connection.execute(_EMBEDDER, (identity,)).fetchall():
            return int(connection.execute(_MISSING).fetchall()[0][0])
        return int(connection.execute("SELECT count(*) FROM chunks").fetchall()[0][0])

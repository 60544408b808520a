"""DocumentReader over SQLite."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from graph.errors import NotFoundError
from graph.filters import Filters
from graph.model import (
    Chunk,
    Document,
    GraphCounts,
    PlacedChunk,
)
from graph.ports.reading import DocumentReader
from graph.stores.sqlite.reading import AT, LIVE_TOO, SqliteReading
from graph.stores.sqlite.rows import (
    BATCH,
    CHUNK,
    VERSION,
    batches,
    marks,
    read_chunk,
    read_document,
    read_places,
    read_position,
)
from graph.stores.sqlite.schema import LIVE


class SqliteDocuments(SqliteReading, DocumentReader):
    """Documents and their versions, at a revision."""

    @override
    def document(self, workspace: str, document_id: str, revision: int) -> Document:
        found: Document = self._version(workspace, document_id, revision, VERSION, read_document)
        return found

    @override
    def text(self, workspace: str, document_id: str, revision: int) -> str:
        found: str = self._version(workspace, document_id, revision, "text", lambda row: str(row[0]))
        return found

    @override
    def documents(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 100, filters: Filters | None = None
    ) -> tuple[Document, ...]:
        number = self._readable(workspace, revision)
        found: list[Document] = []
        sql = (
            f"SELECT {VERSION} FROM versions WHERE workspace=:w AND document_id > :after AND {AT}"
            " ORDER BY document_id LIMIT :n"
        )
        while len(found) < limit:
            size = max(limit, BATCH)
            rows = self._read(sql, {"w": number, "r": revision, "after": after, "n": size})
            page = [read_document(row) for row in rows]
            found += [document for document in page if filters is None or filters.match(document.metadata)]
            if len(page) < size:
                break
            after = page[-1].id
        return tuple(found[:limit])

    @override
    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        rows = self._read(
            f"SELECT {VERSION}, valid_from, valid_to FROM versions WHERE workspace=? AND document_id=?"
            " ORDER BY valid_from",
            (self._number(workspace), document_id),
        )
        return tuple((read_document(row), row[-2], None if row[-1] == LIVE else row[-1]) for row in rows)

    @override
    def document_chunks(self, workspace: str, document_id: str, revision: int) -> tuple[PlacedChunk, ...]:
        columns = f"{VERSION}, positions"
        document, places = self._version(
            workspace, document_id, revision, columns, lambda row: (read_document(row), read_places(row[-1]))
        )
        chunks = self._chunks_by_number([place[0] for place in places])
        return tuple(
            PlacedChunk(
                chunk=chunks[number], position=read_position(chunks[number].id, order, place), document=document
            )
            for order, place in enumerate(places)
            if (number := place[0]) in chunks
        )

    @override
    def document_counts(self, workspace: str, document_id: str, revision: int) -> GraphCounts:
        number = self._readable(workspace, revision)
        rows = self._read(
            "SELECT l.reading FROM chunks c CROSS JOIN lives l ON l.chunk=c.id"
            f" WHERE c.workspace=:w AND c.document_id=:d AND {LIVE_TOO}",
            {"w": number, "d": document_id, "r": revision},
        )
        live = self._read(
            f"SELECT count(*) FROM versions WHERE workspace=:w AND document_id=:d AND {AT}",
            {"w": number, "d": document_id, "r": revision},
        )
        return self.reading_counts([row[0] for row in rows], documents=live[0][0])

    def reading_counts(self, readings: Sequence[int], *, documents: int) -> GraphCounts:
        """How much the given readings hold."""
        mentions, relations, entities = 0, 0, set()
        for batch in batches(readings):
            for entity, count in self._read(
                f"SELECT entity_id, count(*) FROM mentions WHERE reading IN ({marks(batch)}) GROUP BY entity_id", batch
            ):
                mentions += count
                entities.add(entity)
            relations += self._read(f"SELECT count(*) FROM relations WHERE reading IN ({marks(batch)})", batch)[0][0]
        return GraphCounts(
            documents=documents, chunks=len(readings), mentions=mentions, entities=len(entities), relations=relations
        )

    def _version(self, workspace: str, document_id: str, revision: int, columns: str, read: Any) -> Any:
        rows = self._read(
            f"SELECT {columns} FROM versions WHERE workspace=:w AND document_id=:d AND {AT}",
            {"w": self._readable(workspace, revision), "d": document_id, "r": revision},
        )
        if not rows:
            raise NotFoundError(f"no document {document_id!r} at revision {revision}")
        return read(rows[0])

    def _chunks_by_number(self, numbers: Sequence[int]) -> dict[int, Chunk]:
        found: dict[int, Chunk] = {}
        for batch in batches(numbers):
            rows = self._read(f"SELECT {CHUNK} FROM chunks c WHERE c.id IN ({marks(batch)})", batch)
            found |= {row[0]: read_chunk(row) for row in rows}
        return found

"""The reading half of the embedded graph store: DocumentReader, GraphReader and ChangeReader over SQLite."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from graph.errors import NotFoundError
from graph.filters import Filters
from graph.model import (
    Chunk,
    Document,
    Entity,
    FloatArray,
    GraphCounts,
    IndexDelta,
    IndexRow,
    Mention,
    PlacedChunk,
    Relation,
    RevisionRecord,
)
from graph.stores.alike import read_entity
from graph.stores.sqlite.connection import SqliteFile
from graph.stores.sqlite.rows import (
    BATCH,
    CHUNK,
    MENTION,
    RELATION,
    VERSION,
    batches,
    marks,
    moment_text,
    read_chunk,
    read_document,
    read_mention,
    read_places,
    read_position,
    read_relation,
)
from graph.stores.sqlite.schema import LIVE

_AT = "valid_from <= :r AND :r < valid_to"
LIVE_HERE = "l.workspace=:w AND l.valid_from <= :r AND :r < l.valid_to"
LIVE_TOO = f"+{LIVE_HERE}"
"""For lives that another table leads to; the + keeps SQLite from walking all lives of the workspace instead."""


class SqliteReading:
    """Every read of the store. Rows are immutable but for ``valid_to``, so one revision reads alike at any time."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    # --- documents

    def document(self, workspace: str, document_id: str, revision: int) -> Document:
        """See DocumentReader."""
        found: Document = self._version(workspace, document_id, revision, VERSION, read_document)
        return found

    def text(self, workspace: str, document_id: str, revision: int) -> str:
        """See DocumentReader."""
        found: str = self._version(workspace, document_id, revision, "text", lambda row: str(row[0]))
        return found

    def documents(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 100, filters: Filters | None = None
    ) -> tuple[Document, ...]:
        """See DocumentReader."""
        number = self._readable(workspace, revision)
        found: list[Document] = []
        sql = (
            f"SELECT {VERSION} FROM versions WHERE workspace=:w AND document_id > :after AND {_AT}"
            " ORDER BY document_id LIMIT :n"
        )
        while len(found) < limit:
            size = max(limit, BATCH)
            rows = self._file.read(sql, {"w": number, "r": revision, "after": after, "n": size})
            page = [read_document(row) for row in rows]
            found += [document for document in page if filters is None or filters.match(document.metadata)]
            if len(page) < size:
                break
            after = page[-1].id
        return tuple(found[:limit])

    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        """See DocumentReader."""
        rows = self._file.read(
            f"SELECT {VERSION}, valid_from, valid_to FROM versions WHERE workspace=? AND document_id=?"
            " ORDER BY valid_from",
            (self._number(workspace), document_id),
        )
        return tuple((read_document(row), row[-2], None if row[-1] == LIVE else row[-1]) for row in rows)

    def document_chunks(self, workspace: str, document_id: str, revision: int) -> tuple[PlacedChunk, ...]:
        """See DocumentReader."""
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

    def document_counts(self, workspace: str, document_id: str, revision: int) -> GraphCounts:
        """See DocumentReader."""
        number = self._readable(workspace, revision)
        rows = self._file.read(
            "SELECT l.reading FROM chunks c CROSS JOIN lives l ON l.chunk=c.id"
            f" WHERE c.workspace=:w AND c.document_id=:d AND {LIVE_TOO}",
            {"w": number, "d": document_id, "r": revision},
        )
        live = self._file.read(
            f"SELECT count(*) FROM versions WHERE workspace=:w AND document_id=:d AND {_AT}",
            {"w": number, "d": document_id, "r": revision},
        )
        return self.reading_counts([row[0] for row in rows], documents=live[0][0])

    def reading_counts(self, readings: Sequence[int], *, documents: int) -> GraphCounts:
        """How much the given readings hold."""
        mentions, relations, entities = 0, 0, set()
        for batch in batches(readings):
            for entity, count in self._file.read(
                f"SELECT entity_id, count(*) FROM mentions WHERE reading IN ({marks(batch)}) GROUP BY entity_id", batch
            ):
                mentions += count
                entities.add(entity)
            relations += self._file.read(f"SELECT count(*) FROM relations WHERE reading IN ({marks(batch)})", batch)[0][
                0
            ]
        return GraphCounts(
            documents=documents, chunks=len(readings), mentions=mentions, entities=len(entities), relations=relations
        )

    # --- graph

    def chunks(self, workspace: str, ids: Sequence[str], revision: int) -> tuple[PlacedChunk, ...]:
        """See GraphReader."""
        number = self._readable(workspace, revision)
        found: dict[str, tuple[int, Chunk]] = {}
        for batch in batches(list(ids)):
            rows = self._file.read(
                f"SELECT {CHUNK} FROM chunks c JOIN lives l ON l.chunk=c.id WHERE c.workspace=? AND c.chunk_id IN"
                f" ({marks(batch)}) AND l.valid_from <= ? AND ? < l.valid_to",
                (number, *batch, revision, revision),
            )
            found |= {row[1]: (row[0], read_chunk(row)) for row in rows}
        versions = {
            owner: self._placed(number, owner, revision) for owner in {c.document_id for _, c in found.values()}
        }
        placed: list[PlacedChunk] = []
        for identifier in ids:
            if identifier not in found:
                continue
            chunk_number, chunk = found[identifier]
            version = versions[chunk.document_id]
            if version is None or chunk_number not in version[1]:
                continue  # purged between the two reads
            order, place = version[1][chunk_number]
            placed.append(PlacedChunk(chunk=chunk, position=read_position(chunk.id, order, place), document=version[0]))
        return tuple(placed)

    def find_entities(self, workspace: str, key: str, revision: int, *, limit: int = 20) -> tuple[Entity, ...]:
        """See GraphReader."""
        number = self._readable(workspace, revision)
        escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._file.read(
            "SELECT e.entity_id, count(*) AS n FROM entities e CROSS JOIN mentions m ON m.entity_id=e.entity_id"
            " CROSS JOIN lives l ON l.reading=m.reading"
            f" WHERE e.workspace=:w AND e.key LIKE :k ESCAPE '\\' AND {LIVE_TOO}"
            " GROUP BY e.entity_id ORDER BY n DESC, e.entity_id LIMIT :n",
            {"w": number, "k": f"%{escaped}%", "r": revision, "n": limit},
        )
        ids = [row[0] for row in rows]
        found = self.entities_by_id(number, ids, revision)
        return tuple(found[identity] for identity in ids if identity in found)

    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        """See GraphReader."""
        found = self.entities_by_id(self._readable(workspace, revision), [entity_id], revision)
        if entity_id not in found:
            raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
        return found[entity_id]

    def entities_by_id(self, number: int, ids: Sequence[str], revision: int) -> dict[str, Entity]:
        """Those of ``ids`` that are live in the workspace of this number."""
        rows: dict[str, list[tuple[str, str, str, str]]] = {}
        for batch in batches(ids):
            for entity_id, *row in self._file.read(
                "SELECT m.entity_id, m.name, m.type, m.key, c.document_id FROM mentions m"
                " CROSS JOIN lives l ON l.reading=m.reading JOIN chunks c ON c.id=l.chunk"
                f" WHERE m.entity_id IN ({marks(batch)}) AND +l.workspace=? AND l.valid_from <= ? AND ? < l.valid_to",
                (*batch, number, revision, revision),
            ):
                rows.setdefault(entity_id, []).append((row[0], row[1], row[2], row[3]))
        return {entity_id: read_entity(entity_id, found) for entity_id, found in rows.items()}

    def mentions(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Mention, ...]:
        """See GraphReader."""
        rows = self._file.read(
            f"SELECT c.chunk_id, {MENTION} FROM mentions m CROSS JOIN lives l ON l.reading=m.reading"
            f" JOIN chunks c ON c.id=l.chunk WHERE m.entity_id=:e AND {LIVE_TOO}"
            " ORDER BY c.chunk_id, m.start, m.ordinal LIMIT :n",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision, "n": limit},
        )
        return tuple(read_mention(row[0], row[1:]) for row in rows)

    def relations(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Relation, ...]:
        """See GraphReader."""
        rows = self._file.read(
            f"SELECT c.chunk_id, {RELATION} FROM relations r CROSS JOIN lives l ON l.reading=r.reading"
            " JOIN chunks c ON c.id=l.chunk"
            f" WHERE (r.source_id=:e OR r.target_id=:e) AND {LIVE_TOO}"
            " ORDER BY c.chunk_id, r.start, r.predicate, r.ordinal LIMIT :n",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision, "n": limit},
        )
        return tuple(read_relation(row[0], row[1:]) for row in rows)

    def counts(self, workspace: str, revision: int) -> GraphCounts:
        """See GraphReader."""
        bindings = {"w": self._readable(workspace, revision), "r": revision}
        documents = self._file.read(f"SELECT count(*) FROM versions WHERE workspace=:w AND {_AT}", bindings)
        chunks = self._file.read(f"SELECT count(*) FROM lives l WHERE {LIVE_HERE}", bindings)
        mentions = self._file.read(
            "SELECT count(*), count(DISTINCT m.entity_id) FROM lives l JOIN mentions m ON m.reading=l.reading"
            f" WHERE {LIVE_HERE}",
            bindings,
        )
        relations = self._file.read(
            f"SELECT count(*) FROM lives l JOIN relations r ON r.reading=l.reading WHERE {LIVE_HERE}", bindings
        )
        return GraphCounts(
            documents=documents[0][0],
            chunks=chunks[0][0],
            mentions=mentions[0][0],
            entities=mentions[0][1],
            relations=relations[0][0],
        )

    # --- changes

    def revision(self, workspace: str) -> int:
        """See ChangeReader."""
        rows = self._file.read("SELECT revision FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    def revision_at(self, workspace: str, moment: datetime) -> int:
        """See ChangeReader."""
        rows = self._file.read(
            "SELECT max(revision) FROM log WHERE workspace=? AND committed_at <= ?",
            (self._number(workspace), moment_text(moment)),
        )
        return int(rows[0][0] or 0)

    def log(self, workspace: str, since: int, until: int) -> tuple[RevisionRecord, ...]:
        """See ChangeReader."""
        rows = self._file.read(
            "SELECT revision, kind, document_id, version, committed_at FROM log"
            " WHERE workspace=? AND revision > ? AND revision <= ? ORDER BY revision",
            (self._number(workspace), since, until),
        )
        return tuple(
            RevisionRecord(
                revision=row[0], kind=row[1], document_id=row[2], version=row[3],
                committed_at=datetime.fromisoformat(row[4]),
            )
            for row in rows
        )  # fmt: skip

    def horizon(self, workspace: str) -> int:
        """See HistoryKeeper."""
        rows = self._file.read("SELECT horizon FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    def rows(self, workspace: str, revision: int) -> Iterator[IndexRow]:
        """See ChangeReader."""
        number = self._readable(workspace, revision)
        last = 0
        while True:
            batch = self._file.read(
                "SELECT c.id, l.reading FROM chunks c CROSS JOIN lives l ON l.chunk=c.id"
                f" WHERE c.id > :last AND {LIVE_TOO} ORDER BY c.id LIMIT :n",
                {"w": number, "r": revision, "last": last, "n": BATCH},
            )
            if not batch:
                return
            yield from self._index_rows(number, batch, revision)
            last = batch[-1][0]

    def delta(self, workspace: str, since: int, until: int) -> IndexDelta:
        """See ChangeReader."""
        number = self._number(workspace)
        span = {"w": number, "s": since, "r": until}
        closed = self._file.read(
            "SELECT c.chunk_id FROM lives l JOIN chunks c ON c.id=l.chunk WHERE l.workspace=:w"
            " AND l.valid_to > :s AND l.valid_to <= :r AND l.valid_from <= :s ORDER BY c.id",
            span,
        )
        opened = self._file.read(
            "SELECT chunk, reading FROM lives WHERE workspace=:w AND valid_from > :s AND valid_from <= :r"
            " AND valid_to > :r ORDER BY chunk",
            span,
        )
        started = self._file.read(
            f"SELECT {VERSION} FROM versions WHERE workspace=:w AND valid_from > :s AND valid_from <= :r"
            " AND valid_to > :r ORDER BY document_id",
            span,
        )
        ended = self._file.read(
            "SELECT DISTINCT document_id FROM versions WHERE workspace=:w AND valid_to > :s AND valid_to <= :r"
            " ORDER BY document_id",
            span,
        )
        documents = tuple(read_document(row) for row in started)
        still = {document.id for document in documents}
        return IndexDelta(
            since=since,
            until=until,
            closed=tuple(row[0] for row in closed),
            opened=tuple(row for batch in batches(opened) for row in self._index_rows(number, batch, until)),
            documents=documents,
            documents_gone=tuple(row[0] for row in ended if row[0] not in still),
        )

    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> Mapping[str, FloatArray]:
        """See ChangeReader."""
        number = self._number(workspace)
        found: dict[str, FloatArray] = {}
        for batch in batches(list(chunk_ids)):
            rows = self._file.read(
                f"SELECT chunk_id, vector FROM chunks WHERE workspace=? AND chunk_id IN ({marks(batch)})",
                (number, *batch),
            )
            found |= {row[0]: np.frombuffer(row[1], dtype=np.float32) for row in rows}
        return found

    # --- inside

    def _number(self, workspace: str) -> int:
        rows = self._file.read("SELECT id FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else -1

    def _readable(self, workspace: str, revision: int) -> int:
        """The workspace's number, once it is certain that ``revision`` can still be read."""
        rows = self._file.read("SELECT id, horizon FROM workspaces WHERE name=?", (workspace,))
        number, horizon = rows[0] if rows else (-1, 0)
        if revision < horizon:
            raise NotFoundError(f"revision {revision} has been swept; the oldest readable one is {horizon}")
        return int(number)

    def _version(self, workspace: str, document_id: str, revision: int, columns: str, read: Any) -> Any:
        rows = self._file.read(
            f"SELECT {columns} FROM versions WHERE workspace=:w AND document_id=:d AND {_AT}",
            {"w": self._readable(workspace, revision), "d": document_id, "r": revision},
        )
        if not rows:
            raise NotFoundError(f"no document {document_id!r} at revision {revision}")
        return read(rows[0])

    def _placed(
        self, number: int, document_id: str, revision: int
    ) -> tuple[Document, dict[int, tuple[int, tuple[int, int, int, int]]]] | None:
        rows = self._file.read(
            f"SELECT {VERSION}, positions FROM versions WHERE workspace=:w AND document_id=:d AND {_AT}",
            {"w": number, "d": document_id, "r": revision},
        )
        if not rows:
            return None
        places = {place[0]: (order, place) for order, place in enumerate(read_places(rows[0][-1]))}
        return read_document(rows[0]), places

    def _chunks_by_number(self, numbers: Sequence[int]) -> dict[int, Chunk]:
        found: dict[int, Chunk] = {}
        for batch in batches(numbers):
            rows = self._file.read(f"SELECT {CHUNK} FROM chunks c WHERE c.id IN ({marks(batch)})", batch)
            found |= {row[0]: read_chunk(row) for row in rows}
        return found

    def _index_rows(self, number: int, batch: Sequence[tuple[int, int]], revision: int) -> Iterator[IndexRow]:
        """Rows for (chunk, reading) pairs, in their order."""
        chunk_numbers, readings = [pair[0] for pair in batch], [pair[1] for pair in batch]
        chunks = {
            row[0]: row
            for row in self._file.read(
                f"SELECT {CHUNK}, c.vector, v.title FROM chunks c JOIN versions v ON v.workspace=? AND"
                " v.document_id=c.document_id AND v.valid_from <= ? AND ? < v.valid_to"
                f" WHERE c.id IN ({marks(batch)})",
                (number, revision, revision, *chunk_numbers),
            )
        }
        mentions: dict[int, list[Mention]] = {}
        by_reading = {reading: chunks[chunk][1] for chunk, reading in batch if chunk in chunks}
        for row in self._file.read(
            f"SELECT m.reading, {MENTION} FROM mentions m WHERE m.reading IN ({marks(batch)})"
            " ORDER BY m.reading, m.ordinal",
            readings,
        ):
            if row[0] in by_reading:
                mentions.setdefault(row[0], []).append(read_mention(by_reading[row[0]], row[1:]))
        for chunk, reading in batch:
            if chunk not in chunks:
                continue  # purged between the two reads
            row = chunks[chunk]
            yield IndexRow(
                chunk=read_chunk(row),
                title=row[-1],
                vector=np.frombuffer(row[-2], dtype=np.float32),
                mentions=tuple(mentions.get(reading, ())),
            )

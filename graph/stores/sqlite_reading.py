"""The reading half of the embedded graph store: DocumentReader, GraphReader and ChangeReader over SQLite."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
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
    Metadata,
    PlacedChunk,
    Position,
    Relation,
    RevisionRecord,
    Span,
)
from graph.stores.sqlite_connection import SqliteFile
from graph.stores.sqlite_schema import LIVE

_VERSION = "document_id, version, title, source, media_type, metadata, content_hash, created_at, updated_at, stage"
_AT = "valid_from <= :r AND :r < valid_to"
_CHUNK = "c.id, c.chunk_id, c.document_id, c.headings, c.text, c.sentences"
_MENTION = "m.entity_id, m.sentence, m.start, m.stop, m.name, m.key, m.type, m.is_name"
_RELATION = "r.source_id, r.target_id, r.predicate, r.start, r.stop, r.extractor"
LIVE_HERE = "l.workspace=:w AND l.valid_from <= :r AND :r < l.valid_to"
_BATCH = 500


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


class SqliteReading:
    """Every read of the store. Rows are immutable but for ``valid_to``, so one revision reads alike at any time."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    # --- documents

    def document(self, workspace: str, document_id: str, revision: int) -> Document:
        """See DocumentReader."""
        found: Document = self._version(workspace, document_id, revision, _VERSION, _document)
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
            f"SELECT {_VERSION} FROM versions WHERE workspace=:w AND document_id > :after AND {_AT}"
            " ORDER BY document_id LIMIT :n"
        )
        while len(found) < limit:
            size = max(limit, _BATCH)
            rows = self._file.read(sql, {"w": number, "r": revision, "after": after, "n": size})
            page = [_document(row) for row in rows]
            found += [document for document in page if filters is None or filters.match(document.metadata)]
            if len(page) < size:
                break
            after = page[-1].id
        return tuple(found[:limit])

    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        """See DocumentReader."""
        rows = self._file.read(
            f"SELECT {_VERSION}, valid_from, valid_to FROM versions WHERE workspace=? AND document_id=?"
            " ORDER BY valid_from",
            (self._number(workspace), document_id),
        )
        return tuple((_document(row), row[-2], None if row[-1] == LIVE else row[-1]) for row in rows)

    def document_chunks(self, workspace: str, document_id: str, revision: int) -> tuple[PlacedChunk, ...]:
        """See DocumentReader."""
        columns = f"{_VERSION}, positions"
        document, places = self._version(
            workspace, document_id, revision, columns, lambda row: (_document(row), _places(row[-1]))
        )
        chunks = self._chunks_by_number([place[0] for place in places])
        return tuple(
            PlacedChunk(chunk=chunks[number], position=_position(chunks[number].id, order, place), document=document)
            for order, place in enumerate(places)
            if (number := place[0]) in chunks
        )

    def document_counts(self, workspace: str, document_id: str, revision: int) -> GraphCounts:
        """See DocumentReader."""
        number = self._readable(workspace, revision)
        rows = self._file.read(
            "SELECT l.reading FROM chunks c JOIN lives l ON l.chunk=c.id"
            f" WHERE c.workspace=:w AND c.document_id=:d AND {LIVE_HERE}",
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
                f"SELECT entity_id, count(*) FROM mentions WHERE reading IN ({_marks(batch)}) GROUP BY entity_id", batch
            ):
                mentions += count
                entities.add(entity)
            counted = self._file.read(f"SELECT count(*) FROM relations WHERE reading IN ({_marks(batch)})", batch)
            relations += counted[0][0]
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
                f"SELECT {_CHUNK} FROM chunks c JOIN lives l ON l.chunk=c.id WHERE c.workspace=? AND c.chunk_id IN"
                f" ({_marks(batch)}) AND l.valid_from <= ? AND ? < l.valid_to",
                (number, *batch, revision, revision),
            )
            found |= {row[1]: (row[0], _chunk(row)) for row in rows}
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
            placed.append(PlacedChunk(chunk=chunk, position=_position(chunk.id, order, place), document=version[0]))
        return tuple(placed)

    def find_entities(self, workspace: str, key: str, revision: int, *, limit: int = 20) -> tuple[Entity, ...]:
        """See GraphReader."""
        number = self._readable(workspace, revision)
        escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._file.read(
            "SELECT e.entity_id, count(*) AS n FROM entities e JOIN mentions m ON m.entity_id=e.entity_id"
            " JOIN lives l ON l.reading=m.reading"
            f" WHERE e.workspace=:w AND e.key LIKE :k ESCAPE '\\' AND {LIVE_HERE}"
            " GROUP BY e.entity_id ORDER BY n DESC, e.entity_id LIMIT :n",
            {"w": number, "k": f"%{escaped}%", "r": revision, "n": limit},
        )
        return tuple(self.entity(workspace, row[0], revision) for row in rows)

    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        """See GraphReader."""
        rows = self._file.read(
            "SELECT m.name, m.type, m.key, c.document_id FROM mentions m JOIN lives l ON l.reading=m.reading"
            f" JOIN chunks c ON c.id=l.chunk WHERE m.entity_id=:e AND {LIVE_HERE}",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision},
        )
        if not rows:
            raise NotFoundError(f"no entity {entity_id!r} at revision {revision}")
        return Entity(
            id=entity_id,
            key=rows[0][2],
            name=_most_frequent(row[0] for row in rows),
            type=_most_frequent(row[1] for row in rows),
            mentions=len(rows),
            documents=len({row[3] for row in rows}),
        )

    def mentions(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Mention, ...]:
        """See GraphReader."""
        rows = self._file.read(
            f"SELECT c.chunk_id, {_MENTION} FROM mentions m JOIN lives l ON l.reading=m.reading"
            f" JOIN chunks c ON c.id=l.chunk WHERE m.entity_id=:e AND {LIVE_HERE}"
            " ORDER BY c.chunk_id, m.start, m.ordinal LIMIT :n",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision, "n": limit},
        )
        return tuple(_mention(row[0], row[1:]) for row in rows)

    def relations(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Relation, ...]:
        """See GraphReader."""
        rows = self._file.read(
            f"SELECT c.chunk_id, {_RELATION} FROM relations r JOIN lives l ON l.reading=r.reading"
            " JOIN chunks c ON c.id=l.chunk"
            f" WHERE (r.source_id=:e OR r.target_id=:e) AND {LIVE_HERE}"
            " ORDER BY c.chunk_id, r.start, r.predicate, r.ordinal LIMIT :n",
            {"w": self._readable(workspace, revision), "e": entity_id, "r": revision, "n": limit},
        )
        return tuple(_relation(row[0], row[1:]) for row in rows)

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

    def rows(self, workspace: str, revision: int) -> Iterator[IndexRow]:
        """See ChangeReader."""
        number = self._readable(workspace, revision)
        last = 0
        while True:
            batch = self._file.read(
                f"SELECT c.id, l.reading FROM lives l JOIN chunks c ON c.id=l.chunk WHERE {LIVE_HERE}"
                " AND c.id > :last ORDER BY c.id LIMIT :n",
                {"w": number, "r": revision, "last": last, "n": _BATCH},
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
            f"SELECT {_VERSION} FROM versions WHERE workspace=:w AND valid_from > :s AND valid_from <= :r"
            " AND valid_to > :r ORDER BY document_id",
            span,
        )
        ended = self._file.read(
            "SELECT DISTINCT document_id FROM versions WHERE workspace=:w AND valid_to > :s AND valid_to <= :r"
            " ORDER BY document_id",
            span,
        )
        documents = tuple(_document(row) for row in started)
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
                f"SELECT chunk_id, vector FROM chunks WHERE workspace=? AND chunk_id IN ({_marks(batch)})",
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
            f"SELECT {_VERSION}, positions FROM versions WHERE workspace=:w AND document_id=:d AND {_AT}",
            {"w": number, "d": document_id, "r": revision},
        )
        if not rows:
            return None
        places = {place[0]: (order, place) for order, place in enumerate(_places(rows[0][-1]))}
        return _document(rows[0]), places

    def _chunks_by_number(self, numbers: Sequence[int]) -> dict[int, Chunk]:
        found: dict[int, Chunk] = {}
        for batch in batches(numbers):
            rows = self._file.read(f"SELECT {_CHUNK} FROM chunks c WHERE c.id IN ({_marks(batch)})", batch)
            found |= {row[0]: _chunk(row) for row in rows}
        return found

    def _index_rows(self, number: int, batch: Sequence[tuple[int, int]], revision: int) -> Iterator[IndexRow]:
        """Rows for (chunk, reading) pairs, in their order."""
        chunk_numbers, readings = [pair[0] for pair in batch], [pair[1] for pair in batch]
        chunks = {
            row[0]: row
            for row in self._file.read(
                f"SELECT {_CHUNK}, c.vector, v.title FROM chunks c JOIN versions v ON v.workspace=? AND"
                " v.document_id=c.document_id AND v.valid_from <= ? AND ? < v.valid_to"
                f" WHERE c.id IN ({_marks(batch)})",
                (number, revision, revision, *chunk_numbers),
            )
        }
        mentions: dict[int, list[Mention]] = {}
        by_reading = {reading: chunks[chunk][1] for chunk, reading in batch if chunk in chunks}
        for row in self._file.read(
            f"SELECT m.reading, {_MENTION} FROM mentions m WHERE m.reading IN ({_marks(batch)})"
            " ORDER BY m.reading, m.ordinal",
            readings,
        ):
            if row[0] in by_reading:
                mentions.setdefault(row[0], []).append(_mention(by_reading[row[0]], row[1:]))
        for chunk, reading in batch:
            if chunk not in chunks:
                continue  # purged between the two reads
            row = chunks[chunk]
            yield IndexRow(
                chunk=_chunk(row),
                title=row[-1],
                vector=np.frombuffer(row[-2], dtype=np.float32),
                mentions=tuple(mentions.get(reading, ())),
            )


def moment_text(moment: datetime) -> str:
    """A timezone-aware moment as text whose order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def metadata_text(metadata: Metadata) -> str:
    """Metadata as JSON."""
    return json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True)


def span_bytes(spans: Sequence[Span]) -> bytes:
    """Ranges as int32 pairs."""
    return np.array([(span.start, span.end) for span in spans], dtype=np.int32).tobytes()


def place_bytes(places: Sequence[tuple[int, int, int, int]]) -> bytes:
    """(chunk number, start, end, page or -1) rows as int64."""
    return np.array(places, dtype=np.int64).tobytes()


def _places(data: bytes) -> list[tuple[int, int, int, int]]:
    return [(row[0], row[1], row[2], row[3]) for row in np.frombuffer(data, dtype=np.int64).reshape(-1, 4).tolist()]


def _position(chunk_id: str, order: int, place: tuple[int, int, int, int]) -> Position:
    page = None if place[3] < 0 else place[3]
    return Position(chunk_id=chunk_id, ordinal=order, start=place[1], end=place[2], page=page)


def _document(row: Sequence[Any]) -> Document:
    metadata = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(row[5]).items()}
    return Document(
        id=row[0], version=row[1], title=row[2], source=row[3], media_type=row[4], metadata=metadata,
        content_hash=row[6], created_at=datetime.fromisoformat(row[7]), updated_at=datetime.fromisoformat(row[8]),
        stage=row[9],
    )  # fmt: skip


def _chunk(row: Sequence[Any]) -> Chunk:
    spans = np.frombuffer(row[5], dtype=np.int32).reshape(-1, 2).tolist()
    return Chunk(
        id=row[1],
        document_id=row[2],
        headings=tuple(json.loads(row[3])),
        text=row[4],
        sentences=tuple(Span(start=start, end=end) for start, end in spans),
    )


def _mention(chunk_id: str, row: Sequence[Any]) -> Mention:
    return Mention(
        chunk_id=chunk_id, entity_id=row[0], sentence=row[1], start=row[2], end=row[3], name=row[4], key=row[5],
        type=row[6], is_name=bool(row[7]),
    )  # fmt: skip


def _relation(chunk_id: str, row: Sequence[Any]) -> Relation:
    return Relation(
        chunk_id=chunk_id, source_id=row[0], target_id=row[1], predicate=row[2], start=row[3], end=row[4],
        extractor=row[5],
    )  # fmt: skip


def _most_frequent(values: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return min(counts, key=lambda value: (-counts[value], value))


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Stretches short enough to be bound in one statement."""
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]

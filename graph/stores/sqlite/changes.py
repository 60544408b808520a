"""ChangeReader and RevisionReader over SQLite."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from typing_extensions import override

from graph.model import (
    FloatArray,
    IndexDelta,
    IndexRow,
    Mention,
    RevisionRecord,
)
from graph.parsing import stored_moment
from graph.ports.browsing import RevisionDay, RevisionReader
from graph.ports.reading import ChangeReader
from graph.stores.alike import RowsRead
from graph.stores.sqlite.reading import LIVE_TOO, SqliteReading
from graph.stores.sqlite.rows import (
    BATCH,
    CHUNK,
    MENTION,
    VERSION,
    batches,
    marks,
    moment_text,
    read_chunk,
    read_document,
    read_mention,
)

_LOG = "SELECT revision, kind, document_id, version, committed_at FROM log"


class SqliteChanges(SqliteReading, ChangeReader, RevisionReader):
    """The revision log, and what the indexes follow it by."""

    @override
    def revision(self, workspace: str) -> int:
        rows = self._read("SELECT revision FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    @override
    def revision_at(self, workspace: str, moment: datetime) -> int:
        rows = self._read(
            "SELECT max(revision) FROM log WHERE workspace=? AND committed_at <= ?",
            (self._number(workspace), moment_text(moment)),
        )
        return int(rows[0][0] or 0)

    @override
    def log(self, workspace: str, since: int, until: int) -> tuple[RevisionRecord, ...]:
        rows = self._read(
            f"{_LOG} WHERE workspace=? AND revision > ? AND revision <= ? ORDER BY revision",
            (self._number(workspace), since, until),
        )
        return tuple(map(_record, rows))

    @override
    def horizon(self, workspace: str) -> int:
        rows = self._read("SELECT horizon FROM workspaces WHERE name=?", (workspace,))
        return int(rows[0][0]) if rows else 0

    @override
    def revisions(self, workspace: str, until: int, *, limit: int = 100) -> tuple[RevisionRecord, ...]:
        rows = self._read(
            f"{_LOG} WHERE workspace=? AND revision <= ? ORDER BY revision DESC LIMIT ?",
            (self._number(workspace), until, limit),
        )
        return tuple(map(_record, rows))

    @override
    def days(self, workspace: str) -> tuple[RevisionDay, ...]:
        rows = self._read(
            "SELECT substr(committed_at, 1, 10), count(*), max(revision) FROM log WHERE workspace=? GROUP BY 1"
            " ORDER BY 1",
            (self._number(workspace),),
        )
        return tuple(RevisionDay(day=date.fromisoformat(row[0]), revisions=row[1], last=row[2]) for row in rows)

    @override
    def rows(self, workspace: str, revision: int) -> Iterator[IndexRow]:
        number = self._readable(workspace, revision)
        last = 0
        while True:
            batch = self._read(
                "SELECT c.id, l.reading FROM chunks c CROSS JOIN lives l ON l.chunk=c.id"
                f" WHERE c.id > :last AND {LIVE_TOO} ORDER BY c.id LIMIT :n",
                {"w": number, "r": revision, "last": last, "n": BATCH},
            )
            if not batch:
                return
            yield from self._index_rows(number, batch, revision)
            last = batch[-1][0]

    @override
    def delta(self, workspace: str, since: int, until: int) -> IndexDelta:
        number = self._number(workspace)
        span = {"w": number, "s": since, "r": until}
        closed = self._read(
            "SELECT c.chunk_id FROM lives l JOIN chunks c ON c.id=l.chunk WHERE l.workspace=:w"
            " AND l.valid_to > :s AND l.valid_to <= :r AND l.valid_from <= :s ORDER BY c.id",
            span,
        )
        opened = self._read(
            "SELECT chunk, reading FROM lives WHERE workspace=:w AND valid_from > :s AND valid_from <= :r"
            " AND valid_to > :r ORDER BY chunk",
            span,
        )
        started = self._read(
            f"SELECT {VERSION} FROM versions WHERE workspace=:w AND valid_from > :s AND valid_from <= :r"
            " AND valid_to > :r ORDER BY document_id",
            span,
        )
        ended = self._read(
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
            opened=RowsRead(lambda: self._all_rows(number, opened, until)) if opened else (),
            documents=documents,
            documents_gone=tuple(row[0] for row in ended if row[0] not in still),
        )

    @override
    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> Mapping[str, FloatArray]:
        number = self._number(workspace)
        found: dict[str, FloatArray] = {}
        for batch in batches(list(chunk_ids)):
            rows = self._read(
                f"SELECT chunk_id, vector FROM chunks WHERE workspace=? AND chunk_id IN ({marks(batch)})",
                (number, *batch),
            )
            found |= {row[0]: np.frombuffer(row[1], dtype=np.float32) for row in rows}
        return found

    def _all_rows(self, number: int, pairs: Sequence[tuple[int, int]], revision: int) -> Iterator[IndexRow]:
        for batch in batches(pairs):
            yield from self._index_rows(number, batch, revision)

    def _index_rows(self, number: int, batch: Sequence[tuple[int, int]], revision: int) -> Iterator[IndexRow]:
        """Rows for (chunk, reading) pairs, in their order."""
        chunk_numbers, readings = [pair[0] for pair in batch], [pair[1] for pair in batch]
        chunks = {
            row[0]: row
            for row in self._read(
                f"SELECT {CHUNK}, c.vector, v.title FROM chunks c JOIN versions v ON v.workspace=? AND"
                " v.document_id=c.document_id AND v.valid_from <= ? AND ? < v.valid_to"
                f" WHERE c.id IN ({marks(batch)})",
                (number, revision, revision, *chunk_numbers),
            )
        }
        mentions: dict[int, list[Mention]] = {}
        by_reading = {reading: chunks[chunk][1] for chunk, reading in batch if chunk in chunks}
        for row in self._read(
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


def _record(row: Sequence[Any]) -> RevisionRecord:
    return RevisionRecord(
        revision=row[0], kind=row[1], document_id=row[2], version=row[3], committed_at=stored_moment(row[4])
    )

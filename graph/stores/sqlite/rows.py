"""Between the rows of the SQLite graph store and the values of ``graph.model``. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from graph.model import Chunk, Document, Mention, Position, Relation, Span
from graph.parsing import stored_moment, stored_names
from graph.stores.alike import read_metadata

VERSION = "document_id, version, title, source, media_type, metadata, content_hash, created_at, updated_at, stage"
CHUNK = "c.id, c.chunk_id, c.document_id, c.headings, c.text, c.sentences"
MENTION = "m.entity_id, m.sentence, m.start, m.stop, m.name, m.key, m.type, m.is_name"
RELATION = "r.source_id, r.target_id, r.predicate, r.start, r.stop, r.extractor"
BATCH = 500
"""Rows of one statement."""


def marks(values: Sequence[object]) -> str:
    """Question marks for as many values."""
    return ",".join("?" * len(values))


def moment_text(moment: datetime) -> str:
    """A timezone-aware moment as text whose order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def span_bytes(spans: Sequence[Span]) -> bytes:
    """Ranges as int32 pairs."""
    return np.array([(span.start, span.end) for span in spans], dtype=np.int32).tobytes()


def place_bytes(places: Sequence[tuple[int, int, int, int]]) -> bytes:
    """(chunk number, start, end, page or -1) rows as int64."""
    return np.array(places, dtype=np.int64).tobytes()


def read_places(data: bytes) -> list[tuple[int, int, int, int]]:
    """The rows that ``place_bytes`` wrote."""
    return [(row[0], row[1], row[2], row[3]) for row in np.frombuffer(data, dtype=np.int64).reshape(-1, 4).tolist()]


def read_position(chunk_id: str, order: int, place: tuple[int, int, int, int]) -> Position:
    """A position from one of these rows."""
    page = None if place[3] < 0 else place[3]
    return Position(chunk_id=chunk_id, ordinal=order, start=place[1], end=place[2], page=page)


def read_document(row: Sequence[Any]) -> Document:
    """A document from the columns ``VERSION``."""
    return Document(
        id=row[0], version=row[1], title=row[2], source=row[3], media_type=row[4], metadata=read_metadata(row[5]),
        content_hash=row[6], created_at=stored_moment(row[7]), updated_at=stored_moment(row[8]),
        stage=row[9],
    )  # fmt: skip


def read_chunk(row: Sequence[Any]) -> Chunk:
    """A chunk from the columns ``CHUNK``."""
    spans = np.frombuffer(row[5], dtype=np.int32).reshape(-1, 2).tolist()
    return Chunk(
        id=row[1],
        document_id=row[2],
        headings=stored_names(row[3]),
        text=row[4],
        sentences=tuple(Span(start=start, end=end) for start, end in spans),
    )


def read_mention(chunk_id: str, row: Sequence[Any]) -> Mention:
    """A mention from the columns ``MENTION``."""
    return Mention(
        chunk_id=chunk_id, entity_id=row[0], sentence=row[1], start=row[2], end=row[3], name=row[4], key=row[5],
        type=row[6], is_name=bool(row[7]),
    )  # fmt: skip


def read_relation(chunk_id: str, row: Sequence[Any]) -> Relation:
    """A relation from the columns ``RELATION``."""
    return Relation(
        chunk_id=chunk_id, source_id=row[0], target_id=row[1], predicate=row[2], start=row[3], end=row[4],
        extractor=row[5],
    )  # fmt: skip


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Parts that fit into one statement."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]

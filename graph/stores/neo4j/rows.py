"""Between rows that Neo4j gives or takes and the values of ``graph.model``. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np

from graph.model import (
    Chunk,
    Document,
    GraphChange,
    IndexRow,
    Mention,
    PlacedChunk,
    Position,
    Relation,
    RevisionRecord,
    Span,
)
from graph.stores.alike import metadata_text, read_metadata
from graph.stores.cypher.fragments import CHUNK_WIDTH
from graph.text.terms import TERMS_VERSION, chunk_terms, nested_terms
from graph.text.tokens import plain_words

BATCH = 500
"""Elements of one statement: far below the time that a statement may take."""


def batches(values: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Parts that fit into one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def read_moment(value: Any) -> datetime:
    """A moment in UTC."""
    moment: datetime = value.to_native()
    return moment.astimezone(UTC)


def read_document(row: Sequence[Any]) -> Document:
    """A document from the columns of a version."""
    return Document(
        id=row[0], version=row[1], title=row[2], source=row[3], media_type=row[4], metadata=read_metadata(row[5]),
        content_hash=row[6], created_at=read_moment(row[7]), updated_at=read_moment(row[8]), stage=row[9],
    )  # fmt: skip


def read_record(row: Sequence[Any]) -> RevisionRecord:
    """A line of the revision log."""
    return RevisionRecord(
        revision=row[0], kind=row[1], document_id=row[2], version=row[3], committed_at=read_moment(row[4])
    )


def version_row(change: GraphChange, digest: str, revision: int) -> dict[str, object]:
    """The properties of a version. ``places`` holds start, end and page (or -1) of each of ``chunk_ids``."""
    document = change.document
    places = ((place.start, place.end, -1 if place.page is None else place.page) for place in change.positions)
    return {
        "document_id": document.id, "version": document.version, "title": document.title, "source": document.source,
        "media_type": document.media_type, "metadata": metadata_text(document.metadata),
        "content_hash": document.content_hash, "created_at": document.created_at, "updated_at": document.updated_at,
        "stage": document.stage, "text": change.text, "chunk_ids": [chunk.id for chunk in change.chunks],
        "places": list(chain.from_iterable(places)), "digest": digest, "valid_from": revision, "valid_to": None,
    }  # fmt: skip


def chunk_row(chunk: Chunk, vector: Any) -> dict[str, object]:
    """The properties of a chunk. ``sentences`` holds start and end of each; the vector keeps its float32 values."""
    return {
        "id": chunk.id, "document_id": chunk.document_id, "headings": list(chunk.headings), "text": chunk.text,
        "sentences": list(chain.from_iterable((span.start, span.end) for span in chunk.sentences)),
        "embedding": vector.tolist(),
    }  # fmt: skip


def walk_row(title: str, headings: Sequence[str], text: str) -> dict[str, object]:
    """What a chunk keeps for walks: its stems, separated by spaces, of which the first ``titled`` are its title's; and
    the words that its text writes without a capital; ``cut`` is the version of how they were cut.
    """
    terms = chunk_terms(title, headings, text)
    plain = " ".join(sorted(plain_words(text)))
    return {"terms": " ".join(terms.stems), "titled": terms.titled, "plain": plain, "cut": TERMS_VERSION}


def nested_of(name: str) -> str:
    """What an entity keeps for walks: a term for each name at its edges, separated by spaces."""
    return " ".join(sorted(nested_terms(name)))


def read_chunk(row: Sequence[Any]) -> Chunk:
    """A chunk from its columns."""
    ends = iter(row[4])
    return Chunk(
        id=row[0], document_id=row[1], headings=tuple(row[2]), text=row[3],
        sentences=tuple(Span(start=start, end=end) for start, end in zip(ends, ends, strict=True)),
    )  # fmt: skip


def read_placed(row: Sequence[Any], document: Document) -> PlacedChunk:
    """A chunk and where it stands, from its columns, its place, start, end and page."""
    place, start, end, page = row[CHUNK_WIDTH : CHUNK_WIDTH + 4]
    position = Position(chunk_id=row[0], ordinal=place, start=start, end=end, page=None if page < 0 else page)
    return PlacedChunk(chunk=read_chunk(row), position=position, document=document)


def read_index_row(row: Sequence[Any]) -> IndexRow:
    """All that the indexes need of a chunk."""
    title, vector, mentions = row[CHUNK_WIDTH : CHUNK_WIDTH + 3]
    return IndexRow(
        chunk=read_chunk(row), title=title, vector=np.array(vector, dtype=np.float32),
        mentions=tuple(read_mention(row[0], mention[1:]) for mention in sorted(mentions, key=lambda m: m[0])),
    )  # fmt: skip


def read_mention(chunk_id: str, row: Sequence[Any]) -> Mention:
    """A mention from its columns."""
    return Mention(
        chunk_id=chunk_id, entity_id=row[0], sentence=row[1], start=row[2], end=row[3], name=row[4], key=row[5],
        type=row[6], is_name=row[7],
    )  # fmt: skip


def read_relation(row: Sequence[Any]) -> Relation:
    """A relation from its columns."""
    return Relation(
        chunk_id=row[0], source_id=row[1], target_id=row[2], predicate=row[3], start=row[4], end=row[5],
        extractor=row[6],
    )  # fmt: skip

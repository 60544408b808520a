"""A snapshot over plain tables: what the search asks, answered by passing over everything. No store, no index."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import log

import numpy as np
from hashing_embedder import HashingEmbedder
from numpy.typing import NDArray

from graph.filters import Filters
from graph.model import Chunk, Document, FloatArray, Metadata, PlacedChunk, Position, RowArray
from graph.text.names import find_names
from graph.text.tokens import stems
from graph.view.snapshot import Reach
from ingest.extraction.sentences import split_sentences
from retrieval.model import Evidence, Hit, Why

_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def placed(chunk_id: str, text: str, *, title: str = "", document_id: str = "", metadata: Metadata | None = None,
           start: int = 0) -> PlacedChunk:  # fmt: skip
    """A passage that is a whole document, or begins at ``start`` of one."""
    document = Document(
        id=document_id or chunk_id, version=1, title=title, source=chunk_id, media_type="text/plain",
        metadata=metadata or {}, content_hash="", created_at=_DAY, updated_at=_DAY,
    )  # fmt: skip
    sentences = tuple(split_sentences(text))
    chunk = Chunk(id=chunk_id, document_id=document.id, headings=(), text=text, sentences=sentences)
    position = Position(chunk_id=chunk_id, ordinal=0, start=start, end=start + len(text))
    return PlacedChunk(chunk=chunk, position=position, document=document)


def hit(item: PlacedChunk, rank: int) -> Hit:
    return Hit(
        chunk_id=item.chunk.id, document_id=item.document.id, rank=rank, score=1.0 / rank, why=Why(retriever="chain")
    )


def evidence(*items: PlacedChunk) -> list[Evidence]:
    """Passages as the best hits, markers from 1."""
    return [Evidence(marker=marker, hit=hit(item, marker), placed=item) for marker, item in enumerate(items, start=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A row: ``mentions`` are (name, sentence) pairs, -1 being the title."""

    placed: PlacedChunk
    mentions: tuple[tuple[str, int], ...]
    title_name: str | None = None
    stems: tuple[str, ...] = ()
    vector: tuple[float, ...] = (1.0,)


def read_passage(item: PlacedChunk, embedder: HashingEmbedder) -> Passage:
    """A row as ingestion would make it, but that every candidate counts as a name."""
    title, text = item.document.title, item.chunk.text
    found = find_names(text, item.chunk.sentences, title)
    own = next((name.key for name in found if name.sentence < 0), None)
    return Passage(
        placed=item,
        mentions=tuple((name.key, name.sentence) for name in found),
        title_name=own,
        stems=tuple(stems(f"{title} {text}")),
        vector=tuple(embedder.embed_passages([f"{title} {text}"])[0].tolist()),
    )


@dataclass
class TableSnapshot:
    """Rows in the order given; names are numbered from the last to the first, so that numbers are not their order."""

    passages: Sequence[Passage]
    reach: Reach = field(default_factory=lambda: Reach(rounds=50, pushed=1000, linked=250))
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    degraded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.keys = sorted({name for passage in self.passages for name, _ in passage.mentions}, reverse=True)
        self.size = self.row_count = len(self.passages)
        self.name_count = len(self.keys)

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        return np.array([filters.fits(each.placed.document) for each in self.passages], np.bool_)

    def unknown_fields(self, filters: Filters) -> tuple[str, ...]:
        return filters.unknown_fields(each.placed.document for each in self.passages)

    # --- rows

    def chunk_id(self, row: int) -> str:
        return self.passages[row].placed.chunk.id

    def row(self, chunk_id: str) -> int | None:
        return next((row for row in range(self.size) if self.chunk_id(row) == chunk_id), None)

    def sources(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        documents = [self.passages[row].placed.document for row in rows]
        return [(document.id, document.title) for document in documents]

    def vectors(self, rows: RowArray) -> FloatArray:
        return np.array([self.passages[row].vector for row in rows.tolist()], np.float32)

    def chunks(self, rows: Sequence[int]) -> dict[int, PlacedChunk]:
        return {row: self.passages[row].placed for row in rows}

    # --- search

    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        rows = np.flatnonzero(allowed).astype(np.int32)
        return self._best(rows, self.vectors(rows) @ query if len(rows) else np.empty(0, np.float32), k)

    def matching(self, wanted: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """By the sum of idf, not BM25: the search asks for an order and not for its source."""
        scores = {
            row: sum(times * self.stem_idf(stem) for stem, times in Counter(wanted).items() if stem in held.stems)
            for row, held in enumerate(self.passages)
            if allowed[row]
        }
        rows = [row for row, score in scores.items() if score > 0]
        return self._best(np.array(rows, np.int32), np.array([scores[row] for row in rows], np.float32), k)

    def _best(self, rows: RowArray, scores: FloatArray, k: int) -> tuple[RowArray, FloatArray]:
        order = sorted(range(len(rows)), key=lambda place: (-scores[place], self.chunk_id(int(rows[place]))))[:k]
        return rows[order], scores[order]

    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        return np.array([stem in self.passages[row].stems for row in rows.tolist()], np.bool_)

    def stem_idf(self, stem: str) -> float:
        df = sum(stem in each.stems for each in self.passages)
        return log(1 + (self.size - df + 0.5) / (df + 0.5))

    # --- names

    def name_numbers(self, keys: Sequence[str]) -> Mapping[str, int]:
        return {key: self.keys.index(key) for key in keys if key in self.keys}

    def name_key(self, name: int) -> str:
        return self.keys[name]

    def name_label(self, name: int, row: int) -> str:
        return self.keys[name].title()

    def name_frequency(self, name: int) -> int:
        return len(self.rows_of(self.keys[name]))

    def rows_of(self, key: str) -> list[int]:
        return [row for row, each in enumerate(self.passages) if key in {name for name, _ in each.mentions}]

    def other_names(self, keys: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return {key: self.aliases[key] for key in keys if key in self.aliases}

    def title_names(self, rows: RowArray) -> RowArray:
        titles = [self.passages[row].title_name for row in rows.tolist()]
        return np.array([-1 if title is None else self.keys.index(title) for title in titles], np.int32)

    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        mentions = self.passages[row].mentions
        names = np.array([self.keys.index(name) for name, _ in mentions], np.int32)
        return names, np.array([sentence for _, sentence in mentions], np.int16)

    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        rows = [self.rows_of(self.keys[name]) for name in names.tolist()]
        owner = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
        frequency = np.array([len(each) for each in rows], np.int64)
        return owner, np.array([row for each in rows for row in each], np.int32), frequency

    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        owner, rows, _ = self.links(names, 0)
        return owner, rows

    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        found = [sorted({self.keys.index(name) for name, _ in self.passages[row].mentions}) for row in rows.tolist()]
        owner = np.repeat(np.arange(len(found)), [len(each) for each in found])
        return owner, np.array([name for each in found for name in each], np.int32)

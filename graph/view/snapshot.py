"""One workspace at one revision, as a search sees it: in memory (``resident_snapshot``) or in its store.

*Rows* number chunks, *names* number normalised names. Both numbers mean something within one snapshot only. Code that
needs one part of a snapshot asks for that part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.algorithms.pagerank import PassageNameGraph
from graph.errors import NotFoundError
from graph.filters import Filters
from graph.identity import entity_id
from graph.model import Document, Entity, FloatArray, GraphCounts, Mention, PlacedChunk, Relation, RowArray
from graph.ports.browsing import SurroundingsReader
from graph.ports.reading import DocumentReader
from graph.view.merging import NameReader, aliases_around, joined, other_names


class SnapshotReader(NameReader, DocumentReader, SurroundingsReader, Protocol):
    """What a snapshot reads in its store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a search goes over the graph."""

    rounds: int
    """Rounds in which mass is pushed from names to chunks and back."""
    pushed: int
    """Nodes of a kind pushed in a round (see ``graph.algorithms.pagerank``)."""
    linked: int
    """A name in more chunks than this links nothing: a hub, not a bridge."""


class Rows(Protocol):
    """Chunks by number."""

    def row(self, chunk_id: str) -> int | None:
        """The live row of a chunk."""
        ...

    def chunk_id(self, row: int) -> str:
        """The chunk of a row."""
        ...

    def sources(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """Id and title of the document that each row is live in."""
        ...

    def vectors(self, rows: RowArray) -> FloatArray:
        """Vectors of rows, float32 ``(len(rows), d)``."""
        ...

    def chunks(self, rows: Sequence[int]) -> dict[int, PlacedChunk]:
        """The chunks of rows with their text, read from the store at this revision; purged ones are absent."""
        ...


class Ranking(Protocol):
    """Rows by how well they fit a question."""

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Live rows whose document satisfies the filters, bool ``(row_count,)``. Read only.

        A row that gets its number later has its place in the same array.
        """
        ...

    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """Best rows by cosine, best first."""
        ...

    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """Best rows by BM25 over live rows before filters, best first; idf as in :meth:`stem_idf`."""
        ...

    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        """Which of these live rows hold a stem in title, headings or text."""
        ...

    def stem_frequency(self, stem: str) -> int:
        """Document frequency of a stem; a title counts once per document."""
        ...

    def stem_idf(self, stem: str) -> float:
        """``ln(1 + (n - df + .5) / (df + .5))``, as of BM25 (Robertson & Zaragoza 2009); ``n`` counts live chunks."""
        ...


class Spelling(Protocol):
    """Words that are written nearly alike."""

    def spelled_like(self, stem: str) -> Sequence[str]:
        """Stems that some live row holds and a slip of the fingers parts from this one, the nearest first."""
        ...


class Names(Protocol):
    """Normalised names by number, and where they stand."""

    def name_numbers(self, keys: Sequence[str]) -> Mapping[str, int]:
        """The numbers of those normalised names that some live row mentions and the corpus accepts as names."""
        ...

    def name_key(self, name: int) -> str:
        """The normalised name."""
        ...

    def name_label(self, name: int, row: int) -> str:
        """The name as a row writes it."""
        ...

    def name_frequency(self, name: int) -> int:
        """Document frequency of a name; a title counts once per document."""
        ...

    def title_names(self, rows: RowArray) -> RowArray:
        """Name number of each row's document title; -1 where it has none."""
        ...

    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        """Accepted names of a row and the sentence of each mention (-1: title), parallel arrays."""
        ...


class NameLinks(PassageNameGraph, Protocol):
    """What names link: the rows that mention them, and other names of the same thing."""

    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        """Live rows of many names as (position in ``names``, row) pairs, and each name's document frequency.

        A name in more than ``most`` chunks may have no rows, and any frequency above ``most``.
        """
        ...

    def other_names(self, keys: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The other normalised names of the thing that each name means, where it has any; read from the store."""
        ...


class Contents(Protocol):
    """What there is, whatever is asked; read from the store at this revision, and only what the audience may read."""

    def documents(self, filters: Filters, limit: int) -> tuple[Document, ...]:
        """Documents that satisfy the filters, in order of id."""
        ...

    def document_chunks(self, document_id: str) -> tuple[PlacedChunk, ...]:
        """The chunks of one document in order; none where it has been purged."""
        ...

    def entities(self, key: str, limit: int) -> tuple[Entity, ...]:
        """Things whose normalised name holds ``key``, the most mentioned first."""
        ...

    def relations(self, key: str, limit: int) -> tuple[Relation, ...]:
        """Relations from and to the thing of a normalised name."""
        ...

    def counts(self) -> GraphCounts:
        """How much there is."""
        ...


class Things(Protocol):
    """Entities by id, and where they stand; read from the store at this revision, what the audience may read."""

    def things(self, entity_ids: Sequence[str]) -> Mapping[str, Entity]:
        """Those of some entities that are live, by id."""
        ...

    def joined(self, entity_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """For each entity itself and all that are one thing with it, sorted, whether or not they are live."""
        ...

    def mentions_of(self, entity_id: str, limit: int) -> tuple[Mention, ...]:
        """Mentions of an entity, by chunk id and start."""
        ...

    def relations_of(self, entity_id: str, limit: int) -> tuple[Relation, ...]:
        """Relations from and to an entity, by chunk id, start, predicate."""
        ...

    def passages(self, chunk_ids: Sequence[str]) -> tuple[PlacedChunk, ...]:
        """Those of some chunks that are live, in the order asked for."""
        ...


class Snapshot(Rows, Ranking, Spelling, Names, NameLinks, Contents, Things, Protocol):
    """All of it together. Never sees another revision than its own."""

    reach: Reach
    workspace: str
    revision: int
    size: int
    """Number of live chunks: the ``n`` of every idf."""

    @property
    def degraded(self) -> tuple[str, ...]:
        """What a search was kept from doing in full so far."""
        ...

    def unknown_fields(self, filters: Filters) -> tuple[str, ...]:
        """Fields that filters ask for and no document has: nothing can match them."""
        ...


class StoredSnapshot(Snapshot):
    """What every snapshot does alike: it reads texts and aliases from the store."""

    def __init__(self, *, reader: SnapshotReader, workspace: str, revision: int, size: int) -> None:
        self._reader = reader
        self.workspace = workspace
        self.revision = revision
        self.size = size

    @property
    @override
    def degraded(self) -> tuple[str, ...]:
        return ()

    @override
    def chunks(self, rows: Sequence[int]) -> dict[int, PlacedChunk]:
        placed = self._reader.chunks(self.workspace, [self.chunk_id(row) for row in rows], self.revision)
        by_id = {item.chunk.id: item for item in placed}
        return {row: by_id[self.chunk_id(row)] for row in rows if self.chunk_id(row) in by_id}

    @override
    def stem_idf(self, stem: str) -> float:
        df = self.stem_frequency(stem)
        return log(1 + (max(self.size - df, 0) + 0.5) / (df + 0.5))

    @override
    def other_names(self, keys: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return other_names(self._reader, self.workspace, keys, self.revision) if keys else {}

    @override
    def documents(self, filters: Filters, limit: int) -> tuple[Document, ...]:
        return self._reader.documents(self.workspace, self.revision, limit=limit, filters=filters or None)

    @override
    def document_chunks(self, document_id: str) -> tuple[PlacedChunk, ...]:
        try:
            return self._reader.document_chunks(self.workspace, document_id, self.revision)
        except NotFoundError:
            return ()

    @override
    def entities(self, key: str, limit: int) -> tuple[Entity, ...]:
        return self._reader.find_entities(self.workspace, key, self.revision, limit=limit)

    @override
    def relations(self, key: str, limit: int) -> tuple[Relation, ...]:
        return self._reader.relations(self.workspace, entity_id(self.workspace, key), self.revision, limit=limit)

    @override
    def counts(self) -> GraphCounts:
        return self._reader.counts(self.workspace, self.revision)

    @override
    def things(self, entity_ids: Sequence[str]) -> Mapping[str, Entity]:
        return self._reader.entities(self.workspace, entity_ids, self.revision) if entity_ids else {}

    @override
    def joined(self, entity_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return joined(entity_ids, aliases_around(self._reader, self.workspace, entity_ids, self.revision))

    @override
    def mentions_of(self, entity_id: str, limit: int) -> tuple[Mention, ...]:
        return self._reader.mentions(self.workspace, entity_id, self.revision, limit=limit)

    @override
    def relations_of(self, entity_id: str, limit: int) -> tuple[Relation, ...]:
        return self._reader.relations(self.workspace, entity_id, self.revision, limit=limit)

    @override
    def passages(self, chunk_ids: Sequence[str]) -> tuple[PlacedChunk, ...]:
        return self._reader.chunks(self.workspace, chunk_ids, self.revision)


class View(Protocol):
    """The read side of one workspace."""

    def at(self, revision: int) -> Snapshot:
        """A snapshot for one request, at this revision or a newer one."""
        ...

    def alone(self, revision: int) -> Callable[[], Snapshot]:
        """What gives snapshots at exactly this revision, built from the store beside what is resident.

        Raises NotFoundError.
        """
        ...

"""What a search asks of vectors, and what a walk asks of a store: a search that is carried out inside the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graph.model import Document, FloatArray, RowArray
from graph.text.terms import ChunkTerms, ChunkWords, TitleWords


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChunk:
    """A live chunk that mentions a name; ``in_text`` is false where only its document's title does."""

    chunk_id: str
    document_id: str
    in_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChunks:
    """Where a name is mentioned, by itself or at the edge of a longer name; a chunk may stand here twice.

    ``mentions`` counts the mentions of the name by itself that are live now, several in one chunk included. A name
    with too many mentions has no chunks here.
    """

    chunks: tuple[NameChunk, ...]
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMention:
    """A name as a chunk writes it, in a sentence (-1: the title).

    ``mentions`` counts the mentions in all chunks; for a name at the edge of a longer name it is 0.
    """

    key: str
    name: str
    sentence: int
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkCard:
    """What ranking asks of a chunk: the document it is live in, and the terms of both."""

    document: Document
    terms: ChunkTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChunk:
    """What an index of the store found; ``live`` is false where the chunk is not live at the revision asked for."""

    chunk_id: str
    score: float
    live: bool


class VectorIndex(Protocol):
    """Vectors by row number; search among the rows a mask allows."""

    def search(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """The ``k`` best allowed rows by inner product, best first, ties by row; ``len(allowed)`` rows count."""
        ...

    def vectors(self, rows: RowArray) -> FloatArray:
        """The stored vectors of ``rows``, float32 ``(len(rows), d)``."""
        ...


class WalkedVectorIndex(VectorIndex, Protocol):
    """An index inside a store."""

    @property
    def cut_short(self) -> bool:
        """Whether a search stopped before it had found as many as were asked for."""
        ...


class RowNumbers(Protocol):
    """Numbers that stand for chunks while one question is answered."""

    def numbers(self, chunk_ids: Sequence[str]) -> RowArray:
        """The rows of live chunks; -1 where no number is left."""
        ...

    def chunk_id(self, row: int) -> str:
        """The chunk of a row."""
        ...


class GraphWalk(Protocol):
    """A store that is searched inside itself, for graphs that memory does not hold.

    Every call is one round trip and sees one revision. What is not live is left out.
    """

    def chunks_of(self, workspace: str, keys: Sequence[str], revision: int, *, most: int) -> Mapping[str, NameChunks]:
        """Where normalised names are mentioned; the chunks of a name with more than ``most`` mentions are left out."""
        ...

    def names_in(
        self, workspace: str, chunk_ids: Sequence[str], revision: int
    ) -> Mapping[str, tuple[NameMention, ...]]:
        """The names that chunks mention, in order; then names at the edges of these, if another chunk mentions them."""
        ...

    def cards(self, workspace: str, chunk_ids: Sequence[str], revision: int) -> Mapping[str, ChunkCard]:
        """What ranking asks of chunks."""
        ...

    def matching(self, workspace: str, stems: Sequence[str], k: int, revision: int) -> tuple[FoundChunk, ...]:
        """The ``k`` best chunks of the keyword index for some stems, best first; fewer if there are no more."""
        ...

    def vector_index(self, workspace: str, revision: int, rows: RowNumbers) -> WalkedVectorIndex:
        """The store's own vector index, addressed by the row numbers of one question."""
        ...


class WordReader(Protocol):
    """The words of chunks, to be counted."""

    def live_words(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 1000
    ) -> tuple[ChunkWords, ...]:
        """Words of live chunks in order of chunk id, beginning after the id ``after``, of at most ``limit`` chunks."""
        ...

    def words_of(self, workspace: str, chunk_ids: Sequence[str]) -> tuple[ChunkWords, ...]:
        """Words of chunks, live or closed; ids that the store does not hold are left out."""
        ...

    def title_words(self, workspace: str, document_ids: Sequence[str], revision: int) -> tuple[TitleWords, ...]:
        """Words of the titles of documents; documents that are not live are left out."""
        ...

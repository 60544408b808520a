"""The rows of a walked snapshot: chunks as they are met, what ranking asks of them, and the search for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.algorithms.reading_down import MOST_FOUND, read_down
from graph.filters import Filters
from graph.indexes.keyword_index import okapi
from graph.indexes.vocabulary import Vocabulary
from graph.model import FloatArray, RowArray
from graph.ports.walking import ChunkCard, GraphWalk, RowNumbers
from graph.text.terms import ChunkTerms
from graph.view.snapshot import SnapshotReader, StoredSnapshot

ROWS = 2**17
"""Numbers there are for the chunks of one question; a chunk that is met after that is passed over."""
MOST_STEMS = 64
"""At most so many stems are asked of the keyword index: the heaviest."""

NO_TERMS = ChunkTerms(stems=(), titled=0)
NO_ROWS = np.empty(0, dtype=np.int32)


class WalkedRows(StoredSnapshot, RowNumbers):
    """Chunks by number, for one question, in one thread."""

    def __init__(
        self, walk: GraphWalk, words: Vocabulary, *, reader: SnapshotReader, workspace: str, revision: int
    ) -> None:
        super().__init__(reader=reader, workspace=workspace, revision=revision, size=words.chunks)
        self._walk = walk
        self.words = words
        """What is resident: the vocabulary at this revision."""
        self._chunk_ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._cards: dict[int, ChunkCard | None] = {}
        self._held: dict[int, frozenset[str]] = {}
        self._live = np.zeros(ROWS, dtype=np.bool_)
        self._allowed: dict[Filters, NDArray[np.bool_]] = {}
        self._cut_short = False
        self._vectors = walk.vector_index(workspace, revision, self)

    @property
    @override
    def degraded(self) -> tuple[str, ...]:
        cut = self._cut_short or self._vectors.cut_short
        return (f"filters: only the best {MOST_FOUND} passages were looked at",) if cut else ()

    @override
    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        if not filters:
            return self._live
        if filters not in self._allowed:
            self._allowed[filters] = np.zeros(ROWS, dtype=np.bool_)
            self._allow(range(len(self._chunk_ids)))
        return self._allowed[filters]

    @override
    def unknown_fields(self, filters: Filters) -> tuple[str, ...]:
        """Of the documents whose passages were looked at: no others are in memory."""
        met = {card.document.id: card.document for card in self._cards.values() if card is not None}
        return filters.unknown_fields(met.values()) if met else ()

    # --- rows

    @property
    @override
    def row_count(self) -> int:
        return ROWS

    @override
    def row(self, chunk_id: str) -> int | None:
        return self._rows.get(chunk_id)

    @override
    def chunk_id(self, row: int) -> str:
        return self._chunk_ids[row]

    @override
    def numbers(self, chunk_ids: Sequence[str]) -> RowArray:
        fresh = [one for one in dict.fromkeys(chunk_ids) if one not in self._rows][: ROWS - len(self._chunk_ids)]
        first = len(self._chunk_ids)
        self._rows |= {one: first + place for place, one in enumerate(fresh)}
        self._chunk_ids += fresh
        self._live[first : len(self._chunk_ids)] = True
        if fresh:
            self._allow(range(first, len(self._chunk_ids)))
        return np.array([self._rows.get(one, -1) for one in chunk_ids], dtype=np.int32)

    @override
    def sources(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        self._read_cards(rows)
        cards = [self._cards[row] for row in rows]
        return [("", "") if card is None else (card.document.id, card.document.title) for card in cards]

    @override
    def vectors(self, rows: RowArray) -> FloatArray:
        return self._vectors.vectors(rows)

    def _allow(self, rows: Sequence[int]) -> None:
        """Tell which new rows satisfy the filters that were asked for."""
        if self._allowed:
            self._read_cards(rows)
        for filters, allowed in self._allowed.items():
            for row in rows:
                card = self._cards[row]
                allowed[row] = card is not None and filters.fits(card.document)

    def _read_cards(self, rows: Iterable[int]) -> None:
        missing = [row for row in dict.fromkeys(rows) if row not in self._cards]
        if missing:
            found = self._walk.cards(self.workspace, [self._chunk_ids[row] for row in missing], self.revision)
            for row in missing:
                # a chunk that has been purged since it was found has no document
                self._cards[row] = found.get(self._chunk_ids[row])
                self._held[row] = frozenset(self._terms(row).stems)

    def _terms(self, row: int) -> ChunkTerms:
        card = self._cards[row]
        return NO_TERMS if card is None else card.terms

    # --- search

    @override
    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        return self._vectors.search(query, k, allowed)

    @override
    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """The store's own ranking tells which chunks are looked at, ours orders them."""
        weights = {stem: times * self.stem_idf(stem) for stem, times in Counter(stems).items()}
        heaviest = sorted(weights, key=lambda stem: (-weights[stem], stem))[:MOST_STEMS]
        if not heaviest or k <= 0:
            return NO_ROWS, np.empty(0, np.float32)

        def find(most: int) -> list[tuple[str, bool]]:
            found = self._walk.matching(self.workspace, heaviest, most, self.revision)
            return [(one.chunk_id, one.live) for one in found]

        rows, cut = read_down(find, self.numbers, allowed, k)
        self._cut_short |= cut
        scores = self._bm25(rows, {stem: weights[stem] for stem in heaviest})
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _bm25(self, rows: RowArray, weights: Mapping[str, float]) -> FloatArray:
        self._read_cards(rows.tolist())
        terms = [self._terms(row) for row in rows.tolist()]
        lengths = np.array([len(one.stems) for one in terms], dtype=np.float32)
        scores = np.zeros(len(rows), dtype=np.float32)
        for stem, weight in weights.items():
            # a title holds a stem or does not, as in the resident index
            frequency = [
                one.stems[one.titled :].count(stem) + (stem in one.stems[: one.titled]) for one in terms
            ]  # fmt: skip
            scores += weight * okapi(np.array(frequency, dtype=np.float32), lengths, self.words.average_length)
        return scores

    @override
    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        self._read_cards(rows.tolist())
        return np.array([stem in self._held[row] for row in rows.tolist()], dtype=np.bool_)

    @override
    def stem_frequency(self, stem: str) -> int:
        return self.words.frequency(stem)

    @override
    def spelled_like(self, stem: str) -> Sequence[str]:
        return self.words.spelled_like(stem)

"""Keyword search by BM25 over postings in memory, pinned to a snapshot by its mask of live rows."""

from array import array
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from graph.indexes.growing import GrowingArray, as_rows
from graph.model import FloatArray, RowArray

K1, B = 1.2, 0.75
_TITLE = 128
_MOST = 127


class KeywordIndex:
    """Postings by stem. A row is added once, in order, and never changes.

    Each posting packs how often the text holds the stem (capped at 127) and whether the title does.
    """

    def __init__(self) -> None:
        self._rows: dict[str, array[int]] = {}
        self._counts: dict[str, array[int]] = {}
        self._lengths = GrowingArray(np.float32)

    def append(self, title_stems: Sequence[str], text_stems: Sequence[str]) -> None:
        """Add the next row."""
        row = len(self._lengths)
        counts = Counter(text_stems)
        titled = set(title_stems)
        for stem in titled | counts.keys():
            packed = min(counts[stem], _MOST) | (_TITLE if stem in titled else 0)
            # counts first: a reader takes the rows first, so it never finds a row without its count
            self._counts.setdefault(stem, array("B")).append(packed)
            self._rows.setdefault(stem, array("i")).append(row)
        self._lengths.extend([len(text_stems) + len(title_stems)])

    def length(self, row: int) -> float:
        """Number of stems of a row, title included."""
        return float(self._lengths.data[row])

    def rows(self, stem: str, live: NDArray[np.bool_]) -> RowArray:
        """Live rows that hold the stem in title or text, ascending."""
        postings = self._rows.get(stem)
        if postings is None:
            return np.empty(0, np.int32)
        rows = as_rows(postings)
        rows = rows[: np.searchsorted(rows, len(live))]
        return rows[live[rows]]

    def document_frequency(self, stem: str, live: NDArray[np.bool_], documents: NDArray[np.int32]) -> int:
        """Live rows whose text holds the stem, plus documents that only their title gives it."""
        rows, counts = self._read(stem, live)
        in_text = (counts & _MOST) > 0
        return int(in_text.sum()) + len(np.unique(documents[rows[~in_text]]))

    def search(
        self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_], live: NDArray[np.bool_], average: float,
        documents: NDArray[np.int32],
    ) -> tuple[RowArray, FloatArray]:  # fmt: skip
        """Best rows by Okapi BM25 (Robertson & Zaragoza 2009), best first, ties by row.

        ``score = Σ ln(1 + (n - df + .5)/(df + .5)) · tf (k1 + 1) / (tf + k1 (1 - b + b · length / average))``
        with df, n and the average over live rows, before filters.
        """
        scores = np.zeros(len(live), dtype=np.float32)
        total = int(live.sum())
        lengths: NDArray[np.float32] = self._lengths.data[: len(live)]  # type: ignore[assignment]
        for stem, times in Counter(stems).items():
            rows, counts = self._read(stem, live)
            if not len(rows):
                continue
            frequency = (counts & _MOST) + (counts >= _TITLE)
            in_text = (counts & _MOST) > 0
            df = int(in_text.sum()) + len(np.unique(documents[rows[~in_text]]))
            idf = log(1 + (total - df + 0.5) / (df + 0.5))
            norm = K1 * (1 - B + B * lengths[rows] / max(average, 1.0))
            scores[rows] += times * idf * frequency * (K1 + 1) / (frequency + norm)
        return best(scores, k, allowed)

    def _read(self, stem: str, live: NDArray[np.bool_]) -> tuple[RowArray, NDArray[np.uint8]]:
        postings = self._rows.get(stem)
        if postings is None:
            return np.empty(0, np.int32), np.empty(0, np.uint8)
        rows = as_rows(postings)
        counts = np.frombuffer(self._counts[stem].tobytes(), dtype=np.uint8)[: len(rows)]
        end = np.searchsorted(rows, len(live))
        rows, counts = rows[:end], counts[:end]
        alive = live[rows]
        return rows[alive], counts[alive]


def best(scores: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
    """The ``k`` best positive scores among allowed rows, best first, ties by row."""
    rows = np.flatnonzero((scores > 0) & allowed)
    if len(rows) > k > 0:
        kth = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= kth]
    order = np.lexsort((rows, -scores[rows]))[:k]
    chosen = rows[order].astype(np.int32)
    return chosen, scores[chosen]

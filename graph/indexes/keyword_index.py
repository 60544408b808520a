"""Keyword search by BM25 over postings in memory, pinned to a snapshot by its mask of live rows."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.algorithms.spelling import Spellings
from graph.indexes.growing_array import GrowingArray, as_rows, within
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
        self._spellings = Spellings()

    def append(self, title_stems: Sequence[str], text_stems: Sequence[str]) -> None:
        """Add the next row."""
        row = len(self._lengths)
        counts = Counter(text_stems)
        titled = set(title_stems)
        for stem in titled | counts.keys():
            packed = min(counts[stem], _MOST) | (_TITLE if stem in titled else 0)
            if stem not in self._rows:
                self._spellings.add(stem)
            # counts first: a reader takes the rows first, so it never finds a row without its count
            self._counts.setdefault(stem, array("B")).append(packed)
            self._rows.setdefault(stem, array("i")).append(row)
        self._lengths.extend([len(text_stems) + len(title_stems)])

    def length(self, row: int) -> float:
        """Number of stems of a row, title included."""
        return float(self._lengths.data[row])

    def hold(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        """Which of these rows, all live, hold the stem in title or text."""
        postings = self._rows.get(stem)
        if postings is None:
            return np.zeros(len(rows), dtype=np.bool_)
        return within(rows, as_rows(postings))

    def document_frequency(self, stem: str, live: NDArray[np.bool_], documents: NDArray[np.int32]) -> int:
        """Live rows whose text holds the stem, plus documents that only their title gives it."""
        rows, counts = self.postings(stem, live)
        in_text = (counts & _MOST) > 0
        return int(in_text.sum()) + len(np.unique(documents[rows[~in_text]]))

    def search(
        self, stems: Mapping[str, float], k: int, allowed: NDArray[np.bool_], live: NDArray[np.bool_], average: float
    ) -> tuple[RowArray, FloatArray]:
        """Best rows by Okapi BM25 (Robertson & Zaragoza 2009), best first, ties by row.

        ``score = Σ weight · tf (k1 + 1) / (tf + k1 (1 - b + b · length / average))`` with the weight of each stem
        given: its idf, times how often it is asked for. The heaviest stems go first; once ``k`` rows score more
        than all further stems together can add, these are looked up only for rows that can still be among them
        (MaxScore: Turtle & Flood, 1995). That is exact, and keeps words that are everywhere from costing a whole pass.
        """
        scores = np.zeros(len(live), dtype=np.float32)
        heaviest = sorted(stems.items(), key=lambda item: (-item[1], item[0]))
        left = (K1 + 1) * sum(stems.values())
        for number, (stem, weight) in enumerate(heaviest):
            found = best(scores, k, allowed)[1] if number else scores[:0]
            if len(found) == k and found[-1] > left:
                open_ = np.flatnonzero((scores + left > found[-1]) & allowed).astype(np.int32)
                self._add_for(open_, dict(heaviest[number:]), scores, average)
                break
            rows, counts = self.postings(stem, live)
            scores[rows] += weight * self._saturation(rows, counts, average)
            left -= (K1 + 1) * weight
        return best(scores, k, allowed)

    def _add_for(self, rows: RowArray, stems: Mapping[str, float], scores: FloatArray, average: float) -> None:
        """Add what these stems give to some rows, ascending."""
        for stem, weight in stems.items():
            postings = self._rows.get(stem)
            if postings is None:
                continue
            holders = as_rows(postings)
            mine = rows[within(rows, holders)]
            counts = np.frombuffer(self._counts[stem].tobytes(), dtype=np.uint8)[np.searchsorted(holders, mine)]
            scores[mine] += weight * self._saturation(mine, counts, average)

    def _saturation(self, rows: NDArray[Any], counts: NDArray[np.uint8], average: float) -> FloatArray:
        lengths: NDArray[np.float32] = self._lengths.data[rows]
        return okapi((counts & _MOST).astype(np.float32) + (counts >= _TITLE), lengths, average)

    def lengths(self, rows: RowArray) -> FloatArray:
        """Number of stems of rows, titles included."""
        return self._lengths.data[rows]  # type: ignore[return-value]

    def worth(self, stem: str, live: NDArray[np.bool_], average: float) -> tuple[RowArray, FloatArray]:
        """Live rows that hold a stem, and what it is worth in each, as in :meth:`search`."""
        rows, counts = self.postings(stem, live)
        return rows, self._saturation(rows, counts, average)

    def spelled_like(self, stem: str) -> Sequence[str]:
        """Stems that any row ever had and a slip parts from this one, the nearest first."""
        return self._spellings.near(stem)

    @property
    def stems(self) -> list[str]:
        """Every stem that any row ever had."""
        return list(self._rows)

    def postings(self, stem: str, live: NDArray[np.bool_]) -> tuple[RowArray, NDArray[np.uint8]]:
        """Live rows that hold a stem, ascending, and for each how often, packed as in the class docstring."""
        postings = self._rows.get(stem)
        if postings is None:
            return np.empty(0, np.int32), np.empty(0, np.uint8)
        rows = as_rows(postings)
        counts = np.frombuffer(self._counts[stem].tobytes(), dtype=np.uint8)[: len(rows)]
        end = np.searchsorted(rows, np.int32(len(live)))
        rows, counts = rows[:end], counts[:end]
        alive = live[rows]
        return rows[alive], counts[alive]


def okapi(frequency: FloatArray, lengths: FloatArray, average: float) -> FloatArray:
    """What a stem is worth in passages that hold it so often and are so long: ``tf (k1 + 1) / (tf + …)`` of BM25."""
    norm = K1 * (1 - B + B * lengths / max(average, 1.0))
    return np.asarray(frequency * (K1 + 1) / (frequency + norm), dtype=np.float32)


def best(scores: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
    """The ``k`` best positive scores among allowed rows, best first, ties by row."""
    rows = np.flatnonzero((scores > 0) & allowed)
    if len(rows) > k > 0:
        kth = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= kth]
    order = np.lexsort((rows, -scores[rows]))[:k]
    chosen = rows[order].astype(np.int32)
    return chosen, scores[chosen]

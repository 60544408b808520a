"""A resident snapshot as somebody sees it who may not read every document: the same indexes, with fewer live rows.

All that is derived from the corpus is derived from the rows that are left: numbers, lengths and frequencies of words
and names, which words are names, what links. And whatever depends on an order (ties, sums of floating-point numbers)
follows the order of chunk ids and of names, never that of uploads: rows and names are numbered anew, so that nothing
tells whether there are other documents.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.filters import Filters
from graph.indexes.keyword_index import best
from graph.model import FloatArray, RowArray
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.snapshot import SnapshotReader, StoredSnapshot


class RestrictedSnapshot(StoredSnapshot):
    """Immutable, like the snapshot of everything that it is a part of.

    Args:
        whole: that snapshot.
        hidden: ids of the documents that are left out.
        reader: the store, bound to the same audience.
    """

    reach = ResidentSnapshot.reach

    def __init__(self, whole: ResidentSnapshot, hidden: Collection[str], reader: SnapshotReader) -> None:
        generation = whole.generation
        readable = np.ones(len(generation.histories), dtype=np.bool_)
        readable[generation.numbers_of(hidden)] = False
        self._whole = whole
        self._owners = whole.owners
        self._live = whole.live & readable[self._owners]
        self._rows = _in_order(np.flatnonzero(self._live), generation.row_order(whole.row_count))
        super().__init__(reader=reader, workspace=whole.workspace, revision=whole.revision, size=len(self._rows))
        self._generation = generation
        self._row_numbers = _numbers(self._rows, whole.row_count)
        names = generation.adjacency.among(self._rows)
        self._names = _in_order(names, generation.name_order())
        self._name_numbers = _numbers(self._names, len(generation.adjacency.keys))
        self._accepted = generation.adjacency.accepted_among(self._rows)[self._names]
        lengths = generation.keywords.lengths(self._rows).astype(np.float64)
        self._average_length = float(lengths.sum()) / self.size if self.size else 0.0
        self._allowed: dict[Filters, NDArray[np.bool_]] = {Filters(): np.ones(self.size, dtype=np.bool_)}
        self._frequency: dict[int, int] = {}
        self._stem_frequency: dict[str, int] = {}

    def as_read_by(self, reader: SnapshotReader) -> "RestrictedSnapshot":
        """The same rows, with texts and aliases as another audience reads them, which may read the same documents."""
        mine = copy(self)
        mine._reader = reader
        return mine

    @override
    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        if filters not in self._allowed:
            owners = self._owners[self._rows]
            fits = np.zeros(len(self._generation.histories), dtype=np.bool_)
            for number in np.unique(owners).tolist():
                fits[number] = filters.fits(self._generation.document(number, self.revision))
            self._allowed[filters] = fits[owners]
        return self._allowed[filters]

    @override
    def unknown_fields(self, filters: Filters) -> tuple[str, ...]:
        owners = np.unique(self._owners[self._rows]).tolist()
        return filters.unknown_fields(self._generation.document(number, self.revision) for number in owners)

    # --- rows

    @property
    @override
    def row_count(self) -> int:
        return self.size

    @override
    def row(self, chunk_id: str) -> int | None:
        row = self._whole.row(chunk_id)
        number = -1 if row is None else int(self._row_numbers[row])
        return number if number >= 0 else None

    @override
    def chunk_id(self, row: int) -> str:
        return self._generation.chunk_ids[int(self._rows[row])]

    @override
    def vectors(self, rows: RowArray) -> FloatArray:
        return self._generation.vectors_index.vectors(self._rows[rows])

    @override
    def sources(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        owners = self._owners[self._rows[list(rows)]].tolist()
        documents = [self._generation.document(owner, self.revision) for owner in owners]
        return [(document.id, document.title) for document in documents]

    # --- search

    @override
    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        wanted = np.zeros(self._whole.row_count, dtype=np.bool_)
        wanted[self._rows[allowed]] = True
        found, scores = self._generation.vectors_index.near(query, k, wanted)
        rows = self._row_numbers[found]
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    @override
    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """As the resident index ranks them; without its short cut, which only saves time."""
        weights = {stem: times * self.stem_idf(stem) for stem, times in Counter(stems).items()}
        scores = np.zeros(self.size, dtype=np.float32)
        for stem, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
            rows, worth = self._generation.keywords.worth(stem, self._live, self._average_length)
            scores[self._row_numbers[rows]] += weight * worth
        return best(scores, k, allowed)

    @override
    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        return self._generation.keywords.hold(stem, self._rows[rows])

    @override
    def stem_frequency(self, stem: str) -> int:
        if stem not in self._stem_frequency:
            keywords = self._generation.keywords
            self._stem_frequency[stem] = keywords.document_frequency(stem, self._live, self._owners)
        return self._stem_frequency[stem]

    @override
    def spelled_like(self, stem: str) -> Sequence[str]:
        return [near for near in self._generation.keywords.spelled_like(stem) if self.stem_frequency(near)]

    # --- names

    @property
    @override
    def name_count(self) -> int:
        return len(self._names)

    @override
    def name_numbers(self, keys: Sequence[str]) -> Mapping[str, int]:
        return {key: number for key in keys if (number := self.name_number(key)) is not None}

    def name_number(self, key: str) -> int | None:
        """The number of one name, as in :meth:`name_numbers`."""
        known = self._generation.adjacency.number(key)
        number = -1 if known is None or known >= len(self._name_numbers) else int(self._name_numbers[known])
        return number if number >= 0 and self._accepted[number] and self.name_frequency(number) else None

    @override
    def name_key(self, name: int) -> str:
        return self._generation.adjacency.key(int(self._names[name]))

    @override
    def name_label(self, name: int, row: int) -> str:
        return self._generation.adjacency.label(int(self._names[name]), int(self._rows[row]))

    @override
    def name_frequency(self, name: int) -> int:
        if name not in self._frequency:
            adjacency = self._generation.adjacency
            self._frequency[name] = adjacency.document_frequency(int(self._names[name]), self._live, self._owners)
        return self._frequency[name]

    @override
    def title_names(self, rows: RowArray) -> RowArray:
        titles = self._generation.adjacency.title_names(self._rows[rows])
        return np.where(titles >= 0, self._name_numbers[titles], -1).astype(np.int32)

    @override
    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        found, sentences = self._generation.adjacency.names(int(self._rows[row]))
        names = self._name_numbers[found]
        keep = self._accepted[names]
        return names[keep], sentences[keep]

    # --- links

    @override
    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        owner, rows, frequency = self._generation.adjacency.links(self._names[names], self._live, self._owners, most)
        return *_sorted(owner, self._row_numbers[rows]), frequency

    @override
    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        owner, rows = self._generation.adjacency.gather_rows(self._names[names], self._live, most)
        return _sorted(owner, self._row_numbers[rows])

    @override
    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        owner, found = self._generation.adjacency.gather(self._rows[rows])
        names = self._name_numbers[found]
        keep = self._accepted[names]
        return _sorted(owner[keep], names[keep])

    @override
    def other_names(self, keys: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return {key: tuple(sorted(names)) for key, names in super().other_names(keys).items()}


def _in_order(numbers: NDArray[np.integer], places: RowArray) -> RowArray:
    """Numbers in the order of their places."""
    return numbers[np.argsort(places[numbers], kind="stable")].astype(np.int32)


def _numbers(known: RowArray, size: int) -> RowArray:
    """For each of ``size`` numbers its position in ``known``, or -1."""
    positions = np.full(size, -1, dtype=np.int32)
    positions[known] = np.arange(len(known), dtype=np.int32)
    return positions


def _sorted(owner: NDArray[np.int64], values: RowArray) -> tuple[NDArray[np.int64], RowArray]:
    """Pairs by owner, then by value."""
    order = np.lexsort((values, owner))
    return owner[order], values[order]

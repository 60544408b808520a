"""A snapshot over the resident indexes: everything but texts and aliases comes from memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.algorithms.pagerank import MAX_PUSHED, MAX_ROUNDS
from graph.filters import Filters
from graph.model import Document, FloatArray, RowArray
from graph.view.generation import Generation
from graph.view.snapshot import Reach, SnapshotReader, StoredSnapshot


class ResidentSnapshot(StoredSnapshot):
    """Immutable: a revision and a row count over append-only indexes, with the masks that follow from them."""

    reach = Reach(rounds=MAX_ROUNDS, pushed=MAX_PUSHED, linked=250)

    def __init__(self, generation: Generation, *, reader: SnapshotReader, workspace: str, revision: int) -> None:
        """Of what the generation holds now."""
        super().__init__(reader=reader, workspace=workspace, revision=revision, size=generation.live)
        self._generation = generation
        self._average_length = generation.stems / generation.live if generation.live else 0.0
        self._accepted = generation.adjacency.publish()
        self._rows = len(generation.chunk_ids)
        self._live: NDArray[np.bool_] | None = None
        self._allowed: dict[Filters, NDArray[np.bool_]] = {}
        self._frequency: dict[int, int] = {}
        self._stem_frequency: dict[str, int] = {}

    @property
    def live(self) -> NDArray[np.bool_]:
        """Which rows are live, bool ``(rows,)``. Read only."""
        if self._live is None:
            begun: NDArray[np.int64] = self._generation.valid_from.data[: self._rows]  # type: ignore[assignment]
            ended: NDArray[np.int64] = self._generation.valid_to.data[: self._rows]  # type: ignore[assignment]
            self._live = (begun <= self.revision) & (self.revision < ended)
        return self._live

    @override
    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        if not filters:
            return self.live
        if filters not in self._allowed:
            owners = self.owners
            fits = np.zeros(len(self._generation.histories), dtype=np.bool_)
            for number in np.unique(owners[self.live]).tolist():
                fits[number] = filters.fits(self._generation.document(number, self.revision))
            self._allowed[filters] = self.live & fits[owners]
        return self._allowed[filters]

    @override
    def unknown_fields(self, filters: Filters) -> tuple[str, ...]:
        return filters.unknown_fields(
            self._generation.document(number, self.revision) for number in np.unique(self.owners[self.live]).tolist()
        )

    @property
    def generation(self) -> Generation:
        """The indexes that it looks at, as far as it may."""
        return self._generation

    @property
    def owners(self) -> NDArray[np.int32]:
        """The number of each row's document. Read only."""
        return self._generation.owners.data[: self._rows]  # type: ignore[return-value]

    # --- rows

    @override
    def row(self, chunk_id: str) -> int | None:
        for row in reversed(self._generation.rows_of.get(chunk_id, ())):
            if row < self._rows and self.live[row]:
                return row
        return None

    @override
    def chunk_id(self, row: int) -> str:
        return self._generation.chunk_ids[row]

    def document(self, row: int) -> Document:
        """The document version a row is live in."""
        return self._generation.document(int(self.owners[row]), self.revision)

    @override
    def vectors(self, rows: RowArray) -> FloatArray:
        return self._generation.vectors_index.vectors(rows)

    @override
    def sources(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        documents = [self.document(row) for row in rows]
        return [(document.id, document.title) for document in documents]

    # --- search

    @override
    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        if not self._rows:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        return self._generation.vectors_index.search(query, k, allowed)

    @override
    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        weights = {stem: times * self.stem_idf(stem) for stem, times in Counter(stems).items()}
        return self._generation.keywords.search(weights, k, allowed, self.live, self._average_length)

    @property
    def stems(self) -> Sequence[str]:
        """Every stem that is indexed, live or not."""
        return self._generation.keywords.stems

    def postings(self, stem: str) -> tuple[RowArray, NDArray[np.uint8]]:
        """Live rows that hold a stem, ascending, and how often each does, as the index packs it."""
        return self._generation.keywords.postings(stem, self.live)

    @override
    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        return self._generation.keywords.hold(stem, rows)

    @override
    def stem_frequency(self, stem: str) -> int:
        if stem not in self._stem_frequency:
            keywords = self._generation.keywords
            self._stem_frequency[stem] = keywords.document_frequency(stem, self.live, self.owners)
        return self._stem_frequency[stem]

    @override
    def spelled_like(self, stem: str) -> Sequence[str]:
        return [near for near in self._generation.keywords.spelled_like(stem) if self.stem_frequency(near)]

    # --- names

    @override
    def name_numbers(self, keys: Sequence[str]) -> Mapping[str, int]:
        return {key: number for key in keys if (number := self.name_number(key)) is not None}

    def name_number(self, key: str) -> int | None:
        """The number of one name, as in :meth:`name_numbers`."""
        number = self._generation.adjacency.number(key)
        if number is None or not self._is_accepted(number) or not self.name_frequency(number):
            return None
        return number

    @property
    def name_keys(self) -> Sequence[str]:
        """Every name that is indexed, live or not."""
        return self._generation.adjacency.keys

    @override
    def name_key(self, name: int) -> str:
        return self._generation.adjacency.key(name)

    @override
    def name_label(self, name: int, row: int) -> str:
        return self._generation.adjacency.label(name, row)

    def name_rows(self, name: int) -> RowArray:
        """Live rows that mention a name, ascending."""
        return self._generation.adjacency.rows(name, self.live)

    @override
    def name_frequency(self, name: int) -> int:
        if name not in self._frequency:
            adjacency = self._generation.adjacency
            self._frequency[name] = adjacency.document_frequency(name, self.live, self.owners)
        return self._frequency[name]

    @override
    def title_names(self, rows: RowArray) -> RowArray:
        return self._generation.adjacency.title_names(rows)

    @override
    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        return self._generation.adjacency.links(names, self.live, self.owners, most)

    @override
    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        names, sentences = self._generation.adjacency.names(row)
        keep = self._mask(names)
        return names[keep], sentences[keep]

    @property
    @override
    def row_count(self) -> int:
        return self._rows

    @property
    @override
    def name_count(self) -> int:
        return len(self._accepted)

    @override
    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        return self._generation.adjacency.gather_rows(names, self.live, most)

    @override
    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        owner, names = self._generation.adjacency.gather(rows)
        keep = self._mask(names)
        return owner[keep], names[keep]

    def _mask(self, names: RowArray) -> NDArray[np.bool_]:
        return self._accepted[names] if len(names) else np.zeros(0, dtype=np.bool_)

    def _is_accepted(self, number: int) -> bool:
        return number < len(self._accepted) and bool(self._accepted[number])

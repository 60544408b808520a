"""One workspace at one revision, as the resident indexes hold it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graph.filters import Filters
from graph.merging import NameReader, other_names
from graph.model import Document, FloatArray, PlacedChunk, RowArray

if TYPE_CHECKING:
    from graph.knowledge_view import Generation


class Snapshot:
    """Immutable: a revision and a row count over append-only indexes, with the masks that follow from them.

    *Rows* number chunks, *names* number normalised names. Both are meaningful within one snapshot only.
    """

    def __init__(  # noqa: PLR0913 - built in one place, from one generation
        self, generation: "Generation", *, revision: int, size: int, stems: float, accepted: NDArray[np.bool_],
        rows: int, reader: NameReader, workspace: str,
    ) -> None:  # fmt: skip
        self._generation = generation
        self.revision = revision
        self.size = size
        """Number of live rows: the ``n`` of every idf."""
        self.workspace = workspace
        self._average_length = stems / size if size else 0.0
        self._accepted = accepted
        self._rows = rows
        self._reader = reader
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

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """``live``, narrowed to rows whose document satisfies the filters."""
        if not filters:
            return self.live
        if filters not in self._allowed:
            owners = self._owners()
            fits = np.zeros(len(self._generation.histories), dtype=np.bool_)
            for number in np.unique(owners[self.live]).tolist():
                fits[number] = filters.match(self._generation.document(number, self.revision).metadata)
            self._allowed[filters] = self.live & fits[owners]
        return self._allowed[filters]

    # --- rows

    def row(self, chunk_id: str) -> int | None:
        """The live row of a chunk."""
        for row in reversed(self._generation.rows_of.get(chunk_id, ())):
            if row < self._rows and self.live[row]:
                return row
        return None

    def chunk_id(self, row: int) -> str:
        """The chunk of a row."""
        return self._generation.chunk_ids[row]

    def document(self, row: int) -> Document:
        """The document version a row is live in."""
        return self._generation.document(int(self._owners()[row]), self.revision)

    def document_number(self, rows: RowArray) -> NDArray[np.int32]:
        """A number per document: rows with equal numbers stand in one document."""
        return self._owners()[rows]

    def chunks(self, rows: Sequence[int]) -> dict[int, PlacedChunk]:
        """The chunks of rows with their text, read from the store at this revision; purged ones are absent."""
        placed = self._reader.chunks(self.workspace, [self.chunk_id(row) for row in rows], self.revision)
        by_id = {item.chunk.id: item for item in placed}
        return {row: by_id[self.chunk_id(row)] for row in rows if self.chunk_id(row) in by_id}

    def vectors(self, rows: RowArray) -> FloatArray:
        """Vectors of rows, float32 ``(len(rows), d)``."""
        return self._generation.vectors_index.vectors(rows)

    # --- search

    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """Best rows by cosine, best first."""
        if not self._rows:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        return self._generation.vectors_index.search(query, k, allowed)

    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """Best rows by BM25 over live rows before filters, best first; ``idf = ln(1 + (n - df + .5) / (df + .5))``."""
        weights = {stem: times * self.stem_idf(stem) for stem, times in Counter(stems).items()}
        return self._generation.keywords.search(weights, k, allowed, self.live, self._average_length)

    @property
    def stems(self) -> Sequence[str]:
        """Every stem that is indexed, live or not."""
        return self._generation.keywords.stems

    def postings(self, stem: str) -> tuple[RowArray, NDArray[np.uint8]]:
        """Live rows that hold a stem, ascending, and how often each does, as the index packs it."""
        return self._generation.keywords.postings(stem, self.live)

    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        """Which of these live rows hold a stem in title, headings or text."""
        return self._generation.keywords.hold(stem, rows)

    def stem_idf(self, stem: str) -> float:
        """``ln(1 + (n - df + .5) / (df + .5))``."""
        df = self.stem_frequency(stem)
        return log(1 + (self.size - df + 0.5) / (df + 0.5))

    def stem_frequency(self, stem: str) -> int:
        """Document frequency of a stem; a title counts once per document."""
        if stem not in self._stem_frequency:
            keywords = self._generation.keywords
            self._stem_frequency[stem] = keywords.document_frequency(stem, self.live, self._owners())
        return self._stem_frequency[stem]

    # --- names

    def name_number(self, key: str) -> int | None:
        """The number of a normalised name that some live row mentions and the corpus accepts as a name."""
        number = self._generation.adjacency.number(key)
        if number is None or not self._is_accepted(number) or not self.name_frequency(number):
            return None
        return number

    def other_names(self, keys: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The other normalised names of the thing that each name means, where it has any; read from the store."""
        return other_names(self._reader, self.workspace, keys, self.revision) if keys else {}

    @property
    def name_keys(self) -> Sequence[str]:
        """Every name that is indexed, live or not."""
        return self._generation.adjacency.keys

    def name_key(self, name: int) -> str:
        """The normalised name."""
        return self._generation.adjacency.key(name)

    def name_label(self, name: int, row: int) -> str:
        """The name as a row writes it."""
        return self._generation.adjacency.label(name, row)

    def name_rows(self, name: int) -> RowArray:
        """Live rows that mention a name, ascending."""
        return self._generation.adjacency.rows(name, self.live)

    def name_frequency(self, name: int) -> int:
        """Document frequency of a name; a title counts once per document."""
        if name not in self._frequency:
            adjacency = self._generation.adjacency
            self._frequency[name] = adjacency.document_frequency(name, self.live, self._owners())
        return self._frequency[name]

    def title_names(self, rows: RowArray) -> RowArray:
        """Name number of each row's document title; -1 where it has none."""
        return self._generation.adjacency.title_names(rows)

    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        """Live rows of many names as (position in ``names``, row) pairs, and each name's document frequency.

        A name in more than ``most`` passages may have no rows, and any frequency above ``most``.
        """
        return self._generation.adjacency.links(names, self.live, self._owners(), most)

    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        """Accepted names of a row and the sentence of each mention (-1: title), parallel arrays."""
        names, sentences = self._generation.adjacency.names(row)
        keep = self._mask(names)
        return names[keep], sentences[keep]

    @property
    def row_count(self) -> int:
        """Upper bound of row numbers."""
        return self._rows

    @property
    def name_count(self) -> int:
        """Upper bound of name numbers."""
        return len(self._accepted)

    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        """Live rows of many names as (position in ``names``, row) pairs; see PassageNameGraph."""
        return self._generation.adjacency.gather_rows(names, self.live, most)

    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        """Distinct accepted names of many rows as (position in ``rows``, name) pairs."""
        owner, names = self._generation.adjacency.gather(rows)
        keep = self._mask(names)
        return owner[keep], names[keep]

    def _owners(self) -> NDArray[np.int32]:
        return self._generation.owners.data[: self._rows]  # type: ignore[return-value]

    def _mask(self, names: RowArray) -> NDArray[np.bool_]:
        return self._accepted[names] if len(names) else np.zeros(0, dtype=np.bool_)

    def _is_accepted(self, number: int) -> bool:
        return number < len(self._accepted) and bool(self._accepted[number])

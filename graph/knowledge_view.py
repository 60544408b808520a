"""The resident read side of one workspace: vectors, keywords and names at one revision.

Derived from the store and never the truth. Rows are appended and never move; each carries the
revisions ``[valid_from, valid_to)`` it is live in, so a snapshot is no more than a revision and
a row count, catching up costs what changed, and a request keeps the snapshot it took.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graph.filters import Filters
from graph.model import Document, FloatArray, RowArray, Span


class Snapshot(Protocol):
    """One workspace at one revision. *Rows* number chunks, *names* number normalised names."""

    @property
    def revision(self) -> int:
        """The revision everything here is read at."""
        ...

    @property
    def live(self) -> NDArray[np.bool_]:
        """Which rows are live; its length is the snapshot's row count. Read only."""
        ...

    @property
    def size(self) -> int:
        """Number of live rows: the ``n`` of every idf."""
        ...

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """``live``, narrowed to rows whose document satisfies the filters."""
        ...

    # rows
    def row(self, chunk_id: str) -> int | None: ...
    def chunk_id(self, row: int) -> str: ...
    def document(self, row: int) -> Document: ...
    def text(self, row: int) -> str: ...
    def sentences(self, row: int) -> tuple[Span, ...]: ...
    def vectors(self, rows: RowArray) -> FloatArray: ...
    def title_name(self, row: int) -> int:
        """Name number of the document's title; -1 if it has none."""
        ...

    def row_names(self, row: int) -> tuple[RowArray, RowArray]:
        """Names mentioned in a row and the sentence of each mention (-1: title), parallel arrays."""
        ...

    # search
    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """Best rows by cosine, best first."""
        ...

    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """Best rows by BM25, best first."""
        ...

    def stem_rows(self, stem: str) -> RowArray:
        """Live rows whose title, headings or text hold the stem, ascending."""
        ...

    # names
    def name_number(self, key: str) -> int | None: ...
    def name_key(self, name: int) -> str: ...
    def name_label(self, name: int) -> str:
        """The name as it is most often written."""
        ...

    def name_rows(self, name: int) -> RowArray:
        """Live rows that mention the name, ascending; ``len`` is its df."""
        ...

    def plain_count(self, word: str) -> int:
        """Live rows that write the word without a capital (its evidence against being a name)."""
        ...

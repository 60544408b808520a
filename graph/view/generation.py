"""The append-only indexes that the snapshots of one workspace share.

Appending to them changes no snapshot that was taken before.
"""

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from graph.errors import NotFoundError
from graph.indexes.adjacency import Adjacency
from graph.indexes.faiss_index import FaissIndex
from graph.indexes.growing_array import GrowingArray
from graph.indexes.growing_order import GrowingOrder
from graph.indexes.keyword_index import KeywordIndex
from graph.model import Document, IndexDelta, IndexRow, RowArray
from graph.ports.reading import ChangeReader, DocumentReader
from graph.text.tokens import stems

LIVE = 2**62
COMPACT_FROM = 1024
"""A generation with at least this many dead rows, and more dead than live ones, is built anew."""


class StoredKnowledge(DocumentReader, ChangeReader, Protocol):
    """What a generation is built from, and checked against."""


class Generation:
    """The append-only indexes of one workspace. One writer; readers go through snapshots."""

    def __init__(self) -> None:
        self.chunk_ids: list[str] = []
        self.rows_of: dict[str, list[int]] = {}
        self.valid_from = GrowingArray(np.int64)
        self.valid_to = GrowingArray(np.int64)
        self.owners = GrowingArray(np.int32)
        self.histories: list[list[tuple[int, Document | None]]] = []
        self.keywords = KeywordIndex()
        self.adjacency = Adjacency()
        self.vectors_index = FaissIndex(0)
        self.live = 0
        self.stems = 0.0
        self._document_numbers: dict[str, int] = {}
        self._row_order = GrowingOrder()
        self._name_order = GrowingOrder()

    def row_order(self, count: int) -> RowArray:
        """For each row its place in the order of chunk ids, at least for ``count`` rows."""
        return self._row_order.places(self.chunk_ids, count)

    def name_order(self) -> RowArray:
        """For each name its place in the order of the names."""
        keys = self.adjacency.keys
        return self._name_order.places(keys, len(keys))

    def numbers_of(self, document_ids: Iterable[str]) -> list[int]:
        """The numbers of those documents that any row ever was of."""
        known = self._document_numbers
        return [known[one] for one in document_ids if one in known]

    def document(self, number: int, revision: int) -> Document:
        """The version of a document that is live at a revision."""
        for since, document in reversed(self.histories[number]):
            if since <= revision and document is not None:
                return document
        raise NotFoundError(f"document number {number} is not live at revision {revision}")

    def set_documents(self, documents: Iterable[Document], gone: Iterable[str], revision: int) -> None:
        """Note the versions that are live from a revision on."""
        for document in documents:
            self.histories[self._document_number(document.id)].append((revision, document))
        for document_id in gone:
            self.histories[self._document_number(document_id)].append((revision, None))

    def open(self, row: IndexRow, revision: int) -> None:
        """Append a row that is live from a revision on."""
        number = len(self.chunk_ids)
        if number == 0:
            self.vectors_index = FaissIndex(len(row.vector))
        title, body = stems(row.title), stems(" ".join((*row.chunk.headings, row.chunk.text)))
        self.vectors_index.append(row.vector[None, :])
        self.keywords.append(title, body)
        self.adjacency.append(row.title, row.chunk.text, row.mentions)
        self.owners.extend([self._document_number(row.chunk.document_id)])
        self.valid_to.extend([LIVE])
        self.valid_from.extend([revision])
        self.rows_of.setdefault(row.chunk.id, []).append(number)
        self.chunk_ids.append(row.chunk.id)
        self.live += 1
        self.stems += self.keywords.length(number)

    def close(self, chunk_id: str, revision: int) -> None:
        """End the live row of a chunk at a revision."""
        row = self.rows_of[chunk_id][-1]
        self.valid_to.data[row] = revision
        self.adjacency.close(row)
        self.live -= 1
        self.stems -= self.keywords.length(row)

    def follow(self, delta: IndexDelta) -> None:
        """Make what stood at ``delta.since`` stand at ``delta.until``."""
        for chunk_id in delta.closed:
            self.close(chunk_id, delta.until)
        self.set_documents(delta.documents, delta.documents_gone, delta.until)
        for row in delta.opened:
            self.open(row, delta.until)

    @property
    def wasteful(self) -> bool:
        """Whether dead rows dominate."""
        dead = len(self.chunk_ids) - self.live
        return dead >= COMPACT_FROM and dead > self.live

    def _document_number(self, document_id: str) -> int:
        number = self._document_numbers.setdefault(document_id, len(self.histories))
        if number == len(self.histories):
            self.histories.append([])
        return number


def build(reader: StoredKnowledge, workspace: str, revision: int) -> Generation:
    """A generation straight from the store: no embedding, no model call."""
    generation = Generation()
    after = ""
    while page := reader.documents(workspace, revision, after=after, limit=1000):
        generation.set_documents(page, (), 0)
        after = page[-1].id
    for row in reader.rows(workspace, revision):
        generation.open(row, 0)
    return generation

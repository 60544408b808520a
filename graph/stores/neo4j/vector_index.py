"""Vector search by the index inside Neo4j (Lucene's HNSW; Malkov & Yashunin 2016), rescored from the stored vectors.

The index is approximate and its scores come from quantised vectors: it says which chunks are looked at, and the
inner products with the vectors themselves say in which order they come.
"""

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.algorithms.reading_down import read_down
from graph.model import FloatArray, RowArray
from graph.ports.walking import RowNumbers, WalkedVectorIndex
from graph.stores.cypher import walking
from graph.stores.neo4j.connection import Neo4jDatabase
from graph.stores.neo4j.rows import batches


class Neo4jVectorIndex(WalkedVectorIndex):
    """The VectorIndex port at one revision, for one question. Raises DependencyError where Neo4j cannot be used."""

    def __init__(self, database: Neo4jDatabase, workspace: str, revision: int, rows: RowNumbers) -> None:
        self._database = database
        self._workspace = workspace
        self._revision = revision
        self._rows = rows
        self._known: dict[int, FloatArray] = {}
        self._cut_short = False

    @property
    @override
    def cut_short(self) -> bool:
        return self._cut_short

    @override
    def search(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """``cut_short`` says whether the index held more than may be read of it."""
        if k <= 0:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        rows, cut = read_down(lambda n: self._nearest(query, n), self._rows.numbers, allowed, k)
        self._cut_short |= cut
        if not len(rows):
            return rows, np.empty(0, np.float32)
        scores = self.vectors(rows) @ query
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    @override
    def vectors(self, rows: RowArray) -> FloatArray:
        """A row whose chunk has been purged since it was found has zeros."""
        missing = [row for row in dict.fromkeys(rows.tolist()) if row not in self._known]
        for batch in batches(missing):
            ids = {self._rows.chunk_id(row): row for row in batch}
            ((found,),) = self._database.read(walking.VECTORS, w=self._workspace, ids=list(ids))
            self._known |= {ids[chunk]: np.array(vector, dtype=np.float32) for chunk, vector in found}
        nothing = np.zeros_like(next(iter(self._known.values()), np.empty(0, np.float32)))
        return np.stack([self._known.get(row, nothing) for row in rows.tolist()] or [nothing])[: len(rows)]

    def _nearest(self, query: FloatArray, k: int) -> list[tuple[str, bool]]:
        ((found,),) = self._database.read(
            walking.NEAREST, w=self._workspace, r=self._revision, n=k, vector=query.tolist(),
            indexes=[walking.VECTOR_INDEX, walking.PAST_VECTOR_INDEX],
        )  # fmt: skip
        return [(chunk, live) for chunk, _, live in found]

"""Vector search by FAISS: exact while that is fast, then sign codes with exact rescoring.

Vectors stand in fixed segments that FAISS's brute-force kernels scan in place, so that appending never
disturbs a search under way, and a row that is not allowed is never served. From ``EXACT_ROWS`` rows on,
one bit per dimension (the sign) is scanned in full by Hamming distance, and the best ``RESCORED`` are
rescored from the stored vectors: .99 of the true top 10 at 200k rows (see docs/architecture.md).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graph.model import FloatArray, RowArray

if TYPE_CHECKING:
    from types import ModuleType

EXACT_ROWS = 50_000
RESCORED = 1_000
SEGMENT = 4_096
_GATHER_SHARE = 0.5
"""Below this share of allowed rows a segment's allowed rows are copied out instead of over-fetched."""


def _faiss() -> "ModuleType":
    import faiss

    return faiss


class FaissIndex:
    """The VectorIndex port. ``exact_rows`` is settable for tests."""

    def __init__(self, dimension: int, *, exact_rows: int = EXACT_ROWS) -> None:
        self._dimension = dimension
        self._exact_rows = exact_rows
        self._segments: list[FloatArray] = []
        self._codes: list[NDArray[np.uint8]] = []
        self._size = 0

    def append(self, vectors: FloatArray) -> None:
        """See VectorIndex."""
        done = 0
        while done < len(vectors):
            place = self._size % SEGMENT
            if place == 0:
                self._segments.append(np.zeros((SEGMENT, self._dimension), dtype=np.float32))
                self._codes.append(np.zeros((SEGMENT, (self._dimension + 7) // 8), dtype=np.uint8))
            part = vectors[done : done + SEGMENT - place]
            self._segments[-1][place : place + len(part)] = part
            self._codes[-1][place : place + len(part)] = np.packbits(part > 0, axis=1)
            self._size += len(part)
            done += len(part)

    def vectors(self, rows: RowArray) -> FloatArray:
        """See VectorIndex."""
        out = np.empty((len(rows), self._dimension), dtype=np.float32)
        numbers = rows // SEGMENT
        for number in np.unique(numbers):
            chosen = numbers == number
            out[chosen] = self._segments[number][rows[chosen] % SEGMENT]
        return out

    def search(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """See VectorIndex."""
        count = int(allowed.sum())
        if count == 0 or k <= 0:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        if count <= self._exact_rows:
            rows = self._scan(query, k, allowed, codes=False)
        else:
            rows = self._scan(query, max(k, RESCORED), allowed, codes=True)
        scores = self.vectors(rows) @ query
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _scan(self, query: FloatArray, k: int, allowed: NDArray[np.bool_], *, codes: bool) -> RowArray:
        """Candidates of every segment; at least the ``k`` best allowed rows of the scan's own measure."""
        found: list[NDArray[np.int64]] = []
        distances: list[NDArray[np.float32]] = []
        for number in range((len(allowed) + SEGMENT - 1) // SEGMENT):
            first = number * SEGMENT
            mask = allowed[first : first + SEGMENT]
            local, distance = self._scan_segment(number, query, k, mask, codes)
            found.append(local + first)
            distances.append(distance)
        rows = np.concatenate(found)
        distance = np.concatenate(distances)
        if len(rows) > k:
            # every row as near as the k-th stays, so that ties are cut by row number and not by chance
            rows = rows[distance <= np.partition(distance, k - 1)[k - 1]]
        return rows.astype(np.int32)

    def _scan_segment(
        self, number: int, query: FloatArray, k: int, mask: NDArray[np.bool_], codes: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        count = int(mask.sum())
        if count == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        data = (self._codes if codes else self._segments)[number][: len(mask)]
        numbers: NDArray[np.int64] | None = None
        wanted = k + len(mask) - count
        if count < _GATHER_SHARE * len(mask):
            numbers, wanted = np.flatnonzero(mask), k
            data = data[numbers]
        wanted = min(wanted, len(data))
        if codes:
            code = np.packbits(query > 0)[None, :]
            distance, local = _faiss().knn_hamming(code, np.ascontiguousarray(data), wanted)
            far = distance[0].astype(np.float32)
        else:
            faiss = _faiss()
            near, local = faiss.knn(query[None, :], np.ascontiguousarray(data), wanted, faiss.METRIC_INNER_PRODUCT)
            far = -near[0]
        rows = local[0] if numbers is None else numbers[local[0]]
        keep = mask[rows]
        return rows[keep], far[keep]

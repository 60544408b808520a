"""Vector search by FAISS: exact while that is fast, then sign codes with exact rescoring.

Vectors stand in fixed segments that FAISS's brute-force kernels scan in place, so that appending never
disturbs a search under way, and a row that is not allowed is never served. From ``EXACT_ROWS`` rows on,
one bit per dimension (the sign) is scanned in full by Hamming distance, and the best ``RESCORED`` are
rescored from the stored vectors: .99 of the true top 10 at 200k rows (see docs/architecture.md).
The scan counts bits in numpy: FAISS's Hamming kernel wakes a team of threads for every segment, which
costs a busy machine 10 ms each, and keeps a heap of a thousand for each.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.model import FloatArray, RowArray
from graph.ports.walking import VectorIndex

if TYPE_CHECKING:
    from types import ModuleType

EXACT_ROWS = 50_000
RESCORED = 1_000
SEGMENT = 4_096
_FIRST = 16
"""Room for so many rows at first: of a thousand workspaces most hold few passages."""
_ROUGH = 1e-3
"""More than twice what single precision can be wrong by, for vectors of unit length."""
_GATHER_SHARE = 0.5
"""Below this share of allowed rows a segment's allowed rows are copied out instead of over-fetched."""


def _faiss() -> "ModuleType":
    import faiss

    return faiss


class FaissIndex(VectorIndex):
    """The VectorIndex port. ``exact_rows`` is settable for tests."""

    def __init__(self, dimension: int, *, exact_rows: int = EXACT_ROWS) -> None:
        self._dimension = dimension
        self._exact_rows = exact_rows
        self._segments: list[FloatArray] = []
        self._codes: NDArray[np.uint64] = np.zeros((-(-dimension // 64), _FIRST), dtype=np.uint64)
        self._size = 0

    def append(self, vectors: FloatArray) -> None:
        """Add rows in order, float32 ``(n, d)``, unit length."""
        done = 0
        while done < len(vectors):
            place = self._size % SEGMENT
            part = vectors[done : done + SEGMENT - place]
            self._segment_for(place, place + len(part))[place : place + len(part)] = part
            self._keep_signs(_signs(part))
            self._size += len(part)
            done += len(part)

    def _segment_for(self, place: int, end: int) -> FloatArray:
        """The last segment, with room for ``end`` rows; a search under way keeps the one it took."""
        if place == 0:
            self._segments.append(np.empty((0, self._dimension), dtype=np.float32))
        last = self._segments[-1]
        if end > len(last):
            room = _FIRST if len(self._segments) == 1 else SEGMENT
            grown = np.zeros((min(SEGMENT, max(end, 2 * len(last), room)), self._dimension), dtype=np.float32)
            grown[:place] = last[:place]
            self._segments[-1] = last = grown
        return last

    def _keep_signs(self, signs: NDArray[np.uint64]) -> None:
        """One column per row; growth replaces the array, so that a search under way keeps its own."""
        end = self._size + len(signs)
        if end > self._codes.shape[1]:
            grown = np.zeros((len(self._codes), max(end, 2 * self._codes.shape[1])), dtype=np.uint64)
            grown[:, : self._size] = self._codes[:, : self._size]
            self._codes = grown
        self._codes[:, self._size : end] = signs.T

    @override
    def vectors(self, rows: RowArray) -> FloatArray:
        out = np.empty((len(rows), self._dimension), dtype=np.float32)
        order = np.argsort(rows, kind="stable")
        numbers, places = np.divmod(rows[order], SEGMENT)
        for chosen in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(numbers)) + 1):
            if len(chosen):
                out[order[chosen]] = self._segments[numbers[chosen[0]]][places[chosen]]
        return out

    @override
    def search(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        count = int(allowed.sum())
        if count == 0 or k <= 0:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        exact = count <= self._exact_rows
        rows = self._by_product(query, k, allowed) if exact else self._by_sign(query, max(k, RESCORED), allowed)
        scores = self.vectors(rows) @ query
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def near(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """At least the ``k`` best allowed rows by :meth:`search`, in no order, each with its score.

        Which rows they are and what they score depends on the allowed rows alone, to the last bit: not on where they
        stand, nor on the others. FAISS and BLAS sum up a row otherwise at the end of a block than within it; so their
        results only tell what may be near, and each row is then summed up by itself, in double precision.
        """
        count = int(allowed.sum())
        if count == 0 or k <= 0:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        exact = count <= self._exact_rows
        rows = self._about(query, k, allowed) if exact else self._by_sign(query, max(k, RESCORED), allowed)
        scores = (self.vectors(rows).astype(np.float64) * query.astype(np.float64)).sum(axis=1)
        return rows, scores.astype(np.float32)

    def _about(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> RowArray:
        """The allowed rows whose inner products, roughly summed up, may be among the ``k`` largest."""
        parts = [
            data[: len(allowed) - number * SEGMENT] @ query
            for number, data in enumerate(self._segments[: -(-len(allowed) // SEGMENT)])
        ]
        rows = np.flatnonzero(allowed).astype(np.int32)
        rough = np.concatenate(parts)[rows]
        if len(rows) > k:
            rows = rows[rough >= np.partition(rough, len(rough) - k)[len(rough) - k] - _ROUGH]
        return rows

    def _by_product(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> RowArray:
        """At least the ``k`` allowed rows with the largest inner products."""
        found, distances = [], []
        for number in range((len(allowed) + SEGMENT - 1) // SEGMENT):
            mask = allowed[number * SEGMENT : (number + 1) * SEGMENT]
            if mask.any():
                local, distance = self._scan_segment(self._segments[number], query, k, mask)
                found.append(local + number * SEGMENT)
                distances.append(distance)
        rows, distance = np.concatenate(found), np.concatenate(distances)
        if len(rows) > k:
            # every row as near as the k-th stays, so that ties are cut by row number and not by chance
            rows = rows[distance <= np.partition(distance, k - 1)[k - 1]]
        return rows.astype(np.int32)

    def _by_sign(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> RowArray:
        """At least the ``k`` allowed rows whose signs differ from the query's in the fewest dimensions."""
        different = np.zeros(len(allowed), dtype=np.uint16)
        for words, asked in zip(self._codes, _signs(query[None, :])[0], strict=True):
            different += np.bitwise_count(words[: len(allowed)] ^ asked)
        rows = np.flatnonzero(allowed)
        near = different if len(rows) == len(allowed) else different[rows]
        reached = np.cumsum(np.bincount(near, minlength=self._dimension + 1))
        return rows[near <= np.searchsorted(reached, min(k, len(rows)))].astype(np.int32)

    @staticmethod
    def _scan_segment(
        data: FloatArray, query: FloatArray, k: int, mask: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        count = int(mask.sum())
        data = data[: len(mask)]
        numbers: NDArray[np.int64] | None = None
        wanted = k + len(mask) - count
        if count < _GATHER_SHARE * len(mask):
            numbers, wanted = np.flatnonzero(mask), k
            data = data[numbers]
        faiss = _faiss()
        wanted = min(wanted, len(data))
        near, local = faiss.knn(query[None, :], np.ascontiguousarray(data), wanted, faiss.METRIC_INNER_PRODUCT)
        rows = local[0] if numbers is None else numbers[local[0]]
        keep = mask[rows]
        return rows[keep], -near[0][keep]


def _signs(vectors: FloatArray) -> NDArray[np.uint64]:
    """One bit per dimension: uint64 ``(n, ceil(d / 64))``."""
    bits = np.packbits(vectors > 0, axis=1)
    padded = np.zeros((len(vectors), -(-vectors.shape[1] // 64) * 8), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view(np.uint64)

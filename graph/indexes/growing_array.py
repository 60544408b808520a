"""Arrays that grow by appending, read while they grow.

One writer appends; a reader that knows how many elements its snapshot has may read those at any
time: elements never move within the array it holds, and growth replaces the array, not its contents.
"""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FIRST = 16
"""Room for so many at first: of a thousand workspaces most hold few passages."""


class GrowingArray:
    """A one-dimensional numpy array with amortised constant appends."""

    def __init__(self, dtype: DTypeLike) -> None:
        self._data: NDArray[np.generic] = np.zeros(_FIRST, dtype=dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def data(self) -> NDArray[np.generic]:
        """The elements so far; a view that stays valid."""
        return self._data[: self._size]

    def extend(self, values: Sequence[int] | Sequence[float] | NDArray[np.generic]) -> None:
        """Append values."""
        end = self._size + len(values)
        if end > len(self._data):
            grown = np.zeros(max(end, 2 * len(self._data)), dtype=self._data.dtype)
            grown[: self._size] = self._data[: self._size]
            self._data = grown
        self._data[self._size : end] = values
        self._size = end


class GrowingLists:
    """Many short integer lists in one flat array: list ``i`` is the ``i``-th one appended."""

    def __init__(self, dtype: DTypeLike = np.int32) -> None:
        self._flat = GrowingArray(dtype)
        self._ends = GrowingArray(np.int64)
        self._ends.extend([0])

    def append(self, values: Sequence[int]) -> None:
        """Append one list."""
        self._flat.extend(values)
        self._ends.extend([len(self._flat)])

    def __getitem__(self, index: int) -> NDArray[np.int32]:
        ends = self._ends.data
        return self._flat.data[ends[index] : ends[index + 1]]  # type: ignore[return-value]

    def gather(self, indices: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The lists at ``indices``, concatenated; and for each element the place in ``indices`` of its list."""
        ends: NDArray[np.int64] = self._ends.data  # type: ignore[assignment]
        starts, lengths = ends[indices], ends[indices + 1] - ends[indices]
        owner = np.repeat(np.arange(len(indices)), lengths)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return owner, self._flat.data[starts[owner] + offset]


def as_rows(postings: "array[int]") -> NDArray[np.int32]:
    """A copy of a posting list, taken atomically (``tobytes`` holds the interpreter lock)."""
    return np.frombuffer(postings.tobytes(), dtype=np.int32)


def within(values: NDArray[Any], ascending: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values are among others that ascend."""
    if not len(ascending):
        return np.zeros(len(values), dtype=np.bool_)
    places = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    return np.asarray(ascending[places] == values)

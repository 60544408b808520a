"""The alphabetical order of a list of texts that only grows."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from graph.model import RowArray

_MANY = 8
"""With more than one new text for so many that are known, all are sorted: else each is put in its place."""


class GrowingOrder:
    """For each text of a list its place among them in order; equal ones by where they stand.

    Follows the list in time that goes with what is new of it. Readers may ask from several threads.
    """

    def __init__(self) -> None:
        self._in_order: RowArray = np.empty(0, np.int32)

    def places(self, texts: Sequence[str], count: int) -> RowArray:
        """For each of at least the first ``count`` of ``texts`` its place, int32; a new array."""
        in_order = self._in_order
        if len(in_order) < count:
            in_order = self._in_order = _grown(in_order, texts, count)
        places = np.empty(len(in_order), dtype=np.int32)
        places[in_order] = np.arange(len(in_order), dtype=np.int32)
        return places


def _grown(in_order: RowArray, texts: Sequence[str], count: int) -> RowArray:
    """Numbers of the first ``count`` texts in order, given those of the first of them."""
    known = len(in_order)
    if (count - known) * _MANY > known:
        return np.array(sorted(range(count), key=texts.__getitem__), dtype=np.int32)
    new = sorted(range(known, count), key=texts.__getitem__)
    at = [bisect_right(in_order, texts[number], key=texts.__getitem__) for number in new]
    return np.insert(in_order, at, new).astype(np.int32)

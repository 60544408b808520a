"""Reading a ranked index of a store further and further down, until enough of what it names is allowed."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from graph.model import RowArray

MOST_FOUND = 10_000
"""How far down an index is read."""
GROWTH = 4


def read_down(
    find: Callable[[int], Sequence[tuple[str, bool]]], number: Callable[[Sequence[str]], RowArray],
    allowed: NDArray[np.bool_], k: int,
) -> tuple[RowArray, bool]:  # fmt: skip
    """At least ``k`` allowed rows where there are so many, and whether reading stopped short of them.

    ``find(n)`` gives the ``n`` best, each with whether it is live, and fewer where there are no more.
    """
    wanted = k
    while True:
        found = find(wanted)
        rows = number([one for one, live in found if live])
        rows = rows[(rows >= 0) & allowed[rows]]
        if len(rows) >= k or len(found) < wanted:
            return rows, False
        if wanted >= MOST_FOUND:
            return rows, True
        wanted *= GROWTH

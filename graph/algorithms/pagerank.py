"""Personalised PageRank over the passage-name graph by forward push. Pure but for the graph it asks.

Andersen, Chung, Lang: *Local graph partitioning using PageRank vectors* (FOCS 2006). Mass starts on
names and passages, goes from a name to its passages in equal parts and from a passage to its names,
and restarts with probability ``RESTART``. Only nodes with enough residual are pushed, so that the cost
follows the seeds and not the corpus.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graph.model import RowArray

RESTART = 0.15
TOLERANCE = 1e-5
MAX_ROUNDS = 6
MAX_PUSHED = 256
"""Nodes of a kind pushed per round, those with the most residual first."""


class PassageNameGraph(Protocol):
    """What forward push asks of a snapshot."""

    @property
    def row_count(self) -> int:
        """Upper bound of row numbers."""
        ...

    @property
    def name_count(self) -> int:
        """Upper bound of name numbers."""
        ...

    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        """Live rows that mention many names, as (position in ``names``, row) pairs.

        Rows of a name that has more than ``most`` (parallel to ``names``) are not needed, and may be left out.
        """
        ...

    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        """Distinct names of many rows as (position in ``rows``, name) pairs."""
        ...


def personalised_pagerank(
    graph: PassageNameGraph, name_seeds: Mapping[int, float], row_seeds: Mapping[int, float], *,
    tolerance: float = TOLERANCE, rounds: int = MAX_ROUNDS, most: int = MAX_PUSHED,
) -> NDArray[np.float64]:  # fmt: skip
    """Mass of every passage, float64 ``(row_count,)``; seeds are normalised to sum 1."""
    total = sum(name_seeds.values()) + sum(row_seeds.values())
    if total <= 0:
        return np.zeros(graph.row_count)
    names = _Residual(graph.name_count, name_seeds, total)
    rows = _Residual(graph.row_count, row_seeds, total)
    mass = np.zeros(graph.row_count)
    for _ in range(rounds):
        pushed, residuals = names.take(most, tolerance)
        least = tolerance / 10
        found = graph.gather_rows(pushed, (1 - RESTART) * residuals / least)
        rows.add(*_spread(found, residuals, least))
        pushed, residuals = rows.take(most, tolerance)
        if not len(pushed):
            break
        mass[pushed] += RESTART * residuals
        names.add(*_spread(graph.gather_names(pushed), residuals, 0.0))
    reached, residuals = rows.take(graph.row_count, 0.0)
    mass[reached] += RESTART * residuals
    return mass


class _Residual:
    """Mass at nodes of one kind that has yet to be pushed. Memory pages are touched only where there is mass."""

    def __init__(self, size: int, seeds: Mapping[int, float], total: float) -> None:
        self._values = np.zeros(size)
        self._place = np.zeros(size, dtype=np.int32)
        self._seen = np.zeros(size, dtype=np.bool_)
        self._waiting = np.array(sorted(seeds), dtype=np.int32)
        self._seen[self._waiting] = True
        self._values[self._waiting] = [seeds[node] / total for node in self._waiting.tolist()]

    def add(self, nodes: RowArray, shares: NDArray[np.float64]) -> None:
        """Let mass arrive."""
        np.add.at(self._values, nodes, shares)
        fresh = nodes[~self._seen[nodes]]
        self._seen[fresh] = True
        self._place[fresh] = np.arange(len(fresh))
        fresh = fresh[self._place[fresh] == np.arange(len(fresh))]
        self._waiting = np.concatenate([self._waiting, fresh])

    def take(self, most: int, tolerance: float) -> tuple[RowArray, NDArray[np.float64]]:
        """Remove and return the largest nodes above the tolerance: ``most``, and those equal to the last of them."""
        values = self._values[self._waiting]
        above = values > tolerance
        nodes, values = self._waiting[above], values[above]
        if len(values) > most:
            least = np.partition(values, len(values) - most)[len(values) - most]
            nodes, values = nodes[values >= least], values[values >= least]
        self._values[nodes] = 0.0
        return nodes, values


def _spread(
    neighbours: tuple[NDArray[np.int64], RowArray], residuals: NDArray[np.float64], least: float
) -> tuple[RowArray, NDArray[np.float64]]:
    """What the neighbours of pushed nodes get, in equal parts; a part below ``least`` is not worth sending."""
    owner, targets = neighbours
    degrees = np.maximum(np.bincount(owner, minlength=len(residuals)), 1)
    shares = ((1 - RESTART) * residuals / degrees)[owner]
    worth = shares >= least
    return targets[worth], shares[worth]

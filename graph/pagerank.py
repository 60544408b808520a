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
    """What the walk needs of a snapshot."""

    def name_rows(self, name: int) -> RowArray:
        """Live rows that mention a name."""
        ...

    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        """Distinct names of many rows as (position in ``rows``, name) pairs."""
        ...


def personalised_pagerank(
    graph: PassageNameGraph, name_seeds: Mapping[int, float], row_seeds: Mapping[int, float], *,
    tolerance: float = TOLERANCE, rounds: int = MAX_ROUNDS, most: int = MAX_PUSHED,
) -> dict[int, float]:  # fmt: skip
    """Mass of passages, by row; seeds are normalised to sum 1. Rows without mass are absent."""
    total = sum(name_seeds.values()) + sum(row_seeds.values())
    if total <= 0:
        return {}
    names = {name: weight / total for name, weight in sorted(name_seeds.items()) if weight > 0}
    rows = {row: weight / total for row, weight in sorted(row_seeds.items()) if weight > 0}
    mass: dict[int, float] = {}
    for _ in range(rounds):
        pushed = _largest(names, most, tolerance)
        for name in pushed:
            residual = names.pop(name)
            neighbours = graph.name_rows(name)
            if not len(neighbours) or residual / len(neighbours) < tolerance / 10:
                continue  # a hub: what each passage would get is below notice
            share = (1 - RESTART) * residual / len(neighbours)
            for row in neighbours.tolist():
                rows[row] = rows.get(row, 0.0) + share
        pushed = _largest(rows, most, tolerance)
        if not pushed:
            break
        _push_rows(graph, pushed, rows, names, mass)
    for row, residual in rows.items():
        mass[row] = mass.get(row, 0.0) + RESTART * residual
    return mass


def _push_rows(
    graph: PassageNameGraph, pushed: list[int], rows: dict[int, float], names: dict[int, float], mass: dict[int, float]
) -> None:
    array = np.array(pushed, dtype=np.int32)
    residuals = np.array([rows.pop(row) for row in pushed])
    for row, residual in zip(pushed, residuals.tolist(), strict=True):
        mass[row] = mass.get(row, 0.0) + RESTART * residual
    owner, targets = graph.gather_names(array)
    degrees = np.bincount(owner, minlength=len(pushed))
    shares = (1 - RESTART) * residuals[owner] / degrees[owner]
    distinct, inverse = np.unique(targets, return_inverse=True)
    for name, share in zip(distinct.tolist(), np.bincount(inverse, weights=shares).tolist(), strict=True):
        names[name] = names.get(name, 0.0) + share


def _largest(residuals: dict[int, float], most: int, tolerance: float) -> list[int]:
    """Nodes above the tolerance, the largest first, ties by number."""
    above = [(-value, node) for node, value in residuals.items() if value > tolerance]
    above.sort()
    return [node for _, node in above[:most]]

"""Communities of a graph of names, by average linkage. Pure.

The two clusters that are tied most join first, and so on, as long as two are tied enough on average (Sokal & Michener:
*A statistical method for evaluating systematic relationships*, 1958). Clusters that are each other's nearest may join
at any time without a difference to the result (Bruynooghe 1978, Murtagh 1983), so all of them join at once, in rounds.

Whether two clusters join depends on the ties among their names and their neighbours, and on nothing of the whole: a
change moves what is near it. Weights are whole numbers, so that sums do not depend on an order, and of equal ties the
one with the first names counts. What comes out is a function of names and weights: the order in which they became
known makes no difference.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 250
"""Rounds of joining at most. Texts take some thirty; only a chain of ties that grow from one to the next takes more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NameGraph:
    """An undirected graph: ``keys`` ascending; edge ``i`` ties ``sources[i] < targets[i]``, int64 weights above 0.

    No pair is there twice.
    """

    keys: tuple[str, ...]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ties:
    """Ties between clusters, each pair once. Clusters are called by their first node."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    weights: NDArray[np.int64]


def communities(graph: NameGraph, least: float) -> tuple[tuple[str, ...], ...]:
    """The communities of a graph, the names of each ascending, by the first. Every name is in one of them.

    Args:
        graph: names and ties.
        least: weight that two clusters are tied by at least to join, on average over all pairs of their names.
    """
    labels = _labels(graph, least)
    members: dict[int, list[str]] = {}
    for node, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(graph.keys[node])
    return tuple(map(tuple, members.values()))


def _labels(graph: NameGraph, least: float) -> NDArray[np.int64]:
    """The cluster of each name, called by its first node."""
    count = len(graph.keys)
    labels: NDArray[np.int64] = np.arange(count)
    sizes = np.ones(count, dtype=np.int64)
    ties = _Ties(one=graph.sources, other=graph.targets, weights=graph.weights)
    for _ in range(ROUNDS):
        into = _joining(ties, sizes, least)
        if into is None:
            break
        labels = into[labels]
        sizes = np.bincount(labels, minlength=count)
        ties = _between(ties, into)
    return labels


def _joining(ties: _Ties, sizes: NDArray[np.int64], least: float) -> NDArray[np.int64] | None:
    """What each cluster is called once all that are each other's nearest have joined; None where none are."""
    average = ties.weights / (sizes[ties.one] * sizes[ties.other])
    near = average >= least
    if not near.any():
        return None
    low, high, average = ties.one[near], ties.other[near], average[near]
    mine, theirs = np.concatenate([low, high]), np.concatenate([high, low])
    # of equal ties that of the first names, seen from both of its ends: then the strongest of all is always mutual
    order = np.lexsort((np.tile(high, 2), np.tile(low, 2), -np.tile(average, 2), mine))
    first = order[np.diff(mine[order], prepend=-1) > 0]
    nearest = np.full(len(sizes), -1, dtype=np.int64)
    nearest[mine[first]] = theirs[first]
    tied = mine[first]
    joins = tied[(nearest[nearest[tied]] == tied) & (tied < nearest[tied])]
    into: NDArray[np.int64] = np.arange(len(sizes))
    into[nearest[joins]] = joins
    return into


def _between(ties: _Ties, into: NDArray[np.int64]) -> _Ties:
    """The ties between clusters that have joined, summed."""
    one, other = into[ties.one], into[ties.other]
    across = one != other
    count = max(len(into), 1)
    low, high = np.minimum(one, other)[across], np.maximum(one, other)[across]
    codes, places = np.unique(low * count + high, return_inverse=True)
    weights = np.bincount(places, weights=ties.weights[across], minlength=len(codes))  # whole numbers below 2**53
    return _Ties(one=codes // count, other=codes % count, weights=weights.astype(np.int64))

"""Communities of a graph of names: regions, each by itself, and Leiden communities within each. Pure.

Leiden alone (Traag, Waltman, van Eck: *From Louvain to Leiden*, 2019) looks at the whole graph again at each
change. So the graph is cut into *regions* first, by affinity clustering (Bateni et al.:
*Affinity Clustering: Hierarchical Clustering at Scale*, NeurIPS 2017): in rounds, each cluster joins the neighbour that
it is most strongly tied to, all at once. Whom a cluster joins depends on its own edges and on the size of its
neighbours, and so a change mostly reaches the regions near it. Leiden then works within one region, whose result
depends on that region's edges and on nothing else.

Weights are whole numbers, so that sums do not depend on an order. What comes out is a function of names and weights:
the order in which they became known makes no difference.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from graspologic_native import hierarchical_leiden
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

REGION = 64
"""Names from which on a region joins no other."""
ROUNDS = 12
"""Rounds of joining at most; in each, every cluster that joins another at least doubles."""
COMMUNITY = 32
"""Names from which on Leiden looks for communities within a community."""
SEED = 19


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NameGraph:
    """An undirected graph: ``keys`` ascending; edge ``i`` ties ``sources[i] < targets[i]``, int64 weights above 0.

    No pair is there twice.
    """

    keys: tuple[str, ...]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Names, ascending, and the edges among them as (name, name, weight), ascending: all that its communities follow
    from.
    """

    names: tuple[str, ...]
    edges: tuple[tuple[str, str, int], ...]

    def digest(self) -> str:
        """Equal for equal regions."""
        return hashlib.sha256(repr((self.names, self.edges)).encode("utf-8", "surrogatepass")).hexdigest()


def regions(graph: NameGraph, least: int = REGION) -> tuple[Region, ...]:
    """The regions of a graph, in the order of their first names. Every name is in one of them."""
    count = len(graph.keys)
    labels: NDArray[np.int64] = np.arange(count)
    for _ in range(ROUNDS):
        joined = _joined(graph, labels, least)
        if joined is None:
            break
        labels = joined
    edges_of: dict[int, list[tuple[str, str, int]]] = {}
    inner = labels[graph.sources] == labels[graph.targets]
    held = (graph.sources[inner], graph.targets[inner], graph.weights[inner])
    for source, target, weight in zip(*(array.tolist() for array in held), strict=True):
        edges_of.setdefault(int(labels[source]), []).append((graph.keys[source], graph.keys[target], weight))
    names_of: dict[int, list[str]] = {}
    for node, label in enumerate(labels.tolist()):
        names_of.setdefault(label, []).append(graph.keys[node])
    return tuple(
        Region(names=tuple(names), edges=tuple(sorted(edges_of.get(label, ())))) for label, names in names_of.items()
    )


def _joined(graph: NameGraph, labels: NDArray[np.int64], least: int) -> NDArray[np.int64] | None:
    """Each cluster with fewer than ``least`` names joined to the neighbour with the highest average weight.

    Clusters are called by their first node. None where none joins any.
    """
    count = len(labels)
    one, other = labels[graph.sources], labels[graph.targets]
    across = one != other
    pairs = np.concatenate([one[across] * count + other[across], other[across] * count + one[across]])
    codes, places = np.unique(pairs, return_inverse=True)
    total = np.bincount(places, weights=np.concatenate([graph.weights[across]] * 2), minlength=len(codes))
    mine, theirs = codes // max(count, 1), codes % max(count, 1)
    sizes = np.bincount(labels, minlength=count)
    joins = sizes[mine] < least
    if not joins.any():
        return None
    mine, theirs, total = mine[joins], theirs[joins], total[joins]
    # by powers of two, so that a size that changes by one seldom changes whom the neighbours join
    average = total / np.exp2(np.floor(np.log2(sizes[theirs])))
    order = np.lexsort((theirs, -average, mine))
    first = order[np.diff(mine[order], prepend=-1) > 0]
    ties = csr_array((np.ones(len(first)), (mine[first], theirs[first])), shape=(count, count))
    _, components = connected_components(ties, directed=False)
    reached = components[labels]
    _, firsts = np.unique(reached, return_index=True)
    named = np.zeros(int(reached.max()) + 1, dtype=np.int64)
    named[reached[firsts]] = firsts
    joined: NDArray[np.int64] = named[reached]
    return joined


def communities(region: Region, most: int = COMMUNITY) -> tuple[tuple[str, ...], ...]:
    """The communities that a region divides into, by hierarchical Leiden; the names of each, ascending, by the first.

    A community of more than ``most`` names is divided again as long as Leiden finds it divided.
    """
    if len(region.names) <= most or not region.edges:
        return (region.names,)
    edges = [(source, target, float(weight)) for source, target, weight in region.edges]
    members: dict[int, list[str]] = {}
    for entry in hierarchical_leiden(edges, max_cluster_size=most, seed=SEED):
        if entry.is_final_cluster:
            members.setdefault(entry.cluster, []).append(entry.node)
    return tuple(sorted(tuple(sorted(names)) for names in members.values()))

"""Communities of a graph of names: whole, the same in any order, and unmoved by what happens elsewhere."""

import random
from collections.abc import Iterable, Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.algorithms.communities import COMMUNITY, REGION, NameGraph, communities, regions

Edges = Mapping[tuple[str, str], int]


def graph_of(edges: Edges, alone: Iterable[str] = (), *, order: random.Random | None = None) -> NameGraph:
    """A graph of names; its edges in an order of chance, if one is given."""
    keys = sorted({name for pair in edges for name in pair} | set(alone))
    places = {key: place for place, key in enumerate(keys)}
    ties = sorted((*sorted((places[one], places[other])), weight) for (one, other), weight in edges.items())
    if order:
        order.shuffle(ties)
    columns = np.array(ties, dtype=np.int64).reshape(-1, 3).T
    return NameGraph(keys=tuple(keys), sources=columns[0], targets=columns[1], weights=columns[2])


def partition(graph: NameGraph) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(names) for region in regions(graph) for names in communities(region))


def crowd(name: str, size: int, seed: int, ties: int = 4) -> dict[tuple[str, str], int]:
    """Names that are tied to some of one another, by chance."""
    chance = random.Random(seed)
    names = [f"{name} {number:03}" for number in range(size)]
    pairs = {tuple(sorted(chance.sample(names, 2))): chance.randint(50, 300) for _ in range(size * ties)}
    return pairs | {(names[place], names[place + 1]): 100 for place in range(size - 1)}  # type: ignore[return-value]


NAMES = st.sampled_from([f"n{number:02}" for number in range(40)])
GRAPHS = st.dictionaries(
    st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] < pair[1]), st.integers(1, 500), max_size=120
)


@given(GRAPHS, st.randoms(use_true_random=False))
def test_every_name_is_in_one_community_whatever_the_order(edges: Edges, order: random.Random) -> None:
    found = partition(graph_of(edges, ["alone"]))
    assert sorted(name for names in found for name in names) == sorted({"alone", *(n for pair in edges for n in pair)})
    assert partition(graph_of(edges, ["alone"], order=order)) == found


def test_what_is_tied_most_is_together() -> None:
    left, right = crowd("left", 60, 1), crowd("right", 60, 2)
    found = partition(graph_of({**left, **right, ("left 003", "right 004"): 1}))
    assert len(found) > 2
    assert all(len({name.split()[0] for name in names}) == 1 for names in found)
    assert max(map(len, found)) <= COMMUNITY


def test_a_community_that_is_one_is_not_cut() -> None:
    names = [f"n{number:02}" for number in range(COMMUNITY)]
    whole = {(one, other): 100 for one in names for other in names if one < other}
    assert partition(graph_of(whole)) == {frozenset(names)}


def test_a_change_moves_nothing_that_is_not_near() -> None:
    """Twenty crowds in a ring; a name of one is tied to others of it, and the crowds far from it stay as they were."""
    edges = {}
    for number in range(20):
        edges |= crowd(f"crowd{number:02}", REGION + 16, number)
        edges[tuple(sorted((f"crowd{number:02} 007", f"crowd{(number + 1) % 20:02} 011")))] = 20
    before = {region.digest() for region in regions(graph_of(edges))}
    changed = {**edges, ("crowd05 001", "newcomer"): 200, ("crowd05 009", "newcomer"): 100}
    moved = [region for region in regions(graph_of(changed)) if region.digest() not in before]
    assert moved
    assert {name.split()[0] for region in moved for name in region.names} <= {"crowd05", "newcomer"}


def test_names_that_nothing_ties_stand_alone() -> None:
    assert partition(graph_of({}, ["one", "other"])) == {frozenset({"one"}), frozenset({"other"})}
    assert partition(graph_of({})) == frozenset()

"""Communities of a graph of names: whole, the same in any order, and unmoved by what happens elsewhere."""

import random
from collections.abc import Iterable, Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.algorithms.communities import NameGraph, communities

LEAST = 64.0
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


def partition(graph: NameGraph, least: float = LEAST) -> frozenset[frozenset[str]]:
    return frozenset(map(frozenset, communities(graph, least)))


def one_at_a_time(edges: Edges, names: Iterable[str], least: float) -> frozenset[frozenset[str]]:
    """Average linkage as it is defined: of all pairs of clusters the one that is tied most joins, until none is."""
    clusters = sorted((name,) for name in names)

    def tied(one: tuple[str, ...], other: tuple[str, ...]) -> float:
        between = sum(edges.get((min(a, b), max(a, b)), 0) for a in one for b in other)
        return between / (len(one) * len(other))

    while True:
        pairs = [(-tied(one, other), one, other) for one in clusters for other in clusters if one[0] < other[0]]
        strongest, one, other = min(pairs, default=(0.0, (), ()))
        if -strongest < least:
            return frozenset(map(frozenset, clusters))
        clusters = sorted([tuple(sorted(one + other)), *(each for each in clusters if each not in {one, other})])


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


@given(GRAPHS.map(lambda edges: dict(list(edges.items())[:40])), st.sampled_from([1.0, 20.0, 64.0]))
def test_joining_in_rounds_is_joining_one_at_a_time(edges: Edges, least: float) -> None:
    names = {name for pair in edges for name in pair}
    assert partition(graph_of(edges), least) == one_at_a_time(edges, names, least)


@given(GRAPHS, st.sampled_from([4.0, 16.0, 60.0]))
def test_a_broad_community_is_of_whole_fine_ones(edges: Edges, least: float) -> None:
    graph = graph_of(edges)
    fine, broad = partition(graph, LEAST), partition(graph, least)
    assert all(any(one <= other for other in broad) for one in fine)


def test_what_is_tied_most_is_together() -> None:
    left, right = crowd("left", 60, 1), crowd("right", 60, 2)
    both = graph_of({**left, **right, ("left 003", "right 004"): 1})
    for least, parts in ((8.0, 2), (64.0, 10)):
        found = partition(both, least)
        assert len(found) >= parts
        assert all(len({name.split()[0] for name in names}) == 1 for names in found)


def test_a_community_that_is_one_is_not_cut() -> None:
    names = [f"n{number:02}" for number in range(50)]
    whole = {(one, other): 100 for one in names for other in names if one < other}
    assert partition(graph_of(whole)) == {frozenset(names)}


def test_a_change_moves_nothing_that_is_not_near() -> None:
    """Twenty crowds in a ring; a name of one is tied to others of it, and the crowds far from it stay as they were."""
    edges = {}
    for number in range(20):
        edges |= crowd(f"crowd{number:02}", 80, number)
        edges[tuple(sorted((f"crowd{number:02} 007", f"crowd{(number + 1) % 20:02} 011")))] = 20
    before = partition(graph_of(edges))
    changed = {**edges, ("crowd05 001", "newcomer"): 200, ("crowd05 009", "newcomer"): 100}
    moved = partition(graph_of(changed)) - before
    assert moved
    assert {name.split()[0] for names in moved for name in names} <= {"crowd05", "newcomer"}
    assert sum(map(len, moved)) < 40


def test_names_that_nothing_ties_stand_alone() -> None:
    assert partition(graph_of({}, ["one", "other"])) == {frozenset({"one"}), frozenset({"other"})}
    assert partition(graph_of({})) == frozenset()
    assert partition(graph_of({("one", "other"): 63})) == {frozenset({"one"}), frozenset({"other"})}

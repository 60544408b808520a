import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from graph.algorithms.pagerank import RESTART, personalised_pagerank
from graph.model import RowArray


class SmallGraph:
    def __init__(self, incidence: NDArray[np.bool_]) -> None:
        self.row_count, self.name_count = incidence.shape
        self._incidence = incidence

    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        assert most.shape == names.shape
        owner, rows = np.nonzero(self._incidence.T[names])
        return owner, rows.astype(np.int32)

    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        owner, names = np.nonzero(self._incidence[rows])
        return owner, names.astype(np.int32)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=1, max_value=12), st.integers(min_value=1, max_value=9), st.randoms(use_true_random=False))
def test_push_agrees_with_power_iteration(rows: int, names: int, random: object) -> None:
    generator = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    incidence = generator.random((rows, names)) < 0.4
    incidence[generator.integers(rows), 0] = True
    found = personalised_pagerank(
        SmallGraph(incidence), {0: 2.0}, {rows - 1: 1.0}, tolerance=1e-12, rounds=400, most=10_000
    )
    exact = power_iteration(incidence, rows)
    for row in range(rows):
        assert abs(found[row] - exact[row]) < 1e-6


def power_iteration(incidence: NDArray[np.bool_], rows: int) -> NDArray[np.float64]:
    joined = sparse.bmat([[None, incidence.astype(float)], [incidence.T.astype(float), None]]).tocsr()
    degrees = np.maximum(np.asarray(joined.sum(axis=1)).ravel(), 1)
    transition = sparse.diags(1 / degrees) @ joined
    seeds = np.zeros(joined.shape[0])
    seeds[rows], seeds[rows - 1] = 2 / 3, 1 / 3
    mass = np.zeros_like(seeds)
    walking = seeds.copy()
    for _ in range(800):
        mass += RESTART * walking
        walking = (1 - RESTART) * (transition.T @ walking)
    return mass[:rows]


def test_no_seeds_no_mass() -> None:
    assert personalised_pagerank(SmallGraph(np.ones((2, 2), dtype=np.bool_)), {}, {}).tolist() == [0.0, 0.0]

"""Vector search for somebody who may not read every row: nothing but their rows may tell, to the last bit."""

import numpy as np
import pytest
from numpy.typing import NDArray

from graph.indexes.faiss_index import FaissIndex
from graph.model import FloatArray

DIMENSION, READABLE, HIDDEN = 384, 700, 900


def unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("exact_rows", [10_000, 10])
def test_rows_that_may_not_be_read_change_no_bit(exact_rows: int) -> None:
    generator = np.random.default_rng(5)
    mine = unit(generator.standard_normal((READABLE, DIMENSION)).astype(np.float32))
    mine[1::7] = mine[0]  # ties
    alone = FaissIndex(DIMENSION, exact_rows=exact_rows)
    alone.append(mine)
    for seed in range(3):
        shuffled = np.random.default_rng(seed).permutation(READABLE + HIDDEN)
        places = np.sort(shuffled[:READABLE]) if seed == 0 else shuffled[:READABLE]
        everything = unit(generator.standard_normal((READABLE + HIDDEN, DIMENSION)).astype(np.float32))
        everything[places] = mine
        among = FaissIndex(DIMENSION, exact_rows=exact_rows)
        among.append(everything)
        allowed = np.zeros(len(everything), dtype=np.bool_)
        allowed[places] = True
        back = np.full(len(everything), -1)
        back[places] = np.arange(READABLE)
        for query in mine[[0, 3, 500]] + np.float32(0.001):
            for k in (1, 20, 600, 5000):
                rows, scores = alone.near(query, k, np.ones(READABLE, dtype=np.bool_))
                found, theirs = among.near(query, k, allowed)
                assert min(len(rows), len(found)) >= min(k, READABLE)
                assert best(back[found], theirs, k) == best(rows, scores, k)


def best(rows: NDArray[np.integer], scores: FloatArray, k: int) -> list[tuple[float, int]]:
    """The best, and all that tie with the last of them."""
    ranked = sorted(zip((-scores).tolist(), rows.tolist(), strict=True))
    return [one for one in ranked if one[0] <= ranked[min(k, len(ranked)) - 1][0]]


def test_it_finds_what_a_search_finds() -> None:
    generator = np.random.default_rng(7)
    index = FaissIndex(DIMENSION)
    vectors = unit(generator.standard_normal((5000, DIMENSION)).astype(np.float32))
    index.append(vectors)
    allowed = generator.random(5000) < 0.6
    rows, scores = index.near(vectors[17], 20, allowed)
    best = rows[np.lexsort((rows, -scores))[:20]]
    assert best.tolist() == index.search(vectors[17], 20, allowed)[0].tolist()

import numpy as np
import pytest
from table_snapshot import Passage, TableSnapshot, placed

from graph.algorithms.pagerank import personalised_pagerank
from retrieval.finding.prior import Affinity, prior
from retrieval.finding.seeds import Seeds
from retrieval.finding.weights import WEIGHTS

SNAPSHOT = TableSnapshot(
    [
        Passage(placed=placed("a", "x"), mentions=(("ada", 0),)),
        Passage(placed=placed("b", "x"), mentions=(("ada", 0), ("brig", 0))),
        Passage(placed=placed("c", "x"), mentions=(("brig", 0),)),
        Passage(placed=placed("d", "x"), mentions=()),
    ]
)
ADA = SNAPSHOT.keys.index("ada")


def affinity(scores: dict[int, float]) -> Affinity:
    rows = np.array([*scores], np.int32)
    return Affinity(rows=rows, scores=np.array([*scores.values()], np.float32), vector=None, keyword_rows=rows)


def mass(names: dict[int, float], scores: dict[int, float], allowed: list[bool] | None = None) -> list[float]:
    mask = np.array(allowed or [True] * 4)
    return prior(Seeds(names=names, stems={}), affinity(scores), SNAPSHOT, mask, WEIGHTS).tolist()  # type: ignore[arg-type]


def test_the_names_weigh_one_together_and_the_nearest_passages_by_their_scaled_scores() -> None:
    expected = personalised_pagerank(SNAPSHOT, {ADA: 1.0}, {3: 0.05, 1: 0.025}, rounds=50, most=1000)
    assert mass({ADA: 7.0}, {3: 0.9, 1: 0.5, 2: 0.1}) == pytest.approx(expected.tolist())


def test_equal_scores_seed_alike() -> None:
    expected = personalised_pagerank(SNAPSHOT, {}, {0: 0.05, 3: 0.05}, rounds=50, most=1000)
    assert mass({}, {0: 0.4, 3: 0.4}) == pytest.approx(expected.tolist())


def test_only_the_nearest_seed() -> None:
    scores = {0: 1.0, **dict.fromkeys(range(1, 4), 0.5)}
    one = Affinity(
        rows=np.repeat(np.arange(4, dtype=np.int32), 10), scores=np.linspace(1, 0, 40, dtype=np.float32), vector=None,
        keyword_rows=np.empty(0, np.int32),
    )  # fmt: skip
    found = prior(Seeds(names={}, stems={}), one, SNAPSHOT, np.ones(4, np.bool_), WEIGHTS)  # type: ignore[arg-type]
    assert found[3] == 0  # the last ten of forty
    assert mass({}, scores)[3] == 0  # the least of all has nothing to give


def test_what_filters_do_not_allow_has_no_mass() -> None:
    found = mass({ADA: 1.0}, {}, allowed=[True, False, True, True])
    assert found[1] == 0
    assert found[0] > found[2] > 0


def test_no_seeds_no_mass() -> None:
    assert mass({}, {}) == [0.0] * 4


def test_affinity_of_any_row() -> None:
    known = affinity({2: 0.5})
    assert known.of(np.array([1, 2], np.int32), None).tolist() == [0.0, 0.5]
    rows = np.array([0], np.int32)
    embedded = Affinity(
        rows=rows, scores=np.ones(1, np.float32), vector=np.array([1, 0], np.float32), keyword_rows=rows
    )
    assert embedded.of(rows, np.array([[0.6, 0.8]], np.float32)) == pytest.approx([0.6])
    assert embedded.of(rows, None).tolist() == [1.0]

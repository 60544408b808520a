"""The prior of every passage: personalised PageRank from the names in the question and the nearest passages."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.algorithms.pagerank import personalised_pagerank
from graph.model import FloatArray, RowArray
from graph.view.snapshot import Snapshot
from retrieval.finding.seeds import Seeds
from retrieval.finding.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """How near passages are to a question, in 0..1: cosine, or keywords where the embedder cannot read it.

    ``rows`` are the nearest, best first, ``scores`` theirs; ``vector`` is the question's, if it was embedded;
    ``keyword_rows`` are the best by keywords.
    """

    rows: RowArray
    scores: FloatArray
    vector: FloatArray | None
    keyword_rows: RowArray

    def of(self, rows: RowArray, vectors: FloatArray | None) -> FloatArray:
        """Scores of any rows, given their vectors; without these, those that are not among the nearest have 0."""
        if self.vector is not None and vectors is not None:
            return vectors @ self.vector
        known = dict(zip(self.rows.tolist(), self.scores.tolist(), strict=True))
        return np.array([known.get(row, 0.0) for row in rows.tolist()], dtype=np.float32)


def prior(
    seeds: Seeds, affinity: Affinity, snapshot: Snapshot, allowed: NDArray[np.bool_], weights: Weights
) -> NDArray[np.float64]:
    """PageRank mass of every row, float64 ``(rows,)``; 0 where filters do not allow it."""
    total = sum(seeds.names.values())
    names = {name: weight / total for name, weight in seeds.names.items()} if total else {}
    reach = snapshot.reach
    passages = _passage_seeds(affinity, weights)
    mass = personalised_pagerank(snapshot, names, passages, rounds=reach.rounds, most=reach.pushed)
    return np.asarray(mass * allowed)


def _passage_seeds(affinity: Affinity, weights: Weights) -> Mapping[int, float]:
    """The nearest passages with their min-max scaled scores."""
    rows, scores = affinity.rows[: weights.nearest], affinity.scores[: weights.nearest]
    if not len(rows):
        return {}
    spread = float(scores.max() - scores.min())
    scaled = (scores - scores.min()) / spread if spread > 0 else np.ones(len(scores))
    seeds = zip(rows.tolist(), scaled.tolist(), strict=True)
    return {row: weights.nearest_share * value for row, value in seeds if value > 0}

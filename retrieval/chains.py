"""Chains: pairs of passages that share a rare name, scored together.

A multi-hop question is answered by passages that belong together: one holds the bridge to the next. For
each of the best passages by the prior, every passage that shares a name with it is scored as a pair with
it; a passage is worth its best pair. No language model is asked, and nothing is embedded beyond the
passages. The terms and weights are described and measured in docs/retrieval.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from graph.knowledge_view import Snapshot
from graph.model import FloatArray, RowArray
from retrieval.graph_walk import Affinity
from retrieval.seeds import Seeds, name_idf

FIRSTS = 10
"""Passages that may open a chain, the best by the prior."""
MAX_NAME_ROWS = 250
"""A name in more passages than this links nothing: a hub, not a bridge."""
NO_MASS = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights of the terms of a pair's score."""

    prior: float = 0.06
    bridge: float = 0.7
    title_named: float = 0.22
    title_shared: float = 0.12
    relation: float = 0.5
    coverage: float = 1.0
    affinity: float = 0.8
    unlinked: float = 0.15


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two passages and what links them; ``bridge`` is a name number, or None for an unlinked pair."""

    first: int
    second: int
    bridge: int | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPassage:
    """A passage that may open a chain: the stems of its sentences."""

    row: int
    sentences: Sequence[frozenset[str]]


class Pool:
    """All passages that take part in a chain, with what the scoring asks of each, computed once."""

    def __init__(
        self, rows: RowArray, seeds: Seeds, affinity: Affinity, mass: Mapping[int, float], snapshot: Snapshot
    ) -> None:
        self.rows = rows
        self.prior = np.array([log(mass.get(row, 0.0) + NO_MASS) for row in rows.tolist()], dtype=np.float32)
        self.affinity = affinity.of(rows, snapshot)
        self._vectors = snapshot.vectors(rows) if affinity.vector is not None else None
        weights = np.array(list(seeds.stems.values()), dtype=np.float32)
        self._weights = weights / weights.sum() if weights.sum() > 0 else weights
        self._holds = np.stack(
            [_member(rows, snapshot.stem_rows(stem)) for stem in seeds.stems] or [np.zeros(len(rows), np.bool_)], axis=1
        )
        if not len(weights):
            self._weights = np.zeros(1, dtype=np.float32)

    def place(self, rows: RowArray) -> NDArray[np.int64]:
        """Positions of rows of the pool."""
        return np.searchsorted(self.rows, rows)

    def coverage(self, first: int, seconds: NDArray[np.int64]) -> FloatArray:
        """Idf-weighted share of the question's stems in either of two passages (by position)."""
        held: FloatArray = (self._holds[first] | self._holds[seconds]) @ self._weights
        return held

    def together(self, first: int, seconds: NDArray[np.int64]) -> FloatArray:
        """Affinity of two passages taken together: ``cos(q, P1 + P2)``."""
        summed = self.affinity[first] + self.affinity[seconds]
        if self._vectors is None:
            joint: FloatArray = summed / 2
            return joint
        inner = self._vectors[seconds] @ self._vectors[first]
        return np.asarray(summed / np.sqrt(np.maximum(2 + 2 * inner, 1e-6)))


def name_cap(snapshot: Snapshot) -> int:
    """Most passages a linking name may stand in."""
    return min(MAX_NAME_ROWS, max(20, snapshot.size // 20))


def linked_rows(row: int, snapshot: Snapshot, allowed: NDArray[np.bool_]) -> list[tuple[int, RowArray]]:
    """Names of a passage that may be bridges, each with the allowed passages that share it."""
    names, _ = snapshot.row_names(row)
    found: list[tuple[int, RowArray]] = []
    cap = name_cap(snapshot)
    for name in np.unique(names).tolist():
        if snapshot.name_frequency(name) > cap:
            continue
        rows = snapshot.name_rows(name)
        rows = rows[allowed[rows] & (rows != row)][: 2 * cap]
        if len(rows):
            found.append((name, rows))
    return found


def linked_pairs(
    first: FirstPassage, links: Sequence[tuple[int, RowArray]], pool: Pool, seeds: Seeds, snapshot: Snapshot
) -> list[Pair]:
    """Every pair of one passage with those it shares a name with, scored."""
    if not links:
        return []
    titles = {row: snapshot.title_name(row) for _, rows in links for row in rows.tolist()}
    own_title = snapshot.title_name(first.row)
    relation = _relations(first, [name for name, _ in links], seeds, snapshot)
    seconds = np.unique(np.concatenate([rows for _, rows in links]))
    size = len(seconds)
    rarest, title_named = np.zeros(size, np.float32), np.zeros(size, np.bool_)
    title_shared = np.zeros(size, np.bool_)
    choice, bridge = np.full(size, -np.inf, np.float32), np.zeros(size, np.int64)
    second_titles = np.array([titles[row] for row in seconds.tolist()])
    for number, (name, rows) in enumerate(links):
        places = np.searchsorted(seconds, rows)
        idf, asked = name_idf(snapshot, name), name in seeds.names
        is_title = second_titles[places] == name
        if not asked:
            rarest[places] = np.maximum(rarest[places], idf)
            title_named[places] |= is_title
        title_shared[places] |= name == own_title
        value = idf * (0.2 if asked else 1.0) + 0.3 * is_title + 0.3 * relation[number]
        better = value > choice[places]
        choice[places[better]] = value[better]
        bridge[places[better]] = number
    one, many = int(pool.place(np.array([first.row]))[0]), pool.place(seconds)
    scores = (
        WEIGHTS.prior * (pool.prior[one] + pool.prior[many])
        + WEIGHTS.bridge * rarest
        + WEIGHTS.title_named * title_named
        + WEIGHTS.title_shared * title_shared
        + WEIGHTS.relation * np.array(relation)[bridge]
        + WEIGHTS.coverage * pool.coverage(one, many)
        + WEIGHTS.affinity * pool.together(one, many)
    )
    return [
        Pair(first=first.row, second=row, bridge=links[link][0], score=score)
        for row, link, score in zip(seconds.tolist(), bridge.tolist(), scores.tolist(), strict=True)
    ]


def unlinked_pairs(firsts: Sequence[int], linked: frozenset[tuple[int, int]], pool: Pool) -> list[Pair]:
    """Pairs among the first passages that share nothing: both sides of a comparison."""
    found: list[Pair] = []
    for index, first in enumerate(firsts):
        rest = [row for row in firsts[index + 1 :] if (first, row) not in linked and (row, first) not in linked]
        if not rest:
            continue
        one, many = int(pool.place(np.array([first]))[0]), pool.place(np.array(rest))
        scores = (
            WEIGHTS.prior * (pool.prior[one] + pool.prior[many])
            + WEIGHTS.unlinked
            + WEIGHTS.coverage * pool.coverage(one, many)
            + WEIGHTS.affinity * pool.together(one, many)
        )
        found += [
            Pair(first=first, second=row, bridge=None, score=score)
            for row, score in zip(rest, scores.tolist(), strict=True)
        ]
    return found


def _relations(first: FirstPassage, names: Sequence[int], seeds: Seeds, snapshot: Snapshot) -> list[float]:
    """How far the sentences that hold each name fall behind the passage's best sentence for the question; ≤ 0."""
    total = sum(seeds.stems.values())
    shares = [
        sum(seeds.stems[stem] for stem in sentence if stem in seeds.stems) / total if total else 0.0
        for sentence in first.sentences
    ]
    best = max(shares, default=0.0)
    found, places = snapshot.row_names(first.row)
    relation: list[float] = []
    for name in names:
        held = [shares[place] for place in places[found == name].tolist() if 0 <= place < len(shares)]
        relation.append(0.5 * (max(held) - best) if held else -0.2)
    return relation


def _member(rows: RowArray, postings: RowArray) -> NDArray[np.bool_]:
    """Which of ``rows`` are among ascending ``postings``."""
    if not len(postings):
        return np.zeros(len(rows), dtype=np.bool_)
    places = np.minimum(np.searchsorted(postings, rows), len(postings) - 1)
    return np.asarray(postings[places] == rows)

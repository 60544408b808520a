"""Chains: pairs of passages that share a rare name, scored together.

A multi-hop question is answered by passages that belong together: one holds the bridge to the next. For
each of the best passages by the prior, every passage that shares a name with it is scored as a pair with
it; a passage is worth its best pair. No language model is asked, and nothing is embedded beyond the
passages. The terms and weights are described and measured in docs/retrieval.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from graph.indexes.growing_array import within
from graph.model import FloatArray, RowArray
from graph.view.snapshot import Snapshot
from retrieval.finding.prior import Affinity
from retrieval.finding.seeds import Seeds

FIRSTS = 15
"""Passages that may open a chain, the best by the prior."""
LEADING = 10
LATER = 0.1
"""What a chain loses that a passage after the first ``LEADING`` opens: it fills the list, it does not head it."""
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
class Links:
    """The passages that share a name with each first passage.

    Parallel arrays, one entry per (first, name, second): ``first`` and ``name`` are positions in ``firsts`` and
    ``names`` (in order of their keys); ``second`` is a row. ``idf`` belongs to ``names``.
    """

    firsts: RowArray
    names: RowArray
    idf: FloatArray
    first: NDArray[np.int64]
    name: NDArray[np.int64]
    second: RowArray


class Pool:
    """All passages that take part in a chain, with what the scoring asks of each, computed once. Rows ascend."""

    def __init__(
        self, rows: RowArray, seeds: Seeds, affinity: Affinity, mass: NDArray[np.float64], snapshot: Snapshot
    ) -> None:
        self.rows = rows
        self.prior = np.log(mass[rows] + NO_MASS)
        self._vectors = snapshot.vectors(rows) if affinity.vector is not None else None
        self.affinity = affinity.of(rows, self._vectors)
        weights = np.array([*seeds.stems.values()] or [0.0])
        self._weights = weights / weights.sum() if weights.sum() > 0 else weights
        holds = [snapshot.holding(stem, rows) for stem in seeds.stems]
        self._holds = np.stack(holds or [np.zeros(len(rows), np.bool_)], axis=1)

    def place(self, rows: RowArray) -> NDArray[np.int64]:
        """Positions of rows of the pool."""
        return np.searchsorted(self.rows, rows)

    def together(self, first: int, seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """What two passages (by position) are worth together, whatever links them: prior, coverage, affinity.

        Coverage is the idf-weighted share of the question's stems in either; affinity is ``cos(q, P1 + P2)``.
        """
        coverage = (self._holds[first] | self._holds[seconds]) @ self._weights
        affinity = (self.affinity[first] + self.affinity[seconds]) / 2
        if self._vectors is not None:
            inner = self._vectors[seconds] @ self._vectors[first]
            affinity = 2 * affinity / np.sqrt(np.maximum(2 + 2 * inner, 1e-6))
        prior = self.prior[first] + self.prior[seconds]
        return np.asarray(WEIGHTS.prior * prior + WEIGHTS.coverage * coverage + WEIGHTS.affinity * affinity)


class BestPairs:
    """The best pair of every passage of a pool; of equal ones the first that was offered, ties by chunk id."""

    def __init__(self, pool: Pool, snapshot: Snapshot) -> None:
        size = len(pool.rows)
        self._rows = pool.rows
        self._snapshot = snapshot
        self.score = np.full(size, -np.inf)
        self._first, self._second = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self._bridge = np.full(size, -1, np.int64)

    def offer(
        self, first: int, seconds: NDArray[np.int64], scores: NDArray[np.float64], bridges: NDArray[np.int64]
    ) -> None:
        """Pairs of one passage with several (by position, each once); ``bridges`` are names, or -1."""
        if not len(seconds):
            return
        better = scores > self.score[seconds]
        self._keep(seconds[better], first, seconds[better], scores[better], bridges[better])
        if scores.max() > self.score[first]:
            ties = np.flatnonzero(scores == scores.max()).tolist()
            best = min(ties, key=lambda tie: self._snapshot.chunk_id(int(self._rows[seconds[tie]])))
            one = np.array([first])
            self._keep(one, first, seconds[[best]], scores[[best]], bridges[[best]])

    def pair(self, place: int) -> Pair | None:
        """The best pair that a passage (by position) is in."""
        if self.score[place] == -np.inf:
            return None
        bridge = int(self._bridge[place])
        return Pair(
            first=int(self._rows[self._first[place]]), second=int(self._rows[self._second[place]]),
            bridge=bridge if bridge >= 0 else None, score=float(self.score[place]),
        )  # fmt: skip

    def _keep(
        self, places: NDArray[np.int64], first: int, seconds: NDArray[np.int64], scores: NDArray[np.float64],
        bridges: NDArray[np.int64],
    ) -> None:  # fmt: skip
        self.score[places], self._bridge[places] = scores, bridges
        self._first[places], self._second[places] = first, seconds


def find_links(firsts: RowArray, snapshot: Snapshot, allowed: NDArray[np.bool_]) -> Links:
    """Who shares a name with the first passages. A name in too many passages is a hub, and links nothing."""
    owner, mentioned = snapshot.gather_names(firsts)
    # in order of their keys: numbers depend on the order of uploads, and ties must not
    numbers = sorted(set(mentioned.tolist()), key=snapshot.name_key)
    names = np.array(numbers, dtype=np.int32)
    by_number = np.argsort(names)
    inverse = by_number[np.searchsorted(names, mentioned, sorter=by_number)]
    cap = min(snapshot.reach.linked, max(20, snapshot.size // 20))
    holder, rows, frequency = snapshot.links(names, cap)
    useful = allowed[rows] & (frequency[holder] <= cap)
    holder, rows = holder[useful], rows[useful]
    counts = np.bincount(holder, minlength=len(names))
    starts = np.cumsum(counts) - counts
    # every (first, name) meets every row of the name
    lengths = counts[inverse]
    entry = np.repeat(np.arange(len(inverse)), lengths)
    offset = np.arange(len(entry)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    first, name = owner[entry], inverse[entry]
    second = rows[starts[name] + offset]
    other = second != firsts[first]
    return Links(
        firsts=firsts,
        names=names,
        idf=_idf(frequency, snapshot.size),
        first=first[other],
        name=name[other],
        second=second[other],
    )


def score_pairs(
    links: Links, sentences: Sequence[Sequence[frozenset[str]]], pool: Pool, seeds: Seeds, snapshot: Snapshot
) -> BestPairs:
    """Score every linked pair, and the pairs of first passages that nothing links.

    ``sentences[i]`` are the stems of each sentence of ``links.firsts[i]``.
    """
    best = BestPairs(pool, snapshot)
    by_number = np.argsort(links.names)
    asked = np.isin(links.names, list(seeds.names))
    titles = snapshot.title_names(links.second)
    own_titles = snapshot.title_names(links.firsts)
    places = pool.place(links.firsts)
    for number in range(len(links.firsts)):
        mine = links.first == number
        names, seconds = links.name[mine], links.second[mine]
        relation = _relations(int(links.firsts[number]), links.names, by_number, sentences[number], seeds, snapshot)
        scored = _Linked(names, seconds, titles[mine] == links.names[names], asked, links.idf, relation)
        linked = pool.place(scored.rows)
        late = LATER if number >= LEADING else 0.0
        scores = scored.scores(int(own_titles[number]), links.names) + pool.together(int(places[number]), linked) - late
        best.offer(int(places[number]), linked, scores, links.names[scored.bridge].astype(np.int64))
        rest = np.sort(places[number + 1 :])
        rest = rest[~within(rest, linked)]
        unlinked = pool.together(int(places[number]), rest) + WEIGHTS.unlinked - late
        best.offer(int(places[number]), rest, unlinked, np.full(len(rest), -1))
    return best


class _Linked:
    """The link terms of one first passage with every passage it shares a name with."""

    def __init__(
        self, names: NDArray[np.int64], seconds: RowArray, titled: NDArray[np.bool_], asked: NDArray[np.bool_],
        idf: FloatArray, relation: FloatArray,
    ) -> None:  # fmt: skip
        self.rows, where = np.unique(seconds, return_inverse=True)
        size = len(self.rows)
        self._where, self._names = where, names
        self._rarest, self._title_named = np.zeros(size), np.zeros(size, np.bool_)
        free = ~asked[names]
        np.maximum.at(self._rarest, where[free], idf[names[free]])
        self._title_named[where[free & titled]] = True
        value = idf[names] * np.where(asked[names], 0.2, 1.0) + 0.3 * titled + 0.3 * relation[names]
        order = np.lexsort((names, -value, where))
        first_of = order[np.unique(where[order], return_index=True)[1]] if size else order
        self.bridge = names[first_of]
        self._relation = relation[self.bridge]

    def scores(self, own_title: int, names: RowArray) -> NDArray[np.float64]:
        """Weighted sum of the link terms."""
        title_shared = np.zeros(len(self.rows), np.bool_)
        title_shared[self._where[names[self._names] == own_title]] = True
        return np.asarray(
            WEIGHTS.bridge * self._rarest
            + WEIGHTS.title_named * self._title_named
            + WEIGHTS.title_shared * title_shared
            + WEIGHTS.relation * self._relation
        )


def _relations(
    row: int, names: RowArray, by_number: NDArray[np.int64], sentences: Sequence[frozenset[str]], seeds: Seeds,
    snapshot: Snapshot,
) -> FloatArray:  # fmt: skip
    """For each name: how far the sentences of a passage that hold it fall behind its best one for the question; ≤ 0."""
    total = sum(seeds.stems.values()) or 1.0
    shares = np.array([sum(seeds.stems.get(stem, 0.0) for stem in sentence) / total for sentence in sentences])
    relation = np.full(len(names), -0.2, dtype=np.float32)
    found, places = snapshot.row_names(row)
    held = (places >= 0) & (places < len(shares))
    if held.any():
        positions = by_number[np.searchsorted(names, found[held], sorter=by_number)]
        best = np.full(len(names), -np.inf)
        np.maximum.at(best, positions, shares[places[held]])
        known = best > -np.inf
        relation[known] = 0.5 * (best[known] - shares.max())
    return relation


def _idf(frequency: NDArray[np.int64], size: int) -> FloatArray:
    """``ln((n + 1) / df) / ln(n + 1)``, as in ``retrieval.finding.seeds``."""
    return np.asarray(np.log((size + 1) / np.maximum(frequency, 1)) / log(size + 1), dtype=np.float32)

"""Chains: pairs of passages that share a rare name, scored together.

A multi-hop question is answered by passages that belong together: one holds the bridge to the next. For
each of the best passages by the prior, every passage that shares a name with it is scored as a pair with
it; a passage is worth its best pair. No language model is asked, and nothing is embedded beyond the
passages. The terms are described in docs/retrieval.md, and their weights in ``retrieval.finding.weights``.
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
from retrieval.finding.weights import Weights


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
        self, rows: RowArray, seeds: Seeds, affinity: Affinity, mass: NDArray[np.float64], snapshot: Snapshot,
        weights: Weights,
    ) -> None:  # fmt: skip
        self.rows = rows
        self.seeds = seeds
        self.snapshot = snapshot
        self.weights = weights
        self.prior = np.log(mass[rows] + weights.least_mass)
        self._vectors = snapshot.vectors(rows) if affinity.vector is not None else None
        self.affinity = affinity.of(rows, self._vectors)
        shares = np.array([*seeds.stems.values()] or [0.0])
        self._shares = shares / shares.sum() if shares.sum() > 0 else shares
        holds = [snapshot.holding(stem, rows) for stem in seeds.stems]
        self._holds = np.stack(holds or [np.zeros(len(rows), np.bool_)], axis=1)

    def place(self, rows: RowArray) -> NDArray[np.int64]:
        """Positions of rows of the pool."""
        return np.searchsorted(self.rows, rows)

    def together(self, first: int, seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """What two passages (by position) are worth together, whatever links them: prior, coverage, affinity.

        Coverage is the idf-weighted share of the question's stems in either; affinity is ``cos(q, P1 + P2)``.
        """
        coverage = (self._holds[first] | self._holds[seconds]) @ self._shares
        affinity = (self.affinity[first] + self.affinity[seconds]) / 2
        if self._vectors is not None:
            inner = self._vectors[seconds] @ self._vectors[first]
            affinity = 2 * affinity / np.sqrt(np.maximum(2 + 2 * inner, 1e-6))
        prior = self.prior[first] + self.prior[seconds]
        weights = self.weights
        return np.asarray(weights.prior * prior + weights.coverage * coverage + weights.affinity * affinity)


class BestPairs:
    """The best pair of every passage of a pool; of equal ones the first that was offered, ties by chunk id."""

    def __init__(self, pool: Pool) -> None:
        size = len(pool.rows)
        self._rows = pool.rows
        self._snapshot = pool.snapshot
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


def find_links(firsts: RowArray, snapshot: Snapshot, allowed: NDArray[np.bool_], weights: Weights) -> Links:
    """Who shares a name with the first passages. A name in too many passages is a hub, and links nothing."""
    owner, mentioned = snapshot.gather_names(firsts)
    # names stand in order of their keys: their numbers follow the order of uploads, which no tie may depend on
    numbers = sorted(set(mentioned.tolist()), key=snapshot.name_key)
    names = np.array(numbers, dtype=np.int32)
    by_number = np.argsort(names)
    inverse = by_number[np.searchsorted(names, mentioned, sorter=by_number)]
    cap = min(snapshot.reach.linked, max(weights.hub_least, snapshot.size // weights.hub_part))
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


def score_pairs(links: Links, sentences: Sequence[Sequence[frozenset[str]]], pool: Pool) -> BestPairs:
    """Score every linked pair, and the pairs of first passages that share no name.

    ``sentences[i]`` are the stems of each sentence of ``links.firsts[i]``.
    """
    weights, snapshot = pool.weights, pool.snapshot
    best = BestPairs(pool)
    by_number = np.argsort(links.names)
    asked = np.isin(links.names, list(pool.seeds.names))
    titled = snapshot.title_names(links.second) == links.names[links.name]
    own_titles = snapshot.title_names(links.firsts)
    places = pool.place(links.firsts)
    for number, place in enumerate(places.tolist()):
        relation = _relations(int(links.firsts[number]), links.names, by_number, sentences[number], pool)
        scored = _Linked(links, links.first == number, titled, asked, relation, weights)
        linked = pool.place(scored.rows)
        late = weights.late if number >= weights.leading else 0.0
        scores = scored.scores(int(own_titles[number])) + pool.together(place, linked) - late
        best.offer(place, linked, scores, links.names[scored.bridge].astype(np.int64))
        rest = np.sort(places[number + 1 :])
        rest = rest[~within(rest, linked)]
        unlinked = pool.together(place, rest) + weights.unlinked - late
        best.offer(place, rest, unlinked, np.full(len(rest), -1))
    return best


class _Linked:
    """The link terms of one first passage with every passage it shares a name with.

    ``mine`` chooses its entries of ``links``; ``titled`` says of each entry whether the name is the second passage's
    title; ``asked`` and ``relation`` belong to ``links.names``. ``rows`` are the second passages, each once, and
    ``bridge`` is the position of the bridge to each among the names.
    """

    def __init__(
        self, links: Links, mine: NDArray[np.bool_], titled: NDArray[np.bool_], asked: NDArray[np.bool_],
        relation: FloatArray, weights: Weights,
    ) -> None:  # fmt: skip
        self._weights = weights
        self._names, titled = links.name[mine], titled[mine]
        self._written = links.names[self._names]
        self.rows, where = np.unique(links.second[mine], return_inverse=True)
        self._where = where
        names, idf, size = self._names, links.idf, len(self.rows)
        self._rarest, self._title_named = np.zeros(size), np.zeros(size, np.bool_)
        free = ~asked[names]
        np.maximum.at(self._rarest, where[free], idf[names[free]])
        self._title_named[where[free & titled]] = True
        value = (
            idf[names] * np.where(asked[names], weights.bridge_asked, 1.0)
            + weights.bridge_title * titled
            + weights.bridge_relation * relation[names]
        )
        order = np.lexsort((names, -value, where))
        first_of = order[np.unique(where[order], return_index=True)[1]] if size else order
        self.bridge = names[first_of]
        self._relation = relation[self.bridge]

    def scores(self, own_title: int) -> NDArray[np.float64]:
        """Weighted sum of the link terms; ``own_title`` is the number of the first passage's title, or -1."""
        title_shared = np.zeros(len(self.rows), np.bool_)
        title_shared[self._where[self._written == own_title]] = True
        weights = self._weights
        return np.asarray(
            weights.bridge * self._rarest
            + weights.title_named * self._title_named
            + weights.title_shared * title_shared
            + weights.relation * self._relation
        )


def _relations(
    row: int, names: RowArray, by_number: NDArray[np.int64], sentences: Sequence[frozenset[str]], pool: Pool
) -> FloatArray:
    """For each name: how far the sentences of a passage that hold it fall behind its best one for the question; ≤ 0."""
    idf = pool.seeds.stems
    total = sum(idf.values()) or 1.0
    shares = np.array([sum(idf.get(stem, 0.0) for stem in sentence) / total for sentence in sentences])
    relation = np.full(len(names), pool.weights.unplaced, dtype=np.float32)
    found, places = pool.snapshot.row_names(row)
    held = (places >= 0) & (places < len(shares))
    if held.any():
        positions = by_number[np.searchsorted(names, found[held], sorter=by_number)]
        best = np.full(len(names), -np.inf)
        np.maximum.at(best, positions, shares[places[held]])
        known = best > -np.inf
        relation[known] = pool.weights.behind * (best[known] - shares.max())
    return relation


def _idf(frequency: NDArray[np.int64], size: int) -> FloatArray:
    """``ln((n + 1) / df) / ln(n + 1)``, as in ``retrieval.finding.seeds``."""
    return np.asarray(np.log((size + 1) / np.maximum(frequency, 1)) / log(size + 1), dtype=np.float32)

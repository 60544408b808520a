"""Finding passages in one snapshot: by vectors, by keywords, by the graph alone, or by chains of all three."""

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.model import Chunk, RowArray
from graph.ports.models import Embedder
from graph.text.tokens import stems
from graph.view.snapshot import Snapshot
from retrieval.finding.chains import BestPairs, Pool, find_links, score_pairs
from retrieval.finding.prior import Affinity, prior
from retrieval.finding.seeds import find_seeds
from retrieval.finding.weights import WEIGHTS, Weights
from retrieval.model import Hit, PathStep, Question, Why
from retrieval.ports import Retriever
from retrieval.questions.read_question import ReadQuestion, read_question


class PassageRetriever(Retriever):
    """Finds passages in every mode. Deterministic: ties go by chunk id."""

    def __init__(self, embedder: Embedder, weights: Weights = WEIGHTS) -> None:
        self._embedder = embedder
        self._weights = weights

    @override
    def read(self, question: Question) -> ReadQuestion:
        return read_question(question, self._embedder)

    @override
    def search(self, read: ReadQuestion, snapshot: Snapshot) -> tuple[Hit, ...]:
        question = read.question
        allowed = snapshot.allowed(question.filters)
        if question.mode == "keyword":
            rows, scores = snapshot.matching(read.stems, question.k, allowed)
            return _plain(rows, scores, "keyword", snapshot)
        if question.mode == "vector" and read.vector is not None:
            rows, scores = snapshot.nearest(read.vector, question.k, allowed)
            return _plain(rows, scores, "vector", snapshot)
        return self._over_the_graph(read, snapshot, allowed)

    def _over_the_graph(self, read: ReadQuestion, snapshot: Snapshot, allowed: NDArray[np.bool_]) -> tuple[Hit, ...]:
        question, weights = read.question, self._weights
        seeds = find_seeds(read, snapshot, weights)
        affinity = self._affinity(read, snapshot, allowed)
        mass = prior(seeds, affinity, snapshot, allowed, weights)
        if question.mode == "graph":
            rows = _top(np.flatnonzero(mass), mass, question.k, snapshot).astype(np.int32)
            return _plain(rows, mass[rows], "graph", snapshot)
        firsts = _top(np.flatnonzero(mass), mass, weights.firsts, snapshot).astype(np.int32)
        if not len(firsts) and not len(affinity.rows) and not len(affinity.keyword_rows):
            return ()
        links = find_links(firsts, snapshot, allowed, weights)
        taking_part = np.concatenate([firsts, affinity.rows, affinity.keyword_rows, links.second])
        pool = Pool(np.unique(taking_part).astype(np.int32), seeds, affinity, mass, snapshot, weights)
        placed = snapshot.chunks(firsts.tolist())
        sentences = [_sentence_stems(placed[row].chunk) if row in placed else () for row in firsts.tolist()]
        return _Ranking(pool, score_pairs(links, sentences, pool)).hits(question.k)

    def _affinity(self, read: ReadQuestion, snapshot: Snapshot, allowed: NDArray[np.bool_]) -> Affinity:
        """How near passages are: by vectors if the embedder reads the question, else by keywords."""
        most = self._weights.candidates
        rows, scores = snapshot.matching(read.stems, most, allowed)
        if read.vector is not None:
            nearest, cosines = snapshot.nearest(read.vector, most, allowed)
            return Affinity(rows=nearest, scores=cosines, vector=read.vector, keyword_rows=rows)
        best = float(scores[0]) if len(scores) else 1.0
        return Affinity(rows=rows, scores=scores / best, vector=None, keyword_rows=rows)


class _Ranking:
    """From pairs to hits: a passage is worth its best pair, and those in no pair come after."""

    def __init__(self, pool: Pool, best: BestPairs) -> None:
        self._pool = pool
        self._best = best
        self._snapshot = pool.snapshot
        self._weights = pool.weights
        self._own = pool.weights.own_prior * pool.prior + pool.weights.own_affinity * pool.affinity

    def hits(self, k: int) -> tuple[Hit, ...]:
        """The best ``k``."""
        paired = np.isfinite(self._best.score)
        scores = np.where(paired, self._best.score + self._own, self._own)
        if paired.any() and not paired.all():
            scores[~paired] -= scores[~paired].max() - scores[paired].min() + 1.0
        places = _top(np.arange(len(scores)), scores, max(k, self._weights.candidates), self._snapshot, self._pool.rows)
        ranked = self._spread(places, scores)[:k]
        rows = self._pool.rows[ranked].tolist()
        return tuple(
            Hit(
                chunk_id=self._snapshot.chunk_id(row),
                document_id=document_id,
                rank=rank,
                score=round(float(scores[place]), 6),
                why=self._why(place, row),
            )
            for rank, (place, row, (document_id, _)) in enumerate(
                zip(ranked, rows, self._snapshot.sources(rows), strict=True), start=1
            )
        )

    def _spread(self, places: NDArray[np.int64], scores: NDArray[np.float64]) -> list[int]:
        """Further passages under one title lose a little, so that one page does not fill the list."""
        seen: dict[int, int] = {}
        weights = self._weights
        titles = self._snapshot.title_names(self._pool.rows[places])
        for place, title in zip(places.tolist(), titles.tolist(), strict=True):
            if title >= 0:
                scores[place] -= weights.same_title * min(seen.get(title, 0), weights.same_title_most)
                seen[title] = seen.get(title, 0) + 1
        return [int(place) for place in _top(places, scores, len(places), self._snapshot, self._pool.rows)]

    def _why(self, place: int, row: int) -> Why:
        pair = self._best.pair(place)
        scores = {"prior": float(self._pool.prior[place]), "affinity": float(self._pool.affinity[place])}
        if pair is None:
            return Why(retriever="vector", path=(self._chunk(row),), scores=scores)
        scores["pair"] = pair.score
        path = [PathStep(kind="question", id="", label="question")]
        path += self._entry(pair.first)
        path.append(self._chunk(pair.first))
        if pair.bridge is None:
            path.append(self._chunk(pair.second))
            return Why(retriever="chain", path=tuple(path), scores=scores)
        label = self._snapshot.name_label(pair.bridge, pair.first)
        path.append(PathStep(kind="entity", id=self._snapshot.name_key(pair.bridge), label=label))
        path.append(self._chunk(pair.second))
        return Why(retriever="chain", bridge=label, path=tuple(path), scores=scores)

    def _entry(self, row: int) -> list[PathStep]:
        """The rarest name of the question that the chain's first passage mentions."""
        names, _ = self._snapshot.row_names(row)
        asked_names = self._pool.seeds.names
        asked = [name for name in set(names.tolist()) if name in asked_names]
        if not asked:
            return []
        name = min(asked, key=lambda number: (-asked_names[number], number))
        label = self._snapshot.name_label(name, row)
        return [PathStep(kind="entity", id=self._snapshot.name_key(name), label=label)]

    def _chunk(self, row: int) -> PathStep:
        ((_, title),) = self._snapshot.sources([row])
        return PathStep(kind="chunk", id=self._snapshot.chunk_id(row), label=title)


def _sentence_stems(chunk: Chunk) -> list[frozenset[str]]:
    """Stems of each sentence of a chunk."""
    return [frozenset(stems(chunk.text[span.start : span.end])) for span in chunk.sentences]


def _top(
    places: NDArray[np.int64], scores: NDArray[np.float64], k: int, snapshot: Snapshot, rows: RowArray | None = None
) -> NDArray[np.int64]:
    """The ``k`` of ``places`` with the best scores, best first, ties by chunk id. ``rows`` tells the row of a place."""
    values = scores[places]
    if len(places) > k:
        least = np.partition(values, len(values) - k)[len(values) - k]
        places = places[values >= least]
    chosen = sorted(
        places.tolist(),
        key=lambda place: (-scores[place], snapshot.chunk_id(int(place if rows is None else rows[place]))),
    )
    return np.array(chosen[:k], dtype=np.int64)


def _plain(rows: RowArray, scores: NDArray[np.floating], retriever: str, snapshot: Snapshot) -> tuple[Hit, ...]:
    kind = {"vector": "vector", "keyword": "keyword", "graph": "graph"}[retriever]
    order = sorted(range(len(rows)), key=lambda i: (-float(scores[i]), snapshot.chunk_id(int(rows[i]))))
    ranked = rows[order].tolist()
    return tuple(
        Hit(
            chunk_id=(chunk_id := snapshot.chunk_id(row)),
            document_id=document_id,
            rank=rank,
            score=float(scores[place]),
            why=Why(
                retriever=kind,  # type: ignore[arg-type]
                path=(PathStep(kind="chunk", id=chunk_id, label=title),),
            ),
        )
        for rank, (place, row, (document_id, title)) in enumerate(
            zip(order, ranked, snapshot.sources(ranked), strict=True), start=1
        )
    )

"""Finding passages in one snapshot: by vectors, by keywords, by the graph alone, or by chains of all three."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graph.knowledge_view import Snapshot
from graph.model import Chunk, RowArray
from graph.ports import Embedder
from graph.tokens import stems
from retrieval.chains import FIRSTS, FirstPassage, Pair, Pool, linked_pairs, linked_rows, unlinked_pairs
from retrieval.graph_walk import Affinity, prior
from retrieval.model import Hit, PathStep, Question, Why
from retrieval.seeds import Seeds, find_seeds

CANDIDATES = 100
"""Passages by vectors and by keywords that are always ranked, so that ``k`` hits are found."""
SAME_DOCUMENT = 0.1
"""What the second passage of a document loses; each further one loses twice that."""


class PassageRetriever:
    """The Retriever port for every mode. Deterministic: ties go by chunk id."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def search(self, question: Question, snapshot: Snapshot) -> tuple[Hit, ...]:
        """See Retriever."""
        allowed = snapshot.allowed(question.filters)
        if not allowed.any():
            return ()
        if question.mode == "keyword":
            rows, scores = snapshot.matching(stems(question.text), question.k, allowed)
            return _plain(rows, scores, "keyword", snapshot)
        if question.mode == "vector":
            vector = self._embedder.embed_question(question.text)
            rows, scores = snapshot.nearest(vector, question.k, allowed)
            return _plain(rows, scores, "vector", snapshot)
        return self._over_the_graph(question, snapshot, allowed)

    def _over_the_graph(self, question: Question, snapshot: Snapshot, allowed: NDArray[np.bool_]) -> tuple[Hit, ...]:
        seeds = find_seeds(question.text, snapshot)
        affinity, keyword_rows = self._affinity(question, snapshot, allowed)
        mass = prior(seeds, affinity, snapshot, allowed)
        if question.mode == "graph":
            return _by_mass(mass, seeds, question.k, snapshot)
        firsts = sorted(mass, key=lambda row: (-mass[row], snapshot.chunk_id(row)))[:FIRSTS]
        links = {row: linked_rows(row, snapshot, allowed) for row in firsts}
        pool = Pool(_pool_rows(firsts, links, affinity, keyword_rows), seeds, affinity, mass, snapshot)
        pairs = _pairs(firsts, links, pool, seeds, snapshot)
        ranking = _Ranking(pool, pairs, seeds, snapshot)
        return ranking.hits(question.k)

    def _affinity(
        self, question: Question, snapshot: Snapshot, allowed: NDArray[np.bool_]
    ) -> tuple[Affinity, RowArray]:
        """How near passages are, by vectors if the embedder reads the question, and the rows by keywords."""
        rows, scores = snapshot.matching(stems(question.text), CANDIDATES, allowed)
        if self._embedder.reads(question.text):
            vector = self._embedder.embed_question(question.text)
            nearest, cosines = snapshot.nearest(vector, CANDIDATES, allowed)
            return Affinity(rows=nearest, scores=cosines, vector=vector), rows
        best = float(scores[0]) if len(scores) else 1.0
        return Affinity(rows=rows, scores=scores / best, vector=None), rows


class _Ranking:
    """From pairs to hits: a passage is worth its best pair, and those in no pair come after."""

    def __init__(self, pool: Pool, pairs: Mapping[int, Pair], seeds: Seeds, snapshot: Snapshot) -> None:
        self._pool = pool
        self._pairs = pairs
        self._seeds = seeds
        self._snapshot = snapshot

    def hits(self, k: int) -> tuple[Hit, ...]:
        """The best ``k``."""
        own = 0.03 * self._pool.prior + 0.25 * self._pool.affinity
        scores = dict(zip(self._pool.rows.tolist(), own.tolist(), strict=True))
        paired = {row: pair.score + scores[row] for row, pair in self._pairs.items()}
        floor = min(paired.values(), default=0.0) - max(scores.values(), default=0.0) - 1.0
        total = {row: paired.get(row, floor + score) for row, score in scores.items()}
        ranked = self._spread(sorted(total, key=lambda row: (-total[row], self._snapshot.chunk_id(row))), total)
        return tuple(
            Hit(
                chunk_id=self._snapshot.chunk_id(row),
                document_id=self._snapshot.document(row).id,
                rank=rank,
                score=round(total[row], 6),
                why=self._why(row, scores[row]),
            )
            for rank, row in enumerate(ranked[:k], start=1)
        )

    def _spread(self, ranked: Sequence[int], total: dict[int, float]) -> list[int]:
        """Further passages under one title lose a little, so that one page does not fill the list."""
        head = list(ranked[:CANDIDATES])
        seen: dict[int, int] = {}
        for row in head:
            title = self._snapshot.title_name(row)
            if title >= 0:
                total[row] -= SAME_DOCUMENT * min(seen.get(title, 0), 2)
                seen[title] = seen.get(title, 0) + 1
        head.sort(key=lambda row: (-total[row], self._snapshot.chunk_id(row)))
        return head + list(ranked[CANDIDATES:])

    def _why(self, row: int, own: float) -> Why:
        pair = self._pairs.get(row)
        place = int(self._pool.place(np.array([row]))[0])
        scores = {"prior": float(self._pool.prior[place]), "affinity": float(self._pool.affinity[place]), "own": own}
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
        asked = [name for name in set(names.tolist()) if name in self._seeds.names]
        if not asked:
            return []
        name = min(asked, key=lambda number: (-self._seeds.names[number], number))
        label = self._snapshot.name_label(name, row)
        return [PathStep(kind="entity", id=self._snapshot.name_key(name), label=label)]

    def _chunk(self, row: int) -> PathStep:
        return PathStep(kind="chunk", id=self._snapshot.chunk_id(row), label=self._snapshot.document(row).title)


def _pool_rows(
    firsts: Sequence[int], links: Mapping[int, Sequence[tuple[int, RowArray]]], affinity: Affinity, keywords: RowArray
) -> RowArray:
    parts = [np.array(firsts, dtype=np.int32), affinity.rows, keywords]
    parts += [rows for found in links.values() for _, rows in found]
    return np.unique(np.concatenate(parts)).astype(np.int32)


def _pairs(
    firsts: Sequence[int], links: Mapping[int, Sequence[tuple[int, RowArray]]], pool: Pool, seeds: Seeds,
    snapshot: Snapshot,
) -> dict[int, Pair]:  # fmt: skip
    """The best pair of every passage that is in one."""
    placed = snapshot.chunks(firsts)
    pairs: list[Pair] = []
    for row in firsts:
        sentences = sentence_stems(placed[row].chunk) if row in placed else ()
        pairs += linked_pairs(FirstPassage(row=row, sentences=sentences), links[row], pool, seeds, snapshot)
    linked = frozenset((pair.first, pair.second) for pair in pairs)
    pairs += unlinked_pairs(firsts, linked, pool)
    best: dict[int, Pair] = {}
    for pair in pairs:
        for row in (pair.first, pair.second):
            if row not in best or pair.score > best[row].score:
                best[row] = pair
    return best


@lru_cache(maxsize=20_000)
def sentence_stems(chunk: Chunk) -> tuple[frozenset[str], ...]:
    """Stems of each sentence of a chunk."""
    return tuple(frozenset(stems(chunk.text[span.start : span.end])) for span in chunk.sentences)


def _by_mass(mass: Mapping[int, float], seeds: Seeds, k: int, snapshot: Snapshot) -> tuple[Hit, ...]:
    rows = sorted(mass, key=lambda row: (-mass[row], snapshot.chunk_id(row)))[:k]
    hits = _plain(np.array(rows, dtype=np.int32), np.array([mass[row] for row in rows]), "graph", snapshot)
    del seeds
    return hits


def _plain(rows: RowArray, scores: NDArray[np.floating], retriever: str, snapshot: Snapshot) -> tuple[Hit, ...]:
    kind = {"vector": "vector", "keyword": "keyword", "graph": "graph"}[retriever]
    order = sorted(range(len(rows)), key=lambda i: (-float(scores[i]), snapshot.chunk_id(int(rows[i]))))
    return tuple(
        Hit(
            chunk_id=snapshot.chunk_id(int(rows[i])),
            document_id=snapshot.document(int(rows[i])).id,
            rank=rank,
            score=float(scores[i]),
            why=Why(
                retriever=kind,  # type: ignore[arg-type]
                path=(
                    PathStep(
                        kind="chunk", id=snapshot.chunk_id(int(rows[i])), label=snapshot.document(int(rows[i])).title
                    ),
                ),
            ),
        )
        for rank, i in enumerate(order, start=1)
    )

"""The VectorIndex port: one suite over FAISS and over Neo4j's own index."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from graph_changes import make_change
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer

from graph.indexes.faiss_index import FaissIndex
from graph.model import FloatArray, GraphChange, RowArray
from graph.ports.walking import VectorIndex

W = "w"
COUNT, DIMENSION = 60, 4


def unit_vectors() -> FloatArray:
    generator = np.random.default_rng(3)
    vectors = generator.standard_normal((COUNT, DIMENSION)).astype(np.float32)
    vectors[7] = vectors[3]  # a tie
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class VectorIndexContract:
    """Subclass with an ``index`` fixture for each adapter, over ``unit_vectors`` by row."""

    @pytest.fixture
    def index(self) -> VectorIndex:
        raise NotImplementedError

    def test_the_best_come_first(self, index: VectorIndex) -> None:
        vectors = unit_vectors()
        for query, k in product(vectors[[3, 20, 41]], (1, 5, COUNT, 500)):
            rows, scores = index.search(query, k, np.ones(COUNT, dtype=np.bool_))
            expected = np.lexsort((np.arange(COUNT), -(vectors @ query)))[:k]
            assert rows.tolist() == expected.tolist()
            assert np.allclose(scores, (vectors @ query)[expected], atol=1e-5)

    def test_what_is_not_allowed_is_not_found(self, index: VectorIndex) -> None:
        vectors = unit_vectors()
        allowed = np.arange(COUNT) % 10 == 3
        rows, _ = index.search(vectors[3], 4, allowed)
        expected = [row for row in np.argsort(-(vectors @ vectors[3]), kind="stable").tolist() if allowed[row]][:4]
        assert rows.tolist() == expected
        rows, scores = index.search(vectors[3], 4, np.zeros(COUNT, dtype=np.bool_))
        assert (len(rows), len(scores)) == (0, 0)
        assert len(index.search(vectors[3], 0, allowed)[0]) == 0

    def test_vectors_are_those_that_were_stored(self, index: VectorIndex) -> None:
        rows = np.array([41, 0, 7, 41], dtype=np.int32)
        assert np.array_equal(index.vectors(rows), unit_vectors()[rows])


class TestFaiss(VectorIndexContract):
    @pytest.fixture
    def index(self) -> VectorIndex:
        made = FaissIndex(DIMENSION)
        made.append(unit_vectors())
        return made


class Numbered:
    """Chunks numbered by their place in the document."""

    def __init__(self, change: GraphChange) -> None:
        self._ids = [chunk.id for chunk in change.chunks]

    def numbers(self, chunk_ids: Sequence[str]) -> RowArray:
        return np.array([self._ids.index(one) for one in chunk_ids], dtype=np.int32)

    def chunk_id(self, row: int) -> str:
        return self._ids[row]


class TestNeo4j(VectorIndexContract):
    @pytest.fixture
    def index(self, neo4j_server: Neo4jServer) -> Iterator[VectorIndex]:
        """Some rows are live again after they were gone, and others were there once: neither shows."""
        change = make_change("a", 1, [f"Word{number}" for number in range(COUNT)])
        change = replace(change, vectors=unit_vectors())
        with neo4j_store(neo4j_server) as store:
            store.prepare_walk()
            store.apply(W, [change, make_change("b", 1, ["Gone"])])
            store.remove(W, "b", 2)
            store.apply(W, [replace(make_change("a", 2, ["Word0"]), vectors=unit_vectors()[:1])])
            store.apply("other", [make_change("c", 1, ["Elsewhere"])])
            revision = store.apply(W, [replace(change, document=replace(change.document, version=3))])[0]
            yield store.vector_index(W, revision, Numbered(change))

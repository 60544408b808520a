"""The indexes against what they stand for, computed plainly."""

import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.indexes.adjacency import Adjacency
from graph.indexes.faiss_index import RESCORED, SEGMENT, FaissIndex
from graph.indexes.keyword_index import K1, B, KeywordIndex
from graph.model import Mention

TERMS = "abcdefg"


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.sampled_from([1, 5, 300]), k=st.integers(1, 12))
def test_the_best_rows_by_keywords_are_those_of_bm25(seed: int, count: int, k: int) -> None:
    generator = np.random.default_rng(seed)
    shares = generator.random(len(TERMS)) * 0.6
    weights = {term: float(-np.log(share)) for term, share in zip(TERMS, shares, strict=True)}
    rows = [
        (
            [term for term, share in zip(TERMS, shares, strict=True) if generator.random() < share / 4],
            [term for term, share in zip(TERMS, shares, strict=True) for _ in range(generator.binomial(3, share))],
        )
        for _ in range(count)
    ]
    index = KeywordIndex()
    for title, text in rows:
        index.append(title, text)
    live = generator.random(count) < 0.9
    allowed = live & (generator.random(count) < 0.8)
    lengths = [len(title) + len(text) for title, text in rows]
    average = max(float(np.mean(lengths)), 1.0)
    plain = {}
    for row in np.flatnonzero(allowed).tolist():
        title, text = rows[row]
        score = 0.0
        for term, weight in weights.items():
            frequency = text.count(term) + (term in title)
            score += weight * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * lengths[row] / average))
        if score > 0:
            plain[row] = score
    found, scores = index.search(weights, k, allowed, live, average)
    assert len(found) == min(k, len(plain))
    assert np.allclose(sorted(plain.values(), reverse=True)[:k], scores, rtol=1e-4)
    assert np.allclose([plain[row] for row in found.tolist()], scores, rtol=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=5), min_size=1, max_size=20), st.data())
def test_names_left_out_are_only_those_in_too_many_rows(rows: list[list[str]], data: st.DataObject) -> None:
    adjacency = Adjacency()
    for names in rows:
        mentions = [
            Mention(chunk_id="c", entity_id=n, sentence=0, start=0, end=1, name=n.upper(), key=n, type="name",
                    is_name=True)
            for n in names
        ]  # fmt: skip
        adjacency.append("", "", mentions)
    live = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    known = {name: number for name in "abcde" if (number := adjacency.number(name)) is not None}
    names = np.array(list(known.values()), dtype=np.int32)
    most = data.draw(st.integers(0, 6))
    owner, found = adjacency.gather_rows(names, live, np.full(len(names), float(most)))
    linked_owner, linked, frequency = adjacency.links(names, live, np.arange(len(rows), dtype=np.int32), most)
    for place, name in enumerate(known):
        holders = [row for row, held in enumerate(rows) if name in held and live[row]]
        got = found[owner == place].tolist()
        assert got in ([], holders)
        assert got == holders or len(holders) > most
        if frequency[place] <= most:
            assert linked[linked_owner == place].tolist() == holders
            assert frequency[place] == len(holders)
        else:
            assert len(holders) > most


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_vectors_by_their_signs_are_rescored_exactly(count: int, dimension: int, k: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    vectors = generator.standard_normal((count, dimension)).astype(np.float32)
    query = generator.standard_normal(dimension).astype(np.float32)
    allowed = generator.random(count) < 0.7
    index = FaissIndex(dimension, exact_rows=0)
    index.append(vectors)
    rows, scores = index.search(query, k, allowed)
    assert count < RESCORED  # so that every allowed row is rescored, and the answer is exact
    expected = sorted(np.flatnonzero(allowed).tolist(), key=lambda row: -float(vectors[row] @ query))[:k]
    assert rows.tolist() == expected
    assert np.allclose(scores, vectors[rows] @ query, rtol=1e-5, atol=1e-4)


def test_of_many_vectors_the_nearest_by_sign_are_among_those_rescored() -> None:
    generator = np.random.default_rng(3)
    vectors = generator.standard_normal((9000, 96)).astype(np.float32)
    index = FaissIndex(96, exact_rows=1000)
    index.append(vectors)
    query = generator.standard_normal(96).astype(np.float32)
    rows, _ = index.search(query, 10, np.ones(9000, dtype=np.bool_))
    different = ((vectors > 0) != (query > 0)).sum(axis=1)
    assert different[rows].max() <= np.sort(different)[RESCORED - 1]


def test_an_index_takes_memory_as_it_grows() -> None:
    """Of a thousand workspaces with a few passages each, none may take room for thousands."""
    generator = np.random.default_rng(1)
    few, many = generator.standard_normal((2, 384)), generator.standard_normal((3 * SEGMENT, 384))
    tracemalloc.start()
    try:
        small = FaissIndex(384)
        small.append(few.astype(np.float32))
        adjacency, keywords = Adjacency(), KeywordIndex()
        adjacency.append("", "", [])
        keywords.append([], [])
        assert tracemalloc.get_traced_memory()[0] < 50_000
    finally:
        tracemalloc.stop()
    large = FaissIndex(384)
    for vector in many.astype(np.float32):
        large.append(vector[None, :])
    assert np.array_equal(large.vectors(np.arange(len(many), dtype=np.int32)), many.astype(np.float32))


def test_a_search_under_way_keeps_what_it_took_while_a_segment_grows() -> None:
    generator = np.random.default_rng(2)
    vectors = generator.standard_normal((200, 8)).astype(np.float32)
    query, index, found = vectors[0], FaissIndex(8), []
    for count, vector in enumerate(vectors, start=1):
        index.append(vector[None, :])
        found.append(index.search(query, 3, np.ones(count, dtype=np.bool_)))
    for count, (rows, scores) in enumerate(found, start=1):
        later = index.search(query, 3, np.ones(count, dtype=np.bool_))
        assert np.array_equal(later[0], rows)
        assert np.array_equal(later[1], scores)

"""A graph walked inside Neo4j, beside the same graph in memory: the same passages in the same order."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_changes import make_change, readable
from hashing_embedder import HashingEmbedder
from neo4j_fixtures import neo4j_store
from neo4j_server import Neo4jServer
from small_world import SmallWorld, small_world

from graph.algorithms import reading_down
from graph.audience import UNRESTRICTED
from graph.errors import ConfigurationError
from graph.filters import Filters
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import Embedder
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.text.terms import TERMS_VERSION
from graph.view.knowledge_view import KnowledgeViews
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.verification import check_view
from graph.view.walked_snapshot import WalkedSnapshot
from ingest.upkeep.reembedding import embed_anew
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.finding.search import PassageRetriever
from retrieval.finding.weights import WEIGHTS
from retrieval.model import Question

W = DEFAULT_WORKSPACE
MODES = ("vector", "keyword", "graph", "hybrid")


class FourNumbers:
    """The length of the vectors that ``make_change`` makes."""

    identity, dimension = "four", 4

    def embed_passages(self, texts: Any) -> Any:
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text: str) -> Any:
        vector = np.array([len(text), 1, sum(map(ord, text)) % 97, 1], dtype=np.float32)
        return vector / np.linalg.norm(vector)

    def reads(self, text: str) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk inside Neo4j goes less far; here the one in memory does so, too."""
    monkeypatch.setattr(ResidentSnapshot, "reach", WalkedSnapshot.reach)


@pytest.fixture
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jGraphStore]:
    with neo4j_store(neo4j_server) as store:
        yield store


class Both:
    """One store, seen by a resident view and by a walked one."""

    def __init__(self, store: Neo4jGraphStore, embedder: Embedder) -> None:
        self.resident, self.walked = KnowledgeViews(store), KnowledgeViews(store, store)
        self._retriever = PassageRetriever(embedder)

    def hits(self, views: KnowledgeViews, text: str, mode: Any, as_of: int | None, filters: Filters) -> list[Any]:
        question = Question(text=text, workspace=W, mode=mode, k=60, as_of=as_of, filters=filters)
        found = self._retriever.search(self._retriever.read(question), views.snapshot(W, as_of=as_of))
        return [(hit.document_id, hit.chunk_id, round(hit.score, 4), hit.why.bridge) for hit in found]

    def agree(self, text: str, as_of: int | None = None, filters: dict[str, Any] | None = None) -> list[str]:
        """The documents of the hits of every mode, which are the same in both."""
        every: list[str] = []
        narrowed = Filters.parse(filters or {})
        for mode in MODES:
            expected = self.hits(self.resident, text, mode, as_of, narrowed)
            assert self.hits(self.walked, text, mode, as_of, narrowed) == expected, (mode, as_of)
            every += [hit[0] for hit in expected]
        return every


@pytest.mark.parametrize("seed", range(2))
def test_the_same_at_every_revision(store: Neo4jGraphStore, seed: int) -> None:
    """Random writes; then the questions, now and at every revision that is kept."""
    store.prepare_walk()
    both, generator = Both(store, FourNumbers()), random.Random(seed)
    versions = dict.fromkeys("abcd", 0)
    for step in range(14):
        document = generator.choice("abcd")
        versions[document] += 1
        kind = generator.choices(["apply", "remove", "purge", "sweep"], [12, 3, 1, 1])[0]
        if kind == "apply":
            words = [" ".join(generator.sample(["Ada", "Bea", "Cid", "Dan", "Eve"], 2)) for _ in range(step % 4 + 1)]
            store.apply(W, [make_change(document, versions[document], words, year=step % 3)])
        elif kind == "sweep":
            store.sweep(W, max(store.revision(W) - 8, 0))
        else:
            getattr(store, kind)(W, document, versions[document])
        both.agree("Does Ada know Dan?")
    newest = store.revision(W)
    for revision in range(newest + 1):
        if readable(store, W, revision):
            both.agree("Where are Bea and Eve?", as_of=revision)
            both.agree("Cid", as_of=revision, filters={"year": 1})
    assert not any(one.wrong for one in check_view(both.walked.snapshot(W), both.walked.fresh(W, newest)))


def fill(world: SmallWorld) -> None:
    world.put("cast", "American director Tim Burton made the film Big Fish. The studio liked Ewan Reed.", title="Cast")
    world.put("big-fish", "It is about a father. Helen Bonham plays Jenny Hill there.", title="Big Fish (film)")
    world.put("tim", "Tim Burton lives in London with Helen Bonham.", title="Tim Burton", metadata={"kind": "person"})
    world.put("helen", "Helen Bonham was born in Golders Green.", title="Helen Bonham", metadata={"kind": "person"})
    world.put("fish", "Many a fish is eaten in London. Photo by a friend; the photo is old.", title="Food")
    world.put("photo", "Photo is the name of a shop. Photo sells a photo.", title="Shops of London")
    world.put("han", "蒂姆·伯顿执导了《大鱼》,海伦·伯翰出演。", title="大鱼")


QUESTIONS = (
    "Where was the actress of the film by Tim Burton born?", "Who plays Jenny Hill in Big Fish?", "photo shop London",
    "《大鱼》是谁执导的?", "nothing that stands anywhere", "AND OR NOT (a+b) \\ \"c\" field:photo^3 [x TO y] ~",
)  # fmt: skip


def test_the_same_as_in_memory(store: Neo4jGraphStore, tmp_path: Path) -> None:
    """Names at the edges of longer ones, homonyms, words that are no names, Chinese, filters, Lucene's own syntax."""
    store.prepare_walk()
    with small_world(tmp_path, store) as world:
        fill(world)
        both = Both(store, world.embedder)
        assert "helen" in both.agree(QUESTIONS[0])
        for question in QUESTIONS[1:]:
            both.agree(question)
        assert set(both.agree(QUESTIONS[0], filters={"kind": "person"})) == {"tim", "helen"}
        assert both.agree(QUESTIONS[0], filters={"kind": "nobody"}) == []
        own = {"document_id": "tim", "created": {"gt": "2000-01-01", "lt": "2100-01-01T00:00:00+08:00"}}
        assert set(both.agree(QUESTIONS[0], filters=own)) == {"tim"}
        world.put("helen", "Helen Bonham was born in Leeds.", title="Helen Bonham", metadata={"kind": "person"})
        world.remove("tim")
        assert "tim" not in both.agree(QUESTIONS[0])
        assert "tim" in both.agree(QUESTIONS[0], as_of=store.revision(W) - 1)
        assert not any(
            one.wrong for one in check_view(both.walked.snapshot(W), both.walked.fresh(W, store.revision(W)))
        )


def test_a_filter_that_few_of_the_best_pass_is_said_to_cut_short(
    store: Neo4jGraphStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.prepare_walk()
    with small_world(tmp_path, store) as world:
        fill(world)
        world.views = KnowledgeViews(store, store)
        questions = world.asking(ExtractiveGenerator())

        def told(**filters: object) -> tuple[str, ...]:
            question = Question(
                text="London Tim Burton", workspace=W, k=3, filters=Filters.parse(filters), audience=UNRESTRICTED
            )
            return questions.search(question).degraded

        assert (told(), told(kind="person")) == ((), ())
        monkeypatch.setattr(reading_down, "MOST_FOUND", 2)
        monkeypatch.setattr(questions._retriever, "_weights", replace(WEIGHTS, candidates=2))
        assert told() == ()
        assert told(kind="nobody") == ("filters: only the best 10000 passages were looked at",)


def test_what_was_written_without_it_is_made_ready(store: Neo4jGraphStore, tmp_path: Path) -> None:
    with small_world(tmp_path, store) as world:
        fill(world)
        world.remove("tim")
        store.prepare_walk()
        both = Both(store, world.embedder)
        for question in QUESTIONS:
            both.agree(question)
            both.agree(question, as_of=store.revision(W) - 1)
        store.prepare_walk()  # once more changes nothing
        both.agree(QUESTIONS[0])


def test_terms_that_were_cut_otherwise_are_cut_anew(store: Neo4jGraphStore, tmp_path: Path) -> None:
    store.prepare_walk()
    with small_world(tmp_path, store) as world:
        fill(world)
        world.remove("tim")
        older = "MATCH (c:Chunk|PastChunk) SET c.terms = 'older', c.titled = 1, c.cut = $cut"
        store._database.write("", lambda statements: statements.run(older, cut=TERMS_VERSION - 1))
        store.prepare_walk()
        both = Both(store, world.embedder)
        for question in QUESTIONS:
            both.agree(question)
            both.agree(question, as_of=store.revision(W) - 1)


def test_vectors_of_another_embedder_take_the_place_of_the_old_ones(store: Neo4jGraphStore, tmp_path: Path) -> None:
    store.prepare_walk()
    with small_world(tmp_path, store) as world:
        fill(world)
        both = Both(store, world.embedder)
        both.agree(QUESTIONS[0])
        other = HashingEmbedder(32)
        embed_anew(store, other)
        store.adopt(other.identity)
        again = Both(store, other)
        again.walked = both.walked  # a view that follows
        assert "helen" in again.agree(QUESTIONS[0])
        again.agree(QUESTIONS[0], as_of=store.revision(W) - 1)


def test_an_index_of_somebody_elses_is_named(store: Neo4jGraphStore) -> None:
    store._database.change_schema("DROP INDEX quipu_vectors IF EXISTS")
    store._database.change_schema("CREATE VECTOR INDEX mine FOR (c:Chunk) ON (c.embedding)")
    with pytest.raises(ConfigurationError, match="quipu_vectors"):
        store.prepare_walk()
    store._database.change_schema("DROP INDEX mine")
    store.prepare_walk()

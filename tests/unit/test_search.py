"""The search over plain tables: order, filters, languages, and what is told of a hit."""

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import Passage, TableSnapshot, placed, read_passage

from graph.filters import Filters
from graph.model import DEFAULT_WORKSPACE, FloatArray
from retrieval.finding.search import PassageRetriever
from retrieval.model import Hit, Question
from retrieval.modes import SEARCH_MODES, SearchMode

EMBEDDER = HashingEmbedder()
TEXTS = [
    ("selm", "Selm Tower", "The Selm Tower was designed by Edda Brink. It is made of larch.", {"lang": "en"}),
    ("edda", "Edda Brink", "Edda Brink was born in Port Calder. She studied far away.", {"lang": "en"}),
    ("calder", "Port Calder", "Port Calder lies on a bay. Herring is landed there.", {"lang": "en"}),
    ("mill", "Orrin Mill", "The Orrin Mill grinds rye. Its wheel is of oak.", {"lang": "en"}),
    ("塔", "云塔", "《云塔》由石川设计。", {"lang": "zh"}),
    ("石川", "石川", "石川出生于青岛。", {"lang": "zh"}),
]
WORLD = TableSnapshot(
    [
        read_passage(placed(each, text, title=title, metadata=metadata), EMBEDDER)
        for each, title, text, metadata in TEXTS
    ]
)
QUESTION = "Where was the designer of the Selm Tower born?"


class Blind(HashingEmbedder):
    """Reads nothing, and fails if it is made to."""

    def embed_question(self, text: str) -> FloatArray:
        raise AssertionError("it says that it cannot read the question")

    def reads(self, text: str) -> bool:
        return False


def search(text: str, *, snapshot: TableSnapshot = WORLD, mode: SearchMode = "hybrid", k: int = 10,
           filters: Filters | None = None, embedder: HashingEmbedder = EMBEDDER) -> tuple[Hit, ...]:  # fmt: skip
    retriever = PassageRetriever(embedder)
    question = Question(text=text, workspace=DEFAULT_WORKSPACE, mode=mode, k=k, filters=filters or Filters())
    return retriever.search(retriever.read(question), snapshot)  # type: ignore[arg-type]


def test_the_chain_comes_first_and_says_its_bridge() -> None:
    first, second, *_ = search(QUESTION)
    assert {first.document_id, second.document_id} == {"selm", "edda"}
    assert first.why.retriever == second.why.retriever == "chain"
    assert first.why.bridge == "Edda Brink"
    assert [step.label for step in first.why.path] == [
        "question", "Selm Tower", "Selm Tower", "Edda Brink", "Edda Brink",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", SEARCH_MODES)
def test_hits_are_ranked_and_few_enough(mode: SearchMode) -> None:
    hits = search(QUESTION, mode=mode, k=2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].score >= hits[1].score
    assert hits == search(QUESTION, mode=mode, k=6)[:2]


@pytest.mark.parametrize("mode", SEARCH_MODES)
def test_filters_hold(mode: SearchMode) -> None:
    hits = search(QUESTION + " 石川", mode=mode, filters=Filters.parse({"lang": "zh"}))
    assert {hit.document_id for hit in hits} <= {"塔", "石川"}
    assert hits
    assert search(QUESTION, mode=mode, filters=Filters.parse({"lang": "fr"})) == ()


@pytest.mark.parametrize("mode", SEARCH_MODES)
def test_an_empty_graph_has_no_hits(mode: SearchMode) -> None:
    assert search(QUESTION, snapshot=TableSnapshot([]), mode=mode) == ()


def test_a_question_without_a_word_finds_nothing_by_words() -> None:
    assert search("?!", mode="keyword") == ()
    assert search("?!", embedder=Blind()) == ()
    assert len(search("?!")) == len(TEXTS)  # a vector it has all the same


def test_where_the_embedder_reads_nothing_words_and_names_find() -> None:
    hits = search("《云塔》的设计者石川出生在哪里？", embedder=Blind())
    assert [hit.document_id for hit in hits[:2]] == ["石川", "塔"] or {h.document_id for h in hits[:2]} == {
        "石川",
        "塔",
    }
    assert hits[0].why.bridge


def test_further_passages_under_one_title_lose_a_little() -> None:
    def scores(titles: list[str | None]) -> list[float]:
        passages = [
            Passage(
                placed=placed(f"p{n}", "x"), mentions=((name, -1),) if name else (), title_name=name, stems=("mill",)
            )
            for n, name in enumerate(titles)
        ]
        return [hit.score for hit in search("mill", snapshot=TableSnapshot(passages), embedder=Blind())]

    apart = scores([None] * 4)
    assert len(set(apart)) == 1
    one_title = scores(["ada"] * 4)
    assert np.diff(one_title) == pytest.approx([-0.1, -0.1, 0.0], abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(TEXTS))), st.sampled_from(SEARCH_MODES), st.integers(1, 6))
def test_the_order_of_rows_does_not_matter(order: list[int], mode: SearchMode, k: int) -> None:
    shuffled = TableSnapshot([WORLD.passages[place] for place in order])
    expected, found = search(QUESTION, mode=mode, k=k), search(QUESTION, mode=mode, k=k, snapshot=shuffled)
    assert [hit.chunk_id for hit in found] == [hit.chunk_id for hit in expected]
    assert [hit.why.bridge for hit in found] == [hit.why.bridge for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)


def test_of_equal_passages_the_first_chunk_id_comes_first() -> None:
    same = [Passage(placed=placed(each, "x"), mentions=(), stems=("mill",)) for each in ("c", "a", "b")]
    for mode in ("keyword", "hybrid"):
        hits = search("mill", snapshot=TableSnapshot(same), mode=mode, embedder=Blind())  # type: ignore[arg-type]
        assert [hit.chunk_id for hit in hits] == ["a", "b", "c"]


def test_a_question_is_embedded_once_and_only_where_that_is_asked_for() -> None:
    class Counting(HashingEmbedder):
        asked = 0

        def embed_question(self, text: str) -> FloatArray:
            self.asked += 1
            return super().embed_question(text)

    for mode, times in {"hybrid": 1, "graph": 1, "vector": 1, "keyword": 0}.items():
        embedder = Counting()
        search(QUESTION, mode=mode, embedder=embedder)  # type: ignore[arg-type]
        assert embedder.asked == times, mode

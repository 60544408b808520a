"""A fixed small share of the retrieval campaign; the figures of the README come from the benchmark."""

from pathlib import Path
from statistics import mean

from small_world import SmallWorld

from evals.dataset import load_dataset
from evals.metrics import recall_at
from graph.audience import UNRESTRICTED
from graph.model import DEFAULT_WORKSPACE
from retrieval.model import Question


def test_chains_beat_vectors_and_keywords(world: SmallWorld, shared_data: Path) -> None:
    """500 passages of two-hop questions under a toy embedder: chains must find far more than either part."""
    dataset = load_dataset(shared_data / "multihop" / "hotpotqa")
    queries = [query for query in dataset.queries if query.id in dataset.qrels][:50]
    gold = set().union(*(dataset.qrels[query.id] for query in queries))
    corpus = [document for document in dataset.corpus if document.id in gold] + list(dataset.corpus)[:400]
    uploads = [
        world.upload(document.id, document.text, title=document.title)
        for document in {document.id: document for document in corpus}.values()
    ]
    world.put_all(uploads)

    def recall(mode: str) -> float:
        rankings = [
            [
                hit.document_id
                for hit in world.questions.search(
                    Question(text=query.text, workspace=DEFAULT_WORKSPACE, mode=mode, k=5, audience=UNRESTRICTED)  # type: ignore[arg-type]
                ).hits
            ]
            for query in queries
        ]
        return mean(recall_at(r, dataset.qrels[q.id], 5) for r, q in zip(rankings, queries, strict=True))

    hybrid = recall("hybrid")
    assert hybrid >= 0.9
    assert hybrid >= recall("keyword") + 0.05
    assert hybrid >= recall("vector") + 0.2


def test_chinese_is_found_by_characters_and_pairs(world: SmallWorld, shared_data: Path) -> None:
    dataset = load_dataset(shared_data / "chinese" / "cmrc")
    world.embedder.reads = lambda text: False  # type: ignore[method-assign]
    uploads = [world.upload(document.id, document.text, title=document.title) for document in dataset.corpus]
    world.put_all(uploads)
    queries = [query for query in dataset.queries if query.id in dataset.qrels][:150]
    rankings = [
        list(dict.fromkeys(
            hit.document_id
            for hit in world.questions.search(Question(text=query.text, workspace=DEFAULT_WORKSPACE, k=10)).hits
        ))
        for query in queries
    ]  # fmt: skip
    assert mean(recall_at(r, dataset.qrels[q.id], 5) for r, q in zip(rankings, queries, strict=True)) >= 0.97

"""Asks the same questions by walks inside Neo4j and over the view in memory. Prints JSON.

    python -m benchmarks.neo4j_walk multihop/musique
    python -m benchmarks.neo4j_walk multihop/musique multihop/musique200 multihop/twowiki multihop/hotpotqa --merge

Both read one store. ``same_first_five`` is the share of the first five passages of the resident view that are
among the first five of the walk. Memory is what the process grew by while the vocabulary was counted, or the view
built.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median, quantiles

import psutil

from benchmarks.neo4j_for_benchmarks import Neo4jServer
from benchmarks.neo4j_store import opened
from benchmarks.workbench import CachingEmbedder, ingested, shared_data
from evals.dataset import CorpusDocument, Dataset, load_dataset
from evals.metrics import recall_at
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import Embedder
from graph.view.knowledge_view import KnowledgeViews
from ingest.extraction.light_extractor import LightExtractor
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question

Ranking = list[str]


class Measured:
    """One kind of view, with the seconds and the memory that it took to build."""

    def __init__(self, views: KnowledgeViews) -> None:
        before, started = psutil.Process().memory_info().rss, time.perf_counter()
        views.catch_up(DEFAULT_WORKSPACE)
        self.cost: dict[str, float] = {
            "seconds_to_start": round(time.perf_counter() - started, 2),
            "resident_mib": round((psutil.Process().memory_info().rss - before) / 2**20),
        }
        self._views = views

    def search(self, dataset: Dataset, embedder: Embedder, most: int) -> tuple[list[Ranking], dict[str, float]]:
        """The hits of every question that has gold passages, and figures."""
        retriever = PassageRetriever(embedder)
        rankings, seconds, gold = [], [], []
        for query in [query for query in dataset.queries if query.id in dataset.qrels][:most]:
            question = Question(text=query.text, workspace=DEFAULT_WORKSPACE, k=60)
            embedder.embed_question(query.text)
            started = time.perf_counter()
            hits = retriever.search(retriever.read(question), self._views.snapshot(DEFAULT_WORKSPACE))
            seconds.append(1000 * (time.perf_counter() - started))
            rankings.append([hit.chunk_id for hit in hits])
            documents = list(dict.fromkeys(hit.document_id for hit in hits))
            gold.append([recall_at(documents, dataset.qrels[query.id], k) for k in (5, 20)])
        return rankings, {
            "recall@5": round(mean(at[0] for at in gold), 4), "recall@20": round(mean(at[1] for at in gold), 4),
            "ms_p50": round(median(seconds), 1), "ms_p95": round(quantiles(seconds, n=20)[-1], 1),
        }  # fmt: skip


def side_by_side(group: Sequence[Dataset], server: Neo4jServer, most: int) -> dict[str, object]:
    corpus: dict[str, CorpusDocument] = {document.id: document for dataset in group for document in dataset.corpus}
    embedder = CachingEmbedder(SentenceEmbedder())
    store = opened(server)
    store.prepare_walk()
    with ingested(list(corpus.values()), LightExtractor(), embedder, store):
        walked, resident = Measured(KnowledgeViews(store, store)), Measured(KnowledgeViews(store))
        results = [_compared(dataset, embedder, (resident, walked), most) for dataset in group]
    return {"documents": len(corpus), "memory": resident.cost, "neo4j": walked.cost, "sets": results}


def _compared(
    dataset: Dataset, embedder: Embedder, views: tuple[Measured, Measured], most: int
) -> dict[str, object]:  # fmt: skip
    views[1].search(dataset, embedder, 50)  # the server has seen each statement, and its page cache holds the graph
    (here, mine), (there, theirs) = (view.search(dataset, embedder, most) for view in views)
    same = [len(set(one[:5]) & set(other[:5])) / max(len(one[:5]), 1) for one, other in zip(here, there, strict=True)]
    return {
        "dataset": dataset.name, "questions": len(here), "memory": mine, "neo4j": theirs,
        "same_first_five": round(mean(same), 3), "times_slower": round(theirs["ms_p50"] / mine["ms_p50"], 1),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["multihop/musique"], help="folders below QUIPU_SHARED_DATA")
    parser.add_argument("--merge", action="store_true", help="all corpora in one")
    parser.add_argument("--questions", type=int, default=100_000, help="at most so many of each set")
    arguments = parser.parse_args()
    datasets = [load_dataset(shared_data() / name) for name in arguments.sets]
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        server = Neo4jServer(Path(folder), heap="2g").start()
        try:
            results = []
            for group in [datasets] if arguments.merge else [[dataset] for dataset in datasets]:
                server.empty()
                results.append(side_by_side(group, server, arguments.questions))
        finally:
            server.stop()
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()

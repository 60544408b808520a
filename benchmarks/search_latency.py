"""Measures how long a search takes: on a data set, beside a search by vectors alone, and without embedding on
synthetic chunks. Prints JSON.

python -m benchmarks.search_latency                     # multihop/musique, question embedding included
python -m benchmarks.search_latency --synthetic 200000  # also the time to build a view, and to follow one changed chunk
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from benchmarks.workbench import CachingEmbedder, ingested, shared_data
from evals.dataset import load_dataset
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.identity import chunk_id, entity_id
from graph.model import DEFAULT_WORKSPACE, Chunk, Document, GraphChange, Mention, Position, Span
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import Snapshot
from ingest.extraction.light_extractor import LightExtractor
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question

DIMENSION = 384
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def spread(seconds: list[float]) -> dict[str, float]:
    return {"p50_ms": round(1000 * median(seconds), 2), "p95_ms": round(1000 * float(np.percentile(seconds, 95)), 2)}


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def search_seconds(retriever: PassageRetriever, question: Question, snapshot: Snapshot) -> float:
    return timed(lambda: retriever.search(retriever.read(question), snapshot))


def on_dataset(name: str) -> dict[str, object]:
    """Time hybrid search and search by vectors alone, in turns within one run; each embeds its question."""
    dataset = load_dataset(shared_data() / name)
    embedder = SentenceEmbedder()
    with ingested(dataset.corpus, LightExtractor(), CachingEmbedder(embedder)) as bench:
        snapshot, retriever = bench.views.snapshot(DEFAULT_WORKSPACE), PassageRetriever(embedder)
        seconds: dict[str, list[float]] = {"vector": [], "hybrid": []}
        for turn in range(3):
            for query in dataset.queries[:100]:
                for mode, taken in seconds.items():
                    question = Question(text=query.text, workspace=DEFAULT_WORKSPACE, mode=mode)  # type: ignore[arg-type]
                    spent = search_seconds(retriever, question, snapshot)
                    if turn:
                        taken.append(spent)
        figures = {mode: spread(taken) for mode, taken in seconds.items()}
        ratio = figures["hybrid"]["p50_ms"] / figures["vector"]["p50_ms"]
        resident = round(psutil.Process().memory_info().rss / 2**20)
        return {"dataset": name, **figures, "hybrid_over_vector_p50": round(ratio, 2), "chunks": snapshot.size,
                "resident_mib": resident}  # fmt: skip


class RandomVectors:
    """An embedder that makes random vectors without a model."""

    identity, dimension = "random", DIMENSION

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def embed_passages(self, texts):  # type: ignore[no-untyped-def]
        return unit(self._generator, len(texts))

    def embed_question(self, text: str):  # type: ignore[no-untyped-def]
        del text
        return unit(self._generator, 1)[0]

    def reads(self, text: str) -> bool:
        return bool(text)


def unit(generator: np.random.Generator, count: int) -> np.ndarray:
    vectors = generator.standard_normal((count, DIMENSION), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def synthetic(size: int) -> dict[str, object]:
    """Time a search over synthetic documents of one chunk: 60 words and about 12 names, both Zipf-distributed."""
    generator = np.random.default_rng(1)
    words = [f"w{number}" for number in range(60_000)]
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        store = SqliteGraphStore(Path(folder) / "graph.sqlite")
        applied = 0.0
        for start in range(0, size, 256):
            changes = [chunk_change(generator, words, number) for number in range(start, min(start + 256, size))]
            applied += timed(lambda changes=changes: store.apply(DEFAULT_WORKSPACE, changes))  # type: ignore[misc]
        views = KnowledgeViews(store)
        built = timed(lambda: views.catch_up(DEFAULT_WORKSPACE))
        snapshot = views.snapshot(DEFAULT_WORKSPACE)
        retriever = PassageRetriever(RandomVectors(generator))
        figures: dict[str, object] = {}
        for mode in ("vector", "keyword", "graph", "hybrid"):
            seconds = []
            for turn in range(60):
                question = Question(text=question_text(generator, words), workspace=DEFAULT_WORKSPACE, mode=mode)  # type: ignore[arg-type]
                spent = search_seconds(retriever, question, snapshot)
                if turn >= 10:
                    seconds.append(spent)
            figures[mode] = spread(seconds)
        updates = []
        for number in range(20):
            change = chunk_change(generator, words, number, version=2)
            updates.append(
                timed(
                    lambda change=change: (store.apply(DEFAULT_WORKSPACE, [change]), views.catch_up(DEFAULT_WORKSPACE))
                )
            )  # type: ignore[misc]
        store.close()
    return {
        "chunks": size, "apply_ms_per_chunk": round(1000 * applied / size, 3),
        "view_ms_per_chunk": round(1000 * built / size, 3), "update_of_one_chunk": spread(updates), "search": figures,
        "resident_mib": round(psutil.Process().memory_info().rss / 2**20),
    }  # fmt: skip


def chunk_change(generator: np.random.Generator, words: list[str], number: int, version: int = 1) -> GraphChange:
    picked = np.minimum(generator.zipf(1.25, 60), len(words)) - 1
    named = np.minimum(generator.zipf(1.3, 12) + generator.integers(0, 40, 12), 400_000)
    names = [f"Name{name} Of{name}" for name in dict.fromkeys([*named.tolist(), 500_000 + number])]
    text = " ".join([*(words[word] for word in picked), *names]) + "."
    title, document_id = f"Title {number}", f"d{number}"
    identity = chunk_id(document_id, title, (), text, 0)
    chunk = Chunk(
        id=identity, document_id=document_id, headings=(), text=text, sentences=(Span(start=0, end=len(text)),)
    )
    mentions = tuple(
        Mention(
            chunk_id=identity, entity_id=entity_id("b", name.lower()), sentence=0, start=0, end=1, name=name,
            key=name.lower(), type="name", is_name=True,
        )
        for name in names
    )  # fmt: skip
    document = Document(
        id=document_id, version=version, title=title, source="", media_type="text/plain", metadata={}, content_hash="",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    position = Position(chunk_id=identity, ordinal=0, start=0, end=len(text))
    return GraphChange(
        document=document, text=text, chunks=(chunk,), positions=(position,), vectors=unit(generator, 1),
        mentions=mentions, relations=(),
    )  # fmt: skip


def question_text(generator: np.random.Generator, words: list[str]) -> str:
    picked = np.minimum(generator.zipf(1.25, 8), len(words)) - 1
    name = int(generator.integers(20, 2_000))
    return "What of " + " ".join(words[word] for word in picked) + f" at Name{name} Of{name}?"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="multihop/musique")
    parser.add_argument("--synthetic", type=int, nargs="*", default=[])
    arguments = parser.parse_args()
    result = [synthetic(size) for size in arguments.synthetic] if arguments.synthetic else on_dataset(arguments.set)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

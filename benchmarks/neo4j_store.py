"""Compares Neo4j with SQLite on one data set, and runs two writers on the same entities. Prints JSON.

    python -m benchmarks.neo4j_store multihop/musique
    python -m benchmarks.neo4j_store --writers 300       # seconds

Our own time is the time of every step but embedding; for Neo4j, waiting for driver and server is left out.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.neo4j_for_benchmarks import Neo4jServer
from benchmarks.workbench import CachingEmbedder, IngestedCorpus, ingested, shared_data
from evals.dataset import Dataset, load_dataset
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.errors import QuipuError
from graph.identity import chunk_id, entity_id
from graph.model import DEFAULT_WORKSPACE, Chunk, Document, GraphChange, Mention, Position, Relation, Span
from graph.stores.neo4j.connection import Neo4jAddress
from graph.stores.neo4j.store import Neo4jGraphStore
from ingest.extraction.light_extractor import LightExtractor
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question

SHARED_ENTITIES = 200
TURNS = 10


class Waited:
    """The seconds that threads of this process spend waiting for driver and server."""

    def __init__(self, store: Neo4jGraphStore) -> None:
        self.seconds = 0.0
        inner: Any = store._database._call

        def timed(coroutine: Any) -> Any:
            started = time.perf_counter()
            try:
                return inner(coroutine)
            finally:
                self.seconds += time.perf_counter() - started

        store._database._call = timed  # type: ignore[method-assign]


def opened(server: Neo4jServer) -> Neo4jGraphStore:
    store = Neo4jGraphStore(Neo4jAddress(url=server.url, user=server.user, password=server.password))
    store.open("benchmark")
    return store


def side_by_side(dataset: Dataset, server: Neo4jServer) -> dict[str, object]:
    embedder = CachingEmbedder(SentenceEmbedder())
    store = opened(server)
    waited = Waited(store)
    processor = time.process_time()
    with ingested(dataset.corpus, LightExtractor(), embedder) as embedded:
        embedded_processor, processor = time.process_time() - processor, time.process_time()
        with ingested(dataset.corpus, LightExtractor(), embedder, store) as remote:
            remote_processor, waiting = time.process_time() - processor, waited.seconds
            own = {name: own_seconds(bench) for name, bench in (("sqlite", embedded), ("neo4j", remote))}
            hits = {name: searched(bench, dataset) for name, bench in (("sqlite", embedded), ("neo4j", remote))}
    same = sum(one == other for one, other in zip(hits["sqlite"][0], hits["neo4j"][0], strict=True))
    return {
        "dataset": dataset.name,
        "own_seconds": {"sqlite": own["sqlite"], "neo4j": round(own["neo4j"] - waiting, 2)},
        "ratio": round((own["neo4j"] - waiting) / own["sqlite"], 2),
        "neo4j_driver_and_server_seconds": round(waiting, 2),
        "processor_seconds_of_our_process": {
            "sqlite": round(embedded_processor, 2), "neo4j": round(remote_processor, 2)
        },
        "questions": len(hits["sqlite"][0]), "questions_with_the_same_hits": same,
        "search_ms_p50": {name: found[1] for name, found in hits.items()},
    }  # fmt: skip


def own_seconds(bench: IngestedCorpus) -> float:
    return round(sum(spent for step, spent in bench.seconds.items() if step != "embed"), 2)


def searched(bench: IngestedCorpus, dataset: Dataset) -> tuple[list[list[str]], float]:
    """The hits of every question in order, and the median time of the last turn, catching up included.

    The turns before let the server's own compiler finish: on two cores it competes with what is measured.
    """
    retriever = PassageRetriever(bench.embedder)
    found: list[list[str]] = []
    seconds: list[float] = []
    for _ in range(TURNS):
        found.clear()
        for query in dataset.queries:
            question = Question(text=query.text, workspace=DEFAULT_WORKSPACE, k=20)
            bench.embedder.embed_question(query.text)
            started = time.perf_counter()
            hits = retriever.search(retriever.read(question), bench.views.snapshot(DEFAULT_WORKSPACE))
            seconds.append(time.perf_counter() - started)
            found.append([hit.chunk_id for hit in hits])
    return found, round(1000 * median(seconds[-len(dataset.queries) :]), 2)


def two_writers(server: Neo4jServer, seconds: float) -> dict[str, object]:
    """Two writers replace documents that mention the same entities, as fast as they can."""
    store = opened(server)
    done, failed, taken = [0, 0], [], []

    def write(writer: int) -> None:
        generator = random.Random(writer)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            done[writer] += 1
            changes = [shared_change(writer, number, done[writer], generator) for number in range(5)]
            started = time.perf_counter()
            try:
                store.apply(DEFAULT_WORKSPACE, changes)
            except QuipuError as error:
                failed.append(str(error))
            taken.append(time.perf_counter() - started)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    revision = store.revision(DEFAULT_WORKSPACE)
    counts = store.counts(DEFAULT_WORKSPACE, revision)
    store.close()
    return {
        "seconds": seconds, "transactions": sum(done), "revisions": revision, "failed": len(failed),
        "first_failure": failed[:1], "transaction_ms_p50": round(1000 * median(taken), 1),
        "slowest_ms": round(1000 * max(taken)), "documents": counts.documents, "entities": counts.entities,
    }  # fmt: skip


def shared_change(writer: int, number: int, version: int, generator: random.Random) -> GraphChange:
    names = [f"Name{n}" for n in generator.sample(range(SHARED_ENTITIES), 40)]
    text, document_id = " ".join([*names, str(version)]), f"{writer}/{number}"
    identity = chunk_id(document_id, "T", (), text, 0)
    ids = [entity_id(DEFAULT_WORKSPACE, name.lower()) for name in names]
    now = datetime.now(UTC)
    mentions = tuple(
        Mention(
            chunk_id=identity, entity_id=node, sentence=0, start=0, end=1, name=name, key=name.lower(), type="name",
            is_name=True,
        )
        for name, node in zip(names, ids, strict=True)
    )  # fmt: skip
    relations = tuple(
        Relation(
            chunk_id=identity, source_id=one, target_id=other, predicate="with", start=0, end=1, extractor="none"
        )
        for one, other in pairwise(ids)
    )  # fmt: skip
    return GraphChange(
        document=Document(
            id=document_id, version=version, title="T", source="", media_type="text/plain", metadata={},
            content_hash=str(version), created_at=now, updated_at=now,
        ),
        text=text,
        chunks=(
            Chunk(id=identity, document_id=document_id, headings=(), text=text, sentences=(Span(start=0, end=9),)),
        ),
        positions=(Position(chunk_id=identity, ordinal=0, start=0, end=len(text)),),
        vectors=np.full((1, 384), 384**-0.5, dtype=np.float32), mentions=mentions, relations=relations,
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", nargs="?", default="multihop/musique")
    parser.add_argument("--writers", type=float, help="seconds for which two writers write instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        server = Neo4jServer(Path(folder)).start()
        try:
            if arguments.writers:
                result = two_writers(server, arguments.writers)
            else:
                result = side_by_side(load_dataset(shared_data() / arguments.set), server)
        finally:
            server.stop()
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

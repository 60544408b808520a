"""Measures what Quipu promises about changes. Prints JSON.

python -m benchmarks.freshness mixed --reads 10000 --replacements 300    # and with a build that is broken on purpose
python -m benchmarks.freshness update --sizes 1000 10000 100000          # one sentence of a document replaced
python -m benchmarks.freshness replay --set freshness/eol --days 8       # a timeline over a Neo4j of its own
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from api.cli.context import own_service
from api.client import Quipu
from api.outbound.living_service import RestLivingService
from api.settings import Settings
from benchmarks.neo4j_for_benchmarks import Neo4jServer
from benchmarks.search_latency import RandomVectors, chunk_change
from benchmarks.workbench import shared_data
from evals.freshness.model import FreshnessPlan
from evals.freshness.replay import FreshnessRun
from evals.freshness.report import figures_of
from evals.freshness.timeline import load_timeline
from graph.model import DEFAULT_WORKSPACE as W
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view.knowledge_view import KnowledgeViews
from graph.view.snapshot import StoredSnapshot
from ingest.blobs.folder import FolderBlobStore
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.transcribing import BlindTranscriber
from ingest.loaders.loading import Loading
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Upload
from ingest.outcomes import IngestReport
from ingest.pipeline import Extractors, IngestPipeline
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question


class Bench:
    """A store, its view and the real ingestion, with vectors that cost nothing: only our own time is measured."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteGraphStore(folder / "graph.sqlite")
        self.blobs, self.parser = FolderBlobStore(folder / "blobs"), ParserProcess()
        self.embedder = RandomVectors(np.random.default_rng(1))
        self.pipeline = IngestPipeline(
            blobs=self.blobs, loader=Loading(self.parser),
            extractors=Extractors(chunks=LightExtractor(), pictures=BlindTranscriber()),
            embedder=self.embedder, reader=self.store, writer=self.store,
        )  # fmt: skip
        self.views = KnowledgeViews(self.store)
        self.retriever = PassageRetriever(self.embedder)
        self._versions: dict[str, int] = {}

    def put(self, document_id: str, text: str, title: str) -> IngestReport:
        self._versions[document_id] = version = self._versions.get(document_id, 0) + 1
        now = datetime.now(UTC)
        upload = Upload(
            workspace=W, document_id=document_id, version=version, title=title, source=document_id,
            media_type="text/plain", metadata={"n": title}, content_hash=self.blobs.put(text.encode()), created_at=now,
            updated_at=now,
        )  # fmt: skip
        report = self.pipeline.run([upload], lambda *_: True)[0]
        assert isinstance(report, IngestReport), report
        self.views.catch_up(W)
        return report


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        made = Bench(Path(folder))
        yield made
        made.parser.close()
        made.store.close()


def mixed(reads: int, replacements: int, readers: int = 4) -> dict[str, object]:
    """Count mixed reads. Each version has its number in text, title, metadata and graph; a mixed read has two."""
    with bench() as made:
        made.put("a", "Gate 0 of Varnholt.", "Gate 0")
        done, wrong, stop = [0], [0], threading.Event()

        def read() -> None:
            question = Question(text="Gate of Varnholt", workspace=W, mode="keyword")
            while not stop.is_set():
                snapshot = made.views.snapshot(W)
                hits = made.retriever.search(made.retriever.read(question), snapshot)
                rows = [row for hit in hits if (row := snapshot.row(hit.chunk_id)) is not None]
                placed = snapshot.chunks(rows)
                numbers = {(item.chunk.text.split()[1], item.document.title) for item in placed.values()}
                listed = made.store.document(W, "a", snapshot.revision)
                numbers.add((listed.title.split()[1], str(listed.metadata["n"])))
                wrong[0] += len({part.split()[-1] for pair in numbers for part in pair}) != 1 or len(placed) != 1
                done[0] += 1

        threads = [threading.Thread(target=read) for _ in range(readers)]
        for thread in threads:
            thread.start()
        number = 0
        while number < replacements or done[0] < reads:
            number += 1
            made.put("a", f"Gate {number} of Varnholt.", f"Gate {number}")
        stop.set()
        for thread in threads:
            thread.join()
    return {"reads": done[0], "replacements": number, "mixed": wrong[0]}


@contextmanager
def broken() -> Iterator[None]:
    """Break snapshots on purpose: they return the text of the newest revision instead of their own."""
    sound = StoredSnapshot.chunks

    def latest(self: Any, rows: Any) -> Any:
        placed = self._reader.chunks(W, [self.chunk_id(row) for row in rows], self._reader.revision(W))
        by_id = {item.chunk.id: item for item in placed}
        return {row: by_id[self.chunk_id(row)] for row in rows if self.chunk_id(row) in by_id}

    StoredSnapshot.chunks = latest  # type: ignore[method-assign]
    try:
        yield
    finally:
        StoredSnapshot.chunks = sound  # type: ignore[method-assign]


def update(size: int, times: int = 20) -> dict[str, object]:
    """Our own time from a changed sentence to a view that shows it: everything but the time to embed it."""
    words = [f"w{number}" for number in range(60_000)]
    generator = np.random.default_rng(1)
    with bench() as made:
        for start in range(0, size, 256):
            made.store.apply(W, [chunk_change(generator, words, n) for n in range(start, min(start + 256, size))])
        text = " ".join(
            f"Person{n} of Town{n % 50} built the gate number {n} in the year {1500 + n}." for n in range(200)
        )
        made.put("long", text, "The Gates")
        seconds, read = [], []
        for turn in range(times):
            changed = text.replace("gate number 100 ", f"bridge number {turn} ")
            started = time.perf_counter()
            report = made.put("long", changed, "The Gates")
            seconds.append(time.perf_counter() - started)
            read.append(report.chunks - report.chunks_reused)
    return {
        "chunks": size, "chunks_of_the_document": report.chunks, "own_ms_p50": round(1000 * median(seconds), 1),
        "own_ms_max": round(1000 * max(seconds), 1), "chunks_read_again_at_most": max(read),
    }  # fmt: skip


def replay(name: str, days: int | None, statements: int) -> dict[str, object]:
    """Run ``quipu eval freshness`` over Neo4j."""
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        server = Neo4jServer(Path(folder) / "neo4j").start()
        given = {key.removeprefix("QUIPU_").lower(): value for key, value in server.settings().items()}
        settings = Settings.model_validate({"data_dir": Path(folder) / "data", **given})
        plan = FreshnessPlan(media_type="text/plain", days=days, questions=None, statements=statements, seed=0)
        with own_service(settings) as client, Quipu(client.url, key=client.key) as quipu:
            timeline = load_timeline(shared_data() / name)
            result = FreshnessRun(timeline, plan, RestLivingService(quipu)).run(lambda *_: None)
            sound = quipu.verify_knowledge().sound
        server.stop()
    return {"graph": "neo4j", **figures_of(result), "verified": sound}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["mixed", "update", "replay"])
    parser.add_argument("--reads", type=int, default=10_000)
    parser.add_argument("--replacements", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--set", default="freshness/eol")
    parser.add_argument("--days", type=int)
    parser.add_argument("--statements", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.what == "replay":
        print(json.dumps(replay(arguments.set, arguments.days, arguments.statements), indent=2))
        return
    if arguments.what == "update":
        print(json.dumps([update(size) for size in arguments.sizes], indent=2))
        return
    result = {"sound": mixed(arguments.reads, arguments.replacements)}
    with broken():
        result["broken on purpose"] = mixed(arguments.reads // 20, arguments.replacements // 5)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

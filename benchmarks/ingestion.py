"""Measures ingestion through REST, and in the same run the bare embedder on the same texts. Prints JSON.

    python -m benchmarks.ingestion multihop/musique

Each request uploads one document, as a user's script would do; questions are asked meanwhile.
"""

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import httpx
import psutil

from api.server import running
from api.settings import Settings
from benchmarks.workbench import ingested, shared_data
from evals.dataset import Dataset, load_dataset
from graph.embedders.sentence_embedder import SentenceEmbedder
from ingest.extraction.light_extractor import LightExtractor


class _Zeros:
    """Stands in for the embedder where only our own time is measured."""

    def __init__(self, inner: SentenceEmbedder) -> None:
        import numpy as np

        self.identity, self.dimension = "zeros", inner.dimension
        self._np = np

    def embed_passages(self, texts):  # type: ignore[no-untyped-def]
        return self._np.full((len(texts), self.dimension), self.dimension**-0.5, dtype=self._np.float32)

    def embed_question(self, text):  # type: ignore[no-untyped-def]
        return self.embed_passages([text])[0]

    def reads(self, text: str) -> bool:
        return bool(text)


def bare_seconds(embedder: SentenceEmbedder, texts: list[str]) -> float:
    """Seconds that the model alone takes, in batches of 64."""
    model = embedder.load()
    model.encode(texts[:64], batch_size=64, show_progress_bar=False)
    started = time.perf_counter()
    model.encode(texts, batch_size=64, show_progress_bar=False)
    return time.perf_counter() - started


def through_rest(dataset: Dataset) -> dict[str, object]:
    """Seconds from the first request until the last document can be read, and figures of the questions meanwhile."""
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        from api.server import free_port

        settings = Settings(data_dir=Path(folder), port=free_port())
        with running(settings) as url, httpx.Client(base_url=url, timeout=120, trust_env=False) as http:
            latencies: list[float] = []
            stop = threading.Event()
            asker = threading.Thread(target=_ask_meanwhile, args=(url, dataset, latencies, stop))
            started = time.perf_counter()
            asker.start()
            for document in dataset.corpus:
                body = {"documents": [{"id": document.id, "title": document.title, "text": document.text}]}
                http.post("/v1/documents", json=body).raise_for_status()
            acknowledged = time.perf_counter() - started
            while (
                http.get("/v1/jobs", params={"state": "queued", "limit": 1}).json()["jobs"]
                or http.get("/v1/jobs", params={"state": "running", "limit": 1}).json()["jobs"]
            ):
                time.sleep(0.1)
            seconds = time.perf_counter() - started
            stop.set()
            asker.join()
            counts = http.get("/readyz").json()["counts"]
            failed = len(http.get("/v1/jobs", params={"state": "failed", "limit": 1000}).json()["jobs"])
    return {
        "seconds": round(seconds, 2), "acknowledged_seconds": round(acknowledged, 2), "counts": counts,
        "failed": failed, "questions_meanwhile": len(latencies),
        "question_ms_p50_meanwhile": round(1000 * median(latencies), 1) if latencies else None,
        "resident_mib": round(psutil.Process().memory_info().rss / 2**20),
    }  # fmt: skip


def _ask_meanwhile(url: str, dataset: Dataset, latencies: list[float], stop: threading.Event) -> None:
    """Ask one question every two seconds, so that questions are seen to be answered but take little of the time."""
    with httpx.Client(base_url=url, timeout=120, trust_env=False) as http:
        for query in dataset.queries * 100:
            if stop.wait(2.0):
                return
            started = time.perf_counter()
            http.post("/v1/ask", json={"question": query.text}).raise_for_status()
            latencies.append(time.perf_counter() - started)


def own_time(dataset: Dataset, embedder: SentenceEmbedder) -> dict[str, object]:
    """Milliseconds per chunk of every step but embedding, and of bringing the view up to date."""
    with ingested(dataset.corpus, LightExtractor(), _Zeros(embedder)) as bench:  # type: ignore[arg-type]
        started = time.perf_counter()
        size = bench.views.snapshot("default").size
        view = time.perf_counter() - started
        steps = {step: round(1000 * spent / size, 3) for step, spent in bench.seconds.items() if step != "embed"}
        steps["view"] = round(1000 * view / size, 3)
        return {"chunks": size, "ms_per_chunk": steps, "total_ms_per_chunk": round(sum(steps.values()), 3)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", nargs="?", default="multihop/musique")
    arguments = parser.parse_args()
    folder = Path(arguments.set)
    dataset = load_dataset(folder if folder.is_dir() else shared_data() / arguments.set)
    embedder = SentenceEmbedder()
    texts = [f"{document.title}\n{document.text}" for document in dataset.corpus]
    own = own_time(dataset, embedder)
    bare = bare_seconds(embedder, texts)
    rest = through_rest(dataset)
    ratio = round(float(str(rest["seconds"])) / bare, 3)
    result = {"dataset": dataset.name, "documents": len(texts), "bare_embedder_seconds": round(bare, 2), "rest": rest,
              "ratio": ratio, "own_time": own}  # fmt: skip
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

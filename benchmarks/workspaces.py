"""Memory and times of many small workspaces in one process, and claims beside a long queue. Prints JSON.

python -m benchmarks.workspaces --workspaces 1000 --passages 20 --queued 10000
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np
import psutil

from benchmarks.search_latency import chunk_change, timed
from graph.jobs import NewJob
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.stores.sqlite.store import SqliteGraphStore
from graph.view import resident
from graph.view.knowledge_view import KnowledgeViews


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=1000)
    parser.add_argument("--passages", type=int, default=20)
    parser.add_argument("--queued", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as folder:
        found = {
            "views": views(Path(folder), arguments.workspaces, arguments.passages),
            "queue": queue(Path(folder), arguments.workspaces, arguments.queued),
        }
    print(json.dumps(found, indent=2))


def views(folder: Path, count: int, passages: int) -> dict[str, object]:
    """Ask in every workspace, once with every view kept and once as the service keeps them."""
    generator = np.random.default_rng(1)
    words = [f"w{number}" for number in range(60_000)]
    store = SqliteGraphStore(folder / "graph.sqlite")
    names = [f"w{number}" for number in range(count)]
    for name in names:
        store.apply(name, [chunk_change(generator, words, number) for number in range(passages)])
    views = KnowledgeViews(store)
    views.catch_up(names[0])
    before = rss()
    opened = [timed(lambda name=name: views.catch_up(name)) for name in names]  # type: ignore[misc]
    kept = rss()
    again = [timed(lambda name=name: views.catch_up(name)) for name in names[-50:]]  # type: ignore[misc]
    with patch.object(resident, "MOST", count + 1):
        everything = KnowledgeViews(store)
        for name in names:
            everything.catch_up(name)
        all_of_them = rss()
    store.close()
    return {
        "workspaces": count, "passages_each": passages, "mib_before": before, "mib_as_kept": kept,
        "views_kept": resident.MOST, "mib_if_none_left": all_of_them,
        "ms_to_come_back": round(1000 * median(opened), 2), "ms_in_memory": round(1000 * median(again), 3),
    }  # fmt: skip


def queue(folder: Path, count: int, queued: int) -> dict[str, object]:
    """One workspace with a long queue, then one job of each other: when these are handed out, and how fast."""
    database = OperationsDatabase(folder / "operations.sqlite")
    jobs = SqliteJobQueue(database)
    jobs.submit([NewJob(workspace="busy", kind="ingest", document_id=str(n), version=1) for n in range(queued)])
    jobs.submit([NewJob(workspace=f"w{n}", kind="ingest", document_id="a", version=1) for n in range(count)])
    seconds, busy, small = [], 0, 0
    while small < count:
        started = time.perf_counter()
        claimed = jobs.claim("ingest", 16, 600)
        seconds.append(time.perf_counter() - started)
        busy += claimed[0].workspace == "busy"
        small += claimed[0].workspace != "busy"
    database.close()
    return {
        "queued_by_one": queued, "others": count, "claims": len(seconds), "of_them_by_the_one": busy,
        "ms_median": round(1000 * median(seconds), 2), "ms_most": round(1000 * max(seconds), 2),
    }  # fmt: skip


def rss() -> float:
    """Resident memory of this process, in MiB."""
    return round(psutil.Process().memory_info().rss / 2**20, 1)


if __name__ == "__main__":
    main()

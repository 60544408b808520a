"""Measures what the embedders that packages carry cost, side by side in one run: time and memory. Prints JSON.

python -m benchmarks.embedders multihop/musique chinese/cmrc --passages 50

Each passage and question is embedded by one embedder and then by the other, so that other work on the machine meets
both. ``cpu`` counts the processor time of all threads; where little else runs, ``wall`` is what a person waits.
Memory is that of a process of its own which has embedded ten passages.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil

from benchmarks.workbench import shared_data
from evals.dataset import load_dataset
from graph.embedders.choosing import build_embedder

NAMES = ("minilm", "e5")
MIB = 2**20


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def speed(texts: list[str], embed: dict[str, Callable[[str], object]]) -> dict[str, object]:
    """Medians in ms, and how many times the first one's the others' are: the median of what each text says."""
    seconds = {name: [] for name in embed}  # type: dict[str, list[tuple[float, float]]]
    for text in texts:
        for name, one in embed.items():
            seconds[name].append(timed(lambda one=one, text=text: one(text)))  # type: ignore[misc]
    found: dict[str, object] = {}
    for place, kind in enumerate(("wall", "cpu")):
        spent = {name: [each[place] for each in rows] for name, rows in seconds.items()}
        first = spent[NAMES[0]]
        for name, rows in spent.items():
            found[f"{name} {kind} ms"] = round(1000 * median(rows), 1)
            found[f"{name} {kind} ratio"] = round(median(one / two for one, two in zip(rows, first, strict=True)), 2)
    return found


def memory(name: str) -> dict[str, float]:
    """Resident MiB before and after, and seconds from nothing to ten passages."""
    process = psutil.Process()
    before, started = process.memory_info().rss, time.perf_counter()
    embedder = build_embedder(name)  # held, or its memory is given back before it is counted
    embedder.embed_passages([f"Passage {number} about the harbour of Orm." for number in range(10)])
    return {
        "seconds until ten are embedded": round(time.perf_counter() - started, 2),
        "MiB": round((process.memory_info().rss - before) / MIB),
    }


def apart(name: str) -> object:
    """:func:`memory` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.embedders", "--memory", name]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="folders, or names below QUIPU_SHARED_DATA")
    parser.add_argument("--passages", type=int, default=50, help="so many of each set, and so many questions")
    parser.add_argument("--memory", choices=NAMES, help="of this one alone, in this process")
    arguments = parser.parse_args()
    if arguments.memory:
        print(json.dumps(memory(arguments.memory)))
        return
    both = {name: build_embedder(name) for name in NAMES}
    results: dict[str, object] = {"memory": {name: apart(name) for name in NAMES}}
    for embedder in both.values():
        embedder.embed_passages(["warm"])
    for name in arguments.sets:
        dataset = load_dataset(Path(name) if Path(name).is_dir() else shared_data() / name)
        passages = [f"{document.title}\n{document.text}" for document in dataset.corpus[: arguments.passages]]
        questions = [query.text for query in dataset.queries[: arguments.passages]]
        results[name] = {
            "passages": speed(passages, {n: lambda text, e=e: e.embed_passages([text]) for n, e in both.items()}),
            "questions": speed(questions, {n: e.embed_question for n, e in both.items()}),
        }
    settings = {"load average": psutil.getloadavg(), "passages": arguments.passages}
    print(json.dumps({"settings": settings, "results": results}, indent=2))


if __name__ == "__main__":
    main()

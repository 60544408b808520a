"""How long the page waits for each of its views over a large base. Prints JSON.

The base goes through the service's own intake and workers; only vectors are drawn by lot, for embedding takes an hour.

python -m benchmarks.views --documents 10000 --data /tmp/large    # the folder is made once, and measured again as often
"""

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
import psutil

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from service_process import ServiceProcess

from api.bootstrap import build_service
from api.settings import Settings
from graph.audience import UNRESTRICTED
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.model import DEFAULT_WORKSPACE as W
from graph.model import FloatArray
from ingest.model import NewDocument, Source

AT_ONCE = 200
ROUNDS = 5
ENOUGH_SECONDS = 0.5
SYLLABLES = ("ba", "del", "fo", "gim", "hu", "jar", "ke", "lon", "mi", "nor", "pu", "qua", "ri", "sel", "to", "vun")
KINDS = ("Foundry", "Library", "Observatory", "Academy", "Mill", "Theatre", "Harbour", "Museum")
FIRST = ("Ada", "Bruno", "Cora", "Dario", "Edda", "Falk", "Gesa", "Hugo")
BUILT = "built"
HUB = "Ministry of Tormund"


def name(number: int) -> str:
    """A name that stands for a number."""
    found = ""
    for _ in range(5):
        number, place = divmod(number, len(SYLLABLES))
        found += SYLLABLES[place]
    return found.capitalize()


def text_of(number: int, version: int = 1) -> str:
    """A document that names ten things of its own, and two that every document names."""
    own = [name(10 * number + place) for place in range(10)]
    people = [f"{FIRST[place % len(FIRST)]} {own[place]}" for place in range(5)]
    houses = [f"{own[place]} {KINDS[(number + place) % len(KINDS)]}" for place in range(5, 10)]
    lines = [
        f"{people[0]} founded {houses[0]} in {1800 + (number + version) % 200}.",
        f"{houses[0]} was designed by {people[1]}.",
        f"{people[2]} directed {houses[1]} for {version + 3} years.",
        f"{houses[2]} belongs to the {HUB}.",
        f"{people[3]} was born in {houses[3]} and married {people[4]}.",
        f"{houses[4]} ({houses[4].upper()[:3]}{number % 10}) stands beside {houses[1]}.",
        f"{people[number % 5]} works for the {HUB}.",
    ]
    return " ".join(lines)


def drawn(_: SentenceEmbedder, texts: Sequence[str]) -> FloatArray:
    """Vectors of the embedder's width, by lot."""
    found = np.random.default_rng(len(texts)).standard_normal((len(texts), 384), dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def document(number: int, version: int) -> NewDocument:
    """One document of the base."""
    document_id = f"shelf-{number % 40:02d}/document-{number:05d}"
    return NewDocument(
        source=Source(name=document_id, media_type="text/plain", data=text_of(number, version).encode()),
        document_id=document_id, title=f"{name(10 * number)} and its houses",
        metadata={"shelf": number % 40, "year": 1900 + number % 120},
    )  # fmt: skip


def build(folder: Path, documents: int) -> None:
    """Fill a base, then replace every twentieth document; goes on where it was cut off."""
    with patch.object(SentenceEmbedder, "embed_passages", drawn):
        service = build_service(Settings(data_dir=folder, reserve_mib=1, check_hours=0))
        service.start()
        for version, chosen in ((1, range(documents)), (2, range(0, documents, 20))):
            newest = service.graph.revision(W)
            numbers = iter(chosen if newest < sum((documents, documents // 20)[:version]) else ())
            while part := list(itertools.islice(numbers, AT_ONCE)):
                given = [document(number, version) for number in part]
                service.cases.intake.accept(W, given, audience=UNRESTRICTED)
            while waiting := service.jobs_waiting():
                print(json.dumps({"version": version, "waiting": waiting}), file=sys.stderr, flush=True)
                time.sleep(5)
        service.stop()
    (folder / BUILT).touch()


def routes(service: ServiceProcess) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What each view asks for: a word on it, the address, the query."""
    newest = service.read("/readyz")["revision"]
    entities = service.read("/v1/graph/entities", params={"query": "foundry", "limit": 5})["entities"]
    hub = service.read("/v1/graph/entities", params={"query": HUB.lower(), "limit": 1})["entities"][0]["id"]
    document = "shelf-00%2Fdocument-00040"
    yield "documents", "/v1/documents", {"limit": 100}
    yield "documents, late page", "/v1/documents", {"limit": 100, "cursor": "shelf-38/"}
    yield "documents, filter", "/v1/documents", {"limit": 100, "filters": '{"year": 1950}'}
    yield "documents, rare filter", "/v1/documents", {"limit": 100, "filters": '{"year": 1950, "shelf": 30}'}
    for words in ("tormund", "houses 00040", "nothing of that name"):
        yield f"documents, words {words!r}", "/v1/documents", {"limit": 100, "q": words}
    yield "documents, past", "/v1/documents", {"limit": 100, "as_of": str(newest // 2)}
    yield "document", f"/v1/documents/{document}", {}
    yield "document, versions", f"/v1/documents/{document}/versions", {}
    yield "document, chunks", f"/v1/documents/{document}/chunks", {}
    for query in ("", "foundry", "a", "ministry", "badel", "nothing of that name"):
        yield f"entities {query!r}", "/v1/graph/entities", {"query": query, "limit": 20}
    yield "entities, past", "/v1/graph/entities", {"query": "foundry", "as_of": str(newest // 2)}
    for label, entity in (("entity", entities[0]["id"]), ("entity, hub", hub)):
        yield label, f"/v1/graph/entities/{entity}", {}
        for depth in (1, 2, 3):
            yield (
                f"neighbourhood of {label}, {depth}", "/v1/graph/neighbourhood", {"entity_id": entity, "depth": depth},
            )  # fmt: skip
    yield "neighbourhood, past", "/v1/graph/neighbourhood", {"entity_id": hub, "as_of": str(newest // 2)}
    yield "merges", "/v1/graph/merges", {"limit": 100}
    yield "changes, last", "/v1/changes", {"since": str(newest - 1)}
    added = newest * 9 // 10
    yield "changes, an addition", "/v1/changes", {"since": str(added - 1), "until": str(added)}
    yield "changes, all", "/v1/changes", {"since": "0"}
    yield "changes, half", "/v1/changes", {"since": str(newest // 2)}
    for kind in ("documents", "entities", "relations"):
        yield f"changes, all, {kind}", "/v1/changes", {"since": "0", "kind": kind, "limit": 100}
    yield "jobs", "/v1/jobs", {"limit": 100}
    yield "jobs, failed", "/v1/jobs", {"limit": 100, "state": "failed"}
    yield "readiness", "/readyz", {}
    yield "workspaces", "/v1/workspaces", {}
    yield "workspace", "/v1/workspaces/default", {}
    yield "watches", "/v1/watches", {}
    yield "keys", "/v1/keys", {}
    yield "quota", "/v1/quota", {}
    yield "audit", "/v1/audit", {"limit": 100}
    yield "settings", "/v1/config", {}


def measure(service: ServiceProcess) -> dict[str, Any]:
    """Seconds of each route: the first time, the median of the next ones, and the processor's for one of all."""
    work = psutil.Process(service.pid).cpu_times
    ready = service.read("/readyz")
    found: dict[str, dict[str, Any]] = {}
    for label, path, query in routes(service):
        took, before = [], sum(work()[:2])
        for _ in range(ROUNDS):
            started = time.perf_counter()
            answer = service.http.get(path, params=query)
            took.append(time.perf_counter() - started)
        found[label] = {
            "status": answer.status_code, "first": round(took[0], 3), "median": round(median(took[1:]), 3),
            "cpu": round((sum(work()[:2]) - before) / ROUNDS, 3), "kib": round(len(answer.content) / 1024, 1),
        }  # fmt: skip
    slow = sorted(label for label, one in found.items() if max(one["first"], one["median"]) > ENOUGH_SECONDS)
    return {"counts": ready["counts"], "revision": ready["revision"], "slow": slow, "routes": found}


def main() -> None:
    """Build the base unless it is there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--data", type=Path, help="the folder to keep the base in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as scratch:
        folder: Path = given.data or Path(scratch) / "data"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / BUILT).exists():
            build(folder, given.documents)
        with ServiceProcess(folder, QUIPU_CHECK_HOURS="0").start() as service:
            print(json.dumps(measure(service), indent=2))


if __name__ == "__main__":
    main()

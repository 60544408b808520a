"""Kills a real service at random moments of writes, replacements, deletions, purges and reads, and looks, with the book
of an independent client, for documents that are lost, half there, doubled, or found after their deletion. Prints JSON.

python -m benchmarks.kill_campaign --kills 30
python -m benchmarks.kill_campaign --kills 500 --parallel 2                  # services side by side
python -m benchmarks.kill_campaign --kills 20 --graph neo4j                  # over a Neo4j of its own
python -m benchmarks.kill_campaign --kills 20 --graph neo4j --victim neo4j   # the Neo4j is killed, not Quipu

After each tenth kill `quipu verify` must be sound, and no byte of the data folder holds what was purged.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from service_process import QUICK
from warm_process import Forking, WarmProcess

from api.server import free_port
from benchmarks.kill_history import GONE, Book, Findings, History, Inspector, purged_words
from benchmarks.neo4j_for_benchmarks import Neo4jServer

ROOT = Path(__file__).parents[1]
EMBEDDERS = {"hashed": QUICK, "minilm": {"QUIPU_EMBEDDER": "minilm"}}
"""Settings by name. Hashed words in place of a model: a kill and a start then take seconds, and not half a minute."""
WRITERS = 3
MOST_SECONDS = 3.0
"""Longest time from the first request of a round to the kill."""
DRAIN_SECONDS = 300.0
LOOKED_AT = 5
"""Documents that nothing was done to in a round and that are looked at all the same."""


class Victim:
    """``quipu serve`` over one data folder, started again after each kill."""

    def __init__(self, folder: Path, settings: dict[str, str], forking: Forking) -> None:
        self.data = folder / "data"
        self._log = folder / "log"
        self._settings = settings
        self._forking = forking
        self._process: WarmProcess | None = None
        self.http = httpx.Client(timeout=120, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    def start(self) -> None:
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIPU_")}
        env = {**kept, "QUIPU_DATA_DIR": str(self.data), "QUIPU_PORT": str(port), **self._settings}
        with self._log.open("ab") as log:
            handle = log.fileno()
            self._process = self._forking.start(["serve"], env=env, cwd=self.data.parent, stdout=handle, stderr=handle)
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while not self.ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"not ready: {self._log.read_text()[-3000:]}")
            time.sleep(0.1)

    def drain(self) -> None:
        """Wait until every job has ended."""
        deadline = time.monotonic() + DRAIN_SECONDS
        self.wait_until_ready()
        while self._open_jobs():
            if time.monotonic() > deadline:
                raise SystemExit(f"jobs do not end: {self._log.read_text()[-3000:]}")
            time.sleep(0.1)

    def failed_jobs(self) -> list[str]:
        jobs = self.http.get("/v1/jobs", params={"state": "failed", "limit": 1000}).json()["jobs"]
        return [f"{job['document_id']}: {job['error']['code']} {job['error']['detail']}" for job in jobs]

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ready(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def _open_jobs(self) -> bool:
        states = ("queued", "running", "waiting")
        return any(self.http.get("/v1/jobs", params={"state": s, "limit": 1}).json()["jobs"] for s in states)


class Client:
    """One thread that writes, replaces, deletes, purges and reads documents of its own until the service is killed."""

    def __init__(self, victim: Victim, book: Book, findings: Findings, seed: int) -> None:
        self._http = victim.http
        self._book = book
        self._note = findings.note
        self._inspector = Inspector(victim.http, book, findings)
        self._draw = random.Random(seed)
        self._own: list[History] = []
        self._unnamed = ""

    def run(self, deadline: float) -> None:
        try:
            if self._unnamed:
                self._send_unnamed()
            while time.monotonic() < deadline:
                self._step()
        except httpx.TransportError:
            return  # killed, and the operation in hand was noted before it was sent

    def _step(self) -> None:
        draw = self._draw.random()
        live = [one for one in self._own if one.possible != {GONE}]
        if draw < 0.05:
            self._unnamed = self._book.text()
            self._book.unnamed.append(self._unnamed)
            self._send_unnamed()
        elif draw < 0.20 or not live:
            one = self._book.new()
            self._own.append(one)
            self._put(one)
        elif draw < 0.55:
            self._put(self._draw.choice(self._own))
        elif draw < 0.85:
            self._delete(self._draw.choice(live), purge=self._draw.random() < 0.5)
        else:
            self._inspector.deletions([one for one in self._own if one.possible == {GONE}][-3:])
            self._book.count("read")

    def _put(self, one: History) -> None:
        text, before = self._book.text(one.id), set(one.possible)
        one.cut_off(text)
        answer = self._http.put(f"/v1/documents/{one.id}", json={"documents": [{"text": text}]})
        if answer.status_code == 202:
            self._book.count("write" if before == {GONE} else "replacement")
            one.possible = before
            one.acknowledged(text, answer.json()["documents"][0]["version"])
        else:
            self._note("refused", f"put {one.id}: {answer.status_code} {answer.text[:200]}")

    def _delete(self, one: History, *, purge: bool) -> None:
        may_be_gone = GONE in one.possible
        one.cut_off(GONE)
        answer = self._http.delete(f"/v1/documents/{one.id}", params={"purge": str(purge).lower()})
        if answer.status_code == 200:
            self._book.count("purge" if purge else "deletion")
            known = one.purge_acknowledged if purge else lambda version: one.acknowledged(GONE, version)
            known(answer.json()["version"])
        elif answer.status_code != 404 or not may_be_gone:
            self._note("refused", f"delete {one.id}: {answer.status_code} {answer.text[:200]}")

    def _send_unnamed(self) -> None:
        """A document that the service names: sent again until it is acknowledged, it must be there once."""
        answer = self._http.post("/v1/documents", json={"documents": [{"text": self._unnamed}]})
        if answer.status_code == 202:
            entry = answer.json()["documents"][0]
            one = History(id=entry["id"])
            self._own.append(one)
            self._book.documents[one.id] = one
            one.acknowledged(self._unnamed, entry["version"])
            self._book.count("unnamed write")
            self._unnamed = ""
        else:
            self._note("refused", f"post: {answer.status_code} {answer.text[:200]}")


@dataclass(kw_only=True)
class Plan:
    """What one service goes through. ``number`` tells services that run side by side apart."""

    kills: int
    seed: int
    graph: str
    victim: str
    embedder: str
    number: int = 0


def campaign(plan: Plan) -> dict[str, Any]:
    """Rounds of work, a kill, a start, and a look; every tenth time at everything."""
    draw, book, findings = random.Random(plan.seed), Book(plan.seed), Findings()
    started, kills, sound = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="quipu-kill-") as folder:
        server = Neo4jServer(Path(folder) / "neo4j").start() if plan.graph == "neo4j" else None
        forking = Forking([ROOT])
        settings = {**EMBEDDERS[plan.embedder], **(server.settings() if server else {})}
        victim = Victim(Path(folder), settings, forking)
        victim.start()
        clients = [Client(victim, book, findings, plan.seed * 100 + number) for number in range(WRITERS)]
        inspector = Inspector(victim.http, book, findings)
        for kills in range(1, plan.kills + 1):
            one_round(victim, server if plan.victim == "neo4j" else None, clients, draw)
            deleted = [one for one in book.documents.values() if one.possible == {GONE} and not one.settled]
            inspector.deletions(deleted)
            if draw.random() < 0.3 and kills % 10 and kills < plan.kills:
                continue  # the next kill meets jobs that this one left
            victim.drain()
            whole = kills % 10 == 0 or kills == plan.kills
            inspector.everything(*due(book, draw, whole=whole))
            if whole:
                sound += verified(victim, book, findings)
                tell(plan, kills, book, findings)
        victim.kill()
        forking.end()
        if server:
            server.stop()
    return {
        "kills": kills, "documents": len(book.documents), "operations": dict(book.operations),
        "verify_sound": sound, "found": dict(findings.counts), "examples": findings.examples,
        "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def one_round(victim: Victim, server: Neo4jServer | None, clients: list[Client], draw: random.Random) -> None:
    """Work until the kill, which comes at a random moment, and a new start."""
    length = draw.random() * MOST_SECONDS
    threads = [threading.Thread(target=one.run, args=(time.monotonic() + length + 1.0,)) for one in clients]
    for thread in threads:
        thread.start()
    time.sleep(length)
    if server is not None:
        server.kill()
    else:
        victim.kill()
    for thread in threads:
        thread.join()
    if server is not None:
        server.start()
        victim.wait_until_ready()
    else:
        victim.start()


def due(book: Book, draw: random.Random, *, whole: bool) -> tuple[list[History], Callable[[History], bool]]:
    """What has to be looked at, and which of it is asked for: what is not settled, and some of the rest.

    The content of all is looked at after each tenth kill.
    """
    settled = [one for one in book.documents.values() if one.settled]
    some = draw.sample(settled, min(LOOKED_AT, len(settled)))
    asked = {one.id for one in book.documents.values() if not one.settled} | {one.id for one in some}
    found = [one for one in book.documents.values() if whole or one.id in asked]
    return found, lambda one: one.id in asked


def verified(victim: Victim, book: Book, findings: Findings) -> bool:
    """Whether ``verify`` is sound, no job failed, and no purged word is left in the data folder."""
    answer = victim.http.post("/v1/verify", json={}, timeout=600).json()
    for one in answer["checks"]:
        if one["wrong"]:
            findings.note("verify", f"{one['name']}: {one['problems'][:3]}")
    for job in victim.failed_jobs():
        findings.note("failed jobs", job)
    words = [word.encode() for word in purged_words(book)]
    for path in victim.data.rglob("*"):
        if path.is_file() and words:
            data = path.read_bytes()
            for word in words:
                if word in data:
                    findings.note("found after deletion", f"{word.decode()} was purged, and stands in {path.name}")
    return bool(answer["sound"])


def tell(plan: Plan, kills: int, book: Book, findings: Findings) -> None:
    state = {"service": plan.number, "kills": kills, "documents": len(book.documents), "found": findings.counts,
             "examples": findings.examples}  # fmt: skip
    print(json.dumps(state), file=sys.stderr, flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=1, help="services side by side, which share the kills")
    parser.add_argument("--graph", choices=["sqlite", "neo4j"], default="sqlite")
    parser.add_argument("--victim", choices=["quipu", "neo4j"], default="quipu")
    parser.add_argument("--embedder", choices=sorted(EMBEDDERS), default="hashed")
    given = parser.parse_args()
    plans = [
        Plan(
            kills=given.kills // given.parallel + (number < given.kills % given.parallel), seed=given.seed + number,
            graph=given.graph, victim=given.victim, embedder=given.embedder, number=number,
        )
        for number in range(given.parallel)
    ]  # fmt: skip
    with ThreadPoolExecutor(given.parallel) as pool:
        services = list(pool.map(campaign, plans))
    found: dict[str, int] = {}
    for one in services:
        for kind, count in one["found"].items():
            found[kind] = found.get(kind, 0) + count
    total = {"graph": given.graph, "victim": given.victim, "seed": given.seed, "parallel": given.parallel,
             "embedder": given.embedder}  # fmt: skip
    print(json.dumps({**total, "kills": sum(one["kills"] for one in services), "found": found, "services": services},
                     indent=2))  # fmt: skip


if __name__ == "__main__":
    main()

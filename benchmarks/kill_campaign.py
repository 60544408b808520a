"""Kills a real service at random moments of ingestion, then looks for documents that were lost, are half there or
doubled. Prints JSON.

python -m benchmarks.kill_campaign --kills 30
python -m benchmarks.kill_campaign --kills 20 --graph neo4j                  # over a Neo4j of its own
python -m benchmarks.kill_campaign --kills 20 --graph neo4j --victim neo4j   # the Neo4j is killed, not Quipu
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from api.server import free_port
from benchmarks.neo4j_for_benchmarks import Neo4jServer

DOCUMENTS_A_ROUND = 24


class Victim:
    """``python -m api serve`` over one data folder, started again after each kill."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._folder = folder
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(timeout=60, trust_env=False)

    def start(self) -> None:
        port = free_port()
        environment = {**os.environ, "QUIPU_DATA_DIR": str(self._folder / "data"), "QUIPU_PORT": str(port),
                       **self._settings}  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "api", "serve"], env=environment, stderr=log)
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        while not self.ready():
            if self._process.poll() is not None:
                raise SystemExit((self._folder / "log").read_text()[-2000:])
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def ready(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


def text_of(number: int, version: int) -> str:
    lines = [f"Station {number} of line {n} was opened by Person{n} Of{number} in {1800 + n}." for n in range(6)]
    return f"Version {version}. " + " ".join(lines)


def campaign(kills: int, seed: int, graph: str, victim: str) -> dict[str, object]:
    """Run rounds: each uploads new documents and replaces old ones, one request each, until the service is killed."""
    generator = random.Random(seed)
    acknowledged: dict[str, tuple[int, str]] = {}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="quipu-kill-") as folder:
        server = Neo4jServer(Path(folder) / "neo4j").start() if graph == "neo4j" else None
        service = Victim(Path(folder), server.settings() if server else {})
        service.start()
        for round_number in range(kills):
            deadline = time.monotonic() + generator.random() * 2.0
            for step in range(DOCUMENTS_A_ROUND):
                if time.monotonic() > deadline:
                    break
                number = generator.randrange(40) if step % 3 == 0 else 1000 + round_number * 100 + step
                upload(service, f"d{number}", text_of(number, round_number), acknowledged)
            time.sleep(max(0.0, deadline - time.monotonic()))
            if victim == "neo4j" and server:
                server.kill()
                server.start()
            else:
                service.kill()
                service.start()
        found = check(service, acknowledged)
        service.kill()
        service.http.close()
        if server:
            server.stop()
    return {
        "graph": graph, "victim": victim, "kills": kills, "seed": seed, "acknowledged_documents": len(acknowledged),
        **found, "seconds": round(time.monotonic() - started),
    }  # fmt: skip


def upload(victim: Victim, document_id: str, text: str, acknowledged: dict[str, tuple[int, str]]) -> None:
    answer = victim.http.put(f"/v1/documents/{document_id}", json={"documents": [{"text": text}]})
    answer.raise_for_status()
    acknowledged[document_id] = (answer.json()["documents"][0]["version"], text)


def check(victim: Victim, acknowledged: dict[str, tuple[int, str]]) -> dict[str, object]:
    while not victim.ready() or any(
        victim.http.get("/v1/jobs", params={"state": s}).json()["jobs"] for s in ("queued", "running", "waiting")
    ):
        time.sleep(0.2)
    listed, cursor = [], ""
    while cursor is not None:
        page = victim.http.get("/v1/documents", params={"limit": 500, "cursor": cursor}).json()
        listed += [document["id"] for document in page["documents"]]
        cursor = page["next_cursor"]
    lost, half = 0, 0
    for document_id, (version, text) in acknowledged.items():
        answer = victim.http.get(f"/v1/documents/{document_id}")
        if answer.status_code != 200 or answer.json()["version"] != version:
            lost += 1
            continue
        chunks = victim.http.get(f"/v1/documents/{document_id}/chunks").json()
        content = victim.http.get(f"/v1/documents/{document_id}/content").text
        half += content != text or " ".join(chunk["text"] for chunk in chunks) != text or not answer.json()["entities"]
    jobs = victim.http.get("/v1/jobs", params={"state": "failed", "limit": 1000}).json()["jobs"]
    failed, why = len(jobs), sorted({job["error"]["code"] for job in jobs})
    doubled = len(listed) - len(set(listed)) + len(set(listed) - set(acknowledged))
    verified = victim.http.post("/v1/verify", json={}, timeout=600).json()
    wrong = {one["name"]: one["wrong"] for one in verified["checks"] if one["wrong"]}
    return {
        "lost": lost, "half": half, "doubled": doubled, "failed_jobs": failed, "why": why,
        "verify": wrong or "sound",
    }  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--graph", choices=["sqlite", "neo4j"], default="sqlite")
    parser.add_argument("--victim", choices=["quipu", "neo4j"], default="quipu")
    arguments = parser.parse_args()
    print(json.dumps(campaign(arguments.kills, arguments.seed, arguments.graph, arguments.victim), indent=2))


if __name__ == "__main__":
    main()

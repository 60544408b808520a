"""The service as a process: kills, refusals to start, keys, the command line."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_process import ROOT, ServiceProcess


@pytest.fixture
def own(tmp_path: Path, store_settings: dict[str, str]) -> Iterator[ServiceProcess]:
    process = ServiceProcess(tmp_path / "data", **store_settings)
    yield process
    process.close()


def text_of(number: int) -> str:
    year = 1100 + number % 800
    return f"Station {number} lies on the Ember Line. Its master is Person{number} Named{number}. It opened in {year}."


def test_kill_during_ingestion_loses_and_doubles_nothing(own: ServiceProcess) -> None:
    generator = random.Random(7)
    acknowledged: dict[str, str] = {}
    own.start()
    for round_number in range(2):
        for number in range(round_number * 40, round_number * 40 + 40):
            text = text_of(number) * 3
            own.upload({"id": f"s{number}", "text": text})
            acknowledged[f"s{number}"] = text
        time.sleep(generator.random() * 1.5)
        own.kill()
        own.start()
    check_all_there(own, acknowledged)
    own.check()
    assert own.stop() in {0, -signal.SIGTERM}  # uvicorn stops in order, then ends by the signal it was sent


def check_all_there(service: ServiceProcess, acknowledged: dict[str, str]) -> None:
    deadline = time.monotonic() + 120
    while (
        service.http.get("/v1/jobs", params={"state": "queued"}).json()["jobs"]
        or service.http.get("/v1/jobs", params={"state": "running"}).json()["jobs"]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    listed = service.http.get("/v1/documents", params={"limit": 1000}).json()["documents"]
    assert sorted(document["id"] for document in listed) == sorted(acknowledged)
    for document in listed:
        assert document["version"] == 1
        content = service.http.get(f"/v1/documents/{document['id']}/content").text
        assert content == acknowledged[document["id"]]
        chunks = service.http.get(f"/v1/documents/{document['id']}/chunks").json()
        assert len(chunks) == document["chunks"] >= 1


def test_delete_during_ingestion_wins(own: ServiceProcess) -> None:
    own.start()
    entries = own.upload(*({"id": f"d{n}", "text": text_of(n)} for n in range(60)))
    receipt = own.http.delete("/v1/documents/d30").json()
    assert receipt["id"] == "d30"
    for entry in entries:
        own.job(entry["job_id"])
    assert own.http.get("/v1/documents/d30").status_code == 404
    ids = [one["id"] for one in own.http.get("/v1/documents", params={"limit": 1000}).json()["documents"]]
    assert "d30" not in ids
    assert len(ids) == 59


def refusal(service: ServiceProcess) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "api", "serve"], env=service.environment(), cwd=service.data_dir.parent,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    lines = ran.stderr.strip().splitlines()
    assert len(lines) == 1, ran.stderr
    return lines[0]


def test_second_process_on_the_folder(service: ServiceProcess) -> None:
    second = ServiceProcess(service.data_dir)
    second.port = 1 + service.port
    assert "is in use by process" in refusal(second)
    second.close()


def test_another_embedder(own: ServiceProcess, tmp_path: Path, store_settings: dict[str, str]) -> None:
    own.start().put("x", "The stamp is set.")
    own.stop()
    folder = tmp_path / "other-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    other = ServiceProcess(own.data_dir, **store_settings, QUIPU_EMBEDDER=str(folder))
    assert "set QUIPU_EMBEDDER back" in refusal(other)
    other.close()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("QUIPU_HOST", "0.0.0.0", "set QUIPU_API_KEY"),
        ("QUIPU_EMBEDDER", "BAAI/bge-m3", "QUIPU_OFFLINE=false"),
        ("QUIPU_GRAPH_URL", "mysql://x", "give sqlite"),
        ("QUIPU_GRAPH_URL", "neo4j://me:secret@host", "//…@host: give sqlite"),
        ("QUIPU_GRAPH_URL", "neo4j://localhost", "set QUIPU_NEO4J_PASSWORD"),
        ("QUIPU_GRAPH_WALK", "neo4j", "needs a Neo4j in QUIPU_GRAPH_URL"),
        ("QUIPU_PORT", "many", "QUIPU_PORT"),
    ],
)
def test_refused_settings(tmp_path: Path, name: str, value: str, says: str) -> None:
    service = ServiceProcess(tmp_path / "data", **{"QUIPU_GRAPH_URL": "sqlite", name: value})
    assert says in refusal(service)
    service.close()


def test_key(tmp_path: Path) -> None:
    service = ServiceProcess(tmp_path / "data", QUIPU_API_KEY="s3cret-key")
    service.start(ready=False)
    deadline = time.monotonic() + 60
    while True:
        try:
            service.wait_until_ready(60)
            break
        except AssertionError:
            assert time.monotonic() < deadline
            raise
    assert service.http.get("/v1/documents").status_code == 401
    assert service.http.get("/v1/documents", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert service.http.get("/v1/documents", headers={"Authorization": "Bearer s3cret-key"}).status_code == 200
    assert "s3cret-key" not in service.http.get("/v1/config", headers={"Authorization": "Bearer s3cret-key"}).text
    service.close()


def test_command_line_without_a_service(tmp_path: Path) -> None:
    """The commands start a service of their own, over the same folder, one after the other."""
    process = ServiceProcess(tmp_path / "data")
    process.port = 9  # nobody listens there
    note = tmp_path / "notes" / "bridge.md"
    note.parent.mkdir()
    note.write_text("# Amber Bridge\n\nAmber Bridge was built by Tove Rask.")

    def quipu(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api", *arguments], env=process.environment(), cwd=ROOT, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip

    ingested = quipu("ingest", str(note.parent))
    assert ingested.returncode == 0, ingested.stderr
    assert "1 done" in ingested.stdout
    asked = quipu("ask", "Who built Amber Bridge?", "--json")
    assert "Tove Rask" in json.loads(asked.stdout)["answer"]
    missing = quipu("documents", "show", "nowhere.md")
    assert missing.returncode == 2
    assert "nowhere.md" in missing.stderr
    process.close()

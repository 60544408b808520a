"""The service as a process: kills, refusals to start, keys, the command line."""

import json
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_process import QUICK, ServiceProcess


@pytest.fixture
def own(tmp_path: Path, store_settings: dict[str, str]) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path / "data", **QUICK, **store_settings) as process:
        yield process


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
    def left() -> list[str]:
        states = ("queued", "running", "waiting")
        return [
            job["id"] for state in states for job in service.read("/v1/jobs", params={"state": state})["jobs"]
        ]  # fmt: skip

    service.until(lambda: not left(), "the end of all jobs", seen=left)
    listed = service.read("/v1/documents", params={"limit": 1000})["documents"]
    assert sorted(document["id"] for document in listed) == sorted(acknowledged)
    for document in listed:
        assert document["version"] == 1
        content = service.http.get(f"/v1/documents/{document['id']}/content").text
        assert content == acknowledged[document["id"]]
        chunks = service.read(f"/v1/documents/{document['id']}/chunks")
        assert len(chunks) == document["chunks"] >= 1


def test_delete_during_ingestion_wins(own: ServiceProcess) -> None:
    own.start()
    entries = own.upload(*({"id": f"d{n}", "text": text_of(n)} for n in range(60)))
    receipt = own.delete("/v1/documents/d30")
    assert receipt["id"] == "d30"
    for entry in entries:
        own.job(entry["job_id"])
    assert own.http.get("/v1/documents/d30").status_code == 404
    ids = [one["id"] for one in own.read("/v1/documents", params={"limit": 1000})["documents"]]
    assert "d30" not in ids
    assert len(ids) == 59


def refusal(service: ServiceProcess) -> str:
    with service:
        lines = service.refusal().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_second_process_on_the_folder(service: ServiceProcess) -> None:
    second = ServiceProcess(service.data_dir, **QUICK)
    second.port = 1 + service.port
    assert "is in use by process" in refusal(second)


def test_another_embedder(own: ServiceProcess, tmp_path: Path, store_settings: dict[str, str]) -> None:
    own.start().put("x", "The stamp is set.")
    own.stop()
    folder = tmp_path / "other-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    other = ServiceProcess(own.data_dir, **store_settings, QUIPU_EMBEDDER=str(folder))
    assert "set QUIPU_EMBEDDER back" in refusal(other)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("QUIPU_EMBEDDER", "BAAI/bge-m3", "QUIPU_OFFLINE=false"),
        ("QUIPU_GRAPH_URL", "mysql://x", "give sqlite"),
        ("QUIPU_GRAPH_URL", "neo4j://me:secret@host", "//…@host: give sqlite"),
        ("QUIPU_GRAPH_URL", "neo4j://localhost", "set QUIPU_NEO4J_PASSWORD"),
        ("QUIPU_GRAPH_WALK", "neo4j", "needs a Neo4j in QUIPU_GRAPH_URL"),
        ("QUIPU_PORT", "many", "QUIPU_PORT"),
        ("QUIPU_CORS_ORIGINS", "*", "give origins such as"),
        ("QUIPU_CORS_ORIGINS", "https://wiki.example/", "give origins such as"),
        ("QUIPU_MAX_WRITES", "0", "QUIPU_MAX_WRITES"),
    ],
)
def test_refused_settings(tmp_path: Path, name: str, value: str, says: str) -> None:
    service = ServiceProcess(tmp_path / "data", **{**QUICK, "QUIPU_GRAPH_URL": "sqlite", name: value})
    assert says in refusal(service)


def test_key(tmp_path: Path) -> None:
    right = {"Authorization": "Bearer s3cret-key"}
    secrets = {"QUIPU_API_KEY": "s3cret-key", "QUIPU_LLM_URL": "http://me:s3cret-key@127.0.0.1:9"}
    with ServiceProcess(tmp_path / "data", **QUICK, **secrets).start() as service:
        assert service.http.get("/v1/documents").status_code == 401
        assert service.http.get("/v1/documents", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert service.http.get("/v1/documents", headers=right).status_code == 200
        shown = service.http.get("/v1/config", headers=right)
        assert shown.status_code == 200
        assert "s3cret-key" not in shown.text
        assert shown.json()["QUIPU_LLM_URL"] == "http://…@127.0.0.1:9"
        assert "no network" in shown.json()["parser_confinement"]


def test_json_is_all_that_commands_print(tmp_path: Path) -> None:
    """What the log says beside it goes to standard error."""
    process = ServiceProcess(tmp_path / "data", **QUICK)
    note = tmp_path / "bridge.txt"
    note.write_text("Amber Bridge was built by Tove Rask.")
    with process:
        process.data_dir.mkdir(mode=0o755)
        assert process.quipu("ingest", str(note), running=False).returncode == 0
        for command, field in (("config", "parser_confinement"), ("reindex", "note")):
            ran = process.quipu(command, "--json", running=False)
            assert ran.returncode == 0, ran.stderr
            assert field in json.loads(ran.stdout)


def test_command_line_without_a_service(tmp_path: Path) -> None:
    """The commands start a service of their own, over the same folder, one after the other."""
    process = ServiceProcess(tmp_path / "data", **QUICK)
    process.port = 9  # nobody listens there
    note = tmp_path / "notes" / "bridge.md"
    note.parent.mkdir()
    note.write_text("# Amber Bridge\n\nAmber Bridge was built by Tove Rask.")
    with process:
        ingested = process.quipu("ingest", str(note.parent), running=False)
        assert ingested.returncode == 0, ingested.stderr
        assert "1 done" in ingested.stdout
        asked = process.quipu("ask", "Who built Amber Bridge?", "--json", running=False)
        assert asked.returncode == 0, asked.stderr
        assert "Tove Rask" in json.loads(asked.stdout)["answer"]
        missing = process.quipu("documents", "show", "nowhere.md", running=False)
        assert missing.returncode == 2
        assert "nowhere.md" in missing.stderr

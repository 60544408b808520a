"""A Neo4j that is down, frozen, killed, restored from an older backup, or somebody else's, under a real service."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j_server import Neo4jServer
from service_process import QUICK, ServiceProcess

BOUND = 100.0
"""Seconds to an answer, also on a busy machine: a call is given up after eight, and a request makes few of them."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Neo4jServer]:
    """A server of its own, not started yet."""
    made = Neo4jServer(tmp_path / "neo4j", short_lived=True)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def service(server: Neo4jServer, tmp_path: Path) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path / "data", **QUICK, **server.settings()) as process:
        yield process


@pytest.mark.xdist_group("neo4j that is down")
def test_outages(server: Neo4jServer, service: ServiceProcess) -> None:
    service.start(ready=False)
    not_ready(service, "Neo4j at bolt://127.0.0.1")
    job = service.upload({"id": "early", "text": "The Early Lamp was lit by Ada Stone."})[0]["job_id"]
    server.start()
    service.wait_until_ready()
    assert service.job(job)["state"] == "done"
    service.put("gone", "The Late Lamp was lit by Bela Kuhn.")

    server.freeze()
    refused(service, "POST", "/v1/ask", json={"question": "Who lit the Early Lamp?"})
    refused(service, "DELETE", "/v1/documents/gone")
    refused(service, "GET", "/readyz")
    job = service.upload({"id": "waiting", "text": "The Long Lamp was lit by Cleo Marsh."})[0]["job_id"]
    server.thaw()
    assert service.job(job)["state"] == "done"
    assert service.http.get("/v1/documents/gone").status_code == 404
    assert "Bela Kuhn" not in service.ask("Who lit the Late Lamp?")["answer"]

    server.kill()
    refused(service, "POST", "/v1/search", json={"query": "lamp"})
    job = service.upload({"id": "killed", "text": "The Last Lamp was lit by Dov Hale."})[0]["job_id"]
    server.start()
    assert service.job(job)["state"] == "done"
    assert "Dov Hale" in service.ask("Who lit the Last Lamp?")["answer"]
    service.check()


@pytest.mark.xdist_group("neo4j that is restored")
def test_an_older_backup_is_refused_then_caught_up_with(
    server: Neo4jServer, service: ServiceProcess, tmp_path: Path
) -> None:
    server.start()
    service.start().put("old", "The Old Gate was built by Ada Stone.")
    refuse_somebody_else(server, tmp_path)
    service.put("gone", "The Gone Gate was built by Bela Kuhn.")
    server.freeze()  # what stands in its files then is what would after a loss of power
    shutil.copytree(server.home / "data", server.home / "backup")
    server.thaw()
    service.put("new", "The New Gate was built by Cleo Marsh.")
    service.delete("/v1/documents/gone")

    server.kill()
    shutil.rmtree(server.home / "data")
    shutil.copytree(server.home / "backup", server.home / "data")
    server.start()
    not_ready(service, "went back from revision 4 to 2")
    service.kill()
    service.start()
    service.until(lambda: "Cleo Marsh" in service.ask("Who built the New Gate?")["answer"], "what was caught up with")
    assert service.http.get("/v1/documents/gone").status_code == 404
    service.check()


def refuse_somebody_else(server: Neo4jServer, folder: Path) -> None:
    with ServiceProcess(folder / "other", **QUICK, **server.settings()) as other:
        assert "belongs to another Quipu; set QUIPU_DATA_DIR" in other.refusal()
    with ServiceProcess(folder / "wrong", **QUICK, **{**server.settings(), "QUIPU_NEO4J_PASSWORD": "wrong"}) as wrong:
        assert "check QUIPU_GRAPH_URL, QUIPU_NEO4J_USER" in wrong.refusal()


def refused(service: ServiceProcess, method: str, path: str, **more: object) -> None:
    """503 with the cause, and no hang."""
    started = time.monotonic()
    answer = service.http.request(method, path, **more)  # type: ignore[arg-type]
    assert time.monotonic() - started < BOUND
    assert answer.status_code == 503, answer.text
    assert "Neo4j at bolt://127.0.0.1" in answer.json()["detail"]


def not_ready(service: ServiceProcess, cause: str) -> None:
    def refuses() -> bool:
        status, says = service.readiness()
        return status == 503 and cause in says

    service.until(refuses, "a service that is not ready", seen=service.readiness)

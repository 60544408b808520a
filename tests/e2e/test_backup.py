"""A backup of a running service, and a service over what was restored from it."""

import threading
from pathlib import Path
from typing import Any

import pytest
from service_process import QUICK, ServiceProcess


def under_way(service: ServiceProcess) -> bool:
    return any(service.read("/v1/jobs", params={"state": state})["jobs"] for state in ("queued", "running"))


def answers(service: ServiceProcess, revisions: range) -> list[Any]:
    question = {"question": "Who built Amber Bridge?"}
    shown: list[Any] = []
    for revision in revisions:
        answer = service.http.post("/v1/ask", json={**question, "as_of": revision}).json()
        listed = service.read("/v1/documents", params={"limit": 500, "as_of": revision})["documents"]
        shown.append((answer["answer"], answer["citations"], [(one["id"], one["version"]) for one in listed]))
    return shown


def test_restored_it_answers_the_same_at_every_revision(
    request: pytest.FixtureRequest, tmp_path: Path, store_settings: dict[str, str]
) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK, **store_settings).start() as service:
        service.put("bridge", "Amber Bridge was built by Tove Rask.")
        service.put("bridge", "Amber Bridge was built by Ida Holm.")
        service.put("tower", "Long Tower was built by Per Lund.")
        watch = service.http.post("/v1/watches", json={"question": "Who built Amber Bridge?"}).json()["id"]
        first = service.quipu("backup", str(tmp_path / "backup"), "--json")
        assert first.returncode == 0, first.stderr

        going, errors = threading.Event(), list[str]()

        def write() -> None:
            number = 0
            while not going.is_set():
                number += 1
                answer = service.http.put(f"/v1/documents/n{number}", json={"documents": [{"text": f"Note {number}."}]})
                if answer.status_code != 202:
                    errors.append(answer.text)

        writer = threading.Thread(target=write)
        writer.start()
        second = service.quipu("backup", str(tmp_path / "backup"), "--json")
        going.set()
        writer.join()
        assert second.returncode == 0, second.stderr
        assert not errors
        service.delete("/v1/documents/tower")
        third = service.quipu("backup", str(tmp_path / "backup"))
        assert third.returncode == 0, third.stderr
        service.until(lambda: not under_way(service), "the end of jobs")
        newest = service.read("/readyz")["revision"]
        expected = answers(service, range(1, 4))
        listed = {one["id"] for one in service.read("/v1/documents", params={"limit": 1000})["documents"]}
        service.stop()
    if store_settings:
        request.getfixturevalue("neo4j_server").empty()
    with ServiceProcess(tmp_path / "new", **QUICK, **store_settings) as service:
        ran = service.quipu("restore", str(tmp_path / "backup"), running=False)
        assert ran.returncode == 0, ran.stderr
        service.start()
        service.until(lambda: service.read("/readyz")["revision"] >= newest, "what was under way at the backup")
        assert answers(service, range(1, 4)) == expected
        service.until(lambda: not under_way(service), "the end of jobs that were under way at the backup")
        assert {one["id"] for one in service.read("/v1/documents", params={"limit": 1000})["documents"]} == listed
        assert service.read(f"/v1/watches/{watch}")["question"] == "Who built Amber Bridge?"
        service.check()

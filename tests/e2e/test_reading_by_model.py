"""A real service, a real model server over HTTP: an outage, a kill, and what they must not cost."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from model_server import Asked, ModelServer, Reply, words
from service_process import ServiceProcess

PARTS = 12
PAPER = "\n\n".join(f"# Part {n}\n\nPart {n} was written by Tove Rask in {1900 + n}." for n in range(PARTS))


def read(asked: Asked) -> Reply:
    del asked
    return words(json.dumps({"entities": [{"name": "Tove Rask", "type": "person"}], "relations": []}))


def reading_job(service: ServiceProcess, document_id: str) -> dict[str, Any]:
    jobs = service.http.get("/v1/jobs", params={"document_id": document_id}).json()["jobs"]
    found: dict[str, Any] = next(job for job in jobs if job["kind"] == "extract")
    return found


def until(condition: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_outage_hides_no_upload_and_a_kill_repeats_no_finished_call(tmp_path: Path) -> None:
    with ModelServer(lambda _: Reply(status=404, error="no such model yet")) as model:
        service = ServiceProcess(
            tmp_path / "data", QUIPU_EXTRACT_LLM="openai/test", QUIPU_LLM_URL=model.url, QUIPU_ENTITY_TYPES="person"
        ).start()
        uploaded = service.upload({"id": "paper", "title": "Paper", "text": PAPER, "media_type": "text/markdown"})
        assert service.job(uploaded[0]["job_id"])["state"] == "done"
        assert "Tove Rask" in service.ask("Who wrote part 3?")["answer"]
        assert service.http.get("/v1/documents/paper").json()["stage"] == "rules"
        until(lambda: reading_job(service, "paper")["state"] == "waiting")
        assert "no such model yet" in reading_job(service, "paper")["error"]["detail"]

        answered: list[str] = []
        unanswered: list[str] = []

        def some(asked: Asked) -> Reply:
            if "Say yes" in asked.user or len(answered) >= 5:
                unanswered.append(asked.user)
                return Reply(pieces=[60.0])
            answered.append(asked.user)
            return read(asked)

        model.answer = some
        until(lambda: unanswered)
        time.sleep(1.0)
        service.kill()
        model.answer = read
        model.asked.clear()
        service.start()
        job = service.job(reading_job(service, "paper")["id"])
        asked = Counter(one.user for one in model.asked)
        assert not set(answered) & set(asked), "a call that was answered is not made again"
        assert (len(asked), max(asked.values())) == (PARTS - 5, 1)
        assert (job["state"], job["chunks_done"], job["chunks_failed"], job["calls"]) == ("done", PARTS, 0, PARTS - 5)
        found = service.http.get("/v1/documents/paper").json()
        assert (found["stage"], found["revision"]) == ("model", job["revision"])
        assert model.asked[0].system.endswith("Types to use: person")
        service.stop()
        assert "RuntimeError" not in service.log.read_text()
        service.close()

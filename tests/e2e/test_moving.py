"""Begun in one store, finished in the other: the history goes along, and no passage is read twice."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from model_server import Asked, ModelServer, Reply, words
from neo4j_server import Neo4jServer
from service_process import PATIENT, QUICK, ServiceProcess

PARTS = 4


def text_of(number: int) -> str:
    return "\n\n".join(f"# Part {n}\n\nPart {n} of book {number} was written by Tove Rask." for n in range(PARTS))


def quipu(service: ServiceProcess, *arguments: str) -> str:
    ran = service.quipu(*arguments, running=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def reading_jobs(service: ServiceProcess, state: str) -> list[dict[str, Any]]:
    jobs = service.read("/v1/jobs", params={"state": state, "limit": 100})["jobs"]
    return [job for job in jobs if job["kind"] == "extract"]


def test_begun_in_one_store_and_finished_in_the_other(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    answered: list[str] = []
    allowed = 6

    def read(asked: Asked) -> Reply:
        if "Say yes" in asked.user:
            return words("yes")
        if len(answered) >= allowed:
            return Reply(status=503, error="busy")
        answered.append(asked.user)
        return words(json.dumps({"entities": [{"name": "Tove Rask", "type": "person"}], "relations": []}))

    with ModelServer(read) as model:
        reading = QUICK | {
            "QUIPU_EXTRACT_LLM": "openai/test", "QUIPU_LLM_URL": model.url, "QUIPU_ENTITY_TYPES": "person"
        }  # fmt: skip
        with ServiceProcess(tmp_path / "data", QUIPU_GRAPH_URL="sqlite", **reading).start() as embedded:
            for number in range(3):
                document = {"id": f"b{number}", "text": text_of(number), "media_type": "text/markdown"}
                assert embedded.job(embedded.upload(document)[0]["job_id"])["state"] == "done"
            first = embedded.put("lamp", "The Long Lamp was lit by Bela Kuhn.")["revision"]
            last = embedded.put("lamp", "The Long Lamp was lit by Cleo Marsh.")["revision"]
            watch = embedded.http.post("/v1/watches", json={"question": "Who lit the Long Lamp?"}).json()["id"]
            embedded.until(
                lambda: reading_jobs(embedded, "waiting") and len(answered) == allowed, "a job that waits",
                seen=lambda: len(answered),
            )  # fmt: skip
            before = embedded.ask("Who lit the Long Lamp?", as_of=first)
            changes = embedded.read("/v1/changes", params={"since": 1, "until": last})
            embedded.stop()

        quipu(embedded, "export", str(tmp_path / "moved"))
        neo4j_server.empty()
        with ServiceProcess(tmp_path / "data", **PATIENT, **neo4j_server.settings(), **reading) as moved:
            assert "imported" in quipu(moved, "import", str(tmp_path / "moved"))
            allowed = 10**6
            moved.start()
            moved.until(
                lambda: not any(reading_jobs(moved, state) for state in ("waiting", "queued", "running")),
                "the end of all readings", seen=lambda: len(answered),
            )  # fmt: skip
            assert all(moved.read(f"/v1/documents/b{n}")["stage"] == "model" for n in range(3))
            passages = Counter(user for user in answered if "Tove Rask" in user)
            assert sum(passages.values()) == 3 * PARTS, "every passage"
            assert set(passages.values()) == {1}, "once"

            after = moved.ask("Who lit the Long Lamp?", as_of=first)
            assert (after["answer"], after["citations"]) == (before["answer"], before["citations"])
            assert "Bela Kuhn" in after["answer"]
            assert "Cleo Marsh" in moved.ask("Who lit the Long Lamp?", min_revision=last)["answer"]
            assert moved.read("/v1/changes", params={"since": 1, "until": last}) == changes
            moved.put("lamp", "The Long Lamp was lit by Dov Hale.")
            moved.until(lambda: "Dov Hale" in str(moved.read(f"/v1/watches/{watch}")["answer"]), "the watch's answer")
            moved.check()
            moved.stop()

        quipu(moved, "export", str(tmp_path / "back"))
        assert "imported" in quipu(embedded, "import", str(tmp_path / "back"))

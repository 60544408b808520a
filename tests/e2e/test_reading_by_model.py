"""A real service, a real model server over HTTP: an outage, a kill, and what they must not cost."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import apsw
from model_server import Asked, ModelServer, Reply, count_tokens, words
from service_process import QUICK, ServiceProcess

PARTS = 12
PAPER = "\n\n".join(f"# Part {n}\n\nPart {n} was written by Tove Rask in {1900 + n}." for n in range(PARTS))


def read(asked: Asked) -> Reply:
    del asked
    return words(json.dumps({"entities": [{"name": "Tove Rask", "type": "person"}], "relations": []}))


def tokens(asked: Asked) -> int:
    """What the server has counted for a call that it answered by ``read``."""
    return count_tokens(asked.system) + count_tokens(asked.user) + 24 + len(list(read(asked).pieces))


def reading_job(service: ServiceProcess, document_id: str) -> dict[str, Any]:
    jobs = service.read("/v1/jobs", params={"document_id": document_id})["jobs"]
    found: dict[str, Any] = next(job for job in jobs if job["kind"] == "extract")
    return found


def kept(service: ServiceProcess) -> int:
    """The number of the model's answers that a kill cannot take."""
    connection = apsw.Connection(str(service.data_dir / "operations.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(connection.execute("SELECT count(*) FROM extractions WHERE answer <> ''").fetchall()[0][0])
    finally:
        connection.close()


def one_in_line_knows_its_end(service: ServiceProcess, file: Path, key: str) -> None:
    """The model is at another document, and a while at a passage of it."""
    file.write_text("The mill of Ulm was built by Tove Rask.")
    ran = service.quipu("ingest", str(file), "--root", str(file.parent), "--wait", QUIPU_API_KEY=key)
    assert re.search(r"yet to read 1 of them, which takes about \d+ s", " ".join(ran.stdout.split())), ran
    behind = service.read(f"/v1/documents/{file.name}")["model"]
    assert (behind["state"], behind["chunks_done"], behind["chunks_total"]) == ("queued", 0, 1)
    assert behind["remaining_seconds"] > 0, "the line before it is known, and the pace by what is read"
    told = service.quipu("jobs", QUIPU_API_KEY=key).stdout
    assert re.search(r"by model: 0 of 1\s+passages,\s+about \d+ s left", told), told
    service.delete(f"/v1/documents/{file.name}")


def a_command_waits_for_the_model(service: ServiceProcess, file: Path, key: str) -> None:
    file.write_text("The mill of Brennick was built by Tove Rask.")
    ran = service.quipu("ingest", str(file), "--wait-for-model", "--json", QUIPU_API_KEY=key)
    assert ran.returncode == 0, ran
    (brought,) = json.loads(ran.stdout)
    assert (brought["state"], brought["model"]["state"], brought["model"]["added"]) == ("done", "done", 1)


def test_an_outage_hides_no_upload_and_a_kill_repeats_no_finished_call(tmp_path: Path) -> None:
    reading = {"QUIPU_EXTRACT_LLM": "openai/test", "QUIPU_ENTITY_TYPES": "person"}
    with (
        ModelServer(lambda _: Reply(status=404, error="no such model yet")) as model,
        ServiceProcess(tmp_path / "data", **QUICK, QUIPU_LLM_URL=model.url, **reading).start() as service,
    ):
        writer = service.http.post("/v1/keys", json={"role": "admin"}).json()
        service.http.headers["Authorization"] = f"Bearer {writer['key']}"
        uploaded = service.upload({"id": "paper", "title": "Paper", "text": PAPER, "media_type": "text/markdown"})
        assert service.job(uploaded[0]["job_id"])["state"] == "done"
        assert "Tove Rask" in service.ask("Who wrote part 3?")["answer"]
        assert service.read("/v1/documents/paper")["stage"] == "rules"
        service.until(lambda: reading_job(service, "paper")["state"] == "waiting", "a job that waits")
        assert "no such model yet" in reading_job(service, "paper")["error"]["detail"]

        answered: list[str] = []
        unanswered: list[str] = []

        def some(asked: Asked) -> Reply:
            if "Say yes" in asked.user or len(answered) >= 5:
                unanswered.append(asked.user)
                return Reply(pieces=[600.0])
            answered.append(asked.user)
            return Reply(pieces=[0.3, *read(asked).pieces])

        model.answer = some
        service.until(lambda: len(answered) == 5 and unanswered, "a call without an answer", seen=lambda: len(answered))
        service.until(lambda: kept(service) >= len(answered), "answers that are kept", seen=lambda: kept(service))
        waits = service.read("/v1/documents/paper")["model"]
        assert (waits["chunks_done"] <= PARTS, waits["added"]) == (True, 0)
        assert waits["remaining_seconds"] is None or waits["remaining_seconds"] > 0
        one_in_line_knows_its_end(service, tmp_path / "behind.txt", writer["key"])
        service.kill()
        model.answer = read
        in_vain = len(model.asked) - len(answered) - len(unanswered)
        paid = [one for one in model.asked if one.user in answered][-len(answered) :]
        model.asked.clear()
        service.start()
        job = service.job(reading_job(service, "paper")["id"])
        asked = Counter(one.user for one in model.asked)
        assert not set(answered) & set(asked), "a call that was answered is not made again"
        assert (len(asked), max(asked.values())) == (PARTS - 5, 1)
        assert (job["state"], job["chunks_done"], job["chunks_failed"]) == ("done", PARTS, 0)
        assert job["calls"] == in_vain + PARTS, "every attempt counts, but for the calls that the kill took"
        assert job["tokens"] == sum(map(tokens, [*paid, *model.asked]))
        key = service.read(f"/v1/keys/{writer['id']}")
        assert (key["calls"], key["tokens"]) == (job["calls"], job["tokens"]), "who uploaded it pays"
        found = service.read("/v1/documents/paper")
        told = found["model"]
        assert (told["state"], told["added"], told["nothing_added"]) == ("done", PARTS, {})
        assert (told["calls"], told["tokens"]) == (job["calls"], job["tokens"])
        assert service.read("/v1/documents")["documents"][0]["model"] == told
        assert (found["stage"], found["revision"]) == ("model", job["revision"])
        assert model.asked[0].system.endswith("Types to use: person")
        a_command_waits_for_the_model(service, tmp_path / "after.txt", writer["key"])
        service.stop()
        assert "RuntimeError" not in service.log.read_text()

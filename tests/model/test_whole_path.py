"""What readers of the course do with their own model: documents go in, are read, asked about, chatted with, judged."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
import real_model
from model_figures import Figures
from progress import wait_until
from recorded_calls import RecordingProxy
from service_process import ROOT, ServiceProcess
from shown_sentences import unverified

from ingest.extraction.answer_parser import parse_answer

CHUNKS = int(os.environ.get("QUIPU_TEST_CHUNKS", "200"))
SECONDS_EACH = 150
"""For one chunk at the slowest: a model that goes round in circles up to its bound, one token after the other."""
QUESTIONS = [json.loads(line) for line in (ROOT / "samples" / "questions.jsonl").read_text("utf-8").splitlines()]
MEDIA_TYPES = {".md": "text/markdown", ".txt": "text/plain", ".html": "text/html"}
CUT_OFF, LOOPED = "answer cut off", "answer repeated itself"
"""How a job calls what it counts."""
MANY = (CHUNKS + 60) * SECONDS_EACH


def texts() -> Iterator[Path]:
    """The samples, which the questions are about; then as much real prose as is wanted: how this project decides."""
    yield from sorted((ROOT / "samples" / "documents").iterdir())
    yield from sorted((ROOT / "docs" / "adr").glob("*.md"))
    yield from sorted((ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def uploaded(service: ServiceProcess) -> dict[str, int]:
    """Documents of so many chunks together, each with the number of its chunks; read by rule, and no further yet."""
    found: dict[str, int] = {}
    for path in texts():
        if sum(found.values()) >= CHUNKS:
            break
        text = path.read_text(encoding="utf-8")
        job = service.put(path.name, text, title=path.stem, media_type=MEDIA_TYPES[path.suffix])
        assert job["state"] == "done", job
        found[path.name] = job["chunks_total"]
    return found


def questions(uploaded: dict[str, int]) -> list[dict[str, Any]]:
    """Those whose documents are there, and those that no document answers."""
    return [row for row in QUESTIONS if set(row["documents"]) <= uploaded.keys()]


def reading_jobs(service: ServiceProcess, documents: dict[str, int]) -> dict[str, dict[str, Any]]:
    """The job by which the model reads each of them."""
    jobs: dict[str, dict[str, Any]] = {}
    for document in documents:
        found = service.read("/v1/jobs", params={"document_id": document})["jobs"]
        jobs[document] = next(job for job in found if job["kind"] == "extract")
    return jobs


@pytest.mark.timeout(MANY)
def test_every_chunk_is_read_and_no_job_is_stuck(
    service: ServiceProcess, model: RecordingProxy, uploaded: dict[str, int], figures: Figures
) -> None:
    figures.quantisation = real_model.quantisation(model.url, figures.model)

    def jobs() -> list[dict[str, Any]]:
        return list(reading_jobs(service, uploaded).values())

    def ended() -> bool:
        return {job["state"] for job in jobs()} <= {"done", "failed", "cancelled"}

    wait_until(
        ended, "the reading of all documents", last=MANY, still=4 * SECONDS_EACH,
        seen=lambda: (sum(job["chunks_done"] for job in jobs()), len(model.calls())),
    )  # fmt: skip
    found = reading_jobs(service, uploaded)
    assert {document: job["state"] for document, job in found.items()} == dict.fromkeys(uploaded, "done"), found
    assert {document: job["chunks_total"] for document, job in found.items()} == uploaded
    assert all(job["chunks_done"] == job["chunks_total"] for job in found.values())
    assert all(bool(job["failures"]) == bool(_lacking(job)) for job in found.values()), "a failure has a reason"
    _note(figures, model, found, service)


def _lacking(job: dict[str, Any]) -> int:
    """Chunks that were not read, or not whole."""
    return int(job["chunks_failed"]) + int(job.get("chunks_partly", 0))


def _note(figures: Figures, model: RecordingProxy, jobs: dict[str, dict[str, Any]], service: ServiceProcess) -> None:
    figures.calls = [call for call in model.calls() if call.status == 200]
    figures.failed = sum(job["chunks_failed"] for job in jobs.values())
    figures.partly = sum(job.get("chunks_partly", 0) for job in jobs.values())
    figures.chunks = sum(job["chunks_total"] for job in jobs.values()) - figures.failed
    figures.cut = sum(call.cut for call in figures.calls)
    figures.loops = sum(call.loops for call in figures.calls)
    figures.empty = sum(_says_nothing(call.text) for call in figures.calls if call.finish == "stop")
    figures.entities, figures.relations = (
        _count(service, statement)
        for statement in (
            "SELECT count(*) FROM (SELECT r.chunk, min(r.id) AS first FROM mentions m JOIN readings r ON r.id=m.reading"
            " GROUP BY r.chunk, m.entity_id) AS named"
            " WHERE first > (SELECT min(id) FROM readings r WHERE r.chunk=named.chunk)",
            f"SELECT count(*) FROM relations WHERE extractor LIKE '%{figures.model}%'",
        )
    )


def _count(service: ServiceProcess, statement: str) -> int:
    """Of what the graph holds: REST does not tell what a model has added to the reading by rule."""
    connection = apsw.Connection(str(service.data_dir / "graph.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(connection.execute(statement).fetchall()[0][0])
    finally:
        connection.close()


def _says_nothing(text: str) -> bool:
    found = parse_answer(text)
    return not found.entities and not found.relations


def test_every_loop_was_ended_and_every_cut_counted(
    service: ServiceProcess, uploaded: dict[str, int], figures: Figures
) -> None:
    """A loop ends by its client, or by what the schema allows, and never at the bound of the answer."""
    assert figures.calls
    assert not [call.text[-200:] for call in figures.calls if call.loops and call.cut]
    cut = [call for call in figures.calls if call.cut and not _is_json(call.text)]
    ended = [call for call in figures.calls if call.loops and not call.finish]
    counted = [job["rejected"] for job in reading_jobs(service, uploaded).values()]
    assert sum(of.get(CUT_OFF, 0) + of.get(LOOPED, 0) for of in counted) >= len(cut) + len(ended), counted


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except ValueError:
        return False
    return True


@pytest.mark.timeout(MANY)
def test_questions_are_answered_or_refused_and_nothing_shown_is_unverified(
    service: ServiceProcess, uploaded: dict[str, int], figures: Figures
) -> None:
    figures.answered, figures.refused, figures.unverified = 0, 0, 0
    asked = questions(uploaded)
    for row in asked:
        answer = service.ask(row["text"])
        figures.refused += answer["abstained"]
        figures.answered += not answer["abstained"]
        wrong = unverified(row["text"], answer, lambda document: _content(service, document))
        figures.unverified += len(wrong)
        assert not wrong, (row["text"], answer["answer"])
    assert figures.answered + figures.refused == len(asked) > 0


def _content(service: ServiceProcess, document: str) -> str:
    answer = service.http.get(f"/v1/documents/{document}/content")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.timeout(MANY)
@pytest.mark.parametrize("stream", [False, True])
def test_a_chat_client_is_answered(service: ServiceProcess, uploaded: dict[str, int], stream: bool) -> None:
    question = {
        "role": "user",
        "content": "Who founded Halden Observatory?" if stream else "Who built the Orrin Telescope?",
    }
    sent = {"model": "quipu", "messages": [question], "stream": stream}
    answer = service.http.post("/v1/chat/completions", json=sent)
    assert answer.status_code == 200, answer.text
    if stream:
        lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
        assert lines[-1] == "[DONE]"
        choices = [choice for line in lines[:-1] for choice in json.loads(line)["choices"]]
        assert [one["finish_reason"] for one in choices if one["finish_reason"]] == ["stop"]
        said = "".join(choice["delta"].get("content") or "" for choice in choices)
    else:
        choice = answer.json()["choices"][0]
        assert choice["finish_reason"] == "stop"
        said = choice["message"]["content"]
    assert said.startswith("Not found") or "[1]" in said, said

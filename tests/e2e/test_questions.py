"""Search, ask, jobs, graph and health over REST, on a real service with the sample documents."""

import json
import re
from pathlib import Path

import pytest
from service_process import ROOT, ServiceProcess


@pytest.fixture(scope="module")
def loaded(service: ServiceProcess, samples: Path) -> ServiceProcess:
    command = ["ingest", str(samples / "documents"), "--wait", "--json"]
    ran = service.quipu(*command)
    assert ran.returncode == 0, ran.stderr
    assert {result["state"] for result in json.loads(ran.stdout)} == {"done"}
    again = service.quipu(*command)
    assert again.returncode == 0, again.stderr
    assert {result["state"] for result in json.loads(again.stdout)} == {"unchanged"}
    return service


def questions() -> list[dict[str, object]]:
    lines = (ROOT / "samples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("question", questions(), ids=lambda question: str(question["_id"]))
def test_sample_questions(loaded: ServiceProcess, question: dict[str, object]) -> None:
    answer = loaded.ask(str(question["text"]))
    answers, documents = question["answers"], question["documents"]
    assert isinstance(answers, list)
    assert isinstance(documents, list)
    assert answer["abstained"] is (not answers)
    if answers:
        assert any(right in answer["answer"] for right in answers)
        assert set(documents) <= {citation["document_id"] for citation in answer["citations"]}
    for citation in answer["citations"]:
        text = loaded.http.get(f"/v1/documents/{citation['document_id']}/content").text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize("mode", ["hybrid", "vector", "keyword", "graph"])
def test_search_modes(loaded: ServiceProcess, mode: str) -> None:
    body = {"query": "Who built the Orrin Telescope?", "mode": mode, "k": 5}
    first = loaded.http.post("/v1/search", json=body).json()
    assert "orrin-telescope.md" in {hit["document_id"] for hit in first["hits"][:3]}
    second = loaded.http.post("/v1/search", json=body).json()
    assert [(hit["chunk_id"], hit["score"]) for hit in first["hits"]] == [
        (hit["chunk_id"], hit["score"]) for hit in second["hits"]
    ]


def test_a_hit_says_why(loaded: ServiceProcess) -> None:
    body = {"query": "In which city was the company founded that built the Orrin Telescope?"}
    hits = loaded.http.post("/v1/search", json=body).json()["hits"]
    why = next(hit["why"] for hit in hits if hit["document_id"] == "tavish-works.txt")
    assert why["retriever"] == "chain"
    assert why["bridge"] == "Tavish Works"
    assert [step["kind"] for step in why["path"]] == ["question", "entity", "chunk", "entity", "chunk"]


def test_streamed_answer(loaded: ServiceProcess) -> None:
    names: list[str] = []
    body = {"question": "Who founded Halden Observatory?", "stream": True}
    with loaded.http.stream("POST", "/v1/ask", json=body) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
            if line.startswith("data: "):
                last = json.loads(line.removeprefix("data: "))
    assert set(names) == {"step", "evidence", "token", "citation", "done"}
    assert names.count("done") == 1
    assert names[-1] == "done"
    assert "Ingrid Vael" in last["answer"]


def test_job_events(service: ServiceProcess) -> None:
    entry = service.upload({"id": "events", "text": "The Event Hall opened."})[0]
    states: list[str] = []
    with service.http.stream("GET", f"/v1/jobs/{entry['job_id']}/events") as answer:
        states = [json.loads(line[6:])["state"] for line in answer.iter_lines() if line.startswith("data: ")]
    assert states[-1] == "done"
    listed = service.read("/v1/jobs", params={"document_id": "events"})["jobs"]
    assert [job["id"] for job in listed] == [entry["job_id"]]


def test_retry_of_a_job_that_is_done_is_a_conflict(service: ServiceProcess) -> None:
    job = service.put("retried", "The Retry Gate is shut.")
    answer = service.http.post(f"/v1/jobs/{job['id']}/retry")
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"


def test_graph(loaded: ServiceProcess) -> None:
    entity = loaded.read("/v1/graph/entities", params={"query": "tavish works"})["entities"][0]
    assert entity["name"] == "Tavish Works"
    detail = loaded.read(f"/v1/graph/entities/{entity['id']}")
    assert detail["documents"] >= 2
    assert any(relation["predicate"] == "between" or relation["evidence"]["quote"] for relation in detail["relations"])
    around = loaded.read("/v1/graph/neighbourhood", params={"entity_id": entity["id"], "depth": 2})
    ids = {one["id"] for one in around["entities"]}
    assert entity["id"] in ids
    assert all({r["source"]["id"], r["target"]["id"]} <= ids for r in around["relations"])


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/ask", {"question": " "}, 400, "invalid-input"),
        ("/v1/ask", {"question": "x" * 100_000}, 400, "invalid-input"),
        ("/v1/ask", {}, 422, "invalid-input"),
        ("/v1/ask", {"question": "x", "mode": "oracle"}, 422, "invalid-input"),
        ("/v1/ask", {"question": "x", "as_of": "yesterday"}, 400, "invalid-input"),
        ("/v1/ask", {"question": "x", "as_of": 10_000_000}, 400, "invalid-input"),
        ("/v1/search", {"query": "x", "k": 0}, 422, "invalid-input"),
        ("/v1/search", {"query": "x", "filters": {"a": {"like": 1}}}, 400, "invalid-input"),
        ("/v1/nothing", {}, 404, "not-found"),
        ("/healthz", {}, 405, "method-not-allowed"),
        ("/v1/jobs/unknown/cancel", {}, 404, "not-found"),
    ],
)
def test_bad_questions(service: ServiceProcess, path: str, body: dict[str, object], status: int, code: str) -> None:
    answer = service.http.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


def test_malformed_json(service: ServiceProcess) -> None:
    answer = service.http.post("/v1/ask", content=b'{"question": ', headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-json")


def test_health_metrics_and_config(service: ServiceProcess) -> None:
    assert service.read("/healthz") == {"status": "alive"}
    ready = service.read("/readyz")
    assert ready["status"] == "ready"
    assert "quipu_requests_total" in service.http.get("/metrics").text
    assert service.read("/v1/config")["QUIPU_EMBEDDER"] == service.environment().get("QUIPU_EMBEDDER", "minilm")


def test_api_page_needs_nobody_else(service: ServiceProcess) -> None:
    page = service.http.get("/docs")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text
    linked = re.findall(r'(?:href|src)="([^"]*)"', page.text)
    assert len(linked) == 4
    assert not [link for link in linked if link.startswith("/")], "a proxy may put a path before ours"
    start = service.http.get("/docs/start.js").text
    for asset in (*linked, *re.findall(r'url: "([^"]*)"', start)):
        assert service.http.get(f"/{asset}").status_code == 200, asset


def test_foreign_host_is_refused(service: ServiceProcess) -> None:
    answer = service.http.get("/v1/documents", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-host")


def test_several_agents_and_the_mode_that_a_question_is_for(loaded: ServiceProcess) -> None:
    asked = "In which city was the company founded that built the Orrin Telescope?"
    answer = loaded.http.post("/v1/ask", json={"question": asked, "mode": "agents"}).json()
    assert answer["mode"] == "agents"
    assert answer["citations"]
    names = [step["name"] for step in answer["steps"]]
    assert (names[0], names[-1]) == ("planner", "writer")
    assert {"researcher passages", "researcher facts", "critic"} <= set(names)
    chosen = loaded.http.post("/v1/ask", json={"question": "Who built the Orrin Telescope?", "mode": "auto"}).json()
    assert chosen["steps"][0]["name"] == "mode"
    assert chosen["mode"] == "hybrid"
    assert loaded.ask("Who built the Orrin Telescope?")["mode"] == "hybrid", "the default of QUIPU_MODE"

"""The OpenAPI document is true: of what it promises everything works, and nothing else is answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from misbehaving import honest
from model_server import ModelServer
from openapi_campaign import campaign
from service_process import QUICK, ServiceProcess

from ingest.loaders.pdf import reading as pdf

KEY = "the-key-of-the-openapi-tests"
METHODS = {"get", "put", "post", "delete", "patch"}
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(honest) as server:
        yield server


@pytest.fixture(scope="module")
def service(model: ModelServer, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service with a key, a model and the sample documents, one of which cannot be read."""
    settings = {**QUICK, "QUIPU_EXTRACT_LLM": "openai/test", "QUIPU_LLM_URL": model.url, "QUIPU_API_KEY": KEY}
    with ServiceProcess(tmp_path_factory.mktemp("openapi") / "data", **settings).start() as running:
        running.http.headers["Authorization"] = f"Bearer {KEY}"
        files = {path.name: path.read_bytes() for path in sorted((samples / "documents").iterdir())}
        files |= {"bridge.txt": b"Ida Quell built the bridge.", "tower.pdf": pdf.sample()}
        files |= {"broken.pdf": b"%PDF-1.7 no more"}
        jobs = [uploaded(running, name, content) for name, content in files.items()]
        assert [running.job(job)["state"] for job in jobs] == [*["done"] * (len(jobs) - 1), "failed"]
        yield running
        running.check()


def uploaded(service: ServiceProcess, name: str, content: bytes) -> str:
    answer = service.http.put(f"/v1/documents/{name}", files={"file": (name, content)})
    return str(answer.json()["documents"][0]["job_id"])


@pytest.fixture(scope="module")
def document(service: ServiceProcess) -> dict[str, Any]:
    found: dict[str, Any] = service.read("/openapi.json")
    return found


def operations(document: dict[str, Any]) -> list[Operation]:
    return [(m, path, item[m]) for path, item in document["paths"].items() for m in sorted(METHODS & item.keys())]


def test_every_example_works(service: ServiceProcess, document: dict[str, Any]) -> None:
    """Each is sent as it stands, and succeeds."""
    watch = service.http.post("/v1/watches", json={"question": "Who founded Halden Observatory?"}).json()["id"]
    job = service.read("/v1/jobs", params={"state": "failed"})["jobs"][0]["id"]
    key = service.http.post("/v1/keys", json={"role": "ask"}).json()["id"]
    known = {
        "watch_id": watch,
        "session_id": service.http.post("/v1/sessions").json()["id"],
        "job_id": job,
        "key_id": key,
        "eval_id": evaluated(service, document),
        "before": evaluated(service, document),
    }  # no document can name them
    for method, path, one in sorted(operations(document), key=lambda item: item[0] == "delete"):
        answer = sent(service, method, path, one, known)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        assert str(answer.status_code) in one["responses"], f"{method} {path}"


def evaluated(service: ServiceProcess, document: dict[str, Any]) -> str:
    """An evaluation that is done, of the example."""
    found = sent(service, "post", "/v1/evals", document["paths"]["/v1/evals"]["post"], {}).json()["id"]
    service.until(lambda: service.read(f"/v1/evals/{found}")["state"] == "done", "the evaluation")
    return str(found)


def sent(service: ServiceProcess, method: str, path: str, one: dict[str, Any], known: dict[str, str]) -> httpx.Response:
    """The answer to the example of an operation; of endless streams no more than the beginning."""
    query: dict[str, Any] = {}
    for parameter in one.get("parameters", ()):
        name = parameter["name"]
        example = known.get(name, parameter.get("example"))
        if "content" in parameter:
            example = json.dumps(parameter["content"]["application/json"]["example"])
        if parameter["in"] == "path":
            path = path.replace("{" + name + "}", str(example))
        elif parameter["in"] == "query" and example is not None:
            query[name] = example
    content = one.get("requestBody", {}).get("content", {})
    options: dict[str, Any] = {"params": query}
    if "example" in content.get("application/json", {}):
        options["json"] = content["application/json"]["example"]
    elif "example" in content.get("multipart/form-data", {}):
        fields = content["multipart/form-data"]["example"]
        options["files"] = {name: (None, value) for name, value in fields.items()}
    with service.http.stream(method, path, **options) as answer:
        if not path.endswith("/events"):
            answer.read()
        return answer


def test_head_options_and_what_a_path_does_not_take(service: ServiceProcess, document: dict[str, Any]) -> None:
    for path in document["paths"]:
        here = path.replace("{document_id}", "orrin-telescope.md")
        allowed = service.http.options(here).headers["allow"].split(", ")
        assert {m.upper() for m in METHODS & document["paths"][path].keys()} <= set(allowed)
        refused = service.http.patch(here)
        assert refused.status_code == 405
        assert refused.headers["allow"].split(", ") == allowed
        assert refused.json()["code"] == "method-not-allowed"
        if path in {"/v1/documents", "/healthz", "/v1/documents/{document_id}/content"}:
            head, got = service.http.head(here), service.http.get(here)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-type"] == got.headers["content-type"]


def test_a_body_of_another_type_is_415(service: ServiceProcess) -> None:
    for path in ("/v1/ask", "/v1/documents", "/v1/evals", "/v1/watches"):
        answer = service.http.post(path, content=b"question=x", headers={"Content-Type": "text/csv"})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type"), path


def test_schemathesis_finds_nothing_undeclared(service: ServiceProcess, tmp_path: Path) -> None:
    """A small share of ``benchmarks/openapi_campaign.py``."""
    options = ("--seed", "14", "--max-examples", "1", "--generation-deterministic")
    found = campaign(f"http://127.0.0.1:{service.port}", tmp_path, *options, key=KEY)
    assert not found.broken_word()
    assert found.reached >= 0.95, found.unreached
    assert "Traceback" not in service.log.read_text()

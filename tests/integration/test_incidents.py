"""What becomes of an exception that nobody foresaw, in a service within this process."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hashing_embedder import HashingEmbedder
from structlog.testing import capture_logs

from api.event_log import _not_told_yet
from api.server import free_port, running
from api.settings import Settings
from graph.embedders.sentence_embedder import SentenceEmbedder
from ingest.documents import Documents

CANARY = "the merger with Aldermoor closes in March"


@pytest.fixture
def http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    embedder = HashingEmbedder()
    monkeypatch.setattr(SentenceEmbedder, "_encode", lambda _, texts: embedder.embed_passages(texts))
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path / "data", port=free_port())
    with running(settings) as url, httpx.Client(base_url=url, timeout=300, trust_env=False) as client:
        yield client


def fail(*_: Any, **__: Any) -> Any:
    raise LookupError(f"nothing under '{CANARY}'")


def test_it_is_an_incident_that_problem_log_and_metrics_tell_of(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Documents, "page", fail)
    with capture_logs() as logs:
        answer = http.get("/v1/documents")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "internal-error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert CANARY not in answer.text
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert line["incident"] == told["incident"]
    assert line["incident"] in told["detail"]
    assert 'quipu_requests_total{route="/v1/documents",status="500"} 1.0' in http.get("/metrics").text
    again = [record for record in caplog.records if record.name == "uvicorn.error" and record.exc_info]
    assert not any(map(_not_told_yet, again)), "the server need not tell of it once more"
    assert http.get("/healthz").status_code == 200


def test_nothing_is_held_open_after_it(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Documents, "page", fail)
    with capture_logs():  # what nobody has configured would draw every variable
        for _ in range(5):
            assert http.get("/v1/documents").status_code == 500
    told = re.findall(r"quipu_requests_(?:at_work|in_line)\{.*\} (\S+)", http.get("/metrics").text)
    assert set(told) == {"0.0"}

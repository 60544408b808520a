"""The model's server killed ten times, frozen, started again: nothing is lost, and nobody waits for ever."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import real_model
from progress import wait_until
from real_model import LlamaServer
from service_process import ServiceProcess

KILLS = 10
TIMEOUT = 60
"""Seconds that the service gives a call."""
PARTS = 6
PAPER = "\n\n".join(f"# Part {n}\n\nPart {n} was written by Tove Rask in {1900 + n}." for n in range(PARTS))
WHO = "Who wrote part 3?"


@pytest.fixture
def service(own_server: LlamaServer, tmp_path: Path) -> Iterator[ServiceProcess]:
    settings = {**real_model.settings(own_server.url), "QUIPU_LLM_TIMEOUT_SECONDS": str(TIMEOUT)}
    with ServiceProcess(tmp_path / "data", **settings).start() as running:
        job = running.put("paper", PAPER, title="Paper", media_type="text/markdown")
        assert (job["state"], job["chunks_total"]) == ("done", PARTS)
        yield running
        running.check()


def reading(service: ServiceProcess) -> dict[str, Any]:
    jobs = service.read("/v1/jobs", params={"document_id": "paper"})["jobs"]
    found: dict[str, Any] = next(job for job in jobs if job["kind"] == "extract")
    return found


def until_read(service: ServiceProcess, server: LlamaServer) -> dict[str, Any]:
    """The reading once it has ended: with loops of the model in it, and waits between attempts.

    A server that works writes into its log; all passages are asked about before one of them is done.
    """
    wait_until(
        lambda: reading(service)["state"] in {"done", "failed", "cancelled"}, "the end of the reading",
        seen=lambda: (reading(service)["chunks_done"], server.log.stat().st_size), still=6 * TIMEOUT, last=3600,
    )  # fmt: skip
    return reading(service)


@pytest.mark.timeout(7200)
def test_killed_ten_times_while_it_reads(service: ServiceProcess, own_server: LlamaServer) -> None:
    """Each time in the middle of a call; a question gets the cause meanwhile."""
    for number in range(KILLS):
        wait_until(lambda: _works(own_server), "a call at the server", seen=lambda: reading(service), still=6 * TIMEOUT)
        before = reading(service)["chunks_done"]
        own_server.kill()
        answer = service.http.post("/v1/ask", json={"question": f"{WHO} ({number})"})
        assert (answer.status_code, answer.json()["code"]) == (503, "dependency-unavailable"), answer.text
        own_server.start().wait_until_ready()
        assert reading(service)["chunks_done"] >= before, "an answer that was kept is lost"
        assert reading(service)["state"] in {"queued", "running", "waiting"}
    job = until_read(service, own_server)
    assert (job["state"], job["chunks_done"], job["chunks_total"]) == ("done", PARTS, PARTS), job
    assert service.read("/v1/documents/paper")["stage"] == "model"


def _works(server: LlamaServer) -> bool:
    """Whether its only slot computes an answer."""
    try:
        return any(
            slot["is_processing"] for slot in httpx.get(f"{server.url}/slots", trust_env=False, timeout=60).json()
        )
    except httpx.TransportError:
        return False


@pytest.mark.timeout(7200)
def test_frozen_it_makes_a_question_fail_in_time_and_the_reading_wait(
    service: ServiceProcess, own_server: LlamaServer
) -> None:
    wait_until(lambda: _works(own_server), "a call at the server", seen=lambda: reading(service), still=6 * TIMEOUT)
    own_server.freeze()
    began = time.monotonic()
    answer = service.http.post("/v1/ask", json={"question": WHO})
    assert (answer.status_code, answer.json()["code"]) == (503, "dependency-unavailable"), answer.text
    assert time.monotonic() - began < 2 * TIMEOUT
    service.until(lambda: reading(service)["state"] == "waiting", "a reading that waits", still=6 * TIMEOUT)
    assert "Tove Rask" in service.http.post("/v1/search", json={"query": WHO}).text
    own_server.thaw()
    job = until_read(service, own_server)
    assert (job["state"], job["chunks_done"]) == ("done", PARTS), job

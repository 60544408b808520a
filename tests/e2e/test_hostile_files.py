"""A small share of the campaign in `benchmarks/hostile_files.py`, and single files that a stranger may send."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from service_process import QUICK, ServiceProcess

from benchmarks.hostile_files import damaged, outcomes, send

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def docx_of(text: str) -> bytes:
    document, written = docx.Document(), io.BytesIO()
    document.add_paragraph("HERE")  # the library takes text letter by letter
    document.save(written)
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as to:
        for name in source.namelist():
            to.writestr(name, source.read(name).replace(b">HERE<", f">{text}<".encode()))
    return packed.getvalue()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with ServiceProcess(
        Path(tmp_path_factory.mktemp("hostile")) / "data", **QUICK, QUIPU_MAX_READING_SECONDS="2"
    ) as service:
        yield service.start()


def test_sixty_damaged_files(service: ServiceProcess) -> None:
    statuses, jobs, _ = send(service.http, list(damaged(60, seed=7)))
    assert not [status for status in statuses if status >= 500]
    ended, _ = outcomes(service.http, jobs)
    assert sum(ended.values()) == len(jobs) > 30
    assert not [how for how in ended if "internal" in how or "crashed" in how]
    assert service.readiness() == (200, "ready")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("much.docx", lambda: docx_of("word " * 1_700_000), "document-too-large"),
        ("deep.html", lambda: b"<div>" * 2_000_000, "too-demanding"),
        ("broken.pdf", lambda: b"%PDF-1.4\n" + b"1 0 obj " * 1000, "unreadable-document"),
    ],
)
def test_what_cannot_be_read_is_one_failed_job_with_its_cause(
    service: ServiceProcess, name: str, data: Callable[[], bytes], code: str
) -> None:
    answer = service.http.post("/v1/documents", files={"file": (name, data())})
    assert answer.status_code == 202, answer.text
    job = service.job(answer.json()["documents"][0]["job_id"])
    assert (job["state"], job["error"]["code"], job["error"]["stage"]) == ("failed", code, "load")
    assert service.put("after", "Ada Stone built the Selm Tower.")["state"] == "done"


def test_a_job_that_is_cancelled_ends_its_parser(service: ServiceProcess) -> None:
    answer = service.http.post("/v1/documents", files={"file": ("slow.html", b"<div>" * 2_000_000)})
    job_id = answer.json()["documents"][0]["job_id"]
    service.until(
        lambda: service.read(f"/v1/jobs/{job_id}")["state"] == "running", "a running job",
        seen=lambda: service.read(f"/v1/jobs/{job_id}"),
    )  # fmt: skip
    assert service.http.post(f"/v1/jobs/{job_id}/cancel").status_code < 300
    assert service.job(job_id)["state"] == "cancelled"


def test_brackets_without_end_are_read(service: ServiceProcess) -> None:
    answer = service.http.post("/v1/documents", files={"file": ("brackets.md", b"[" * 40_000)})
    assert service.job(answer.json()["documents"][0]["job_id"])["state"] == "done"

"""A window of 1,024 tokens, as small machines give: short texts are read, and what does not fit is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import real_model
from recorded_calls import RecordingProxy
from service_process import ROOT, ServiceProcess
from shown_sentences import unverified

WINDOW = 1024
DOCUMENTS = ("brennick.txt", "halden-observatory.md", "ingrid-vael.md", "rosa-medina.txt", "林雨桐.md")


@pytest.fixture(scope="module")
def service(small_window: RecordingProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    data = tmp_path_factory.mktemp("service") / "data"
    with ServiceProcess(data, **real_model.settings(small_window.url)).start() as running:
        yield running
        running.check()


@pytest.mark.timeout(3600)
def test_short_texts_are_read(service: ServiceProcess, small_window: RecordingProxy) -> None:
    for name in DOCUMENTS:
        kind = "text/markdown" if name.endswith(".md") else "text/plain"
        service.put(name, _text(name), title=Path(name).stem, media_type=kind)
        job = next(
            job for job in service.read("/v1/jobs", params={"document_id": name})["jobs"] if job["kind"] == "extract"
        )
        job = service.job(job["id"], still=600)
        assert (job["state"], job["chunks_failed"]) == ("done", 0), job
    calls = small_window.calls()
    assert len(calls) >= len(DOCUMENTS)
    assert all(
        call.status == 200 and call.prompt_tokens + call.completion_tokens <= WINDOW for call in calls if call.finish
    )


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("question", ["Who founded Halden Observatory?", "Where was Rosa Medina born?"])
def test_a_question_is_answered_or_refused(service: ServiceProcess, question: str) -> None:
    answer = service.ask(question)
    assert not unverified(question, answer, _text), answer
    assert answer["abstained"] or answer["citations"]


def _text(name: str) -> str:
    return (ROOT / "samples" / "documents" / name).read_text(encoding="utf-8")

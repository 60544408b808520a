"""Traces of a running service at a real OTLP receiver; and that nothing of it is there where none is set."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import processes
import pytest
from misbehaving import honest
from model_server import Asked, ModelServer, Reply, words
from service_process import QUICK, ROOT, ServiceProcess
from trace_receiver import TraceReceiver

SECRET = "Zyxqorvanterium"
TEXT = f"The {SECRET} mine of Kopp was sold by Bela Quohn. It yields ore."
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Hooks:
    """Takes webhooks, and keeps their headers."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(204)
                self.end_headers()

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.http.server_address[1]}"
        Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()


def reads_and_answers(asked: Asked) -> Reply:
    if "<passage" in asked.user:
        return honest(asked)
    return words(json.dumps({"entities": [{"name": "Bela Quohn", "type": "person"}], "relations": []}))


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServiceProcess, TraceReceiver, Hooks]]:
    """A service that has read, answered and sent a webhook, and was then stopped; what its collector was told."""
    folder, hooks = tmp_path_factory.mktemp("traced"), Hooks()
    with TraceReceiver() as receiver, ModelServer(reads_and_answers) as model:
        settings = {
            **QUICK, "QUIPU_LLM": "openai/test", "QUIPU_LLM_URL": model.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
            "QUIPU_WEBHOOK_HOSTS": hooks.host,
        }  # fmt: skip
        with ServiceProcess(folder / "data", **settings).start() as service:
            service.put(f"id-of-{SECRET}", TEXT, title=f"{SECRET} mine", metadata={"of": SECRET})
            read = f"/v1/documents/id-of-{SECRET}"
            service.until(lambda: service.read(read)["stage"] == "model", "the model's reading")
            parent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
            question = f"Who sold the {SECRET} mine?"
            asked = service.http.post("/v1/ask", json={"question": question}, headers=parent)
            assert SECRET in asked.json()["answer"]
            assert service.http.get("/v1/documents/no-such").status_code == 404
            body = {"question": f"Who sold {SECRET}?", "webhook": f"http://{hooks.host}/take"}
            assert service.http.post("/v1/watches", json=body).status_code == 201
            service.until(lambda: bool(hooks.headers), "the webhook")
            service.stop()
            yield service, receiver, hooks
            assert "NETGUARD" not in service.log.read_text()
    hooks.http.shutdown()
    hooks.http.server_close()


def test_a_request_is_part_of_its_callers_trace_and_its_steps_are_part_of_it(
    traced: tuple[ServiceProcess, TraceReceiver, Hooks],
) -> None:
    _, receiver, _ = traced
    assert receiver.paths == {"/v1/traces"}
    (asked,) = receiver.named("POST /v1/ask")
    assert (asked.trace, asked.parent, asked.kind, asked.failed) == (TRACE, PARENT, "SERVER", False)
    assert asked.attributes["http.route"] == "/v1/ask"
    assert asked.attributes["http.response.status_code"] == 200
    assert receiver.below(asked) >= {"seed", "search", "gather", "chat test"}


def test_a_call_of_a_model_has_the_attributes_of_generative_ai(
    traced: tuple[ServiceProcess, TraceReceiver, Hooks],
) -> None:
    _, receiver, _ = traced
    calls = receiver.named("chat test")
    assert len(calls) >= 2, "one to read, one to answer"
    for call in calls:
        assert call.kind == "CLIENT"
        assert call.attributes["gen_ai.operation.name"] == "chat"
        assert call.attributes["gen_ai.provider.name"] == "openai"
        assert call.attributes["gen_ai.request.model"] == "test"
        assert call.attributes["gen_ai.usage.input_tokens"] > 50
        assert call.attributes["gen_ai.usage.output_tokens"] > 0
        assert call.attributes["gen_ai.response.finish_reasons"] == ["stop"]
        assert not call.failed


def test_ingestion_is_told_step_by_step(traced: tuple[ServiceProcess, TraceReceiver, Hooks]) -> None:
    _, receiver, _ = traced
    (by_rule,) = receiver.named("ingest jobs")
    assert receiver.below(by_rule) == {"load", "chunk", "extract", "embed", "apply"}
    (by_model,) = receiver.named("extract jobs")
    assert receiver.below(by_model) >= {"load", "chunk", "extract", "embed", "apply", "chat test"}


def test_a_webhook_carries_the_trace_on(traced: tuple[ServiceProcess, TraceReceiver, Hooks]) -> None:
    _, receiver, hooks = traced
    (sent,) = receiver.named("POST webhook")
    assert hooks.headers[0]["traceparent"].startswith(f"00-{sent.trace}-{sent.id}-")


def test_no_text_no_title_and_no_message_leaves(traced: tuple[ServiceProcess, TraceReceiver, Hooks]) -> None:
    """FastAPI's own telemetry, which the environment asks for here, would send them."""
    _, receiver, _ = traced
    for word in (SECRET, "Quohn", "Kopp", "no-such"):
        assert word.encode() not in receiver.raw, word
    assert all(span.events == 0 for span in receiver.spans)
    (missing,) = receiver.named("GET /v1/documents/{document_id}")[-1:]
    assert missing.attributes["http.response.status_code"] == 404


def test_where_none_is_set_nothing_of_it_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from api.settings import Settings\n"
        "from api.bootstrap import build_service\n"
        "from api.mcp.endpoint import serve\n"
        "from api.rest.app import create_app\n"
        f"service = build_service(Settings(data_dir={str(tmp_path / 'data')!r}, llm='openai/test'))\n"
        "create_app(service, serve)\n"
        "service.stop()\n"
        "found = sorted(name for name in sys.modules if name.startswith('opentelemetry.exporter'))\n"
        "found += sorted(name for name in sys.modules if name.startswith('api.outbound.telemetry'))\n"
        "assert not found, found\n"
    )
    ran = processes.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr

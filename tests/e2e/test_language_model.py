"""Questions to a running service whose answers a model writes, over real HTTP on both sides."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from misbehaving import MISBEHAVIOURS, honest
from model_server import ModelServer, Reply
from service_process import QUICK, ServiceProcess

from api.server import free_port
from graph.jobs import NewJob
from graph.model import DEFAULT_WORKSPACE
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue

WHO = "Who designed the Selm Tower?"


@pytest.fixture(scope="module")
def before_its_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServiceProcess, int]]:
    """A service, and the port on which its model will be served."""
    port = free_port()
    settings = {"QUIPU_LLM": "openai/test", "QUIPU_LLM_URL": f"http://127.0.0.1:{port}",
                "QUIPU_LLM_TIMEOUT_SECONDS": "16", "QUIPU_EXTRACT_LLM": "none"}  # fmt: skip
    folder = tmp_path_factory.mktemp("model") / "data"
    folder.mkdir()
    operations = OperationsDatabase(folder / "operations.sqlite")
    left = NewJob(workspace=DEFAULT_WORKSPACE, kind="extract", document_id="left", version=1)
    SqliteJobQueue(operations).submit([left])  # by a service that had a model that reads
    operations.close()
    with ServiceProcess(folder, **QUICK, **settings).start() as running:
        running.put("selm", "The Selm Tower was designed by Edda Brink. It is made of larch.", title="Selm Tower")
        yield running, port
        assert "NETGUARD" not in running.log.read_text()


@pytest.fixture(scope="module")
def model(before_its_model: tuple[ServiceProcess, int]) -> Iterator[ModelServer]:
    with ModelServer(honest, port=before_its_model[1]) as server:
        yield server


@pytest.fixture(scope="module")
def answering(before_its_model: tuple[ServiceProcess, int]) -> ServiceProcess:
    return before_its_model[0]


def test_a_service_starts_without_its_model_and_says_so(before_its_model: tuple[ServiceProcess, int]) -> None:
    running, port = before_its_model
    response = running.http.post("/v1/ask", json={"question": WHO})
    assert (response.status_code, response.json()["code"]) == (503, "dependency-unavailable")
    assert f"http://127.0.0.1:{port}" in response.json()["detail"]


def test_an_answer_and_its_cost(answering: ServiceProcess, model: ModelServer) -> None:
    model.answer = honest
    answer = answering.ask(WHO)
    assert answer["answer"].startswith("The Selm Tower was designed by Edda Brink. [1]")
    assert answer["citations"][0]["quote"] == "The Selm Tower was designed by Edda Brin"
    assert answer["usage"]["calls"] == 1
    assert answer["usage"]["tokens"] > 100
    assert answering.ask(WHO)["usage"]["calls"] == 0
    (standing,) = answering.read("/v1/language-models")["models"]
    assert (standing["model"], standing["context_tokens"], standing["calls_in_line"]) == ("openai/test", 8192, 0)
    assert standing["output_tokens_per_second"] > 1
    measured = answering.http.get("/metrics").text
    assert 'quipu_model_speed{direction="output",model="openai/test"}' in measured


def test_streamed(answering: ServiceProcess, model: ModelServer) -> None:
    model.answer = honest
    body = {"question": WHO + " Say it slowly.", "stream": True}
    with answering.http.stream("POST", "/v1/ask", json=body) as response:
        lines = [line for line in response.iter_lines() if line]
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert names == ["step", "evidence", "token", "citation", "step", "done"]


@pytest.mark.parametrize("name", ["refuses", "silent", "prompt cut to half", "busy, come back tomorrow"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_fails_is_a_problem_with_a_cause(
    answering: ServiceProcess, model: ModelServer, name: str, stream: bool
) -> None:
    model.answer = MISBEHAVIOURS[name]
    response = answering.http.post("/v1/ask", json={"question": f"{WHO} {name} {stream}", "stream": stream})
    if stream:
        events = [line for line in response.text.split("\n") if line.startswith("event: ")]
        assert events[-1] == "event: error"
        assert "event: done" not in events
        found = json.loads([line for line in response.text.split("\n") if line.startswith("data: ")][-1][6:])
    else:
        found = response.json()
        assert response.status_code == found["status"]
    assert found["status"] in {502, 503}
    assert "openai/test" in found["detail"] or model.url in found["detail"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_whose_client_goes_away_ends_at_the_model(
    answering: ServiceProcess, model: ModelServer, stream: bool
) -> None:
    model.answer = lambda _: Reply(pieces=["and ", 1.5] * 20)
    gone, asked = model.gone, len(model.asked)
    body = {"question": f"{WHO} Never mind. {stream}", "stream": stream}
    client = HTTPConnection("127.0.0.1", answering.port)
    client.request("POST", "/v1/ask", body=json.dumps(body), headers={"Content-Type": "application/json"})
    answering.until(lambda: len(model.asked) > asked, "a question at the model")
    client.close()
    model.wait_for_gone(gone + 1, seconds=12)  # sooner than any timeout of the service
    assert len(model.asked) == asked + 1


def test_search_goes_on_while_the_model_is_down(answering: ServiceProcess, model: ModelServer) -> None:
    model.answer = MISBEHAVIOURS["refuses"]
    assert answering.http.get("/readyz").status_code == 200
    assert answering.http.post("/v1/search", json={"query": WHO}).json()["hits"]


def test_a_purge_reaches_the_answers_held(answering: ServiceProcess, model: ModelServer) -> None:
    model.answer = honest
    answering.put("brim", "The Brim Gate was painted by Sol Ashby.", title="Brim Gate")
    first = answering.ask("Who painted the Brim Gate?")
    assert "Sol Ashby" in first["answer"]
    answering.delete("/v1/documents/brim", params={"purge": True})
    answering.put("brim", "The Brim Gate was painted by Sol Ashby.", title="Brim Gate")
    assert answering.ask("Who painted the Brim Gate?")["usage"]["calls"] == 1


def test_readings_that_waited_are_cancelled_once_no_model_reads(answering: ServiceProcess) -> None:
    (left,) = answering.read("/v1/jobs", params={"document_id": "left"})["jobs"]
    found = answering.job(left["id"])
    assert (found["kind"], found["state"], found["error"]["code"]) == ("extract", "cancelled", "model-switched-off")
    assert "QUIPU_EXTRACT_LLM" in found["error"]["detail"]

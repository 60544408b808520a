"""The knowledge base as a model of Ollama's protocol, by its own client library."""

import json
from collections.abc import Iterator

import ollama
import pytest
from service_process import ServiceProcess

TEXT = "The Sorn Lock was dug by Elke Dorn."
WHO = "Who dug the Sorn Lock?"
SAID = f"{TEXT} [1]\n\n[1] Sorn Lock (ollama-sorn)"
ASKED = [{"role": "system", "content": "You are a pirate."}, {"role": "user", "content": WHO}]


@pytest.fixture(scope="module")
def client(service: ServiceProcess) -> Iterator[ollama.Client]:
    service.put("ollama-sorn", TEXT, title="Sorn Lock")
    client = ollama.Client(f"http://127.0.0.1:{service.port}", trust_env=False)
    yield client
    client._client.close()


def test_the_one_model(client: ollama.Client, service: ServiceProcess) -> None:
    assert [model.model for model in client.list().models] == ["quipu:latest"]
    assert [model.model for model in client.ps().models] == ["quipu:latest"]
    assert client.show("quipu").capabilities == ["completion"]
    assert client.show("quipu:latest").details is not None
    assert service.read("/api/version")["version"]
    for name in ("llama3.1:8b", "quipu:8b"):
        with pytest.raises(ollama.ResponseError, match="use 'quipu'") as failed:
            client.show(name)
        assert failed.value.status_code == 404
        assert failed.value.error == f"no model {name.removesuffix(':latest')!r} here; use 'quipu'"


def test_a_chat(client: ollama.Client) -> None:
    done = client.chat("quipu", messages=ASKED)
    assert done.message.content == SAID
    assert done.done
    assert done.done_reason == "stop"
    assert done.eval_count == 0
    assert done.total_duration


def test_a_chat_line_by_line(client: ollama.Client) -> None:
    lines = list(client.chat("quipu:latest", messages=ASKED, stream=True))
    assert "".join(line.message.content or "" for line in lines) == SAID
    assert [line.done for line in lines] == [False] * (len(lines) - 1) + [True]
    assert len(lines) > 2


def test_a_prompt(client: ollama.Client) -> None:
    assert client.generate("quipu", prompt=WHO).response == SAID
    assert "".join(line.response for line in client.generate("quipu", prompt=WHO, stream=True)) == SAID


def test_the_text_ends_where_the_client_says(client: ollama.Client) -> None:
    assert client.generate("quipu", prompt=WHO, options={"stop": [" [1]"], "temperature": 1}).response == TEXT


def test_to_load_it_is_no_question(client: ollama.Client) -> None:
    assert client.generate("quipu").done_reason == "load"
    assert client.chat("quipu").done_reason == "load"


def test_a_stream_is_what_the_protocol_begins_with(client: ollama.Client, service: ServiceProcess) -> None:
    answer = service.http.post("/api/chat", json={"model": "quipu", "messages": ASKED})
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[-1]["quipu"]["citations"][0]["document_id"] == "ollama-sorn"
    assert not any("quipu" in line for line in lines[:-1])


def test_pictures_are_told_off_in_words(client: ollama.Client) -> None:
    done = client.chat("quipu", messages=[{"role": "user", "content": WHO, "images": [b"\x89PNG"]}])
    assert done.message.content == f"{SAID}\nimages were not read: text alone is"


def test_what_cannot_be_had_is_refused_by_name(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="format"):
        client.chat("quipu", messages=ASKED, format="json")
    with pytest.raises(ollama.ResponseError, match="role 'user'"):
        client.chat("quipu", messages=ASKED[:1])
    with pytest.raises(ollama.ResponseError, match="empty"):
        client.chat("quipu", messages=[{"role": "user", "content": " "}])

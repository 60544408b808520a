"""SIGTERM while a model takes longer than there is time: whoever waits is told, and nobody is cut off."""

import signal
import threading
from pathlib import Path

import httpx
from model_server import ModelServer, Reply
from service_process import PATIENCE_SECONDS, QUICK, ServiceProcess

ASKED = {"question": "Who built Amber Bridge?"}
SAID = {"model": "quipu", "messages": [{"role": "user", "content": ASKED["question"]}]}


def test_an_answer_that_takes_too_long_ends_with_a_terminal_event(tmp_path: Path) -> None:
    found: dict[str, httpx.Response] = {}
    with (
        ModelServer(lambda _: Reply(pieces=[600.0])) as model,
        ServiceProcess(
            tmp_path / "data", **QUICK, QUIPU_LLM="openai/test", QUIPU_LLM_URL=model.url, QUIPU_MAX_QUESTIONS="4"
        ).start() as service,
    ):  # fmt: skip
        service.put("bridge", "Amber Bridge was built by Tove Rask.")
        base = str(service.http.base_url).rstrip("/")

        def ask(name: str, path: str, body: object) -> None:
            found[name] = httpx.post(f"{base}{path}", json=body, timeout=PATIENCE_SECONDS)

        threads = [
            threading.Thread(target=ask, args=("stream", "/v1/ask", {**ASKED, "stream": True})),
            threading.Thread(target=ask, args=("chat", "/v1/chat/completions", {**SAID, "stream": True})),
            threading.Thread(target=ask, args=("whole", "/v1/ask", ASKED)),
        ]
        for thread in threads:
            thread.start()
        service.until(lambda: at_work(service) == 3, "all three are under way", seen=lambda: at_work(service))
        service.signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
        assert service.stop() in {0, -signal.SIGTERM}
    last = found["stream"].text.rstrip().split("\n\n")[-1]
    assert last.startswith("event: error\n")
    assert '"stopped"' in last
    assert found["stream"].text.count("event: error") + found["stream"].text.count("event: done") == 1
    assert '"stopped"' in found["chat"].text
    assert found["chat"].text.endswith("data: [DONE]\n\n")
    assert (found["whole"].status_code, found["whole"].json()["code"]) == (503, "stopped")
    assert found["whole"].headers["retry-after"]


def test_who_leaves_the_line_gives_the_place_back(tmp_path: Path) -> None:
    with (
        ModelServer(lambda _: Reply(pieces=[600.0])) as model,
        ServiceProcess(
            tmp_path / "data", **QUICK, QUIPU_LLM="openai/test", QUIPU_LLM_URL=model.url, QUIPU_MAX_QUESTIONS="1"
        ).start() as service,
    ):  # fmt: skip
        service.put("bridge", "Amber Bridge was built by Tove Rask.")
        base = str(service.http.base_url).rstrip("/")
        with httpx.Client(timeout=PATIENCE_SECONDS) as first, httpx.Client(timeout=PATIENCE_SECONDS) as second:
            clients = [threading.Thread(target=give_up, args=(one, f"{base}/v1/ask")) for one in (first, second)]
            clients[0].start()
            service.until(lambda: at_work(service) == 1, "one is at work", seen=lambda: at_work(service))
            clients[1].start()
            service.until(lambda: in_line(service) == 1, "one is in line", seen=lambda: in_line(service))
            hang_up(second)
            service.until(lambda: in_line(service) == 0, "nobody is in line", seen=lambda: in_line(service))
            assert at_work(service) == 1
            hang_up(first)
            service.until(lambda: at_work(service) == 0, "nobody is at work", seen=lambda: at_work(service))
        for client in clients:
            client.join()


def give_up(client: httpx.Client, url: str) -> None:
    try:
        client.post(url, json=ASKED)
    except httpx.TransportError:
        return
    raise AssertionError("nobody was to be answered")


def hang_up(client: httpx.Client) -> None:
    """Shut the sockets of a client, whatever its threads wait for."""
    pool = client._transport._pool  # type: ignore[attr-defined]
    for connection in pool.connections:
        connection._connection._network_stream._sock.shutdown(2)


def at_work(service: ServiceProcess) -> int:
    return gauge(service, "quipu_requests_at_work")


def in_line(service: ServiceProcess) -> int:
    return gauge(service, "quipu_requests_in_line")


def gauge(service: ServiceProcess, name: str) -> int:
    text = service.http.get("/metrics").text
    (value,) = [line.split()[1] for line in text.splitlines() if line.startswith(f'{name}{{lane="questions"}}')]
    return int(float(value))

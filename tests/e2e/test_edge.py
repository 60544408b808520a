"""The edge of a running service: floods, half-sent requests, refused uploads, clients that leave, foreign pages."""

import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import psutil
import pytest
from progress import wait_until
from raw_http import leave, request, talk
from service_process import PATIENCE_SECONDS, QUICK, ServiceProcess

KEY = "s3cret-key-of-this-test"
RIGHT = {"Authorization": f"Bearer {KEY}"}
BEARER = f"Authorization: Bearer {KEY}"
JSON = "Content-Type: application/json"
CANARY = "the merger with Aldermoor closes in March"
UPLOAD = 100_000_000


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service with a key, and few places."""
    settings = {
        "QUIPU_API_KEY": KEY, "QUIPU_MAX_QUESTIONS": "3", "QUIPU_MAX_WRITES": "3", "QUIPU_MAX_CONNECTIONS": "64",
        "QUIPU_CORS_ORIGINS": "https://wiki.example",
    }  # fmt: skip
    with ServiceProcess(tmp_path_factory.mktemp("edge") / "data", **QUICK, **settings).start() as process:
        process.http.headers.update(RIGHT)
        process.put("bridge", "Amber Bridge was built by Tove Rask. It crosses the river Aune.")
        process.until(lambda: "parser process ready" in process.log.read_text(), "all that starts beside it is told")
        yield process
        log = process.log.read_text()
        assert KEY not in log
        assert CANARY not in log
        assert "Traceback" not in log


def counted(service: ServiceProcess) -> Counter[str]:
    """Requests so far, by route and status."""
    found = re.findall(r'quipu_requests_total\{route="(.*)",status="(\d+)"\} (\S+)', service.http.get("/metrics").text)
    return Counter({f"{route} {status}": int(float(number)) for route, status, number in found})


def logged(service: ServiceProcess) -> list[dict[str, Any]]:
    return [json.loads(line) for line in service.log.read_text().splitlines()]


# --- what goes wrong is told, once, without what it was about


@pytest.mark.parametrize(
    ("path", "kind", "route"),
    [
        ("/v1/documents", JSON, "/v1/documents"),
        ("/v1/documents", "Content-Type: multipart/form-data; boundary=x", "/v1/documents"),
        ("/v1/ask", JSON, "/v1/ask"),
    ],
)
def test_a_client_that_leaves_is_no_error(edge: ServiceProcess, path: str, kind: str, route: str) -> None:
    before, lines = counted(edge), len(logged(edge))
    begun = f'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{CANARY}'
    leave(edge.port, request("POST", path, BEARER, kind, length=1_000_000) + begun.encode())
    edge.until(lambda: counted(edge)[f"{route} 499"] > before[f"{route} 499"], "it is counted as gone")
    assert len(logged(edge)) == lines
    assert not [name for name, more in (counted(edge) - before).items() if name.endswith(" 500") and more]


# --- a refused upload is not read


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (("Authorization: Bearer wrong", JSON), 401),
        ((BEARER, JSON, "Origin: http://evil.example"), 403),
        ((BEARER, "Content-Type: image/x-nothing"), 415),
    ],
)
@pytest.mark.parametrize("announced", [True, False])
def test_a_refused_upload_is_answered_and_closed(
    edge: ServiceProcess, headers: tuple[str, ...], status: int, announced: bool
) -> None:
    if announced:
        head, part = request("POST", "/v1/documents", *headers, length=UPLOAD), b"x" * 65536
    else:
        head = request("POST", "/v1/documents", *headers, "Transfer-Encoding: chunked")
        part = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    reply = talk(edge.port, head, more=part, times=UPLOAD // 65536)
    assert reply.status == status
    assert "connection: close" in reply.head
    assert "application/problem+json" in reply.head
    assert reply.sent < UPLOAD // 10, "what the buffers of the system hold, and a little more"
    assert reply.seconds < 100


def test_a_body_over_the_limit_is_refused_though_its_length_was_not_told(edge: ServiceProcess) -> None:
    head = request("POST", "/v1/ask", BEARER, JSON, "Transfer-Encoding: chunked")
    reply = talk(edge.port, head, more=b"10000\r\n" + b"x" * 65536 + b"\r\n", times=1000)
    assert reply.status == 413
    assert b"document-too-large" in reply.raw


# --- sockets end


def test_half_sent_requests_are_closed_while_others_are_answered(edge: ServiceProcess) -> None:
    """Slowloris: each connection sends a byte now and then, or nothing at all."""
    begun = {
        "nothing": b"",
        "half a head": b"GET /healthz HTTP/1.1\r\nHo",
        "half a body": request("POST", "/v1/ask", BEARER, JSON, length=1000) + b"{",
        "a second head": request("GET", "/healthz") + b"GET /heal",
        "kept": request("GET", "/healthz"),
    }
    ends: dict[str, float] = {}

    def drip(name: str, number: int) -> None:
        ends[f"{name} {number}"] = dripped(edge.port, begun[name], again=name.startswith("half"))

    threads = [threading.Thread(target=drip, args=(name, number)) for name in begun for number in range(8)]
    for thread in threads:
        thread.start()
    assert edge.http.get("/healthz").status_code == 200
    wait_until(lambda: len(ends) == len(threads), "every connection is closed", seen=lambda: len(ends))
    assert max(ends.values()) < 200
    for thread in threads:
        thread.join()


def dripped(port: int, first: bytes, *, again: bool) -> float:
    """Seconds until a connection was closed on which, after a beginning, a byte comes now and then."""
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as connection, suppress(ConnectionError):
        connection.sendall(first)
        while True:
            try:
                if not connection.recv(4096):
                    break
            except TimeoutError:
                connection.sendall(b"x" if again else b"")
    return time.monotonic() - started


def test_many_idle_connections_keep_nobody_out(edge: ServiceProcess) -> None:
    idle = [socket.create_connection(("127.0.0.1", edge.port)) for _ in range(200)]
    try:
        with httpx.Client(base_url=edge.http.base_url, trust_env=False) as fresh:
            assert fresh.get("/healthz").status_code == 200
        served = lambda: len(  # noqa: E731
            [one for one in psutil.Process(edge.pid).net_connections(kind="tcp") if one.status == "ESTABLISHED"]
        )
        wait_until(lambda: served() <= 80, "the end of most of them", seen=served)
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize(
    "raw", [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_http_is_a_problem(edge: ServiceProcess, raw: bytes) -> None:
    reply = talk(edge.port, raw)
    assert reply.status == 400
    assert "application/problem+json" in reply.head


# --- floods


def test_a_flood_is_refused_in_time_and_health_checks_go_on(edge: ServiceProcess) -> None:
    """Forty askers for nine places: some are answered, the others refused before their body is read."""
    seen: Counter[int] = Counter()
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(
            base_url=edge.http.base_url, headers=RIGHT, timeout=PATIENCE_SECONDS, trust_env=False
        ) as client:
            while not stop.is_set():
                answer = client.post("/v1/ask", json={"question": "Who built Amber Bridge?"})
                seen[answer.status_code] += 1
                if answer.status_code != 200:
                    assert int(answer.headers["retry-after"]) > 0
                    assert answer.headers["content-type"] == "application/problem+json"

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    slowest = 0.0
    try:
        for _ in range(20):
            for path in ("/healthz", "/readyz"):
                started = time.monotonic()
                assert edge.http.get(path).status_code == 200
                slowest = max(slowest, time.monotonic() - started)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(seen) <= {200, 429, 503}
    assert seen[200] > 0
    assert seen[429] + seen[503] > 0
    assert slowest < 15, "0.5 s on a machine with nothing else to do: benchmarks/load.py"
    assert edge.http.post("/v1/ask", json={"question": "Who built Amber Bridge?"}).status_code == 200


def test_a_stream_keeps_its_place_until_it_ends(edge: ServiceProcess) -> None:
    job = edge.upload({"id": "followed", "text": "Followed Hill is high."})[0]["job_id"]
    edge.job(job)
    watch = edge.http.post("/v1/watches", json={"question": "How high is Followed Hill?"}).json()["id"]
    with edge.http.stream("GET", f"/v1/watches/{watch}/events") as events:
        lines = events.iter_lines()
        assert next(lines).startswith("id: ")
        assert 'quipu_requests_at_work{lane="streams"} 1.0' in edge.http.get("/metrics").text
    edge.until(
        lambda: 'quipu_requests_at_work{lane="streams"} 0.0' in edge.http.get("/metrics").text, "the place is free"
    )
    edge.delete(f"/v1/watches/{watch}")


# --- foreign pages

WRITES = [
    ("POST", "/v1/documents"), ("PUT", "/v1/documents/bridge"), ("DELETE", "/v1/documents/bridge"),
    ("POST", "/v1/ask"), ("POST", "/v1/watches"), ("POST", "/v1/verify"), ("OPTIONS", "/v1/documents"),
    ("PATCH", "/v1/documents"), ("GET", "/v1/documents"), ("GET", "/v1/config"), ("GET", "/metrics"),
]  # fmt: skip
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://127.0.0.1.evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://wiki.example"},
    {"Origin": "https://wiki.example.evil.example"},
    {"Origin": "file://"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_foreign_pages_are_refused(edge: ServiceProcess, method: str, path: str, headers: dict[str, str]) -> None:
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = edge.http.request(method, path, headers={**headers, "Content-Type": kind}, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin")
        assert "access-control-allow-origin" not in answer.headers
    assert edge.http.get("/v1/documents/bridge").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "{self}"},
        {"Origin": "{self}", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://wiki.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_own_pages_named_ones_and_programs_pass(edge: ServiceProcess, headers: dict[str, str]) -> None:
    own = str(edge.http.base_url).rstrip("/")
    sent = {name: value.format(self=own) for name, value in headers.items()}
    assert edge.http.post("/v1/search", json={"query": "bridge"}, headers=sent).status_code == 200


def test_a_link_from_another_page_may_be_followed(edge: ServiceProcess) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert edge.http.get("/docs", headers=link).status_code == 200
    assert edge.http.post("/v1/search", json={"query": "bridge"}, headers=link).status_code == 403


def test_a_named_page_may_ask_beforehand_without_the_key(edge: ServiceProcess) -> None:
    asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,content-type"}
    with httpx.Client(base_url=edge.http.base_url, trust_env=False) as browser:
        answer = browser.options("/v1/documents/x", headers={"Origin": "https://wiki.example", **asks})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://wiki.example"
        assert "access-control-allow-credentials" not in answer.headers
        assert browser.options("/v1/documents/x", headers={"Origin": "http://evil.example", **asks}).status_code == 403


def test_json_must_say_that_it_is_json(edge: ServiceProcess) -> None:
    body = json.dumps({"question": "Who built Amber Bridge?"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert edge.http.post("/v1/ask", content=body, headers={"Content-Type": kind}).status_code in {400, 415, 422}


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/v1/documents", "/v1/nothing", "/metrics"])
def test_every_answer_tells_browsers_to_be_careful(edge: ServiceProcess, path: str) -> None:
    told = edge.http.get(path).headers
    assert told["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in told["content-security-policy"]
    assert told["cache-control"] == "no-store"

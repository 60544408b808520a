"""Watches as people use them: over REST, as server-sent events, by webhook and on the command line."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import processes
import pytest
from service_process import QUICK, ROOT, ServiceProcess

QUESTION = "Who keeps the lighthouse of Ostvik?"


def watch_with(service: ServiceProcess, question: str, **more: Any) -> dict[str, Any]:
    answer = service.http.post("/v1/watches", json={"question": question, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = service.read(answer.headers["Location"])
    return found


def updates_of(service: ServiceProcess, watch: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The updates of a watch, once there are so many."""

    def found() -> list[dict[str, Any]]:
        updates: list[dict[str, Any]] = service.read(f"/v1/watches/{watch['id']}/updates")["updates"]
        return updates

    return service.until(lambda: now if len(now := found()) >= count else [], f"{count} updates", seen=found)


def test_the_answer_to_a_watch_follows_its_documents(service: ServiceProcess) -> None:
    service.put("watch/keeper", "Mara Voss keeps the lighthouse of Ostvik.")
    watch = watch_with(service, QUESTION)
    updates_of(service, watch, 1)
    revision = service.put("watch/keeper", "Nils Krogh keeps the lighthouse of Ostvik.")["revision"]
    first, second = updates_of(service, watch, 2)
    assert first["before"] is None
    assert "Mara Voss" in first["after"]["answer"]
    assert [one["quote"] for one in second["removed"]] == ["Mara Voss keeps the lighthouse of Ostvik."]
    assert [one["quote"] for one in second["added"]] == ["Nils Krogh keeps the lighthouse of Ostvik."]
    assert second["after"]["revision"] >= revision
    held = service.read(f"/v1/watches/{watch['id']}")
    assert held["answer"] == second["after"]
    assert held["problem"] is None
    service.delete("/v1/documents/watch/keeper", params={"purge": True})
    updates = f"/v1/watches/{watch['id']}/updates"
    service.until(lambda: "Nils" not in json.dumps(service.read(updates)), "updates without what was purged")
    assert service.http.delete(f"/v1/watches/{watch['id']}").status_code == 204
    assert service.http.get(f"/v1/watches/{watch['id']}").status_code == 404


def test_events_come_as_they_happen_and_go_on_where_they_broke_off(service: ServiceProcess) -> None:
    service.put("watch/sse", "Runa Stahl keeps the lighthouse of Vestvik.")
    watch = watch_with(service, "Who keeps the lighthouse of Vestvik?")
    path = f"/v1/watches/{watch['id']}/events"
    seen: list[tuple[str, dict[str, Any]]] = []
    with service.http.stream("GET", path) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        seen.append(next_event(lines))
        service.put("watch/sse", "Ivo Berg keeps the lighthouse of Vestvik.")
        seen.append(next_event(lines))
    assert ["Runa Stahl" in seen[0][1]["after"]["answer"], "Ivo Berg" in seen[1][1]["after"]["answer"]] == [True, True]
    with service.http.stream("GET", path, headers={"Last-Event-ID": seen[0][0]}) as response:
        lines = response.iter_lines()
        assert next_event(lines) == seen[1]
        service.delete(f"/v1/watches/{watch['id']}")
        assert list(lines) == []
    assert service.http.get(path).status_code == 404


def next_event(lines: Iterator[str]) -> tuple[str, dict[str, Any]]:
    number = next(lines).removeprefix("id: ")
    assert next(lines) == "event: update"
    body: dict[str, Any] = json.loads(next(lines).removeprefix("data: "))
    assert next(lines) == ""
    assert number == str(body["id"])
    return number, body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": " "}, 400),
        ({}, 422),
        ({"question": "Who?", "mode": "sideways"}, 422),
        ({"question": "Who?", "filters": {"year": {"about": 7}}}, 400),
        ({"question": "Who?", "webhook": "http://127.0.0.1:9/hook"}, 400),
        ({"question": "Who?", "webhook": "file:///etc/passwd"}, 400),
        ({"question": "Who?", "k": 3}, 422),
    ],
)
def test_what_cannot_be_watched(service: ServiceProcess, body: dict[str, Any], status: int) -> None:
    answer = service.http.post("/v1/watches", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_watches_are_listed_page_by_page(service: ServiceProcess) -> None:
    mine = {watch_with(service, f"What is in drawer {number}?")["id"] for number in range(3)}
    seen, cursor = set(), ""
    while cursor is not None:
        page = service.read("/v1/watches", params={"limit": 2, "cursor": cursor})
        seen |= {watch["id"] for watch in page["watches"]}
        cursor = page["next_cursor"]
    assert mine <= seen
    for watch_id in mine:
        service.delete(f"/v1/watches/{watch_id}")


def test_watches_on_the_command_line(service: ServiceProcess) -> None:
    service.put("watch/cli", "Tove Lind keeps the lighthouse of Sydvik.")

    def said(*arguments: str) -> str:
        ran = service.quipu("watches", *arguments)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    watch = json.loads(said("add", "Who keeps the lighthouse of Sydvik?", "--json"))
    updates_of(service, watch, 1)
    assert watch["id"] in {one["id"] for one in json.loads(said("list", "--json"))}
    assert "+ watch/cli, version 1" in said("show", watch["id"])
    environment = {**service.environment(), "QUIPU_URL": str(service.http.base_url)}
    command = [sys.executable, "-m", "api", "watches", "follow", watch["id"]]
    with processes.start(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) as following:
        try:
            assert following.stdout is not None
            assert "Tove Lind" in following.stdout.readline().decode()
            said("delete", watch["id"])
            service.until(lambda: following.poll() is not None, "the end of following")
        finally:
            processes.end(following)
        assert following.returncode == 0


class Hook(BaseHTTPRequestHandler):
    """Takes what it is sent, but for the first try."""

    received: list[dict[str, Any]]
    refusals: list[int]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = bool(self.refusals)
        self.send_response(self.refusals.pop() if refused else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        if not refused:
            self.received.append(body)

    def log_message(self, *_: object) -> None:
        pass


def test_updates_go_to_named_hosts_and_survive_a_kill(tmp_path: Path) -> None:
    Hook.received, Hook.refusals = [], [302]
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        hosts = f"hooks.example.org, {address}"
        with ServiceProcess(tmp_path / "data", **QUICK, QUIPU_WEBHOOK_HOSTS=hosts).start() as service:
            service.put("hooked", "Mara Voss keeps the lighthouse of Ostvik.")
            watch = watch_with(service, QUESTION, webhook=f"http://{address}/hook")
            updates_of(service, watch, 1)
            service.kill()
            service.start()
            service.put("hooked", "Nils Krogh keeps the lighthouse of Ostvik.")
            service.until(
                lambda: len({one["update"]["id"] for one in Hook.received}) >= 2, "two updates sent",
                seen=lambda: list(Hook.received),
            )  # fmt: skip
        assert {one["watch"] for one in Hook.received} == {watch["id"]}
        distinct = {one["update"]["id"]: one["update"]["after"]["answer"] for one in Hook.received}
        assert ["Mara" in answer for answer in distinct.values()] == [True, False]
        assert ["Nils" in answer for answer in distinct.values()] == [False, True]
        server.shutdown()

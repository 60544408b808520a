"""Watches with keys of their own, and principals that a proxy names, on a running service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_process import QUICK, ServiceProcess

HEADER = "X-Principals"
QUESTION = "Who keeps the lighthouse of Norvik?"
SECRET = "Zyra Quell keeps the lighthouse of Norvik."
HR = "group:hr"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    settings = {"QUIPU_API_KEY": "boss", "QUIPU_PRINCIPALS_HEADER": HEADER, "QUIPU_TRUSTED_PROXIES": "127.0.0.1"}
    with ServiceProcess(tmp_path_factory.mktemp("watchers") / "data", **QUICK, **settings).start() as running:
        yield running


def call(service: ServiceProcess, key: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
    return service.http.request(method, path, headers=headers, **more)


def made(service: ServiceProcess, role: str) -> dict[str, str]:
    found: dict[str, str] = call(
        service, "boss", "POST", "/v1/keys", json={"role": role, "workspace": "default"}
    ).json()
    return found


def put(service: ServiceProcess, name: str, text: str, **more: Any) -> None:
    body = {"documents": [{"text": text, **more}]}
    job = call(service, "boss", "PUT", f"/v1/documents/{name}", json=body).json()["documents"][0]["job_id"]
    service.until(lambda: call(service, "boss", "GET", f"/v1/jobs/{job}").json()["state"] == "done", f"{name} is read")


def updates(service: ServiceProcess, watch: str) -> int:
    return len(call(service, "boss", "GET", f"/v1/watches/{watch}/updates").json()["updates"])


def test_a_key_sees_its_own_watches_alone_and_they_stop_with_it(service: ServiceProcess) -> None:
    mine, theirs, admin = made(service, "write"), made(service, "write"), made(service, "admin")
    watches = {
        one["id"]: call(service, one["key"], "POST", "/v1/watches", json={"question": QUESTION}).json()["id"]
        for one in (mine, theirs, admin)
    }
    for one, other in ((mine, theirs), (theirs, mine), (mine, admin)):
        own, foreign = watches[one["id"]], watches[other["id"]]
        listed = call(service, one["key"], "GET", "/v1/watches").json()["watches"]
        assert [watch["id"] for watch in listed] == [own]
        for path in ("", "/updates", "/events"):
            assert call(service, one["key"], "GET", f"/v1/watches/{foreign}{path}").status_code == 404, path
        assert call(service, one["key"], "DELETE", f"/v1/watches/{foreign}").status_code == 404
        assert call(service, one["key"], "GET", f"/v1/watches/{own}").status_code == 200
    for key in (admin["key"], "boss"):
        listed = call(service, key, "GET", "/v1/watches").json()["watches"]
        assert {watch["id"] for watch in listed} == set(watches.values())
    for watch in watches.values():
        service.until(lambda watch=watch: updates(service, watch) == 1, "the first answer")
    assert call(service, "boss", "DELETE", f"/v1/keys/{mine['id']}").is_success
    assert call(service, mine["key"], "GET", "/v1/watches").status_code == 401
    put(service, "norvik", "Tove Rask keeps the lighthouse of Norvik.")
    service.until(lambda: updates(service, watches[theirs["id"]]) == 2, "the change is told to those whose key counts")
    service.until(lambda: updates(service, watches[admin["id"]]) == 2, "and to the administrator")
    assert updates(service, watches[mine["id"]]) == 1
    seen = call(service, "boss", "GET", f"/v1/watches/{watches[mine['id']]}").json()
    assert "Tove" not in str(seen["answer"])


def test_a_trusted_proxy_names_principals(service: ServiceProcess) -> None:
    asks = made(service, "ask")["key"]
    put(service, "secret", SECRET, readers=[HR])
    for named, there in ({HEADER: f"user:ida, {HR}"}, True), ({HEADER: "user:ida"}, False), ({}, False):
        found = call(service, asks, "GET", "/v1/documents/secret", headers=named)
        assert found.status_code == (200 if there else 404), named
        found = call(service, asks, "POST", "/v1/search", json={"query": QUESTION}, headers=named).text
        assert ("Zyra" in found) == there, named
    without = service.http.get("/v1/documents/secret", headers={HEADER: HR})
    assert without.status_code == 401, "a header is no key"


@pytest.mark.parametrize("trusted", ["10.9.8.0/24", ""])
def test_the_header_of_anybody_else_says_nothing(tmp_path: Path, trusted: str) -> None:
    settings = {"QUIPU_API_KEY": "boss", "QUIPU_PRINCIPALS_HEADER": HEADER, "QUIPU_TRUSTED_PROXIES": trusted}
    with ServiceProcess(tmp_path / "data", **QUICK, **settings).start() as service:
        put(service, "secret", SECRET, readers=[HR])
        asks = made(service, "ask")["key"]
        assert call(service, "boss", "GET", "/v1/documents/secret").status_code == 200
        forwarded = {HEADER: HR, "X-Forwarded-For": "10.9.8.7", "X-Real-IP": "10.9.8.7"}
        assert call(service, asks, "GET", "/v1/documents/secret", headers=forwarded).status_code == 404
        answered = call(service, asks, "POST", "/v1/ask", json={"question": QUESTION}, headers=forwarded).text
        assert "Zyra" not in answered

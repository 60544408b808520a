"""Keys, roles and workspaces on a running service: the matrix is made from its own OpenAPI file."""

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from service_process import QUICK, ServiceProcess

from api.admission.keys import FIRST_KEY

ROLES = ("ask", "write", "admin", "operator")
BODIES: dict[str, Any] = {
    "/v1/documents": {"documents": [{"id": "x", "text": "One line."}]},
    "/v1/documents/{document_id}": {"documents": [{"text": "One line."}]},
    "/v1/search": {"query": "who"},
    "/v1/ask": {"question": "who"},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "who"}]},
    "/v1/graph/merges": {"first_id": "a", "second_id": "b", "same": True},
    "/v1/watches": {"question": "Who is it?"},
    "/v1/reindex": {"extract": True},
    "/v1/verify": {},
    "/v1/evals": {"dataset": "none"},
    "/v1/keys": {"role": "ask"},
}
LASTING = {"/v1/watches/{watch_id}/events", "/v1/jobs/{job_id}/events"}
"""Streams, which do not end by themselves."""
UNDRAWN = {"/v1/documents/{document_id}/pages/{page}"}
"""The one document is a text, and has no pages to draw, for its owner either."""
ASKING = {"/v1/evals/{eval_id}/comparison": "?before={eval_id}"}


@dataclass
class World:
    """A service with two workspaces, a key of each role to each, and one thing of each kind in the first."""

    service: ServiceProcess
    keys: dict[tuple[str, str], str]
    ids: dict[str, str]
    schema: dict[str, Any]

    def call(self, method: str, path: str, key: str, **more: Any) -> httpx.Response:
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more.pop("headers", {})}
        with self.service.http.stream(method, path, headers=headers, **more) as answer:
            if answer.headers.get("content-type", "").startswith("text/event-stream"):
                return answer
            answer.read()
            return answer

    def operations(self) -> Iterator[tuple[str, str, str | None]]:
        for path, item in self.schema["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation.get("x-quipu-role")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ServiceProcess(tmp_path_factory.mktemp("access") / "data", **QUICK).start() as service:
        operator = service.http.post("/v1/keys", json={"role": "admin"}).json()["key"]
        service.http.headers["Authorization"] = f"Bearer {operator}"
        keys = {(workspace, "operator"): operator for workspace in ("one", "two")}
        for workspace in ("one", "two"):
            assert service.http.post("/v1/workspaces", json={"name": workspace}).status_code == 201
            for role in ("ask", "write", "admin"):
                made = service.http.post("/v1/keys", json={"role": role, "workspace": workspace}).json()
                keys[workspace, role] = made["key"]
        schema = service.read("/openapi.json")
        service.http.headers["X-Quipu-Workspace"] = "one"
        job = service.put("bridge", "Amber Bridge was built by Tove Rask. Tove Rask lives in Aune.")
        files = {"queries": b'{"_id": "q", "text": "Who built Amber Bridge?"}\n', "qrels": b"q\tbridge\t1\n"}
        started = service.http.post("/v1/evals", files=files).json()
        entities = service.read("/v1/graph/entities", params={"query": "tove"})["entities"]
        ids = {
            "document_id": "bridge", "job_id": job["id"], "eval_id": started["id"], "name": "one",
            "watch_id": service.http.post("/v1/watches", json={"question": "Who built Amber Bridge?"}).json()["id"],
            "entity_id": entities[0]["id"], "key_id": keys["one", "ask"].split("_")[1],
            "session_id": service.http.post(
                "/v1/sessions", headers={"Authorization": f"Bearer {keys['one', 'admin']}"}
            ).json()["id"],
        }  # fmt: skip
        del service.http.headers["Authorization"], service.http.headers["X-Quipu-Workspace"]
        yield World(service, keys, ids, schema)


def test_every_operation_asks_for_the_role_it_declares(world: World) -> None:
    seen = 0
    for method, path, least in world.operations():
        if least is None:
            continue
        for role in ROLES:
            key = world.keys["two", role]
            url = re.sub(r"\{\w+\}", "nowhere", path)
            answer = world.call(
                method, url, key, **({"json": BODIES[path]} if path in BODIES and method != "GET" else {})
            )
            refused = answer.status_code == 403
            assert refused == (ROLES.index(role) < ROLES.index(least)), (method, path, role, answer.status_code)
            if refused:
                assert answer.json()["role"] == least
                assert answer.headers["content-type"] == "application/problem+json"
            assert answer.status_code != 401
            seen += 1
        nobody = world.call(method, re.sub(r"\{\w+\}", "nowhere", path), "")
        assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer"), (method, path)
    assert seen > 150


def test_a_role_is_asked_before_the_body_is_read(world: World) -> None:
    answer = world.call("POST", "/v1/verify", world.keys["two", "ask"], content=b"{no json")
    assert answer.status_code == 403


@pytest.mark.parametrize("switch", ["true", "1", "yes", "on", "True", "what"])
def test_purging_is_for_administrators(world: World, switch: str) -> None:
    writer = world.keys["two", "write"]
    for query in (f"purge={switch}", f"purge=false&purge={switch}", f"purge={switch}&purge=false"):
        assert world.call("DELETE", f"/v1/documents/nowhere?{query}", writer).status_code == 403, query
    assert world.call("DELETE", "/v1/documents/nowhere?purge=false", writer).status_code == 404


def test_every_operation_on_what_another_workspace_has_is_a_plain_404(world: World) -> None:
    seen = 0
    plain = world.call("GET", "/v1/jobs/nowhere", world.keys["two", "admin"]).json()
    for method, path, least in world.operations():
        names = re.findall(r"\{(\w+)\}", path)
        if not names or names == ["model"]:  # the model is everybody's
            continue
        if (method, path) == ("PUT", "/v1/documents/{document_id}"):  # that makes one of its own
            continue
        url = path.format(page=1, **world.ids) + ASKING.get(path, "").format(**world.ids)
        for key, headers in (
            (world.keys["two", "admin"], {}), (world.keys["two", "operator"], {"X-Quipu-Workspace": "two"}),
        ):  # fmt: skip
            answer = world.call(method, url, key, headers=headers)
            if least == "operator":  # whatever is named: nothing of it is looked up
                assert answer.status_code == 403, (method, url, answer.status_code)
                continue
            assert answer.status_code == 404, (method, url, answer.status_code)
            assert answer.json().keys() == plain.keys()
        if path not in LASTING | UNDRAWN and method == "GET":
            assert world.call(method, url, world.keys["one", "admin"]).status_code in {200, 409}, (method, url)
        seen += 1
    assert seen >= 15


def test_lists_and_questions_show_nothing_of_another(world: World) -> None:
    key = world.keys["two", "admin"]
    for path in ("/v1/jobs", "/v1/watches", "/v1/graph/entities", "/v1/graph/merges", "/v1/changes?since=0"):
        text = world.call("GET", path, key).text
        assert not any(one in text for one in ("bridge", "Tove", *set(world.ids.values()) - {"one"})), path
    for mode in ("hybrid", "keyword", "vector", "graph"):
        found = world.call("POST", "/v1/search", key, json={"query": "Who built Amber Bridge?", "mode": mode})
        assert "Amber Bridge" not in found.text
    near = world.call("GET", "/v1/graph/neighbourhood", key, params={"entity_id": world.ids["entity_id"]})
    assert near.status_code in {404, 422}
    verdict = {"first_id": world.ids["entity_id"], "second_id": "b", "same": True}
    assert world.call("POST", "/v1/graph/merges", key, json=verdict).status_code == 404


def test_a_header_that_names_another_workspace_is_a_plain_404(world: World) -> None:
    for workspace in ("one", "default", "nowhere", "ONE", "é", "../one"):
        headers = {"X-Quipu-Workspace": workspace.encode()}
        assert world.call("GET", "/v1/documents", world.keys["two", "admin"], headers=headers).status_code == 404
    answer = world.call("GET", "/v1/documents", world.keys["two", "admin"], headers={"X-Quipu-Workspace": "two"})
    assert answer.status_code == 200


def test_revoked_at_once(world: World) -> None:
    admin = world.keys["two", "admin"]
    made = world.call("POST", "/v1/keys", admin, json={"role": "write", "label": "for a while"}).json()
    assert made["workspace"] == "two"
    assert world.call("GET", "/v1/jobs", made["key"]).status_code == 200
    assert world.call("DELETE", f"/v1/keys/{made['id']}", admin).json()["revoked_at"]
    assert world.call("GET", "/v1/jobs", made["key"]).status_code == 401
    assert made["key"] not in world.call("GET", f"/v1/keys/{made['id']}", admin).text


def test_a_bound_administrator_makes_no_stronger_key(world: World) -> None:
    admin = world.keys["two", "admin"]
    assert world.call("POST", "/v1/keys", admin, json={"role": "admin", "workspace": None}).status_code == 403
    assert world.call("POST", "/v1/keys", admin, json={"role": "ask", "workspace": "one"}).status_code == 404
    assert world.call("POST", "/v1/keys", admin, json={"role": "root"}).status_code == 422


def test_no_key_is_written_anywhere(world: World) -> None:
    secrets = [key.split("_", 2)[2].encode() for key in world.keys.values()]
    files = [path for path in world.service.data_dir.rglob("*") if path.is_file()]
    for path in [*files, world.service.log]:
        assert not any(secret in path.read_bytes() for secret in secrets), path


def test_the_command_line_makes_lists_and_revokes(world: World) -> None:
    service, operator = world.service, world.keys["one", "operator"]
    made = service.quipu(
        "--workspace", "two", "keys", "create", "--role", "ask", "--principal", "user:a", QUIPU_API_KEY=operator
    )
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    assert re.fullmatch(r"qk_[0-9a-f]{12}_[\w-]{43}", key)
    assert key not in made.stderr
    listed = json.loads(service.quipu("keys", "list", "--json", QUIPU_API_KEY=operator).stdout)
    (mine,) = [one for one in listed if one["id"] == key.split("_")[1]]
    assert (mine["role"], mine["workspace"], mine["principals"]) == ("ask", "two", ["user:a"])
    found = service.quipu("search", "Amber Bridge", "--json", QUIPU_API_KEY=key)
    assert "Amber Bridge" not in found.stdout
    other = service.quipu("search", "Amber Bridge", "--json", QUIPU_API_KEY=operator, QUIPU_WORKSPACE="one")
    assert {hit["document_id"] for hit in json.loads(other.stdout)["hits"]} == {"bridge"}
    assert service.quipu("keys", "revoke", mine["id"], QUIPU_API_KEY=operator).returncode == 0
    refused = service.quipu("search", "Amber Bridge", QUIPU_API_KEY=key)
    assert refused.returncode == 2
    assert "send a key that counts" in refused.stderr
    assert service.quipu("workspaces", "create", "three", QUIPU_API_KEY=operator, QUIPU_WORKSPACE="one").returncode == 0
    gone = service.quipu("workspaces", "delete", "three", "--yes", "--json", QUIPU_API_KEY=operator)
    assert json.loads(gone.stdout) == {"name": "three", "gone": True}
    names = json.loads(service.quipu("workspaces", "list", "--json", QUIPU_API_KEY=operator).stdout)
    assert [one["name"] for one in names] == ["default", "one", "two"]


def test_the_first_key_of_an_address_that_others_reach(tmp_path: Any) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK, QUIPU_HOST="0.0.0.0").start() as service:
        file = service.data_dir / FIRST_KEY
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        key = file.read_text().strip()
        log = service.log.read_text()
        assert str(file) in log
        assert key.split("_", 2)[2] not in log
        assert service.http.get("/v1/documents").status_code == 401
        assert service.http.get("/v1/documents", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        assert service.http.get("/readyz").json()["counts"] is None
        service.stop()
        service.start()
        assert file.read_text().strip() == key, "a second start makes no other"

"""Who called what, and how much a workspace may hold and spend, on a running service."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from misbehaving import honest
from model_server import Asked, ModelServer, Reply, words
from prometheus_client.parser import text_string_to_metric_families
from service_process import QUICK, ServiceProcess

KEY = "the-one-key-there-is"
SECRET = "Zyxqorvanterium"


def reads_and_answers(asked: Asked) -> Reply:
    if "<passage" in asked.user:
        return honest(asked)
    return words(json.dumps({"entities": [{"name": "Bela Quohn", "type": "person"}], "relations": []}))


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(reads_and_answers) as server:
        yield server


@pytest.fixture(scope="module")
def service(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    settings = {"QUIPU_API_KEY": KEY, "QUIPU_LLM": "openai/test", "QUIPU_LLM_URL": model.url}
    with ServiceProcess(tmp_path_factory.mktemp("audited") / "data", **QUICK, **settings) as made:
        made.http.headers["Authorization"] = f"Bearer {KEY}"
        made.start()
        yield made
        assert "NETGUARD" not in made.log.read_text()


def lines(service: ServiceProcess, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = service.read("/v1/audit", params={"limit": 7, "cursor": cursor, **query})
        found, cursor = found + page["lines"], page["next_cursor"]
    return found


def line_of(service: ServiceProcess, request: str) -> dict[str, Any]:
    """The line of one request, by the id that it was answered with; lines are written behind the calls."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        found[:] = [one for one in written(service) if one["request"] == request]
        return bool(found)

    service.until(there, f"the line of {request}")
    assert len(found) == 1
    return found[0]


def written(service: ServiceProcess) -> list[dict[str, Any]]:
    files = sorted((service.data_dir / "audit").glob("*.jsonl"))
    return [json.loads(raw) for path in files for raw in path.read_text().splitlines()]


def metric(service: ServiceProcess, name: str, **labels: str) -> float:
    text = service.http.get("/metrics").text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def limit(service: ServiceProcess, **limits: int | None) -> dict[str, Any]:
    answer = service.http.put("/v1/quota", json=limits)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def settle(service: ServiceProcess) -> None:
    """Until every job has ended."""

    def open_jobs() -> int:
        return sum(
            len(service.read("/v1/jobs", params={"state": state})["jobs"]) for state in ("queued", "running", "waiting")
        )

    service.until(lambda: open_jobs() == 0, "the end of all jobs", seen=open_jobs)


class TestAudit:
    def test_every_call_has_one_line_with_its_ids_and_none_of_its_text(self, service: ServiceProcess) -> None:
        http = service.http
        document = {"id": "mine", "text": f"The {SECRET} mine of Kopp was sold by Bela Quohn.", "title": SECRET}
        uploaded = http.post("/v1/documents", json={"documents": [document]})
        service.job(uploaded.json()["documents"][0]["job_id"])
        asked = http.post("/v1/ask", json={"question": f"Who sold the {SECRET} mine?"})
        streamed = http.post("/v1/ask", json={"question": f"Who sold {SECRET} of Kopp?", "stream": True})
        searched = http.post("/v1/search", json={"query": SECRET})
        shown = http.get("/v1/documents/mine")
        opened = http.post("/v1/sessions")
        session = opened.json()["id"]
        turn = http.post("/v1/ask", json={"question": f"Who sold the {SECRET} mine?", "session_id": session})
        about = http.get("/v1/graph/communities")
        rows = http.post("/v1/graph/facts", json={"conditions": [{"entity": "Bela Quohn"}]})
        looked, denied = http.head("/v1/documents/mine"), http.head("/v1/jobs/x", headers={"Authorization": "none"})
        missing, slashed = http.get("/v1/documents/nobody's"), http.get("/v1/documents/no%2Fbody's")
        for answer, status, ids in (
            (uploaded, 202, ["mine"]), (asked, 200, ["mine"]), (streamed, 200, ["mine"]), (searched, 200, ["mine"]),
            (shown, 200, ["mine"]), (looked, 200, ["mine"]), (missing, 404, ["nobody's"]),
            (slashed, 404, ["no/body's"]), (opened, 201, [session]), (turn, 200, [session, "mine"]),
            (about, 200, ["mine"]), (rows, 200, ["mine"] if rows.json()["rows"] else []),
        ):  # fmt: skip
            told = line_of(service, answer.headers["x-request-id"])
            assert (told["status"], told["ids"], told["workspace"]) == (status, ids, "default")
            assert told["client"] == "127.0.0.1"
            assert told["action"]
        assert line_of(service, denied.headers["x-request-id"])["action"] == "get_job"
        assert line_of(service, http.patch("/v1/documents").headers["x-request-id"])["action"] is None
        raw = b"".join(path.read_bytes() for path in (service.data_dir / "audit").iterdir())
        assert SECRET.encode() not in raw
        assert b"Quohn" not in raw

    def test_refused_calls_have_lines_too(self, service: ServiceProcess) -> None:
        headers = {"Authorization": "Bearer wrong", "X-Request-Id": "the-callers-own"}
        refused = service.http.get("/v1/documents/mine", headers=headers)
        assert (refused.status_code, refused.headers["x-request-id"]) == (401, "the-callers-own")
        told = line_of(service, "the-callers-own")
        assert (told["key"], told["workspace"], told["status"], told["ids"]) == (None, None, 401, ["mine"])
        malformed = service.http.post("/v1/ask", json={"question": 1})
        assert line_of(service, malformed.headers["x-request-id"])["status"] == 422

    def test_a_request_id_that_could_forge_a_line_is_replaced(self, service: ServiceProcess) -> None:
        answer = service.http.get("/v1/quota", headers={"X-Request-Id": 'x", "status": 200'})
        assert answer.headers["x-request-id"].isalnum()

    def test_probes_have_none(self, service: ServiceProcess) -> None:
        service.http.get("/healthz")
        service.http.get("/readyz")
        marker = service.http.get("/v1/quota").headers["x-request-id"]
        line_of(service, marker)
        assert not [one for one in written(service) if one["action"] and "health" in one["action"]]

    def test_pages_hold_each_line_once_and_the_command_shows_the_same(self, service: ServiceProcess) -> None:
        marker = line_of(service, service.http.get("/v1/quota").headers["x-request-id"])
        paged = lines(service)
        ids = [one["request"] for one in paged]
        assert len(ids) == len(set(ids))
        assert marker["request"] in ids
        since = lines(service, since=marker["at"])
        assert since[0]["request"] in {marker["request"], *ids}
        assert len(since) < len(paged)
        ran = service.quipu("audit", "--json", QUIPU_API_KEY=KEY)
        assert ran.returncode == 0, ran.stderr
        assert [one["request"] for one in json.loads(ran.stdout)][: len(ids)] == ids
        elsewhere = service.quipu("--workspace", "nowhere", "audit", QUIPU_API_KEY=KEY)
        assert (elsewhere.returncode, elsewhere.stdout) == (2, "")
        assert "no workspace 'nowhere'" in elsewhere.stderr
        assert service.http.get("/v1/audit", params={"since": "²"}).status_code == 400


class TestQuotas:
    def test_of_many_who_want_the_last_places_just_so_many_get_one(self, service: ServiceProcess) -> None:
        used = service.read("/v1/quota")["documents"]["used"]
        limit(service, documents=used + 5)

        def upload(number: int) -> int:
            body = {"documents": [{"id": f"raced-{number}", "text": f"Text number {number}."}]}
            return service.http.post("/v1/documents", json=body).status_code

        with ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(upload, range(24)))
        assert sorted(statuses) == [202] * 5 + [429] * 19
        assert service.read("/v1/quota")["documents"] == {"used": used + 5, "limit": used + 5}
        assert metric(service, "quipu_calls_total", status="429", workspace="default") >= 19
        assert metric(service, "quipu_quota_used", workspace="default", quota="documents") == used + 5
        gone = f"raced-{statuses.index(202)}"
        service.delete(f"/v1/documents/{gone}")
        assert upload(99) == 202, "a deletion gives back at once"
        limit(service)

    def test_bytes_are_told_and_a_mixed_upload_goes_on(self, service: ServiceProcess) -> None:
        used = service.read("/v1/quota")["bytes"]["used"]
        limit(service, bytes=used + 100)
        small, large = {"id": "small", "text": "s" * 60}, {"id": "large", "text": "l" * 61}
        answer = service.http.post("/v1/documents", json={"documents": [small, large]})
        assert answer.status_code == 202
        refused = answer.json()["documents"][1]["error"]
        assert {name: refused[name] for name in ("code", "status", "quota", "asked", "used", "limit")} == {
            "code": "quota-exceeded", "status": 429, "quota": "bytes", "asked": 61, "used": used + 60,
            "limit": used + 100,
        }  # fmt: skip
        assert service.http.put("/v1/documents/large", json={"documents": [large]}).status_code == 429
        limit(service)

    def test_limits_that_are_none_are_refused(self, service: ServiceProcess) -> None:
        for bad in ({"documents": -1}, {"bytes": 2**60}, {"tokens": "many"}, {"pages": 3}, {"documents": True}):
            assert service.http.put("/v1/quota", json=bad).status_code == 422, bad

    def test_without_tokens_questions_are_told_when_there_are_new_ones_and_reading_waits(
        self, service: ServiceProcess, model: ModelServer
    ) -> None:
        service.put("spent", "Cees Moor sold the mill of Ulm.")
        service.ask("Who sold the mill of Ulm?")
        settle(service)
        before = service.read("/v1/quota")["tokens"]
        assert before["used"] > 100
        assert metric(service, "quipu_model_tokens_total", workspace="default") >= before["used"]
        limit(service, tokens=before["used"])
        asked = len(model.asked)
        refused = service.http.post("/v1/ask", json={"question": "Who sold the mill that is in Ulm?"})
        problem = refused.json()
        assert (refused.status_code, problem["code"], problem["quota"]) == (429, "quota-exceeded", "tokens")
        assert (problem["used"], problem["limit"], problem["free_at"][-15:]) == (
            before["used"], before["used"], "T00:00:00+00:00",
        )  # fmt: skip
        assert 0 < int(refused.headers["retry-after"]) <= 24 * 3600
        with service.http.stream("POST", "/v1/ask", json={"question": "Who sold Ulm's mill?", "stream": True}) as body:
            last = body.read().decode().strip().split("\n\n")[-1]
        assert last.startswith("event: error")
        assert '"status": 429' in last
        assert service.ask("Who sold the mill of Ulm?")["usage"]["calls"] == 0, "what is cached costs nothing"
        service.put("unread", "Dora Vliet sold the forge of Ulm.")  # by rule: no model is needed for that
        found: dict[str, Any] = {}

        def waits() -> bool:
            jobs = service.read("/v1/jobs", params={"state": "waiting"})["jobs"]
            found.update({job["document_id"]: job for job in jobs})
            return "unread" in found

        service.until(waits, "the reading that waits")
        assert found["unread"]["error"]["code"] == "quota-exceeded"
        assert len(model.asked) == asked
        service.delete("/v1/documents/unread")  # what waits for tokens goes with its document
        limit(service)
        assert service.http.post("/v1/ask", json={"question": "Who sold the mill that is in Ulm?"}).status_code == 200


class TestWorkspaces:
    def test_each_has_a_quota_and_an_audit_of_its_own(self, service: ServiceProcess) -> None:
        http = service.http
        assert http.post("/v1/workspaces", json={"name": "theirs"}).status_code == 201
        made = {
            role: http.post("/v1/keys", json={"role": role, "workspace": "theirs"}).json()
            for role in ("ask", "write", "admin")
        }
        as_ = {role: {"Authorization": f"Bearer {key['key']}"} for role, key in made.items()}
        answer = http.put("/v1/quota", params={"workspace": "theirs"}, json={"documents": 1})
        assert (answer.status_code, answer.json()["workspace"]) == (200, "theirs")
        assert http.put("/v1/quota", params={"workspace": "nobody-s"}, json={}).status_code == 404
        assert http.put("/v1/quota", json={"documents": 9}, headers=as_["admin"]).status_code == 403
        statuses = [
            http.post("/v1/documents", json={"documents": [{"id": name, "text": "One."}]}, headers=as_["write"])
            for name in ("first", "second")
        ]
        assert [each.status_code for each in statuses] == [202, 429]
        assert http.get("/v1/quota", headers=as_["write"]).status_code == 403, "it would tell of what is hidden"
        standing = http.get("/v1/quota", headers=as_["admin"]).json()
        assert (standing["workspace"], standing["documents"]) == ("theirs", {"used": 1, "limit": 1})
        told = line_of(service, statuses[1].headers["x-request-id"])
        assert (told["key"], told["workspace"], told["status"]) == (made["write"]["id"], "theirs", 429)
        assert http.get("/v1/audit", headers=as_["write"]).status_code == 403
        page = http.get("/v1/audit", params={"limit": 1000}, headers=as_["admin"]).json()
        assert {one["workspace"] for one in page["lines"]} == {"theirs"}
        by_key = http.get("/v1/audit", params={"key": made["write"]["id"]}, headers=as_["admin"]).json()["lines"]
        assert [(one["action"], one["status"]) for one in by_key][:2] == [
            ("upload_documents", 202), ("upload_documents", 429),
        ]  # fmt: skip
        assert metric(service, "quipu_calls_total", key=made["write"]["id"], status="429") == 1


def test_use_and_lines_outlive_the_service(service: ServiceProcess) -> None:
    settle(service)
    last = service.http.get("/v1/quota")
    before = last.json()
    service.stop()
    ended = written(service)
    assert last.headers["x-request-id"] in {one["request"] for one in ended}, "the last lines are written at the end"
    offline = service.quipu("audit", "--json", running=False, QUIPU_API_KEY=KEY)
    assert offline.returncode == 0, offline.stderr
    assert len(json.loads(offline.stdout)) == len(ended)
    service.start()
    assert service.read("/v1/quota") == before
    mode = (service.data_dir / "audit").stat().st_mode & 0o777
    assert mode == 0o700


def test_an_older_data_folder_is_counted(tmp_path: Path) -> None:
    import apsw

    with ServiceProcess(tmp_path / "data", **QUICK).start() as older:
        older.put("a", "x" * 40)
        older.put("b", "y" * 2)
        older.put("a", "z" * 30)
        older.delete("/v1/documents/b")
        older.stop()
        connection = apsw.Connection(str(tmp_path / "data" / "operations.sqlite"))
        for table in ("holdings", "holding_totals", "holdings_counted", "limits", "tokens_spent"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM schema_versions WHERE name IN ('holdings', 'quotas')")
        connection.close()
        older.start()
        found = older.read("/v1/quota")
        assert (found["documents"]["used"], found["bytes"]["used"]) == (1, 30)

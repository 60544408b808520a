"""What was uploaded is in the answer that is asked for after it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from service_process import QUICK, ServiceProcess

ASKED = "Who built the {} Tower?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("own") / "data", **QUICK) as started:
        started.start()
        yield started
        started.check()


def text(name: str, builder: str = "Ida Quell") -> str:
    return f"The {name} Tower was built by {builder}. It stands above the harbour of {name}."


def post(service: ServiceProcess, *documents: dict[str, str], **query: float) -> httpx.Response:
    return service.http.post("/v1/documents", json={"documents": list(documents)}, params=query)


def answer_of(service: ServiceProcess, name: str, **more: Any) -> dict[str, Any]:
    return service.ask(ASKED.format(name), **more)


class TestWait:
    def test_an_upload_that_is_waited_for_is_in_the_next_answer(self, service: ServiceProcess) -> None:
        came = post(service, {"id": "selm", "text": text("Selm")}, wait=60)
        assert came.status_code == 200, came.text
        answer = answer_of(service, "Selm")
        assert "Ida Quell" in answer["answer"]
        assert answer["revision"] >= came.json()["revision"]
        assert answer["pending"] == 0

    def test_files_replacements_and_deletions_as_well(self, service: ServiceProcess) -> None:
        form = {"file": ("orm.md", text("Orm").encode(), "text/markdown")}
        came = service.http.post("/v1/documents", files=form, data={"document_id": "orm"}, params={"wait": 60})
        assert came.status_code == 200, came.text
        for version, builder in enumerate(["Nils Orr", "Tove Rask", "Ada Stone"], start=2):
            body = {"documents": [{"text": text("Orm", builder)}]}
            came = service.http.put("/v1/documents/orm", json=body, params={"wait": 60})
            assert (came.status_code, came.headers["ETag"]) == (200, f'"{version}"')
            assert builder in answer_of(service, "Orm")["answer"]
        gone = service.http.delete("/v1/documents/orm", params={"wait": 60})
        assert gone.status_code == 200
        left = answer_of(service, "Orm", after=gone.json()["token"])
        assert all(one["document_id"] != "orm" for one in left["citations"])

    def test_five_hundred_at_once(self, service: ServiceProcess) -> None:
        documents = [{"id": f"many-{n}", "text": text(f"Many{n}", f"Builder{n} Quell")} for n in range(500)]
        came = post(service, *documents)
        assert came.status_code == 202
        token = came.json()["token"]
        pending = service.http.post("/v1/search", json={"query": "tower", "k": 1}).json()["pending"]
        assert 0 <= pending <= 500

        def asked() -> httpx.Response | None:
            found = service.http.post("/v1/search", json={"query": "Many499 Tower", "after": token})
            return found if found.status_code != 503 else None

        found = service.until(asked, "five hundred documents")
        assert found is not None
        assert "many-499" in {hit["document_id"] for hit in found.json()["hits"]}
        assert len(service.read("/v1/documents", params={"limit": 1000, "cursor": "many-"})["documents"]) >= 500

    def test_one_that_cannot_be_read_is_told_at_once(self, service: ServiceProcess) -> None:
        form = [
            ("file", ("broken.pdf", b"%PDF-1.4 no more", "application/pdf")),
            ("file", ("vik.txt", text("Vik").encode(), "text/plain")),
        ]
        came = service.http.post("/v1/documents", files=form, params={"wait": 60})
        assert came.status_code == 202
        broken, sound = came.json()["documents"]
        assert (broken["error"]["code"], sound["error"]) == ("unreadable-document", None)
        assert came.json()["revision"] is None
        answer = answer_of(service, "Vik", after=came.json()["token"])
        assert "Ida Quell" in answer["answer"]
        assert any(broken["id"] in note and "failed" in note for note in answer["notes"])

    @pytest.mark.parametrize("wait", ["-1", "61", "nan", "soon", "inf"])
    def test_seconds_are_bounded(self, service: ServiceProcess, wait: str) -> None:
        came = service.http.post(f"/v1/documents?wait={wait}", json={"documents": [{"text": "x"}]})
        assert (came.status_code, came.json()["code"]) == (422, "invalid-input")

    def test_whoever_leaves_while_waiting_does_no_harm(self, service: ServiceProcess) -> None:
        documents = [{"id": f"left-{n}", "text": text(f"Left{n}")} for n in range(60)]
        with closing(HTTPConnection("127.0.0.1", service.port)) as waiting:
            body = json.dumps({"documents": documents})
            waiting.request("POST", "/v1/documents?wait=60", body, {"Content-Type": "application/json"})
            service.until(lambda: service.http.get("/v1/documents/left-59").status_code == 200, "acknowledgement")
        answer = service.until(
            lambda: service.http.post("/v1/search", json={"query": "Left59", "after": "now"}).status_code == 200,
            "documents whose sender left",
        )
        assert answer
        assert service.http.get("/v1/documents/left-59/content").text == text("Left59")

    def test_many_who_wait_keep_nobody_else_out(self, service: ServiceProcess) -> None:
        def send(number: int) -> int:
            return post(service, {"id": f"w{number}", "text": text(f"Wait{number}")}, wait=60).status_code

        with ThreadPoolExecutor(12) as threads:
            waiting = [threads.submit(send, number) for number in range(12)]
            for _ in range(5):
                assert service.http.get("/healthz").status_code == 200
                assert service.http.get("/v1/documents", params={"limit": 1}).status_code == 200
            assert {one.result() for one in waiting} == {200}


class TestAfter:
    def test_every_way_to_ask_takes_it(self, service: ServiceProcess) -> None:
        for number, name in enumerate(["Aro", "Bro", "Cro", "Dro"]):
            token = post(service, {"id": name, "text": text(name)}).json()["token"]
            question = ASKED.format(name)
            if number == 0:
                said = service.http.post("/v1/search", json={"query": question, "after": [token]}).text
            elif number == 1:
                said = service.http.post("/v1/ask", json={"question": question, "after": token, "stream": True}).text
            elif number == 2:
                body = {"model": "quipu", "messages": [{"role": "user", "content": question}], "after": token}
                said = service.http.post("/v1/chat/completions", json=body).text
            else:
                said = service.http.post("/v1/ask", json={"question": question, "after": "now"}).text
            assert f"{name} Tower was built by Ida Quell" in said
            assert '"pending":' in said

    def test_a_token_that_is_none(self, service: ServiceProcess) -> None:
        unknown = service.http.post("/v1/ask", json={"question": "Who?", "after": "AAAAAAAAAAAAAAAA"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
        assert "AAAAAAAAAAAAAAAA" in unknown.json()["detail"]
        for bad in ("no such", "", ["a", "b "], 7, ["x"] * 101):
            assert service.http.post("/v1/search", json={"query": "x", "after": bad}).status_code == 422, bad

    def test_a_token_of_another_workspace(self, service: ServiceProcess) -> None:
        assert service.http.post("/v1/workspaces", json={"name": "elsewhere"}).status_code == 201
        token = post(service, {"id": "here", "text": text("Here")}, wait=60).json()["token"]
        there = {"X-Quipu-Workspace": "elsewhere"}
        found = service.http.post("/v1/search", json={"query": "x", "after": token}, headers=there)
        assert found.status_code == 404

    def test_the_command_line_waits_for_what_it_has_brought(self, service: ServiceProcess, tmp_path: Path) -> None:
        file = tmp_path / "eld.txt"
        for builder in ("Ida Quell", "Nils Orr"):
            file.write_text(text("Eld", builder))
            assert service.quipu("ingest", str(tmp_path)).returncode == 0
            answered = service.quipu("ask", ASKED.format("Eld"))
            assert builder in answered.stdout, answered.stdout


def test_a_token_outlives_the_service(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK) as service:
        service.start()
        documents = [{"id": f"d{n}", "text": text(f"Again{n}")} for n in range(50)]
        token = post(service, *documents).json()["token"]
        service.kill()
        service.start()

        def asked() -> dict[str, Any] | None:
            answer = service.http.post("/v1/search", json={"query": "Again49 Tower", "after": token})
            assert answer.status_code in {200, 503}, answer.text
            if answer.status_code == 503:
                told = answer.json()
                assert (told["code"], answer.headers["Retry-After"]) == ("still-being-read", "1")
                assert told["pending"] >= 1
                assert json.dumps(told["detail"]).count("version") >= 1
                return None
            return dict(answer.json())

        answer = service.until(asked, "what was acknowledged before the kill")
        assert answer is not None
        assert "d49" in {one["document_id"] for one in answer["hits"]}
        assert answer["pending"] == 0

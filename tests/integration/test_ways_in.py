"""Every way in has the same effects: whichever door a document, a question or a watch comes through.

The workers never look for work by themselves here (``IDLE_SECONDS``): what gets done was told to them.
"""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hashing_embedder import HashingEmbedder
from progress import wait_until
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli.app import app as commands
from api.client import Quipu
from api.schemas.facts import FactConditionBody
from api.server import free_port, running
from api.settings import Settings
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.jobs import TERMINAL
from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.operations.witness import SqliteGraphWitness
from graph.stores.sqlite.store import SqliteGraphStore

TEXT = "晨星号渡轮由海港公司运营。它的船长是林岚。"
QUESTION = "晨星号渡轮由谁运营？"
ID = "渡轮"


@dataclass
class House:
    """A service in this process, and every door into it."""

    url: str
    folder: Path
    http: httpx.Client
    logs: list[Any]

    def command(self, *arguments: str) -> Any:
        ran = CliRunner().invoke(commands, [*arguments, "--json"])
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(path, params=query).raise_for_status().json()

    def post(self, path: str, body: Any) -> Any:
        return self.http.post(path, json=body).raise_for_status().json()

    def until_done(self, document_id: str = ID) -> dict[str, Any]:
        """The newest job of a document, once it has ended."""

        def newest() -> dict[str, Any]:
            return dict(self.get("/v1/jobs", document_id=document_id)["jobs"][0])

        wait_until(lambda: newest()["state"] in TERMINAL, "a worker takes the job", seen=newest)
        return newest()

    def found(self) -> list[str]:
        return [hit["document_id"] for hit in self.post("/v1/search", {"query": QUESTION, "mode": "keyword"})["hits"]]

    def noted(self) -> tuple[int, int]:
        """The revision that was noted beside the graph, and the one at which the graph stands."""
        database = OperationsDatabase(self.folder / "operations.sqlite")
        store = SqliteGraphStore(self.folder / "graph.sqlite")
        try:
            return SqliteGraphWitness(database).seen(W), store.revision(W)
        finally:
            store.close()
            database.close()

    def warnings(self) -> list[str]:
        return [line["event"] for line in self.logs if "reads little Chinese" in line["event"]]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    embedder = HashingEmbedder(384)  # as many numbers as the model has
    monkeypatch.setattr(SentenceEmbedder, "_encode", lambda _, texts: embedder.embed_passages(texts))
    monkeypatch.setattr("graph.job_thread.IDLE_SECONDS", 3600.0)
    folder, port = tmp_path / "data", free_port()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIPU_DATA_DIR", str(folder))
    monkeypatch.setenv("QUIPU_PORT", str(port))
    monkeypatch.setenv("QUIPU_URL", f"http://127.0.0.1:{port}")
    with (
        capture_logs() as logs,
        running(Settings()) as url,
        httpx.Client(base_url=url, timeout=300, trust_env=False) as http,
    ):
        yield House(url, folder, http, logs)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_address_of_ipv6_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SentenceEmbedder, "_encode", lambda _, texts: HashingEmbedder(384).embed_passages(texts))
    monkeypatch.chdir(tmp_path)
    with running(Settings(data_dir=tmp_path / "data", host="::1", port=free_port())) as url:
        assert url.startswith("http://[::1]:")
        assert httpx.get(f"{url}/v1/documents", trust_env=False).status_code == 200


# --- a document comes in


def by_form(house: House) -> None:
    files = {"file": ("ferry.txt", TEXT.encode(), "text/plain")}
    house.http.post("/v1/documents", files=files, data={"document_id": ID}).raise_for_status()


def by_json(house: House) -> None:
    house.post("/v1/documents", {"documents": [{"id": ID, "text": TEXT}]})


def by_put(house: House) -> None:
    files = {"file": ("ferry.txt", TEXT.encode(), "text/plain")}
    house.http.put(f"/v1/documents/{ID}", files=files).raise_for_status()


def by_command(house: House) -> None:
    file = house.folder.parent / ID
    file.write_text(TEXT, encoding="utf-8")
    (result,) = house.command("ingest", str(file))
    assert result["state"] == "accepted"


BRINGING = [by_form, by_json, by_put, by_command]


@pytest.mark.parametrize("bring", BRINGING, ids=lambda way: way.__name__)
def test_a_document_has_every_effect_by_every_way(house: House, bring: Callable[[House], None]) -> None:
    bring(house)
    job = house.until_done()
    assert (job["state"], job["version"]) == ("done", 1), json.dumps(job)[-900:]
    assert house.http.get(f"/v1/documents/{ID}/content").text == TEXT, "the bytes are kept"
    assert house.found() == [ID], "it can be found"
    noted, revision = house.noted()
    assert noted == revision == job["revision"], "how far the graph has come is noted"
    assert house.get(f"/v1/documents/{ID}")["state"] == "live"
    assert len(house.warnings()) == 1, "an unread script is warned of"
    house.post("/v1/documents", {"documents": [{"id": "another", "text": "它每天两班。"}]})
    assert house.until_done("another")["state"] == "done"
    assert len(house.warnings()) == 1, "and that once"


@pytest.mark.parametrize("bring", BRINGING, ids=lambda way: way.__name__)
def test_the_same_document_again_is_no_work_by_every_way(house: House, bring: Callable[[House], None]) -> None:
    by_put(house)
    first = house.until_done()
    if bring is not by_command:
        bring(house)
    else:
        file = house.folder.parent / ID
        file.write_text(TEXT, encoding="utf-8")
        (result,) = house.command("ingest", str(file))
        assert result["state"] == "unchanged"
    assert house.until_done()["id"] == first["id"]
    assert house.get(f"/v1/documents/{ID}")["version"] == 1


# --- a document goes


def by_delete(house: House) -> Any:
    return house.http.delete(f"/v1/documents/{ID}").raise_for_status().json()


def by_purge(house: House) -> Any:
    return house.http.delete(f"/v1/documents/{ID}", params={"purge": "true"}).raise_for_status().json()


def by_delete_command(house: House) -> Any:
    return house.command("documents", "delete", ID)


def by_purge_command(house: House) -> Any:
    return house.command("documents", "purge", ID)


@pytest.mark.parametrize("take", [by_delete, by_purge, by_delete_command, by_purge_command], ids=lambda w: w.__name__)
def test_a_deletion_has_every_effect_by_every_way(house: House, take: Callable[[House], Any]) -> None:
    by_put(house)
    house.until_done()
    assert house.found() == [ID]
    receipt = take(house)
    noted, revision = house.noted()
    assert noted == revision == receipt["revision"]
    assert house.found() == []
    assert house.http.get(f"/v1/documents/{ID}").status_code == 404
    assert (receipt["blobs"] > 0) == receipt["purged"] == ("purge" in take.__name__)


# --- entities are merged, jobs are tried again: these change the graph, or order work, as well


def test_a_verdict_is_seen_at_once_and_noted(house: House) -> None:
    by_json(house)
    house.until_done()
    first, second = house.get("/v1/graph/entities", limit=2)["entities"]
    decided = house.post("/v1/graph/merges", {"first_id": first["id"], "second_id": second["id"], "same": True})
    noted, revision = house.noted()
    assert noted == revision == decided["revision"]


def test_a_job_that_is_tried_again_is_taken(house: House) -> None:
    house.post("/v1/documents", {"documents": [{"id": ID, "text": "<p></p>", "media_type": "text/html"}]})
    failed = house.until_done()
    assert failed["state"] == "failed"
    house.post(f"/v1/jobs/{failed['id']}/retry", {})
    again = house.until_done()
    assert (again["state"], again["attempt"]) == ("failed", failed["attempt"] + 1)


# --- a question is asked


def asked(house: House) -> Any:
    return house.post("/v1/ask", {"question": QUESTION})


def asked_in_a_stream(house: House) -> Any:
    text = house.http.post("/v1/ask", json={"question": QUESTION, "stream": True}).raise_for_status().text
    name, _, data = text.strip().rpartition("\n\n")[2].partition("\n")
    assert name == "event: done"
    return json.loads(data.removeprefix("data: "))


def asked_in_a_chat(house: House) -> Any:
    body = {"model": "quipu", "messages": [{"role": "user", "content": QUESTION}]}
    return house.post("/v1/chat/completions", body)["quipu"]


def asked_in_a_chat_stream(house: House) -> Any:
    body = {"model": "quipu", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    lines = house.http.post("/v1/chat/completions", json=body).raise_for_status().text.strip().split("\n\n")
    return json.loads(lines[-2].removeprefix("data: "))["quipu"]


def asked_by_command(house: House) -> Any:
    return house.command("ask", QUESTION)


def test_a_question_gets_the_same_answer_by_every_way(house: House) -> None:
    by_put(house)
    house.until_done()
    ways = (asked, asked_in_a_stream, asked_in_a_chat, asked_in_a_chat_stream, asked_by_command)
    answers = [way(house) for way in ways]
    assert all(answer["answer"] == answers[0]["answer"] for answer in answers)
    assert [citation["document_id"] for citation in answers[0]["citations"]] == [ID]
    assert all(answer["citations"] == answers[0]["citations"] for answer in answers)


def test_a_search_finds_the_same_by_every_way(house: House) -> None:
    by_put(house)
    house.until_done()
    assert house.command("search", QUESTION)["hits"] == house.post("/v1/search", {"query": QUESTION})["hits"]


# --- a question stands


def watched(house: House) -> str:
    return str(house.post("/v1/watches", {"question": QUESTION})["id"])


def watched_by_command(house: House) -> str:
    return str(house.command("watches", "add", QUESTION)["id"])


@pytest.mark.parametrize("add", [watched, watched_by_command], ids=lambda way: way.__name__)
def test_a_watch_is_answered_by_every_way(house: House, add: Callable[[House], str]) -> None:
    by_put(house)
    revision = house.until_done()["revision"]
    watch = add(house)
    found = wait_until(
        lambda: house.get(f"/v1/watches/{watch}/updates")["updates"], "the watch is answered",
        seen=lambda: house.get(f"/v1/watches/{watch}"),
    )  # fmt: skip
    assert found[0]["after"]["revision"] == revision


def test_a_watch_that_cannot_be_kept_is_refused_by_every_way(house: House) -> None:
    wanted = {"question": QUESTION, "webhook": "http://elsewhere.example/"}
    assert house.http.post("/v1/watches", json=wanted).status_code == 400
    ran = CliRunner().invoke(commands, ["watches", "add", QUESTION, "--webhook", wanted["webhook"]])
    assert ran.exit_code != 0
    assert "QUIPU_WEBHOOK_HOSTS" in str(ran.exception)
    assert house.get("/v1/watches")["watches"] == []


# --- a typed question to the graph


def test_facts_are_the_same_by_every_way(house: House) -> None:
    text = "Orrin Labs was founded by Ida Quell. Pike Tools was founded by Ida Quell."
    house.post("/v1/documents", {"documents": [{"id": "firms", "text": text}]})
    assert house.until_done("firms")["state"] == "done"
    asked = {"kind": "count", "conditions": [{"entity": "Ida Quell", "predicate": "founded by _"}]}
    rows = house.post("/v1/graph/facts", asked)
    assert (rows["count"], [row["name"] for row in rows["rows"]]) == (2, ["Orrin Labs", "Pike Tools"])
    assert house.command("entities", "facts", "Ida Quell", "founded by _", "--kind", "count") == rows
    condition = FactConditionBody(entity="Ida Quell", predicate="founded by _")
    with Quipu(house.url) as client:
        assert client.ask_facts([condition], kind="count").model_dump(mode="json") == rows
    shown = CliRunner().invoke(commands, ["entities", "facts", "Ida Quell", "founded by _", "--also", "Orrin Labs:"])
    assert shown.exit_code == 0, shown.output
    assert "passages looked at" in shown.output
    assert CliRunner().invoke(commands, ["entities", "facts", "Ida Quell", "--also", ": founded"]).exit_code != 0
    answer = house.command("ask", "How many firms did Ida Quell found?", "--mode", "facts")
    assert answer["answer"].startswith("2, counted from what documents state:")

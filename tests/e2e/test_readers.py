"""Readers of documents on a running service, with keys of their own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from service_process import QUICK, ServiceProcess

from ingest.loaders.pdf import reading as pdf

QUESTION = "Who keeps the lighthouse of Norvik?"
SECRET = "Zyra Quell keeps the lighthouse of Norvik. Zyra Quell was born in Aune."
OPEN = "The lighthouse of Norvik was built in 1901. Tove Rask painted it."
HR = "group:hr"


@dataclass
class Person:
    """Somebody with a key."""

    service: ServiceProcess
    key: str

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return self.service.http.request(method, path, headers=headers, **more)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, document_id: str, text: str, **more: Any) -> httpx.Response:
        answer = self.call("PUT", f"/v1/documents/{document_id}", json={"documents": [{"text": text, **more}]})
        if answer.status_code == 202 and not answer.json()["documents"][0]["deduplicated"]:
            self.until_done(answer.json()["documents"][0]["job_id"])
        return answer

    def until_done(self, job_id: str) -> None:
        def ended() -> bool:
            return httpx.Response.json(self.call("GET", f"/v1/jobs/{job_id}")).get("state", "done") == "done"

        self.service.until(ended, f"job {job_id} is done")


@dataclass
class Office:
    """``boss`` is an administrator, ``ada`` of the group and may write, ``bea`` may write, ``cyd`` may only ask."""

    boss: Person
    ada: Person
    bea: Person
    cyd: Person


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with ServiceProcess(tmp_path_factory.mktemp("readers") / "data", **QUICK).start() as service:
        boss = Person(service, service.http.post("/v1/keys", json={"role": "admin"}).json()["key"])

        def hire(role: str, *principals: str) -> Person:
            body = {"role": role, "workspace": "default", "principals": list(principals)}
            return Person(service, boss.call("POST", "/v1/keys", json=body).json()["key"])

        found = Office(boss, hire("write", "user:ada", HR), hire("write", "user:bea"), hire("ask", "user:cyd", HR))
        assert found.ada.put("open", OPEN).status_code == 202
        assert found.ada.put("secret", SECRET, title="Zyra's papers", readers=[HR]).status_code == 202
        yield found


def shown(person: Person) -> str:
    """All that a search, an answer, a chat, the graph, the lists and the changes say to somebody."""
    found: list[Any] = []
    for mode in ("hybrid", "vector", "keyword", "graph"):
        found.append(person.call("POST", "/v1/search", json={"query": QUESTION, "mode": mode}).json()["hits"])
        found.append(person.call("POST", "/v1/ask", json={"question": QUESTION, "mode": mode}).json())
    chat = {"model": "quipu", "messages": [{"role": "user", "content": QUESTION}]}
    found.append(person.call("POST", "/v1/chat/completions", json=chat).json())
    found.append(person.get("/v1/graph/entities", limit=200))
    found.append(person.get("/v1/graph/merges"))
    found.append(person.get("/v1/documents"))
    found.append(person.get("/v1/changes", since="0"))
    return json.dumps(found)


def test_what_is_hidden_is_in_nothing(office: Office) -> None:
    for person, sees in ((office.boss, True), (office.ada, True), (office.cyd, True), (office.bea, False)):
        assert ("Zyra" in shown(person)) == sees
        assert "Tove" in shown(person)
    assert office.bea.call("GET", "/readyz").json()["counts"] is None


def test_a_hidden_document_and_its_names_are_a_plain_404(office: Office) -> None:
    entity = office.ada.get("/v1/graph/entities", query="zyra")["entities"][0]["id"]
    job = office.ada.get("/v1/jobs", document_id="secret")["jobs"][0]["id"]
    hidden = (
        "/v1/documents/secret", "/v1/documents/secret/content", "/v1/documents/secret/versions",
        "/v1/documents/secret/chunks", f"/v1/graph/entities/{entity}", f"/v1/graph/neighbourhood?entity_id={entity}",
        f"/v1/jobs/{job}", f"/v1/jobs/{job}/events",
    )  # fmt: skip
    for path in hidden:
        absent = path.replace("secret", "absent").replace(entity, "absent").replace(job, "absent")
        mine, nobodys = office.bea.call("GET", path), office.bea.call("GET", absent)
        assert (mine.status_code, nobodys.status_code) == (404, 404), path
        for name in ("secret", entity, job):
            assert mine.json()["detail"].replace(name, "absent") == nobodys.json()["detail"] or name not in path
        if not path.endswith("events"):
            assert office.ada.call("GET", path).status_code == 200, path
    assert office.bea.get("/v1/jobs", document_id="secret")["jobs"] == []
    for method, path in (("DELETE", "/v1/documents/secret"), ("POST", f"/v1/jobs/{job}/cancel")):
        assert office.bea.call(method, path).status_code == 404


def test_a_hidden_id_cannot_be_used(office: Office) -> None:
    taken = office.bea.put("secret", "Mine.")
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")
    posted = office.bea.call("POST", "/v1/documents", json={"documents": [{"id": "secret", "text": "Mine."}]})
    assert posted.status_code == 409
    matched = office.bea.call(
        "PUT", "/v1/documents/secret", json={"documents": [{"text": "x"}]}, headers={"If-Match": '"1"'}
    )
    assert matched.status_code == 412


def test_who_may_write_sees_the_readers(office: Office) -> None:
    assert office.ada.get("/v1/documents/secret")["readers"] == [HR]
    assert office.ada.get("/v1/documents/open")["readers"] is None
    assert "readers" not in office.cyd.get("/v1/documents/secret")
    listed = {one["id"]: one for one in office.ada.get("/v1/documents")["documents"]}
    assert (listed["secret"]["readers"], listed["open"]["readers"]) == ([HR], None)
    assert not any("readers" in one for one in office.cyd.get("/v1/documents")["documents"])


def test_a_change_of_readers_is_in_the_next_answer(office: Office) -> None:
    assert office.ada.put("minutes", "Orla Finch chairs the board of Norvik.").status_code == 202
    ask = {"question": "Who chairs the board of Norvik?"}

    def told(person: Person, **more: Any) -> bool:
        return "Orla" in json.dumps(person.call("POST", "/v1/ask", json={**ask, **more}).json())

    before = office.boss.get("/readyz")["revision"]
    assert told(office.bea)
    again = office.ada.put("minutes", "Orla Finch chairs the board of Norvik.", readers=[HR]).json()["documents"][0]
    assert (again["deduplicated"], again["note"]) == (True, None)
    assert (told(office.bea), told(office.cyd)) == (False, True)
    assert (told(office.bea, as_of=before), told(office.cyd, as_of=before)) == (False, True), "today's rights"
    assert office.ada.put("minutes", "Orla Finch chairs the board of Norvik.", readers=None).status_code == 202
    assert told(office.bea)


def test_a_form_gives_readers_and_tells_who_is_locked_out(office: Office) -> None:
    files = {"file": ("note.txt", b"Nils Krogh sails.", "text/plain")}
    answer = office.bea.call(
        "POST", "/v1/documents", files=files, data={"document_id": "note", "readers": json.dumps([HR])}
    )
    (accepted,) = answer.json()["documents"]
    assert "not among its readers" in accepted["note"]
    office.ada.until_done(accepted["job_id"])
    assert office.bea.call("GET", "/v1/documents/note").status_code == 404
    assert office.ada.get("/v1/documents/note")["readers"] == [HR]


@pytest.mark.parametrize(
    "readers", ["user:ada", [""], ["a b"], ["a,b"], ["x" * 257], [1], ["a\u0000"], ["p"] * 1001, {"a": 1}, [None]]
)
def test_readers_that_cannot_be_are_refused(office: Office, readers: Any) -> None:
    answer = office.ada.put("odd", "Text.", readers=readers)
    assert answer.status_code in {400, 422}, answer.text
    assert office.ada.call("GET", "/v1/documents/odd").status_code == 404


def test_a_watch_is_its_makers(office: Office) -> None:
    def watch(person: Person) -> str:
        return str(person.call("POST", "/v1/watches", json={"question": QUESTION}).json()["id"])

    def answer(person: Person, watch_id: str) -> str:
        held = person.get(f"/v1/watches/{watch_id}")
        return json.dumps(held["answer"]) if held["answer"] else ""

    mine, theirs = watch(office.ada), watch(office.bea)
    service = office.boss.service
    service.until(lambda: answer(office.ada, mine) and answer(office.bea, theirs), "both are answered")
    assert ("Zyra" in answer(office.ada, mine), "Zyra" in answer(office.bea, theirs)) == (True, False)
    for path in (f"/v1/watches/{mine}", f"/v1/watches/{mine}/updates", f"/v1/watches/{mine}/events"):
        assert office.bea.call("GET", path).status_code == 404
    assert office.bea.call("DELETE", f"/v1/watches/{mine}").status_code == 404
    assert [one["id"] for one in office.bea.get("/v1/watches")["watches"]] == [theirs]
    assert {one["id"] for one in office.boss.get("/v1/watches")["watches"]} == {mine, theirs}
    office.boss.put("secret", SECRET, title="Zyra's papers", readers=["group:board"])
    assert "Zyra" not in json.dumps(office.ada.get(f"/v1/watches/{mine}"))
    assert "Zyra" not in json.dumps(office.ada.get(f"/v1/watches/{mine}/updates"))
    office.boss.put("secret", SECRET, title="Zyra's papers", readers=[HR])


def test_who_may_not_read_a_document_sees_no_page_of_it(office: Office) -> None:
    """Not even with what tells that he has seen it already."""
    form = {"file": ("plan.pdf", pdf.sample(), "application/pdf"), "readers": (None, json.dumps([HR]))}
    answer = office.ada.call("PUT", "/v1/documents/plan", files=form)
    office.ada.until_done(answer.json()["documents"][0]["job_id"])
    shown_to_ada = office.ada.call("GET", "/v1/documents/plan/pages/1")
    assert shown_to_ada.status_code == 200
    kept = {"If-None-Match": shown_to_ada.headers["etag"]}
    assert office.ada.call("GET", "/v1/documents/plan/pages/1", headers=kept).status_code == 304
    assert office.bea.call("GET", "/v1/documents/plan/pages/1", headers=kept).status_code == 404
    assert office.cyd.call("GET", "/v1/documents/plan/pages/1").status_code == 403
    office.boss.call("DELETE", "/v1/documents/plan", params={"purge": True})
    assert office.ada.call("GET", "/v1/documents/plan/pages/1", headers=kept).status_code == 404

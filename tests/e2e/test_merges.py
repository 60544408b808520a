"""Merges over REST and on the command line: shown with their reason, undone, and gone with the text they rest on."""

import json
from typing import Any

from service_process import ServiceProcess


def entities(service: ServiceProcess, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.read("/v1/graph/entities", params={"query": query})["entities"]
    return found


def detail(service: ServiceProcess, entity_id: str) -> dict[str, Any]:
    found: dict[str, Any] = service.read(f"/v1/graph/entities/{entity_id}")
    return found


def quipu(service: ServiceProcess, *arguments: str) -> Any:
    ran = service.quipu(*arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_merge_from_its_statement_to_its_undoing(service: ServiceProcess) -> None:
    service.put("merge-one", "Zanzibar Ferry Corporation (ZFC) was founded by Amina Said.", title="One")
    service.put("merge-two", "Last year ZFC bought the ship Swahili Star.", title="Two")
    service.put("merge-three", "Amina Said led Zanzibar Ferry Corporation for long.", title="Three")
    (thing,) = entities(service, "zfc")
    whole = detail(service, thing["id"])
    assert whole["name"] == "Zanzibar Ferry Corporation"
    assert {source["document_id"] for source in whole["sources"]} == {"merge-one", "merge-two", "merge-three"}
    (merge,) = whole["merges"]
    assert (merge["reason"], merge["evidence"]["document_id"]) == ("stated", "merge-one")
    assert merge["evidence"]["quote"] == "Zanzibar Ferry Corporation (ZFC"

    ids = merge["first"]["id"], merge["second"]["id"]
    before = service.read("/readyz")["revision"]
    undone = quipu(service, "entities", "split", *ids)
    assert undone["revision"] == before + 1
    (short,) = entities(service, "zfc")
    assert {s["document_id"] for s in detail(service, short["id"])["sources"]} == {"merge-one", "merge-two"}
    service.put("merge-four", "The ferries of Zanzibar Ferry Corporation (ZFC) are blue.", title="Four")
    assert detail(service, short["id"])["merges"] == [], "another statement does not undo what a person decided"
    past = service.read(f"/v1/graph/entities/{short['id']}", params={"as_of": before})
    assert len(past["merges"]) == 1

    quipu(service, "entities", "merge", *ids)
    assert {merge["reason"] for merge in detail(service, short["id"])["merges"]} == {"stated", "by hand"}
    quipu(service, "entities", "split", *ids)
    service.delete("/v1/documents/merge-four")
    assert service.http.get("/v1/graph/merges", params={"limit": 1000}).status_code == 200


def test_an_alias_goes_with_its_text(service: ServiceProcess) -> None:
    service.put("alias-one", "Kilwa Trading House (KTH) sold cloves.", title="One")
    service.put("alias-two", "Everyone knew KTH. Kilwa Trading House was rich.", title="Two")
    (thing,) = entities(service, "kth")
    assert len(detail(service, thing["id"])["merges"]) == 1
    service.delete("/v1/documents/alias-one")
    assert detail(service, thing["id"])["merges"] == []
    assert len(entities(service, "kth")) == 1


def test_verdicts_about_nothing(service: ServiceProcess) -> None:
    body = {"first_id": "x", "second_id": "x", "same": True}
    assert service.http.post("/v1/graph/merges", json=body).status_code == 400
    body["second_id"] = "y"
    assert service.http.post("/v1/graph/merges", json=body).status_code == 404


def test_reindexing_needs_a_model(service: ServiceProcess) -> None:
    answer = service.http.post("/v1/reindex", json={"extract": True})
    assert (answer.status_code, "QUIPU_EXTRACT_LLM" in answer.json()["detail"]) == (409, True)

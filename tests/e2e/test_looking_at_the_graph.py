"""What the views of the page ask for: surroundings with their bounds, merges and splits, revisions, pages of jobs."""

from typing import Any

from service_process import ServiceProcess


def entity(service: ServiceProcess, query: str) -> dict[str, Any]:
    found: dict[str, Any] = service.read("/v1/graph/entities", params={"query": query})["entities"][0]
    return found


def test_surroundings_are_bounded_and_tell_what_was_left_off(service: ServiceProcess) -> None:
    towns = ["Arlen", "Brusk", "Corvey", "Dunmoor"]
    for town in towns:
        service.put(f"hub-{town}", f"{town} Mill belongs to the Guild of Marbeck.", title=town)
    hub = entity(service, "guild of marbeck")["id"]
    whole = service.read("/v1/graph/neighbourhood", params={"entity_id": hub})
    names = {one["name"] for one in whole["entities"]}
    assert {f"{town} Mill" for town in towns} <= names
    assert whole["left_off"] == {"count": 0, "entities": [], "relations": False}
    assert all(relation["evidence"]["quote"] for relation in whole["relations"])

    some = service.read("/v1/graph/neighbourhood", params={"entity_id": hub, "limit": 3})
    assert len(some["entities"]) == 3
    assert some["left_off"]["count"] == len(whole["entities"]) - 3
    left = {one["name"] for one in some["left_off"]["entities"]}
    assert left == names - {one["name"] for one in some["entities"]}
    shown = {one["id"] for one in some["entities"]}
    assert all({one["source"]["id"], one["target"]["id"]} <= shown for one in some["relations"])
    assert service.http.get("/v1/graph/neighbourhood", params={"entity_id": "nobody"}).status_code == 404


def test_surroundings_go_over_merges_and_into_the_past(service: ServiceProcess) -> None:
    service.put("bank-one", "Sarnath Trading Company (STC) was founded by Odo Brandt.", title="One")
    before = service.read("/readyz")["revision"]
    service.put("bank-two", "STC belongs to Brandt Holdings.", title="Two")
    thing = entity(service, "sarnath trading company")["id"]
    now = service.read("/v1/graph/neighbourhood", params={"entity_id": thing})
    assert {"Odo Brandt", "Brandt Holdings", "STC"} <= {one["name"] for one in now["entities"]}
    assert [one["reason"] for one in now["merges"]] == ["stated"]
    past = service.read("/v1/graph/neighbourhood", params={"entity_id": thing, "as_of": before})
    assert "Brandt Holdings" not in {one["name"] for one in past["entities"]}

    (merge,) = now["merges"]
    body = {"first_id": merge["first"]["id"], "second_id": merge["second"]["id"], "same": False}
    assert service.http.post("/v1/graph/merges", json=body).status_code == 200
    apart = service.read("/v1/graph/merges", params={"limit": 1000})
    assert [(one["first"]["id"], one["second"]["id"], one["reason"]) for one in apart["splits"]] == [
        (body["first_id"], body["second_id"], "by hand")
    ]
    alone = service.read("/v1/graph/neighbourhood", params={"entity_id": thing})
    assert (alone["merges"], "Brandt Holdings" in {one["name"] for one in alone["entities"]}) == ([], False)


def test_merges_and_jobs_come_in_pages(service: ServiceProcess) -> None:
    for number, long in enumerate(("Ostrava Coal Board (OCB)", "Tromso Fish Union (TFU)", "Varna Silk House (VSH)")):
        service.put(f"page-{number}", f"{long} was founded by Ida Quell.", title=str(number))
    pages, cursor = [], None
    while True:
        page = service.read("/v1/graph/merges", params={"limit": 1, **({"cursor": cursor} if cursor else {})})
        pages += page["merges"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == service.read("/v1/graph/merges", params={"limit": 1000})["merges"]
    assert len(pages) >= 3

    every = [job["id"] for job in service.read("/v1/jobs", params={"limit": 1000})["jobs"]]
    first = service.read("/v1/jobs", params={"limit": 2})
    second = service.read("/v1/jobs", params={"limit": 1000, "cursor": first["next_cursor"]})
    assert [job["id"] for job in first["jobs"] + second["jobs"]] == every
    assert second["next_cursor"] is None


def test_revisions_have_times(service: ServiceProcess) -> None:
    service.put("dated", "Orla Finn built a mill.", title="Dated")
    newest = service.read("/readyz")["revision"]
    page = service.read("/v1/revisions", params={"limit": 2})
    assert (page["newest"], page["oldest"]) == (newest, 0)
    assert (page["revisions"][0]["revision"], page["revisions"][0]["document_id"]) == (newest, "dated")
    at = service.read("/v1/revisions", params={"until": page["revisions"][0]["at"], "limit": 1})
    assert at["revisions"] == page["revisions"][:1]
    further = service.read("/v1/revisions", params={"cursor": page["next_cursor"], "limit": 1000})
    assert [one["revision"] for one in further["revisions"]] == list(range(newest - 2, 0, -1))
    days = service.read("/v1/revisions/days")["days"]
    assert (sum(one["revisions"] for one in days), days[-1]["last"]) == (newest, newest)


def test_facts_are_rows_with_their_quotes(service: ServiceProcess) -> None:
    text = "Ottilie Varn founded Brenna Mills in 1985. Ottilie Varn founded Corvin Press in 1991."
    service.put("facts-one", text, title="Firms")
    service.put("facts-two", "Ottilie Varn founded Delmar Rope.", title="More", metadata={"kind": "rumour"})
    asked = {"conditions": [{"entity": "ottilie varn", "predicate": "founded"}], "limit": 2}
    found = service.http.post("/v1/graph/facts", json=asked).raise_for_status().json()
    assert (found["kind"], found["count"], len(found["rows"])) == ("list", 3, 2)
    assert (found["completeness"]["passages"], found["completeness"]["unread"]) == (2, 2)
    assert found["taken"][0]["predicates"] == [{"predicate": "founded", "out": True, "relations": 3}]
    for row in found["rows"]:
        for one in row["stated"]:
            content = service.http.get(f"/v1/documents/{one['evidence']['document_id']}/content").text
            assert content[one["evidence"]["start"] : one["evidence"]["end"]] == one["evidence"]["quote"]
            assert one["target"] in one["evidence"]["quote"]

    newest = service.http.post("/v1/graph/facts", json={**asked, "kind": "newest", "dated_after": "1985"}).json()
    assert [(row["name"], row["dated"]) for row in newest["rows"]] == [("Corvin Press", "1991")]
    assert newest["completeness"]["undated"] == 1
    rumours = service.http.post("/v1/graph/facts", json={**asked, "filters": {"kind": "rumour"}}).json()
    assert [row["name"] for row in rumours["rows"]] == ["Delmar Rope"]
    assert service.http.post("/v1/graph/facts", json={**asked, "as_of": 0}).json()["count"] == 0

    answer = service.http.post("/v1/ask", json={"question": "How many firms did Ottilie Varn found?", "mode": "facts"})
    assert answer.json()["answer"].startswith("3, counted from what documents state:")
    assert answer.json()["mode"] == "facts"


def test_facts_that_cannot_be_asked_are_refused(service: ServiceProcess) -> None:
    one = {"entity": "Ottilie Varn"}
    for wrong in (
        {"conditions": []}, {"conditions": [{"entity": ""}]}, {"conditions": [one], "kind": "shortest"},
        {"conditions": [one], "cypher": "MATCH (n) DETACH DELETE n"}, {"conditions": [one], "dated_before": "soon"},
    ):  # fmt: skip
        assert service.http.post("/v1/graph/facts", json=wrong).status_code == 422
    assert service.http.post("/v1/graph/facts", json={"conditions": [one], "kind": "compare"}).status_code == 400

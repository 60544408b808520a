"""What every document has can be asked for in every mode, and a filter on a field that none has is told."""

import json
from typing import Any

import pytest
from service_process import ServiceProcess

MODES = ("hybrid", "vector", "keyword", "graph")


@pytest.fixture(scope="module")
def mills(service: ServiceProcess) -> ServiceProcess:
    service.put("mill-en", "The Orlow Mill was built by Ada Brink and it stands at the river.", title="Orlow Mill")
    service.put("mill-zh", "奥洛磨坊（Orlow Mill）由布林克建于河边，至今仍在运转。", title="磨坊")
    service.put("mill-own", "Orlow Mill and the wheel of Ada Brink.", title="Wheel", metadata={"title": "Orlow Mill"})
    return service


def found(service: ServiceProcess, mode: str, filters: dict[str, Any]) -> set[str]:
    body = {"query": "Orlow Mill", "mode": mode, "filters": filters}
    return {hit["document_id"] for hit in service.http.post("/v1/search", json=body).json()["hits"]}


@pytest.mark.parametrize("mode", MODES)
def test_in_every_mode(mills: ServiceProcess, mode: str) -> None:
    created = mills.http.get("/v1/documents/mill-zh").json()["created_at"]
    english, own = {"mill-en"}, {"mill-own"}
    assert found(mills, mode, {"document_id": "mill-en"}) == english
    assert found(mills, mode, {"language": "zh"}) == {"mill-zh"}
    assert found(mills, mode, {"title": "Orlow Mill"}) == english | own
    assert found(mills, mode, {"metadata.title": "Orlow Mill"}) == own
    assert found(mills, mode, {"document.title": "Orlow Mill"}) == english
    assert found(mills, mode, {"created": {"gt": created}, "language": {"in": ["zh", "en"]}}) == own
    assert found(mills, mode, {"updated": {"lt": "2001-01-01T00:00:00+08:00"}}) == set()
    assert found(mills, mode, {"media_type": "text/plain", "source": {"in": ["", "mill-en"]}}) <= english | own | {
        "mill-zh"
    }


def test_the_list_knows_them_too(mills: ServiceProcess) -> None:
    page = mills.http.get("/v1/documents", params={"filters": json.dumps({"language": "zh"})}).json()
    shown = {document["id"]: (document["language"], document["metadata"]) for document in page["documents"]}
    assert shown["mill-zh"] == ("zh", {}), "what nobody gave is no metadata"


def test_a_field_that_no_document_has_is_told_apart_from_no_match(mills: ServiceProcess) -> None:
    note = 'unknown filter field "yaer": no document has it'
    body = {"query": "Orlow Mill", "filters": {"yaer": 2020, "language": "zh"}}
    assert mills.http.post("/v1/search", json=body).json()["notes"] == [note]
    assert mills.ask("Who built the Orlow Mill?", filters={"yaer": 2020})["notes"] == [note]
    assert mills.http.post("/v1/search", json={"query": "Orlow", "filters": {"language": "fi"}}).json()["notes"] == []
    assert mills.http.post("/v1/search", json={"query": "Orlow"}).json()["notes"] == []
    ran = mills.quipu("ask", "Who built the Orlow Mill?", "--filters", '{"yaer": 2020}')
    assert f"note: {note}" in " ".join(ran.stdout.split())
    assert "JSON" in mills.quipu("search", "Orlow", "--filters", "{yaer").stderr

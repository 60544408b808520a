"""A service whose questions walk the graph inside Neo4j: nothing but words is in its memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j_server import Neo4jServer
from service_process import PATIENT, QUICK, ServiceProcess

QUESTION = "Where was the founder of the Lark Mill born?"


@pytest.fixture
def service(neo4j_server: Neo4jServer, tmp_path: Path) -> Iterator[ServiceProcess]:
    neo4j_server.empty()
    settings = {**QUICK, "QUIPU_GRAPH_WALK": "neo4j", **neo4j_server.settings(), **PATIENT}
    with ServiceProcess(tmp_path / "data", **settings).start() as walking:
        walking.put("mill", "The Lark Mill was founded by Orla Finch.", title="Lark Mill", metadata={"kind": "place"})
        walking.put("orla", "Orla Finch was born in Dunmore.", title="Orla Finch", metadata={"kind": "person"})
        walking.put("han", "云岭图书馆位于青石镇，由陆文川设计。", title="云岭图书馆")
        yield walking


def test_answers_follow_every_change(service: ServiceProcess) -> None:
    def found(query: str, **more: object) -> list[str]:
        answer = service.http.post("/v1/search", json={"query": query, **more})
        assert answer.status_code == 200, answer.text
        return [hit["document_id"] for hit in answer.json()["hits"]]

    for mode in ("vector", "keyword", "graph", "hybrid"):
        assert {"mill", "orla"} <= set(found(QUESTION, mode=mode)), mode
    answer = service.ask(QUESTION)
    assert "Dunmore" in answer["answer"]
    assert any(path["bridge"] == "Orla Finch" for path in answer["paths"]), answer["paths"]
    assert "han" in found("云岭图书馆是谁设计的？", k=1)
    assert found(QUESTION, filters={"kind": "person"}) == ["orla"]

    first = answer["revision"]
    job = service.put("orla", "Orla Finch was born in Kelmscott.", title="Orla Finch", metadata={"kind": "person"})
    assert "Kelmscott" in service.ask(QUESTION, min_revision=job["revision"])["answer"]
    assert "Dunmore" in service.ask(QUESTION, as_of=first)["answer"]
    assert service.http.delete("/v1/documents/mill").status_code == 200
    assert "mill" not in found(QUESTION)
    assert "mill" in found(QUESTION, as_of=first)
    service.check()
    assert service.http.delete("/v1/documents/orla", params={"purge": "true"}).status_code == 200
    assert set(found("Orla Finch", as_of=first + 1)) == {"han", "mill"}
    service.put("bart", "Bart Finch bakes in Kelmscott.", title="Bart Finch")
    assert found("Who bakes in Kelmscott?", k=1) == ["bart"]
    service.check()

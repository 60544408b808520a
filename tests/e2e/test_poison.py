"""Poison that an older release let in: the service starts over it, serves all others, and says what is broken."""

import sqlite3
from pathlib import Path

import pytest
from service_process import QUICK, ServiceProcess

QUESTION = "Who keeps the lighthouse of Norvik?"
WATCH_POISON = {
    "filters": '{"\\ud800": 1}',
    "webhook": "http://host/\r\nX: y",
    "mode": "psychic",
    "answer": '{"text": "\\ud800"',
}


def poison(folder: Path, *statements: tuple[str, tuple[object, ...]], file: str = "operations.sqlite") -> None:
    """Written by Python's own library, in no process that has the file open otherwise."""
    with sqlite3.connect(folder / file) as database:
        for sql, bindings in statements:
            assert database.execute(sql, bindings).rowcount > 0, sql
    database.close()


@pytest.fixture
def poisoned(tmp_path: Path) -> ServiceProcess:
    return ServiceProcess(tmp_path / "data", **QUICK, QUIPU_WEBHOOK_HOSTS="host")


def test_it_starts_over_poison_serves_all_others_and_names_it(poisoned: ServiceProcess) -> None:
    with poisoned as service:
        service.start()
        for document_id in ("keeper", "spoilt"):
            service.put(document_id, f"Mara Voss keeps the lighthouse of Norvik, says the {document_id}.")
        watches = {
            column: service.http.post("/v1/watches", json={"question": QUESTION}).json()["id"]
            for column in (*WATCH_POISON, "none")
        }
        answered = [f"/v1/watches/{one}" for one in watches.values()]
        service.until(lambda: all(service.read(one)["answer"] for one in answered), "every watch answered")
        spoilt = [
            (f"UPDATE watches SET {column}=? WHERE id=?", (bad, watches[column]))
            for column, bad in WATCH_POISON.items()
        ]
        job = service.read("/v1/jobs", params={"document_id": "spoilt"})["jobs"][0]["id"]
        service.stop()
        poison(
            service.data_dir,
            *spoilt,
            ("UPDATE uploads SET metadata=? WHERE document_id='spoilt'", ('{"a": Infinity}',)),
            ("UPDATE jobs SET state='queued', progress=? WHERE id=?", ('{"stage": 7}', job)),
            (
                "INSERT INTO jobs(id, workspace, kind, document_id, version, payload, priority, state, progress, error,"
                " attempt, claims, cancel, lease_until, created_at, updated_at) VALUES('evil', 'default', 'evaluation',"
                " NULL, NULL, '{\"folder\":', 0, 'queued', '[', '{', 1, 0, 0, 0, 'yesterday', '2026-01-01')",
                (),
            ),
        )  # fmt: skip
        if "QUIPU_GRAPH_URL" not in service.environment():
            versions = ("UPDATE versions SET metadata=? WHERE document_id='spoilt'", ('{"a": Infinity}',))
            poison(service.data_dir, versions, file="graph.sqlite")

        service.start()
        assert service.job("evil")["state"] == "failed"
        assert service.job("evil")["error"]["code"] == "invalid-input"
        assert service.job(job)["state"] in {"done", "failed"}
        shown = {one["id"]: one for one in service.read("/v1/watches")["watches"]}
        for column in ("filters", "webhook", "mode"):
            assert "broken" in shown[watches[column]]["problem"], column
        assert shown[watches["none"]]["problem"] is None
        assert {one["id"] for one in service.read("/v1/documents")["documents"]} == {"keeper", "spoilt"}
        assert service.http.get("/v1/evals/evil").status_code < 500
        assert service.put("later", "Nils Krogh keeps the lighthouse of Norvik now.")["state"] == "done"
        assert "Norvik" in service.ask(QUESTION)["answer"]
        service.until(
            lambda: service.read(f"/v1/watches/{watches['none']}")["revision"] >= 3, "a sound watch looked at again"
        )
        checks = {one["name"]: one for one in service.http.post("/v1/verify", json={}).json()["checks"]}
        assert checks["watches"]["wrong"] == 3
        assert any(watches["filters"] in problem for problem in checks["watches"]["problems"])
        assert "'spoilt'" in checks["registered metadata"]["problems"][0]
        assert service.readiness() == (200, "ready")
        service.delete(f"/v1/watches/{watches['filters']}")
        assert "Traceback" not in service.log.read_text()

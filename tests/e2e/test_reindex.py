"""Another embedder, by the command line: the service goes on with the old vectors, then with the new ones, and back."""

import json
from pathlib import Path
from typing import Any

from service_process import ServiceProcess


def reindex(service: ServiceProcess, embedder: str) -> dict[str, Any]:
    ran = service.quipu("reindex", "--json", running=False, QUIPU_EMBEDDER=embedder)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_another_embedder(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "data").start() as old:
        old.put("selm", "The Selm Tower was designed by Edda Brink.", title="Selm Tower")
        before = old.put("brim", "The Brim Gate was painted by Sol Ashby.", title="Brim Gate")["revision"]
        old.delete("/v1/documents/brim")
        found = reindex(old, "e5")
        assert (found["embedded"], found["switched"]) == (2, False)
        assert "in use by process" in found["note"]
        old.put("orm", "The Orm Mill was built by Ida Holm.", title="Orm Mill")
        assert "Ida Holm" in old.ask("Who built the Orm Mill?")["answer"]
        revision = old.read("/readyz")["revision"]
        old.stop()

        found = reindex(old, "e5")
        assert (found["embedded"], found["switched"], found["note"]) == (1, True, "")

        with ServiceProcess(old.data_dir, QUIPU_EMBEDDER="e5").start() as new:
            assert new.read("/readyz")["revision"] == revision + 1
            assert "Ida Holm" in new.ask("Who built the Orm Mill?")["answer"]
            assert new.ask("Who painted the Brim Gate?")["abstained"]
            assert "Sol Ashby" in new.ask("Who painted the Brim Gate?", as_of=before)["answer"]
            new.put("fen", "The Fen Lock was drawn by Una Vale.", title="Fen Lock")
            assert "Una Vale" in new.ask("Who drew the Fen Lock?")["answer"]
            new.put("qiao", "这座石桥由沈墨设计，一九三一年建成。", title="青石桥")
            asked = {"query": "石桥是谁设计的？", "mode": "vector", "k": 1}
            assert new.http.post("/v1/search", json=asked).json()["hits"][0]["document_id"] == "qiao"
            new.stop()

        back = reindex(new, "minilm")
        assert (back["embedded"], back["switched"]) == (5, True)
        assert back["embedder"].startswith("minilm@")

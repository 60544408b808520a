"""A data folder of the first release is opened by this one: everything in it can be read, and is sound.

The databases were dumped from a folder that revision 9e02c99 wrote: a document in two versions, one that was deleted,
one that was purged.
"""

import hashlib
import json
from pathlib import Path

import apsw
from service_process import ROOT, ServiceProcess
from warm_process import HASHED_VECTORS

DUMPS = ROOT / "tests" / "support" / "first_release"
SETTINGS = {"QUIPU_GRAPH_URL": "sqlite", HASHED_VECTORS: "true"}
"""The embedder stays the one by which the folder is stamped; what it makes of a text matters nothing here."""
TEXTS = (
    "Amber Bridge was built by Tove Rask in 1911.",
    "Amber Bridge was built by Ida Holm in 1912. The mayor of Emberton opened Amber Bridge.",
    "The old ferry was steered by Per Lund.",
)


def first_release(folder: Path) -> Path:
    folder.mkdir()
    for name in ("graph", "operations"):
        connection = apsw.Connection(str(folder / f"{name}.sqlite"))
        connection.execute((DUMPS / f"{name}.sql").read_text(encoding="utf-8"))
        connection.close()
    for text in TEXTS:
        digest = hashlib.sha256(text.encode()).hexdigest()
        place = folder / "blobs" / digest[:2]
        place.mkdir(parents=True, exist_ok=True)
        (place / digest).write_text(text)
    return folder


def test_a_folder_of_the_first_release_is_opened(tmp_path: Path) -> None:
    folder = first_release(tmp_path / "data")
    with ServiceProcess(folder, QUIPU_CHECK_HOURS="0.0001", **SETTINGS).start() as service:
        service.until(lambda: "built" in sure_relations(service, "Ida Holm"), "what other rules read is read again")
        service.check()
        assert "Ida Holm" in service.ask("Who built Amber Bridge?")["answer"]
        assert "Tove Rask" in service.ask("Who built Amber Bridge?", as_of=1)["answer"]
        assert "Per Lund" in service.ask("Who steered the old ferry?", as_of=4)["answer"]
        for name in ("gone", "secret"):
            assert service.http.get(f"/v1/documents/{name}").status_code == 404
        shown = service.read("/v1/documents/bridge")
        assert (shown["version"], shown["metadata"]) == (2, {"kind": "bridge", "year": 1912})
        assert service.http.get("/v1/documents/bridge/content").text == TEXTS[1]

        assert service.put("bridge", "Amber Bridge was built by Kaja Brandt.")["state"] == "done"
        assert service.read("/v1/documents/bridge")["version"] == 3
        assert service.put("gone", "The new ferry was steered by Per Lund.")["state"] == "done"
        assert service.read("/v1/documents/gone")["version"] == 3
        # it rests nineteen times as long as a slice took, and a slice takes seconds where others have the processor
        service.until(lambda: checked(folder), "a whole pass of the background check", still=600)
        assert service.read("/readyz")["degraded"] == []
        service.check()
        backup = service.quipu("backup", str(tmp_path / "backup"))
        assert backup.returncode == 0, backup.stderr
        service.stop()
    with ServiceProcess(tmp_path / "new", **SETTINGS) as service:
        restored = service.quipu("restore", str(tmp_path / "backup"), running=False)
        assert restored.returncode == 0, restored.stderr
        service.start()
        assert "Tove Rask" in service.ask("Who built Amber Bridge?", as_of=1)["answer"]
        service.check()


def sure_relations(service: ServiceProcess, name: str) -> set[str]:
    found = service.read("/v1/graph/entities", params={"query": name})["entities"]
    relations = [one for each in found for one in service.read(f"/v1/graph/entities/{each['id']}")["relations"]]
    return {one["predicate"] for one in relations if one["certainty"] is not None}


def checked(folder: Path) -> bool:
    connection = apsw.Connection(str(folder / "operations.sqlite"), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        rows = connection.execute("SELECT position FROM check_position").fetchall()
    finally:
        connection.close()
    return bool(rows) and json.loads(rows[0][0])["ended_at"] > 0

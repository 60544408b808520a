"""A data folder that has lost one of its parts: refused, rebuilt, or read again; never half of it served."""

import json
import shutil
import stat
from pathlib import Path

import pytest
from service_process import QUICK, ServiceProcess

OPERATIONS = ("operations.sqlite", "operations.sqlite-wal", "operations.sqlite-shm")
NEWEST = "Amber Bridge was built by Ida Holm."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a document in two versions, a deleted one, and a purged one; its service has ended."""
    path = tmp_path_factory.mktemp("made")
    with ServiceProcess(path / "data", **QUICK, QUIPU_GRAPH_URL="sqlite").start() as service:
        service.put("bridge", "Amber Bridge was built by Tove Rask.")
        service.put("bridge", NEWEST)
        for name in ("deleted", "purged"):
            service.put(name, f"The {name} bridge was built by Per Lund.")
        service.delete("/v1/documents/deleted")
        service.delete("/v1/documents/purged?purge=true")
        service.stop()
    return path / "data"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it, which may be damaged."""
    return Path(shutil.copytree(made, tmp_path / "data"))


def lose(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


def over(folder: Path) -> ServiceProcess:
    return ServiceProcess(folder, **QUICK, QUIPU_GRAPH_URL="sqlite")


def test_the_register_is_rebuilt_and_not_before_it_is_asked_for(folder: Path) -> None:
    lose(folder, *OPERATIONS)
    stranger = b"An upload that was acknowledged, and not read."
    shelf = folder / "blobs" / "ff"
    shelf.mkdir(exist_ok=True)
    (shelf / ("f" * 64)).write_bytes(stranger)
    for _ in range(2):  # the first refusal must not make the second start a success
        with over(folder) as service:
            assert "quipu repair" in service.refusal()
    with over(folder) as service:
        repaired = service.quipu("repair", "--json", running=False)
        assert repaired.returncode == 0, repaired.stderr
        found = json.loads(repaired.stdout)
        assert (found["documents"], found["versions"], found["deleted"]) == (1, 3, 2)
        assert found["lost_bytes"] == []
        assert [Path(path).read_bytes() for path in found["unclaimed"]] == [stranger]
        service.start()
        assert service.http.get("/v1/documents").status_code == 401, "lost keys must not open the door"
        service.http.headers["Authorization"] = f"Bearer {Path(found['first_key']).read_text().strip()}"
        service.stop()
        again = service.quipu("repair", running=False)
        assert again.returncode == 2
        assert "nothing to rebuild" in again.stderr

        service.start()
        service.check()
        held = service.read("/v1/quota")
        assert (held["documents"]["used"], held["bytes"]["used"]) == (1, len(NEWEST)), "it counts towards the quota"
        assert service.read("/v1/documents/bridge")["version"] == 2
        assert "Ida Holm" in service.ask("Who built Amber Bridge?")["answer"]
        assert service.http.get("/v1/documents/purged").status_code == 404
        for name in ("bridge", "deleted", "purged"):
            assert service.put(name, f"Rewritten: {name}.")["state"] == "done", name
            assert service.http.get(f"/v1/documents/{name}/content").text == f"Rewritten: {name}."
        assert service.read("/v1/documents/bridge")["version"] == 3
        service.delete("/v1/documents/bridge")
        service.check()


def test_the_wrong_register_is_refused(folder: Path, tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "other", **QUICK, QUIPU_GRAPH_URL="sqlite").start() as other:
        other.put("x", "Another folder.")
        other.stop()
    for name in OPERATIONS:
        lose(folder, name)
        if (tmp_path / "other" / name).exists():
            shutil.copy(tmp_path / "other" / name, folder / name)
    with over(folder) as service:
        assert "do not belong together" in service.refusal()


def test_a_lost_graph_is_read_again(folder: Path) -> None:
    lose(folder, "graph.sqlite", "graph.sqlite-wal", "graph.sqlite-shm")
    with over(folder).start() as service:
        service.until(lambda: service.http.get("/v1/documents/bridge/content").text.endswith("Holm."), "the text")
        assert service.http.get("/v1/documents/deleted").status_code == 404
        service.until(lambda: not service.read("/v1/jobs", params={"state": "queued"})["jobs"], "the end of jobs")
        service.check()


def test_lost_bytes_are_made_again_or_told(folder: Path) -> None:
    lose(folder, *OPERATIONS)
    shutil.rmtree(folder / "blobs")
    with over(folder) as service:
        found = json.loads(service.quipu("repair", "--json", running=False).stdout)
        assert (found["remade_bytes"], found["lost_bytes"]) == (3, [])
        service.http.headers["Authorization"] = f"Bearer {Path(found['first_key']).read_text().strip()}"
        service.start().check()


def test_nothing_is_open_to_other_users(folder: Path) -> None:
    def open_ones() -> list[str]:
        return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]

    assert open_ones() == []
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with over(folder).start() as service:
        assert open_ones() == []
        service.put("new", "A new document.")
        assert open_ones() == []
        assert "closed to other users now" in service.log.read_text()

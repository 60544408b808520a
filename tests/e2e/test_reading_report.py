"""How a document was read is told everywhere, and goes with the document."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from service_process import QUICK, ServiceProcess

UNREAD_ID, ENCODED = "half scanned.pdf", "mass.txt"


def half_scanned() -> bytes:
    """A page of text, and one that is a picture."""
    written = io.BytesIO()
    canvas = Canvas(written)
    canvas.drawString(72, 720, "The Fjell tower was built by Finn Aas.")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("RGB", (200, 200), "gray")), 72, 400)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("reading") / "data", **QUICK, QUIPU_OCR="off").start() as running:
        yield running
        running.check()


@pytest.fixture(scope="module")
def results(service: ServiceProcess) -> dict[str, dict[str, Any]]:
    folder = service.data_dir.parent / "files"
    folder.mkdir()
    (folder / UNREAD_ID).write_bytes(half_scanned())
    (folder / ENCODED).write_bytes("Das Maß ist nötig. Die Größe ist es auch.".encode("cp1252"))
    (folder / "page.html").write_text("<title>Gorm's page</title><p>The Gorm mill is by Gro Lie.</p>")
    ran = service.quipu("ingest", str(folder), "--wait", "--json")
    assert ran.returncode == 0, ran.stderr
    return {one["id"]: one for one in json.loads(ran.stdout)}


def reading(service: ServiceProcess, document_id: str) -> dict[str, Any]:
    found: dict[str, Any] = service.read(f"/v1/documents/{document_id}")["reading"]
    return found


def test_what_could_not_be_read_is_told(service: ServiceProcess, results: dict[str, dict[str, Any]]) -> None:
    assert results[UNREAD_ID]["state"] == "partly read"
    assert "not read: 1 pages" in results[UNREAD_ID]["note"]
    document = service.read(f"/v1/documents/{UNREAD_ID}")
    assert document["state"] == "partly read"
    report = document["reading"]
    assert report["state"] == "partly read"
    assert report["bytes"] == len(half_scanned())
    assert report["characters"] == len(service.http.get(f"/v1/documents/{UNREAD_ID}/content").text)
    unread = [one for one in report["skipped"] if one["unread"]]
    assert [(one["part"], one["count"]) for one in unread] == [("pages", 1)]
    assert service.read(f"/v1/jobs/{results[UNREAD_ID]['job_id']}")["reading"] == report


def test_the_list_says_it_in_a_word(service: ServiceProcess, results: dict[str, dict[str, Any]]) -> None:
    listed = {one["id"]: one for one in service.read("/v1/documents")["documents"]}
    assert (listed[UNREAD_ID]["state"], listed[UNREAD_ID]["reading"]) == ("partly read", {"state": "partly read"})
    assert (listed["page.html"]["state"], listed["page.html"]["reading"]) == ("live", {"state": "whole"})


def test_the_command_line_shows_it(service: ServiceProcess, results: dict[str, dict[str, Any]]) -> None:
    shown = service.quipu("documents", "show", UNREAD_ID)
    assert shown.returncode == 0, shown.stderr
    assert "partly read" in shown.stdout
    assert "1 pages (" in " ".join(shown.stdout.split())
    assert "The Fjell tower was built by Finn Aas." in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    listed = service.quipu("documents", "list")
    assert "partly" in listed.stdout


def test_text_and_original_can_be_saved(
    service: ServiceProcess, results: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    path = "/v1/documents/page.html/original"
    answer = service.http.get(path)
    source = service.data_dir.parent / "files" / "page.html"
    assert answer.content == source.read_bytes()
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''page.html"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for what in ("text", "original"):
        saved = tmp_path / what
        ran = service.quipu("documents", what, "page.html", "--out", str(saved))
        assert ran.returncode == 0, ran.stderr
        wanted = service.http.get(f"/v1/documents/page.html/{'content' if what == 'text' else what}").content
        assert saved.read_bytes() == wanted
        again = service.quipu("documents", what, "page.html", "--out", str(saved))
        assert again.returncode == 2, "nothing is overwritten"
    assert service.http.get("/v1/documents/nowhere/original").status_code == 404


def test_originals_are_not_for_who_may_only_ask(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK, QUIPU_API_KEY="the-key").start() as guarded:
        everything = {"Authorization": "Bearer the-key"}
        guarded.http.put("/v1/documents/a", headers=everything, files={"file": ("a.txt", b"The Hov inn is old.")})
        key = guarded.http.post("/v1/keys", headers=everything, json={"role": "ask"}).json()["key"]
        asking = {"Authorization": f"Bearer {key}"}
        assert guarded.http.get("/v1/documents/a/original", headers=asking).status_code == 403
        assert guarded.http.get("/v1/documents/a/original", headers=everything).status_code == 200
        assert guarded.http.get("/v1/formats", headers=asking).status_code == 200


def test_an_update_says_what_it_did(service: ServiceProcess) -> None:
    paragraphs = [f"# Part {n}\n\n" + f"The tower number {n} was built by Ada Stone. " * 20 for n in range(4)]

    def put(parts: list[str], **more: str) -> dict[str, Any]:
        """What an upload did, as its answer and its job say."""
        sent = {"files": {"file": ("towers.md", "\n\n".join(parts))}, "data": more, "params": {"wait": 60}}
        (one,) = service.http.put("/v1/documents/towers", **sent).json()["documents"]
        job = service.job(one["job_id"])
        assert one["update"] == job["update"] or one["deduplicated"]
        counts = {name: job[f"chunks_{name}"] for name in ("kept", "added", "removed")}
        assert counts == {name: job["update"][name] for name in counts}
        update: dict[str, Any] = one["update"]
        return update

    new = put(paragraphs)
    assert (new["kind"], new["kept"], new["removed"]) == ("full", 0, 0)
    assert new["added"] >= 4
    changed = [*paragraphs[:2], paragraphs[2].replace("Ada", "Eva"), paragraphs[3]]
    edited = put(changed)
    assert edited["kind"] == "incremental"
    assert edited["added"] == edited["removed"] >= 1
    assert edited["kept"] == new["added"] - edited["added"]
    assert put(changed) == {
        "kind": "unchanged", "kept": new["added"], "added": 0, "removed": 0,
        "reason": "the same bytes, title and metadata are there",
    }  # fmt: skip
    described = put(changed, metadata='{"year": 1920}')
    assert (described["kind"], described["kept"], described["added"]) == ("incremental", new["added"], 0)
    assert "metadata" in described["reason"]
    retitled = put(changed, metadata='{"year": 1920}', title="Towers")
    assert (retitled["kind"], retitled["kept"]) == ("full", 0)
    assert "title" in retitled["reason"]
    assert "no passage" in put(["# Else\n\nNothing is as it was."], metadata='{"year": 1920}', title="Towers")["reason"]


def test_a_table_of_files_says_what_each_did(service: ServiceProcess, tmp_path: Path) -> None:
    file = tmp_path / "mills.md"
    parts = [f"# Mill {n}\n\n" + f"The mill number {n} was built by Ada Stone. " * 20 for n in range(3)]
    kinds = []
    for text in (parts, parts, [*parts[:2], parts[2].replace("Ada", "Eva")]):
        file.write_text("\n\n".join(text), encoding="utf-8")
        ran = service.quipu("ingest", str(tmp_path), "--wait", "--json")
        kinds += [one["update"]["kind"] for one in json.loads(ran.stdout) if one["id"].endswith("mills.md")]
    assert kinds == ["full", "unchanged", "incremental"]
    file.write_text("\n\n".join([parts[0].replace("Ada", "Una"), *parts[1:]]), encoding="utf-8")
    shown = " ".join(service.quipu("ingest", str(tmp_path), "--wait").stdout.replace("│", " ").split())
    assert "incremental" in shown
    assert re.search(r"[1-9] added, [1-9] removed", shown)


def test_a_report_is_for_its_version_and_goes_with_it(service: ServiceProcess) -> None:
    def put(text: bytes) -> int:
        answer = service.http.put("/v1/documents/short", files={"file": ("short.txt", text)})
        return int(service.job(answer.json()["documents"][0]["job_id"])["revision"])

    first = put(b"The Jord inn is by Jon Rud.")
    put(b"The Jord inn is by Jon Rud, as everybody knows.")
    assert reading(service, "short")["bytes"] == 47
    assert service.read("/v1/documents/short", params={"as_of": first})["reading"]["bytes"] == 27
    assert service.http.get("/v1/documents/short/original", params={"as_of": first}).content[-4:] == b"Rud."
    assert service.http.delete("/v1/documents/short?purge=true").status_code == 200
    jobs = service.read("/v1/jobs", params={"document_id": "short"})["jobs"]
    assert [job["reading"] for job in jobs if job["state"] == "done"] == [None, None]


def test_formats(service: ServiceProcess) -> None:
    found = {one["name"]: one for one in service.read("/v1/formats")["formats"]}
    assert found["PDF"] == {"name": "PDF", "media_types": ["application/pdf"], "suffixes": [".pdf"], "needs": ""}
    assert found["PNG"]["needs"]
    ran = service.quipu("formats", "--json")
    assert ran.returncode == 0, ran.stderr
    assert {one["name"] for one in json.loads(ran.stdout)} == set(found)
    assert "Markdown" in service.quipu("formats").stdout

"""Documents over REST, on a real service."""

import json

import httpx
import pytest
from service_process import ServiceProcess

LATIN = "Café Müller wurde 1978 uraufgeführt. Die Straße heißt Gänsemarkt."
PARIS = "The Selm Tower stands in Varnholt. It was designed by Edda Brink in 1911."


def test_upload_read_replace_delete(service: ServiceProcess) -> None:
    job = service.put("life", PARIS, title="Selm Tower", metadata={"lang": "en", "year": 1911})
    assert job["state"] == "done"
    assert job["chunks_total"] == 1
    assert job["entities"] >= 3

    found = service.http.get("/v1/documents/life")
    assert found.headers["etag"] == '"1"'
    body = found.json()
    assert (body["state"], body["title"], body["version"], body["metadata"]) == (
        "live", "Selm Tower", 1, {"lang": "en", "year": 1911},
    )  # fmt: skip
    assert service.http.get("/v1/documents/life/content").text == PARIS
    chunk = service.read("/v1/documents/life/chunks")[0]
    assert PARIS[chunk["start"] : chunk["end"]] == chunk["text"]

    answer = service.ask("Who designed the Selm Tower?")
    assert "Edda Brink" in answer["answer"]
    citation = answer["citations"][0]
    assert PARIS[citation["start"] : citation["end"]] == citation["quote"]

    changed = PARIS.replace("Edda Brink", "Oskar Lind")
    second = service.put("life", changed, title="Selm Tower")
    assert second["revision"] > job["revision"]
    assert "Oskar Lind" in service.ask("Who designed the Selm Tower?")["answer"]
    assert "Edda Brink" in service.ask("Who designed the Selm Tower?", as_of=job["revision"])["answer"]
    kept = service.read("/v1/documents/life/versions")
    assert [version["version"] for version in kept] == [1, 2]
    assert kept[0]["valid_to"] == kept[1]["valid_from"] == second["revision"]

    receipt = service.delete("/v1/documents/life")
    assert receipt["gone"]["chunks"] == 1
    assert service.http.get("/v1/documents/life").status_code == 404
    assert "Oskar" not in json.dumps(service.ask("Who designed the Selm Tower?"))
    assert service.http.delete("/v1/documents/life").status_code == 404


def test_same_bytes_are_no_work(service: ServiceProcess) -> None:
    first = service.upload({"text": "A lone fact about the Quorra Dam."})[0]
    second = service.upload({"text": "A lone fact about the Quorra Dam."})[0]
    assert second["deduplicated"]
    assert (second["id"], second["version"], second["job_id"]) == (first["id"], 1, first["job_id"])
    other = service.upload({"text": "A lone fact about the Quorra Dam.", "metadata": {"a": 1}})[0]
    assert not other["deduplicated"]
    assert other["id"] != first["id"]


def test_if_match(service: ServiceProcess) -> None:
    service.put("matched", "Version one of the Tarn Bridge.")
    body = {"documents": [{"text": "Version two of the Tarn Bridge."}]}
    stale = service.http.put("/v1/documents/matched", json=body, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert stale.json()["code"] == "precondition-failed"
    good = service.http.put("/v1/documents/matched", json=body, headers={"If-Match": '"1"'})
    assert good.status_code == 202
    assert good.headers["etag"] == '"2"'


def test_new_metadata_alone_is_a_new_version_and_filters_know_it(service: ServiceProcess) -> None:
    service.put("meta", "The Ulm Canal is long.", metadata={"colour": "red"})
    job = service.put("meta", "The Ulm Canal is long.", metadata={"colour": "blue"})
    assert job["version"] == 2
    red = service.http.post("/v1/search", json={"query": "Ulm Canal", "filters": {"colour": "red"}}).json()
    blue = service.http.post("/v1/search", json={"query": "Ulm Canal", "filters": {"colour": "blue"}}).json()
    assert red["hits"] == []
    assert [hit["document_id"] for hit in blue["hits"]] == ["meta"]
    assert blue["hits"][0]["version"] == 2


def test_list_pages_and_filters(service: ServiceProcess) -> None:
    for number in range(5):
        service.put(f"list/{number}", f"Page {number} of the Wend Almanac.", metadata={"almanac": True, "n": number})
    filters = json.dumps({"almanac": True, "n": {"gte": 1}})
    first = service.read("/v1/documents", params={"limit": 3, "filters": filters})
    rest = service.read("/v1/documents", params={"cursor": first["next_cursor"], "filters": filters})
    assert [one["id"] for one in first["documents"] + rest["documents"]] == [f"list/{n}" for n in range(1, 5)]
    assert rest["next_cursor"] is None
    named = service.read("/v1/documents", params={"q": "LIST/ 3", "filters": filters})
    assert [one["id"] for one in named["documents"]] == ["list/3"]


def test_purge_leaves_nothing(service: ServiceProcess) -> None:
    secret = "Zyxqorvanterium"
    service.put("purged", f"The {secret} mine lies in Kopp. It yields {secret} ore.")
    service.put("purged", f"The {secret} mine is closed.")
    receipt = service.delete("/v1/documents/purged", params={"purge": True})
    assert receipt["purged"]
    assert receipt["gone"]["chunks"] == 2
    assert receipt["blobs"] == 2
    for path in service.data_dir.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    assert service.http.get("/v1/documents/purged/versions").status_code == 404
    assert secret not in json.dumps(service.ask(f"Where is the {secret} mine?")["citations"])


def test_min_revision(service: ServiceProcess) -> None:
    job = service.put("fresh", "The Fresh Lighthouse is green.")
    found = service.ask("What colour is the Fresh Lighthouse?", min_revision=job["revision"])
    assert found["revision"] >= job["revision"]
    ahead = service.http.post("/v1/ask", json={"question": "x", "min_revision": job["revision"] + 100_000})
    assert ahead.status_code == 503
    assert ahead.headers["retry-after"]
    assert ahead.json()["code"] == "revision-not-reached"


def test_files_of_several_kinds_in_one_upload(service: ServiceProcess) -> None:
    files = [
        ("file", ("a.md", b"# Alder Fort\n\nAlder Fort was built by Hana Sol.", "text/markdown")),
        ("file", ("b.html", b"<title>Birch Fort</title><p>Birch Fort was built by Ivo Tal.</p>", "text/html")),
        ("file", ("c.exe", b"MZ\x00\x01\x02", "application/octet-stream")),
        ("file", ("d.txt", b"", "text/plain")),
    ]
    answer = service.http.post("/v1/documents", files=files)
    assert answer.status_code == 202
    entries = answer.json()["documents"]
    assert [entry["error"]["code"] if entry["error"] else None for entry in entries] == [
        None, None, "unsupported-media-type", "unreadable-document",
    ]  # fmt: skip
    for entry in entries[:2]:
        assert service.job(entry["job_id"])["state"] == "done"
    assert "Ivo Tal" in service.ask("Who built Birch Fort?")["answer"]


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "malformed-json"),
        ({"json": {"documents": []}}, 400, "invalid-input"),
        ({"json": {"documents": [{"text": ""}]}}, 422, "unreadable-document"),
        ({"json": {"documents": [{"text": "x", "media_type": "video/mp4"}]}}, 415, "unsupported-media-type"),
        ({"json": {"documents": [{"text": "x", "metadata": {"a": {"b": 1}}}]}}, 400, "invalid-input"),
        ({"json": {"documents": [{"text": "x", "id": "a\u0000b"}]}}, 400, "invalid-input"),
        ({"json": {"documents": [{"text": "x", "id": "i" * 600}]}}, 400, "invalid-input"),
        ({"data": {"title": "no file"}, "files": {"other": b"x"}}, 400, "invalid-input"),
        ({"content": b"hello", "headers": {"content-type": "text/plain"}}, 415, "unsupported-media-type"),
    ],
)
def test_bad_uploads(service: ServiceProcess, send: dict[str, object], status: int, code: str) -> None:
    answer = service.http.post("/v1/documents", **send)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


def test_200_mb_of_text_is_refused(service: ServiceProcess) -> None:
    try:
        answer = service.http.post("/v1/documents", files={"file": ("big.txt", b"word " * 40_000_000, "text/plain")})
    except httpx.WriteError:
        pass  # refused before the body was read
    else:
        assert answer.status_code == 413
        assert answer.json()["code"] == "document-too-large"
    assert service.http.get("/readyz").status_code == 200


def test_broken_files_fail_alone(service: ServiceProcess) -> None:
    files = [
        ("file", ("broken.pdf", b"%PDF-1.7\nnot really", "application/pdf")),
        ("file", ("latin.txt", LATIN.encode("latin-1"), "text/plain")),
        ("file", ("good.txt", b"The Good Mill turns.", "text/plain")),
    ]  # fmt: skip
    entries = service.http.post("/v1/documents", files=files).json()["documents"]
    jobs = [service.job(entry["job_id"]) for entry in entries]
    assert [job["state"] for job in jobs] == ["failed", "done", "done"]
    assert jobs[0]["error"]["code"] == "unreadable-document"
    assert jobs[0]["error"]["stage"] == "load"
    assert "Gänsemarkt" in service.http.get(f"/v1/documents/{entries[1]['id']}/content").text


def test_password_protected_pdf(service: ServiceProcess) -> None:
    from io import BytesIO

    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="AES-256")
    data = BytesIO()
    writer.write(data)
    entry = service.http.post("/v1/documents", files={"file": ("locked.pdf", data.getvalue())}).json()["documents"][0]
    job = service.job(entry["job_id"])
    assert (job["state"], job["error"]["code"]) == ("failed", "unreadable-document")
    assert "password" in job["error"]["detail"]
    failed = service.read(f"/v1/documents/{entry['id']}")
    assert failed["state"] == "failed"


def test_a_failed_replacement_keeps_the_earlier_version(service: ServiceProcess) -> None:
    service.put("kept", "The Kept Chapel is old.")
    answer = service.http.put("/v1/documents/kept", files={"file": ("kept.pdf", b"%PDF-1.4 broken", "application/pdf")})
    assert service.job(answer.json()["documents"][0]["job_id"])["state"] == "failed"
    assert service.http.get("/v1/documents/kept/content").text == "The Kept Chapel is old."

"""Mail with attachments, and archives, over REST: asked about, replaced, deleted."""

import io
import json
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import docx
from reportlab.pdfgen import canvas
from service_process import ServiceProcess

MAIL = "box/2026/handover.eml"


def test_a_mail_is_asked_about_with_what_is_attached(service: ServiceProcess) -> None:
    send(
        service,
        MAIL,
        mail(figures="The Selm Tower was designed by Edda Brink.", plan="Oskar Lind leads the Quorra Dam."),
    )
    shown = service.read(f"/v1/documents/{MAIL}")
    assert shown["members"] == [f"{MAIL}/figures.docx", f"{MAIL}/plan.pdf"]
    assert shown["members_count"] == 2
    assert shown["metadata"]["date"] == "2026-01-02T09:30:00+08:00"
    assert any("tune.mid" in one["reason"] for one in shown["reading"]["skipped"] if one["unread"])
    assert shown["state"] == "partly read"
    member = service.read(f"/v1/documents/{MAIL}/figures.docx")
    assert (member["part_of"], member["metadata"]["part_of"]) == (MAIL, MAIL)
    assert member["metadata"]["from"] == "Ada Stone <ada@example.org>"

    tower = service.ask("Who designed the Selm Tower?")
    assert "Edda Brink" in tower["answer"]
    assert tower["citations"][0]["document_id"] == f"{MAIL}/figures.docx"
    dam = service.ask("Who leads the Quorra Dam?", filters={"part_of": MAIL})
    assert "Oskar Lind" in dam["answer"]
    assert dam["citations"][0]["document_id"] == f"{MAIL}/plan.pdf"

    send(service, MAIL, mail(figures="The Selm Tower was designed by Nora Falk.", plan=""))
    assert service.read(f"/v1/documents/{MAIL}")["members"] == [f"{MAIL}/figures.docx"]
    assert "Nora Falk" in service.ask("Who designed the Selm Tower?")["answer"]
    assert "Oskar" not in json.dumps(service.ask("Who leads the Quorra Dam?"))

    receipt = service.delete(f"/v1/documents/{MAIL}", params={"purge": "true"})
    assert receipt["members"] >= 1
    assert service.http.get(f"/v1/documents/{MAIL}/figures.docx").status_code == 404
    assert "Nora" not in json.dumps(service.ask("Who designed the Selm Tower?"))


def test_an_archive_within_an_archive(service: ServiceProcess) -> None:
    inner = zipped({"deep/note.txt": b"The Varn Lighthouse was built by Ida Holm."})
    send(service, "files.zip", zipped({"inner.zip": inner, "a.txt": b"A lone note.", "../up.txt": b"Climbs."}))
    assert service.read("/v1/documents/files.zip")["members_count"] == 3
    answer = service.ask("Who built the Varn Lighthouse?")
    assert answer["citations"][0]["document_id"] == "files.zip/inner.zip/deep/note.txt"
    assert service.delete("/v1/documents/files.zip")["members"] == 4


def send(service: ServiceProcess, document_id: str, data: bytes) -> None:
    """Put a file, and wait until it and all that it holds has been read."""
    sent = service.http.put(f"/v1/documents/{document_id}", files={"file": (document_id.rsplit("/", 1)[-1], data)})
    sent.raise_for_status()
    assert service.job(sent.json()["documents"][0]["job_id"])["state"] == "done"
    for document in all_within(service, document_id):
        for job in service.http.get("/v1/jobs", params={"limit": 1000}).json()["jobs"]:
            if job["document_id"] == document:
                service.job(job["id"])


def all_within(service: ServiceProcess, document_id: str) -> list[str]:
    members: list[str] = service.read(f"/v1/documents/{document_id}")["members"]
    found = []
    for one in members:
        for job in service.http.get("/v1/jobs", params={"limit": 1000}).json()["jobs"]:
            if job["document_id"] == one:
                service.job(job["id"])
        found += [one, *all_within(service, one)]
    return found


def mail(*, figures: str, plan: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"], made["Date"] = (
        "Ada Stone <ada@example.org>",
        "Handover",
        "Fri, 2 Jan 2026 09:30:00 +0800",
    )
    made.set_content("Dear Ben, the papers are attached.")
    for name, text, write in (("figures.docx", figures, word_file), ("plan.pdf", plan, pdf_file)):
        if text:
            kind: Callable[[str], bytes] = write
            made.add_attachment(kind(text), maintype="application", subtype="octet-stream", filename=name)
    made.add_attachment(b"MThd\x00\x00\x00\x06", maintype="audio", subtype="midi", filename="tune.mid")
    return made.as_bytes()


def word_file(text: str) -> bytes:
    made, written = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    made.save(written)
    return written.getvalue()


def pdf_file(text: str) -> bytes:
    written = io.BytesIO()
    page = canvas.Canvas(written)
    page.drawString(72, 720, text)
    page.save()
    return written.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return written.getvalue()

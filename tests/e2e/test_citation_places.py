"""A citation of a PDF says where on its page it stands."""

import io

from reportlab.pdfgen.canvas import Canvas
from service_process import ServiceProcess


def test_a_citation_of_a_pdf_has_the_boxes_of_its_lines(service: ServiceProcess) -> None:
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(400, 600))
    canvas.drawString(40, 500, "The weir at Tarnhaven was designed by Ingrid Solberg.")
    canvas.drawString(40, 300, "Its gates were painted green.")
    canvas.save()
    answer = service.http.put(
        "/v1/documents/weir", files={"file": ("weir.pdf", data.getvalue(), "application/pdf")}
    ).json()
    assert service.job(answer["documents"][0]["job_id"])["state"] == "done"
    asked = service.ask("Who designed the weir at Tarnhaven?")
    (citation,) = [each for each in asked["citations"] if each["document_id"] == "weir"]
    box = citation["boxes"][0]
    assert box["page"] == citation["page"] == 1
    assert abs(box["x0"] - 40) < 2
    assert box["y0"] < 500 < box["y1"]

    service.put("plain", "The weir at Osmoor was designed by Edda Brink.")
    asked = service.ask("Who designed the weir at Osmoor?")
    assert [each["boxes"] for each in asked["citations"] if each["document_id"] == "plain"] == [None]

    service.delete("/v1/documents/weir?purge=true")

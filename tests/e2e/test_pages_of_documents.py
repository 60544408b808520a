"""A page of a document as it looks, over REST: versions, places of citations, what a browser may keep, rights."""

import io

from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from service_process import ServiceProcess

TEXT = "The mill at Tarnhaven was designed by {}."


def pdf(*lines: str) -> bytes:
    """One page for each line."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(400, 600))
    for line in lines:
        canvas.drawString(40, 500, line)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def put(service: ServiceProcess, document_id: str, data: bytes) -> None:
    answer = service.http.put(f"/v1/documents/{document_id}", files={"file": ("mill.pdf", data, "application/pdf")})
    assert service.job(answer.json()["documents"][0]["job_id"])["state"] == "done"


def test_a_citation_is_shown_on_its_page_of_its_version(service: ServiceProcess) -> None:
    put(service, "maps/mill", pdf("Nothing here.", TEXT.format("Ingrid Solberg")))
    asked = service.ask("Who designed the mill at Tarnhaven?")
    (cited,) = [one for one in asked["citations"] if one["document_id"] == "maps/mill"]
    put(service, "maps/mill", pdf(TEXT.format("Edda Brink")))

    boxes = [",".join(str(box[side]) for side in ("x0", "y0", "x1", "y1")) for box in cited["boxes"]]
    path, wanted = "/v1/documents/maps/mill/pages/2", {"version": cited["version"], "box": boxes, "scale": 2}
    answer = service.http.get(path, params=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    assert float(answer.headers["x-quipu-scale"]) == 2.0
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert picture.size == (800, 1200)
    assert (255, 236, 120) in {colour for _, colour in picture.getcolors(1 << 20) or ()}

    again = service.http.get(path, params=wanted, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert answer.headers["cache-control"] == again.headers["cache-control"] == "private, no-cache"

    text = service.http.get("/v1/documents/maps/mill/content", params={"version": cited["version"]}).text
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    first = service.http.get("/v1/documents/maps/mill/original", params={"version": cited["version"]})
    assert first.headers["etag"] == answer.headers["etag"]
    assert first.content != service.http.get("/v1/documents/maps/mill/original").content

    newest = service.http.get("/v1/documents/maps/mill/pages/1")
    assert newest.headers["etag"] == '"2"'
    service.delete("/v1/documents/maps/mill?purge=true")
    for version in (None, 1, 2):
        gone = service.http.get(path, params={"version": version} if version else {})
        assert (gone.status_code, gone.json()["code"]) == (404, "not-found")


def test_what_has_no_such_page_is_told(service: ServiceProcess) -> None:
    put(service, "one-page", pdf(TEXT.format("Ingrid Solberg")))
    service.put("in-words", "The mill at Osmoor was designed by Edda Brink.")
    here = "/v1/documents/one-page/pages"
    refused = {
        "/v1/documents/in-words/pages/1": (404, "not-found"),
        f"{here}/2": (404, "not-found"),
        f"{here}/1?version=7": (404, "not-found"),
        f"{here}/0": (422, "invalid-input"),
        f"{here}/1?scale=100": (422, "invalid-input"),
        f"{here}/1?box=1,2,3": (400, "invalid-input"),
        f"{here}/1?box=30,20,10,nan": (400, "invalid-input"),
        "/v1/documents/one-page/content?version=1&as_of=1": (400, "invalid-input"),
    }
    for path, expected in refused.items():
        answer = service.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == expected, path
    service.delete("/v1/documents/one-page")
    assert service.http.get(f"{here}/1?version=1").status_code == 404

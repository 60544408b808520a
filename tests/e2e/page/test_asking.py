"""Documents, conversation and evidence in a real Chromium: one story, told by visitors who see the page differently."""

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import LOOKS, Look, Visit, Window, eventually
from playwright.sync_api import Locator, expect
from reportlab.pdfgen.canvas import Canvas
from service_process import QUICK, ServiceProcess

FOUNDER = {"en": ("Who founded Halden Observatory?", "Ingrid Vael"), "zh": ("云岭天文台的首任台长是谁？", "周明远")}
MILL = "Who designed the mill at Tarnhaven?"
MOST_GZIPPED = 250_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("page") / "data", **QUICK).start() as running:
        yield running
        assert "NETGUARD" not in running.log.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as somebody drops it: a PDF, and a text in a folder within."""
    made = tmp_path_factory.mktemp("dropped") / "Papers"
    (made / "mills").mkdir(parents=True)
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(400, 600))
    canvas.drawString(40, 560, "Mills of the coast")
    canvas.showPage()
    canvas.drawString(40, 500, "The mill at Tarnhaven was designed by Ingrid Solberg.")
    canvas.save()
    (made / "mill.pdf").write_bytes(data.getvalue())
    (made / "mills" / "wheels.md").write_text("# Wheels\n\nThe wheel of Osmoor was cast by Edda Brink.\n")
    return made


def uploaded(visit: Visit, count: int) -> Locator:
    """What the documents say once so many have been read; a screen reader hears it, too."""
    documents = visit.page.get_by_role("region", name=visit.t("documents.title"))
    return documents.get_by_text(visit.t("upload.read.other", n=count))


def drop(visit: Visit, *paths: Path) -> None:
    """Files and folders from the desktop onto the documents, as the system hands them to a browser."""
    visit.show("documents")
    place = visit.button("documents.add-files").first.bounding_box()
    assert place is not None
    x, y = place["x"] + 20, place["y"] + 60
    wire = visit.page.context.new_cdp_session(visit.page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        wire.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
    wire.detach()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_from_nothing_to_an_answer_that_has_changed(
    service: ServiceProcess, chromium: Window, folder: Path, look: Look
) -> None:
    workspace = str(look)
    assert service.http.post("/v1/workspaces", json={"name": workspace}).status_code == 201
    with chromium.visit(service.origin, look, workspace=workspace) as visit:
        visit.go()
        begins(visit)
        drops(visit, folder)
        asks(visit)
        opens_a_citation(visit)
        sees_the_page_of_a_pdf(visit)
        assert sum(len(gzip.compress(one.body())) for one in visit.files) <= MOST_GZIPPED
        learns_that_a_document_has_changed(visit, service)
        removes(visit)


def begins(visit: Visit) -> None:
    """Nothing is there: the page says the next step and offers the samples."""
    expect(visit.page.get_by_role("heading", name=visit.t("first.title"))).to_be_visible()
    visit.well()
    visit.picture("first")
    visit.button("first.load").click()
    visit.show("documents")
    expect(uploaded(visit, 20)).to_be_visible()
    expect(visit.page.get_by_role("link", name=re.compile("halden-observatory.md"))).to_be_visible()
    visit.well()


def drops(visit: Visit, folder: Path) -> None:
    """A folder with a folder in it: ids are the paths below it."""
    visit.button("upload.forget").click()
    drop(visit, folder)
    expect(uploaded(visit, 2)).to_be_visible()
    visit.page.get_by_role("searchbox", name=visit.t("documents.find")).fill("wheels")
    expect(visit.page.get_by_role("link", name=re.compile(r"wheels\.md"))).to_be_visible()
    visit.page.get_by_role("searchbox", name=visit.t("documents.find")).fill("")


def asks(visit: Visit) -> None:
    """The answer comes in words, with the sources and why; a screen reader is told it."""
    question, answer = FOUNDER[visit.look.language]
    visit.ask(question)
    article = visit.page.locator("article").last
    expect(article).to_contain_text(answer)
    expect(visit.page.get_by_role("status")).to_contain_text(answer)
    article.locator("summary").click()
    expect(article.locator("details[open]")).to_be_visible()
    visit.well()
    article.get_by_role("button", name=visit.t("ask.why"), exact=True).click()
    expect(visit.page.get_by_role("heading", name=visit.t("why.quotes"))).to_be_visible()
    visit.well()
    visit.picture("answer")
    visit.show("ask")


def opens_a_citation(visit: Visit) -> None:
    """The words that were quoted are in sight, and marked."""
    link = visit.page.locator("article").last.get_by_role("link", name=visit.like("cite.label")).first
    quote = str(link.get_attribute("title"))
    link.click()
    mark = visit.page.locator("mark")
    expect(mark).to_have_text(quote)
    expect(mark).to_be_in_viewport()
    visit.well()
    visit.picture("citation")
    for tab in ("doc.original", "doc.versions", "doc.report"):
        visit.button(tab).click()
        expect(visit.button(tab)).to_have_attribute("aria-pressed", "true")
    expect(visit.page.get_by_text(visit.t("report.whole"))).to_be_visible()
    visit.well()


def sees_the_page_of_a_pdf(visit: Visit) -> None:
    """Its page as it looks, with the line marked."""
    visit.ask(MILL)
    with visit.page.expect_response(re.compile(r"/pages/2\?version=1&box=")) as drawn:
        visit.page.locator("article").last.get_by_role("link", name=visit.like("cite.label")).first.click()
        visit.button("doc.original").click()
    assert drawn.value.status == 200
    image = visit.page.get_by_role("img", name=visit.like("doc.page-of"))
    expect(image).to_be_visible()
    eventually(lambda: bool(image.evaluate("one => one.naturalWidth > 100")), visit.page)
    visit.well()
    visit.picture("pdf")


def learns_that_a_document_has_changed(visit: Visit, service: ServiceProcess) -> None:
    """A badge, what is different, and the question asked again."""
    visit.ask("Who cast the wheel of Osmoor?")
    article = visit.page.locator("article").last
    expect(article).to_contain_text("Edda Brink")
    article.get_by_role("link", name=visit.like("cite.label")).first.click()
    body = {
        "documents": [
            {"text": "# Wheels\n\nThe wheel of Osmoor was cast by Lev Marsh.\n", "media_type": "text/markdown"}
        ]
    }
    headers = {"X-Quipu-Workspace": str(visit.look)}
    answer = service.http.put("/v1/documents/mills%2Fwheels.md", json=body, params={"wait": 60}, headers=headers)
    assert answer.is_success, answer.text
    expect(visit.page.get_by_text(visit.t("doc.outdated"), exact=True)).to_be_visible()
    expect(visit.page.locator("mark")).to_have_text(re.compile("Edda Brink"))
    visit.button("doc.show-diff").click()
    expect(visit.page.locator("ins", has_text="Marsh")).to_be_visible()
    expect(visit.page.locator("del", has_text="Brink")).to_be_visible()
    visit.well()
    visit.picture("changed")
    visit.show("ask")
    expect(article.get_by_role("link", name=visit.like("cite.changed")).first).to_be_visible()
    before = visit.page.locator("article").count()
    article.get_by_role("button", name=visit.t("ask.again"), exact=True).click()
    again = visit.page.locator("article").nth(before)
    expect(again).to_contain_text("Lev Marsh")
    expect(again).to_have_attribute("aria-busy", "false")


def removes(visit: Visit) -> None:
    """Withdrawn, or purged, each with its receipt; then no answer knows of it."""
    for name, purge in (("wheels.md", False), ("mill.pdf", True)):
        visit.show("documents")
        visit.page.get_by_role("link", name=re.compile(re.escape(name))).click()
        visit.button("remove.open").click()
        dialog = visit.page.get_by_role("dialog")
        visit.well()
        dialog.get_by_role("button", name=visit.t("remove.purge" if purge else "remove.withdraw"), exact=True).click()
        expect(dialog.get_by_text(visit.like("receipt.purged" if purge else "receipt.withdrawn"))).to_be_visible()
        visit.well()
        dialog.get_by_role("button", name=visit.t("receipt.close"), exact=True).click()
        visit.show("documents")
        expect(visit.page.get_by_role("link", name=re.compile(re.escape(name)))).to_have_count(0)
    visit.ask(MILL)
    expect(visit.page.locator("article").last).not_to_contain_text("Solberg")

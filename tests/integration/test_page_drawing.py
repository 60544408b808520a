"""Pages of a PDF as people look at them: drawn in the parser process, with the boxes of a citation on the words."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from graph.errors import DependencyError, DocumentTooLarge, NotFoundError, Unreadable
from ingest.loaders import parser_process
from ingest.loaders.page_drawing import LONGEST_SIDE
from ingest.loaders.page_views import Box, PageView
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Source


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    made = ParserProcess()
    yield made
    made.close()


def sheet(
    rotation: int = 0, crop: tuple[int, int, int, int] | None = None, size: tuple[int, int] = (400, 600)
) -> bytes:
    """Two pages; on the first one line of text alone."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=size)
    canvas.setFillColor(black)
    canvas.drawString(80, 500, "The weir at Tarnhaven was designed by Ingrid Solberg.")
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(data))
    if crop is not None:
        writer.pages[0].cropbox = RectangleObject(crop)
    writer.pages[0].rotate(rotation)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf(data: bytes) -> Source:
    return Source(name="weir.pdf", media_type="application/pdf", data=data)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    return picture.convert("RGB")


@pytest.mark.parametrize("crop", [None, (40, 100, 390, 580)])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_words_of_a_citation_are_what_is_marked(
    parser: ParserProcess, rotation: int, crop: tuple[int, int, int, int] | None
) -> None:
    source = pdf(sheet(rotation, crop))
    (line,) = parser.load(source).boxes
    box: Box = (line.x0, line.y0, line.x1, line.y1)
    plain = opened(parser.draw(source, PageView(page=1, scale=2.0)).picture)
    drawn = parser.draw(source, PageView(page=1, scale=2.0, boxes=(box,)))
    marked = ImageChops.difference(plain, opened(drawn.picture)).getbbox()
    words = ImageChops.invert(plain).getbbox()
    assert drawn.scale == 2.0
    assert marked is not None
    assert words is not None
    assert all(0 <= inner - outer < 12 for inner, outer in zip(words[:2], marked[:2], strict=True))
    assert all(0 <= outer - inner < 12 for inner, outer in zip(words[2:], marked[2:], strict=True))


def test_a_large_page_is_drawn_smaller_than_it_was_asked_for(parser: ParserProcess) -> None:
    drawn = parser.draw(pdf(sheet(size=(5000, 14000))), PageView(page=1, scale=4.0))
    assert max(opened(drawn.picture).size) == LONGEST_SIDE
    assert drawn.scale == pytest.approx(LONGEST_SIDE / 14000)


def test_the_values_of_a_form_are_drawn(parser: ParserProcess) -> None:
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(300, 200))
    canvas.acroForm.textfield(value="Solberg", x=40, y=100, width=200, height=30, borderWidth=0, name="by")
    canvas.showPage()
    canvas.save()
    picture = opened(parser.draw(pdf(data.getvalue()), PageView(page=1, scale=1.0)).picture)
    assert picture.crop((44, 74, 236, 96)).convert("L").getextrema()[0] < 100


def test_a_picture_is_its_only_page(parser: ParserProcess) -> None:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(data, "JPEG")
    source = Source(name="red.jpg", media_type="image/jpeg", data=data.getvalue())
    assert opened(parser.draw(source, PageView(page=1, scale=8.0)).picture).size == (30, 20)
    with pytest.raises(NotFoundError, match="no page 2"):
        parser.draw(source, PageView(page=2, scale=1.0))


@pytest.mark.parametrize(
    ("source", "page", "error"),
    [
        (pdf(sheet()), 3, NotFoundError),
        (pdf(b"%PDF-1.7 no more"), 1, Unreadable),
        (Source(name="a.png", media_type="image/png", data=b"\x89PNG\r\n\x1a\n"), 1, Unreadable),
    ],
)
def test_what_cannot_be_drawn_is_told(parser: ParserProcess, source: Source, page: int, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        parser.draw(source, PageView(page=page, scale=1.0))
    assert source.name in str(raised.value)
    assert not isinstance(raised.value, DocumentTooLarge)


def test_pages_wait_for_no_document_and_not_for_ever_for_each_other(
    parser: ParserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = pdf(sheet())
    with parser._turns, parser._turns:
        parser.draw(source, PageView(page=1, scale=1.0))
    monkeypatch.setattr(parser_process, "DRAWN_SECONDS", 0.0)
    with parser._drawing, pytest.raises(DependencyError, match="not drawn"):
        parser.draw(source, PageView(page=1, scale=1.0))

"""Files as people have them, written by the tests that read them: books, sheets, slides, pages of PDF."""

import io
from collections.abc import Callable, Mapping, Sequence

import xlsxwriter
from pptx import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from written_word import packed

_CONTAINER = "urn:oasis:names:tc:opendocument:xmlns:container"
CHINESE_FONT = "STSong-Light"


def page(body: str, head: str = "") -> str:
    """A page of HTML."""
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def book(spine: Sequence[str], chapters: Mapping[str, str]) -> bytes:
    """An EPUB whose chapters are read in the order of its spine."""
    names = list(chapters)
    manifest = "".join(f'<item id="i{n}" href="{name}" media-type="text/html"/>' for n, name in enumerate(names))
    order = "".join(f'<itemref idref="i{names.index(name)}"/>' for name in spine)
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": f'<container xmlns="{_CONTAINER}"><rootfiles><rootfile full-path="o.opf"'
            ' media-type="application/oebps-package+xml"/></rootfiles></container>',
            "o.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Book</dc:title></metadata>'
            f"<manifest>{manifest}</manifest><spine>{order}</spine></package>",
            **{name: f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
               for name, body in chapters.items()},
        }
    )  # fmt: skip


def workbook(fill: Callable[[xlsxwriter.Workbook], object], **options: object) -> bytes:
    """A workbook of Excel."""
    written = io.BytesIO()
    made = xlsxwriter.Workbook(written, {"in_memory": True, **options})
    fill(made)
    made.close()
    return written.getvalue()


def slides(fill: Callable[..., object]) -> bytes:
    """A presentation; ``fill`` gets it."""
    made = Presentation()
    fill(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def drawn(draw: Callable[[Canvas], object]) -> bytes:
    """A PDF; ``draw`` gets its first page."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE_FONT))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    draw(canvas)
    canvas.save()
    return written.getvalue()


def lines_at(canvas: Canvas, left: float, top: float, lines: Sequence[str]) -> None:
    """Lines below each other, 14 points apart."""
    for number, line in enumerate(lines):
        canvas.drawString(left, top - 14 * number, line)

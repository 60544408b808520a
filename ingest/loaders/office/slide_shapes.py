"""The shapes of a slide in the order in which they are read: placeholders, then from the top to the bottom."""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table

from ingest.loaders.drafting import Draft, small_figures
from ingest.loaders.office.charts import chart_tables, chart_title
from ingest.loaders.office.containers import BREAKAGE, description
from ingest.loaders.office.slide_surroundings import diagram

BROKEN = (PythonPptxError, *BREAKAGE)
"""What python-pptx raises for a part that is not as it should be."""
_LAST = frozenset({PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER})
_LISTS = frozenset({PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY})
_BANDS = 12
"""Shapes whose upper edges lie in one of so many stripes of a slide stand beside each other."""
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def read_shapes(draft: Draft, slide: Slide, height: int, title: int | None) -> None:
    """Write every shape but the title; one that is damaged is counted."""
    for shape in _ordered(slide.shapes, height):
        if shape.shape_id != title:
            _read(draft, slide, shape, height)


def _ordered(shapes: Iterable[Any], height: int) -> list[Any]:
    band = max(height // _BANDS, 1)

    def place(shape: Any) -> tuple[int, int, int]:
        kind = _placeholder(shape)
        rank = 1 if kind is None else 2 if kind in _LAST else 0
        return rank, int(shape.top or 0) // band, int(shape.left or 0)

    return sorted(shapes, key=place)


def _placeholder(shape: Any) -> object:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _read(draft: Draft, slide: Slide, shape: Any, height: int) -> None:
    try:
        if _is_hidden(shape):
            draft.left_out("shapes", "hidden")
        elif isinstance(shape, GroupShape):
            for each in _ordered(shape.shapes, height):
                _read(draft, slide, each, height)
        elif _placeholder(shape) == PP_PLACEHOLDER.SLIDE_NUMBER:
            draft.left_out("slide numbers", "pages are counted anyway")
        else:
            _content(draft, slide, shape)
    except BROKEN:
        draft.unread("shapes", "damaged")


def _content(draft: Draft, slide: Slide, shape: Any) -> None:
    if getattr(shape, "has_table", False):
        draft.blank()
        draft.grid(_cells(shape.table))
        draft.blank()
    elif getattr(shape, "has_chart", False):
        _chart(draft, shape.chart._chartSpace)
    elif shape.has_text_frame:
        listed = _placeholder(shape) in _LISTS
        lines = list(_lines(shape.text_frame))
        for level, text in lines:
            draft.line(f"{'  ' * level}- {text}" if listed and len(lines) > 1 else text, "paragraphs")
    elif _is_picture(shape):
        _picture(draft, shape)
    else:
        _frame(draft, slide, shape)


def _lines(frame: Any) -> Iterator[tuple[int, str]]:
    for paragraph in frame.paragraphs:
        text = "".join(_pieces(paragraph._p)).strip()
        if text:
            yield paragraph.level, text


def _pieces(paragraph: Any) -> Iterator[str]:
    """Runs, fields, line ends and formulas of a paragraph."""
    before = ""
    for element in paragraph.iter(f"{_DRAWING}t", f"{_DRAWING}br", f"{_MATHS}t"):
        text = "\n" if element.tag == f"{_DRAWING}br" else element.text or ""
        properties = element.getparent().find(f"{_DRAWING}rPr")
        if properties is not None and (lifted := properties.get("baseline", "0")) != "0":
            text = small_figures(before, text, raised=not lifted.startswith("-"))
        yield text
        before = text


def _cells(table: Table) -> list[list[str]]:
    """Each cell at its place; the text of a merged one stands in every place that it covers."""
    rows = [[" ".join(text for _, text in _lines(cell.text_frame)) for cell in row.cells] for row in table.rows]
    for top, row in enumerate(table.rows):
        for left, cell in enumerate(row.cells):
            if cell.is_merge_origin:
                for line in rows[top : top + cell.span_height]:
                    line[left : left + cell.span_width] = [rows[top][left]] * len(line[left : left + cell.span_width])
    return rows


def _chart(draft: Draft, chart: etree._Element) -> None:
    draft.blank()
    draft.line(f"Chart: {chart_title(chart)}".rstrip(": "), "charts")
    for rows in chart_tables(chart):
        draft.grid(rows)
    draft.blank()


def _is_picture(shape: Any) -> bool:
    """Whether a shape is a picture, in a placeholder or not."""
    return str(shape._element.tag).endswith("}pic")


def _picture(draft: Draft, shape: Any) -> None:
    properties = shape._element.nvPicPr.cNvPr
    if shape._element.nvPicPr.find(".//{*}videoFile") is not None or (
        shape._element.nvPicPr.find(".//{*}audioFile") is not None
    ):
        draft.unread("recordings", "sound and film are not read")
        return
    if any(each.get("val") in {"1", "true"} for each in properties.iter("{*}decorative")):
        draft.left_out("pictures", "marked as decoration")
        return
    if told := description(properties):
        draft.line(f"Picture: {told}", "descriptions of pictures")
    draft.unread("pictures", "their text is not read")


def _frame(draft: Draft, slide: Slide, shape: Any) -> None:
    """A diagram, an embedded file, or what no version known here holds; a connecting line says nothing."""
    if str(shape._element.tag).endswith("}cxnSp"):
        return
    points = diagram(slide, shape._element)
    for depth, text in points:
        draft.line(f"{'  ' * depth}- {text}", "points of diagrams")
    if points:
        return
    if shape._element.find(".//{*}oleObj") is not None:
        draft.unread("embedded files", "files in files are not read")
    elif shape._element.find(".//{*}graphicData") is not None:
        draft.unread("drawings", "of a kind that is not read")


def _is_hidden(shape: Any) -> bool:
    return any(each.get("hidden") in {"1", "true"} for each in shape._element.iterfind("./*/{*}cNvPr"))

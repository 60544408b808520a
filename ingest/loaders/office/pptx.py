"""PPTX by python-pptx: a slide is a page, its title a heading; what nobody sees in a show is left out and counted."""

import io

from pptx import Presentation
from pptx.opc.package import PartFactory
from pptx.package import Package
from pptx.parts.presentation import PresentationPart
from pptx.presentation import Presentation as Slides
from pptx.slide import Slide

from graph.errors import Unreadable
from ingest.loaders.drafting import Draft, one_line
from ingest.loaders.office.containers import check_container
from ingest.loaders.office.slide_shapes import BROKEN, read_shapes
from ingest.loaders.office.slide_surroundings import comments, flattened
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import LoadedDocument, Source

_NO_TITLES = frozenset(
    {"", "powerpoint presentation", "powerpoint-präsentation", "présentation powerpoint", "powerpoint 演示文稿"}
)
"""What writers put where nobody gave a title."""
for _kind in ("slideshow", "template"):
    PartFactory.part_type_for.setdefault(
        f"application/vnd.ms-powerpoint.{_kind}.macroEnabled.main+xml", PresentationPart
    )


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Titles, text, tables, charts, diagrams, notes and comments of every slide that is shown."""
    check_container(source)
    try:
        part = Package.open(io.BytesIO(source.data)).main_document_part
        if not isinstance(part, PresentationPart):
            raise Unreadable(f"{source.name!r} is no presentation")
        return _read(part.presentation, Draft(source, limits))
    except BROKEN as error:
        raise Unreadable(f"{source.name!r} is a broken PPTX: {error}") from error


def sample() -> bytes:
    """A slide with a title, a table, a chart and a note."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    slides, written = Presentation(), io.BytesIO()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "A title"
    slide.shapes.add_table(1, 2, *[Inches(1)] * 4).table.cell(0, 0).text = "A cell"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["a"]
    data.add_series("one", (1,))  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, *[Inches(1)] * 4, data)
    slide.notes_slide.notes_text_frame.text = "A note."
    slides.save(written)
    return written.getvalue()


def _read(presentation: Slides, draft: Draft) -> LoadedDocument:
    title = one_line(presentation.core_properties.title or "")
    draft.title = None if title.lower() in _NO_TITLES else title
    height = int(presentation.slide_height or 0)
    draft.pages = 0
    for number, identity in enumerate(presentation.slides._sldIdLst, 1):
        try:
            slide = presentation.part.related_slide(identity.rId)
        except BROKEN:
            draft.unread("slides", "damaged")
            continue
        draft.pages += 1
        if slide._element.get("show") in {"0", "false"}:
            draft.left_out("slides", "hidden")
        else:
            _slide(draft, slide, number, height)
    return draft.finish()


def _slide(draft: Draft, slide: Slide, number: int, height: int) -> None:
    draft.page(number)
    draft.under("", 1)
    flattened(slide._element)
    title = slide.shapes.title
    if title is not None and one_line(title.text_frame.text):
        draft.heading(title.text_frame.text, 1)
    read_shapes(draft, slide, height, None if title is None else title.shape_id)
    draft.read("slides")
    if slide.has_notes_slide:
        notes = slide.notes_slide.notes_text_frame
        if notes is not None and notes.text.strip():
            draft.blank()
            draft.line(f"Notes: {notes.text.strip()}".replace("\v", "\n"), "notes")
    for comment in comments(slide):
        draft.line(comment, "comments")

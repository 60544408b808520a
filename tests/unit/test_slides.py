"""Slides as they are shown: titles, text in its order, tables, charts, notes; what is hidden is counted."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from graph.errors import DocumentTooLarge, Encrypted, Unreadable
from ingest.loaders.isolation.outline import outline, read_outline
from ingest.loaders.loading import media_type_of
from ingest.loaders.office import pptx
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.model import LoadedDocument, Source

TITLE_AND_TEXT, TITLE_ONLY, BLANK = 1, 5, 6


def saved(fill: Callable[[Any], object]) -> bytes:
    slides, data = Presentation(), io.BytesIO()
    fill(slides)
    slides.save(data)
    return data.getvalue()


def read(data: bytes, name: str = "a.pptx") -> LoadedDocument:
    found = pptx.load(Source(name=name, media_type="", data=data), DEFAULT_LIMITS)
    assert read_outline(outline(found), found.text) == found  # it can be sent from a cell to the service
    return found


def lines(found: LoadedDocument) -> list[str]:
    return [line for line in found.text.splitlines() if line]


def add(slides: Any, layout: int, title: str = "") -> Any:
    slide = slides.slides.add_slide(slides.slide_layouts[layout])
    if title:
        slide.shapes.title.text = title
    return slide


def box(shapes: Any, text: str, left: float, top: float) -> Any:
    made = shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5))
    made.text_frame.text = text
    return made


def picture() -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (4, 4)).save(data, "PNG")
    data.seek(0)
    return data


def test_a_slide_is_a_page_under_its_title() -> None:
    def fill(slides: Any) -> None:
        slide = add(slides, TITLE_AND_TEXT, "First title")
        slide.placeholders[1].text = "One\nTwo"
        slide.placeholders[1].text_frame.paragraphs[1].level = 1
        box(add(slides, BLANK).shapes, "No title here", 1, 1)
        add(slides, TITLE_ONLY, "Third title")

    found = read(saved(fill))
    assert lines(found) == ["First title", "- One", "  - Two", "No title here", "Third title"]
    told = [(one.page, one.headings) for one in found.sections if found.text[one.start : one.end].strip()]
    assert told == [(1, ("First title",)), (2, ()), (3, ("Third title",))]
    assert (found.title, found.report.pages) == ("First title", 3)


def test_shapes_are_read_from_the_top_and_groups_within() -> None:
    def fill(slides: Any) -> None:
        shapes = add(slides, BLANK).shapes
        box(shapes, "below", 1, 5)
        box(shapes, "right", 5, 1.05)
        box(shapes, "left", 1, 1.1)
        group = shapes.add_group_shape()
        box(group.shapes, "in the group, second", 1, 3.5)
        box(group.shapes, "in the group, first", 1, 3)

    assert lines(read(saved(fill))) == ["left", "right", "in the group, first", "in the group, second", "below"]


def test_tables_keep_their_columns() -> None:
    def fill(slides: Any) -> None:
        table = add(slides, BLANK).shapes.add_table(3, 3, *[Inches(1)] * 4).table
        table.cell(0, 0).merge(table.cell(0, 1))
        for row, column, text in [(0, 0, "both"), (0, 2, "third"), (1, 0, "x"), (1, 1, "x"), (2, 2, "z")]:
            table.cell(row, column).text = text

    found = read(saved(fill))
    assert lines(found) == ["both | both | third", "x | x | ", " |  | z"]
    assert found.tables[0].columns == ("both", "both", "third")


def test_charts_are_tables() -> None:
    def fill(slides: Any) -> None:
        shapes = add(slides, BLANK).shapes
        data = CategoryChartData(number_format="0%")
        data.categories = ["north", "south"]
        data.add_series("first", (0.25, 0.5))
        data.add_series("second", (None, 1))
        chart = shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *[Inches(1)] * 4, data).chart
        chart.has_title = True
        chart.chart_title.text_frame.text = "Shares"
        points = XyChartData()
        points.add_series("points").add_data_point(1.5, 2)
        shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, Inches(1), Inches(4), Inches(1), Inches(1), points)

    assert lines(read(saved(fill))) == [
        "Chart: Shares", " | first | second", "north | 25% | ", "south | 50% | 100%", "Chart", " | points", "1.5 | 2",
    ]  # fmt: skip


def test_what_is_hidden_is_left_out_and_counted() -> None:
    def fill(slides: Any) -> None:
        slide = add(slides, BLANK)
        box(slide.shapes, "seen", 1, 1)
        box(slide.shapes, "unseen", 1, 2)._element.nvSpPr.cNvPr.set("hidden", "1")
        hidden = add(slides, TITLE_ONLY, "Secret")
        hidden._element.set("show", "0")

    found = read(saved(fill))
    assert lines(found) == ["seen"]
    assert {(one.part, one.unread) for one in found.report.skipped} == {("slides", False), ("shapes", False)}
    assert not found.report.partly


def test_notes_and_descriptions_of_pictures_are_marked() -> None:
    def fill(slides: Any) -> None:
        slide = add(slides, TITLE_ONLY, "Title")
        slide.notes_slide.notes_text_frame.text = "Say hello.\nThen begin."
        first = slide.shapes.add_picture(picture(), Inches(1), Inches(2))
        first._element.nvPicPr.cNvPr.set("descr", "A bridge over a river")
        slide.shapes.add_picture(picture(), Inches(1), Inches(3))._element.nvPicPr.cNvPr.set("descr", "image1.png")

    found = read(saved(fill))
    assert lines(found) == ["Title", "Picture: A bridge over a river", "Notes: Say hello.", "Then begin."]
    assert [(one.part, one.count, one.unread) for one in found.report.skipped] == [("pictures", 2, True)]


COMMENTS = b"""<p:cmLst xmlns:p="urn:p"><p:cm authorId="3" idx="1"><p:text>Is this right?</p:text></p:cm></p:cmLst>"""
AUTHORS = b"""<p:cmAuthorLst xmlns:p="urn:p"><p:cmAuthor id="3" name="Ada Stone"/></p:cmAuthorLst>"""
POINTS = b"""<d:dataModel xmlns:d="urn:d" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><d:ptLst>
<d:pt modelId="0" type="doc"/><d:pt modelId="2"><d:t><a:p><a:r><a:t>Second</a:t></a:r></a:p></d:t></d:pt>
<d:pt modelId="1"><d:t><a:p><a:r><a:t>First</a:t></a:r></a:p></d:t></d:pt>
<d:pt modelId="3"><d:t><a:p><a:r><a:t>Below first</a:t></a:r></a:p></d:t></d:pt>
<d:pt modelId="4" type="pres"/></d:ptLst><d:cxnLst>
<d:cxn srcId="0" destId="2" srcOrd="1"/><d:cxn srcId="0" destId="1" srcOrd="0"/><d:cxn srcId="1" destId="3" srcOrd="0"/>
<d:cxn type="presOf" srcId="1" destId="4" srcOrd="0"/></d:cxnLst></d:dataModel>"""
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
FRAME = f"""<p:graphicFrame xmlns:a="{DRAWING}/main"
 xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">
<p:nvGraphicFramePr><p:cNvPr id="90" name="x"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>
<p:xfrm><a:off x="0" y="0"/><a:ext cx="1" cy="1"/></p:xfrm><a:graphic><a:graphicData uri="{DRAWING}/diagram">
<d:relIds xmlns:d="{DRAWING}/diagram" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
 r:dm="rId90"/></a:graphicData></a:graphic></p:graphicFrame>"""
FORMULA = """<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><mc:Choice Requires="a14"><p:sp>
<p:nvSpPr><p:cNvPr id="91" name="y"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p>
<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>a=b</m:t></m:r></m:oMath>
</a:p></p:txBody></p:sp></mc:Choice><mc:Fallback><p:sp/></mc:Fallback></mc:AlternateContent>"""


def with_surroundings(data: bytes) -> bytes:
    """A presentation with a comment, a diagram and a formula on its first slide."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode("utf-8", "surrogateescape")
            if name == "ppt/slides/slide1.xml":
                part = part.replace("</p:spTree>", f"{FORMULA}{FRAME}</p:spTree>")
            if name == "ppt/slides/_rels/slide1.xml.rels":
                part = part.replace("</Relationships>", (
                    f'<Relationship Id="rId90" Type="{kinds}/diagramData" Target="../diagrams/data1.xml"/>'
                    f'<Relationship Id="rId91" Type="{kinds}/comments" Target="../comments/comment1.xml"/>'
                    "</Relationships>"
                ))  # fmt: skip
            if name == "ppt/_rels/presentation.xml.rels":
                part = part.replace("</Relationships>", (
                    f'<Relationship Id="rId90" Type="{kinds}/commentAuthors" Target="commentAuthors.xml"/>'
                    "</Relationships>"
                ))  # fmt: skip
            new.writestr(name, part.encode("utf-8", "surrogateescape"))
        for name, content in (
            ("diagrams/data1", POINTS), ("comments/comment1", COMMENTS), ("commentAuthors", AUTHORS),
        ):  # fmt: skip
            new.writestr(f"ppt/{name}.xml", content)
    return written.getvalue()


def test_comments_diagrams_and_formulas() -> None:
    found = read(with_surroundings(saved(lambda slides: add(slides, TITLE_ONLY, "Title"))))
    assert lines(found) == [
        "Title", "a=b", "- First", "  - Below first", "- Second", "Comment (Ada Stone): Is this right?",
    ]  # fmt: skip
    assert not found.report.skipped


@pytest.mark.parametrize("kind", ["slideshow.main", "template.main"])
def test_shows_and_templates_are_presentations(kind: str) -> None:
    data, written = saved(lambda slides: add(slides, TITLE_ONLY, "Title")), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = re.sub(rb"presentation\.main", kind.encode(), part)
            new.writestr(name, part)
    assert lines(read(written.getvalue())) == ["Title"]
    for name in ("a.ppsx", "a.pptm", "a.potx", "without suffix"):
        assert media_type_of(Source(name=name, media_type="", data=written.getvalue())).endswith(".presentation")


def test_broken_protected_and_overgrown_files_are_told() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
    with pytest.raises(Encrypted, match=r"a\.pptx"):
        read(ole + "EncryptedPackage".encode("utf-16-le"))
    for data in (ole, b"", b"PK\x03\x04 and more", saved(lambda slides: add(slides, BLANK))[:-200]):
        with pytest.raises(Unreadable, match=r"a\.pptx"):
            read(data)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", b"\0" * 20_000_000)
    with pytest.raises(DocumentTooLarge):
        read(written.getvalue())


@pytest.mark.parametrize("part", ["ppt/presentation.xml", "ppt/slides/slide1.xml", "ppt/_rels/presentation.xml.rels"])
def test_damaged_parts_are_told(part: str) -> None:
    data, written = saved(lambda slides: add(slides, TITLE_ONLY, "Title")), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:-20] if name == part else old.read(name))
    with pytest.raises(Unreadable, match=r"a\.pptx"):
        read(written.getvalue())
    whole = bytearray(data)
    at = data.index(part.encode()) + len(part) + 20
    whole[at : at + 8] = b"\xff" * 8  # within what is packed
    with pytest.raises(Unreadable, match=r"a\.pptx"):
        read(bytes(whole))

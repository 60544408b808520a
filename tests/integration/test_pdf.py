"""PDF files as people have them, made by libraries that write PDF."""

import io
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Text
from pypdf.generic import NameObject, NumberObject
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from graph.errors import Encrypted, Unreadable
from ingest.chunking import split_document
from ingest.loaders.pdf import reading
from ingest.loaders.pdf.reading import load
from ingest.loaders.reading_limits import DEFAULT_LIMITS, ReadingLimits
from ingest.model import LoadedDocument, Source

LEFT = ("The lock at Tarnhaven was", "dug by hand in 1874 and", "rebuilt when the first", "steamers came upriver.")
RIGHT = ("Its keeper lives in the", "stone house beside the", "upper gate, and keeps", "a log of every barge.")


def drawn(draw: Callable[[Canvas], None], **about: str) -> bytes:
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=A4)
    for name, value in about.items():
        getattr(canvas, f"set{name.title()}")(value)
    draw(canvas)
    canvas.save()
    return data.getvalue()


def read(data: bytes, limits: ReadingLimits = DEFAULT_LIMITS) -> LoadedDocument:
    loaded = load(Source(name="it.pdf", media_type="application/pdf", data=data), limits)
    for chunk in split_document(loaded):
        assert loaded.text[chunk.start : chunk.end] == chunk.text
    assert all(0 <= box.start < box.end <= len(loaded.text) for box in loaded.boxes)
    return loaded


def unread(loaded: LoadedDocument) -> dict[str, int]:
    return {one.part: one.count for one in loaded.report.skipped if one.unread}


def two_columns(canvas: Canvas) -> None:
    for row, pair in enumerate(zip(LEFT, RIGHT, strict=True)):
        for x, text in zip((60, 320), pair, strict=True):
            canvas.drawString(x, 700 - 15 * row, text)


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other() -> None:
    loaded = read(drawn(two_columns))
    assert " ".join(loaded.text.split()) == " ".join((*LEFT, *RIGHT))
    last = loaded.boxes[-1]
    assert loaded.text[last.start : last.end] == RIGHT[-1]
    assert last.page == 1
    assert last.x0 == pytest.approx(320, abs=2)
    assert last.y0 < 655 < last.y1


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_page_that_is_turned_to_be_shown_is_read_as_shown(rotation: int) -> None:
    """Its text is drawn the other way round, so that it stands upright when the page is turned."""

    def draw(canvas: Canvas) -> None:
        width, height = A4
        canvas.setPageRotation(rotation)
        canvas.translate(*{90: (height, 0), 180: (width, height), 270: (0, width)}[rotation])  # it lies on its side
        canvas.rotate(rotation)
        if rotation == 180:
            two_columns(canvas)
        else:
            canvas.drawString(100, 300, "Sluice and weir")

    loaded = read(drawn(draw))
    if rotation == 180:
        assert " ".join(loaded.text.split()) == " ".join((*LEFT, *RIGHT))
    else:
        assert loaded.text == "Sluice and weir"
        assert loaded.boxes[0].x0 == pytest.approx(100, abs=2)
        assert loaded.boxes[0].y0 < 300 < loaded.boxes[0].y1


def test_words_that_the_drawing_took_apart_are_whole() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "The harbour agree-")
        canvas.drawString(60, 685, "ment names a well-")
        canvas.drawString(60, 670, "known pilot.")
        for place, letter in enumerate("TARNHAVEN"):
            canvas.drawString(60 + 14 * place, 740, letter)

    loaded = read(drawn(draw))
    assert loaded.text == "TARNHAVEN\n\nThe harbour agreement\nnames a well-known\npilot."


def test_a_ruled_table_keeps_every_value_in_its_column() -> None:
    rows = [["Lock", "Built", "Lift (m)"], ["Tarnhaven", "1874", ""], ["Osmoor", "", "3.2"], ["Fell", "1901", "2.9"]]
    data = io.BytesIO()
    SimpleDocTemplate(data, pagesize=A4).build([Table(rows, style=[("GRID", (0, 0), (-1, -1), 1, colors.black)])])
    loaded = read(data.getvalue())
    assert loaded.text.split("\n") == [" | ".join(row) for row in rows]
    (table,) = loaded.tables
    assert table.columns == ("Lock", "Built", "Lift (m)")
    assert [loaded.text[start:end] for start, end in table.rows[1].cells] == ["Osmoor", "", "3.2"]


def test_what_is_filled_in_stands_where_the_form_asks_for_it() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Name of skipper:")
        canvas.acroForm.textfield(name="skipper", value="Runa Halvorsen", x=180, y=692, width=200, height=20)
        canvas.drawString(60, 660, "Tug needed:")
        canvas.acroForm.checkbox(name="tug", checked=True, x=180, y=655, size=16)
        canvas.drawString(60, 620, "Berth:")
        canvas.acroForm.choice(name="Berth of choice", value="North", options=["North", "South"], x=180, y=612)
        canvas.acroForm.textfield(name="Home port", value="Osmoor", x=180, y=572, width=200, height=20)

    loaded = read(drawn(draw))
    flat = " ".join(loaded.text.replace("|", " ").split())
    assert "Name of skipper: Runa Halvorsen" in flat
    assert "Tug needed: [x]" in flat
    assert "Berth: North" in flat
    assert "Home port: Osmoor" in flat
    assert loaded.report.parts["form fields"] == 4
    assert not loaded.report.partly


def test_notes_are_marked_and_what_is_hidden_is_left_out() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(drawn(lambda canvas: canvas.drawString(60, 700, "The weir is dry."))))
    writer.add_annotation(0, Text(rect=(300, 690, 320, 710), text="Ask the keeper", title_bar="Ingrid"))
    writer.add_annotation(0, FreeText(rect=(60, 600, 300, 620), text="Closed since May"))
    hidden = writer.add_annotation(0, Text(rect=(300, 590, 320, 610), text="Nobody sees this"))
    hidden[NameObject("/F")] = NumberObject(2)
    data = io.BytesIO()
    writer.write(data)
    loaded = read(data.getvalue())
    assert "Ask the keeper" in loaded.text.split("[comment")[1]
    assert "Closed since May" in loaded.text
    assert "Nobody" not in loaded.text
    assert [(one.part, one.reason, one.unread) for one in loaded.report.skipped] == [("annotations", "hidden", False)]


def test_a_picture_under_a_stamp_is_a_page_to_be_read() -> None:
    scan = ImageReader(Image.new("RGB", (600, 800), "gray"))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(scan, 0, 0, *A4)
        canvas.drawString(400, 800, "Received 3 May")
        canvas.showPage()
        canvas.drawString(60, 700, "The second page is text.")
        canvas.showPage()
        canvas.drawImage(scan, 0, 0, *A4)

    loaded = read(drawn(draw))
    assert loaded.picture_pages == (1, 3)
    assert "Received 3 May" in loaded.text
    assert loaded.report.pages == 3
    assert [section.page for section in loaded.sections] == [1, 2]


def test_title_author_and_bookmarks() -> None:
    def draw(canvas: Canvas) -> None:
        for name in ("Locks", "Weirs"):
            canvas.bookmarkPage(name)
            canvas.addOutlineEntry(name, name, 0)
            canvas.setFont("Helvetica", 20)
            canvas.drawString(60, 740, name)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60, 700, f"There are nine {name.lower()} on the river.")
            canvas.showPage()

    loaded = read(drawn(draw, title="The river Tarn", author="Runa Halvorsen"))
    assert loaded.title == "The river Tarn"
    assert loaded.metadata["author"] == "Runa Halvorsen"
    assert [section.headings for section in loaded.sections] == [("Locks",), ("Weirs",)]
    assert read(drawn(draw, title="river_final2.docx")).title is None


def test_attached_files_and_forms_of_another_kind_are_told() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(drawn(lambda canvas: canvas.drawString(60, 700, "See the file."))))
    writer.add_attachment("log.txt", b"barges")
    data = io.BytesIO()
    writer.write(data)
    assert unread(read(data.getvalue())) == {"attached files": 1}


def test_a_file_that_one_reader_alone_can_open_is_read() -> None:
    whole = drawn(lambda canvas: canvas.drawString(60, 700, "The ferry runs at night."))
    writer = PdfWriter(clone_from=io.BytesIO(whole))
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    data = io.BytesIO()
    writer.write(data)
    assert read(data.getvalue()).text == "The ferry runs at night."
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
    writer.encrypt(user_password="secret", algorithm="AES-256")
    data = io.BytesIO()
    writer.write(data)
    with pytest.raises(Encrypted, match=r"it\.pdf"):
        read(data.getvalue())
    with pytest.raises(Unreadable, match=r"it\.pdf"):
        read(whole[:200])


def test_pages_that_no_time_is_left_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that gains a second each time somebody looks at it."""
    ticks = count()
    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))

    def draw(canvas: Canvas) -> None:
        for number in range(30):
            canvas.drawString(60, 700, f"Page {number}")
            canvas.showPage()

    loaded = read(drawn(draw), ReadingLimits(seconds=20.0))
    assert unread(loaded) == {"pages": 14}
    assert "Page 15" in loaded.text
    assert loaded.report.pages == 30

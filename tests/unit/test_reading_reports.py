"""What a report says of pages that are pictures; what a file says of itself; how tables move with their text."""

from datetime import UTC, datetime

import pytest

from ingest.extraction.transcribing import with_pictures
from ingest.given_names import base_name, kept_metadata
from ingest.model import (
    LineBox,
    LoadedDocument,
    ReadingReport,
    Section,
    Skipped,
    Table,
    TableRow,
    Upload,
)
from ingest.outcomes import PicturesRead
from ingest.planning import document_of
from ingest.reading_reports import NOTHING, PENDING, completed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HIDDEN = Skipped(part="rows", reason="hidden", count=2)


def loaded(text: str = "Some text.") -> LoadedDocument:
    report = ReadingReport(parts={"paragraphs": 1}, skipped=(HIDDEN,))
    return LoadedDocument(text=text, sections=(Section(start=0, end=len(text), page=2),), report=report)


def test_what_was_left_out_is_whole() -> None:
    report = completed(loaded(), PicturesRead(), 99)
    assert (report.bytes, report.characters, report.skipped, report.partly) == (99, 10, (HIDDEN,), False)


@pytest.mark.parametrize(
    ("pictures", "missing"),
    [
        (PicturesRead(skipped={1: "no model", 3: "no model"}), [("no model", 2)]),
        (PicturesRead(pending=(1, 3)), [(PENDING, 2)]),
        (PicturesRead(texts={1: "seen"}, pending=(3,)), [(PENDING, 1)]),
        (PicturesRead(texts={1: "seen", 3: "seen"}), []),
        (PicturesRead(skipped={1: NOTHING, 3: "broken"}), [("broken", 1)]),
        (PicturesRead(skipped={1: NOTHING}), []),
        (PicturesRead(texts={1: "seen", 3: "seen"}, unsure={1: 2, 3: 1}), [("hardly legible", 3)]),
    ],
)
def test_pages_that_nobody_has_read_are_missing(pictures: PicturesRead, missing: list[tuple[str, int]]) -> None:
    report = completed(loaded(), pictures, 1)
    assert [(one.reason, one.count) for one in report.skipped if one.unread] == missing
    assert report.partly == bool(missing)
    assert report.parts.get("pictures", 0) == len(pictures.texts)
    assert sum(one.count for one in report.skipped if one.reason == NOTHING) == (NOTHING in pictures.skipped.values())


def test_tables_and_boxes_go_where_their_text_goes() -> None:
    text = "first\n\na | b\n1 | 2\n"
    row = TableRow(start=13, end=18, cells=((13, 14), (17, 18)))
    before = LoadedDocument(
        text=text, sections=(Section(start=0, end=7, page=1), Section(start=7, end=len(text), page=3)),
        tables=(Table(start=7, end=len(text), columns=("a", "b"), rows=(row,)),),
        boxes=(
            LineBox(start=0, end=5, page=1, x0=0, y0=0, x1=1, y1=1),
            LineBox(start=7, end=12, page=3, x0=0, y0=0, x1=1, y1=1),
        ),
        metadata={"author": "Ada"}, report=ReadingReport(pages=3),
    )  # fmt: skip
    after = with_pictures(before, {2: "a page that was read"})
    assert [after.text[one.start : one.end] for one in after.boxes] == ["first", "a | b"]
    (table,) = after.tables
    assert after.text[table.start : table.end] == "a | b\n1 | 2\n"
    assert [after.text[start:end] for start, end in table.rows[0].cells] == ["1", "2"]
    assert (after.metadata, after.report) == (before.metadata, before.report)
    assert [section.page for section in after.sections] == [1, 2, 3]


def test_what_a_file_says_of_itself_is_kept_where_it_can_be() -> None:
    found = {"author": "Ada", "n": 1, "far": float("inf"), "long": "x" * 100_000, "bad\x00": "y", "tags": ("a", "b")}
    assert kept_metadata(found) == {"author": "Ada", "n": 1, "tags": ("a", "b")}
    assert len(kept_metadata({str(n): n for n in range(500)})) == 50


def test_names_without_their_folders() -> None:
    assert [base_name(one) for one in ("a.txt", "x/a.txt", "x\\a.txt", "x/", "/", "")] == [
        "a.txt", "a.txt", "a.txt", "x", "document", "document",
    ]  # fmt: skip


def test_what_the_sender_gave_goes_before_what_the_file_says() -> None:
    given = Upload(
        workspace="w", document_id="d", version=1, title=None, source="x/Minutes.eml", media_type="message/rfc822",
        metadata={"date": "2026-01-02"}, content_hash="h", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    found = LoadedDocument(text="", sections=(), metadata={"date": "1999-01-01", "sender": "ada@example.org"})
    document = document_of(given, found)
    assert document.metadata == {"date": "2026-01-02", "sender": "ada@example.org"}
    assert document.title == "Minutes"
    assert given.metadata == {"date": "2026-01-02"}, "the register holds what was given"

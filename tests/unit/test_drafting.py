"""A document in the making: every cell keeps its column, and offsets are those of the text."""

import base64
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import TooMuchText
from ingest.loaders.drafting import Draft
from ingest.loaders.isolation.outline import outline, read_outline
from ingest.loaders.isolation.packed_rows import PackedRows
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.model import LoadedDocument, Skipped, Source, TableRow

CELLS = st.text("ab |\n é北\x00", max_size=6)
SOURCE = Source(name="a", media_type="", data=b"x" * 1000)


def draft() -> Draft:
    return Draft(SOURCE, DEFAULT_LIMITS)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5), st.booleans())
def test_each_cell_of_a_grid_stands_in_its_column(rows: list[list[str]], header: bool) -> None:
    made = draft()
    made.grid(rows, header=header)
    found = made.finish()
    width = max(map(len, rows))
    assert all(line.count("|") == width - 1 for line in found.text.splitlines())
    (table,) = found.tables
    written = [[found.text[start:end] for start, end in row.cells] for row in table.rows]
    assert written == [
        [" ".join(cell.replace("|", "¦").split()) for cell in row] + [""] * (width - len(row))
        for row in rows[int(header) :]
    ]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_each_value_of_a_record_is_told_with_its_column(rows: list[list[str]]) -> None:
    made = draft()
    made.records(["one", ""], rows)
    found = made.finish()
    written = [[found.text[start:end] for start, end in row.cells] for table in found.tables for row in table.rows]
    assert written == [row for row in ([" ".join(cell.split()) for cell in row] for row in rows) if any(row)]
    assert all(": ".join(("one", row[0])) in found.text for row in written if row[0])


def test_headings_pages_and_the_report() -> None:
    made = draft()
    made.page(1)
    made.line("Before.", "paragraphs")
    made.heading("First", 1)
    made.heading("Second", 2)
    made.line("Text.", "paragraphs")
    made.page(2)
    made.line("More.", "paragraphs")
    made.heading("Third", 1)
    made.left_out("deleted words", "the change was not accepted yet", 2)
    made.unread("drawings", "nothing reads them")
    made.metadata = {"date": "2026-01-05", "nothing": None, "list": ["a", 1]}
    found = made.finish()
    assert found.text == "Before.\n\nFirst\n\nSecond\n\nText.\n\nMore.\n\nThird\n\n"
    assert [(one.headings, one.page, found.text[one.start : one.end]) for one in found.sections] == [
        ((), 1, "Before.\n\n"), (("First",), 1, "First\n\n"), (("First", "Second"), 1, "Second\n\nText.\n\n"),
        (("First", "Second"), 2, "More.\n\n"), (("Third",), 2, "Third\n\n"),
    ]  # fmt: skip
    assert found.title == "First"
    assert found.metadata == {"date": "2026-01-05", "list": ("a", 1)}
    assert found.report.parts == {"paragraphs": 3, "headings": 3}
    assert found.report.partly
    assert found.report.skipped == (
        Skipped(part="deleted words", reason="the change was not accepted yet", count=2),
        Skipped(part="drawings", reason="nothing reads them", unread=True),
    )


def test_it_comes_whole_through_the_way_from_the_parser() -> None:
    made = draft()
    made.page(1)
    made.box(0, made.line("A line."), 1, 2.5, 3, 4)
    made.grid([["a", "b"], ["1", ""]])
    made.metadata["tags"] = ["x", "y"]
    found = made.finish(picture_pages=(2,))
    assert read_outline(outline(found), found.text) == found


@given(
    st.lists(
        st.builds(
            TableRow, start=st.integers(0, 2**62), end=st.integers(0, 2**62),
            cells=st.lists(st.tuples(st.integers(0, 2**62), st.integers(0, 2**62)), max_size=4).map(tuple),
        )
    )
)  # fmt: skip
def test_packed_rows_are_the_rows(rows: list[TableRow]) -> None:
    held = PackedRows.from_text(PackedRows(rows).as_text())
    assert held == tuple(rows)
    assert list(held) == rows
    assert list(held[1:3]) == rows[1:3]
    assert held[:-1] == rows[:-1]
    assert hash(held) == hash(tuple(rows))


def packed(places: list[int], ends: list[int]) -> list[str]:
    return [base64.b64encode(array("q", numbers)).decode() for numbers in (places, ends)]


def table(rows: object) -> dict[str, object]:
    return {"start": 0, "end": 2, "columns": ["a"], "rows": rows}


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("title", [1]), ("sections", [{"start": 5, "end": 2}]), ("sections", [{"start": 0, "end": 99}]),
        ("sections", [{"start": 3, "end": 4}, {"start": 0, "end": 2}]), ("picture_pages", [0]), ("report", 5),
        ("tables", [table(packed([0, 1, 0, 2], [0, 4]))]), ("tables", [table(packed([0, 1, -1, 1], [0, 4]))]),
        ("tables", [table(packed([0, 1, 0], [0, 3]))]), ("tables", [table(packed([0, 1], [0, 4, 2]))]),
        ("tables", [table(packed([0, 1], [0]))]), ("tables", [table(packed([0, 1], []))]),
        ("tables", [table(["AAAA", "!"])]), ("tables", [table("AA")]), ("tables", [table([[], 5])]),
        ("tables", [{"start": 0, "end": 2, "columns": ["a"], "rows": [{"start": 0, "end": 1, "cells": [[0, 1]]}]}]),
        ("tables", {"start": 0}), ("tables", [5]),
        ("boxes", [{"start": 0, "end": 1, "page": 0, "x0": 0, "y0": 0, "x1": 0, "y1": 0}]), ("metadata", {"a": {}}),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(at: str, value: object) -> None:
    header = outline(LoadedDocument(text="abcd", sections=()))
    assert isinstance(header["document"], dict)
    header["document"][at] = value
    with pytest.raises(ValueError, match=r".+"):
        read_outline(header, "abcd")


def test_text_is_bounded() -> None:
    made = draft()
    with pytest.raises(TooMuchText):
        made.line("x" * 300_000)

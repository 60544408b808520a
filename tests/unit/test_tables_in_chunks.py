"""Chunks of documents with tables: borders between rows, and columns that each chunk knows."""

import hashlib
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import Document
from ingest.chunking import BETWEEN_COLUMNS, MAX_LENGTH, MAX_WEIGHT, MOST_COLUMNS, split_document
from ingest.loaders.drafting import Draft
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.model import ChunkText, LoadedDocument, Section, Source, Table, TableRow
from ingest.planning import chunk_ids, place_chunks

DOCUMENT = Document(
    id="d", version=1, title="Mills", source="d", media_type="text/plain", metadata={}, content_hash="",
    created_at=datetime(2026, 1, 1, tzinfo=UTC), updated_at=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip
WORDS = st.text("abc .|,é北", max_size=9)
ROWS = st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=60)
PARTS = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.text("ab. \n", max_size=300)),
        st.tuples(st.just("heading"), WORDS),
        st.tuples(st.just("grid"), ROWS),
        st.tuples(st.just("records"), ROWS),
    ),
    max_size=6,
)


def draft() -> Draft:
    return Draft(Source(name="a", media_type="", data=b"x" * 10_000), DEFAULT_LIMITS)


def prices(count: int, *, below: str = "") -> LoadedDocument:
    made = draft()
    made.heading("Prices", 1)
    made.grid([["Item", "Stock", "Dealer price"], *([f"Valve {n}", str(n + 2), str(3 * n)] for n in range(count))])
    if below:
        made.line(below)
    return made.finish()


@settings(max_examples=120, deadline=None)
@given(PARTS)
def test_chunks_tile_rows_and_each_chunk_of_a_table_knows_its_columns(parts: list[tuple[str, object]]) -> None:
    made = draft()
    for kind, what in parts:
        if kind == "text":
            made.line(str(what))
        elif kind == "heading":
            made.heading(str(what), 1)
        elif isinstance(what, list) and kind == "grid":
            made.grid([["Name", "One", "Two"], *what])
        elif isinstance(what, list):
            made.records(["Name", "One", "Two"], what)
    found = made.finish()
    chunks = split_document(found)
    check_chunks(found, chunks)
    for table in found.tables:
        rows = [[cell for cell in row.cells if cell[0] < cell[1]] for row in table.rows]
        for row in filter(None, rows):
            holding = [one for one in chunks if one.start < row[-1][1] and row[0][0] < one.end]
            assert len(holding) == 1, "a row that fits stands in one chunk"
            assert knows(found, table, holding[0])


def check_chunks(found: LoadedDocument, chunks: list[ChunkText]) -> None:
    for one, other in pairwise(chunks):
        assert one.end <= other.start
    assert "".join("".join(one.text for one in chunks).split()) == "".join(found.text.split())
    for chunk in chunks:
        assert found.text[chunk.start : chunk.end] == chunk.text
        assert len(chunk.text) <= MAX_LENGTH
    told = [
        [found.text[one.start + cell.start : one.start + cell.end] for cell in row]
        for one in chunks for table in one.tables for row in table.rows
    ]  # fmt: skip
    stood = [[found.text[a:b] for a, b in row.cells] for table in found.tables for row in table.rows]
    assert told == [row for row in stood if any(row)]


def knows(found: LoadedDocument, table: Table, chunk: ChunkText) -> bool:
    """By its heading, by the line with their names, or because each row tells them."""
    if table.rows[0].start == table.start:
        return True
    names = BETWEEN_COLUMNS.join(table.columns).rstrip()
    return names in chunk.text or bool(chunk.headings and chunk.headings[-1] == names)


def test_a_chunk_below_the_line_of_names_has_them_as_its_last_heading() -> None:
    chunks = split_document(prices(150, below="That is all."))
    assert [chunk.headings for chunk in chunks] == [("Prices",)] + [("Prices", "Item | Stock | Dealer price")] * (
        len(chunks) - 1
    )
    (row,) = [one for one in chunks if "Valve 120 |" in one.text]
    assert "Valve 120 | 122 | 360" in [row.text[span.start : span.end] for span in row.sentences]
    assert {one.columns for chunk in chunks for one in chunk.tables} == {("Item", "Stock", "Dealer price")}


def test_a_short_table_stays_with_the_text_around_it() -> None:
    (chunk,) = split_document(prices(3, below="That is all."))
    assert chunk.headings == ("Prices",)
    assert [chunk.text[span.start : span.end] for span in chunk.sentences] == [
        "Prices", "Item | Stock | Dealer price",
        "Valve 0 | 2 | 0", "Valve 1 | 3 | 3", "Valve 2 | 4 | 6", "That is all.",
    ]  # fmt: skip


def test_a_row_longer_than_a_chunk_is_cut_and_still_knows_its_columns() -> None:
    made = draft()
    made.records(["Name", "Story"], [["Ada Stone", "She built it. " * 400]])
    chunks = split_document(made.finish())
    assert len(chunks) > 2
    assert [chunk.headings for chunk in chunks] == [()] + [("Name | Story",)] * (len(chunks) - 1)


@pytest.mark.parametrize("columns", [["x" * 1000, "y"], [f"column {n}" for n in range(200)]])
def test_names_of_columns_take_a_bounded_part_of_a_chunk(columns: list[str]) -> None:
    made = draft()
    made.grid([columns, *([str(n)] * len(columns) for n in range(900 // len(columns) + 60))])
    chunks = split_document(made.finish())
    assert all(len(one.headings[-1]) <= MOST_COLUMNS + 4 for one in chunks[3:])
    assert chunks[-1].headings[-1].endswith(" | …")
    assert chunks[-1].tables[0].columns == tuple(columns[: len(chunks[-1].tables[0].columns)])


def test_rows_that_nobody_has_counted_are_lines_all_the_same() -> None:
    lines = [f"Valve {n} | {n} | {n}" for n in range(200)]
    text = "\n".join(["Item | Stock | Price", *lines]) + "\n"
    table = Table(start=0, end=len(text), columns=("Item", "Stock", "Price"))
    whole = LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),), tables=(table,))
    chunks = split_document(whole)
    assert [line for chunk in chunks for line in chunk.text.split("\n")] == text.rstrip("\n").split("\n")
    assert chunks[-1].headings == ("Item | Stock | Price",)


def test_cells_that_a_broken_loader_tells_do_no_harm() -> None:
    text = "a | b\nc | d\n"
    row = TableRow(start=6, end=11, cells=((10, 11), (6, 7)))
    table = Table(start=0, end=12, columns=("a", "b"), rows=(row,))
    (chunk,) = split_document(LoadedDocument(text=text, sections=(Section(start=0, end=12),), tables=(table,)))
    assert [chunk.text[cell.start : cell.end] for cell in chunk.tables[0].rows[0]] == ["d", "c"]


def test_what_has_no_table_is_cut_and_named_as_before_there_were_any() -> None:
    """The digest is that of the revision before tables were known."""
    parts = [f"Ada Stone built the mill of Varn {n} in {1800 + n}. It cost 3.{n} million.\n\n" for n in range(200)]
    parts += [f"| Valve {n} | {n} |\n" for n in range(90)] + [f"灯塔看守人的名字是陈海{n}。" for n in range(300)]
    text = "".join(parts)
    half = len(text) // 2
    sections = (
        Section(start=0, end=half, headings=("One",)),
        Section(start=half, end=len(text), headings=("Two", "x")),
    )
    texts = split_document(LoadedDocument(text=text, sections=sections))
    chunks, positions = place_chunks(DOCUMENT, texts, chunk_ids(DOCUMENT, texts))
    state = hashlib.sha256()
    for chunk, position in zip(chunks, positions, strict=True):
        said = (
            chunk.id,
            chunk.headings,
            [(one.start, one.end) for one in chunk.sentences],
            position.start,
            position.end,
        )
        state.update(repr(said).encode())
    assert len(chunks) > 20
    assert MAX_WEIGHT == 1600
    assert state.hexdigest() == "819e08b2b82b058db3c0550d1b5a97055936e27144b7a403c5599d6cbff05638"

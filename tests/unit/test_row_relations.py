"""What rows of tables say: name of the row, name of the column, value, all of them literally in the chunk."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import split_document
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.row_relations import MAX_VALUE, ROWS
from ingest.loaders.drafting import Draft
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.model import ChunkText, Extraction, Source
from ingest.resolving.resolution import resolve

Rows = Sequence[Sequence[str]]


def draft() -> Draft:
    return Draft(Source(name="a", media_type="", data=b"x" * 10_000), DEFAULT_LIMITS)


def grid(rows: Rows) -> ChunkText:
    made = draft()
    made.grid(rows)
    return split_document(made.finish())[0]


def records(columns: Sequence[str], rows: Rows) -> ChunkText:
    made = draft()
    made.records(columns, rows)
    return split_document(made.finish())[0]


def read(chunk: ChunkText) -> Extraction:
    return LightExtractor().read("", chunk)


def said(found: Extraction) -> list[tuple[str, str, str]]:
    return [
        (found.names[one.source].name, one.predicate, found.names[one.target].name)
        for one in found.relations if one.extractor == ROWS
    ]  # fmt: skip


def test_each_value_stands_in_its_row_and_column() -> None:
    found = read(grid([["Item", "Stock", "Maker"], ["Valve 1", "3", "Varn Works"], ["Valve 2", "", "Selm Mill"]]))
    assert said(found) == [
        ("Valve 1", "Stock", "3"), ("Valve 1", "Maker", "Varn Works"), ("Valve 2", "Maker", "Selm Mill"),
    ]  # fmt: skip


def test_records_say_the_same_as_a_grid() -> None:
    columns, rows = ["Item", "Stock", "Maker"], [["valve a", "3", "Varn Works"], ["valve b", "", "Selm Mill"]]
    assert said(read(records(columns, rows))) == said(read(grid([columns, *rows])))


def test_names_are_entities_and_numbers_dates_and_words_are_values() -> None:
    found = read(grid([["Item", "Day", "Colour", "Maker"], ["valve", "2026-01-05", "blue", "Varn Works"]]))
    told = {one.name: one.is_name for one in found.names if one.sentence == 1}
    assert told.items() >= {"valve": True, "2026-01-05": False, "blue": False, "Varn Works": True}.items()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["1", "Ada Stone"], ["2", "Bo Lind"]], "Ada Stone"),  # numbers of rows are no names
        ([["North", "Mill"], ["North", "Kiln"], ["North", "Dock"]], "Mill"),  # they do not tell rows apart
        ([["2019", "40"], ["2020", "50"]], "2019"),  # no text anywhere: the first column
        ([["North", "40"], ["North", "50"], ["North", "60"]], "North"),  # the best there is
        ([["", "Mill"], ["x", "Kiln"]], "x"),  # a row without a name says nothing
    ],
)
def test_the_first_column_that_holds_text_and_tells_rows_apart_names_them(rows: Rows, expected: str) -> None:
    assert said(read(grid([["One", "Two"], *rows])))[0][0] == expected


def test_there_is_nothing_to_say_without_names_of_columns_or_of_rows() -> None:
    made = draft()
    made.grid([["Valve", "3"], ["Tap", "4"]], header=False)
    assert not said(read(split_document(made.finish())[0]))
    assert not said(read(grid([["A", "B"], ["1", "2"], ["1", "3"]])))


def test_long_text_in_a_cell_is_no_value() -> None:
    story = "She built it near the harbour. " * (MAX_VALUE // 10)
    assert said(read(grid([["Name", "Story", "Year"], ["Ada Stone", story, "1802"]]))) == [
        ("Ada Stone", "Year", "1802")
    ]


def test_neighbours_in_a_row_are_no_statement() -> None:
    rows = [
        ["Mill", "Note", "Owner"],
        ["Selm Mill", "was sold by Ada Stone and bought by Bo Lind", "seller Varn Works"],
    ]
    found = read(grid(rows))
    told = {(found.names[one.source].name, one.predicate, found.names[one.target].name)
            for one in found.relations if one.extractor != ROWS}  # fmt: skip
    assert not told


def test_names_of_columns_are_no_names_in_every_record() -> None:
    found = read(records(["Owner", "Mill"], [["Ada Stone", "Selm Mill"], ["Bo Lind", "Varn Mill"]]))
    assert not {"Owner", "Mill"} & {one.name for one in found.names}


def test_numbers_of_one_key_are_told_apart() -> None:
    found = read(grid([["Item", "Change", "Before", "After"], ["Valve A", "-5", "5", "$5"]]))
    _, relations, _ = resolve("default", "", "c", found)
    assert len({one.target_id for one in relations if one.extractor == ROWS}) == 3


CELLS = st.text("aB 1-.$|é北", max_size=7)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=30), st.booleans())
def test_every_statement_is_literal(rows: list[list[str]], as_records: bool) -> None:
    made = draft()
    if as_records:
        made.records(rows[0], rows[1:])
    else:
        made.grid(rows)
    for chunk in split_document(made.finish()):
        found = read(chunk)
        for one in found.relations:
            source, target = found.names[one.source], found.names[one.target]
            for name in (source, target):
                assert chunk.text[name.start : name.end] == name.name
                assert one.start <= name.start <= name.end <= one.end
                sentence = chunk.sentences[name.sentence]
                assert sentence.start <= name.start <= name.end <= sentence.end
            assert source.sentence == target.sentence
            if one.extractor == ROWS:
                assert one.predicate in {" ".join(cell.replace("|", "¦").split()) for cell in rows[0]} | {
                    " ".join(cell.split()) for cell in rows[0]
                }

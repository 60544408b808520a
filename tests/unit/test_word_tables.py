"""Tables of DOCX: every value stands under its column, whatever is merged, missing, empty, equal or nested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_word import cell, paragraph, read, row, run, table, word

from ingest.loaders.drafting import MOST_SAID_AGAIN
from ingest.loaders.word.paragraphs import HIDDEN, TRACKED
from ingest.model import Skipped

WIDTH = 4
DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def lines(*rows: str) -> list[str]:
    return read(word(table(*rows))).text.splitlines()


def span(columns: int) -> str:
    return f'<w:gridSpan w:val="{columns}"/>'


@st.composite
def merged_rows(draw: st.DrawFn) -> list[list[tuple[int, int, str]]]:
    """Rows of cells: the column where each begins, how many it covers, and how it is merged with those above."""
    rows: list[list[tuple[int, int, str]]] = []
    for _ in range(draw(st.integers(2, 5))):
        place, cells = draw(st.integers(0, 1)), []
        above = {at: width for at, width, merge in rows[-1] if merge} if rows else {}
        while place < WIDTH:
            if place in above and draw(st.booleans()):
                cells.append((place, above[place], ON))
                place += above[place]
            else:
                width = draw(st.integers(1, min(2, WIDTH - place)))
                cells.append((place, width, draw(st.sampled_from(["", DOWN]))))
                place += width
        rows.append(cells)
    return rows


@given(merged_rows())
def test_each_cell_of_a_merged_grid_stands_in_its_column(rows: list[list[tuple[int, int, str]]]) -> None:
    body = [row(*map(str, range(WIDTH)))]
    for number, cells in enumerate(rows):
        written = [cell(f"{number}.{at}", span(width) + merge) for at, width, merge in cells]
        body.append(row(*written, properties=f'<w:gridBefore w:val="{cells[0][0]}"/>'))
    names: dict[int, str] = {}
    for number, (cells, line) in enumerate(zip(rows, lines(*body)[1:], strict=True)):
        names = {at: names.get(at, "") if merge == ON else f"{number}.{at}" for at, _, merge in cells}
        covered = {place: names[at] for at, width, _ in cells for place in range(at, at + width)}
        assert line.split(" | ") == [covered.get(place, "") for place in range(WIDTH)]


def test_empty_and_equal_neighbours_keep_their_columns() -> None:
    head = row("Quarter", "Planned", "Actual")
    assert lines(head, row("Q1", "40", "40"), row("Q2", "", "40"), row("Q3", "", "")) == [
        "Quarter | Planned | Actual", "Q1 | 40 | 40", "Q2 |  | 40", "Q3 |  | ",
    ]  # fmt: skip


def test_what_is_merged_is_said_in_each_row_and_column_that_it_covers() -> None:
    assert lines(
        row("Region", cell("Sales", span(2))), row(cell("North", DOWN), "1", "2"), row(cell("", ON), "3", "4"),
        row(cell("Sum", span(2)), "10"),
    ) == ["Region | Sales | Sales", "North | 1 | 2", "North | 3 | 4", "Sum | Sum | 10"]  # fmt: skip
    long = "x" * (MOST_SAID_AGAIN + 1)
    assert lines(row("a", "b"), row(cell(long, DOWN), "1"), row(cell("", ON), "2")) == ["a | b", f"{long} | 1", " | 2"]


def test_a_row_over_all_columns_is_said_once_and_a_column_that_no_cell_begins_is_none() -> None:
    assert lines(row("a", cell("b", span(2))), row(cell("Section", span(3))), row("1", cell("2", span(2)))) == [
        "a | b", "Section | ", "1 | 2",
    ]  # fmt: skip


def test_several_rows_name_the_columns() -> None:
    first = row(cell("Region", DOWN), cell("Sales", span(2)))
    body = table(first, row(cell("", ON), "2025", "2026"), row("North", "1", "2"))
    (found,) = read(word(body)).tables
    assert found.columns == ("Region", "Sales / 2025", "Sales / 2026")
    assert len(found.rows) == 1
    head = "<w:tblHeader/>"
    body = table(row("a", "b", properties=head), row("c", "d", properties=head), row("1", "2"))
    assert [each.columns for each in read(word(body)).tables] == [("a / c", "b / d")]


def test_cells_merged_sideways_as_files_of_old_have_it() -> None:
    merge = '<w:hMerge w:val="restart"/>'
    assert lines(row("a", "b", "c"), row(cell("x", merge), cell("", "<w:hMerge/>"), "y")) == ["a | b | c", "x | x | y"]


def test_what_a_merged_cell_covers_is_counted() -> None:
    loaded = read(word(table(row("a", "b"), row(cell("c", DOWN), "1"), row(cell("covered", ON), "2"))))
    assert loaded.text.splitlines()[-1] == "c | 2"
    assert loaded.report.skipped == (Skipped(part="cells", reason="another cell is merged over them"),)
    assert lines(row("a", "b"), row(cell("on its own", ON), "1")) == ["a | b", "on its own | 1"]


def test_a_first_row_over_all_columns_names_the_table() -> None:
    loaded = read(word(table(row(cell("Prices", span(2))), row("Item", "Price"), row("Pump", "5"))))
    assert loaded.text == "Prices\nItem | Price\nPump | 5\n"
    assert [each.columns for each in loaded.tables] == [("Item", "Price")]


def test_tables_within_cells_keep_rows_and_columns_apart() -> None:
    inner = table(
        row("Name", cell("Telephone", span(2))), row(cell("Petra", DOWN), "", "12"), row(cell("", ON), "3", "4"),
        row("", "", ""),
    )  # fmt: skip
    assert lines(row("Site", "Contacts"), row("Varnholm", cell(paragraph("Ask:") + inner + paragraph("or none")))) == [
        "Site | Contacts", "Varnholm | Ask: Name ¦ Telephone ¦ ; Petra ¦ ¦ 12; ¦ 3 ¦ 4 or none",
    ]  # fmt: skip


def test_rows_that_are_deleted_or_hidden_are_left_out_and_counted() -> None:
    loaded = read(
        word(
            table(
                row("a", "b"), row("1", "gone", properties="<w:del/>"), row("2", "gone", properties="<w:hidden/>"),
                row("3", "new", properties="<w:ins/>"),
            )
        )
    )  # fmt: skip
    assert loaded.text == "a | b\n3 | new\n"
    assert [(each.part, each.reason, each.count) for each in loaded.report.skipped] == [
        ("rows of tables", TRACKED, 1), ("rows of tables", HIDDEN, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("wrapper", ["<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:customXml>{}</w:customXml>"])
def test_rows_and_cells_in_content_controls(wrapper: str) -> None:
    body = "<w:tbl>" + wrapper.format(row("a", "b")) + f"<w:tr>{cell('1')}{wrapper.format(cell('2'))}</w:tr></w:tbl>"
    assert read(word(body)).text == "a | b\n1 | 2\n"


def test_a_table_of_one_column_is_a_frame_around_text() -> None:
    framed = cell(
        paragraph("Scope", '<w:outlineLvl w:val="0"/>') + table(row("a", "b"), row("1", "2")) + paragraph("End.")
    )
    loaded = read(word(table(row(framed))))
    assert loaded.text == "Scope\n\na | b\n1 | 2\nEnd.\n"
    assert len(loaded.tables) == 1


@pytest.mark.parametrize("columns", [1, 2])
def test_tables_a_hundred_deep(columns: int) -> None:
    body = paragraph("the innermost")
    for depth in range(100):
        body = table(row(*[f"{depth}"] * (columns - 1), cell(body + paragraph(""))))
    assert read(word(body)).text.strip().endswith("the innermost")


def test_rows_of_claimed_columns_are_not_filled_up_without_end() -> None:
    wide = row(*[cell("a", span(1_000_000))] * 100)
    loaded = read(word(table(*[row("b", "c")] * 5_000, wide)))
    assert len(loaded.text) < 100_000
    assert loaded.text.splitlines()[0] == "b | c"


def test_cells_hold_lists_boxes_and_notes_in_a_line() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('boxed')}</w:txbxContent></w:pict></w:r>"
    loaded = read(word(table(row("a", cell(paragraph(run("one") + box) + paragraph("two|three"))))))
    assert loaded.text == "a | one two¦three\nText box: boxed\n"

"""Spreadsheets and delimited text: each value in its row and after the name of its column; nothing is lost."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from graph.errors import DocumentTooLarge, Encrypted, Unreadable
from ingest.loaders.isolation.outline import outline, read_outline
from ingest.loaders.office.containers import MAX_UNPACKED
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.sheets import delimited, workbook
from ingest.loaders.sheets.delimited import Dialect, find_dialect
from ingest.model import LoadedDocument, Source

CELLS = st.text("aB7 ,;\t|\"'\n.é北", min_size=1, max_size=6).filter(lambda cell: cell.strip() == cell != "")
RECTANGLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


def read_csv(text: str | bytes, name: str = "a.csv") -> LoadedDocument:
    data = text if isinstance(text, bytes) else text.encode()
    return delimited.load(Source(name=name, media_type="text/csv", data=data), DEFAULT_LIMITS)


def read_workbook(data: bytes, name: str = "book.xlsx") -> LoadedDocument:
    found = workbook.load(Source(name=name, media_type="", data=data), DEFAULT_LIMITS)
    header = outline(found)
    assert read_outline(header, found.text) == found  # it can be sent from a cell to the service
    return found


def written(fill: Callable[[Workbook, Worksheet], None]) -> bytes:
    data = io.BytesIO()
    book = Workbook(data, {"in_memory": True})
    fill(book, book.add_worksheet("First"))
    book.close()
    return data.getvalue()


def of_rows(rows: Sequence[Sequence[object]]) -> bytes:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)

    return written(fill)


def lines(found: LoadedDocument) -> list[str]:
    return [line for line in found.text.splitlines() if line]


def records(found: LoadedDocument) -> list[dict[str, str]]:
    """Every row of every table, by the names of its columns."""
    return [
        {name: found.text[a:b] for name, (a, b) in zip(table.columns, row.cells, strict=True) if b > a}
        for table in found.tables for row in table.rows
    ]  # fmt: skip


def expected(names: list[str], rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(names, (" ".join(cell.split()) for cell in row), strict=True)) for row in rows]


@given(RECTANGLES, st.sampled_from([",", ";", "\t", "|"]))
@settings(max_examples=200)
def test_a_rectangle_written_as_csv_comes_back(rows: list[list[str]], delimiter: str) -> None:
    names = [f"name {letter}" for letter in "vwxyz"[: len(rows[0])]]
    data = io.StringIO()
    csv.writer(data, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    assert records(read_csv(data.getvalue())) == expected(names, rows)


@given(RECTANGLES)
@settings(max_examples=60, deadline=None)
def test_a_rectangle_written_as_a_workbook_comes_back(rows: list[list[str]]) -> None:
    names = [f"name {letter}" for letter in "vwxyz"[: len(rows[0])]]
    assert records(read_workbook(of_rows([names, *rows]))) == expected(names, rows)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a;b\n1,5;2\n2,5;3\n", Dialect(delimiter=";")),
        ("sep=|\na|b\n", Dialect(delimiter="|")),
        ("one\ntwo, three and four\nfive\nsix\n", Dialect(delimiter=",")),
        ('a,b\n12" pipe,3\n"x,4\n' + "c,1\n" * 80, Dialect(delimiter=",", quoted=False)),
        ('a,b\n"say \\"so\\"",1\n', Dialect(delimiter=",", escaped=True)),
    ],
)
def test_dialects(text: str, told: Dialect) -> None:
    start, delimiter = delimited._told_delimiter(text)
    assert find_dialect(text[start:], delimiter) == told


def test_a_first_line_may_tell_the_delimiter() -> None:
    assert lines(read_csv("sep=;\r\nname;size\r\na, b;1\r\n")) == ["name: a, b; size: 1"]


def test_a_value_may_have_line_ends_and_delimiters() -> None:
    assert lines(read_csv('\ufeffname,note\nA,"one\ntwo, three"\n')) == ["name: A; note: one two, three"]


def test_rows_without_names_of_columns() -> None:
    assert lines(read_csv("1,2\n3,4\n")) == ["column 1: 1; column 2: 2", "column 1: 3; column 2: 4"]


def test_ragged_rows_are_kept() -> None:
    found = read_csv("name,size\na,1\nb\nc,3,more\n" + "d,4\n" * 300 + "e,5,6,7\n")
    assert lines(found)[:3] == ["name: a; size: 1", "name: b", "name: c; size: 3; column 3: more"]
    assert lines(found)[-1] == "name: e; size: 5; column 3: 6; column 4: 7"


def test_lines_above_the_names_of_columns_are_lines() -> None:
    found = read_csv("Sales of the year,,\nmade by Ann,,\nregion,first,second\nnorth,1,2\nsouth,3,4\n")
    assert lines(found) == [
        "Sales of the year", "made by Ann", "region: north; first: 1; second: 2", "region: south; first: 3; second: 4",
    ]  # fmt: skip


def test_names_of_columns_on_two_lines() -> None:
    found = read_csv(",2025,,2026,\nregion,Q1,Q2,Q1,Q2\nnorth,1,2,3,4\n")
    assert lines(found) == ["region: north; 2025 / Q1: 1; 2025 / Q2: 2; 2026 / Q1: 3; 2026 / Q2: 4"]


def test_several_tables_and_one_that_goes_on() -> None:
    found = read_csv("fruit,price\napple,1\n\npear,2\n\ncity,people,rank\nOslo,3,9\n")
    assert lines(found) == ["fruit: apple; price: 1", "fruit: pear; price: 2", "city: Oslo; people: 3; rank: 9"]


def test_a_name_without_a_value_is_not_lost() -> None:
    assert lines(read_csv("name,size,colour\na,1,\nb,2,\n"))[-1] == "Without a value: colour"


def test_years_and_an_empty_corner_name_columns() -> None:
    assert lines(read_csv(",2023,2024\nnorth,5,7\n")) == ["north; 2023: 5; 2024: 7"]


def test_values_of_a_workbook_are_told_as_shown() -> None:
    def fill(book: Workbook, sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ["what", "value"])
        values = [
            ("share", 0.25, "0%"), ("price", 1234.5, "$#,##0.00"), ("day", date(2024, 3, 1), "dd.mm.yy"),
            ("moment", datetime(2024, 3, 1, 9, 30), "dd.mm.yy hh:mm"), ("time", time(9, 30), "hh:mm"),
            ("plain", 3.0, "General"),
        ]  # fmt: skip
        for row, (what, value, code) in enumerate(values, 1):
            sheet.write(row, 0, what)
            sheet.write(row, 1, value, book.add_format({"num_format": code}))
        sheet.write(7, 0, "truth")
        sheet.write_boolean(7, 1, True)
        sheet.write(8, 0, "error")
        sheet.write_formula(8, 1, "=NA()", None, "#N/A")
        sheet.write(9, 0, "sum")
        sheet.write_formula(9, 1, "=1+1", None, 2)

    found = read_workbook(written(fill))
    assert [(each["what"], each["value"]) for each in records(found)] == [
        ("share", "25%"), ("price", "$1,234.50"), ("day", "2024-03-01"), ("moment", "2024-03-01 09:30"),
        ("time", "09:30"), ("plain", "3"), ("truth", "TRUE"), ("error", "#N/A"), ("sum", "2"),
    ]  # fmt: skip


def test_merged_cells_name_all_that_they_cover() -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 4, "Sales")
        sheet.merge_range(1, 0, 2, 0, "region")
        sheet.merge_range(1, 1, 1, 2, "2025")
        sheet.merge_range(1, 3, 1, 4, "2026")
        sheet.write_row(2, 1, ["Q1", "Q2", "Q1", "Q2"])
        sheet.merge_range(3, 0, 4, 0, "north")
        sheet.write_row(3, 1, [1, 2, 3, 4])
        sheet.write_row(4, 1, [5, 6, 7, 8])

    found = read_workbook(written(fill))
    assert lines(found)[1:] == [
        "Sales",
        "region: north; 2025 / Q1: 1; 2025 / Q2: 2; 2026 / Q1: 3; 2026 / Q2: 4",
        "region: north; 2025 / Q1: 5; 2025 / Q2: 6; 2026 / Q1: 7; 2026 / Q2: 8",
    ]


def test_hidden_sheets_rows_and_columns_are_left_out_and_counted() -> None:
    def fill(book: Workbook, sheet: Worksheet) -> None:
        for row in range(4):
            sheet.write_row(row, 0, [f"{letter}{row}" for letter in "abc"] if row else ["a", "b", "c"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        hidden = book.add_worksheet("Secret")
        hidden.write(0, 0, "nobody sees it")
        hidden.hide()

    found = read_workbook(written(fill))
    assert lines(found) == ["First", "a: a1; c: c1", "a: a3; c: c3"]
    told = {(one.part, one.count, one.unread) for one in found.report.skipped}
    assert told == {("sheets", 1, False), ("rows", 1, False), ("columns", 1, False)}


def test_comments_text_boxes_and_formulas_without_a_value() -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ["name", "size"])
        sheet.write_row(1, 0, ["a", 1])
        sheet.write_comment(1, 1, "looked at twice", {"author": ""})
        sheet.insert_textbox(4, 4, "A text in a box")

    data = written(fill)
    found = read_workbook(data)
    assert lines(found)[1:] == ["name: a; size: 1", "A text in a box", "Comment on B2: looked at twice"]
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = parts[part].replace(b"<v>1</v></c></row>", b"<f>SUM(A1)</f></c></row>")
    found = read_workbook(zipped(parts))
    assert [(one.part, one.unread) for one in found.report.skipped] == [("formulas", True)]
    assert found.report.partly


def test_each_sheet_is_a_page_under_its_name() -> None:
    def fill(book: Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "Something")
        book.add_worksheet("Second").write(0, 0, "Else")

    found = read_workbook(written(fill), "folder/figures.xlsx")
    assert [(one.page, one.headings) for one in found.sections if one.headings] == [(1, ("First",)), (2, ("Second",))]
    assert found.title == "figures"


def test_tables_beside_each_other() -> None:
    rows = [
        ["fruit", "price", None, "city", "people"],
        ["apple", 1, None, "Oslo", 7],
        ["pear", 2, None, "Bergen", 3],
    ]
    assert lines(read_workbook(of_rows(rows)))[1:] == [
        "fruit: apple; price: 1", "fruit: pear; price: 2", "city: Oslo; people: 7", "city: Bergen; people: 3",
    ]  # fmt: skip


def test_a_blank_column_between_figures_parts_nothing() -> None:
    rows = [["what", "a", "b", None, "c", "d"], ["north", 1, 2, None, 3, 4], ["south", 5, 6, None, 7, 8]]
    assert lines(read_workbook(of_rows(rows)))[1:] == [
        "what: north; a: 1; b: 2; c: 3; d: 4", "what: south; a: 5; b: 6; c: 7; d: 8",
    ]  # fmt: skip


def test_cells_far_apart_are_refused() -> None:
    with pytest.raises(DocumentTooLarge):
        read_workbook(written(lambda _, sheet: [sheet.write(row, row // 64, "x") for row in (0, 1_048_575)] and None))


def test_an_open_document() -> None:
    def cell(text: str, kind: str = "string", more: str = "") -> str:
        return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p></table:table-cell>'

    rows = [
        [cell("name"), cell("share"), cell("secret"), cell("day")],
        [cell("north"), cell("25 %", "percentage", 'office:value="0.25"'), cell("x"),
         cell("01.03.24", "date", 'office:date-value="2024-03-01"')],
    ]  # fmt: skip
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    hidden = f'<table:table-row table:visibility="filter">{cell("hidden")}</table:table-row>'
    body = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0"'
        f' xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet><table:table table:name="First">'
        f"{columns}{body}{hidden}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    found = read_workbook(zipped({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": manifest.encode(),
        "content.xml": content.encode(),
    }), "a.ods")  # fmt: skip
    assert lines(found) == ["First", "name: north; share: 25 %; day: 2024-03-01"]
    assert {(one.part, one.count) for one in found.report.skipped} == {("rows", 1), ("columns", 1)}


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99]
)
def test_broken_workbooks_are_told(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"book\.xlsx"):
        read_workbook(data)


def test_a_protected_workbook_is_told() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(Encrypted):
        read_workbook(data)


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    data = zipped({"xl/workbook.xml": b"<a/>", "a": b"\0" * 11_000_000})
    assert MAX_UNPACKED > 11_000_000
    with pytest.raises(DocumentTooLarge):
        read_workbook(data)


def zipped(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()

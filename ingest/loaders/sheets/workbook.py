"""Workbooks by calamine: a sheet is a page and a heading; rows are records, values as they are shown.

Of XLSX and ODS files number formats, hidden rows and columns and comments are read as well, of XLSX text in drawings;
XLS and XLSB give values alone.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)  # fmt: skip
from xlsxwriter import Workbook

from graph.errors import DocumentTooLarge, Encrypted, Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.office.containers import BREAKAGE, check_container, is_ole, is_protected
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.sheets.appearance import Appearance, Range
from ingest.loaders.sheets.lines import Line
from ingest.loaders.sheets.ods_looks import OdsLooks
from ingest.loaders.sheets.regions import lay_out
from ingest.loaders.sheets.xlsx_looks import WORKBOOK, XlsxLooks
from ingest.model import LoadedDocument, Source


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Every sheet that is shown."""
    if not is_ole(source.data) or is_protected(source.data):
        check_container(source)
    draft = Draft(source, limits)
    draft.title = PurePosixPath(source.name.replace("\\", "/")).stem
    try:
        looks = _looks(source.data)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        for number, sheet in enumerate(workbook.sheets_metadata, 1):
            _sheet(draft, workbook, sheet, number, looks)
    except DocumentTooLarge as error:
        raise type(error)(f"{source.name!r} is too large: {error}") from error
    except PasswordError as error:
        raise Encrypted(f"{source.name!r} is protected by a password") from error
    except (CalamineError, *BREAKAGE) as error:
        raise Unreadable(f"{source.name!r} is a broken workbook: {error}") from error
    draft.pages = len(workbook.sheets_metadata)
    return draft.finish()


def sample() -> bytes:
    """A sheet with names of columns, a share, a date and a comment."""
    written = io.BytesIO()
    workbook = Workbook(written, {"in_memory": True})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ["share", "day"])
    sheet.write(1, 0, 0.5, workbook.add_format({"num_format": "0%"}))
    sheet.write(1, 1, 45_000, workbook.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_comment(1, 1, "A comment.")
    workbook.close()
    return written.getvalue()


def _looks(data: bytes) -> Callable[[str], Appearance]:
    """How the sheets of a file are shown; of formats that are not looked at, nothing is told."""
    if not is_ole(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = frozenset(archive.namelist())
        if WORKBOOK in names:
            return XlsxLooks(data)
        if "content.xml" in names:
            return OdsLooks(data)
    return lambda _: Appearance()


def _sheet(
    draft: Draft, workbook: CalamineWorkbook, sheet: SheetMetadata, number: int, looks: Callable[[str], Appearance]
) -> None:
    if sheet.visible is not SheetVisibleEnum.Visible:
        draft.left_out("sheets", "hidden")
        return
    look = looks(sheet.name)
    draft.page(number)
    draft.heading(sheet.name, 1)
    if sheet.typ is SheetTypeEnum.WorkSheet:
        cells = workbook.get_sheet_by_name(sheet.name)
        _told(draft, look)
        lay_out(draft, _lines(cells, look))
    for text in look.texts:
        draft.line(text, "texts in drawings")
    for place, text in look.comments:
        draft.line(f"Comment on {place}: {text}", "comments")
    draft.read("sheets")


def _told(draft: Draft, look: Appearance) -> None:
    for part, count in (("rows", len(look.hidden_rows)), ("columns", len(look.hidden_columns))):
        if count:
            draft.left_out(part, "hidden", count)
    if look.without_value:
        draft.unread("formulas", "no value is stored with them", look.without_value)
    if look.pictures:
        draft.unread("pictures", "their text is not read", look.pictures)
    if look.charts:
        draft.left_out("charts", "drawn from cells", look.charts)


def _lines(sheet: CalamineSheet, look: Appearance) -> Iterator[Line]:
    """The lines of a sheet from its first row on, merged cells filled, hidden ones left out."""
    if sheet.start is None:
        return
    top, left = sheet.start
    merged = _Merged(sheet.merged_cell_ranges or look.merged)
    columns = range(left, left + sheet.width)
    for number, values in enumerate(sheet.iter_rows(), top):
        cells = [""] * left
        cells += [
            look.text(number, column, value) for column, value in zip(columns, values, strict=False)
        ]  # fmt: skip
        line = merged.filled(number, cells)
        if number not in look.hidden_rows:
            yield look.seen(line)


class _Merged:
    """Repeats what merged cells hold in all the cells that they cover, row by row."""

    def __init__(self, ranges: list[Range]) -> None:
        self._waiting = sorted(ranges, reverse=True)
        self._open: list[tuple[int, int, int, str]] = []

    def filled(self, row: int, cells: list[str]) -> Line:
        """The line with its covered cells filled; rows come in order."""
        self._open = [each for each in self._open if each[0] >= row]
        covered = set[int]()
        for _, first, last, text in self._open:
            covered.update(_fill(cells, first, last, text))
        while self._waiting and self._waiting[-1][0][0] <= row:
            (top, first), (bottom, last) = self._waiting.pop()
            text = cells[first] if top == row and first < len(cells) else ""
            last = min(last, len(cells) - 1)
            if text:
                covered.update(_fill(cells, first + 1, last, text))
                self._open.append((bottom, first, last, text))
        return Line(cells, frozenset(covered))


def _fill(cells: list[str], first: int, last: int, text: str) -> range:
    places = range(first, min(last, len(cells) - 1) + 1)
    for place in places:
        cells[place] = text
    return places

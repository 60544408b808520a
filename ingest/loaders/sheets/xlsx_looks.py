"""How an XLSX file shows its sheets: number formats, what is hidden, comments, text in drawings.

It is read beside the values of the cells, in one pass over the XML of each sheet.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO

from lxml import etree

from ingest.loaders.drafting import one_line
from ingest.loaders.office.containers import BREAKAGE, description, drawn_text, local, parsed
from ingest.loaders.office.number_formats import GENERAL
from ingest.loaders.sheets.appearance import Appearance

WORKBOOK = "xl/workbook.xml"
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)", 48: "##0.0E+0",
}  # fmt: skip
"""Formats that have a number and no code; those of dates are left out, for calamine gives dates as such."""
_MOST_COLUMNS = 16_384
_TRUE = frozenset({"1", "true"})


class XlsxLooks:
    """The appearance of each sheet of an XLSX file, by its name.

    Raises:
        ValueError: a part that is not as it should be.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = frozenset(self._archive.namelist())
        self._codes = self._number_formats()
        self._sheets: dict[str, str] = {}
        targets = {identity: target for identity, _, target in self._relations(WORKBOOK)}
        for sheet in self._part(WORKBOOK).iter("{*}sheet"):
            identity = next((value for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")
            self._sheets[str(sheet.get("name"))] = targets.get(str(identity), "")

    def __call__(self, name: str) -> Appearance:
        """How a sheet is shown."""
        look = Appearance(codes=self._codes)
        part = self._sheets.get(name, "")
        if part not in self._names:
            return look
        with self._archive.open(part) as stream:
            _read_cells(look, stream)
        relations = list(self._relations(part))
        threads = any(kind == "threadedComment" for _, kind, _ in relations)
        for _, kind, target in relations:
            if target in self._names:
                self._beside(look, kind, target, threads)
        return look

    def _beside(self, look: Appearance, kind: str, target: str, threads: bool) -> None:
        """A part that belongs to a sheet."""
        if kind == "threadedComment" or (kind == "comments" and not threads):
            for comment in self._part(target).iter("{*}comment", "{*}threadedComment"):
                text = one_line("".join(each.text or "" for each in comment.iter("{*}t", "{*}text")))
                if text:
                    look.comments.append((str(comment.get("ref")), text))
        elif kind == "drawing":
            drawing = self._part(target)
            look.texts += drawn_text(drawing)
            for picture in drawing.iter("{*}pic"):
                look.pictures += 1
                look.texts += [f"Picture: {told}" for each in picture.iter("{*}cNvPr") if (told := description(each))]
            for _, below, chart in self._relations(target):
                if below in {"chart", "chartEx"} and chart in self._names:
                    look.charts += 1
                    written = [one_line(text) for text in drawn_text(self._part(chart))]
                    look.texts += [f"Chart: {'; '.join(written)}"] if written else []

    def _number_formats(self) -> dict[int, str]:
        """The code of each cell style by its number."""
        if "xl/styles.xml" not in self._names:
            return {}
        styles = self._part("xl/styles.xml")
        own = {str(each.get("numFmtId")): str(each.get("formatCode") or GENERAL) for each in styles.iter("{*}numFmt")}
        used = [cell for cells in styles.iter("{*}cellXfs") for cell in cells]
        numbers = [str(cell.get("numFmtId", "0")) for cell in used]
        codes = [
            own.get(number) or _BUILT_IN.get(int(number) if number.isdigit() else 0, GENERAL) for number in numbers
        ]
        return {place: code for place, code in enumerate(codes) if code != GENERAL}

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Identity, kind and target of what a part refers to within the file."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in self._names:
            return
        for each in self._part(relations):
            if each.get("TargetMode") != "External":
                target = str(each.get("Target"))
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                yield str(each.get("Id")), str(each.get("Type")).rsplit("/", 1)[-1], whole

    def _part(self, name: str) -> etree._Element:
        try:
            return parsed(self._archive.read(name))
        except BREAKAGE as error:
            raise ValueError(f"{name}: {error}") from error


def _read_cells(look: Appearance, stream: IO[bytes]) -> None:
    """Styles, errors, formulas without a value, hidden rows and columns."""
    last = -1
    try:
        for _, element in etree.iterparse(stream, tag=("{*}row", "{*}col"), resolve_entities=False, no_network=True):
            if local(element) == "col":
                if element.get("hidden") in _TRUE:
                    begin, end = int(element.get("min", "1")), int(element.get("max", "1"))
                    look.hidden_columns.update(range(begin - 1, min(end, _MOST_COLUMNS)))
                continue
            last = int(element.get("r") or last + 2) - 1
            if element.get("hidden") in _TRUE:
                look.hidden_rows.add(last)
            _read_row(look, last, element)
            element.clear()
            if element.getprevious() is not None:
                element.getparent().remove(element.getprevious())
    except BREAKAGE as error:
        raise ValueError(str(error)) from error


def _read_row(look: Appearance, row: int, cells: etree._Element) -> None:
    column = -1
    for cell in cells:
        column = _column(cell.get("r", ""), column + 1)
        kind, style = cell.get("t", "n"), cell.get("s", "")
        if not len(cell):
            continue
        look.reach(row, column)
        value = cell.find("{*}v")
        if value is None:
            look.without_value += cell.find("{*}f") is not None
        elif kind == "e":
            look.as_shown[row, column] = value.text or ""
        elif kind == "n" and style.isdigit() and int(style) in look.codes:
            look.styles[row, column] = int(style)


def _column(reference: str, following: int) -> int:
    """The column of a name such as B3; without a name a cell follows the one before."""
    column = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        column = min(26 * column + ord(letter) - 64, _MOST_COLUMNS)
    return column - 1 if column else following
